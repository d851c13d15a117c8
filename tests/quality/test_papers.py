"""The file of a laboratory report: what is taken, how it is kept, and that nothing is left lying about."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from PIL import Image

from kith.core.errors import NotThere
from kith.core.ids import write_id
from kith.people.models import Person
from kith.quality import papers, services
from kith.quality.models import LabReport
from kith.quality.papers import PaperRefused
from kith.quality.services import ReportRefused
from kith.rights.services import copy_of_data
from kith.shop.models import Merchant
from tests.quality.cast import NOW, later, looks, paper, sells, somebody

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path / "papers"


@pytest.fixture
def stored(settings: Any) -> Any:
    folder = Path(settings.PAPERS_ROOT)
    return lambda: {path.name for path in folder.iterdir()} if folder.exists() else set()


def pdf(content: bytes = PDF) -> io.BytesIO:
    return io.BytesIO(content)


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 300)) -> io.BytesIO:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    Image.new("RGB", size, "white").save(file, kind, exif=exif)
    file.seek(0)
    return file


def handed_in(person: Person, merchant: Merchant, file: io.BytesIO | None, **said: Any) -> LabReport:
    one = sells(merchant)
    return services.hand_in_report(
        looks(person), merchant_id=merchant.pk, listing_ids=[one.pk], paper=paper(**said), file=file
    )


# --- What is taken -------------------------------------------------------------------------------


def test_a_pdf_is_kept_as_it_came_under_a_name_drawn_at_random(stored: Any) -> None:
    one, two = papers.keep_file(pdf()), papers.keep_file(pdf())
    assert one != two
    assert stored() == {one, two}
    assert papers.path_of(one).read_bytes() == PDF
    assert len(one) == len("0" * 32 + ".pdf")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_keeps_its_pixels_alone(kind: str) -> None:
    name = papers.keep_file(photo(kind))
    assert name.endswith(".webp")
    content = papers.path_of(name).read_bytes()
    assert b"SECRET" not in content
    with Image.open(io.BytesIO(content)) as kept:
        assert (kept.format, kept.size) == ("WEBP", (400, 300))
        assert not kept.getexif()


def test_small_print_stays_legible() -> None:
    with Image.open(papers.path_of(papers.keep_file(photo("PNG", (3000, 4000))))) as kept:
        assert kept.size == (1800, 2400)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF",
        b"\n%PDF-1.7 not at its start",
        b"%PDF-9.9",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"\xff\xd8\xff\xe0 no photo after all",
        b"PK\x03\x04" + b"\x00" * 100,
    ],
)
def test_anything_else_is_refused_and_leaves_nothing(content: bytes, stored: Any) -> None:
    file = pdf(content)
    with pytest.raises(PaperRefused) as refused:
        papers.keep_file(file)
    assert refused.value.field == "file"
    assert file.closed
    assert stored() == set()


def test_the_first_half_of_a_photo_is_refused(stored: Any) -> None:
    whole = photo("PNG", (900, 900)).getvalue()
    with pytest.raises(PaperRefused):
        papers.keep_file(pdf(whole[: len(whole) // 2]))
    assert stored() == set()


@pytest.mark.parametrize("file", [pdf, photo])
def test_what_cannot_be_written_leaves_nothing(
    file: Callable[[], io.BytesIO], stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space left"):
        papers.keep_file(file())
    assert stored() == set()


@pytest.mark.parametrize("start", [PDF, b"\x89PNG"])
def test_ten_megabytes_and_no_more(start: bytes, stored: Any) -> None:
    with pytest.raises(PaperRefused, match="10 MB"):
        papers.keep_file(pdf(start + b"0" * (papers.MOST_BYTES - len(start) + 1)))
    assert stored() == set()
    assert papers.keep_file(pdf(PDF + b"0" * (papers.MOST_BYTES - len(PDF))))


# --- With its report -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_handed_in_with_its_report_and_opened_again(masks: Merchant, lin: Person) -> None:
    report = handed_in(lin, masks, pdf())
    opened = papers.open_paper(report)
    assert opened.read() == PDF
    assert opened.file.closed
    assert (opened.media_type, opened.name[-4:]) == ("application/pdf", ".pdf")
    assert report.number not in opened.name


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "../db.sqlite3", "gone.pdf", "x.html"])
def test_what_is_not_there_is_not_opened(name: str) -> None:
    with pytest.raises(NotThere):
        papers.open_paper(LabReport(file=name))


@pytest.mark.django_db
def test_a_refused_report_leaves_no_file(masks: Merchant, lin: Person, stored: Any) -> None:
    handed_in(lin, masks, pdf())
    before = stored()
    refused: tuple[dict[str, Any], ...] = ({}, {"standard": "GB 0-0"}, {"measures": {}})
    for said in refused:
        with pytest.raises(ReportRefused):
            handed_in(lin, masks, pdf(), **said)
    assert stored() == before


@pytest.mark.django_db
def test_a_file_that_is_refused_leaves_no_report(masks: Merchant, lin: Person) -> None:
    with pytest.raises(PaperRefused):
        handed_in(lin, masks, pdf(b"no"))
    assert not LabReport.objects.unguarded("counts them").exists()


@pytest.mark.django_db
def test_a_file_goes_with_a_row_that_cannot_be_written(
    masks: Merchant, lin: Person, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(LabReport, "save", refuse)
    with pytest.raises(ReportRefused), transaction.atomic():
        handed_in(lin, masks, pdf())
    assert stored() == set()


@pytest.mark.django_db(transaction=True)
def test_added_later_and_changed_until_somebody_decides(
    masks: Merchant, lin: Person, desk: Person, stored: Any
) -> None:
    report = handed_in(lin, masks, None)
    first = services.add_file(looks(lin), report_id=report.pk, file=pdf()).file
    second = services.add_file(looks(lin), report_id=report.pk, file=photo()).file
    assert stored() == {second}
    assert first != second
    services.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=True)
    with pytest.raises(ReportRefused):
        services.add_file(looks(lin), report_id=report.pk, file=pdf())
    assert stored() == {second}


@pytest.mark.django_db
def test_nobody_else_adds_one(masks: Merchant, lin: Person, desk: Person, mei: Person, stored: Any) -> None:
    report = handed_in(lin, masks, None)
    for person in (desk, mei, somebody("Wang")):
        with pytest.raises(NotThere):
            services.add_file(looks(person), report_id=report.pk, file=pdf())
    assert stored() == set()


# --- What is left over ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_old_files_of_no_report_are_cleared_away(
    masks: Merchant, lin: Person, settings: Any, stored: Any
) -> None:
    report = handed_in(lin, masks, pdf())
    young, old, begun = papers.keep_file(pdf()), papers.keep_file(pdf()), "half.pdf.part"
    papers.path_of(begun).write_bytes(b"%PDF-1")
    long_ago = later(days=-2).timestamp()
    for name in (old, begun, report.file):
        os.utime(papers.path_of(name), (long_ago, long_ago))
    os.utime(papers.path_of(young), (NOW.timestamp(), NOW.timestamp()))
    assert papers.find_strays(Path(settings.PAPERS_ROOT)) == {young, old, begun}
    assert papers.erase_strays(now=NOW) == 2
    assert stored() == {report.file, young}
    assert papers.erase_strays(now=NOW + timedelta(days=2)) == 1
    masks.delete()
    assert papers.erase_strays(now=NOW + timedelta(days=2)) == 1
    assert stored() == set()


@pytest.mark.django_db
def test_where_nothing_was_ever_handed_in_there_is_nothing_to_clear() -> None:
    assert papers.erase_strays(now=NOW) == 0


# --- In a person's copy ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_it_is_in_the_copy_of_whoever_handed_it_in(masks: Merchant, lin: Person, mei: Person) -> None:
    lost = handed_in(lin, masks, pdf(), number="LOST")
    papers.path_of(lost.file).unlink()
    report = handed_in(lin, masks, pdf())
    with zipfile.ZipFile(io.BytesIO(copy_of_data(looks(lin)))) as archive:
        kept = [name for name in archive.namelist() if name.startswith("reports/")]
        assert kept == [f"reports/report-{write_id(report.pk)}.pdf"]
        assert archive.read(kept[0]) == PDF
        assert "97.2" in archive.read("values_measured.json").decode()
    with zipfile.ZipFile(io.BytesIO(copy_of_data(looks(mei)))) as archive:
        assert not [name for name in archive.namelist() if name.startswith("reports/")]
        assert json.loads(archive.read("values_measured.json")) == []
