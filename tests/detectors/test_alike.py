"""The same photo is noticed however it was passed on, and another one is not taken for it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from kith.detectors import alike
from kith.detectors.alike import NOTHING, fingerprint_of, is_known
from tests.media.drawn import portrait, scene

SEEN = (*(scene(seed) for seed in (0, 3, 7, 10)), portrait())
"""Of 3, 7 and 10 a whole hash alone misses what was cut."""


def encoded(image: Image.Image, form: str, quality: int) -> Image.Image:
    file = io.BytesIO()
    image.save(file, form, quality=quality)
    return Image.open(file)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    wide, high = image.size
    return image.crop(
        (round(wide * left), round(high * top), round(wide * (1 - right)), round(high * (1 - bottom)))
    )


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "nothing": lambda image: image,
    "JPEG": lambda image: encoded(image, "JPEG", 45),
    "WebP": lambda image: encoded(image, "WEBP", 60),
    "smaller": lambda image: image.resize((image.width // 4, image.height // 4)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.8),
    "grey": lambda image: image.convert("L"),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "5 % off the left": lambda image: cut(image, 0.05, 0, 0, 0),
    "5 % off below": lambda image: cut(image, 0, 0, 0, 0.05),
    "5 % off all round": lambda image: cut(image, 0.05, 0.05, 0.05, 0.05),
    "a corner": lambda image: cut(image, 0, 0.05, 0.05, 0),
    "mirrored": ImageOps.mirror,
    "mirrored, cut, encoded": lambda image: encoded(
        cut(ImageOps.mirror(image), 0.05, 0.05, 0.05, 0.05), "JPEG", 60
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("number", range(len(SEEN)))
def test_the_same_photo_is_noticed_whichever_came_first(change: str, number: int) -> None:
    image = SEEN[number]
    changed = CHANGES[change](image)
    assert is_known(changed, [fingerprint_of(image)])
    assert is_known(image, [fingerprint_of(changed)])


def test_different_photos_are_not_alike() -> None:
    pictures = [*(scene(seed) for seed in range(20)), portrait()]
    prints = [fingerprint_of(picture) for picture in pictures]
    for number, picture in enumerate(pictures):
        assert not is_known(picture, prints[:number] + prints[number + 1 :])


def test_each_look_is_taken_once_however_many_photos_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Image.Image] = []

    def look(image: Image.Image) -> int:
        taken.append(image)
        return -1

    monkeypatch.setattr(alike, "_hash", look)
    is_known(scene(1), range(1, 500))
    assert 0 < len(taken) < 60


def plain() -> dict[str, Image.Image]:
    halves = Image.new("RGB", (600, 400), "red")
    halves.paste("blue", (300, 0, 600, 400))
    return {
        "one colour": Image.new("RGB", (300, 200), "grey"),
        "another colour": Image.new("RGB", (300, 200), "navy"),
        "a dot": Image.new("RGB", (1, 1), "white"),
        "from dark to light": Image.linear_gradient("L"),
        "two halves": halves,
    }


@pytest.mark.parametrize("what", plain())
def test_what_shows_nothing_is_like_nothing(what: str) -> None:
    image = plain()[what]
    assert fingerprint_of(image) == NOTHING
    assert not is_known(image, [NOTHING, fingerprint_of(scene(1))])
    assert not is_known(scene(1), [NOTHING])


def test_a_fingerprint_is_a_signed_number_of_64_bits_and_always_the_same() -> None:
    prints = [fingerprint_of(scene(seed)) for seed in range(20)]
    assert all(-(2**63) <= fingerprint < 2**63 for fingerprint in prints)
    assert len(set(prints)) == 20
    assert prints == [fingerprint_of(scene(seed)) for seed in range(20)]
