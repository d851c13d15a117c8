"""An import that is killed at any moment and run again gives the same as one that was not."""

from __future__ import annotations

from typing import Any

import pytest

from kith.sharing.deliver import find_differences
from kith.sharing.intake import memory, taking
from tests.intake.told import NEIGHBOURHOOD, at, circle, everything, open_to_all, order, review, send_all

pytestmark = pytest.mark.django_db

RECORDS = [
    *NEIGHBOURHOOD,
    *(order(f"o{number}", "mei", what="l2", day=10 + number) for number in range(10, 17)),
    *(review(f"r{number}", "mei", what="l2", day=30 + number) for number in range(10, 15)),
    order("o12", "mei", what="l2", status="refunded", day=60),
    {"type": "tip", "id": "t1", "author": "mei", "text": "Soak it.", "at": at(40)},
    {"type": "comment", "id": "c1", "share": "t1", "author": "bo", "text": "I will.", "at": at(41)},
    circle("mei", "bo", "chen"),
]


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it on its way."""


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the records come to when nothing happens, in batches of three."""
    from django.db import transaction

    monkeypatch.setattr(taking, "BATCH", 3)
    with transaction.atomic():
        open_to_all()
        send_all(RECORDS)
        result = everything()
        transaction.set_rollback(True)
    open_to_all()
    return result


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("batch", range(0, 18, 2))
def test_killed_and_run_again_nothing_is_doubled_or_lost(
    once: dict[str, Any], batch: int, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        _kill_at(patched, batch, moment)
        with pytest.raises(Killed):
            send_all(RECORDS)
        assert find_differences() == []
    send_all(RECORDS)
    assert everything() == once
    assert find_differences() == []


def _kill_at(patched: pytest.MonkeyPatch, batch: int, moment: str) -> None:
    """Kill the process in the transaction of one batch: before it writes, or when all but the end is done."""
    plain, count = taking._write, iter(range(1000))

    def write(*arguments: Any) -> Any:
        if next(count) == batch and moment == "before":
            raise Killed
        return plain(*arguments)

    def remember(*_: Any) -> None:
        raise Killed

    patched.setattr(taking, "_write", write)
    if moment == "after":
        plain_remember, remembered = memory.remember, iter(range(1000))
        patched.setattr(
            memory,
            "remember",
            lambda digests: remember() if next(remembered) == batch else plain_remember(digests),
        )


def test_who_stops_reading_answers_stops_the_import_and_what_was_answered_for_is_in() -> None:
    from kith.people.models import Person
    from kith.sharing.intake import take_in
    from tests.intake.told import NOW, person

    answers = take_in((person(f"u{number}") for number in range(taking.BATCH + 5)), source="host", now=NOW)
    assert next(answers).outcome == "taken"
    answers.close()  # type: ignore[attr-defined]
    assert Person.objects.count() == taking.BATCH
