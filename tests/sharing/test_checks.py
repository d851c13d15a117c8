"""Whether somebody may see shares, from ids alone: as the rule says of them at this very moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kith.audience.viewer import CIRCLES, viewer_of
from kith.people.models import Consent, Person
from kith.rollout.models import Batch, Feature
from kith.sharing.models import Share
from kith.sharing.queries import may_see, sees
from tests.intake.told import NEIGHBOURHOOD, NOW, circle, open_to_all, order, review, send

pytestmark = pytest.mark.django_db
LOOKING = "a test looks at all that there is"
DAY = timedelta(days=1)


@pytest.fixture
def bo() -> Person:
    """Who is shown what Mei bought, bought something, and may read what Eve shows to everybody."""
    open_to_all()
    send(*NEIGHBOURHOOD, circle("bo", "mei"), order("o3", "bo"), order("o4", "eve"), review("r4", "eve"))
    shares = Share.objects.unguarded(LOOKING)
    shares.filter(author__external_id="eve", kind="review").update(to_everyone=True)
    return Person.objects.get(external_id="bo")


def all_shares() -> list[int]:
    return list(Share.objects.unguarded(LOOKING).values_list("pk", flat=True))


def seen_by_rule(person_id: int) -> frozenset[int]:
    viewer = viewer_of(Person.objects.filter(pk=person_id).first(), NOW)
    return frozenset(Share.objects.visible_to(viewer).values_list("pk", flat=True))


def whose(shares: frozenset[int]) -> set[str | None]:
    found = Share.objects.unguarded(LOOKING).filter(pk__in=shares)
    return set(found.values_list("author__external_id", flat=True))


def change_person(**fields: Any) -> Callable[[Person], object]:
    return lambda person: Person.objects.filter(pk=person.pk).update(**fields)


def change_feature(**fields: Any) -> Callable[[Person], object]:
    return lambda _person: Feature.objects.filter(pk=CIRCLES).update(**fields)


def change_batch(**fields: Any) -> Callable[[Person], object]:
    return lambda _person: Batch.objects.filter(feature=CIRCLES).update(**fields)


def withdraw(person: Person) -> None:
    Consent.objects.create(
        person=person, purpose="sharing", text_version="1", surface="test", given=False, at=NOW - DAY
    )


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda person: None, {"mei", "bo", "eve"}),
        (withdraw, {"bo", "eve"}),
        (change_person(suspended_at=NOW - DAY), {"bo", "eve"}),
        (change_person(is_active=False), {"eve"}),
        (change_feature(state="winding_down", wound_down_on=NOW.date()), {"bo"}),
        (change_feature(state="closed"), set()),
        (change_batch(paused_at=NOW - DAY), {"bo", "eve"}),
        (change_batch(starts_at=NOW + DAY), {"bo", "eve"}),
        (change_batch(kind="region", region="310000"), {"bo", "eve"}),
        (change_batch(kind="joined", joined_before=NOW - 9999 * DAY), {"bo", "eve"}),
        (lambda _person: Batch.objects.filter(feature=CIRCLES).delete(), {"bo", "eve"}),
    ],
)
def test_it_hangs_on_how_far_the_side_is_open_to_them(
    bo: Person, change: Callable[[Person], object], left: set[str]
) -> None:
    change(bo)
    found = sees(bo.pk, NOW, share_ids=all_shares())
    assert found == seen_by_rule(bo.pk)
    assert whose(found) == left


def test_a_batch_that_names_some_lets_them_see(bo: Person) -> None:
    Batch.objects.filter(feature=CIRCLES).update(kind="region", region="310000")
    Person.objects.filter(pk=bo.pk).update(region="310100")
    assert whose(sees(bo.pk, NOW, share_ids=all_shares())) == {"mei", "bo", "eve"}


def test_who_is_not_there_sees_what_everybody_may(bo: Person) -> None:
    assert whose(sees(1, NOW, share_ids=all_shares())) == {"eve"}


def test_of_those_asked_for_only(bo: Person) -> None:
    mine = [pk for pk in all_shares() if whose(frozenset([pk])) == {"bo"}]
    assert sees(bo.pk, NOW, share_ids=mine) == frozenset(mine)
    assert sees(bo.pk, NOW, share_ids=[]) == sees(bo.pk, NOW, share_ids=[1]) == frozenset()


def test_it_is_one_query_and_may_see_says_the_same(bo: Person, django_assert_num_queries: Any) -> None:
    shares, viewer = all_shares(), viewer_of(bo, NOW)
    with django_assert_num_queries(1):
        found = sees(bo.pk, NOW, share_ids=shares)
    assert found == may_see(viewer, share_ids=shares) == seen_by_rule(bo.pk)
