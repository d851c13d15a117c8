"""Text as detectors read it: one form of each character, and the way back to what was written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufe0f\ufeff\u20e3")
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_DIGITS = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in lower case and half width, without what is invisible; `places` are where each came from."""

    written: str
    text: str
    places: tuple[int, ...]

    def was(self, start: int, end: int) -> str:
        """What stood in the text as it was written."""
        return self.written[self.places[start] : self.places[end - 1] + 1]

    @property
    def with_digits(self) -> str:
        """The text with Chinese numerals as digits, place for place: 一三八 is 138."""
        return self.text.translate(_DIGITS)


def fold(written: str) -> Folded:
    """Fold a text so that ＡＢＣ, abc and a\u200bbc read the same (NFKC), whatever it is meant to hide."""
    text: list[str] = []
    places: list[int] = []
    for place, char in enumerate(written):
        plain = unicodedata.normalize("NFKC", char).translate(_INVISIBLE).translate(_DASHES).lower()
        text.append(plain)
        places.extend([place] * len(plain))
    return Folded(written, "".join(text), tuple(places))
