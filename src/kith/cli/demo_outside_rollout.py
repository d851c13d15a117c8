"""To whom the strangers' channel of the demonstration is open: batches of several kinds, one paused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from kith.audience.viewer import STRANGERS
from kith.cli.demo_outside_crowd import Crowd, Event, Record
from kith.rollout import services as rollout
from kith.rollout.rules import Kind, Terms


class Openings:
    """How the staff opened it, bit by bit, and who waits."""

    def __init__(self, told: Record, crowd: Crowd) -> None:
        self._told, self._crowd = told, crowd
        self._share: int | None = None

    def events(self) -> Iterator[Event]:
        told, ago = self._told, self._crowd.ago
        yield ago(days=told["age"]["days"]), partial(self._open, "age", self._age)
        yield ago(days=told["people"]["days"]), partial(self._open, "people", self._people)
        yield ago(days=told["share"]["days"]), partial(self._open, "share", self._tenth)
        yield ago(days=told["share"]["paused_days"]), self._pause
        yield ago(minutes=30), partial(self._open, "region", self._region)
        for number, handle in enumerate(told["waiting"]):
            yield ago(days=9 - 2 * number), partial(self._wait, handle)

    def _open(self, which: str, terms: Callable[[], Terms], at: datetime) -> None:
        why = self._told[which]["why"]
        batch = rollout.open_batch(
            STRANGERS, terms(), actor=self._crowd.staff, why=why, surface="web", now=at
        )
        if which == "share":
            self._share = batch.pk

    def _age(self) -> Terms:
        return Terms(Kind.AGE, age_from=self._told["age"]["from"])

    def _people(self) -> Terms:
        return Terms(Kind.PEOPLE, people=tuple(self._crowd.ids[one] for one in self._told["people"]["list"]))

    def _tenth(self) -> Terms:
        return Terms(Kind.SHARE, per_ten_thousand=self._told["share"]["per_ten_thousand"])

    def _region(self) -> Terms:
        told = self._told["region"]
        starts_at = self._crowd.now + timedelta(days=told["in_days"])
        return Terms(Kind.REGION, region=told["code"], starts_at=starts_at)

    def _pause(self, at: datetime) -> None:
        why = self._told["share"]["paused_why"]
        rollout.pause_batch(self._share or 0, actor=self._crowd.staff, why=why, surface="web", now=at)

    def _wait(self, handle: str, at: datetime) -> None:
        rollout.join_waiting(self._crowd.ids[handle], STRANGERS, now=at)
