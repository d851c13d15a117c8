"""Leaving, coming back, being closed by staff, the end of the channel: nothing is seen that must not be."""

from __future__ import annotations

from collections.abc import Generator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from kith.audience.viewer import STRANGERS
from kith.core import batches, fulltext
from kith.core.errors import NotThere
from kith.core.guard import Side
from kith.media.models import Photo
from kith.media.services import path_of
from kith.notices.models import OUTSIDE, Notice
from kith.people.models import Consent, Person, Purpose
from kith.people.queries import has_consented
from kith.rights.purging import purge_what_is_due
from kith.rollout import services as rollout
from kith.rollout.models import Change, What
from kith.strangers import services as outside
from kith.strangers.checks import find_misjudged_personas
from kith.strangers.models import (
    Complaint,
    Exchange,
    Letter,
    OutsidePhoto,
    Persona,
    Post,
    PostComment,
    Reaction,
    ShutOut,
)
from kith.strangers.names import PersonaRefused
from kith.strangers.queries.avoiding import shut_out_by_me
from kith.strangers.queries.mine import my_writing
from kith.strangers.queries.personas import faces_outside, my_persona
from kith.strangers.ranking import find_misplaced
from kith.strangers.search import INDEX, find_unindexed
from kith.strangers.services.complaints import decide, find_miscounted
from kith.strangers.services.personas import MayNotGoOutside, make_persona
from kith.strangers.services.rights import tables as copy_outside
from kith.strangers.services.standing import close_persona, reopen_persona
from kith.ties.models import HiddenContact, Relationship
from tests.strangers.cast import NOW, inside_only, open_channel, outside_photo, stranger, viewer

pytestmark = pytest.mark.django_db
LOOKING = "the test looks at all rows"
LATER = NOW + timedelta(days=2)
BY: Any = {"actor": None, "why": "test", "surface": "cli", "now": NOW}


@pytest.fixture(autouse=True)
def _open_and_in_english() -> Generator[None]:
    open_channel(now=NOW - timedelta(days=30))
    with translation.override("en"):
        yield


@pytest.fixture
def mei() -> Person:
    return stranger("Moonlight", now=NOW - timedelta(days=20))


@pytest.fixture
def eve() -> Person:
    return stranger("Evergreen", now=NOW - timedelta(days=20))


@pytest.fixture
def bo() -> Person:
    return stranger("Bamboo", now=NOW - timedelta(days=20))


def rows(model: Any) -> Any:
    return model.objects.unguarded(LOOKING)


def persona_of(person: Person) -> Persona:
    found: Persona = rows(Persona).get(person=person)
    return found


def leave(person: Person, *, erase: bool = False, now: Any = NOW) -> None:
    outside.leave(viewer(person, now), surface="test", erase=erase)


class Talk:
    """Mei has posted, said, liked, greeted and been answered; others have done so with her."""

    def __init__(self, mei: Person, eve: Person, bo: Person) -> None:
        photo = outside_photo(mei)
        self.post = outside.write_post(viewer(mei), topic="meet", text="Who dances?", photo_ids=[photo.pk])
        self.hers = outside.write_post(viewer(eve), topic="meet", text="I dance as well")
        self.answer = outside.comment(viewer(eve), post_id=self.post.pk, text="I do!")
        self.said = outside.comment(viewer(mei), post_id=self.hers.pk, text="How lovely")
        self.under = outside.comment(viewer(bo), post_id=self.hers.pk, text="Yes", answers_id=self.said.pk)
        self.alone = outside.comment(viewer(mei), post_id=self.hers.pk, text="And where")
        outside.set_liked(viewer(mei), post_id=self.hers.pk, on=True)
        outside.set_liked(viewer(bo), post_id=self.hers.pk, on=True)
        outside.follow_post(viewer(mei), post_id=self.hers.pk, on=True)
        outside.follow_topic(viewer(mei), topic="meet", on=True)
        self.letters = outside.greet(viewer(mei), persona_id=persona_of(eve).pk, text="Good morning")
        outside.write_letter(viewer(eve), exchange_id=self.letters.pk, text="Good morning to you")
        self.declined = outside.greet(viewer(mei), persona_id=persona_of(bo).pk, text="Hello Bamboo")
        outside.decline(viewer(bo), exchange_id=self.declined.pk)


