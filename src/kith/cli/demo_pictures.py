"""The photos of the demonstration: flat pictures, drawn when they are asked for."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw

SIDE = 318
"""In pixels. Below 320 faces are looked for in a picture once and not twice, which is quicker."""
FINE = 2
"""Drawn so many times as large, and reduced: the edges are smooth then."""
SHADE = "#2b2d42"
UNIT = SIDE * FINE / 100

Colour = str
Points = list[tuple[float, float]]


class Sheet:
    """A square of a hundred units each way, on which one draws from the upper left."""

    def __init__(self, ground: Colour) -> None:
        self.image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), ground)
        self._pen = ImageDraw.Draw(self.image)

    def disc(self, x: float, y: float, radius: float, colour: Colour, *, flat: float = 1) -> None:
        """A disc, or with `flat` below 1 an ellipse that lies down."""
        box = [
            (x - radius) * UNIT,
            (y - radius * flat) * UNIT,
            (x + radius) * UNIT,
            (y + radius * flat) * UNIT,
        ]
        self._pen.ellipse(box, fill=colour)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, soft: float = 0
    ) -> None:
        sides = [left * UNIT, top * UNIT, right * UNIT, bottom * UNIT]
        self._pen.rounded_rectangle(sides, soft * UNIT, fill=colour)

    def shape(self, points: Points, colour: Colour) -> None:
        self._pen.polygon([(x * UNIT, y * UNIT) for x, y in points], fill=colour)

    def line(self, points: Points, colour: Colour, width: float) -> None:
        self._pen.line([(x * UNIT, y * UNIT) for x, y in points], colour, round(width * UNIT), joint="curve")

    def slice(self, x: float, y: float, radius: float, start: int, end: int, colour: Colour) -> None:
        """A slice of a disc, in degrees from three o'clock, clockwise."""
        box = [(x - radius) * UNIT, (y - radius) * UNIT, (x + radius) * UNIT, (y + radius) * UNIT]
        self._pen.pieslice(box, start, end, fill=colour)


def draw(name: str) -> BytesIO:
    """Draw one of `PICTURES` as a PNG file."""
    picture = PICTURES[name]().image.reduce(FINE)
    dark, shade = Image.new("RGB", picture.size, SHADE), _shade(zlib.crc32(name.encode()) % 360)
    file = BytesIO()
    Image.composite(dark, picture, shade).save(file, "PNG", compress_level=0)
    file.seek(0)
    return file


