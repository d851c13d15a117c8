"""The pictures of the documentation: `make pictures`.

Taken of the demonstration neighbourhood, in a place of its own that goes again; written to docs/pictures.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from PIL import Image, ImageDraw
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parents[2] / "docs" / "pictures"
SCALE = 2
"""Pixels of the picture for one of the telephone."""
MOST = 1_500_000
"""Bytes that all pictures together may take."""
CORNER, EDGE, GAP = 36, 3, 56
SHOWN_IN_README = ("feed", "trusted", "listing")


SCROLL = "(one) => scrollTo(0, one.offsetTop - document.querySelector('.bar').offsetHeight - 14)"

ALL_DRAWN = """() => [...document.images].every((one) => one.complete
    || one.getBoundingClientRect().top > innerHeight || one.getBoundingClientRect().bottom < 0)"""


@dataclass(frozen=True)
class Shot:
    """One picture: whose telephone, and where on it."""

    name: str
    who: str
    where: Callable[[], str]
    options: dict[str, Any] = field(default_factory=dict)
    down_to: str = ""
    """What stands at the top, below the head; empty for the top of the page."""


def _kettle() -> str:
    from django.urls import reverse

    from kith.shop.models import Listing

    return reverse("shop:listing", args=[Listing.objects.get(source="demo", external_id="kettle").pk])


WITH_A_VERDICT = "article:has(.said):has(.tag.keep)"
SHOTS = (
    Shot("feed", "mei", lambda: "/circle/", down_to=WITH_A_VERDICT),
    Shot("listing", "lucy", _kettle),
    Shot("trusted", "mei", lambda: "/trusted/"),
    Shot("care", "mama", lambda: "/circle/"),
    Shot("dark", "mei", _kettle, {"dark": True}),
)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    # Playwright keeps an event loop in this thread; Django takes that for a sign of asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    django.setup()
    from kith.cli.demo_data import load_neighbourhood
    from kith.cli.migrate import prepare
    from kith.cli.progress import progress

    prepare()
    load_neighbourhood(progress)
    HERE.mkdir(parents=True, exist_ok=True)
    taken = take_all()
    for name, picture in taken.items():
        write(picture, HERE / f"{name}.png")
    write(side_by_side([taken[name] for name in SHOWN_IN_README]), HERE / "kith.png")
    size = sum(file.stat().st_size for file in HERE.glob("*.png"))
    print(f"{len(taken) + 1} pictures in {HERE}, {size:,} bytes")  # noqa: T201
    if size > MOST:
        raise SystemExit(f"That is more than {MOST:,}.")


def take_all() -> dict[str, Image.Image]:
    from kith.people.models import Person
    from tests.browser.phones import Phones, launch
    from tests.browser.server import running_server
    from tests.conftest import find_chromium

    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("Chromium is missing; install it with: apt-get install chromium fonts-noto-cjk")
    with running_server() as server, sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        phones = Phones(browser, server.address)
        taken = {}
        for shot in SHOTS:
            page = phones.open(owner=Person.objects.get(handle=shot.who), scale=SCALE, **shot.options)
            page.goto(shot.where(), wait_until="networkidle")
            if shot.down_to:
                page.locator(shot.down_to).first.evaluate(SCROLL)
            page.wait_for_function(ALL_DRAWN)
            taken[shot.name] = Image.open(BytesIO(page.screenshot())).convert("RGB")
        phones.put_away()
        browser.close()
    if phones.complaints:
        raise SystemExit("\n".join(phones.complaints))
    return taken


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Lay telephones beside each other, with round corners, on nothing."""
    width, height = pictures[0].size
    whole = Image.new("RGBA", (len(pictures) * (width + GAP) - GAP, height))
    shape = Image.new("L", (width, height))
    ImageDraw.Draw(shape).rounded_rectangle((0, 0, width - 1, height - 1), CORNER, fill=255)
    for number, picture in enumerate(pictures):
        framed = picture.copy()
        ImageDraw.Draw(framed).rounded_rectangle(
            (0, 0, width - 1, height - 1), CORNER, outline="#91806f", width=EDGE
        )
        whole.paste(framed, (number * (width + GAP), 0), shape)
    return whole.reduce(SCALE)


def write(picture: Image.Image, file: Path) -> None:
    picture.save(file, optimize=True)


if __name__ == "__main__":
    main()
