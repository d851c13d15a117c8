"""What staff fill in about quality."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from kith.quality.queries import ReportCase
from kith.quality.standards import standards
from kith.shop.models import Category
from kith.web.plain_forms import PlainForm


def words(label: Any, help_text: Any, *, most: int = 500, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip


class SweepForm(PlainForm):
    """What a sweep shall look at."""

    standard = forms.ChoiceField(
        label=_("Standard"), required=False, widget=UnfoldAdminSelectWidget(),
        help_text=_("Only listings that name it."),
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Shelf"), required=False, widget=UnfoldAdminSelectWidget(),
        help_text=_("Only listings on it, and on the shelves below it."),
    )  # fmt: skip
    dry_run = forms.BooleanField(
        label=_("Dry run"), required=False, widget=UnfoldBooleanWidget(),
        help_text=_("To look only: what is found can never be carried out."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chinese = (get_language() or "zh").startswith("zh")
        named = [(one.key, f"{one.key} {one.title_zh if chinese else one.title_en}") for one in standards()]
        shelves = Category.objects.order_by("position", "code").values_list("code", "name_zh", "name_en")
        on_them = [(code, zh if chinese else en) for code, zh, en in shelves]
        cast("forms.ChoiceField", self.fields["standard"]).choices = [("", _("any")), *named]
        cast("forms.ChoiceField", self.fields["category"]).choices = [("", _("any")), *on_them]


class DrawForm(PlainForm):
    number = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=1000, initial=40, widget=UnfoldAdminIntegerFieldWidget(),
        help_text=_("At least 38: if all of so many are right, the sweep can be carried out."),
    )  # fmt: skip


class JudgeForm(PlainForm):
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=UnfoldAdminTextInputWidget(),
        help_text=_("What speaks for it. Staff who look at the sweep read it."),
    )  # fmt: skip


class ApplyForm(PlainForm):
    why = words(
        _("Why"), _("Only needed where the sample was not looked at, or too much of it was wrong."),
        required=False,
    )  # fmt: skip


class WhyForm(PlainForm):
    why = words(_("Why"), _("It stands beside the sweep, with your name."))


class UndoForm(PlainForm):
    why = words(_("Why"), _("The merchants are told this."))


class ReportForm(PlainForm):
    """Which listings the sample is, or why the report cannot be taken."""

    covers = forms.MultipleChoiceField(
        label=_("It is about"), required=False, widget=forms.CheckboxSelectMultiple(),
        help_text=_("Tick what the laboratory's sample is the same product as."),
    )  # fmt: skip
    reason = words(_("Why it is refused"), _("The merchant is told this."), required=False)

    def __init__(self, report: ReportCase, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(str(one.listing_id), one.title) for one in report.listings]
        cast("forms.MultipleChoiceField", self.fields["covers"]).choices = listed
        self.initial["covers"] = [str(one.listing_id) for one in report.listings if one.covered]

    def covered(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["covers"]]


class AppealForm(PlainForm):
    reasons = words(_("Reasons"), _("The merchant is told this, whichever way you decide."), most=4000)


class DecideForm(PlainForm):
    """On what a decision about a listing rests."""

    ground = forms.ChoiceField(label=_("What was found"), required=False, widget=UnfoldAdminSelectWidget())
    words = words(_("In your words"), _("The merchant is told this."), most=2000)

    def __init__(self, grounds: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = ("", _("nothing by a rule: in my words alone"))
        cast("forms.ChoiceField", self.fields["ground"]).choices = [own, *grounds]
        if not grounds:
            del self.fields["ground"]


class ShopForm(PlainForm):
    words = words(_("Why"), _("The merchant is told this."), most=2000)
