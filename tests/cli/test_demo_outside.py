"""The strangers' channel of the demonstration: lively, exact, and between strangers only."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from django.db.models import Count

from kith.audience.viewer import STRANGERS, viewer_of
from kith.cli.demo_data import CAST
from kith.cli.demo_pictures import PICTURES, draw
from kith.core import fulltext
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.people.models import Person
from kith.people.regions import is_region
from kith.rollout.models import Batch
from kith.rollout.queries import is_open, position, waiting_count
from kith.rollout.services import join_waiting
from kith.strangers import queries as outside
from kith.strangers.limits import FIRST_LIMITS
from kith.strangers.models import Complaint, Letter, Persona, Post, PostComment, Reaction, Topic
from kith.strangers.queries.safety import safety_card
from kith.strangers.ranking import find_misplaced, worth_of
from kith.strangers.services import find_miscounted
from kith.strangers.words import read_words, refuse_numbers
from kith.ties.contacts import find_contradictions

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
SAID = "the test asks for what was made"


@pytest.fixture
def world(neighbourhood: datetime, db: None) -> None:
    """The demonstration as it is loaded; what a test does to it is undone."""


def person(handle: str) -> Person:
    return Person.objects.get(handle=handle)


def eyes(handle: str) -> Viewer:
    return viewer_of(person(handle), utc_now())


def persona_of(handle: str) -> Persona:
    return Persona.objects.unguarded(SAID).get(person__handle=handle)


def told(name: str) -> dict[str, Any]:
    return tomllib.loads(files("kith.cli").joinpath(f"neighbourhood/{name}.toml").read_text(encoding="utf-8"))


# --- Lively ---------------------------------------------------------------------------


def test_there_is_much_to_read(world: None) -> None:
    posts = Post.objects.unguarded(SAID)
    assert Persona.objects.unguarded(SAID).count() >= 33
    assert posts.count() >= 45
    assert posts.filter(created_at__lt=utc_now() - timedelta(days=20)).count() == 0
    talked = PostComment.objects.unguarded(SAID).values("post").annotate(number=Count("pk"))
    most = sorted((row["number"] for row in talked), reverse=True)
    assert most[0] >= 16
    assert sum(number >= 8 for number in most) >= 8
    assert posts.count() - len(most) >= 4, "a few are too fresh for comments"
    assert PostComment.objects.unguarded(SAID).filter(root__isnull=False).count() >= 40


def test_hot_begins_with_a_full_page_and_every_topic_has_something(world: None) -> None:
    page = outside.hot(eyes("lucy"))
    assert len(page.items) == 20
    assert page.next is not None
    assert len({card.author.id for card in page.items}) >= 10
    used = set(Post.objects.unguarded(SAID).values_list("topic", flat=True))
    assert used == set(Topic.objects.values_list("pk", flat=True))


def test_the_photos_are_pictures_that_differ(world: None) -> None:
    photos = Photo.objects.unguarded(SAID).filter(outside=True)
    prints = [photo.fingerprint for photo in photos]
    assert len(prints) == len(set(prints)) >= 20
    assert all(draw(name).read(4) == b"\x89PNG" for name in PICTURES)
    assert {name for post in told("outside_posts")["post"] for name in post.get("photos", [])} <= set(
        PICTURES
    )


def test_there_are_letters_of_each_kind_for_the_cast(world: None) -> None:
    mama = eyes("mama")
    greetings = outside.exchanges(mama, box="greetings").items
    assert [card.other.name for card in greetings] == ["石榴红了"]
    letters = {card.other.name: card for card in outside.exchanges(mama, box="open").items}
    assert letters["毛线团"].they_wish
    careful = outside.letters_of(mama, exchange_id=letters["诚信赢天下"].id).items
    assert any({"elsewhere", "money"} <= set(letter.careful) for letter in careful)
    assert outside.exchanges(eyes("jianguo"), box="greetings").items
    assert outside.exchanges(eyes("lucy"), box="open").items
    old = Letter.objects.unguarded(SAID).filter(at__lt=utc_now() - timedelta(hours=48))
    assert old.exists()
    assert 1 <= outside.unread_letters(mama) <= 4


def test_the_cards_differ(world: None) -> None:
    lucy = eyes("lucy")
    cards = [
        safety_card(lucy, persona_id=persona_of(one["handle"]).pk) for one in told("outside")["somebody"]
    ]
    states = {(fact.kind, fact.state, fact.value) for card in cards for fact in card.facts}
    years = {value for kind, _state, value in states if kind == "years" and value}
    assert years == {"<1", "1-3", "3-5", "5+"}
    for kind in ("region", "phone", "second-factor", "answers"):
        assert {state for name, state, _ in states if name == kind} == {"yes", "unknown", "not-told"}, kind
    assert {card.upheld for card in cards} == {0, 1}
    posts = outside.newest(lucy, size=100).items
    assert len({card.author.id for card in posts if card.long_time}) >= 8


def test_staff_have_something_to_see(world: None) -> None:
    states = list(Complaint.objects.unguarded(SAID).values_list("state", flat=True))
    assert states.count("open") == 2
    assert states.count("upheld") == 2
    batches = Batch.objects.filter(feature=STRANGERS)
    assert {batch.kind for batch in batches} == {"age", "people", "share", "region"}
    assert [batch.kind for batch in batches if batch.paused_at] == ["share"]
    assert waiting_count(STRANGERS, utc_now()) == 3


# --- Exact ----------------------------------------------------------------------------


def test_all_that_was_written_at_once_is_as_the_services_would_have_written_it(world: None) -> None:
    assert list(find_misplaced()) == []
    assert list(find_miscounted()) == []
    assert list(find_contradictions()) == []
    for reaction in Reaction.objects.unguarded(SAID).select_related("post").order_by("pk")[::5]:
        assert reaction.worth == worth_of(reaction.person_id, post=reaction.post, now=reaction.at)
    for comment in PostComment.objects.unguarded(SAID):
        assert read_words(comment.text, most=1000) == comment.text
        refuse_numbers(comment.text)


def test_whoever_said_something_could_see_what_they_answered(world: None) -> None:
    hidden = Post.objects.unguarded(SAID).filter(hidden_at__isnull=False).values_list("pk", flat=True)
    now = utc_now()
    for somebody in Person.objects.filter(pk__in=Persona.objects.unguarded(SAID).values("person")):
        viewer = viewer_of(somebody, now)
        assert viewer.outside_open, somebody.handle
        did = Reaction.objects.unguarded(SAID).filter(person=somebody).exclude(post__in=hidden)
        assert Reaction.objects.visible_to(viewer).filter(pk__in=did.values("pk")).count() == did.count()
        said = PostComment.objects.unguarded(SAID).filter(author=somebody).exclude(post__in=hidden)
        answered = said.exclude(answers=None).values_list("answers", flat=True)
        seen = PostComment.objects.visible_to(viewer).filter(pk__in=answered)
        assert set(seen.values_list("pk", flat=True)) == set(answered)


def test_nobody_did_more_than_anybody_may(world: None) -> None:
    hour, most = timedelta(hours=1), FIRST_LIMITS["comment"].an_hour
    for author in Person.objects.filter(pk__in=PostComment.objects.unguarded(SAID).values("author")):
        times = sorted(PostComment.objects.unguarded(SAID).filter(author=author).values_list("at", flat=True))
        assert all(later - first > hour for first, later in zip(times, times[most:], strict=False))


# --- Between strangers only -----------------------------------------------------------


def test_those_of_the_cast_who_know_each_other_never_meet(world: None) -> None:
    mama = eyes("mama")
    seen = set(Persona.objects.visible_to(mama).values_list("person__handle", flat=True))
    assert "mama" in seen
    assert "huxiuying" in seen
    assert seen.isdisjoint({"jianguo", "lucy"})
    assert "jianguo" in set(Persona.objects.visible_to(eyes("lucy")).values_list("person__handle", flat=True))
    for one, other in (
        ("changweimin", "leiyongqiang"),
        ("tenglijuan", "qiyulian"),
        ("boyaqin", "xiongguodong"),
    ):
        for a, b in ((one, other), (other, one)):
            assert not Persona.objects.visible_to(eyes(a)).filter(person__handle=b).exists(), (a, b)


def test_each_of_the_cast_finds_what_is_promised_outside(world: None) -> None:
    now = utc_now()
    doors = {
        one.handle: (is_open(STRANGERS, person(one.handle).pk, now), eyes(one.handle).outside_open)
        for one in CAST
    }
    assert {handle for handle, (_let_in, is_out) in doors.items() if is_out} == {"mama", "lucy", "jianguo"}
    assert doors["mei"] == (True, False)
    assert doors["zhouxiao"] == (False, False)
    join_waiting(person("zhouxiao").pk, STRANGERS, now=now)
    assert position(STRANGERS, person("zhouxiao").pk, now) == 4


def test_no_name_of_a_shopper_stands_by_chance_in_what_is_written(world: None) -> None:
    """Otherwise the anonymity test could not tell a leak from a coincidence."""
    people = told("outside")
    written = fulltext.normalise(
        str(told("outside_posts")) + str([one["persona"] for one in people["somebody"]])
    )
    neighbours = told("people")["person"]
    for one in [*people["somebody"], *neighbours]:
        assert fulltext.normalise(one["name"]) not in written, one["name"]
        if len(one["handle"]) > 4:
            assert one["handle"] not in written, one["handle"]
    inside = fulltext.normalise("".join(str(told(name)) for name in ("people", "shops", "story")))
    for persona in (one["persona"] for one in [*people["somebody"], *people["cast"]]):
        assert fulltext.normalise(persona["name"]) not in inside, persona["name"]
    for post in told("outside_posts")["post"]:
        for text in (post["text"], *(words[1] for words in post.get("talk", []))):
            assert len(text) < 12 or fulltext.normalise(text.strip()[:12]) not in inside, text
    assert all(is_region(one["region"]) for one in people["somebody"])
