"""Shutting out outside: at once, both ways, and without a word inside, where they have another name."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Side, Viewer
from kith.people.models import Person
from kith.rights.services import copy_of_data
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.shop.models import Listing
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import Persona, Post, PostComment, ShutOut
from kith.strangers.services.avoiding import shut_out
from kith.ties import queries as ties
from kith.ties.models import Relationship
from tests.shop import goods
from tests.strangers.cast import NOW, stranger, viewer
from tests.web.cast import as_viewer, open_to_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]


def mask(person: Person) -> int:
    return Persona.objects.unguarded("a test asks for somebody's persona").get(person=person).pk


def avoid(one: Person, other: Person) -> None:
    strangers.avoid(viewer(one), persona_id=mask(other))


def sees(one: Person, other: Person) -> bool:
    looks = viewer(one)
    seen = {
        Persona.objects.visible_to(looks).filter(person=other).exists(),
        Post.objects.visible_to(looks).filter(author=other).exists(),
        PostComment.objects.visible_to(looks).filter(author=other).exists(),
    }
    assert len(seen) == 1, "all of it, or nothing"
    return seen.pop()


@pytest.fixture
def talk(mei: Person, bo: Person) -> Person:
    """Both have posted, and said something under the post of a third."""
    eve = stranger("Grey Heron")
    post = strangers.write_post(viewer(eve), topic="hobbies", text="Who keeps finches in winter?")
    for name, one in (("Mei", mei), ("Bo", bo)):
        strangers.write_post(viewer(one), topic="hobbies", text=f"{name} has a plum tree to show.")
        strangers.comment(viewer(one), post_id=post.pk, text=f"I do, says {name}, in the warm room.")
    return eve


def test_neither_sees_the_other_any_more_and_third_people_see_both(
    mei: Person, bo: Person, talk: Person
) -> None:
    assert sees(mei, bo)
    assert sees(bo, mei)
    avoid(mei, bo)
    assert not sees(mei, bo)
    assert not sees(bo, mei)
    assert sees(talk, mei)
    assert sees(talk, bo)


def test_letting_back_in_is_for_whoever_shut_out(mei: Person, bo: Person, talk: Person) -> None:
    avoid(mei, bo)
    with pytest.raises(NotThere):
        strangers.stop_avoiding(viewer(bo), mark=mask(mei))
    with pytest.raises(NotThere):
        strangers.stop_avoiding(viewer(bo), mark=mask(bo))
    strangers.stop_avoiding(viewer(mei), mark=mask(bo))
    assert sees(mei, bo)
    assert sees(bo, mei)
    assert not Relationship.objects.unguarded("a test counts").exists()
    with pytest.raises(NotThere):
        strangers.stop_avoiding(viewer(mei), mark=mask(bo))


def test_each_may_have_shut_the_other_out(mei: Person, bo: Person, talk: Person) -> None:
    strangers.avoid(viewer(mei), persona_id=mask(bo))
    with pytest.raises(NotThere):
        strangers.avoid(viewer(bo), persona_id=mask(mei))  # no longer seen: nothing to shut out


def test_nobody_shuts_out_themselves_or_whom_they_do_not_see(mei: Person) -> None:
    with pytest.raises(strangers.LetterRefused):
        avoid(mei, mei)
    with pytest.raises(NotThere):
        strangers.avoid(viewer(mei), persona_id=7)


def test_the_list_tells_the_name_that_was_known_and_nothing_since(mei: Person, bo: Person) -> None:
    avoid(mei, bo)
    [card] = outside.shut_out_by_me(viewer(mei))
    assert (card.mark, card.name, card.at) == (mask(bo), "Old Oak", NOW)
    before = outside.shut_out_by_me(viewer(mei))
    rows = Persona.objects.unguarded("a test changes it").filter(person=bo)
    rows.update(name="Young Birch", shows=False)
    assert outside.shut_out_by_me(viewer(mei)) == before
    befriend_inside(mei, bo)
    assert outside.shut_out_by_me(viewer(mei)) == before
    assert outside.shut_out_by_me(viewer(bo)) == ()
    assert outside.shut_out_by_me(Viewer(None, NOW)) == ()
    assert outside.shut_out_by_me(Viewer(mei.pk, NOW, outside=Side.SHUT)) == ()
    assert outside.shut_out_by_me(Viewer(mei.pk, NOW, outside=Side.OWN)) == before


def test_nothing_in_the_list_joins_to_the_shopper() -> None:
    people = [field.name for field in ShutOut._meta.concrete_fields if field.related_model is Person]
    assert people == ["person"]  # the one who shut out


def befriend_inside(one: Person, other: Person) -> None:
    request = sharing.request_friend(viewer(one), recipient_id=other.pk)
    assert request is not None
    sharing.accept_request(viewer(other), request_id=request.pk)


def inside_of(looks: Person, other: Person) -> dict[str, object]:
    """All that the circle side tells somebody about another."""
    mine = viewer(looks, NOW + timedelta(hours=1))
    listing = Listing.objects.get()
    return {
        "blocked": ties.blocked_people(mine),
        "friends": ties.friends(mine).items,
        "found by handle": ties.find_person_by_handle(mine, other.handle),
        "found by number": ties.find_person_by_phone(mine, "+8613800138000"),
        "shut out": ties.is_shut_out(mine, other.pk),
        "requests": (ties.requests_in(mine), ties.requests_out(mine)),
        "public reviews": circle.public_reviews(mine, listing_id=listing.pk).items,
        "public summary": circle.public_summary(mine, listing_id=listing.pk),
        "evidence": circle.listing_evidence(mine, listing_id=listing.pk),
        "feed": circle.circle_feed(mine).items,
        "notices": circle.notices_of(mine).items,
        "unread": circle.unread_notices(mine),
        "copy of friends": copied(looks, "friends"),
        "copy of blocked": copied(looks, "blocked"),
    }


def copied(person: Person, name: str) -> list[dict[str, object]]:
    """What of a person's copy of data stands in one of its files."""
    archive = zipfile.ZipFile(io.BytesIO(copy_of_data(viewer(person))))
    return list(json.loads(archive.read(f"{name}.json")))


@pytest.mark.parametrize("friends", [False, True])
def test_inside_nothing_tells_of_it(mei: Person, bo: Person, friends: bool) -> None:
    open_to_all()
    Person.objects.filter(pk=bo.pk).update(phone="+8613800138000", phone_verified=True, found_by_phone=True)
    for person in (mei, bo):
        sharing.open_circles(as_viewer(person), text_version="1", surface="test")
    shop = goods.merchant()
    kettle = goods.listing(of=shop)
    for number, person in enumerate((mei, bo)):
        goods.bought(person, kettle, key=f"k{number}")
        sharing.write_review(
            viewer(person), listing_id=kettle.pk, rating=4, text="Boils.", circle_ids=[], to_everyone=True
        )
    if friends:
        strangers.avoid(viewer(mei), persona_id=mask(bo))
        befriend_inside(mei, bo)
        strangers.stop_avoiding(viewer(mei), mark=mask(bo))
    before = inside_of(mei, bo), inside_of(bo, mei)
    shut_out(mei.pk, bo.pk, viewer=viewer(mei))
    assert (inside_of(mei, bo), inside_of(bo, mei)) == before
    shut_out(bo.pk, mei.pk, viewer=viewer(bo))
    assert (inside_of(mei, bo), inside_of(bo, mei)) == before
