"""Nothing that the channel sends joins a persona to the shopper behind it; nor inside, a shopper to a persona.

Over the whole demonstration: everything is asked for (gathering.py), and every byte of the answers is
searched for every identifier of everybody who has a persona, in every form (traces.py). What was searched
is printed below the tests.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from django.urls import reverse

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.media.models import Photo
from kith.people.models import Person
from kith.rollout import services as rollout
from kith.strangers.models import Complaint, Exchange, Letter, OutsidePhoto, Persona, Post, PostComment
from tests.oracle.pair import undone
from tests.strangers import traces as tracing
from tests.strangers.anonymous_world import MARKS, SAID, World, make_world
from tests.strangers.gathering import API, OUTSIDE, Answer, Asker, Gathering, pages
from tests.strangers.traces import COLUMNS, NAMELESS, Search, Trace, forms_of, tables_of_people, traces_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

MAY_BE_WORDS = {
    "ties.Relationship.alias", "ties.Circle.name", "people.Person.handle", "people.Person.external_id",
}  # fmt: skip
"""Of these kinds, a trace that is a word of the language is not searched for; `MARKS` stand in for them."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield make_world()


@pytest.fixture(scope="module")
def behind(world: World) -> dict[int, str]:
    """Everybody who has a persona, by name."""
    rows = Person.objects.filter(pk__in=Persona.objects.unguarded(SAID).values("person"))
    return dict(rows.values_list("pk", "handle"))


@pytest.fixture(scope="module")
def gathered(world: World) -> list[Answer]:
    gathering = Gathering(world.outside)
    for asker in world.askers:
        gathering.gather_pages(asker)
        gathering.gather_operations(asker)
    for change in (_wind_down, _close):
        with undone():
            change()
            for asker in world.askers[:2]:
                some = Asker(f"{asker.name}, {change.__name__.strip('_').replace('_', 'ing ')}", asker.person, 2)
                gathering.gather_pages(some)
                gathering.gather_operations(some)
    return gathering.answers


def _wind_down() -> None:
    now = utc_now()
    until = now.date().replace(year=now.year + 1, day=1)
    rollout.wind_down(STRANGERS, until=until, actor=None, why="a test", surface="cli", now=now)


def _close() -> None:
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=utc_now())


# --- Outside: nothing of the shopper ----------------------------------------------------


def test_nothing_outside_joins_to_the_shopper(
    world: World, behind: dict[int, str], gathered: list[Answer], record_property: Any
) -> None:
    wanted, words = _without_words(traces_of(list(behind)))
    search = Search(wanted)
    told = _summary("outside", gathered, search, wanted, words)
    record_property("told", told)
    found = [
        f"{trace} of {behind[trace.owner]} as {form!r}: {answer}"
        for answer in gathered
        for form, trace in _found(search, answer)
        if not _may_be_told(answer, trace, world)
    ]
    assert not found, "\n".join([told, *sorted(set(found))[:40]])


def _found(search: Search, answer: Answer) -> list[tuple[bytes, Trace]]:
    return search.find(answer.sent, is_text=answer.is_text)


def _may_be_told(answer: Answer, trace: Trace, world: World) -> bool:
    """Where a page tells its own reader of themselves; and the last step, where two become friends."""
    return False


def _without_words(found: list[Trace]) -> tuple[list[Trace], list[str]]:
    """Leave out names that are words: that one stands in a page says nothing."""
    words = [trace for trace in found if trace.kind in MAY_BE_WORDS and str(trace.value) in written()]
    return [trace for trace in found if trace not in set(words)], sorted({str(word.value) for word in words})


@cache
def written() -> str:
    """All that is said in the demonstration outside, all sentences of the pages, and nothing else."""
    told = files("kith.cli").joinpath("neighbourhood")
    catalogue = files("kith").joinpath("locale/zh_Hans/LC_MESSAGES/django.po")
    texts = [told.joinpath(name).read_text(encoding="utf-8") for name in ("outside_posts.toml",)]
    return "\n".join([*texts, catalogue.read_text(encoding="utf-8")])


def _summary(
    side: str, answers: list[Answer], search: Search, wanted: list[Trace], words: list[str]
) -> str:
    kinds, people = Counter(trace.kind for trace in wanted), {trace.owner for trace in wanted}
    routes = {(answer.method, answer.route) for answer in answers}
    statuses = Counter(answer.status for answer in answers)
    return "\n".join(
        [
            f"anonymity, {side}: {len(answers):,} answers of {len(routes)} pages and operations to "
            f"{len({answer.who for answer in answers})} people, "
            f"{sum(len(answer.sent) for answer in answers):,} bytes; "
            f"{search.traces:,} identifiers of {len(people)} people in {search.forms:,} forms",
            "  answers: " + ", ".join(f"{status} × {number}" for status, number in sorted(statuses.items())),
            "  identifiers: " + ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items())),
            f"  not searched, being words: {', '.join(words) or 'none'}",
        ]
    )
