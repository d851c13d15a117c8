"""The lock on personal tables: closed for every way in which Django can run a query.

Each way is tried three times: on a query that went through no door (it must raise before any
SQL is sent), through `unguarded`, and through `visible_to` (both must run, or the way proves nothing).
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.core import serializers
from django.db import connection, models, transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.forms import modelform_factory
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from kith.core.guard import Guarded, GuardedQuery, GuardedQuerySet, Side, Unguarded, Viewer
from kith.media.models import Photo
from kith.people.models import Person
from kith.sharing.models import Share, SharePhoto

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, tzinfo=UTC)
GUARDED = [model for model in apps.get_models() if issubclass(model, Guarded)]
Way = Callable[[Any], object]


async def _walk(queryset: Any) -> list[object]:
    return [row async for row in queryset.aiterator()]


def _people(queryset: Any) -> Any:
    """A query on a model that is not guarded, into which a guarded one is put."""
    return Person.objects.filter(pk__in=queryset.values("owner"))


READS: dict[str, Way] = {
    "list": list,
    "len": len,
    "bool": bool,
    "repr": repr,
    "in": lambda qs: Photo(pk=1) in qs,
    "index": lambda qs: qs.order_by("pk")[0],
    "slice with a step": lambda qs: qs[0:10:2],
    "get": lambda qs: qs.filter(pk=qs.model(pk=1).pk).first(),
    "first": lambda qs: qs.first(),
    "last": lambda qs: qs.last(),
    "latest": lambda qs: qs.order_by("owner").reverse().first(),
    "count": lambda qs: qs.count(),
    "count of a slice": lambda qs: qs[:2].count(),
    "count of distinct": lambda qs: qs.distinct().count(),
    "exists": lambda qs: qs.exists(),
    "contains": lambda qs: qs.contains(Photo(pk=1)),
    "aggregate": lambda qs: qs.aggregate(n=Count("pk")),
    "aggregate of an annotation": lambda qs: qs.annotate(n=Count("owner")).aggregate(m=Count("n")),
    "in_bulk": lambda qs: qs.in_bulk(),
    "in_bulk of ids": lambda qs: qs.in_bulk([1, 2]),
    "iterator": lambda qs: list(qs.iterator()),
    "aiterator": async_to_sync(_walk),
    "acount": lambda qs: async_to_sync(qs.acount)(),
    "values": lambda qs: list(qs.values("pk")),
    "values_list": lambda qs: list(qs.values_list("pk", flat=True)),
    "group by": lambda qs: list(qs.values("owner").annotate(n=Count("pk"))),
    "dates": lambda qs: list(qs.dates("created_at", "month")),
    "datetimes": lambda qs: list(qs.datetimes("created_at", "hour")),
    "distinct": lambda qs: list(qs.distinct()),
    "order_by": lambda qs: list(qs.order_by("?")),
    "reverse": lambda qs: list(qs.order_by("pk").reverse()),
    "defer": lambda qs: list(qs.defer("name")),
    "only": lambda qs: list(qs.only("name")),
    "annotate": lambda qs: list(qs.annotate(who=F("owner__handle"))),
    "alias": lambda qs: list(qs.alias(who=F("owner__handle")).filter(who="mei")),
    "F-join": lambda qs: list(qs.filter(owner__handle=F("name"))),
    "select_related": lambda qs: list(qs.select_related("owner")),
    "prefetch_related": lambda qs: list(qs.prefetch_related("owner")),
    "select_for_update": lambda qs: list(qs.select_for_update()),
    "filter": lambda qs: list(qs.filter(width=1)),
    "filter on every row": lambda qs: list(qs.filter(Q())),
    "exclude": lambda qs: list(qs.exclude(width=1)),
    "none": lambda qs: list(qs.none()),
    "using": lambda qs: list(qs.using("default")),
    "explain": lambda qs: qs.explain(),
    "sql as text": lambda qs: str(qs.query),
    "pickled": lambda qs: pickle.loads(pickle.dumps(qs)),  # noqa: S301
    "pickled query": lambda qs: list(_with_query(qs, pickle.loads(pickle.dumps(qs.query)))),  # noqa: S301
    "copy": lambda qs: list(copy.copy(qs)),
    "deepcopy": lambda qs: list(copy.deepcopy(qs)),
    "all": lambda qs: list(qs.all()),
    "serialised": lambda qs: serializers.serialize("json", qs),
}
INSIDE: dict[str, Way] = {
    "__in": lambda qs: list(Person.objects.filter(pk__in=qs.values("owner"))),
    "__in of itself": lambda qs: list(Photo.objects.unguarded("test").filter(pk__in=qs)),
    "not in": lambda qs: list(Person.objects.exclude(pk__in=qs.values("owner"))),
    "equals one": lambda qs: list(Person.objects.filter(pk=qs.values("owner")[:1])),
    "Exists": lambda qs: list(Person.objects.filter(Exists(qs.filter(owner=OuterRef("pk"))))),
    "not Exists": lambda qs: list(Person.objects.filter(~Exists(qs.filter(owner=OuterRef("pk"))))),
    "Exists counted": lambda qs: Person.objects.filter(Exists(qs)).count(),
    "Subquery": lambda qs: list(Person.objects.annotate(p=Subquery(qs.values("pk")[:1]))),
    "aggregate of Subquery": lambda qs: Person.objects.aggregate(n=Count(Subquery(qs.values("pk")[:1]))),
    "order by Subquery": lambda qs: list(Person.objects.order_by(Subquery(qs.values("pk")[:1]))),
    "two levels down": lambda qs: list(Person.objects.filter(pk__in=_people(qs).values("pk"))),
    "update from Subquery": lambda qs: Person.objects.update(display_name=Subquery(qs.values("name")[:1])),
    "delete by __in": lambda qs: _people(qs).delete(),
    "union after another": lambda qs: list(Person.objects.values("pk").union(qs.values("pk"))),
    "Prefetch": lambda qs: list(
        SharePhoto.objects.unguarded("test").prefetch_related(Prefetch("photo", queryset=qs))
    ),
}
WRITES: dict[str, Way] = {
    "update": lambda qs: qs.update(width=2),
    "update to F": lambda qs: qs.update(width=F("height")),
    "delete": lambda qs: qs.delete(),
    "raw delete": lambda qs: qs.filter(name="another")._raw_delete("default"),
    "bulk_update": lambda qs: qs.bulk_update([Photo(pk=1, width=2)], ["width"]),
    "get_or_create": lambda qs: qs.get_or_create(name="p", defaults=_fields()),
    "update_or_create": lambda qs: qs.update_or_create(name="p", defaults=_fields()),
}


def _fields() -> dict[str, Any]:
    return {"owner_id": _owner().pk, "width": 1, "height": 1, "created_at": NOW}


def _owner() -> Person:
    return Person.objects.get_or_create(handle="mei", defaults={"display_name": "Mei"})[0]


def _photo() -> Photo:
    photo: Photo = Photo.objects.unguarded("test").get_or_create(name="p", defaults=_fields())[0]
    return photo


def _with_query(queryset: Any, query: Any) -> Any:
    clone = queryset.all()
    clone.query = query
    return clone


@pytest.fixture
def a_row() -> SharePhoto:
    """One photo on one share, so that prefetching has something to fetch."""
    photo = _photo()
    share = Share.objects.create(author=photo.owner, kind="tip", text="t", created_at=NOW, visible_from=NOW)
    attached: SharePhoto = SharePhoto.objects.create(author=photo.owner, share=share, photo=photo, position=0)
    return attached


WAYS = READS | INSIDE | WRITES


@pytest.mark.parametrize("way", WAYS)
def test_no_query_runs_before_it_went_through_a_door(way: str, a_row: SharePhoto) -> None:
    with CaptureQueriesContext(connection) as sent, pytest.raises(Unguarded), transaction.atomic():
        WAYS[way](Photo.objects.all())
    assert not [query["sql"] for query in sent if "media_photo" in query["sql"]]
    kept = Photo.objects.unguarded("test").get()
    assert (kept.width, Person.objects.get().display_name) == (1, "Mei")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_open_through_a_door(way: str, a_row: SharePhoto) -> None:
    WAYS[way](Photo.objects.unguarded("test"))


@pytest.mark.parametrize("way", READS | INSIDE)
def test_every_way_is_open_through_the_rule(way: str, a_row: SharePhoto) -> None:
    WAYS[way](Photo.objects.visible_to(Viewer(a_row.author_id, NOW)))


def test_what_is_written_through_the_rule_stays_within_it(a_row: SharePhoto) -> None:
    stranger = Viewer(a_row.author_id + 1, NOW)
    assert Photo.objects.visible_to(stranger).update(width=9) == 0
    assert Photo.objects.visible_to(stranger).delete()[0] == 0
    assert Photo.objects.visible_to(Viewer(a_row.author_id, NOW)).update(width=9) == 1


# --- Two queries made into one ---------------------------------------------------

COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "|": lambda a, b: a | b,
    "&": lambda a, b: a & b,
    "^": lambda a, b: a ^ b,
    "union": lambda a, b: a.union(b),
    "union all": lambda a, b: a.union(b, all=True),
    "intersection": lambda a, b: a.intersection(b),
    "difference": lambda a, b: a.difference(b),
}
SIDES: dict[str, Way] = {
    "open": lambda qs: qs.unguarded("test"),
    "sliced open": lambda qs: qs.unguarded("test").order_by("pk")[:1],
    "shut": lambda qs: qs.filter(width=1),
    "sliced shut": lambda qs: qs.order_by("pk")[:1],
}


def _cases() -> list[tuple[str, str, str]]:
    """Every pair of sides that Django lets combine: `&` takes no slice, a set operation no ordered one."""
    return [
        (how, left, right)
        for how in COMBINE
        for left in SIDES
        for right in SIDES
        if how in "|^" or ("sliced" not in left and "sliced" not in right)
    ]


@pytest.mark.parametrize(("how", "left", "right"), _cases())
@pytest.mark.parametrize(
    "end", [list, lambda qs: qs.count(), lambda qs: qs.exists(), lambda qs: list(qs.values())]
)
def test_together_they_are_open_only_if_both_are(
    how: str, left: str, right: str, end: Way, a_row: SharePhoto
) -> None:
    both = COMBINE[how](SIDES[left](Photo.objects.all()), SIDES[right](Photo.objects.all()))
    if "shut" in left or "shut" in right:
        with pytest.raises(Unguarded):
            end(both)
    else:
        end(both)


@pytest.mark.parametrize("order", [1, -1])
def test_a_third_one_cannot_hide_behind_an_open_slice(order: int, a_row: SharePhoto) -> None:
    door = Photo.objects.unguarded("test")
    both = door.order_by("pk")[:1] | door
    with pytest.raises(Unguarded):
        list(*[a | b for a, b in [(both, Photo.objects.all())[::order]]])


def test_what_was_combined_shut_can_still_be_opened_by_the_rule(a_row: SharePhoto) -> None:
    both: Any = Photo.objects.filter(width=1) | Photo.objects.filter(width=2)
    assert list(both.visible_to(Viewer(a_row.author_id, NOW))) == [a_row.photo]
    assert not list(both.visible_to(Viewer(a_row.author_id + 1, NOW)))


# --- The doors themselves --------------------------------------------------------


def test_an_unguarded_query_says_why() -> None:
    for reason in ("", "  "):
        with pytest.raises(ValueError, match="says why"):
            Photo.objects.unguarded(reason)


def test_the_door_is_for_one_query_and_not_for_the_next(a_row: SharePhoto) -> None:
    everything: Any = Photo.objects.all()
    list(everything.visible_to(Viewer(a_row.author_id, NOW)))
    with pytest.raises(Unguarded):
        list(everything)
    with pytest.raises(Unguarded):
        list(Photo.objects.all())


def test_raw_sql_has_no_door() -> None:
    for source in (Photo.objects, Photo.objects.unguarded("test")):
        with pytest.raises(Unguarded):
            list(source.raw("SELECT * FROM media_photo"))


def test_the_admin_sees_nothing_by_itself(a_row: SharePhoto) -> None:
    site = AdminSite()
    site.register(Photo, ModelAdmin)
    request = RequestFactory().get("/")
    request.user = Person.objects.create_superuser("mo", display_name="Mo")
    with pytest.raises(Unguarded):
        site.get_model_admin(Photo).changelist_view(request)


def test_a_model_form_looks_for_duplicates_through_the_lock(a_row: SharePhoto) -> None:
    form = modelform_factory(Photo, fields=["name"])({"name": "p"})
    with pytest.raises(Unguarded):
        form.is_valid()


# --- Every model that is behind it -----------------------------------------------


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model._meta.label)
def test_every_guarded_model_is_behind_the_lock(model: Any) -> None:
    ends: list[Way] = [list, lambda qs: qs.count(), lambda qs: qs.exists(), lambda qs: qs.delete()]
    for end in ends:
        with pytest.raises(Unguarded):
            end(model.objects.all())
    assert model._default_manager is model.objects
    assert isinstance(model.objects.all(), GuardedQuerySet)
    assert isinstance(model.objects.all().query, GuardedQuery)


@pytest.mark.parametrize("model", GUARDED, ids=lambda model: model._meta.label)
def test_every_guarded_model_has_a_rule_that_shows_a_stranger_nothing(model: Any) -> None:
    for viewer in (Viewer(None, NOW), Viewer(None, NOW, inside=Side.OPEN), Viewer(1, NOW, inside=Side.OPEN)):
        assert isinstance(model.sees(viewer), Q)
        assert not list(model.objects.visible_to(viewer))


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_no_way_leads_back_into_a_guarded_model(model: type[models.Model]) -> None:
    back = [
        field for field in model._meta.get_fields(include_hidden=True) if isinstance(field, ForeignObjectRel)
    ]
    into = [relation for relation in back if issubclass(relation.related_model, Guarded)]
    assert [str(relation) for relation in into if relation.related_name != "+"] == []
