"""What may be a second old is read from the replica, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from kith.cli.check_database import replica_follows
from kith.core import replica
from kith.core.guard import Guarded, Viewer
from kith.core.replica import NotPublic, may_be_old
from kith.people.models import Person
from kith.quality.queries import transparency
from kith.shop.models import Listing, ListingHold, Merchant, OrderLine
from tests.contract.cast import Program
from tests.shop import goods
from tests.shop.goods import NOON
from tests.web.cast import browser_of, open_to_all

OUT = Viewer(None, NOON)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def follower() -> Iterator[list[str]]:
    """A second connection to the same database as the replica; and every statement that it is asked.

    On PostgreSQL its role may read what is public, and nothing else.
    """
    database = {**connections.settings["default"]}
    if connection.vendor == "postgresql":
        _make_reader()
        database |= {"USER": "kith_reader", "PASSWORD": "reads"}
    connections.settings["replica"] = database
    asked: list[str] = []

    def listen(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        asked.append(statement)
        return execute(statement, parameters, many, context)

    connections["replica"].connect()  # tests may not open one by asking: Django's own say to which databases
    with connections["replica"].execute_wrapper(listen):
        yield asked
    connections["replica"].close()
    del connections["replica"]
    del connections.settings["replica"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP OWNED BY kith_reader; DROP ROLE kith_reader")


def _make_reader() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE kith_reader LOGIN PASSWORD 'reads'")
        cursor.execute(f"GRANT SELECT ON {', '.join(replica.PUBLIC)} TO kith_reader")


@pytest.fixture
def kettle() -> Listing:
    open_to_all()
    return goods.listing(of=goods.merchant())


PAGES = (
    "/shop/", "/shop/?q=电热水壶", "/shop/?category=kitchen-appliances", "/shop/categories/",
    "{listing}", "{merchant}", "/transparency/", "/transparency/transparency.csv",
)  # fmt: skip
PATHS = (
    "/categories", "/listings", "/listings?q=电热水壶", "/listings?source=host&external_id=x",
    "/merchants?source=host&external_id=x", "{listing}", "{merchant}", "{merchant}/listings", "/transparency",
)  # fmt: skip


def _addresses(kettle: Listing) -> Iterator[str]:
    from kith.core.ids import write_id

    page = {
        "listing": reverse("shop:listing", args=[kettle.pk]),
        "merchant": reverse("shop:merchant", args=[kettle.merchant_id]),
    }
    yield from (one.format(**page) for one in PAGES)
    path = {
        "listing": f"/listings/{write_id(kettle.pk)}",
        "merchant": f"/merchants/{write_id(kettle.merchant_id)}",
    }
    yield from (f"/api/v1{one.format(**path)}" for one in PATHS)


def test_every_public_page_reads_there_for_visitors(follower: list[str], kettle: Listing) -> None:
    visitor = browser_of(None)
    for address in _addresses(kettle):
        follower.clear()
        assert visitor.get(address).status_code == 200, address
        assert follower, address
        assert not _closed_tables(follower), address


def _closed_tables(asked: list[str]) -> set[str]:
    """The tables in some statements that not everybody may read."""
    all_tables = {*connection.introspection.table_names()}
    named = {name for one in asked for name in re.findall(r"\w+", one)}
    return (named & all_tables) - replica.PUBLIC


def test_who_is_signed_in_sees_at_once_what_they_changed(follower: list[str], kettle: Listing) -> None:
    mei = Person.objects.create_user("mei", display_name="Mei", is_staff=True)
    browser, program = browser_of(mei), Program(mei)
    for address in _addresses(kettle):
        follower.clear()
        answer = program.fetch(address) if address.startswith("/api/") else browser.get(address)
        assert answer.status_code == 200, address
        if "transparency" not in address:
            assert follower == [], address


def test_without_a_replica_the_database_is_read(kettle: Listing) -> None:
    assert may_be_old(Listing.objects.all(), OUT).db == "default"
    assert transparency().months == ()


def test_what_belongs_to_somebody_is_refused(kettle: Listing) -> None:
    lines = OrderLine.objects.unguarded("a test tries").filter(listing=OuterRef("pk"))
    tried = [
        OrderLine.objects.unguarded("a test tries"),
        Listing.objects.filter(Exists(lines)),
        Listing.objects.filter(~Q(Exists(lines)) | Q(title="x")),
        Listing.objects.filter(pk__in=OrderLine.objects.unguarded("a test tries").values("listing")),
        Listing.objects.annotate(sold=Exists(lines)),
        Merchant.objects.filter(pk__in=Listing.objects.filter(Exists(lines)).values("merchant")),
        Person.objects.all(),
    ]
    for rows in tried:
        with pytest.raises(NotPublic, match=r"shop_orderline|people_person"):
            may_be_old(rows)
    may_be_old(Listing.objects.filter(~Exists(ListingHold.objects.filter(pk=OuterRef("pk")))))


def test_nothing_that_is_guarded_is_public() -> None:
    closed = {model._meta.db_table for model in apps.get_models() if issubclass(model, Guarded)}
    assert not closed & replica.PUBLIC
    assert not replica.PUBLIC - {*connection.introspection.table_names()}


def test_a_replica_that_is_gone_is_left_alone_for_a_while(
    follower: list[str], kettle: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse() -> None:
        tries.append(1)
        raise OperationalError("gone")

    monkeypatch.setattr(replica._Rest, "until", 0.0)
    monkeypatch.setattr(connections["replica"], "ensure_connection", refuse)
    for _ in range(3):
        assert browser_of(None).get("/shop/").status_code == 200
    assert len(tries) == 1
    assert follower == []
    monkeypatch.setattr(replica, "REST", -1.0)
    monkeypatch.setattr(replica._Rest, "until", 0.0)
    assert [replica.alias_for(OUT) for _ in range(2)] == ["default"] * 2
    assert len(tries) == 3


@pytest.mark.postgres
def test_how_far_it_is_behind_can_be_asked(follower: list[str], kettle: Listing) -> None:
    assert replica.wait_for_it(seconds=5)
    assert [one.remedy for one in replica_follows()] == [""]


@pytest.mark.postgres
def test_a_replica_that_stands_still_is_told(
    follower: list[str], kettle: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "wait_for_it", lambda *, seconds: False)
    (found,) = replica_follows()
    assert found.what == "The replica is more than 5 seconds behind."
    assert found.grave


@pytest.mark.postgres
def test_a_role_that_may_read_more_is_told(follower: list[str], kettle: Listing) -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON people_person TO kith_reader")
    found = list(replica_follows())[-1]
    assert found.what == "The replica's role may read 1 tables that are not public, such as people_person."
    assert not found.grave