@pytest.fixture
def talk(mei: Person, eve: Person, bo: Person) -> Talk:
    return Talk(mei, eve, bo)


def what_is_seen(looker: Person, now: Any = NOW) -> dict[str, set[int]]:
    """Everything of the channel that somebody sees and is not their own."""
    who = viewer(looker, now)

    def others(model: Any, by: str, what: str = "pk") -> set[int]:
        return set(model.objects.visible_to(who).exclude(**{by: looker}).values_list(what, flat=True))

    return {
        "personas": others(Persona, "person", "person"),
        "posts": others(Post, "author"),
        "comments": others(PostComment, "author"),
        "likes": others(Reaction, "person", "person"),
        "letters": others(Letter, "author"),
        "photos": others(OutsidePhoto, "author"),
    }


def nothing_is_wrong() -> bool:
    looks = (find_misplaced, find_unindexed, find_miscounted, find_misjudged_personas)
    found = [list(look()) for look in looks]
    assert found == [[], [], [], []]
    return True


# --- Leaving ---------------------------------------------------------------------------------


def test_who_leaves_is_gone_at_once_and_sees_nobody(mei: Person, eve: Person, bo: Person, talk: Talk) -> None:
    before = what_is_seen(eve)
    assert mei.pk in before["personas"]
    assert {talk.said.pk, talk.alone.pk} <= before["comments"]
    assert before["photos"]
    leave(mei)
    after = what_is_seen(eve)
    assert after == {
        "personas": {bo.pk}, "posts": set(), "comments": {talk.under.pk}, "likes": {bo.pk}, "letters": set(),
        "photos": set(),
    }  # fmt: skip
    assert viewer(mei).outside == Side.OWN
    assert not any(what_is_seen(mei).values())
    assert nothing_is_wrong()
    assert [entry.given for entry in Consent.objects.order_by("pk").filter(person=mei)] == [True, False]


def test_nothing_that_was_written_comes_back_with_its_author(mei: Person, eve: Person, talk: Talk) -> None:
    leave(mei)
    outside.go_outside(viewer(mei, LATER), text_version="1", surface="test")
    after = what_is_seen(eve, LATER)
    assert mei.pk in after["personas"]
    assert (after["posts"], mei.pk in after["likes"]) == (set(), False)
    assert not {talk.said.pk, talk.alone.pk} & after["comments"]
    assert viewer(mei, LATER).outside == Side.OPEN
    outside.set_withdrawn(viewer(mei, LATER), post_id=talk.post.pk, on=False)
    assert what_is_seen(eve, LATER)["posts"] == {talk.post.pk}
    assert nothing_is_wrong()


def test_who_has_left_still_reads_their_own(mei: Person, talk: Talk) -> None:
    leave(mei)
    assert [(one.id, one.state) for one in my_writing(viewer(mei), kind="post").items] == [
        (talk.post.pk, "withdrawn")
    ]
    said = {one.id: (one.text, one.state, one.on) for one in my_writing(viewer(mei), kind="comment").items}
    assert said == {
        talk.said.pk: ("How lovely", "removed", talk.hers.pk),
        talk.alone.pk: ("And where", "removed", talk.hers.pk),
    }
    card = my_persona(viewer(mei))
    assert card is not None
    assert card.choices is not None
    assert not card.choices.shows


def test_wishes_do_not_wait_for_whoever_comes_back(mei: Person, eve: Person, talk: Talk) -> None:
    exchange = rows(Exchange).filter(pk=talk.letters.pk)
    exchange.update(starter_wishes=NOW, greeted_wishes=None)
    leave(mei)
    assert exchange.get().starter_wishes is None


def test_leaving_twice_and_leaving_what_one_never_entered_changes_nothing(mei: Person) -> None:
    leave(mei)
    leave(mei, now=LATER)
    assert Consent.objects.filter(person=mei, given=False).count() == 1
    nobody = inside_only()
    leave(nobody, erase=True)
    assert not Consent.objects.filter(person=nobody).exists()


def test_leaving_works_while_the_channel_is_switched_off(mei: Person, eve: Person) -> None:
    rollout.close(STRANGERS, **BY)
    leave(mei)
    rollout.reopen(STRANGERS, **BY)
    assert mei.pk not in faces_outside(viewer(eve), [mei.pk])


