"""Reading photos. Whether one may be read is decided before: by its owner, or by what it is attached to."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import SIZES, path_of


def get_own_photo(viewer: Viewer, *, photo_id: int) -> Photo:
    """A photo that the viewer took in.

    :raises NotThere: not theirs.
    """
    photo: Photo | None = Photo.objects.visible_to(viewer).filter(pk=photo_id).first()
    if photo is None:
        raise NotThere
    return photo


def open_photo(photo: Photo, size: str) -> BinaryIO:
    """Open a WebP copy of a photo which the caller has seen through the rule.

    :param size: large, medium or small.
    :raises NotThere: not one of the sizes, or its files are gone.
    """
    if size not in SIZES:
        raise NotThere
    try:
        return path_of(photo.name, size).open("rb")
    except FileNotFoundError:
        raise NotThere from None


def photo_file(photo: Photo, *, size: str) -> bytes:
    """The WebP copy of a photo which the caller has seen through the rule, whole: some 300 kB at most."""
    with open_photo(photo, size) as file:
        return file.read()


def find_stray_files(folder: Path) -> set[str]:
    """Names of files that belong to no photo: left by a process that was killed. There should be none."""
    names = {path.name.rpartition("-")[0] for path in folder.glob("*.webp")}
    return names - set(Photo.objects.unguarded("compares files with photos").values_list("name", flat=True))
