"""Erasure leaves nothing of a person in any table but what must stay, and the copy is whole."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from kith.audience.viewer import STRANGERS
from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.rights.services import copy_of_data, erase_person
from kith.rollout import services as rollout
from kith.sharing import services as sharing
from kith.shop.models import Category, LineStatus, Listing, Merchant, Order, OrderLine
from kith.strangers import services as strangers
from kith.strangers.checks import find_misjudged_personas
from kith.strangers.models import Persona, Post, PostComment
from kith.strangers.queries.contacts import hidden_count
from kith.strangers.queries.personas import faces_outside
from kith.strangers.ranking import find_misplaced
from kith.strangers.search import find_unindexed
from kith.strangers.services.complaints import find_miscounted
from tests.strangers.cast import open_channel, outside_photo, stranger, viewer
from tests.web.cast import as_viewer, befriend, circle_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOKING = "the test looks at all rows"
PERSONA, OUTWORDS = "Qzymoon", "Qzywords"
NAME, HANDLE, PHONE, WORDS = "Zqxmei", "zqxmei", "+8613800138000", "Zqxwords"


@pytest.fixture
def bo() -> Person:
    open_to_all()
    return somebody("Boo")


@pytest.fixture
def mei(bo: Person) -> Person:
    """Somebody who has left words and names wherever one can."""
    mei = somebody(NAME, phone=PHONE, phone_verified=True)
    befriend(mei, bo)
    family = circle_of(mei, WORDS, bo)
    sharing.ask_question(as_viewer(mei), text=WORDS, circle_ids=[family.pk])
    circle_of(bo, "Friends", mei)
    sharing.set_alias(as_viewer(bo), other_id=mei.pk, alias=NAME)
    sharing.make_invitation(as_viewer(mei))
    sharing.request_friend(as_viewer(mei), recipient_id=somebody("Chen").pk, note=WORDS)
    sharing.request_friend(as_viewer(somebody("Dan")), recipient_id=mei.pk, note="Hello there")
    _buy(mei)
    for typed in (HANDLE, PHONE):
        AccessAttempt.objects.create(username=typed, attempt_time=utc_now(), failures_since_start=1)
    LogEntry.objects.create(
        user=bo,
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(mei.pk),
        object_repr=NAME,
        action_flag=CHANGE,
    )
    return mei


def _buy(mei: Person) -> None:
    shelf = Category.objects.create(code="tea", name_zh="茶", name_en="Tea")
    shop = Merchant.objects.create(name="Lantern")
    tea = Listing.objects.create(merchant=shop, category=shelf, title="Tea", price_minor=900)
    order = Order.objects.create(
        buyer=mei, placed_at=utc_now(), recipient=NAME, phone=PHONE, address=WORDS, ship_to="310000"
    )
    OrderLine.objects.create(
        order=order, buyer=mei, merchant=shop, listing=tea, external_id="1", quantity=1, price_minor=900,
        status=LineStatus.REFUND_REQUESTED, status_at=utc_now(), reason=WORDS, placed_at=utc_now(),
    )  # fmt: skip


def all_values() -> list[tuple[str, str, str]]:
    """Every value of every row: table, column, text."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        manager: Any = model._default_manager
        rows = manager.unguarded(LOOKING) if hasattr(manager, "unguarded") else manager.all()
        for row in rows.values():
            found += [(model._meta.db_table, column, str(value)) for column, value in row.items()]
    return found


def test_after_erasure_nothing_of_the_person_stands_in_any_table(mei: Person) -> None:
    marks = (NAME, HANDLE, PHONE, WORDS, str(mei.pk))

    def left() -> set[tuple[str, str]]:
        return {(table, column) for table, column, text in all_values() for mark in marks if mark in text}

    assert ("django_admin_log", "object_repr") in left()
    assert ("axes_accessattempt", "username") in left()
    assert ("shop_orderline", "reason") in left()
    erase_person(person_id=mei.pk, now=utc_now())
    assert left() == {("django_admin_log", "object_id")}
    order = Order.objects.unguarded(LOOKING).get()
    assert (order.buyer_id, order.ship_to) == (None, "310000")


def test_the_copy_holds_what_others_have_asked_and_not_what_they_keep_to_themselves(mei: Person) -> None:
    with zipfile.ZipFile(io.BytesIO(copy_of_data(as_viewer(mei)))) as archive:
        [asked] = json.loads(archive.read("requests_received.json"))
        [sent] = json.loads(archive.read("requests_sent.json"))
    assert asked["note"] == "Hello there"
    assert "circle_id" not in asked
    assert sent["note"] == WORDS
    assert not {"suggested_id", "declined_at"} & sent.keys()


# --- The other side --------------------------------------------------------------------------------