def test_only_who_has_a_persona_comes_back_and_only_while_it_is_open(mei: Person) -> None:
    leave(mei)
    with pytest.raises(PersonaRefused):
        outside.go_outside(viewer(inside_only()), text_version="1", surface="test")
    rollout.close(STRANGERS, **BY)
    with pytest.raises(MayNotGoOutside):
        outside.go_outside(viewer(mei), text_version="1", surface="test")
    assert not has_consented(mei.pk, Purpose.STRANGERS)


# --- Erasing ---------------------------------------------------------------------------------


def test_erasing_leaves_no_word_and_no_picture(mei: Person, eve: Person, bo: Person, talk: Talk) -> None:
    [photo] = rows(Photo).filter(owner=mei)
    hers = persona_of(mei)
    ShutOut.objects.create(person=bo, persona=hers, mark=hers.pk, name="Moonlight", at=NOW)
    leave(mei, erase=True)
    assert not rows(Photo).filter(owner=mei).exists()
    assert not rows(Post).filter(author=mei).exists()
    assert not rows(Letter).filter(author=mei).exists()
    assert not rows(Reaction).filter(person=mei).exists()
    assert not rows(Notice).filter(actor=mei, kind__in=OUTSIDE).exists()
    [place] = rows(PostComment).filter(author=mei)
    assert (place.pk, place.text) == (talk.said.pk, "")
    assert rows(PostComment).get(pk=talk.under.pk).root_id == place.pk
    bare = persona_of(mei)
    assert (bare.name, bare.intro, bare.region, bare.shows, bare.avatar_id) == ("", "", "", False, None)
    assert rows(ShutOut).get().name == "Moonlight"
    assert talk.post.pk not in fulltext.every_id(INDEX)
    assert rows(Exchange).filter(starter=mei).values_list("pk", flat=True).get() == talk.declined.pk
    assert nothing_is_wrong()
    assert photo.pk


