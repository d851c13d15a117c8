"""People of many kinds, and how the tests change a feature."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kith.people.models import Person
from kith.rollout import services
from kith.rollout.models import Batch
from kith.rollout.queries import is_open
from kith.rollout.rules import Terms

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
CIRCLES = "circles"


def how(**changed: Any) -> dict[str, Any]:
    """Who, why, where and when."""
    return {"actor": None, "why": "the test", "surface": "cli", "now": NOW} | changed


def somebody(handle: str, **fields: Any) -> Person:
    return Person.objects.create_user(handle, "a long password", display_name=handle.title(), **fields)


def let_in(kind: str, *, feature: str = CIRCLES, now: datetime = NOW, **terms: Any) -> Batch:
    return services.open_batch(feature, Terms(kind, **terms), **how(now=now))


def is_in(person: Person, now: datetime = NOW, feature: str = CIRCLES) -> bool:
    return is_open(feature, person.pk, now)


def later(**by: float) -> datetime:
    return NOW + timedelta(**by)
