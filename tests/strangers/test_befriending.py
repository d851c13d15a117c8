"""From letters to friends: only when both wish it, at once, and never by a wish that is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Side
from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.exchanges import WISH_LIFE
from kith.strangers.models import Exchange, Persona
from kith.ties import queries as ties
from kith.ties import services as facts
from kith.ties.checks import find_contradictions
from tests.strangers.cast import NOW, stranger, viewer
from tests.web.cast import open_to_all

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def both_sides(channel: None) -> None:
    open_to_all()


def mask(person: Person) -> int:
    return Persona.objects.unguarded("a test asks for somebody's persona").get(person=person).pk


@pytest.fixture
def letters(mei: Person, bo: Person) -> int:
    """Mei greeted Bo; each has written a letter."""
    exchange = strangers.greet(viewer(mei), persona_id=mask(bo), text="How do you prune your plum tree?").pk
    for one in (bo, mei):
        strangers.write_letter(viewer(one), exchange_id=exchange, text="In March")
    return exchange


def wish(person: Person, exchange: int, *, on: bool = True, **later: float) -> int | None:
    return strangers.wish_to_know(viewer(person, NOW + timedelta(**later)), exchange_id=exchange, on=on)


def friends(person: Person) -> set[int]:
    return {friend.face.id for friend in ties.friends(viewer(person)).items}


def notices(person: Person, **later: float) -> list[str]:
    return [card.kind for card in outside.outside_notices(viewer(person, NOW + timedelta(**later))).items]


def test_one_wish_makes_nothing_and_is_told(mei: Person, bo: Person, letters: int) -> None:
    assert wish(mei, letters) is None
    assert not friends(mei) | friends(bo)
    assert NoticeKind.WISH in notices(bo)
    assert NoticeKind.WISH not in notices(mei)
    theirs = outside.get_exchange(viewer(bo), exchange_id=letters)
    mine = outside.get_exchange(viewer(mei), exchange_id=letters)
    assert (theirs.they_wish, theirs.i_wish) == (True, False) == (mine.i_wish, mine.they_wish)


def test_two_wishes_make_friends_and_each_vanishes_from_the_others_outside(
    mei: Person, bo: Person, letters: int
) -> None:
    strangers.write_post(viewer(mei), topic="hobbies", text="My plum tree is in flower since today.")
    wish(mei, letters)
    assert wish(bo, letters, hours=1) == mei.pk
    assert (friends(mei), friends(bo)) == ({bo.pk}, {mei.pk})
    for one, other in ((mei, bo), (bo, mei)):
        looks = viewer(one)
        with pytest.raises(NotThere):
            outside.get_exchange(looks, exchange_id=letters)
        with pytest.raises(NotThere):
            strangers.wish_to_know(looks, exchange_id=letters, on=True)
        assert not Persona.objects.visible_to(looks).filter(person=other).exists()
        assert not notices(one)
        [told] = circle.notices_of(looks).items
        assert (told.kind, told.actor and told.actor.id) == (NoticeKind.ACCEPTED, other.pk)
    assert not list(find_contradictions())


def test_a_wish_withdrawn_is_untold_and_does_not_count(mei: Person, bo: Person, letters: int) -> None:
    before = outside.get_exchange(viewer(bo), exchange_id=letters)
    told = notices(bo)
    wish(mei, letters)
    wish(mei, letters, on=False)
    assert outside.get_exchange(viewer(bo), exchange_id=letters) == before
    assert notices(bo) == told
    assert wish(bo, letters) is None
    assert not friends(bo)


def test_wishing_twice_is_wishing_once(mei: Person, bo: Person, letters: int) -> None:
    wish(mei, letters)
    outside.mark_outside_notices_read(viewer(bo))
    wish(mei, letters, hours=1)
    assert outside.unread_outside(viewer(bo)) == 0
    assert not friends(mei)


def test_not_before_letters_have_gone_both_ways(mei: Person, bo: Person) -> None:
    exchange = strangers.greet(viewer(mei), persona_id=mask(bo), text="How do you prune your plum tree?").pk
    for one, text in ((bo, "In March"), (mei, "Thank you")):
        for person in (mei, bo):
            assert not outside.get_exchange(viewer(person), exchange_id=exchange).can_wish
            with pytest.raises(strangers.MayNotMeet):
                wish(person, exchange)
        strangers.write_letter(viewer(one), exchange_id=exchange, text=text)
    assert outside.get_exchange(viewer(bo), exchange_id=exchange).can_wish
    assert wish(bo, exchange) is None


def test_a_wish_that_was_forgotten_makes_no_friends(mei: Person, bo: Person, letters: int) -> None:
    wish(mei, letters)
    late = WISH_LIFE + timedelta(seconds=1)
    looks = viewer(bo, NOW + late)
    assert not outside.get_exchange(looks, exchange_id=letters).they_wish
    assert NoticeKind.WISH not in notices(bo, seconds=late.total_seconds())
    assert strangers.wish_to_know(looks, exchange_id=letters, on=True) is None
    assert not friends(bo)
    assert NoticeKind.WISH in notices(mei, seconds=late.total_seconds())
    exchange = Exchange.objects.unguarded("a test looks").get()
    assert exchange.starter_wishes is None, "the old one is over for good"


def test_nobody_is_befriended_again_by_an_old_wish(mei: Person, bo: Person, letters: int) -> None:
    wish(mei, letters)
    wish(bo, letters)
    sharing.unfriend(viewer(mei), other_id=bo.pk)
    card = outside.get_exchange(viewer(bo), exchange_id=letters)
    assert not card.i_wish
    assert not card.they_wish
    assert wish(bo, letters) is None
    assert not friends(bo)


def test_shutting_out_ends_the_wishes(mei: Person, bo: Person, letters: int) -> None:
    wish(bo, letters)
    strangers.avoid(viewer(mei), persona_id=mask(bo))
    with pytest.raises(NotThere):
        wish(bo, letters)
    strangers.stop_avoiding(viewer(mei), mark=mask(bo))
    assert wish(mei, letters) is None
    assert not friends(mei)


def test_requests_between_the_two_are_answered_by_it(mei: Person, bo: Person, letters: int) -> None:
    """They knew each other's Kith names by chance, and did not know that they write to each other."""
    sharing.request_friend(viewer(bo), recipient_id=mei.pk)
    wish(mei, letters)
    wish(bo, letters)
    assert not ties.requests_in(viewer(mei))
    assert not ties.requests_out(viewer(bo))
    kinds = Notice.objects.unguarded("a test counts").filter(kind=NoticeKind.REQUEST)
    assert not kinds.exists()


