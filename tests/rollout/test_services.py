"""What is done to a feature: each stands in the log once, and what makes no sense is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError

from kith.core.errors import NotThere
from kith.people.models import Person
from kith.rollout import services
from kith.rollout.models import Batch, Change, Feature, Listed
from kith.rollout.queries import due_for_purge, openings, position, waiting_count
from kith.rollout.rules import Kind, Terms
from kith.rollout.services import RolloutRefused
from tests.rollout.cast import CIRCLES, NOW, how, is_in, later, let_in, somebody

pytestmark = pytest.mark.django_db

UNTIL = date(2026, 4, 1)


def log() -> list[str]:
    return list(Change.objects.order_by("pk").values_list("what", flat=True))


# --- The log -------------------------------------------------------------------------------


def closed() -> None:
    services.close(CIRCLES, **how())


def winding_down() -> None:
    closed()
    services.wind_down(CIRCLES, until=UNTIL, **how())


def paused() -> int:
    return services.pause_batch(let_in(Kind.EVERYONE).pk, **how()).pk


def one_waits() -> None:
    services.join_waiting(somebody("mei").pk, CIRCLES, now=NOW)


EVERY_SERVICE: dict[str, tuple[Callable[[], Any], Callable[[Any, dict[str, Any]], Any]]] = {
    "set-up": (lambda: None, lambda _made, by: services.set_up(CIRCLES, **by)),
    "batch-opened": (
        lambda: None,
        lambda _made, by: services.open_batch(CIRCLES, Terms(Kind.SHARE, per_ten_thousand=500), **by),
    ),
    "batch-changed": (
        lambda: let_in(Kind.SHARE, per_ten_thousand=500).pk,
        lambda batch, by: services.change_batch(batch, Terms(Kind.SHARE, per_ten_thousand=2000), **by),
    ),
    "batch-paused": (
        lambda: let_in(Kind.EVERYONE).pk,
        lambda batch, by: services.pause_batch(batch, **by),
    ),
    "batch-resumed": (paused, lambda batch, by: services.resume_batch(batch, **by)),
    "batch-removed": (
        lambda: let_in(Kind.EVERYONE).pk,
        lambda batch, by: services.remove_batch(batch, **by),
    ),
    "admitted": (one_waits, lambda _made, by: services.admit_waiting(CIRCLES, 1, **by)),
    "closed": (lambda: None, lambda _made, by: services.close(CIRCLES, **by)),
    "reopened": (closed, lambda _made, by: services.reopen(CIRCLES, **by)),
    "winding-down": (closed, lambda _made, by: services.wind_down(CIRCLES, until=UNTIL, **by)),
}  # fmt: skip


@pytest.mark.parametrize("what", EVERY_SERVICE)
def test_every_service_writes_one_entry_with_who_and_why(what: str) -> None:
    before, act = EVERY_SERVICE[what]
    made, mo = before(), somebody("mo", is_staff=True)
    number = len(log())
    act(made, how(actor=mo, why=" It is time. ", surface="web", now=later(minutes=5)))
    assert len(log()) == number + 1
    entry = Change.objects.latest("pk")
    assert (entry.what, entry.actor, entry.why, entry.surface) == (what, mo, "It is time.", "web")
    assert entry.at == Feature.objects.get().changed_at == later(minutes=5)
    assert entry.before != entry.after


@pytest.mark.parametrize("what", EVERY_SERVICE)
@pytest.mark.parametrize("why", ["", " \n"])
def test_without_a_reason_nothing_is_done(what: str, why: str) -> None:
    before, act = EVERY_SERVICE[what]
    made = before()

    def everything() -> list[Any]:
        models: list[Any] = [Feature, Batch, Listed, Change]
        return [list(model.objects.order_by("pk").values()) for model in models]

    stood = everything()
    with pytest.raises(RolloutRefused):
        act(made, how(why=why))
    assert everything() == stood


def test_no_service_is_left_out_of_the_two_tests_above() -> None:
    """But for the waiting list, where people put themselves, the purge, and a shorter way to open."""
    others = {"RolloutRefused", "Terms", "join_waiting", "leave_waiting", "open_to_everyone", "record_purge"}
    assert len(set(services.__all__) - others) == len(EVERY_SERVICE)


def test_what_stands_in_the_log_can_be_neither_changed_nor_removed() -> None:
    closed()
    entry = Change.objects.get()
    entry.why = "another reason"
    for attempt in (
        entry.save,
        entry.delete,
        lambda: Change.objects.update(why=""),
        Change.objects.all().delete,
        lambda: Change.objects.bulk_update([entry], ["why"]),
        lambda: Change.objects.bulk_create(
            [entry], update_conflicts=True, update_fields=["why"], unique_fields=["pk"]
        ),
    ):
        with pytest.raises(TypeError), transaction.atomic():
            attempt()
    with pytest.raises(ProtectedError), transaction.atomic():
        Feature.objects.get().delete()
    assert Change.objects.get().why == "the test"


def test_an_account_that_is_erased_leaves_the_log_without_a_name() -> None:
    mo = somebody("mo")
    let_in(Kind.PEOPLE, people=[mo.pk])
    services.close(CIRCLES, **how(actor=mo))
    number = mo.pk
    mo.delete()
    assert log() == ["batch-opened", "closed"]
    assert str(number) not in str(list(Change.objects.values()))
    assert not Listed.objects.exists()


def test_the_log_says_what_was_and_what_is() -> None:
    batch = let_in(Kind.SHARE, per_ten_thousand=500, note="first")
    services.change_batch(batch.pk, Terms(Kind.REGION, region="130000"), **how())
    entry = Change.objects.latest("pk")
    assert (entry.before["per_ten_thousand"], entry.before["note"]) == (500, "first")
    assert entry.after == {
        "batch": batch.pk, "kind": "region", "region": "130000", "starts_at": NOW.isoformat(),
    }  # fmt: skip


# --- What makes no sense -------------------------------------------------------------------


@pytest.mark.parametrize(
    "terms",
    [
        Terms("friends"),
        Terms(Kind.SHARE),
        Terms(Kind.SHARE, per_ten_thousand=0),
        Terms(Kind.SHARE, per_ten_thousand=10_001),
        Terms(Kind.SHARE, per_ten_thousand=-1),
        Terms(Kind.REGION),
        Terms(Kind.REGION, region="999999"),
        Terms(Kind.REGION, region="310104"),
        Terms(Kind.AGE),
        Terms(Kind.AGE, age_from=60, age_to=50),
        Terms(Kind.AGE, age_from=-1),
        Terms(Kind.AGE, age_to=121),
        Terms(Kind.JOINED),
        Terms(Kind.JOINED, joined_before=datetime(2026, 1, 1)),  # noqa: DTZ001
        Terms(Kind.PEOPLE),
        Terms(Kind.PEOPLE, people=[1]),
        Terms(Kind.EVERYONE, starts_at=NOW - timedelta(seconds=1)),
        Terms(Kind.EVERYONE, starts_at=datetime(2027, 1, 1)),  # noqa: DTZ001
        Terms(Kind.EVERYONE, note="x" * 201),
    ],
    ids=str,
)
def test_terms_that_make_no_sense_are_refused(terms: Terms) -> None:
    with pytest.raises(RolloutRefused) as refused:
        services.open_batch(CIRCLES, terms, **how())
    assert str(refused.value)
    batch = let_in(Kind.EVERYONE)
    with pytest.raises(RolloutRefused):
        services.change_batch(batch.pk, terms, **how())
    assert Batch.objects.get().kind == Kind.EVERYONE


def test_a_list_has_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kith.rollout.terms.LONGEST_LIST", 1)
    with pytest.raises(RolloutRefused):
        let_in(Kind.PEOPLE, people=[somebody("mei").pk, somebody("bo").pk])


def test_what_is_not_there_or_not_so_is_refused() -> None:
    for missing in (services.pause_batch, services.resume_batch, services.remove_batch):
        with pytest.raises(NotThere):
            missing(7, **how())
    with pytest.raises(RolloutRefused):
        services.close("cirlces", **how())
    with pytest.raises(RolloutRefused):
        services.reopen(CIRCLES, **how())
    batch = let_in(Kind.EVERYONE)
    with pytest.raises(RolloutRefused):
        services.resume_batch(batch.pk, **how())
    with pytest.raises(RolloutRefused):
        services.set_up(CIRCLES, **how())
    closed()
    for again in (services.close, services.set_up):
        with pytest.raises(RolloutRefused):
            again(CIRCLES, **how())
    assert log() == ["batch-opened", "closed"]


def test_a_batch_that_has_begun_can_be_changed_and_keeps_its_beginning() -> None:
    batch = let_in(Kind.SHARE, per_ten_thousand=500)
    for starts_at in (None, NOW):
        terms = Terms(Kind.SHARE, per_ten_thousand=600, starts_at=starts_at)
        services.change_batch(batch.pk, terms, **how(now=later(days=1)))
        assert Batch.objects.get().starts_at == NOW


# --- Winding down ---------------------------------------------------------------------------


def test_only_what_is_closed_is_wound_down_and_until_a_day_to_come() -> None:
    let_in(Kind.EVERYONE)
    with pytest.raises(RolloutRefused):
        services.wind_down(CIRCLES, until=UNTIL, **how())
    closed()
    for day in (date(2026, 3, 13), date(2026, 3, 14)):
        with pytest.raises(RolloutRefused):
            services.wind_down(CIRCLES, until=day, **how())
    services.wind_down(CIRCLES, until=UNTIL, **how())
    opening = openings([CIRCLES], NOW)[CIRCLES]
    assert (opening.state, opening.let_in, opening.wound_down_on) == ("winding_down", None, UNTIL)


def test_the_purge_is_due_when_the_day_is_over_where_people_live_and_once() -> None:
    winding_down()
    last_minute = datetime.fromisoformat("2026-04-01T23:59:59+08:00")
    with pytest.raises(RolloutRefused):
        services.record_purge(CIRCLES, {"posts": 3}, now=last_minute)
    assert due_for_purge(last_minute) == []
    over = last_minute + timedelta(seconds=1)
    assert due_for_purge(over) == [CIRCLES]
    services.record_purge(CIRCLES, {"posts": 3}, now=over)
    assert due_for_purge(over) == []
    entry = Change.objects.latest("pk")
    assert (entry.what, entry.after, entry.surface, entry.actor) == ("purged", {"posts": 3}, "job", None)
    with pytest.raises(RolloutRefused):
        services.record_purge(CIRCLES, {"posts": 0}, now=over)
    for late in (services.close, lambda name, **by: services.wind_down(name, until=date(2027, 1, 1), **by)):
        with pytest.raises(RolloutRefused):
            late(CIRCLES, **how(now=over))


def test_it_can_be_opened_again_and_wound_down_again() -> None:
    winding_down()
    over = later(days=60)
    services.record_purge(CIRCLES, {}, now=over)
    services.reopen(CIRCLES, **how(now=over))
    feature = Feature.objects.get()
    assert (feature.state, feature.wound_down_on, feature.purged_at) == ("open", None, None)
    services.close(CIRCLES, **how(now=over))
    services.wind_down(CIRCLES, until=(over + timedelta(days=9)).date(), **how(now=over))
    assert due_for_purge(over + timedelta(days=20)) == [CIRCLES]


# --- The waiting list -----------------------------------------------------------------------


def queue(*names: str) -> list[Person]:
    people = [somebody(name) for name in names]
    for minute, one in enumerate(people):
        services.join_waiting(one.pk, CIRCLES, now=later(minutes=minute))
    return people


def places(*people: Person, now: datetime = NOW) -> list[int | None]:
    return [position(CIRCLES, one.pk, now) for one in people]


def test_first_come_first_served_and_asking_again_keeps_the_place() -> None:
    mei, bo, chen = queue("mei", "bo", "chen")
    services.join_waiting(mei.pk, CIRCLES, now=later(hours=1))
    assert places(mei, bo, chen, somebody("eve")) == [1, 2, 3, None]
    services.leave_waiting(bo.pk, CIRCLES)
    assert places(mei, bo, chen) == [1, None, 2]
    assert waiting_count("strangers", NOW) == 0


def test_at_the_same_instant_everybody_still_has_a_place_of_their_own() -> None:
    people = [somebody(f"p{number}") for number in range(3)]
    for one in people:
        services.join_waiting(one.pk, CIRCLES, now=NOW)
    assert places(*people) == [1, 2, 3]


def test_the_first_are_let_in_and_wait_no_more() -> None:
    mei, bo, chen = queue("mei", "bo", "chen")
    batch = services.admit_waiting(CIRCLES, 2, **how())
    assert [is_in(one) for one in (mei, bo, chen)] == [True, True, False]
    assert places(mei, bo, chen) == [None, None, 1]
    assert Change.objects.latest("pk").after["people"] == 2
    services.remove_batch(batch.pk, **how())
    assert [is_in(one) for one in (mei, bo)] == [False, False]
    assert places(mei, bo) == [None, None]


def test_whom_a_batch_has_let_in_meanwhile_takes_no_place() -> None:
    mei, bo, chen = queue("mei", "bo", "chen")
    batch = let_in(Kind.PEOPLE, people=[mei.pk], starts_at=later(hours=1))
    assert places(mei, bo, chen) == [1, 2, 3]
    assert places(mei, bo, chen, now=later(hours=1)) == [None, 1, 2]
    services.admit_waiting(CIRCLES, 1, **how(now=later(hours=1)))
    assert is_in(bo, later(hours=1))
    services.remove_batch(batch.pk, **how())
    assert places(mei, chen, now=later(hours=2)) == [1, 2], "she has her place again"


def test_nobody_waits_for_what_is_open_to_them_or_ending_or_unknown() -> None:
    mei = somebody("mei")
    let_in(Kind.PEOPLE, people=[mei.pk])
    with pytest.raises(RolloutRefused):
        services.join_waiting(mei.pk, CIRCLES, now=NOW)
    closed()
    services.join_waiting(mei.pk, CIRCLES, now=NOW)
    with pytest.raises(RolloutRefused):
        services.admit_waiting(CIRCLES, 1, **how())
    services.wind_down(CIRCLES, until=UNTIL, **how())
    for feature in (CIRCLES, "teleport"):
        with pytest.raises(RolloutRefused):
            services.join_waiting(somebody(feature).pk, feature, now=NOW)


@pytest.mark.parametrize("count", [0, -1, 5])
def test_admitting_none_is_refused(count: int) -> None:
    with pytest.raises(RolloutRefused):
        services.admit_waiting(CIRCLES, count, **how())
