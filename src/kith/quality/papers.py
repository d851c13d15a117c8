"""The file of a laboratory report: taken in, stored out of everybody's reach, opened for whoever may read it.

A photo is kept as its pixels alone, as all photos are (`media.services`). A PDF is kept as it came: what
a laboratory has signed must stay whole. So nothing of it is ever shown within a page of ours; it is only
handed out to be saved (`HEADERS`). Names are drawn at random, and the folder is served by nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.ids import write_id
from kith.media.services import PhotoRefused, read_photo
from kith.quality.models import LabReport

MOST_BYTES = 10 * 1024 * 1024
LONGEST = 2400
"""Pixels of a photo's longer side: an A4 page at 200 dots an inch, on which small print can be read."""
QUALITY = 85
TYPES = {"pdf": "application/pdf", "webp": "image/webp"}
"""What a file is, by the end of its name."""
STARTS = (b"%PDF-1.", b"%PDF-2.")
KEPT = timedelta(days=1)
"""For so long what is being handed in may still lie there without its row."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}
"""With which a file is handed out: nothing in it runs, and nobody keeps it on the way."""
SEEKING = "files of reports that are no more are erased"


class PaperRefused(Refused):
    """The file cannot be taken: it is too large, broken, or neither a PDF nor a photo."""

    code = "paper-refused"
    field = "file"


@dataclass(frozen=True, slots=True)
class OpenPaper:
    """A report's file, opened for somebody who may read it."""

    file: BinaryIO
    media_type: str
    name: str
    """What to save it as."""

    def read(self) -> bytes:
        """All of it, some MB at most; it is closed then."""
        with self.file as file:
            return file.read()

    @property
    def headers(self) -> dict[str, str]:
        """With which it is handed out, to be saved."""
        return HEADERS | {"Content-Disposition": f'attachment; filename="{self.name}"'}


def keep_file(file: IO[bytes]) -> str:
    """Check an upload, store it under a random name, and return the name. The upload is closed.

    Nothing half-written bears a name that is ever read: it is written beside and then renamed.

    :raises PaperRefused: larger than 10 MB, or neither a PDF nor a JPEG, PNG, WebP or HEIC photo.
    """
    try:
        return _store_pdf(file) if _is_pdf(file) else _store_photo(file)
    finally:
        file.close()


def _is_pdf(file: IO[bytes]) -> bool:
    length = file.seek(0, 2)
    file.seek(0)
    if length > MOST_BYTES:
        raise PaperRefused(_("This file is larger than 10 MB. Please choose a smaller one."))
    if not length:
        raise PaperRefused(_("This file is empty. Please choose another one."))
    start = file.read(len(STARTS[0]))
    file.seek(0)
    return start in STARTS


def _store_pdf(file: IO[bytes]) -> str:
    name = f"{secrets.token_hex(16)}.pdf"
    with _writing(name) as begun:
        begun.write_bytes(file.read())
        begun.replace(path_of(name))
    return name


def _store_photo(file: IO[bytes]) -> str:
    try:
        upright = read_photo(file, longest=LONGEST)
    except PhotoRefused:
        raise PaperRefused(
            _("This file could not be read. Please choose a PDF, or a photo: JPEG, PNG, WebP or HEIC.")
        ) from None
    name = f"{secrets.token_hex(16)}.webp"
    with _writing(name) as begun:
        upright.save(begun, "WEBP", quality=QUALITY, method=4)
        begun.replace(path_of(name))
    return name


@contextmanager
def _writing(name: str) -> Iterator[Path]:
    """Where to write a file before it has its name; removed if anything goes wrong."""
    folder = Path(settings.PAPERS_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    begun = folder / f"{name}.part"
    try:
        yield begun
    finally:
        begun.unlink(missing_ok=True)


def path_of(name: str) -> Path:
    return Path(settings.PAPERS_ROOT) / name


def open_paper(report: LabReport) -> OpenPaper:
    """Open the file of a report that the caller may read.

    :raises NotThere: it has none, or its file is gone.
    """
    ending = report.file.rpartition(".")[2]
    if ending not in TYPES:
        raise NotThere
    try:
        file = path_of(report.file).open("rb")
    except FileNotFoundError:
        raise NotThere from None
    return OpenPaper(file, TYPES[ending], f"report-{write_id(report.pk)}.{ending}")


def erase_file(name: str) -> None:
    """Erase a stored file once it is certain that no row names it."""
    if name:
        transaction.on_commit(lambda: path_of(name).unlink(missing_ok=True))


def find_strays(folder: Path) -> set[str]:
    """Names of files of no report: left by a process that was killed, or by a shop that is gone."""
    names = {path.name for path in folder.glob("*.*")}
    rows = LabReport.objects.unguarded(SEEKING).exclude(file="")
    return names - set(rows.values_list("file", flat=True).iterator())


def erase_strays(*, now: datetime) -> int:
    """Erase files without a report that were written more than a day ago; say how many."""
    folder = Path(settings.PAPERS_ROOT)
    paths = (folder / name for name in find_strays(folder))
    old = [path for path in paths if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
