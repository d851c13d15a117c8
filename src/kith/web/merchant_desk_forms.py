"""Forms of a merchant's desk."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.core.money import Money, read_money
from kith.shop.cards import ShelfCard
from kith.web.plain_forms import PlainForm


class RefusalForm(PlainForm):
    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("The buyer reads this."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ListingForm(PlainForm):
    title = forms.CharField(label=_("What is it?"), max_length=200)
    category = forms.ChoiceField(label=_("Where does it belong?"))
    price = forms.CharField(
        label=_("Price in yuan"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    description = forms.CharField(
        label=_("Description"), max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    on_sale = forms.BooleanField(label=_("On sale"), required=False)

    def __init__(self, *args: Any, shelves: tuple[ShelfCard, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Please choose")), *_indented(shelves)]
        cast(forms.ChoiceField, self.fields["category"]).choices = choices

    def clean_price(self) -> Money:
        try:
            return read_money(self.cleaned_data["price"].strip().removeprefix("¥"), "CNY")
        except ValueError:
            raise forms.ValidationError(_("Please write a price such as 19.90.")) from None


def _indented(shelves: tuple[ShelfCard, ...], depth: int = 0) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for shelf in shelves:
        found.append((shelf.code, "　" * depth + shelf.name))
        found += _indented(shelf.children, depth + 1)
    return found
