"""Records as a host shop would send them, and a small world to send them into."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from kith.audience.viewer import CIRCLES, viewer_of
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.rollout.services import open_to_everyone
from kith.sharing.intake import Answer, take_in
from kith.sharing.models import Delivery, Share
from kith.shop.models import OrderLine

SOURCE = "host"
NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
CONSENT = datetime(2026, 1, 1, tzinfo=UTC)
Record = dict[str, Any]


def at(days: float, *, hours: float = 0) -> str:
    """An instant so many days after everybody agreed to sharing."""
    return (CONSENT + timedelta(days=days, hours=hours)).isoformat()


def person(name: str, /, **more: Any) -> Record:
    agreed = {"sharing": {"version": "1", "at": at(0)}}
    record = {
        "type": "person",
        "id": name,
        "name": name.title(),
        "sharing": "after_delivery",
        "consent": agreed,
    }
    return {key: value for key, value in (record | more).items() if value is not None}


def friends(a: str, b: str) -> Record:
    return {"type": "friends", "a": a, "b": b, "at": at(1)}


def circle(owner: str, *members: str, name: str = "Family", **more: Any) -> Record:
    return {"type": "circle", "owner": owner, "name": name, "kind": "family", "members": list(members)} | more


def merchant(name: str = "m1") -> Record:
    return {"type": "merchant", "id": name, "name": f"Shop {name}"}


def listing(name: str = "l1", /, **more: Any) -> Record:
    record = {"type": "listing", "id": name, "merchant": "m1", "title": f"Thing {name}", "category": "things"}
    return record | {"price": "19.90", "currency": "CNY"} | more


def order(
    name: str, buyer: str, /, *, what: str = "l1", status: str = "delivered", day: float = 10, **more: Any
) -> Record:
    line = {"id": "1", "listing": what, "quantity": 1, "price": "19.90", "status": status, "at": at(day)}
    record = {"type": "order", "id": name, "buyer": buyer, "placed_at": at(5)}
    return record | {"lines": [line | more]}


def review(
    name: str, author: str, /, *, what: str = "l1", rating: int = 4, day: float = 20, **more: Any
) -> Record:
    record = {
        "type": "review",
        "id": name,
        "author": author,
        "listing": what,
        "rating": rating,
        "text": "Good.",
    }
    return record | {"at": at(day)} | more


NEIGHBOURHOOD: list[Record] = [
    *(person(name) for name in ("mei", "bo", "chen", "dan", "eve")),
    friends("mei", "bo"),
    friends("mei", "chen"),
    circle("mei", "bo"),
    {"type": "block", "owner": "mei", "other": "dan", "at": at(1)},
    merchant(),
    listing("l1"),
    listing("l2"),
    order("o1", "mei"),
    order("o2", "mei", what="l2"),
    review("r1", "mei"),
]
"""Mei has Bo in her Family; Chen is a friend in no circle; Dan is blocked; Eve is a stranger."""


def send(*records: Any, now: datetime = NOW, source: str = SOURCE, again: bool = False) -> list[Answer]:
    return list(take_in(records, source=source, now=now, again=again))


def send_all(records: Iterable[Any], **how: Any) -> list[Answer]:
    return send(*records, **how)


def open_to_all() -> None:
    open_to_everyone(CIRCLES, now=CONSENT - timedelta(days=2000), why="the tests begin", surface="job")


def who(name: str, *, now: datetime = NOW, source: str = SOURCE) -> Viewer:
    return viewer_of(Person.objects.get(source=source, external_id=name), now)


def shown_to(name: str) -> list[tuple[str, str | None]]:
    """What somebody may see now of others: kind, and the listing's id at the source."""
    rows = Delivery.objects.visible_to(who(name)).values_list("kind", "listing__external_id")
    return sorted(rows)


def everything() -> dict[str, Any]:
    """All that an import writes, without what differs between two runs of the same."""
    reading = "the tests compare all rows"
    people = Person.objects.order_by("external_id")
    shares = Share.objects.unguarded(reading)
    lines = OrderLine.objects.unguarded(reading).order_by("order__external_id", "external_id")
    return {
        "people": list(people.values_list("external_id", "display_name", "phone", "region", "shows")),
        "shares": sorted(
            shares.values_list(
                "author__external_id", "kind", "listing__external_id", "outcome", "text", "visible_from"
            ),
            key=repr,
        ),
        "deliveries": sorted(
            Delivery.objects.unguarded(reading).values_list(
                "viewer__external_id", "author__external_id", "kind", "listing__external_id", "outcome",
                "rating", "visible_from", "visible_until",
            ),
            key=repr,
        ),
        "lines": list(
            lines.values_list(
                "order__external_id", "external_id", "status", "status_at", "reason", "refund_reason",
                "delivered_at", "refund_requested_at",
            )
        ),
    }  # fmt: skip
