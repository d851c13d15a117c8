"""What is held about a person as a buyer, or as one who acts for a merchant: for their copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model

from kith.core.copying import plain_row
from kith.quality.models import Appeal, Complaint, LabReport, RecallClaim

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
