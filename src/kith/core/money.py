"""Money as minor units with an ISO 4217 code. Never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency, get_currency_precision


@dataclass(frozen=True, slots=True, order=True)
class Money:
    minor: int
    currency: str = "CNY"

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def written(self, locale: str) -> str:
        """Write it as the reader's language does: ¥39.90.

        Babel writes CN¥ in English, to tell it from the yen; a shop has one currency and one sign.
        """
        written = format_currency(self.amount, self.currency, locale=locale.replace("-", "_"))
        return written.replace("CN¥", "¥")


def read_money(text: str, currency: str) -> Money:
    """Read a decimal such as "19.90".

    :raises ValueError: not a number, negative, or finer than the currency's smallest coin.
    """
    try:
        minor = Decimal(text).scaleb(get_currency_precision(currency))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not minor.is_finite() or minor < 0 or minor != minor.to_integral_value():
        raise ValueError(f"{text!r} is not an amount in {currency}")
    return Money(int(minor), currency)
