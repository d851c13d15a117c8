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
from kith.detectors.alike import NOTHING, fingerprint_of, is_known
from kith.detectors.faces import find_faces
from kith.media.models import Photo
from kith.media.veil import veil
from kith.people.locks import lock_people

pillow_heif.register_heif_opener()

SIZES = {"large": 1600, "medium": 480, "small": 160}
"""The longest side of each copy in pixels; never larger than the photo was."""
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""A phone's 50 megapixels, and some. More is no photo but a bomb (CWE-409)."""
QUALITY = 82


NOTICING = "photos of one person are compared across both sides"
_KNOWN_INSIDE = _(
    "Your friends may have seen this photo, so somebody could recognise you by it. Please choose another."
)
_KNOWN_OUTSIDE = _(
    "Strangers may have seen this photo, so somebody could recognise you by it. Please choose another."
)


class PhotoRefused(Refused):
    """The file is not a photo that can be shown."""

    code = "photo-refused"


class PhotoKnown(PhotoRefused):
    """Its owner uses the same photo on the other side, where it would tell who they are."""

    code = "photo-known-elsewhere"


def take_in_photo(viewer: Viewer, *, file: IO[bytes], outside: bool = False) -> Photo:
    """Decode a photo, turn it upright, and keep it re-encoded in three sizes without metadata.

    Outside, a photo with faces in it is kept a second time with these blurred, under another name.
    The upload is closed, which deletes it where it was spooled to disk. Files that were begun
    are removed when anything goes wrong.

    :param outside: for the strangers' channel. It stays there.
    :raises PhotoRefused: too large, broken, or not a JPEG, PNG, WebP or HEIC photo.
    :raises PhotoKnown: the same person has one like it on the other side.
    """
    if viewer.person_id is None:
        raise NotThere
    try:
        upright = read_photo(file)
    finally:
        file.close()
    faces = find_faces(upright) if outside else ()
    photo = Photo(
        pk=random_id(),
        owner_id=viewer.person_id,
        name=secrets.token_hex(16),
        veiled=secrets.token_hex(16) if faces else "",
        width=upright.width,
        height=upright.height,
        fingerprint=fingerprint_of(upright),
        outside=outside,
        created_at=viewer.now,
    )
    try:
        _store(upright, photo.name)
        if faces:
            _store(veil(upright, faces), photo.veiled)
        _record(photo, upright)
    except BaseException:
        _delete_files(photo.names)
        raise
    return photo


def _record(photo: Photo, upright: Image.Image) -> None:
    """Write the row, unless its owner has the photo on the other side.

    The owner is held meanwhile: of two such uploads at once, one to each side, the second must see the first.
    """
    there = Photo.objects.unguarded(NOTICING).filter(owner=photo.owner_id, outside=not photo.outside)
    _fingerprint(there.filter(fingerprint=None))
    with transaction.atomic():
        lock_people(photo.owner_id)
        known = there.values_list("fingerprint", flat=True)
        if is_known(upright, [fingerprint for fingerprint in known if fingerprint is not None]):
            raise PhotoKnown(_KNOWN_INSIDE if photo.outside else _KNOWN_OUTSIDE)
        photo.save(force_insert=True)


def read_photo(file: IO[bytes], *, longest: int = SIZES["large"]) -> Image.Image:
    """Read the pixels, upright, as RGB on white: nothing else of the file lives on.

    :param longest: what its longest side is brought down to, in pixels.
    :raises PhotoRefused: too large, broken, or not a JPEG, PNG, WebP or HEIC photo.
    """
    _check_length(file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS or not min(opened.size):
                    raise PhotoRefused(_("This photo has too many pixels. Please choose a smaller one."))
                opened.draft("RGB", (longest * 2, longest * 2))
                opened.load()
                upright = _bare(ImageOps.exif_transpose(opened))
                upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
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


def fingerprint_photos(*, limit: int) -> int:
    """Look at photos that were taken in before photos had fingerprints; say at how many."""
    return _fingerprint(Photo.objects.unguarded(NOTICING).filter(fingerprint=None).order_by("pk")[:limit])


def _fingerprint(photos: Iterable[Photo]) -> int:
    looked_at = 0
    for photo in photos:
        try:
            with Image.open(path_of(photo.name, "large"), formats=("WEBP",)) as stored:
                found = fingerprint_of(stored)
        except OSError:  # its file is gone or broken: nobody sees it, so nobody recognises it
            found = NOTHING
        Photo.objects.unguarded(NOTICING).filter(pk=photo.pk).update(fingerprint=found)
        looked_at += 1
    return looked_at


def erase_photos(photos: Collection[Photo]) -> None:
    """Erase photos: their rows, if they are still there, and the files once that is certain."""
    rows = Photo.objects.unguarded("erases photos for whoever owns them")
    rows.filter(pk__in=[photo.pk for photo in photos]).delete()
    names = [name for photo in photos for name in photo.names]
    transaction.on_commit(lambda: _delete_files(names))


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        for size in SIZES:
            path_of(name, size).unlink(missing_ok=True)
