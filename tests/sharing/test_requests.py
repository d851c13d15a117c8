"""Asking to be friends: what each side learns, and what an invitation brings along."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Side, Viewer
from kith.people.models import Person
from kith.sharing import services as sharing
from kith.ties import queries as ties

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei(now: datetime) -> Viewer:
    return Viewer(Person.objects.create_user("mei", display_name="Mei").pk, now, inside=Side.OPEN)


@pytest.fixture
def bo(now: datetime) -> Viewer:
    return Viewer(Person.objects.create_user("boo", display_name="Bo").pk, now, inside=Side.OPEN)


def later(viewer: Viewer, **time: float) -> Viewer:
    return Viewer(viewer.person_id, viewer.now + timedelta(**time), inside=Side.OPEN)


def ask(sender: Viewer, recipient: Viewer) -> int:
    assert recipient.person_id is not None
    request = sharing.request_friend(sender, recipient_id=recipient.person_id)
    assert request is not None
    return request.id


def test_an_invitation_remembers_its_circle_for_its_owner_alone(mei: Viewer, bo: Viewer) -> None:
    family = sharing.create_circle(mei, name="Family")
    invitation = sharing.make_invitation(mei, circle_id=family.pk)
    sharing.request_by_invitation(bo, token=invitation.token)
    assert [card.suggested_circle for card in ties.requests_in(mei)] == [family.pk]
    assert [card.suggested_circle for card in ties.requests_out(bo)] == [None]


def test_declining_looks_like_no_answer_to_the_sender(mei: Viewer, bo: Viewer) -> None:
    request_id = ask(bo, mei)
    before = ties.requests_out(bo)
    sharing.decline_request(mei, request_id=request_id)
    assert ties.requests_out(bo) == before
    sharing.withdraw_request(bo, request_id=request_id)
    assert ties.requests_out(bo) == ()


def test_a_declined_request_cannot_be_repeated_by_taking_it_back(mei: Viewer, bo: Viewer) -> None:
    request_id = ask(bo, mei)
    sharing.decline_request(mei, request_id=request_id)
    sharing.withdraw_request(bo, request_id=request_id)
    ask(later(bo, days=29), mei)
    assert ties.requests_in(mei) == ()
    assert len(ties.requests_out(bo)) == 1
    ask(later(bo, days=30), mei)
    assert len(ties.requests_in(mei)) == 1


def test_whom_i_have_blocked_cannot_find_or_ask_me(mei: Viewer, bo: Viewer) -> None:
    assert bo.person_id is not None
    request_id = ask(bo, mei)
    sharing.block(mei, other_id=bo.person_id)
    assert ties.requests_out(bo) == ()
    assert ties.find_person_by_handle(bo, "mei") is None
    with pytest.raises(NotThere):
        ask(bo, mei)
    with pytest.raises(NotThere):
        sharing.accept_request(mei, request_id=request_id)


def test_asking_somebody_who_has_asked_makes_friends(mei: Viewer, bo: Viewer) -> None:
    ask(bo, mei)
    assert bo.person_id is not None
    family = sharing.create_circle(mei, name="Family")
    assert sharing.request_friend(mei, recipient_id=bo.person_id, circle_id=family.pk) is None
    assert [friend.face.name for friend in ties.friends(bo).items] == ["Mei"]
    assert [face.name for face in ties.get_circle(mei, family.pk).members] == ["Bo"]


def test_only_its_owner_revokes_an_invitation(mei: Viewer, bo: Viewer) -> None:
    invitation = sharing.make_invitation(mei)
    with pytest.raises(NotThere):
        sharing.revoke_invitation(bo, invitation_id=invitation.pk)
    sharing.revoke_invitation(mei, invitation_id=invitation.pk)
    with pytest.raises(NotThere):
        ties.inviter(bo, invitation.token)


def test_nobody_is_their_own_friend_or_enemy(mei: Viewer) -> None:
    assert mei.person_id is not None
    for deed in (sharing.unfriend, sharing.unblock):
        with pytest.raises(NotThere):
            deed(mei, other_id=mei.person_id)
