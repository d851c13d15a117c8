"""Pictures for tests, drawn here so that nobody's photo is needed: a portrait, and scenes without people."""

from __future__ import annotations

import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

Spot = tuple[int, int, int, int]
SKIN, HAIR, SHADE = (224, 180, 152), (45, 32, 28), (150, 100, 80)
FACE: Spot = (185, 150, 415, 500)
"""Where the face is in a portrait, which is 600 pixels wide and 700 high."""


def portrait() -> Image.Image:
    """Nobody: a woman's face from the front, enough like one for the model that finds faces."""
    image = Image.new("RGB", (600, 700), (165, 175, 182))
    draw = ImageDraw.Draw(image)
    draw.ellipse((150, 90, 450, 520), fill=HAIR)
    draw.rectangle((245, 440, 355, 600), fill=(196, 150, 124))
    draw.ellipse((60, 560, 540, 950), fill=(70, 80, 130))
    draw.ellipse(FACE, fill=SKIN)
    _shade(
        image, SHADE, 18, lambda pen: (pen.ellipse(FACE, fill=110), pen.ellipse((170, 140, 380, 480), fill=0))
    )
    for x in (235, 365):
        _shade(image, (215, 120, 110), 14, lambda pen, x=x: pen.ellipse((x - 32, 360, x + 32, 410), fill=70))
    draw.pieslice((180, 130, 420, 400), 190, 350, fill=HAIR)
    draw.ellipse((200, 215, 400, 420), fill=SKIN)
    for x in (245, 355):
        _eye(image, draw, x)
    _nose_and_mouth(image, draw)
    return image.filter(ImageFilter.GaussianBlur(2))


def _shade(
    image: Image.Image, colour: Spot | tuple[int, int, int], soft: int, paint: Callable[..., object]
) -> None:
    mask = Image.new("L", image.size, 0)
    paint(ImageDraw.Draw(mask))
    image.paste(colour, mask=mask.filter(ImageFilter.GaussianBlur(soft)))


def _eye(image: Image.Image, draw: ImageDraw.ImageDraw, x: int) -> None:
    draw.line([(x - 30, 286), (x, 276), (x + 30, 286)], fill=(60, 42, 36), width=9, joint="curve")
    _shade(image, (150, 100, 85), 9, lambda pen: pen.ellipse((x - 38, 288, x + 38, 335), fill=70))
    draw.ellipse((x - 26, 300, x + 26, 326), fill=(240, 236, 232))
    draw.ellipse((x - 12, 300, x + 12, 326), fill=(80, 52, 38))
    draw.ellipse((x - 6, 306, x + 6, 320), fill=(10, 8, 8))
    draw.arc((x - 28, 296, x + 28, 332), 195, 345, fill=(30, 20, 18), width=5)


def _nose_and_mouth(image: Image.Image, draw: ImageDraw.ImageDraw) -> None:
    _shade(image, (165, 110, 90), 6, lambda pen: pen.polygon([(303, 300), (322, 392), (300, 398)], fill=80))
    for x in (286, 314):
        draw.ellipse((x - 7, 394, x + 7, 404), fill=(110, 65, 55))
    draw.chord((255, 420, 345, 462), 10, 170, fill=(186, 86, 86))
    draw.chord((255, 428, 345, 456), 190, 350, fill=(170, 72, 74))
    draw.line([(256, 441), (300, 446), (344, 441)], fill=(110, 40, 45), width=4)


def scene(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """Shapes on a sky; another number, another scene."""
    source = random.Random(seed)
    width, height = size

    def colour() -> tuple[int, int, int]:
        return source.randrange(256), source.randrange(256), source.randrange(256)

    image = Image.new("RGB", size, colour())
    draw = ImageDraw.Draw(image)
    for _ in range(18):
        x, y = source.randrange(width), source.randrange(height)
        box = (x, y, x + source.randrange(20, width // 3), y + source.randrange(20, height // 3))
        (draw.ellipse if source.random() < 0.5 else draw.rectangle)(box, fill=colour())
    return image.filter(ImageFilter.GaussianBlur(2))


def crowd(size: tuple[int, int] = (1600, 1200)) -> tuple[Image.Image, tuple[Spot, ...]]:
    """Three portraits, large to small, in one picture, and where their faces are."""
    image = Image.new("RGB", size, (120, 150, 110))
    faces = []
    for left, top, scale in ((1100, 450, 0.75), (560, 480, 0.4), (140, 500, 0.2)):
        small = portrait().resize((round(600 * scale), round(700 * scale)), Image.Resampling.LANCZOS)
        image.paste(small, (left, top))
        x1, y1, x2, y2 = (round(edge * scale) for edge in FACE)
        faces.append((left + x1, top + y1, left + x2, top + y2))
    return image, tuple(faces)
