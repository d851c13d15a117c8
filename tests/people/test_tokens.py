"""Keys to the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.models import AccessToken
from kith.people.tokens import PREFIX, Scope, TokenRefused, find_token, make_token, revoke_token, tokens_of
from tests.conftest import Clock
from tests.people.signing import mei

pytestmark = pytest.mark.django_db
READ = [Scope.CIRCLE_READ.value]


def seen_by_mei(clock: Clock, **fields: object) -> Viewer:
    return Viewer(mei(**fields).pk, clock.now)


def test_a_token_opens_until_it_is_revoked(clock: Clock) -> None:
    viewer = seen_by_mei(clock)
    token, text = make_token(viewer, name=" list ", scopes=[*READ, *READ])
    assert text.startswith(PREFIX)
    found = find_token(text, clock.now)
    assert found is not None
    assert (found.person_id, found.name, found.scopes) == (viewer.person_id, "list", READ)
    revoke_token(viewer, token_id=token.pk)
    assert find_token(text, clock.now) is None


def test_only_the_digest_is_kept(clock: Clock) -> None:
    token, text = make_token(seen_by_mei(clock), name="list", scopes=READ)
    kept = AccessToken.objects.values().get(pk=token.pk)
    assert text not in str(kept)
    assert text.removeprefix(PREFIX) not in str(kept)


@pytest.mark.parametrize("text", ["", "kith_", "kith_x", "x" * 200, "Kith_…"])
def test_what_is_no_token_finds_none(clock: Clock, text: str) -> None:
    make_token(seen_by_mei(clock), name="list", scopes=READ)
    assert find_token(text, clock.now) is None


def test_a_token_ends(clock: Clock) -> None:
    _token, text = make_token(
        seen_by_mei(clock), name="list", scopes=READ, expires_at=clock.now + timedelta(hours=1)
    )
    assert find_token(text, clock.now + timedelta(minutes=59)) is not None
    assert find_token(text, clock.now + timedelta(hours=1)) is None


def test_without_an_end_it_ends_in_a_year(clock: Clock) -> None:
    _token, text = make_token(seen_by_mei(clock), name="list", scopes=READ)
    assert find_token(text, clock.now + timedelta(days=365)) is not None
    assert find_token(text, clock.now + timedelta(days=366)) is None


def test_the_token_of_a_closed_account_opens_nothing(clock: Clock) -> None:
    viewer = seen_by_mei(clock)
    token, text = make_token(viewer, name="list", scopes=READ)
    token.person.is_active = False
    token.person.save()
    assert find_token(text, clock.now) is None


def test_the_day_of_use_is_written_once_a_day(clock: Clock, django_assert_num_queries: Any) -> None:
    token, text = make_token(seen_by_mei(clock), name="list", scopes=READ)
    with django_assert_num_queries(2):
        find_token(text, clock.now)
    with django_assert_num_queries(1):
        find_token(text, clock.now)
    token.refresh_from_db()
    assert token.last_used_on == clock.now.date()


def test_nobody_revokes_or_lists_another_persons_token(clock: Clock) -> None:
    viewer = seen_by_mei(clock)
    token, text = make_token(viewer, name="list", scopes=READ)
    eve = seen_by_mei(clock, handle="eve", phone=None)
    assert tokens_of(eve) == ()
    with pytest.raises(NotThere):
        revoke_token(eve, token_id=token.pk)
    with pytest.raises(NotThere):
        make_token(Viewer(None, clock.now), name="list", scopes=READ)
    assert tokens_of(viewer) == (token,)
    assert find_token(text, clock.now) is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_at": timedelta(0)}, "expires_at"),
        ({"expires_at": timedelta(days=367)}, "expires_at"),
    ],
)
def test_refusals(clock: Clock, changed: dict[str, Any], field: str) -> None:
    asked: dict[str, Any] = {"name": "list", "scopes": READ, **changed}
    if isinstance(asked.get("expires_at"), timedelta):
        asked["expires_at"] += clock.now
    with pytest.raises(TokenRefused) as refusal:
        make_token(seen_by_mei(clock), **asked)
    assert (refusal.value.field, refusal.value.code) == (field, "token-refused")
    assert not AccessToken.objects.exists()


def test_twenty_tokens_are_enough(clock: Clock) -> None:
    viewer = seen_by_mei(clock)
    for number in range(20):
        make_token(viewer, name=str(number), scopes=READ)
    with pytest.raises(TokenRefused, match="20"):
        make_token(viewer, name="one more", scopes=READ)
