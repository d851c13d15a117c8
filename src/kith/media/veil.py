"""Blurring faces beyond recognition."""

from __future__ import annotations

from collections.abc import Iterable

from PIL import Image, ImageDraw, ImageFilter

from kith.detectors.faces import Box

MARGIN = 0.4
"""So much of the face's width and height is blurred beyond its box on each side: hair, ears and chin."""
BLOCKS = 4
"""So many blocks across a face are left of it: two eyes, nose and mouth fall into one or two each."""


def veil(image: Image.Image, faces: Iterable[Box]) -> Image.Image:
    """Copy a picture with these faces made into coarse blocks, and those blurred into each other.

    The blocks are what makes it final: a blur alone can be undone in part.
    """
    veiled = image.copy()
    for face in faces:
        _blur(veiled, face)
    return veiled


def _blur(image: Image.Image, face: Box) -> None:
    wide, high = face.right - face.left, face.bottom - face.top
    rim_x, rim_y = round(wide * MARGIN), round(high * MARGIN)
    room = (
        max(0, face.left - rim_x),
        max(0, face.top - rim_y),
        min(image.width, face.right + rim_x),
        min(image.height, face.bottom + rim_y),
    )
    block = max(1.0, min(wide, high) / BLOCKS)
    part = image.crop(room)
    grains = (max(1, round(part.width / block)), max(1, round(part.height / block)))
    coarse = part.resize(grains, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    soft = coarse.filter(ImageFilter.GaussianBlur(block / 2))
    image.paste(soft, room[:2], _mask(room, face, (rim_x, rim_y)))


def _mask(room: tuple[int, int, int, int], face: Box, rim: tuple[int, int]) -> Image.Image:
    """All of the face and half of the rim; the other half fades into the picture."""
    mask = Image.new("L", (room[2] - room[0], room[3] - room[1]), 0)
    half_x, half_y = rim[0] / 2, rim[1] / 2
    inner = (
        face.left - half_x - room[0],
        face.top - half_y - room[1],
        face.right + half_x - room[0],
        face.bottom + half_y - room[1],
    )
    draw = ImageDraw.Draw(mask)
    draw.rectangle(inner, fill=255)
    faded = mask.filter(ImageFilter.GaussianBlur(min(half_x, half_y) / 3))
    within = (
        face.left - room[0],
        face.top - room[1],
        face.right - room[0] - 1,
        face.bottom - room[1] - 1,
    )
    ImageDraw.Draw(faded).rectangle(within, fill=255)
    return faded
