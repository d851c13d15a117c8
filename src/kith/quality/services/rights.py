"""What is held about a person as a buyer, or as one who acts for a merchant: for their copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from kith.core.copying import plain_row
from kith.core.errors import NotThere
from kith.quality.models import Appeal, Complaint, LabReport, Measure, RecallClaim
from kith.quality.papers import OpenPaper, open_paper

COPY = "a person's copy of what is held about them"
_STAFF = {"decided_by"}
"""Who of the staff decided is theirs to know."""


def tables(me: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What a person reported, chose after a recall, handed in and appealed against, by name of the file."""
    rows: dict[str, Iterable[Model]] = {
        "complaints": Complaint.objects.unguarded(COPY).filter(person=me),
        "recall_claims": RecallClaim.objects.unguarded(COPY).filter(person=me),
        "reports_handed_in": LabReport.objects.unguarded(COPY).filter(submitted_by=me),
        "appeals": Appeal.objects.unguarded(COPY).filter(by=me),
    }
    for name, some in rows.items():
        yield name, [plain_row(row, without=_STAFF) for row in some]
    measured = Measure.objects.filter(report__submitted_by=me).order_by("report", "pk")
    yield "values_measured", [plain_row(row, without={"id"}) for row in measured]


def files(me: int) -> Iterator[OpenPaper]:
    """The files of the reports that a person handed in, each to be closed by who reads it."""
    for report in LabReport.objects.unguarded(COPY).filter(submitted_by=me).exclude(file=""):
        try:
            yield open_paper(report)
        except NotThere:  # its file was lost: the copy has the rest
            continue
