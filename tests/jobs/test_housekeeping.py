"""The worker gives signs of life and clears away what has run out, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kith.jobs.housekeeping import clear_expired_invitations, find_sign_of_life, give_sign_of_life
from kith.people.models import Person
from kith.ties.models import Invitation

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
