"""Reading photos. Whether one may be read is decided before: by its owner, or by what it is attached to."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import SIZES, path_of


def get_own_photo(viewer: Viewer, *, photo_id: int, outside: bool = False) -> Photo:
    """A photo that the viewer took in, on this side.

    :raises NotThere: not theirs, or on the other side.
    """
    mine = Photo.objects.visible_to(viewer).filter(outside=outside)
    photo: Photo | None = mine.filter(pk=photo_id).first()
    if photo is None:
        raise NotThere
    return photo


def open_photo(photo: Photo, size: str, *, veiled: bool = False) -> BinaryIO:
    """Open a WebP copy of a photo which the caller has seen through the rule.

    :param size: large, medium or small.
    :param veiled: with faces blurred. A photo in which none were found has nothing to blur.
    :raises NotThere: not one of the sizes, or its files are gone.
    """
    if size not in SIZES:
        raise NotThere
    try:
        return path_of((veiled and photo.veiled) or photo.name, size).open("rb")
    except FileNotFoundError:
        raise NotThere from None


def photo_file(photo: Photo, *, size: str, veiled: bool = False) -> bytes:
    """The WebP copy of a photo which the caller has seen through the rule, whole: some 300 kB at most."""
    with open_photo(photo, size, veiled=veiled) as file:
        return file.read()


def find_stray_files(folder: Path) -> set[str]:
    """Names of files that belong to no photo: left by a process that was killed. There should be none."""
    names = {path.name.rpartition("-")[0] for path in folder.glob("*.webp")}
    known = Photo.objects.unguarded("compares files with photos").values_list("name", "veiled")
    return names - {name for both in known for name in both}
