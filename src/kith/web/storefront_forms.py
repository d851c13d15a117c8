"""Forms of the shop: where an order goes, and why something comes back."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.people.phones import write_phone
from kith.people.regions import cities, province_of, provinces
from kith.shop.models import RefundReason
from kith.shop.services import MOST_PIECES, BuyRefused, Delivery
from kith.shop.services.purchase import read_courier_phone
from kith.web.plain_forms import PlainForm
from kith.web.region_forms import province_widget


class BuyForm(PlainForm):
    """What to write on the parcel. The shop settles whether it can be delivered; the form only asks."""

    quantity = forms.IntegerField(
        label=_("How many?"),
        initial=1,
        min_value=1,
        max_value=MOST_PIECES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    recipient = forms.CharField(
        label=_("Who receives it?"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Telephone number"),
        help_text=_("The courier calls it. Nobody else is given it."),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    province = forms.ChoiceField(label=_("Province"), widget=province_widget())
    city = forms.ChoiceField(label=_("City"), required=False)
    address = forms.CharField(
        label=_("District, street, house and flat"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self._choose_from("province", (("", _("Please choose")), *provinces(language)))
        below = cities(str(self["province"].value() or ""), language)
        self._choose_from("city", (("", _("Please choose")), *below))
        self.has_cities = bool(below)

    def _choose_from(self, name: str, choices: tuple[tuple[str, Any], ...]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_phone(self) -> str:
        try:
            return read_courier_phone(self.cleaned_data["phone"])
        except BuyRefused as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (
            cleaned.get("province")
            and self.has_cities
            and not cleaned.get("city")
            and "city" not in self.errors
        ):
            self.add_error("city", _("Please choose the city."))
        return cleaned

    @property
    def delivery(self) -> Delivery:
        written = self.cleaned_data
        region = written["city"] or written["province"]
        return Delivery(written["recipient"], written["phone"], region, written["address"])


def written_before(delivery: Delivery | None, quantity: int) -> dict[str, Any]:
    """What the form begins with: where the last order went."""
    if delivery is None:
        return {"quantity": quantity}
    region = delivery.region
    return {
        "quantity": quantity,
        "recipient": delivery.recipient,
        "phone": write_phone(delivery.phone) if delivery.phone else "",
        "province": province_of(region) if region else "",
        "city": "" if region.endswith("0000") else region,
        "address": delivery.address,
    }


class RefundForm(PlainForm):
    """Why it comes back: one of a few reasons, and words, without which "something else" says nothing."""

    code = forms.ChoiceField(
        label=_("Why?"),
        choices=[(code.value, code.label) for code in RefundReason if code != RefundReason.RECALLED],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("In your own words"),
        help_text=_("A few words are enough. The shop reads them."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_code(self) -> RefundReason:
        return RefundReason(self.cleaned_data["code"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("code") == RefundReason.OTHER and not cleaned.get("reason", ""):
            self.add_error("reason", _("Please say why in a few words."))
        return cleaned
