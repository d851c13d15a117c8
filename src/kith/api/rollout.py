"""Opening and closing features, for the shop's staff who have been given that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from kith.api.access import Access, ApiRequest
from kith.api.answers import answer, answer_all, answer_page, nothing
from kith.api.fields import Cursor, GivenInstant, Id, In, Limit, Out, PathId, Told
from kith.api.once import takes_key
from kith.api.problems import Problem
from kith.core.ids import write_id
from kith.core.paging import Page, read_place, write_cursor
from kith.people.models import Person
from kith.people.tokens import Scope
from kith.rollout import services
from kith.rollout.models import FEATURES, Batch, Change
from kith.rollout.queries import batches_of, changes_of, listed_count, openings, waiting_count
from kith.rollout.rules import Terms
from kith.rollout.simulation import count_let_in, count_matching, simulate
from kith.rollout.terms import refuse_unfit

router = Router(tags=["Rollout"])

SEES, CHANGES = "rollout.view_feature", "rollout.change_feature"
READS = Access(Scope.ROLLOUT, permission=SEES)
WRITES_JSON = Access(Scope.ROLLOUT, writes=True, takes="application/json", permission=CHANGES)

FeatureName = Literal["circles", "strangers"]
KindOfBatch = Literal["everyone", "share", "people", "region", "age", "joined"]
State = Literal["open", "closed", "winding_down"]
Age = Annotated[int, Field(ge=0, le=120)]


class Feature(Out):
    name: FeatureName
    title: Told
    state: State
    wound_down_on: date | None = Field(description="The last day on which people may take what is theirs")
    people: int = Field(description="How many it is open to now")
    waiting: int = Field(description="How many are on the waiting list")


class Features(Out):
    items: list[Feature]
    next: str | None


class RolloutBatch(Out):
    id: Id
    feature: FeatureName
    kind: KindOfBatch
    per_ten_thousand: int | None
    region: str
    age_from: int | None
    age_to: int | None
    joined_before: datetime | None
    listed: int = Field(description="How many are on its list")
    starts_at: datetime
    paused_at: datetime | None
    note: str
    is_running: bool
    people: int = Field(description="How many people it is about")


class RolloutBatches(Out):
    items: list[RolloutBatch]
    next: str | None


class RolloutChange(Out):
    id: Id
    at: datetime
    what: Literal[
        "set-up", "batch-opened", "batch-changed", "batch-paused", "batch-resumed", "batch-removed",
        "admitted", "closed", "reopened", "winding-down", "purged",
    ]  # fmt: skip
    who: str | None = Field(description="Their handle; null: a job, or somebody who has left")
    surface: str
    why: str
    before: dict[str, Any]
    after: dict[str, Any]


class RolloutLog(Out):
    items: list[RolloutChange]
    next: str | None


class RolloutTally(Out):
    code: str
    people: int | None = Field(description="Null: fewer than five, or not to be told for that")


class RolloutSimulation(Out):
    people: int = Field(description="All who have an account that can be used")
    already: int = Field(description="Of them, to whom it is open")
    newly: int = Field(description="Who would come in besides")
    out: int = Field(description="Who would be out, where a batch is changed")
    by_region: list[RolloutTally] = Field(description="Of these, by province")
    by_age: list[RolloutTally] = Field(description="Of these, by age")


class Whom(In):
    """Whom a batch lets in. Only what its kind needs is read."""

    kind: KindOfBatch
    per_ten_thousand: int | None = Field(None, ge=1, le=10_000, description="For a share")
    handles: list[Annotated[str, Field(max_length=40)]] = Field(
        [], max_length=1000, description="For a list of people"
    )
    region: str = Field("", max_length=6, description="GB/T 2260 code; a province includes its cities")
    age_from: Age | None = None
    age_to: Age | None = None
    joined_before: GivenInstant | None = None
    starts_at: GivenInstant | None = Field(None, description="Null: at once")
    note: str = Field("", max_length=200)


class SimulatedWhom(Whom):
    instead_of: int | None = Field(
        None, ge=1, le=2**31 - 1, description="The number of a batch that would be changed"
    )


class Because(In):
    why: str = Field(min_length=1, max_length=1000, description="It stands in the log")


class NewBatch(Whom, Because):
    pass


class Admission(Because):
    count: int = Field(ge=1, le=10_000)


class WindDown(Because):
    until: str = Field(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="The last day", examples=["2027-01-31"]
    )


# --- Features ---------------------------------------------------------------------


@router.get("/rollout/features", auth=READS, response=Features)
def features(request: ApiRequest) -> HttpResponse:
    """All features, and how they stand."""
    return answer_all(request, Features, tuple(_feature(name, request.viewer.now) for name in FEATURES))


@router.get("/rollout/features/{feature}", auth=READS, response=Feature)
def get_feature(request: ApiRequest, feature: FeatureName) -> HttpResponse:
    """How one feature stands."""
    return _told(request, feature)


@router.get("/rollout/features/{feature}/log", auth=READS, response=RolloutLog)
def feature_log(
    request: ApiRequest, feature: FeatureName, cursor: Cursor | None = None, limit: Limit = 20
) -> HttpResponse:
    """Who changed what of a feature, and why; newest first."""
    rows = changes_of(feature)
    if cursor:
        at, pk = read_place(cursor)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    found = list(rows[: limit + 1])
    shown = found[:limit]
    more = write_cursor(shown[-1].at.isoformat(), shown[-1].pk) if len(found) > limit else None
    return answer_page(request, RolloutLog, Page(tuple(_entry(change) for change in shown), more))


@router.post("/rollout/features/{feature}/close", auth=WRITES_JSON, response=Feature)
def close_feature(request: ApiRequest, feature: FeatureName, data: Because) -> HttpResponse:
    """Close it for all, at the next request: the kill switch. Nothing of it is lost."""
    services.close(feature, **_by(request, data))
    return _told(request, feature)


@router.post("/rollout/features/{feature}/reopen", auth=WRITES_JSON, response=Feature)
def reopen_feature(request: ApiRequest, feature: FeatureName, data: Because) -> HttpResponse:
    """Open it again to the batches that it has."""
    services.reopen(feature, **_by(request, data))
    return _told(request, feature)


@router.post("/rollout/features/{feature}/wind-down", auth=WRITES_JSON, response=Feature)
def wind_down_feature(request: ApiRequest, feature: FeatureName, data: WindDown) -> HttpResponse:
    """Let everyone only read, copy and erase their own until a day has passed; then all of it is purged."""
    try:
        until = date.fromisoformat(data.until)
    except ValueError:
        raise Problem("not-valid", _("There is no such day.")) from None
    services.wind_down(feature, until=until, **_by(request, data))
    return _told(request, feature)


# --- Batches ----------------------------------------------------------------------


@router.get("/rollout/features/{feature}/batches", auth=READS, response=RolloutBatches)
def feature_batches(request: ApiRequest, feature: FeatureName) -> HttpResponse:
    """The batches of a feature, the oldest first."""
    now = request.viewer.now
    return answer_all(request, RolloutBatches, tuple(_batch(batch, now) for batch in batches_of(feature)))


@router.post("/rollout/features/{feature}/simulate", auth=WRITES_JSON, response=RolloutSimulation)
def simulate_batch(request: ApiRequest, feature: FeatureName, data: SimulatedWhom) -> HttpResponse:
    """Count whom a batch would let in besides those to whom the feature is open. It changes nothing."""
    terms, now = _terms(data), request.viewer.now
    refuse_unfit(terms, now=now)
    result = simulate(feature, [terms], now, instead_of=data.instead_of)
    told = {name: getattr(result, name) for name in ("people", "already", "newly", "out")}
    for name in ("by_region", "by_age"):
        told[name] = [{"code": code, "people": number} for code, number in getattr(result, name)]
    return answer(RolloutSimulation, told)


@router.post("/rollout/features/{feature}/batches", auth=WRITES_JSON, response={201: RolloutBatch})
@takes_key
def open_batch(request: ApiRequest, feature: FeatureName, data: NewBatch) -> HttpResponse:
    """Open a feature to a batch of people, besides those to whom it is open already."""
    batch = services.open_batch(feature, _terms(data), **_by(request, data))
    return answer(RolloutBatch, _batch(batch, request.viewer.now), status=201)


@router.post("/rollout/features/{feature}/admit", auth=WRITES_JSON, response={201: RolloutBatch})
@takes_key
def admit_waiting(request: ApiRequest, feature: FeatureName, data: Admission) -> HttpResponse:
    """Let in the first who wait, by a list, and take them off the waiting list."""
    batch = services.admit_waiting(feature, data.count, **_by(request, data))
    return answer(RolloutBatch, _batch(batch, request.viewer.now), status=201)


@router.put("/rollout/batches/{id:batch_id}", auth=WRITES_JSON, response=RolloutBatch)
def change_batch(request: ApiRequest, batch_id: PathId, data: NewBatch) -> HttpResponse:
    """Give a batch other terms. With no beginning named, it begins when it did."""
    batch = services.change_batch(batch_id, _terms(data), **_by(request, data))
    return answer(RolloutBatch, _batch(batch, request.viewer.now))


@router.post("/rollout/batches/{id:batch_id}/pause", auth=WRITES_JSON, response=RolloutBatch)
def pause_batch(request: ApiRequest, batch_id: PathId, data: Because) -> HttpResponse:
    """Let nobody in by this batch until it goes on."""
    batch = services.pause_batch(batch_id, **_by(request, data))
    return answer(RolloutBatch, _batch(batch, request.viewer.now))


@router.post("/rollout/batches/{id:batch_id}/resume", auth=WRITES_JSON, response=RolloutBatch)
def resume_batch(request: ApiRequest, batch_id: PathId, data: Because) -> HttpResponse:
    """Let people in by a paused batch again."""
    batch = services.resume_batch(batch_id, **_by(request, data))
    return answer(RolloutBatch, _batch(batch, request.viewer.now))


@router.post("/rollout/batches/{id:batch_id}/remove", auth=WRITES_JSON, response={204: None})
def remove_batch(request: ApiRequest, batch_id: PathId, data: Because) -> HttpResponse:
    """Remove a batch; it stays in the log."""
    services.remove_batch(batch_id, **_by(request, data))
    return nothing()


# --- What goes in and out -----------------------------------------------------------


def _by(request: ApiRequest, data: Because) -> dict[str, Any]:
    actor = request.token.person if request.token else None
    return {"actor": actor, "why": data.why, "surface": "api", "now": request.viewer.now}


def _terms(data: Whom) -> Terms:
    """:raises Problem: nobody has one of the handles."""
    handles = {handle.lower() for handle in data.handles}
    found = dict(Person.objects.filter(handle__in=handles).values_list("handle", "pk"))
    if missing := sorted(handles - found.keys()):
        names = {"names": ", ".join(missing)}
        raise Problem("not-valid", _("Nobody has the Kith name %(names)s.") % names)
    given = data.model_dump(exclude={"handles", "why", "instead_of"})
    return Terms(**given, people=frozenset(found.values()))


def _told(request: ApiRequest, name: str) -> HttpResponse:
    return answer(Feature, _feature(name, request.viewer.now))


def _feature(name: str, now: datetime) -> dict[str, Any]:
    opening = openings([name], now)[name]
    return {
        "name": name,
        "title": FEATURES[name],
        "state": opening.state,
        "wound_down_on": opening.wound_down_on,
        "people": count_let_in(name, now),
        "waiting": waiting_count(name, now),
    }


def _batch(batch: Batch, now: datetime) -> dict[str, Any]:
    reckoned = {
        "id": batch.pk,
        "feature": batch.feature_id,
        "listed": listed_count(batch.pk),
        "is_running": batch.is_running(now),
        "people": count_matching(batch.rule(now)),
    }
    names = RolloutBatch.model_fields.keys() - reckoned.keys()
    return {name: getattr(batch, name) for name in names} | reckoned


def _entry(change: Change) -> dict[str, Any]:
    names = ("at", "what", "surface", "why")
    return {name: getattr(change, name) for name in names} | {
        "id": change.pk,
        "who": change.actor.handle if change.actor else None,
        "before": _with_id(change.before),
        "after": _with_id(change.after),
    }


def _with_id(told: dict[str, Any]) -> dict[str, Any]:
    """The log names batches by number; here they go by their id."""
    return told | {"batch": write_id(told["batch"])} if "batch" in told else told