def _shade(angle: float) -> Image.Image:
    """Light that falls from one side, so that no two pictures lie in the same."""
    turned = Image.linear_gradient("L").rotate(angle, Image.Resampling.BILINEAR).crop((64, 64, 192, 192))
    return turned.resize((SIDE, SIDE)).point(lambda grey: grey // 6)


# --- Plants ---------------------------------------------------------------------------


def _blossom(sheet: Sheet, x: float, y: float, size: float, petals: Colour, heart: Colour) -> None:
    for turn in range(5):
        angle = 2 * pi * turn / 5 - pi / 2
        sheet.disc(x + size * cos(angle), y + size * sin(angle), size * 0.78, petals)
    sheet.disc(x, y, size * 0.6, heart)


def _flower() -> Sheet:
    sheet = Sheet("#f3dfe6")
    _blossom(sheet, 50, 50, 19, "#cf658b", "#f7c948")
    return sheet


def _rosepot() -> Sheet:
    sheet = Sheet("#eef3e2")
    sheet.line([(50, 62), (50, 34)], "#5d8a4a", 2.5)
    sheet.line([(50, 52), (34, 40)], "#5d8a4a", 2)
    sheet.line([(50, 56), (68, 42)], "#5d8a4a", 2)
    _blossom(sheet, 50, 26, 8, "#d5485f", "#f6b7b0")
    _blossom(sheet, 30, 36, 6, "#e27a8c", "#f6d5c0")
    _blossom(sheet, 72, 38, 6, "#c23a55", "#f6b7b0")
    sheet.shape([(32, 62), (68, 62), (62, 90), (38, 90)], "#b5673c")
    sheet.box(29, 58, 71, 66, "#c97b4b", 1)
    return sheet


# --- At table -------------------------------------------------------------------------


def _bowl() -> Sheet:
    sheet = Sheet("#f4e9d3")
    sheet.disc(50, 54, 28, "#8fae5d", flat=0.55)
    sheet.slice(50, 50, 36, 0, 180, "#5b5048")
    sheet.box(40, 82, 60, 88, "#5b5048", 2)
    return sheet


def _jars() -> Sheet:
    sheet = Sheet("#ece4f0")
    for x, y, size, colour in ((28, 60, 17, "#6b4a34"), (72, 60, 17, "#8a5a3a"), (50, 64, 20, "#4e382b")):
        sheet.disc(x, y, size, colour)
        sheet.box(x - size * 0.6, y - size - 3, x + size * 0.6, y - size + 6, colour)
        sheet.box(x - size * 0.7, y - size - 6, x + size * 0.7, y - size - 1, "#b9a184", 2)
        sheet.box(x - 5, y - 4, x + 5, y + 6, "#d94a3d")
    return sheet


def _dumplings() -> Sheet:
    sheet, skin, count = Sheet("#f6ead9"), "#f1e3c6", 7
    sheet.disc(50, 52, 44, "#4f7f9c", flat=0.8)
    sheet.disc(50, 52, 36, "#f7f5f0", flat=0.78)
    for number in range(count):
        angle = 2 * pi * number / count
        x, y = 50 + 22 * cos(angle), 54 + 15 * sin(angle)
        sheet.slice(x, y, 10, 180, 360, skin)
        sheet.disc(x, y, 10, skin, flat=0.28)
        for fold in (-6, -2, 2, 6):
            sheet.line([(x + fold, y - 7), (x + fold * 0.8, y - 3)], "#cdb891", 0.8)
    return sheet


def _buns() -> Sheet:
    sheet = Sheet("#dfe9ee")
    sheet.box(8, 60, 92, 88, "#c79a5b", 4)
    for y in (66, 74, 82):
        sheet.line([(8, y), (92, y)], "#a87d43", 1)
    for x in (26, 50, 74):
        sheet.disc(x, 50, 15, "#fbf7ee", flat=0.9)
        sheet.line([(x - 7, 43), (x, 48), (x + 7, 43)], "#d9c9ad", 1.6)
        sheet.line([(x, 48), (x, 55)], "#d9c9ad", 1.6)
    return sheet


# --- What keeps hands busy ------------------------------------------------------------


def _knitting() -> Sheet:
    sheet = Sheet("#f6efe0")
    sheet.disc(44, 58, 28, "#3f7f8c")
    for turn in range(-3, 4):
        sheet.line(
            [(44 + turn * 8 - 12, 34 + abs(turn) * 3), (44 + turn * 8 + 10, 82 - abs(turn) * 3)],
            "#2f6570",
            1.4,
        )
        sheet.line([(20 + abs(turn) * 3, 58 + turn * 7), (68 - abs(turn) * 3, 52 + turn * 7)], "#64a3ae", 1.2)
    sheet.line([(20, 18), (80, 86)], "#c28b4a", 2.2)
    sheet.line([(84, 16), (26, 84)], "#a8743a", 2.2)
    sheet.line([(68, 72), (82, 78), (92, 70), (98, 84)], "#3f7f8c", 1.6)
    return sheet


def _mitten() -> Sheet:
    sheet = Sheet("#efe6da")
    for x, colour in ((30, "#8a4f7d"), (70, "#9c6390")):
        sheet.box(x - 13, 20, x + 13, 84, colour, 8)
        for y in range(28, 84, 8):
            sheet.line([(x - 13, y), (x, y + 5), (x + 13, y)], "#d7b9d0", 1.4)
        sheet.box(x - 15, 74, x + 15, 88, "#6f3d64", 3)
    return sheet


def _radio() -> Sheet:
    sheet = Sheet("#f1dfc8")
    sheet.line([(70, 26), (88, 6)], "#8c8c8c", 1.4)
    sheet.box(10, 26, 90, 82, "#6e4327", 5)
    sheet.box(16, 32, 56, 76, "#d8b98a", 2)
    for y in range(36, 76, 5):
        sheet.line([(16, y), (56, y)], "#b08f60", 1.2)
    sheet.box(62, 34, 84, 46, "#f7ecd0", 1)
    sheet.line([(74, 34), (74, 46)], "#c8372d", 1)
    sheet.disc(67, 62, 5, "#2f2a26")
    sheet.disc(80, 62, 5, "#2f2a26")
    return sheet


def _chess() -> Sheet:
    sheet = Sheet("#e2c48f")
    for step in range(10):
        sheet.line([(5 + step * 10, 5), (5 + step * 10, 95)], "#8a6230", 0.8)
        sheet.line([(5, 5 + step * 10), (95, 5 + step * 10)], "#8a6230", 0.8)
    for x, y, colour in (
        (35, 15, "#1f3b2d"),
        (45, 25, "#1f3b2d"),
        (55, 15, "#1f3b2d"),
        (45, 15, "#1f3b2d"),
        (65, 35, "#a8281f"),
        (25, 75, "#a8281f"),
        (45, 85, "#a8281f"),
    ):
        sheet.disc(x, y, 5.4, "#f4e3bf")
        sheet.disc(x, y, 4.4, colour)
        sheet.disc(x, y, 3.4, "#f4e3bf")
        sheet.box(x - 1.4, y - 1.4, x + 1.4, y + 1.4, colour)
    return sheet


def _fan() -> Sheet:
    sheet = Sheet("#fdf0ec")
    for number in range(9):
        start = 200 + number * 16
        sheet.slice(50, 84, 64, start, start + 15, "#d8342f" if number % 2 else "#ec6a52")
    sheet.slice(50, 84, 24, 200, 344, "#8c5a2b")
    sheet.disc(50, 84, 4, "#5b3a1c")
    return sheet


# --- Animals --------------------------------------------------------------------------


def _cat(fur: Colour, ground: Colour, *, asleep: bool) -> Sheet:
    sheet = Sheet(ground)
    if asleep:
        sheet.disc(54, 66, 34, fur, flat=0.6)
        sheet.line([(84, 72), (70, 86), (40, 86)], fur, 7)
        head, high = 30, 58
    else:
        sheet.shape([(34, 96), (40, 46), (60, 46), (68, 96)], fur)
        sheet.line([(66, 92), (84, 84), (82, 66)], fur, 6)
        head, high = 50, 38
    sheet.disc(head, high, 17, fur)
    for side in (-1, 1):
        sheet.shape(
            [(head + side * 15, high - 6), (head + side * 13, high - 26), (head + side * 3, high - 14)], fur
        )
        if asleep:
            sheet.line(
                [(head + side * 9, high), (head + side * 6, high + 2), (head + side * 3, high)], "#3a2f28", 1
            )
        else:
            sheet.disc(head + side * 6, high - 1, 2.6, "#e8c04a")
            sheet.disc(head + side * 6, high - 1, 1.1, "#20201e")
    sheet.shape([(head - 2, high + 6), (head + 2, high + 6), (head, high + 8)], "#c47a76")
    return sheet


def _dog() -> Sheet:
    sheet = Sheet("#dfe3ea")
    sheet.box(62, 8, 98, 100, "#8b5e3c")
    sheet.disc(91, 56, 2, "#e0c060")
    sheet.shape([(18, 96), (24, 54), (48, 54), (54, 96)], "#d29a4a")
    sheet.disc(36, 42, 17, "#d29a4a")
    sheet.shape([(20, 36), (14, 54), (24, 50)], "#9a6a2c")
    sheet.shape([(52, 36), (58, 54), (48, 50)], "#9a6a2c")
    sheet.disc(36, 49, 8, "#f0dcb8", flat=0.8)
    sheet.disc(36, 46, 2.6, "#2b2320")
    sheet.disc(29, 39, 1.8, "#2b2320")
    sheet.disc(43, 39, 1.8, "#2b2320")
    return sheet


def _fish() -> Sheet:
    sheet = Sheet("#bfe0e2")
    for y, size in ((28, 0.8), (52, 1.0), (76, 0.9)):
        x = 46 + (y % 5) * 3
        sheet.disc(x, y, 26 * size, "#7d8b94", flat=0.34)
        sheet.shape([(x + 22 * size, y), (x + 38 * size, y - 9), (x + 38 * size, y + 9)], "#66747d")
        sheet.disc(x - 18 * size, y - 1, 1.6, "#1d2326")
        sheet.line([(x - 8, y - 6), (x - 5, y), (x - 8, y + 6)], "#aeb9c0", 1)
    return sheet


# --- Out of doors ---------------------------------------------------------------------


def _mountains() -> Sheet:
    sheet = Sheet("#bccfea")
    sheet.disc(76, 24, 10, "#fde2a0")
    sheet.shape([(0, 78), (30, 40), (52, 68), (70, 50), (100, 80), (100, 100), (0, 100)], "#5f80a9")
    return sheet


def _path() -> Sheet:
    sheet = Sheet("#f7dcc5")
    sheet.disc(26, 44, 11, "#ee8a55")
    sheet.shape([(0, 62), (44, 34), (66, 16), (100, 54), (100, 100), (0, 100)], "#8a7aa3")
    sheet.shape([(0, 82), (36, 58), (70, 74), (100, 62), (100, 100), (0, 100)], "#5f6f57")
    sheet.line([(56, 100), (44, 86), (60, 74), (52, 60), (66, 46), (62, 32), (66, 16)], "#f2e2c0", 2.2)
    return sheet


def _terraces() -> Sheet:
    sheet = Sheet("#e8f0f2")
    greens = ["#9dbf73", "#86ad5f", "#6f9a4e", "#5a863f", "#477233", "#375d28"]
    for number, colour in enumerate(greens):
        y = 26 + number * 12
        points = [(x, y + 7 * sin(x / 16 + number * 1.3)) for x in range(0, 101, 4)]
        sheet.shape([*points, (100, 100), (0, 100)], colour)
    sheet.disc(24, 20, 16, "#ffffff", flat=0.4)
    sheet.disc(66, 26, 22, "#ffffff", flat=0.35)
    return sheet


def _train() -> Sheet:
    sheet = Sheet("#dceaf7")
    sheet.shape([(0, 46), (62, 46), (92, 66), (92, 74), (0, 74)], "#f4f6f8")
    sheet.box(0, 62, 88, 66, "#2f5fa8")
    for x in (6, 22, 38):
        sheet.box(x, 51, x + 11, 59, "#3b4a5c", 2)
    sheet.shape([(60, 50), (70, 56), (62, 58), (58, 58)], "#3b4a5c")
    sheet.box(0, 74, 100, 77, "#6b6f76")
    for x in range(2, 100, 10):
        sheet.box(x, 77, x + 4, 82, "#8f867a")
    return sheet


def _rain() -> Sheet:
    sheet = Sheet("#41506b")
    dice = Random(7)  # noqa: S311 (drops of rain)
    for _ in range(46):
        x, y = dice.uniform(0, 100), dice.uniform(0, 90)
        sheet.line([(x, y), (x - 2, y + 9)], "#8ba2c7", 0.9)
    sheet.disc(50, 30, 15, "#fbe7a6")
    sheet.disc(50, 30, 8, "#fff8dd")
    sheet.line([(50, 0), (50, 16)], "#222b3b", 1.4)
    sheet.box(0, 84, 100, 100, "#2c374c")
    return sheet


def _boat() -> Sheet:
    sheet = Sheet("#cfe0e6")
    sheet.box(0, 64, 100, 100, "#3d6e86")
    for y in (72, 82, 92):
        sheet.line([(x, y + 2 * sin(x / 5 + y)) for x in range(0, 101, 3)], "#6d9db3", 1)
    sheet.shape([(14, 56), (70, 56), (60, 72), (22, 72)], "#7b2f2f")
    sheet.box(26, 42, 48, 56, "#f3efe6")
    sheet.box(34, 28, 41, 42, "#d99a3a")
    sheet.shape([(84, 64), (86, 22), (94, 22), (96, 64)], "#f5f2ea")
    sheet.box(85, 36, 95, 44, "#c0392f")
    sheet.box(86, 14, 94, 22, "#f2c94c")
    return sheet


def _moon() -> Sheet:
    sheet, x = Sheet("#5a4a72"), 30
    sheet.disc(x, 34, 20, "#fbeec2")
    sheet.shape([(0, 100), (0, 74), (12, 74), (30, 60), (48, 74), (100, 74), (100, 100)], "#2b2536")
    sheet.line([(100 - x, 74), (100 - x, 44), (110 - x, 30)], "#2b2536", 2.6)
    for step in range(7):
        sheet.disc(96 - x + step * 3, 34 + step % 3 * 5, 3, "#e7b84b")
    return sheet


def _stars() -> Sheet:
    sheet = Sheet("#161d38")
    dice = Random(19)  # noqa: S311 (stars)
    for _ in range(70):
        sheet.disc(dice.uniform(0, 100), dice.uniform(0, 72), dice.choice((0.5, 0.7, 1.2)), "#f2efd6")
    for x, height in ((0, 30), (16, 44), (34, 22), (50, 52), (70, 34), (86, 42)):
        sheet.box(x, 100 - height, x + 15, 100, "#0b1020")
        sheet.box(x + 5, 104 - height, x + 9, 108 - height, "#f3c65a")
    return sheet


PICTURES: dict[str, Callable[[], Sheet]] = {
    "flower": _flower,
    "rosepot": _rosepot,
    "bowl": _bowl,
    "jars": _jars,
    "dumplings": _dumplings,
    "buns": _buns,
    "knitting": _knitting,
    "mitten": _mitten,
    "radio": _radio,
    "chess": _chess,
    "fan": _fan,
    "cat": lambda: _cat("#2f2c2b", "#f2d9b6", asleep=False),
    "cat2": lambda: _cat("#d98b3f", "#d7e6f0", asleep=True),
    "dog": _dog,
    "fish": _fish,
    "mountains": _mountains,
    "path": _path,
    "terraces": _terraces,
    "train": _train,
    "rain": _rain,
    "boat": _boat,
    "moon": _moon,
    "stars": _stars,
}
"""What there is to draw, by the names that the neighbourhood's files give."""
