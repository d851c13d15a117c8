"""What is told outside is told there alone, and only while what it points to can be seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.guard import Side, Viewer
from kith.notices.models import OUTSIDE, Notice, NoticeKind
from kith.notices.services import mark_read
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import Persona
from tests.strangers.cast import NOW, befriend, open_channel, stranger, viewer
from tests.web.cast import open_to_all

pytestmark = pytest.mark.django_db


class Stage:
    """Mei has a post and a follow; Bo has done all that is told outside, and one thing inside."""

    def __init__(self) -> None:
        open_channel()
        open_to_all()
        self.mei, self.bo, self.eve = stranger("Red Plum"), stranger("Old Oak"), stranger("Grey Heron")
        mei, bo, eve = viewer(self.mei), viewer(self.bo), viewer(self.eve)
        self.post = strangers.write_post(mei, topic="hobbies", text="Who prunes a plum tree in March?").pk
        self.other = strangers.write_post(eve, topic="hobbies", text="Finches in winter, who keeps some?").pk
        mine = strangers.comment(mei, post_id=self.other, text="Two of them, in the warm room.")
        strangers.follow_post(mei, post_id=self.other, on=True)
        self.comment = strangers.comment(bo, post_id=self.post, text="I do, every year.").pk
        self.answer = strangers.comment(bo, post_id=self.other, text="Which kind?", answers_id=mine.pk).pk
        self.heard = strangers.comment(bo, post_id=self.other, text="I have seven of them here.").pk
        self.exchange = strangers.greet(bo, persona_id=mask(self.mei), text="Do you sing as well?").pk
        strangers.hide_post(post_id=self.post, on=True, now=NOW)
        sharing.request_friend(bo, recipient_id=self.mei.pk)

    def letters(self) -> None:
        for one in (self.mei, self.bo):
            strangers.write_letter(viewer(one), exchange_id=self.exchange, text=f"Of {one.pk % 7} songs")
        strangers.wish_to_know(viewer(self.bo), exchange_id=self.exchange, on=True)

    def told(self, **later: float) -> dict[str, outside.OutsideNotice]:
        looks = viewer(self.mei, NOW + timedelta(**later))
        return {card.kind: card for card in outside.outside_notices(looks).items}


def mask(person: Person) -> int:
    return Persona.objects.unguarded("a test asks for somebody's persona").get(person=person).pk


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_each_kind_points_to_what_happened(stage: Stage) -> None:
    told = stage.told()
    assert set(told) == set(OUTSIDE) - {NoticeKind.LETTER, NoticeKind.WISH}
    bo = mask(stage.bo)
    by = {kind: card.actor and card.actor.id for kind, card in told.items()}
    assert by == dict.fromkeys(told, bo) | {NoticeKind.POST_HIDDEN: None}
    assert told["post_comment"].comment_id == stage.comment
    assert told["post_comment"].post_id == stage.post
    assert told["post_comment"].words == "I do, every year."
    assert told["post_answer"].comment_id == stage.answer
    assert told["post_follow"].comment_id == stage.heard
    assert told["post_hidden"].post_id == stage.post
    assert (told["greeting"].exchange_id, told["greeting"].words) == (stage.exchange, "Do you sing as well?")
    stage.letters()
    told = stage.told()
    assert NoticeKind.GREETING not in told
    assert told["letter"].words == f"Of {stage.bo.pk % 7} songs"
    assert told["wish"].exchange_id == stage.exchange


def test_inside_is_told_nothing_of_it_and_outside_nothing_of_inside(stage: Stage) -> None:
    stage.letters()
    inside = circle.notices_of(viewer(stage.mei)).items
    assert [card.kind for card in inside] == [NoticeKind.REQUEST]
    assert circle.unread_notices(viewer(stage.mei)) == 1
    assert NoticeKind.REQUEST not in stage.told()


def test_reading_one_side_leaves_the_other_unread(stage: Stage) -> None:
    mei = viewer(stage.mei)
    unread = outside.unread_outside(mei)
    assert unread == 4  # the greeting is counted with the letters
    mark_read(mei)
    assert outside.unread_outside(mei) == unread
    assert circle.unread_notices(mei) == 0
    outside.mark_outside_notices_read(mei)
    assert outside.unread_outside(mei) == 0
    assert all(card.is_read for card in outside.outside_notices(mei).items)
    assert Notice.objects.visible_to(viewer(stage.eve)).filter(read_at=None).exists()


def test_opening_the_letters_takes_their_notice_away(stage: Stage) -> None:
    stage.letters()
    strangers.mark_letters_read(viewer(stage.mei), exchange_id=stage.exchange)
    assert NoticeKind.LETTER not in stage.told()
    assert NoticeKind.WISH in stage.told()


def test_what_cannot_be_seen_any_more_is_told_no_more(stage: Stage) -> None:
    stage.letters()
    strangers.hide_post(post_id=stage.post, on=False, now=NOW)
    befriend(stage.mei, stage.bo)
    assert not stage.told()
    assert outside.unread_outside(viewer(stage.mei)) == 0


def test_a_notice_goes_with_the_comment(stage: Stage) -> None:
    strangers.remove_comment(viewer(stage.bo), comment_id=stage.comment)
    assert NoticeKind.POST_COMMENT not in stage.told()


def test_switched_off_nothing_is_told_and_of_ones_own_what_is_ones_own(stage: Stage) -> None:
    shut, own = (Viewer(stage.mei.pk, NOW, outside=side) for side in (Side.SHUT, Side.OWN))
    assert not outside.outside_notices(shut).items
    assert outside.unread_outside(shut) == 0
    assert {card.kind for card in outside.outside_notices(own).items} == {NoticeKind.POST_HIDDEN}
    nobody = Viewer(None, NOW)
    assert not outside.outside_notices(nobody).items
    assert outside.unread_outside(nobody) == 0


def test_pages_follow_one_another(stage: Stage) -> None:
    looks, cursor, kinds = viewer(stage.mei), None, []
    while True:
        page = outside.outside_notices(looks, cursor=cursor, size=2)
        kinds += [card.kind for card in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(kinds) == sorted(stage.told())


def test_as_many_queries_for_a_few_as_for_many(stage: Stage) -> None:
    def cost() -> int:
        looks = viewer(stage.mei)
        with CaptureQueriesContext(connection) as ran:
            outside.outside_notices(looks)
        return len(ran)

    few = cost()
    strangers.hide_post(post_id=stage.post, on=False, now=NOW)
    for number in range(8):
        words = f"My {number}th thought about trees and their pruning."
        later = viewer(stage.bo, NOW + timedelta(hours=number + 1))
        strangers.comment(later, post_id=stage.post, text=words)
    strangers.hide_post(post_id=stage.post, on=True, now=NOW)
    assert len(outside.outside_notices(viewer(stage.mei)).items) >= 12
    assert cost() == few
