"""The worker gives signs of life and clears away what has run out, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.sessions.models import Session

from kith.jobs.housekeeping import (
    clear_expired_invitations,
    clear_sessions_of_nobody,
    find_sign_of_life,
    give_sign_of_life,
)
from kith.people.models import Person
from kith.rights.services import erase_person
from kith.ties.models import Invitation
from tests.web.cast import browser_of, somebody

pytestmark = pytest.mark.django_db


def test_sign_of_life_can_be_read_again_and_again(now: datetime) -> None:
    give_sign_of_life(now=now)
    assert find_sign_of_life() == now
    assert find_sign_of_life() == now


def test_only_expired_invitations_go(now: datetime) -> None:
    mei = Person.objects.create_user("mei", display_name="Mei")
    for token, left in (("old", timedelta(seconds=-1)), ("new", timedelta(seconds=1))):
        Invitation(owner=mei, token=token, created_at=now, expires_at=now + left).save()
    assert clear_expired_invitations(now=now) == 1
    left_over = Invitation.objects.unguarded("the test looks at all").get()
    assert left_over.token == "new"


def test_sessions_of_accounts_that_were_erased_go_and_others_stay(now: datetime) -> None:
    mei, bo = somebody("Mei"), somebody("Boo")
    for person in (mei, bo, None):
        browser_of(person).get("/")
    before = Session.objects.count()
    erase_person(person_id=mei.pk, now=now)
    assert clear_sessions_of_nobody() == 1
    assert Session.objects.count() == before - 1
    assert clear_sessions_of_nobody() == 0