def test_nobody_has_more_friends_than_there_can_be(
    mei: Person, bo: Person, letters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(mei, letters)
    monkeypatch.setattr(facts, "MOST_FRIENDS", 0)
    with pytest.raises(strangers.MayNotMeet, match="5,000"):
        wish(bo, letters)
    assert not friends(mei) | friends(bo)
    card = outside.get_exchange(viewer(bo), exchange_id=letters)
    assert (card.they_wish, card.i_wish) == (True, False)


def test_whose_persona_was_closed_meets_nobody(mei: Person, bo: Person, letters: int) -> None:
    wish(mei, letters)
    Persona.objects.unguarded("a test closes one").filter(person=bo).update(shows=False, closed_at=NOW)
    with pytest.raises(strangers.MayNotPost):
        wish(bo, letters)
    assert not friends(bo)


def test_nobody_becomes_friends_while_the_circle_side_is_off(mei: Person, bo: Person, letters: int) -> None:
    from dataclasses import replace

    wish(mei, letters)
    for side in (Side.SHUT, Side.OWN):
        with pytest.raises(strangers.MayNotMeet):
            strangers.wish_to_know(replace(viewer(bo), inside=side), exchange_id=letters, on=True)


def test_the_last_warning_names_what_the_other_will_learn(mei: Person, bo: Person, letters: int) -> None:
    page = outside.meeting(viewer(mei), exchange_id=letters)
    assert (page.my_name, page.my_handle, page.at_once) == (mei.display_name, mei.handle, False)
    assert bo.display_name not in repr(page)
    assert bo.handle not in repr(page)
    wish(bo, letters)
    assert outside.meeting(viewer(mei), exchange_id=letters).at_once
    with pytest.raises(NotThere):
        outside.meeting(viewer(stranger("Grey Heron")), exchange_id=letters)


def test_no_card_of_letters_names_the_people_behind(mei: Person, bo: Person, letters: int) -> None:
    looks = viewer(mei)
    wish(bo, letters)
    said = repr(
        (
            outside.exchanges(looks, box="open"),
            outside.letters_of(looks, exchange_id=letters),
            outside.outside_notices(looks),
            outside.get_exchange(looks, exchange_id=letters),
        )
    )
    for secret in (mei.pk, bo.pk, mei.handle, bo.handle, mei.display_name, bo.display_name):
        assert str(secret) not in said