@pytest.mark.parametrize("erase", [False, True])
def test_all_posts_that_change_are_held_in_one_go(
    mei: Person, bo: Person, talk: Talk, erase: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two who leave at the same instant would else wait for each other, each holding their own posts."""
    concerned = set(rows(Post).filter(author=mei).values_list("pk", flat=True))
    concerned |= set(rows(PostComment).filter(author=mei).values_list("post", flat=True))
    concerned |= set(rows(Reaction).filter(person=mei).values_list("post", flat=True))
    held: list[set[int]] = []

    def hold(post_ids: Any) -> None:
        assert held or rows(Post).filter(author=mei, withdrawn_at=None).exists(), "before anything is changed"
        held.append(set(post_ids))

    monkeypatch.setattr("kith.strangers.services.reactions.hold_posts", hold)
    leave(mei, erase=erase)
    assert held[0] == concerned
    assert len(concerned) > 1


def test_an_empty_place_goes_when_nobody_answers_it_any_more(mei: Person, bo: Person, talk: Talk) -> None:
    leave(mei, erase=True)
    leave(bo, erase=True)
    assert set(rows(PostComment).values_list("pk", flat=True)) == set()


@pytest.mark.django_db(transaction=True)
def test_files_of_photos_go_with_them() -> None:
    mei = stranger("Moonlight")
    photo = outside_photo(mei)
    outside.change_persona(viewer(mei), avatar_id=photo.pk)
    assert path_of(photo.name, "large").exists()
    leave(mei, erase=True)
    assert not path_of(photo.name, "large").exists()


def test_whoever_erased_all_begins_anew_a_day_later_as_somebody_else(mei: Person, eve: Person) -> None:
    before = persona_of(mei)
    outside.avoid(viewer(eve), persona_id=before.pk)
    listed, copied = shut_out_by_me(viewer(eve)), list(copy_outside(viewer(eve)))
    leave(mei, erase=True)
    with pytest.raises(MayNotGoOutside, match="a day after"):
        stranger("Sunshine", person=mei, now=NOW + timedelta(hours=23))
    with pytest.raises(PersonaRefused):
        outside.go_outside(viewer(mei, LATER), text_version="1", surface="test")
    stranger("Moonlight", person=mei, now=LATER)
    after = persona_of(mei)
    assert after.pk != before.pk, "its address would tell that it is the one that was erased"
    assert after.shows
    assert mei.pk not in faces_outside(viewer(eve, LATER), [mei.pk]), "whom she shut out stays shut out"
    assert shut_out_by_me(viewer(eve, LATER)) == listed, "nor does the list lead from the old name to the new"
    assert list(copy_outside(viewer(eve, LATER))) == copied
    outside.stop_avoiding(viewer(eve, LATER), mark=listed[0].mark)
    assert mei.pk in faces_outside(viewer(eve, LATER), [mei.pk])


def test_erasing_takes_no_complaint_away(mei: Person, eve: Person) -> None:
    complaint = outside.report(viewer(eve), about="persona", subject_id=persona_of(mei).pk, why="fraud")
    decide(complaint_id=complaint.pk, upheld=True, actor=inside_only(is_staff=True), now=NOW, hide=False)
    leave(mei, erase=True)
    stranger("Sunshine", person=mei, now=LATER)
    assert persona_of(mei).upheld == 1
    assert nothing_is_wrong()


def test_erasing_all_averts_no_decision(mei: Person, eve: Person) -> None:
    complaint = outside.report(viewer(eve), about="persona", subject_id=persona_of(mei).pk, why="fraud")
    leave(mei, erase=True)
    stranger("Sunshine", person=mei, now=LATER)
    assert mei.pk in faces_outside(viewer(eve, LATER), [mei.pk])
    decide(complaint_id=complaint.pk, upheld=True, actor=inside_only(is_staff=True), now=LATER)
    assert mei.pk not in faces_outside(viewer(eve, LATER), [mei.pk])
    assert persona_of(mei).closed_at == LATER


def test_erasing_does_not_open_what_staff_have_closed(mei: Person) -> None:
    close_persona(persona_id=persona_of(mei).pk, now=NOW)
    leave(mei, erase=True)
    with pytest.raises(MayNotGoOutside):
        stranger("Sunshine", person=mei, now=LATER)
    reopen_persona(persona_id=persona_of(mei).pk)
    assert not persona_of(mei).shows, "there is nothing of it to show"
    stranger("Sunshine", person=mei, now=LATER)
    assert persona_of(mei).shows


def test_numbers_that_one_hides_from_stay_when_all_else_is_erased(mei: Person, eve: Person) -> None:
    outside.verify_phone(eve, phone="+8613800138000")
    outside.hide_contacts(viewer(mei), text="138 0013 8000")
    leave(mei, erase=True)
    stranger("Sunshine", person=mei, now=LATER)
    assert eve.pk not in faces_outside(viewer(mei, LATER), [eve.pk])


# --- By staff ------------------------------------------------------------------------------------


def test_a_closed_persona_is_seen_by_its_owner_alone(mei: Person, eve: Person, talk: Talk) -> None:
    close_persona(persona_id=persona_of(mei).pk, now=NOW)
    assert mei.pk not in what_is_seen(eve)["personas"]
    assert talk.post.pk not in what_is_seen(eve)["posts"]
    assert my_persona(viewer(mei)) is not None
    leave(mei)
    reopen_persona(persona_id=persona_of(mei).pk)
    assert not persona_of(mei).shows, "its owner has left meanwhile"
    outside.go_outside(viewer(mei), text_version="1", surface="test")
    assert persona_of(mei).shows


def test_whoever_is_closed_is_not_opened_by_agreeing_anew(mei: Person, eve: Person) -> None:
    close_persona(persona_id=persona_of(mei).pk, now=NOW)
    leave(mei)
    outside.go_outside(viewer(mei), text_version="1", surface="test")
    assert mei.pk not in faces_outside(viewer(eve), [mei.pk])


def test_staff_close_only_what_there_is() -> None:
    with pytest.raises(NotThere):
        close_persona(persona_id=1, now=NOW)
    with pytest.raises(NotThere):
        reopen_persona(persona_id=1)


# --- What is written twice -------------------------------------------------------------------------


def test_a_persona_that_is_seen_against_its_owners_will_is_found(mei: Person) -> None:
    assert list(find_misjudged_personas()) == []
    leave(mei)
    rows(Persona).update(shows=True)
    assert len(list(find_misjudged_personas())) == 1


# --- The end ---------------------------------------------------------------------------------------


def wind_down() -> None:
    rollout.close(STRANGERS, **BY)
    rollout.wind_down(STRANGERS, until=NOW.date() + timedelta(days=9), **BY)


def test_nothing_is_left_of_a_channel_whose_time_is_over(
    mei: Person, eve: Person, bo: Person, talk: Talk
) -> None:
    outside.verify_phone(eve, phone="+8613800138000")
    outside.hide_contacts(viewer(mei), text="138 0013 8000")
    outside.avoid(viewer(bo), persona_id=persona_of(mei).pk)
    outside.report(viewer(bo), about="post", subject_id=talk.hers.pk, why="fraud")
    outside.remove_comment(viewer(mei), comment_id=talk.alone.pk)
    wind_down()
    over = NOW + timedelta(days=11)
    assert purge_what_is_due(now=NOW + timedelta(days=8)) == {}
    what = purge_what_is_due(now=over)[STRANGERS]
    assert what == {
        "notices": what["notices"], "complaints": 1, "letters": 3, "exchanges": 2, "likes": 3, "comments": 3,
        "posts_followed": what["posts_followed"], "topics_followed": 1, "posts": 2, "shut_out": 1,
        "avoided": 1, "hidden_numbers": 1, "erasures": 1, "hidings": 1, "personas": 3, "photos": 1,
    }  # fmt: skip
    assert not rows(Photo).exists()
    for model in (
        Persona,
        Post,
        PostComment,
        Reaction,
        Letter,
        Exchange,
        Complaint,
        HiddenContact,
        Relationship,
    ):
        assert not rows(model).exists(), model
    assert not fulltext.every_id(INDEX)
    assert not any(has_consented(person.pk, Purpose.STRANGERS) for person in (mei, eve, bo))
    [entry] = Change.objects.filter(what=What.PURGED)
    assert entry.after == what
    assert purge_what_is_due(now=over) == {}


def test_a_purge_that_was_cut_short_goes_on(mei: Person, talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    import kith.strangers.services.purging as purging

    for module in (batches, purging):
        monkeypatch.setattr(module, "BATCH", 1)
    steps = purging._STEPS
    monkeypatch.setattr(purging, "_STEPS", dict(list(steps.items())[:7]))
    purging.purge(now=NOW)
    assert not rows(PostComment).exists()
    assert rows(Post).exists()
    monkeypatch.setattr(purging, "_STEPS", steps)
    what = purging.purge(now=NOW)
    assert (what["comments"], what["posts"], what["personas"]) == (0, 2, 3)


def test_everybody_reads_and_takes_back_their_own_while_it_is_wound_down(mei: Person, talk: Talk) -> None:
    wind_down()
    assert [one.id for one in my_writing(viewer(mei), kind="post").items] == [talk.post.pk]
    assert {one.text for one in my_writing(viewer(mei), kind="letter").items} == {
        "Good morning",
        "Hello Bamboo",
    }
    with pytest.raises(MayNotGoOutside):
        make_persona(viewer(inside_only()), text_version="1", surface="test", name="Latecomer")
    leave(mei, erase=True)
    assert my_writing(viewer(mei), kind="post").items == ()


def test_nothing_can_be_read_while_it_is_switched_off(mei: Person, talk: Talk) -> None:
    rollout.close(STRANGERS, **BY)
    for kind in ("post", "comment", "letter"):
        assert my_writing(viewer(mei), kind=kind).items == ()
        assert my_writing(viewer(None), kind=kind).items == ()
    with pytest.raises(NotThere):
        my_writing(viewer(mei), kind="secret")


def test_what_one_wrote_is_read_in_pages(mei: Person, talk: Talk, django_assert_num_queries: Any) -> None:
    page = my_writing(viewer(mei), kind="comment", size=1)
    rest = my_writing(viewer(mei), kind="comment", size=1, cursor=page.next)
    assert {page.items[0].id, rest.items[0].id} == {talk.said.pk, talk.alone.pk}
    assert rest.next is None
    looker = viewer(mei)
    with django_assert_num_queries(2):
        [post] = my_writing(looker, kind="post").items
    assert len(post.photos) == 1
