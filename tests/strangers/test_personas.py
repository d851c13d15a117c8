"""Personas: who may have one, what it may be called and say, and that nothing of it joins to the shopper."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from kith.audience.viewer import STRANGERS
from kith.core.errors import NotThere
from kith.core.guard import Side
from kith.media.models import Photo
from kith.people.models import Consent, Person, Purpose
from kith.people.queries import has_consented
from kith.people.signed_in import NeedsSignIn
from kith.rollout import services as rollout
from kith.rollout.queries import batches_of
from kith.strangers.models import Exchange, Letter, OutsidePhoto, Persona, Post, Topic
from kith.strangers.names import PersonaRefused, name_key
from kith.strangers.queries.personas import (
    PersonaFace,
    age_band,
    faces_outside,
    find_outside_photo,
    get_persona,
    has_answered,
    my_persona,
)
from kith.strangers.services.personas import (
    BirthYearWanted,
    MayNotGoOutside,
    change_persona,
    make_persona,
)
from tests.strangers.cast import (
    NOW,
    befriend,
    inside_only,
    outside_photo,
    put_in_one_circle,
    shut_out,
    stranger,
    viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]
LOOKING = "the test looks at all rows"


@pytest.fixture
def mei() -> Person:
    return stranger(
        "Moonlight", tells=["age"], intro="I dance in the park.", looks_for=["friends", "company"]
    )


@pytest.fixture
def eve() -> Person:
    return stranger("Evergreen", region="310000")


def persona_of(person: Person) -> Persona:
    return Persona.objects.unguarded(LOOKING).get(person=person)


def try_to_make(person: Person, **more: Any) -> Persona:
    more = {"text_version": "1", "surface": "test", "name": "Moonlight", **more}
    return make_persona(viewer(person), **more)


# --- Who may ---------------------------------------------------------------------------


def test_making_a_persona_agrees_to_the_channel_and_opens_it() -> None:
    mei = inside_only()
    assert viewer(mei).outside == Side.OWN
    try_to_make(mei)
    assert viewer(mei).outside == Side.OPEN
    [entry] = Consent.objects.filter(person=mei)
    assert (entry.purpose, entry.given, entry.text_version, entry.at) == (Purpose.STRANGERS, True, "1", NOW)
    assert viewer(mei).inside == Side.PUBLIC, "the circle side has a consent of its own"


def test_nobody_goes_outside_where_it_is_not_open_to_them() -> None:
    by: Any = {"actor": None, "why": "test", "surface": "cli", "now": NOW}
    rollout.close(STRANGERS, **by)
    with pytest.raises(MayNotGoOutside):
        try_to_make(inside_only())
    rollout.reopen(STRANGERS, **by)
    rollout.pause_batch(batches_of(STRANGERS).get().pk, **by)
    with pytest.raises(MayNotGoOutside):
        try_to_make(inside_only())
    assert not Consent.objects.exists()


@pytest.mark.parametrize(("born", "may"), [(2006, True), (2007, True), (2008, False), (2010, False)])
def test_only_who_is_certainly_18_may(born: int, may: bool) -> None:
    person = inside_only(born)
    if may:
        assert try_to_make(person).shows
    else:
        with pytest.raises(MayNotGoOutside):
            try_to_make(person)
        assert not has_consented(person.pk, Purpose.STRANGERS)


def test_who_has_not_said_when_they_were_born_is_asked() -> None:
    with pytest.raises(BirthYearWanted):
        try_to_make(inside_only(None))


def test_nobody_and_somebody_suspended_may_not() -> None:
    with pytest.raises(NeedsSignIn):
        make_persona(viewer(None), text_version="1", surface="test", name="Moonlight")
    with pytest.raises(MayNotGoOutside):
        try_to_make(inside_only(suspended_at=NOW))


def test_nobody_has_two(mei: Person) -> None:
    with pytest.raises(PersonaRefused) as refusal:
        try_to_make(mei, name="Sunshine")
    assert refusal.value.field == "name"
    assert persona_of(mei).name == "Moonlight"


# --- What it may be called ----------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "moonlight", "MOON LIGHT", "Ｍｏｏｎｌｉｇｈｔ", "Moon-light!", "M\u043e\u043enlight",
        "M00nlight", "Moonl1ght", "★Moonlight★", "Moon\u200dlight",
    ],
)  # fmt: skip
def test_nobody_is_called_as_somebody_else_is(mei: Person, name: str) -> None:
    with pytest.raises(PersonaRefused, match="Somebody else"):
        try_to_make(inside_only(), name=name)


def test_traditional_and_simplified_are_one_name() -> None:
    stranger("蘭花開了")
    with pytest.raises(PersonaRefused, match="Somebody else"):
        try_to_make(inside_only(), name="兰花开了")


def test_ones_own_name_may_be_written_otherwise(mei: Person) -> None:
    change_persona(viewer(mei), name="Moon Light")
    assert persona_of(mei).name == "Moon Light"


@pytest.mark.parametrize(
    "name",
    [
        "", " ", "M", "x" * 21, "\u3164\u3164\u3164", "\u2800\u2800", "...", "Moon\u202elight", "Moon\ud800",
        "Moon\x07", "﷽﷽﷽", "❤❤",
    ],
)  # fmt: skip
def test_a_name_can_be_read(name: str) -> None:
    with pytest.raises(PersonaRefused) as refusal:
        try_to_make(inside_only(), name=name)
    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    "name",
    [
        "13800138000",
        "Mei 138 0013 8000",
        "１３８００１３８０００",
        "梅 微信abc12345",
        "moon.com/mei",
        "a 1 2 3 4 5 6 7",
    ],
)
def test_a_name_reaches_nobody(name: str) -> None:
    with pytest.raises(PersonaRefused, match="reach"):
        try_to_make(inside_only(), name=name)


@pytest.mark.parametrize("name", ["官方客服", "里外小助手", "Admin", "Kith Team", "管理員"])
def test_nobody_passes_for_the_shop(name: str) -> None:
    with pytest.raises(PersonaRefused, match="kept for the shop"):
        try_to_make(inside_only(), name=name)


@pytest.mark.parametrize(
    ("display_name", "name"),
    [
        ("王秀英", "王秀英"), ("王秀英", "爱跳舞的王秀英"), ("王秀英", "秀英"), ("王秀英", "王 秀 英 64"),
        ("Auntie Wang", "auntiewang"), ("李蘭", "李兰在此"), ("Mei", "u_lotus64"), ("Mei", "Lotus 64"),
    ],
)  # fmt: skip
def test_nobody_is_called_outside_as_they_are_inside(display_name: str, name: str) -> None:
    person = inside_only()
    Person.objects.filter(pk=person.pk).update(display_name=display_name, handle="lotus64")
    with pytest.raises(PersonaRefused, match="friends know you"):
        try_to_make(person, name=name)


def test_a_short_name_inside_forbids_only_itself() -> None:
    person = inside_only()
    Person.objects.filter(pk=person.pk).update(display_name="梅")
    assert try_to_make(person, name="梅花三弄").name == "梅花三弄"


# --- What it may say -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("intro", "Ring me: 138 0013 8000"), ("intro", "加我微信 abc12345"), ("intro", "x" * 501),
        ("intro", "I am Auntie Wang from the market"), ("intro", "find me: lotus64"), ("intro", "a\ud800"),
        ("interests", ["dance", "vx: abc12345"]), ("interests", [str(n) * 3 for n in range(11)]),
        ("interests", ["x" * 21]), ("interests", ["13800", "138000"]), ("looks_for", ["riches"]),
        ("region", "999999"), ("region", "130602"), ("tells", ["address"]),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_refused_and_nothing_is_changed(field: str, value: Any) -> None:
    person = inside_only()
    Person.objects.filter(pk=person.pk).update(display_name="Auntie Wang", handle="lotus64")
    with pytest.raises(PersonaRefused) as refusal:
        try_to_make(person, **{field: value})
    assert refusal.value.field == field
    assert not Persona.objects.unguarded(LOOKING).exists()
    assert not has_consented(person.pk, Purpose.STRANGERS)


def test_all_that_is_said_is_kept_in_one_form() -> None:
    person = inside_only()
    try_to_make(
        person,
        intro="  I dance.\r\n\r\n\r\n\r\nAnd sing.\x00 ",
        interests=[" square   dance", "tea", "tea", ""],
        looks_for={"company", "friends"},
        region="130600",
        tells={"age", "answers"},
    )
    card = my_persona(viewer(person))
    assert card is not None
    assert card.intro == "I dance.\n\nAnd sing."
    assert card.interests == ("square dance", "tea")
    assert card.face.looks_for == ("friends", "company"), "in the order in which they are offered"
    assert (card.face.region, card.face.age_band) == ("130600", "60-69")
    assert card.choices is not None
    assert card.choices.tells == {"age", "answers"}


def test_what_is_not_named_stays(mei: Person) -> None:
    before = get_persona(viewer(mei), persona_id=persona_of(mei).pk)
    change_persona(viewer(mei), tells=[])
    after = get_persona(viewer(mei), persona_id=persona_of(mei).pk)
    assert after.choices is not None
    assert not after.choices.tells
    face = dataclasses.replace(before.face, age_band="")
    assert after == dataclasses.replace(before, face=face, choices=after.choices)


def test_who_has_no_persona_cannot_change_one() -> None:
    with pytest.raises(NotThere):
        change_persona(viewer(inside_only()), intro="Hello")


# --- Who sees it ---------------------------------------------------------------------------------


def test_strangers_see_each_other_and_who_knows_them_does_not(mei: Person, eve: Person) -> None:
    friend, hidden, avoided, joined = (stranger(name) for name in ("Bamboo", "Cedar", "Dahlia", "Fern"))
    outsider = inside_only()
    befriend(mei, friend)
    shut_out(mei, hidden, contact=True)
    shut_out(avoided, mei, avoids=True)
    put_in_one_circle(inside_only(), [mei, joined])
    mine = persona_of(mei).pk
    for person in (mei, eve):
        assert get_persona(viewer(person), persona_id=mine).face.name == "Moonlight"
        assert mei.pk in faces_outside(viewer(person), [mei.pk])
    for other in (friend, hidden, avoided, joined, outsider, None):
        assert mei.pk not in faces_outside(viewer(other), [mei.pk])
        with pytest.raises(NotThere):
            get_persona(viewer(other), persona_id=mine)
        if other is not None:
            assert other.pk not in faces_outside(viewer(mei), [other.pk])


def test_only_its_owner_sees_what_they_have_chosen(mei: Person, eve: Person) -> None:
    card = get_persona(viewer(eve), persona_id=persona_of(mei).pk)
    assert (card.choices, card.face.is_me) == (None, False)


def test_no_card_holds_the_id_of_a_person(mei: Person, eve: Person) -> None:
    said = repr(get_persona(viewer(eve), persona_id=persona_of(mei).pk))
    said += repr(list(faces_outside(viewer(eve), [mei.pk]).values()))
    assert {field.name for field in dataclasses.fields(PersonaFace)} == {
        "id", "name", "avatar", "age_band", "region", "looks_for", "is_me",
    }  # fmt: skip
    for told in (str(mei.pk), mei.handle, mei.display_name):
        assert told not in said


def test_winding_down_and_switched_off(mei: Person, eve: Person) -> None:
    by: Any = {"actor": None, "why": "test", "surface": "cli", "now": NOW}
    rollout.close(STRANGERS, **by)
    assert my_persona(viewer(mei)) is None
    rollout.wind_down(STRANGERS, until=NOW.date() + timedelta(days=9), **by)
    assert my_persona(viewer(mei)) is not None
    assert set(faces_outside(viewer(mei), [mei.pk, eve.pk])) == {mei.pk}


def test_many_faces_cost_one_query(mei: Person, django_assert_num_queries: Any) -> None:
    people = [stranger(f"Flower {letter}") for letter in "abcdef"]
    looker = viewer(mei)
    with django_assert_num_queries(1):
        assert len(faces_outside(looker, [person.pk for person in people])) == 6


@pytest.mark.parametrize(
    ("born", "band"),
    [(None, ""), (2007, "18-19"), (2006, "20-29"), (1964, "60-69"), (1946, "80+"), (1920, "80+")],
)
def test_ages_are_told_by_the_ten_years(born: int | None, band: str) -> None:
    assert age_band(born, NOW) == band


def test_names_are_compared_by_what_is_seen_of_them() -> None:
    assert name_key("Ｍei·梅 ★") == name_key("mei梅") == name_key("ΜΕΙ 梅")
    assert name_key("兰") != name_key("梅")


# --- Photos -----------------------------------------------------------------------------------------


def post_with(photo: Photo) -> None:
    topic = Topic.objects.get_or_create(code="meet", defaults={"name_zh": "交朋友", "name_en": "Meet"})[0]
    post = Post.objects.create(author=photo.owner, topic=topic, text="Look", created_at=NOW)
    OutsidePhoto.objects.create(author=photo.owner, photo=photo, post=post)


def letter(sender: Person, recipient: Person) -> Exchange:
    exchange = Exchange.objects.create(starter=sender, greeted=recipient, started_at=NOW, last_at=NOW)
    Letter.objects.create(exchange=exchange, author=sender, text="Hello", at=NOW)
    return exchange


def test_a_picture_is_seen_with_its_persona(mei: Person, eve: Person) -> None:
    photo = outside_photo(mei)
    with pytest.raises(NotThere):
        find_outside_photo(viewer(eve), photo_id=photo.pk)
    change_persona(viewer(mei), avatar_id=photo.pk)
    assert faces_outside(viewer(eve), [mei.pk])[mei.pk].avatar == photo.pk
    assert find_outside_photo(viewer(eve), photo_id=photo.pk) == (photo, False)
    befriend(mei, eve)
    for person in (eve, None):
        with pytest.raises(NotThere):
            find_outside_photo(viewer(person), photo_id=photo.pk)


def test_a_picture_that_is_no_longer_used_is_erased(mei: Person) -> None:
    old, new = outside_photo(mei), outside_photo(mei)
    change_persona(viewer(mei), avatar_id=old.pk)
    change_persona(viewer(mei), avatar_id=new.pk)
    change_persona(viewer(mei), intro="Still here")
    assert set(Photo.objects.unguarded(LOOKING).values_list("pk", flat=True)) == {new.pk}
    change_persona(viewer(mei), avatar_id=None)
    assert not Photo.objects.unguarded(LOOKING).exists()


def test_a_picture_is_ones_own_from_outside_and_on_nothing_else(mei: Person, eve: Person) -> None:
    used, inside = outside_photo(mei), outside_photo(mei)
    post_with(used)
    Photo.objects.unguarded(LOOKING).filter(pk=inside.pk).update(outside=False)
    for photo_id in (used.pk, inside.pk, outside_photo(eve).pk, 1):
        with pytest.raises(NotThere):
            change_persona(viewer(mei), avatar_id=photo_id)


def test_no_photo_from_inside_is_ever_found(mei: Person, eve: Person) -> None:
    photo = outside_photo(mei)
    post_with(photo)
    assert find_outside_photo(viewer(eve), photo_id=photo.pk)[0] == photo
    Photo.objects.unguarded(LOOKING).filter(pk=photo.pk).update(outside=False)
    for person in (mei, eve):
        with pytest.raises(NotThere):
            find_outside_photo(viewer(person), photo_id=photo.pk)


def test_faces_are_veiled_until_their_owner_has_written(mei: Person, eve: Person) -> None:
    photo = outside_photo(mei)
    post_with(photo)
    assert find_outside_photo(viewer(eve), photo_id=photo.pk)[1] is False
    change_persona(viewer(mei), veils_faces=True)
    assert find_outside_photo(viewer(eve), photo_id=photo.pk)[1] is True
    assert find_outside_photo(viewer(mei), photo_id=photo.pk)[1] is False
    exchange = letter(eve, mei)
    assert has_answered(viewer(eve), [mei.pk, eve.pk]) == set()
    assert find_outside_photo(viewer(eve), photo_id=photo.pk)[1] is True
    Letter.objects.create(exchange=exchange, author=mei, text="Hello you", at=NOW)
    assert has_answered(viewer(eve), [mei.pk]) == {mei.pk}
    assert find_outside_photo(viewer(eve), photo_id=photo.pk)[1] is False
    assert has_answered(viewer(stranger("Third")), [mei.pk, eve.pk]) == set()


def test_a_photo_is_not_there_while_the_channel_is_switched_off(mei: Person, eve: Person) -> None:
    photo = outside_photo(mei)
    post_with(photo)
    rollout.close(STRANGERS, actor=None, why="test", surface="cli", now=NOW)
    for person in (mei, eve):
        with pytest.raises(NotThere):
            find_outside_photo(viewer(person), photo_id=photo.pk)
