"""Taking photos in. Nothing of an upload is kept but its pixels."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import IO

import pillow_heif
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.media.models import Photo

pillow_heif.register_heif_opener()

SIZES = {"large": 1600, "medium": 480, "small": 160}
"""The longest side of each copy in pixels; never larger than the photo was."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""A phone's 50 megapixels, and some. More is no photo but a bomb (CWE-409)."""
QUALITY = 82


class PhotoRefused(Refused):
    """The file is not a photo that can be shown."""

    code = "photo-refused"


def take_in_photo(viewer: Viewer, *, file: IO[bytes]) -> Photo:
    """Decode a photo, turn it upright, and keep it re-encoded in three sizes without metadata.

    The upload is closed, which deletes it where it was spooled to disk. Files that were begun
    are removed when anything goes wrong.

    :raises PhotoRefused: too large, broken, or not a JPEG, PNG, WebP or HEIC photo.
    """
    if viewer.person_id is None:
        raise NotThere
    try:
        upright = _decode(file)
    finally:
        file.close()
    name = secrets.token_hex(16)
    photo = Photo(
        pk=random_id(),
        owner_id=viewer.person_id,
        name=name,
        width=upright.width,
        height=upright.height,
        created_at=viewer.now,
    )
    try:
        _store(upright, name)
        photo.save(force_insert=True)
    except BaseException:
        _delete_files([name])
        raise
    return photo


def _decode(file: IO[bytes]) -> Image.Image:
    """Read the pixels, upright, as RGB on white: nothing else of the file lives on."""
    _check_length(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS or not min(opened.size):
                    raise PhotoRefused(_("This photo has too many pixels. Please choose a smaller one."))
                opened.draft("RGB", (SIZES["large"] * 2, SIZES["large"] * 2))
                opened.load()
                upright = _bare(ImageOps.exif_transpose(opened))
                upright.thumbnail((SIZES["large"], SIZES["large"]), Image.Resampling.LANCZOS)
                return upright
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoRefused(_("This photo has too many pixels. Please choose a smaller one.")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise PhotoRefused(
            _("This file could not be read as a photo. Please choose a JPEG, PNG, WebP or HEIC photo.")
        ) from None


def _check_length(file: IO[bytes]) -> None:
    length = file.seek(0, 2)
    file.seek(0)
    if length > MOST_BYTES:
        raise PhotoRefused(_("This photo is larger than 20 MB. Please choose a smaller one."))


def _bare(image: Image.Image) -> Image.Image:
    """Copy the pixels alone into a new picture: what is transparent becomes white."""
    rgba = image.convert("RGBA")
    bare = Image.new("RGB", image.size, "white")
    bare.paste(rgba, mask=rgba.getchannel("A"))
    return bare


def _store(upright: Image.Image, name: str) -> None:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    for size, side in SIZES.items():
        copy = upright.copy()
        copy.thumbnail((side, side), Image.Resampling.LANCZOS)
        copy.save(path_of(name, size), "WEBP", quality=QUALITY, method=4)


def path_of(name: str, size: str) -> Path:
    """Where the copy of a photo in one of `SIZES` lies."""
    return Path(settings.MEDIA_ROOT) / f"{name}-{size}.webp"


def erase_photos(photos: Collection[Photo]) -> None:
    """Erase photos: their rows, if they are still there, and the files once that is certain."""
    rows = Photo.objects.unguarded("erases photos for whoever owns them")
    rows.filter(pk__in=[photo.pk for photo in photos]).delete()
    names = [photo.name for photo in photos]
    transaction.on_commit(lambda: _delete_files(names))


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        for size in SIZES:
            path_of(name, size).unlink(missing_ok=True)
