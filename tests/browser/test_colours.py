"""The colours of kith.css, measured: every pair that words are written in, in both places, light and dark.

WCAG 2.2, 1.4.3 (4.5 to 1 for words) and 1.4.11 (3 to 1 for the edge of what is typed into).
"""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPhone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.sqlite,  # colours do not depend on the database
    pytest.mark.django_db(transaction=True),
]

WORDS, EDGES = 4.5, 3.0
GROUNDS = ("paper", "ground")
PAIRS = [
    *((word, on, WORDS) for word in ("ink", "dim", "accent", "keep", "back", "stop") for on in GROUNDS),
    *((word, "soft", WORDS) for word in ("ink", "dim", "accent")),
    *((word, f"{word}-soft", WORDS) for word in ("keep", "back", "stop")),
    *(("ink", f"{word}-soft", WORDS) for word in ("keep", "back", "stop")),
    ("on", "accent", WORDS),
    ("paper", "ink", WORDS),
    *(("edge", on, EDGES) for on in GROUNDS),
    *(("accent", on, EDGES) for on in GROUNDS),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("place", ["inside", "outside"])
@pytest.mark.parametrize("care", [False, True], ids=["usual", "care"])
def test_every_colour_stands_out(open_phone: OpenPhone, dark: bool, place: str, care: bool) -> None:
    page = open_phone(dark=dark)
    page.goto("/")
    names = sorted({name for pair in PAIRS for name in pair[:2]})
    colours: dict[str, str] = page.evaluate(
        """([place, care, names]) => {
            document.body.dataset.place = place;
            if (care) document.documentElement.dataset.care = "";
            const style = getComputedStyle(document.body);
            return Object.fromEntries(names.map((name) => [name, style.getPropertyValue("--" + name)]));
        }""",
        [place, care, names],
    )
    weak = {
        f"{one} on {other}": round(contrast(colours[one], colours[other]), 2)
        for one, other, least in PAIRS
        if contrast(colours[one], colours[other]) < least
    }
    assert weak == {}


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of #rgb or #rrggbb in sRGB."""
    digits = colour.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def test_the_formula_is_that_of_the_guidelines() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
