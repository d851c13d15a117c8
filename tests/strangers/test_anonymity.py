"""Nothing outside joins a persona to the shopper behind it, and nothing inside joins a shopper to a persona.

Over the whole demonstration: everything is asked for (gathering.py), and every byte of the answers is
searched for every identifier of everybody who has a persona, in every form (traces.py). What was searched
is printed below the tests.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from kith.api.server import api
from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.media.models import Photo
from kith.people.models import Person
from kith.people.regions import provinces
from kith.rollout import services as rollout
from kith.strangers.models import Complaint, Exchange, Letter, Persona, Post, PostComment
from tests.oracle.pair import undone
from tests.strangers.anonymous_world import MARKS, SAID, WITH_A_LIFE, World, make_world
from tests.strangers.gathering import API, Answer, Asker, Gathering, pages
from tests.strangers.traces import COLUMNS, NAMELESS, Search, Trace, forms_of, tables_of_people, traces_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite,  # what is sent is written above the database
    pytest.mark.django_db,
]

MAY_BE_WORDS = {"ties.Relationship.alias", "ties.Circle.name"}
"""Of these kinds, what is a word that anybody writes is not searched for; `MARKS` stand in for them."""
NAMES = {
    "people.Person.id",
    "people.Person.handle",
    "people.Person.display_name",
    "people.Person.external_id",
}
MEETING = {"outside:know", "api:outside_wish"}
"""Where the second of two wishes makes two strangers friends, who then know each other's names."""
LONG_ENOUGH = 12
"""Letters; shorter words are said on both sides by chance."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield make_world()


@pytest.fixture(scope="module")
def behind(world: World) -> dict[int, str]:
    """Everybody who has a persona, by Kith name."""
    rows = Person.objects.filter(pk__in=Persona.objects.unguarded(SAID).values("person"))
    return dict(rows.values_list("pk", "handle"))


# --- Outside: nothing of the shopper ----------------------------------------------------


@pytest.fixture(scope="module")
def outside(world: World) -> list[Answer]:
    gathering = Gathering(world.outside)
    for asker in world.askers:
        gathering.gather_pages(asker)
        gathering.gather_operations(asker)
    _gather_while(gathering, world, "it winds down", _wind_down)
    _gather_while(gathering, world, "it is switched off", _close)
    return gathering.answers


def _gather_while(gathering: Gathering, world: World, title: str, change: Callable[[], None]) -> None:
    with undone():
        change()
        for asker in world.askers[:2]:
            some = Asker(f"{asker.name}, while {title}", asker.person, 1)
            gathering.gather_pages(some)
            gathering.gather_operations(some)


def _wind_down() -> None:
    _close()
    now = utc_now()
    until = (now + timedelta(days=30)).date()
    rollout.wind_down(STRANGERS, until=until, actor=None, why="a test", surface="cli", now=now)


def _close() -> None:
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=utc_now())


def test_nothing_outside_joins_to_the_shopper(
    world: World, behind: dict[int, str], outside: list[Answer], record_property: Any
) -> None:
    wanted, words = _without_words(traces_of(list(behind)))
    search, readers = Search(wanted), _readers(world)
    told = _summary("outside", outside, search, wanted, words)
    record_property("told", told)
    found = {
        f"{trace} of {behind[trace.owner]} as {form!r}: {answer}"
        for answer in outside
        for form, trace in search.find(answer.sent, is_text=answer.is_text)
        if not _may_be_told(answer, trace, readers)
    }
    assert not found, "\n".join([told, f"{len(found)} found:", *sorted(found)[:40]])


def _may_be_told(answer: Answer, trace: Trace, readers: dict[str, int]) -> bool:
    """What is rightly said: to somebody what the other will learn; and to new friends who they are."""
    own = trace.owner == readers.get(answer.who)
    return answer.route in MEETING and trace.kind in NAMES and (own or answer.method != "GET")


def _readers(world: World) -> dict[str, int]:
    return {asker.name: asker.person.pk for asker in world.askers if asker.person is not None}


def test_the_one_moment_at_which_names_are_told_was_among_it(
    world: World, behind: dict[int, str], outside: list[Answer]
) -> None:
    """Otherwise the exception would be for nothing, and so perhaps the whole search."""
    friend = next(pk for pk, handle in behind.items() if handle == "kangshufen")
    names = Search(trace for trace in traces_of([friend]) if trace.kind in NAMES)
    told = [answer for answer in outside if names.find(answer.sent)]
    assert told
    assert {(answer.who, answer.route in MEETING, answer.status < 400) for answer in told} == {
        ("Mum, with letters", True, True)
    }


def test_all_that_there_is_was_asked_for(outside: list[Answer]) -> None:
    asked = {answer.route for answer in outside}
    good = {answer.route for answer in outside if answer.status < 400}
    there = {name for name, _parameters in pages(inside=False)}
    assert there <= asked
    assert there <= good, "every page was seen as somebody sees it who may"
    assert not [str(answer) for answer in outside if answer.status >= 500]


def test_all_that_the_api_describes_was_asked_for(outside: list[Answer]) -> None:
    described = {
        (method.upper(), re.compile(re.sub(r"\{.*?\}", "[^/]+", path)))
        for path, methods in api.get_openapi_schema()["paths"].items()
        if path.startswith(API)
        for method in methods
        if method != "parameters"
    }
    assert len(described) > 50
    good = {(answer.method, answer.path.split("?")[0]) for answer in outside if answer.status < 400}
    never = [
        f"{method} {path.pattern}"
        for method, path in described
        if not any(method == asked and path.fullmatch(place) for asked, place in good)
    ]
    assert never == []


def test_no_photo_carries_more_than_its_pixels(outside: list[Answer]) -> None:
    photos = {answer.sent for answer in outside if not answer.is_text and answer.status == 200}
    assert len(photos) >= 60
    for sent in photos:
        assert set(_chunks(sent[sent.index(b"RIFF") :])) <= {"VP8 ", "VP8L"}


def _chunks(webp: bytes) -> Iterator[str]:
    """The kinds of the parts of a WebP file: EXIF, XMP and ICCP would be parts of their own."""
    place = 12
    while place + 8 <= len(webp):
        kind, length = struct.unpack_from("<4sI", webp, place)
        yield kind.decode()
        place += 8 + length + length % 2


# --- Inside: nothing of the persona -----------------------------------------------------


@pytest.fixture(scope="module")
def inside(world: World) -> list[Answer]:
    gathering = Gathering(lambda _asker: world.inside)
    for name in (
        "Mum, with letters",
        "Lucy, Mum's niece",
        "a friend inside",
        "Mei, let in, without a persona",
    ):
        asker = next(asker for asker in world.askers if asker.name == name)
        has_most = name == "Mum, with letters"
        some = Asker(name, asker.person, 3 if has_most else 2, has_program=has_most)
        gathering.gather_pages(some, inside=True)
        gathering.gather_operations(some, inside=True)
    return gathering.answers


def test_nothing_inside_joins_to_the_persona(
    world: World, behind: dict[int, str], inside: list[Answer], record_property: Any
) -> None:
    wanted = sorted(_traces_outside(), key=str)
    search, readers = Search(wanted), _readers(world)
    told = _summary("inside", inside, search, wanted, [])
    record_property("told", told)
    found = {
        f"{trace} of {behind[trace.owner]} as {form!r}: {answer}"
        for answer in inside
        for form, trace in search.find(answer.sent, is_text=answer.is_text)
        if trace.owner != readers[answer.who]
    }
    assert not found, "\n".join([told, f"{len(found)} found:", *sorted(found)[:40]])


def _traces_outside() -> Iterator[Trace]:
    """Every identifier of every persona, and the beginning of all that it wrote."""
    for persona in Persona.objects.unguarded(SAID):
        yield Trace("persona", persona.person_id, persona.pk)
        yield Trace("persona's name", persona.person_id, persona.name)
    for model in (Post, PostComment, Letter):
        for pk, author, text in model.objects.unguarded(SAID).values_list("pk", "author", "text"):
            yield Trace(model.__name__.lower(), author, pk)
            if len(text) >= LONG_ENOUGH:
                yield Trace(f"words of a {model.__name__.lower()}", author, text[:LONG_ENOUGH])
    for pk, starter, greeted in Exchange.objects.unguarded(SAID).values_list("pk", "starter", "greeted"):
        yield from (Trace("exchange", end, pk) for end in (starter, greeted))
    for pk, accused in Complaint.objects.unguarded(SAID).values_list("pk", "accused"):
        yield Trace("complaint", accused, pk)
    for photo in Photo.objects.unguarded(SAID).filter(outside=True):
        yield from (Trace("photo", photo.owner_id, value) for value in (photo.pk, *photo.names))


# --- What it would find -----------------------------------------------------------------


def test_every_table_of_people_is_searched_or_said_to_name_nobody(world: World) -> None:
    assert tables_of_people() == COLUMNS.keys() | NAMELESS.keys()


def test_there_is_something_of_every_kind_to_be_found(world: World, behind: dict[int, str]) -> None:
    """A kind of which nobody has any would be searched for in vain."""
    people = [pk for pk, handle in behind.items() if handle in WITH_A_LIFE]
    kinds = {trace.kind for trace in traces_of(list(behind))}
    wanted = {f"{table}.{column}" for table, columns in COLUMNS.items() for column in columns}
    assert wanted - kinds <= {"media.Photo.veiled", "account.EmailAddress.email"}
    for mark in MARKS:
        assert sum(mark in str(trace.value) for trace in traces_of(people)) >= 10


def test_words_that_are_left_out_are_few_and_are_words(behind: dict[int, str]) -> None:
    _wanted, words = _without_words(traces_of(list(behind)))
    assert 0 < len(words) < 12
    assert all(len(word) <= 3 or word.isascii() for word in words)


@pytest.mark.parametrize("around", [b"<!-- %b -->", b'{"id": "%b"}', b"/outside/photo/%b.webp", b"x%bx"])
def test_a_leak_of_any_kind_would_be_found(around: bytes, behind: dict[int, str]) -> None:
    wanted, _words = _without_words(traces_of(list(behind)))
    search, one_of_each = Search(wanted), {trace.kind: trace for trace in wanted}
    for trace in one_of_each.values():
        for form in forms_of(trace):
            if len(form) >= 6:
                assert trace in {found for _form, found in search.find(around % form)}, (trace, form)


def _without_words(found: list[Trace]) -> tuple[list[Trace], list[str]]:
    """Leave out names that are words: that one stands in a page says nothing."""
    words = {trace for trace in found if trace.kind in MAY_BE_WORDS and str(trace.value) in _written()}
    return [trace for trace in found if trace not in words], sorted({str(word.value) for word in words})


@cache
def _written() -> str:
    """All that is said in the demonstration outside, all sentences of the pages, and all places."""
    said = files("kith.cli").joinpath("neighbourhood/outside_posts.toml").read_text(encoding="utf-8")
    pages = files("kith").joinpath("locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    places = [name for language in ("zh", "en") for _code, name in provinces(language)]
    return "\n".join([said, pages, *places])


def _summary(
    side: str, answers: Collection[Answer], search: Search, wanted: list[Trace], words: list[str]
) -> str:
    kinds, people = Counter(trace.kind for trace in wanted), {trace.owner for trace in wanted}
    routes = {(answer.method, answer.route) for answer in answers}
    readers, size = {answer.who for answer in answers}, sum(len(answer.sent) for answer in answers)
    statuses = Counter(answer.status for answer in answers)
    return f"""\
anonymity, {side}: {len(answers):,} answers ({size:,} bytes) of {len(routes)} pages and operations to \
{len(readers)} readers, searched for {search.traces:,} identifiers of {len(people)} people \
in {search.forms:,} forms
  answers: {_counted(statuses)}
  identifiers: {_counted(kinds)}
  not searched for, being words: {", ".join(words) or "none"}"""


def _counted(counts: Counter[Any]) -> str:
    return ", ".join(f"{number} × {what}" for what, number in sorted(counts.items()))
