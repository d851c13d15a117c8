"""The people who are outside in the demonstration, by their names there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import combinations
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from kith.core.guard import Side, Viewer
from kith.people.consent_texts import CURRENT
from kith.people.models import Person, Purpose
from kith.strangers import services as outside

YEAR = timedelta(days=365)

Record = dict[str, Any]
Event = tuple[datetime, Callable[[datetime], object]]
"""When something happens, and what: it is told when."""


class Crowd:
    """Everybody of `neighbourhood/outside.toml`, and how they come in."""

    def __init__(self, told: Record, *, now: datetime, source: str) -> None:
        self._told, self.now, self._source = told, now, source
        self.told = {one["persona"]["name"]: one for one in [*told["cast"], *told["somebody"]]}
        self.personas: dict[str, int] = {}
        """The ids of those who have come in."""

    def ago(self, **by: float) -> datetime:
        return self.now - timedelta(**by)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Everybody's id, the neighbours' as well, by their Kith name."""
        rows = Person.objects.filter(source=self._source)
        return {str(handle): pk for handle, pk in rows.values_list("external_id", "pk")}

    @cached_property
    def staff(self) -> Person:
        return Person.objects.get(pk=self.ids["desk"])

    def viewer(self, name: str, at: datetime) -> Viewer:
        """Somebody as they look outside, where everybody who is told of has been let in."""
        return Viewer(self.ids[self.told[name]["handle"]], at, inside=Side.OPEN, outside=Side.OPEN)

    def know_each_other(self, name: str, other: str) -> bool:
        """Whether nothing can go between two outside."""
        return frozenset((name, other)) in self._acquainted

    @cached_property
    def _acquainted(self) -> set[frozenset[str]]:
        ties = self._told["ties"]
        known = [*ties["friends"], *ties["hidden"], *ties["known"]]
        for circle in ties["circles"]:
            known += combinations([circle["owner"], *circle["members"]], 2)
        names = {one["handle"]: name for name, one in self.told.items()}
        return {frozenset((names[a], names[b])) for a, b in known}

    # --- Coming in ---------------------------------------------------------------------

    def settle(self) -> None:
        """Give them the years that they have been shoppers, confirmed numbers, and second factors."""
        for one in self._told["somebody"]:
            rows = Person.objects.filter(pk=self.ids[one["handle"]])
            joined = self.now - one["years"] * YEAR
            rows.update(joined_at=joined, phone_verified=one.get("phone", False))
            if one.get("second"):
                TOTP.activate(rows.get(), generate_totp_secret())

    def arrivals(self) -> Iterator[Event]:
        for name, one in self.told.items():
            yield self.ago(days=one["persona"]["days"]), partial(self._arrive, name)
        for owner, other in self._told["ties"]["hidden"]:
            yield self.ago(days=25), partial(self._hide, owner, other)

    def _arrive(self, name: str, at: datetime) -> None:
        one, viewer = self.told[name], self.viewer(name, at)
        said = {"region": one.get("region", ""), **one["persona"]}
        del said["days"]
        topics, version = said.pop("follows", []), CURRENT[Purpose.STRANGERS]
        persona = outside.make_persona(viewer, text_version=version, surface="web", **said)
        self.personas[name] = persona.pk
        for topic in topics:
            outside.follow_topic(viewer, topic=topic, on=True)

    def _hide(self, owner: str, other: str, at: datetime) -> None:
        phone = Person.objects.values_list("phone", flat=True).get(pk=self.ids[other])
        outside.hide_contacts(Viewer(self.ids[owner], at, outside=Side.OPEN), text=phone or "")