@pytest.fixture
def outside_too(mei: Person, bo: Person) -> dict[str, Any]:
    """Mei is out there as well, and has written and been written to."""
    Person.objects.update(born=1964)
    open_channel(now=utc_now())
    now = utc_now()
    told: Any = {"person": mei, "now": now, "intro": "I dance in the park."}
    stranger(PERSONA, **told)
    eve, third = stranger("Evergreen", now=now), stranger("Cedar", now=now)
    photo = outside_photo(mei, now=now)
    strangers.change_persona(viewer(mei, now), avatar_id=outside_photo(mei, now=now).pk)
    post = strangers.write_post(viewer(mei, now), topic="meet", text=OUTWORDS, photo_ids=[photo.pk])
    hers = strangers.write_post(viewer(eve, now), topic="meet", text="Good evening to all")
    said = strangers.comment(viewer(mei, now), post_id=hers.pk, text=f"{OUTWORDS} said")
    answer = strangers.comment(viewer(eve, now), post_id=hers.pk, text="Indeed", answers_id=said.pk)
    later = viewer(third, now + timedelta(seconds=1))
    second = strangers.comment(later, post_id=hers.pk, text="So it is", answers_id=answer.pk)
    strangers.set_liked(viewer(mei, now), post_id=hers.pk, on=True)
    letters = strangers.greet(viewer(mei, now), persona_id=_persona(eve).pk, text=f"{OUTWORDS} greet")
    strangers.write_letter(viewer(eve, now), exchange_id=letters.pk, text="Evergreen answers")
    strangers.greet(viewer(third, now), persona_id=_persona(mei).pk, text="Cedar greets you")
    strangers.hide_contacts(viewer(mei, now), text="13900139000")
    strangers.hide_contacts(viewer(third, now), text="13700137000")
    strangers.avoid(viewer(mei, now), persona_id=_persona(third).pk)
    strangers.report(
        viewer(mei, now), about="post", subject_id=hers.pk, why="fraud", words=f"{OUTWORDS} told"
    )
    return {"eve": eve, "third": third, "hers": hers, "post": post, "answer": answer, "second": second}


def _persona(person: Person) -> Persona:
    found: Persona = Persona.objects.unguarded(LOOKING).get(person=person)
    return found


def _files(person: Person) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(copy_of_data(as_viewer(person)))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_copy_holds_all_of_the_other_side_in_a_folder_of_its_own(
    mei: Person, outside_too: dict[str, Any]
) -> None:
    files = _files(mei)
    outside = {name.removeprefix("outside/"): text for name, text in files.items() if "outside/" in name}
    tables = {name: json.loads(text) for name, text in outside.items() if name.endswith(".json")}
    assert [row["text"] for row in tables["posts.json"]] == [OUTWORDS]
    assert [row["text"] for row in tables["comments.json"]] == [f"{OUTWORDS} said"]
    assert [(row["with"], row["from"], row["text"]) for row in tables["letters.json"]] == [
        ("Evergreen", "me", f"{OUTWORDS} greet"),
        ("Evergreen", "them", "Evergreen answers"),
    ], "whoever was shut out is out of sight"
    assert [row["words"] for row in tables["complaints_made.json"]] == [f"{OUTWORDS} told"]
    assert [set(row) for row in tables["hidden_numbers.json"]] == [{"added_at"}]
    assert [row["name"] for row in tables["persona.json"]] == [PERSONA]
    assert [row["name"] for row in tables["shut_out.json"]] == ["Cedar"]
    assert len([name for name in outside if name.startswith("photos/")]) == 2
    assert len(tables["likes.json"]) == len(tables["consents.json"]) == 1


def test_neither_half_of_the_copy_joins_to_the_other(
    mei: Person, bo: Person, outside_too: dict[str, Any]
) -> None:
    befriend(mei, outside_too["eve"])  # a row that holds facts of both sides
    files = _files(mei)
    people = [write_id(pk) for pk in Person.objects.values_list("pk", flat=True)]
    inside_marks = [
        NAME,
        HANDLE,
        PHONE,
        PHONE[3:],
        WORDS,
        *people,
        *map(str, Person.objects.values_list("pk")),
    ]
    handles = list(Person.objects.exclude(handle__in=["dan", "boo"]).values_list("handle", flat=True))
    outside_marks = [PERSONA, OUTWORDS, "Evergreen", "Cedar", "I dance", write_id(_persona(mei).pk)]
    outside_marks += ["contact", "avoid", "post_comment", "post_answer", "letter", "strangers"]
    for name, text in files.items():
        marks = [*inside_marks, *handles] if name.startswith("outside/") else outside_marks
        assert [mark for mark in marks if mark.encode() in text] == [], name


def test_others_outside_see_no_more_of_an_erased_account(mei: Person, outside_too: dict[str, Any]) -> None:
    eve, hers = outside_too["eve"], outside_too["hers"]
    marks = (NAME, HANDLE, PHONE, WORDS, PERSONA, OUTWORDS, "I dance", str(mei.pk), str(_persona(mei).pk))

    def left() -> set[tuple[str, str]]:
        return {(table, column) for table, column, text in all_values() for mark in marks if mark in text}

    assert ("strangers_letter", "text") in left()
    before = strangers_of(outside_too["third"])
    erase_person(person_id=mei.pk, now=utc_now())
    assert left() == {("django_admin_log", "object_id")}
    assert strangers_of(outside_too["third"]) == before, "a list that grew shorter would tell of an account"
    first, second = PostComment.objects.unguarded(LOOKING).order_by("at", "pk")
    assert {first.pk, second.pk} == {outside_too["answer"].pk, outside_too["second"].pk}
    [begins] = [one for one in (first, second) if one.root_id is None]
    [goes_on] = [one for one in (first, second) if one.root_id is not None]
    assert (begins.pk, goes_on.root_id) == (outside_too["answer"].pk, begins.pk), "the thread is one still"
    assert Post.objects.unguarded(LOOKING).get(pk=hers.pk).open_reports == 0
    for look in (find_misplaced, find_unindexed, find_miscounted, find_misjudged_personas):
        assert list(look()) == []
    assert faces_outside(as_viewer(eve), [mei.pk]) == {}


def strangers_of(person: Person) -> int:
    return hidden_count(as_viewer(person))


def test_the_copy_is_there_while_the_channel_is_switched_off(
    mei: Person, outside_too: dict[str, Any]
) -> None:
    rollout.close(STRANGERS, actor=None, why="test", surface="cli", now=utc_now())
    files = _files(mei)
    assert OUTWORDS.encode() in files["outside/posts.json"]
    letters = json.loads(files["outside/letters.json"])
    assert {row["from"] for row in letters} == {"me"}, "others' words are shut with the channel"
    assert {row["with"] for row in letters} == {None}
