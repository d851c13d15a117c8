"""Whether two pictures show the same: perceptual hashes (pHash, 64 bits of a DCT).

A fingerprint is kept for each picture; a new one is compared in several cuts of itself, so that what was
cropped by up to 5 % on any side, or mirrored, is noticed too. What is cropped much more, or turned, is not.
The figures behind `MOST_BITS` and `MOST_WAVERING` stand in docs/explanation/photos.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from PIL import Image, ImageOps

MOST_BITS = 10
"""Two pictures are alike when no more of the 64 bits differ."""
NOTHING = 0
"""The fingerprint of a picture too plain to be recognised, which is like no other. No hash is 0: about
half of its bits are always set."""
MOST_WAVERING = 8
"""A picture is too plain when noise that nobody sees turns more bits than this."""

_BITS = (1 << 64) - 1
_SIDE = 256
_NOISES = 2
_CUTS = (
    (0.025, 0.025, 0.025, 0.025),
    (0.05, 0.05, 0.05, 0.05),
    (0.05, 0, 0, 0),
    (0, 0.05, 0, 0),
    (0, 0, 0.05, 0),
    (0, 0, 0, 0.05),
    (0.05, 0.05, 0, 0),
    (0, 0.05, 0.05, 0),
    (0, 0, 0.05, 0.05),
    (0.05, 0, 0, 0.05),
)
"""What may have been cut off: of the width left, of the height above, right, below."""


def fingerprint_of(image: Image.Image) -> int:
    """What is kept of an upright picture to notice it again: 64 bits as a signed number, or `NOTHING`."""
    reduced = _reduced(image)
    found = _hash(reduced)
    wavering = max(_apart(found, _hash(noisy)) for noisy in _noisy(reduced))
    return NOTHING if wavering > MOST_WAVERING else found


def is_known(image: Image.Image, fingerprints: Collection[int]) -> bool:
    """Whether an upright picture shows the same as one of those whose fingerprints are given."""
    known = [fingerprint for fingerprint in fingerprints if fingerprint != NOTHING]
    if not known or fingerprint_of(image) == NOTHING:
        return False
    looks = (_hash(cut) for cut in _cuts(_reduced(image)))
    return any(_apart(look, other) <= MOST_BITS for look in looks for other in known)


def _reduced(image: Image.Image) -> Image.Image:
    grey = image.convert("L")
    grey.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return grey


def _cuts(image: Image.Image) -> Iterator[Image.Image]:
    """The picture and its mirror image: whole, cut down, and grown, since it may be the one that was cut."""
    for seen in (image, ImageOps.mirror(image)):
        yield seen
        for sides in _CUTS:
            yield _cut(seen, sides)
            yield _grown(seen, sides)


def _cut(image: Image.Image, sides: tuple[float, ...]) -> Image.Image:
    left, top, right, bottom = sides
    width, height = image.size
    box = (
        round(width * left),
        round(height * top),
        round(width * (1 - right)),
        round(height * (1 - bottom)),
    )
    return image.crop(box) if box[0] < box[2] and box[1] < box[3] else image


def _grown(image: Image.Image, sides: tuple[float, ...]) -> Image.Image:
    """What the picture may have been cut from: its last rows and columns go on."""
    import numpy as np

    left, top, right, bottom = sides
    wide, high = image.width / (1 - left - right), image.height / (1 - top - bottom)
    room = ((round(high * top), round(high * bottom)), (round(wide * left), round(wide * right)))
    return Image.fromarray(np.pad(np.asarray(image), room, mode="edge"))


def _noisy(image: Image.Image) -> Iterator[Image.Image]:
    """The picture in the size that the hash reads, with noise of one grey level; the same at each call."""
    import numpy as np

    small = np.asarray(image.resize((32, 32), Image.Resampling.LANCZOS), dtype=np.float64)
    source = np.random.default_rng(64)
    for _ in range(_NOISES):
        shaken = np.clip(small + source.normal(0, 1, small.shape) + 0.5, 0, 255)
        yield Image.fromarray(shaken.astype(np.uint8))


def _hash(image: Image.Image) -> int:
    import imagehash

    bits = imagehash.phash(image).hash.flatten()
    number = int("".join("1" if bit else "0" for bit in bits), 2)
    return number - (1 << 64) if number >> 63 else number


def _apart(one: int, other: int) -> int:
    return ((one ^ other) & _BITS).bit_count()
