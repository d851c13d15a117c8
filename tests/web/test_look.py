"""What every page promises: nothing inline, a small stylesheet, readable contrast, drawings for the shop."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.test import Client

WEB = Path(__file__).parents[2] / "src" / "kith" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
CSS = (WEB / "static" / "kith" / "kith.css").read_text(encoding="utf-8")
INLINE = re.compile(
    r"""<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|hx-on|javascript:|hx-vals=['"]js:""", re.IGNORECASE
)
READ = 4.5
"""WCAG 2.2 AA, 1.4.3: text against what it stands on."""
SEEN = 3.0
"""1.4.11: the edge of a field."""


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_nothing_is_inline(template: Path) -> None:
    assert not INLINE.search(template.read_text(encoding="utf-8"))


def test_the_stylesheet_is_small_and_the_drawings_are_there() -> None:
    assert len(CSS.encode()) < 20_480
    assert len(list((WEB / "static" / "kith" / "art").glob("*.svg"))) >= 25


def test_every_sign_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (WEB / "static" / "kith" / "icons.svg").read_text()))
    used = {
        name for path in TEMPLATES for name in re.findall(r"""icon\(["']([\w-]+)["']\)""", path.read_text())
    }
    assert used <= drawn


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def tokens(place: str, *, dark: bool) -> dict[str, str]:
    light_part, dark_part = CSS.split("@media (prefers-color-scheme: dark)", 1)
    parts = [light_part, dark_part.split("\n}", 1)[0]] if dark else [light_part]
    found: dict[str, str] = {}
    for part in parts:
        for block in re.findall(rf'(?::root|\[data-place="{place}"\])\s*\{{([^}}]*)\}}', part):
            found.update(re.findall(r"--([\w-]+): (#\w+)", block))
    return found


@pytest.mark.parametrize(("place", "dark"), [*product(["inside", "outside"], [False, True])])
def test_contrast_is_aa(place: str, dark: bool) -> None:
    colour = tokens(place, dark=dark)
    pairs = [
        *product(["ink"], ["ground", "paper", "soft", "keep-soft", "back-soft", "stop-soft"], [READ]),
        *product(["dim", "accent"], ["ground", "paper", "soft"], [READ]),
        *product(["dim"], ["back-soft"], [READ]),
        *product(["keep", "back", "stop"], ["ground", "paper"], [READ]),
        *[(name, f"{name}-soft", READ) for name in ("keep", "back", "stop")],
        ("on", "accent", READ),
        *product(["edge"], ["ground", "paper"], [SEEN]),
    ]
    too_little = [(a, b) for a, b, least in pairs if contrast(colour[a], colour[b]) < least]
    assert not too_little


@pytest.mark.django_db
def test_a_page_that_is_not_there_says_so_in_the_readers_language() -> None:
    for language, words in (("en", "There is nothing here"), ("zh-hans", "这里什么也没有")):
        answer = Client(headers={"accept-language": language}).get("/no/such/page/")
        assert answer.status_code == 404
        assert words in answer.content.decode()
