"""What a rule engine has to be told before it can say who may see a share: it reads no database itself.

The statements are by hand, each by key; the drivers are the databases' own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

from benchmarks.contest import sqlite_file

WINDOWS = {"3d": 3, "1m": 30, "6m": 183}
"""For how many days a circle sees what is shown to it; "all" has no end."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who looks. :param circles: those that hold them, whosever they are."""

    id: int
    active: bool
    suspended: bool
    agreed: bool
    """They agree to the circle side."""
    let_in: bool
    """A batch of the feature lets them in."""
    circles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Shown:
    """A share. :param audience: the circles it is shown to, by their window. Times are in microseconds."""

    id: int
    author: int
    author_shows: bool
    to_everyone: bool
    withdrawn: bool
    visible_from: int
    audience: tuple[tuple[str, frozenset[int]], ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """How the viewer stands to an author."""

    friends: bool = False
    blocked: bool = False
    muted: bool = False
    hidden: bool = False
    shows: bool = False


class Facts(Protocol):
    """Where an engine's program has its facts from."""

    def state(self) -> str:
        """How the feature stands: open, winding_down or closed."""

    def somebody(self, person: int) -> Somebody: ...
    def shown(self, share: int) -> Shown: ...
    def tie(self, owner: int, other: int) -> Tie: ...


class FactsBySql:
    """Facts as they are at this moment, fetched for each question.

    :param told: what a player is told: "kind" and "url" of a database.
    """

    def __init__(self, told: dict[str, Any]) -> None:
        self._cursor: Any
        self._is_sqlite = told["kind"] == "sqlite"
        if self._is_sqlite:
            self._cursor = sqlite3.connect(sqlite_file(told["url"]), isolation_level=None).cursor()
        else:
            self._cursor = psycopg.connect(told["url"], autocommit=True, prepare_threshold=0).cursor()

    def state(self) -> str:
        [[state]] = self._ask("SELECT state FROM rollout_feature WHERE name = 'circles'")
        return str(state)

    def somebody(self, person: int) -> Somebody:
        [[active, suspended_at, agreed, let_in]] = self._ask(
            "SELECT p.is_active, p.suspended_at, "
            "(SELECT c.given FROM people_consent c WHERE c.person_id = p.id AND c.purpose = 'sharing' "
            "ORDER BY c.at DESC, c.id DESC LIMIT 1), "
            "EXISTS (SELECT 1 FROM rollout_batch b WHERE b.feature_id = 'circles' AND b.kind = 'everyone' "
            "AND b.paused_at IS NULL AND b.starts_at <= ?) FROM people_person p WHERE p.id = ?",
            self._now(), person,
        )  # fmt: skip
        circles = self._ask("SELECT circle_id FROM ties_member WHERE person_id = ?", person)
        return Somebody(
            person, bool(active), suspended_at is not None, bool(agreed), bool(let_in),
            frozenset(circle for [circle] in circles),
        )  # fmt: skip

    def shown(self, share: int) -> Shown:
        [[author, shows, to_everyone, withdrawn_at, visible_from]] = self._ask(
            "SELECT s.author_id, p.shows, s.to_everyone, s.withdrawn_at, s.visible_from "
            "FROM sharing_share s JOIN people_person p ON p.id = s.author_id WHERE s.id = ?", share,
        )  # fmt: skip
        audience: dict[str, set[int]] = {}
        for circle, window in self._ask(
            'SELECT a.circle_id, c."window" FROM sharing_audience a JOIN ties_circle c ON c.id = a.circle_id '
            "WHERE a.share_id = ?", share,
        ):  # fmt: skip
            audience.setdefault(window, set()).add(circle)
        return Shown(
            share, author, bool(shows), bool(to_everyone), withdrawn_at is not None,
            microseconds(visible_from),
            tuple((window, frozenset(circles)) for window, circles in audience.items()),
        )  # fmt: skip

    def tie(self, owner: int, other: int) -> Tie:
        found = self._ask(
            "SELECT friend_at, blocked, blocked_by, muted, hidden_by, shows FROM ties_relationship "
            "WHERE owner_id = ? AND other_id = ?", owner, other,
        )  # fmt: skip
        for friend_at, blocked, blocked_by, muted, hidden, shows in found:
            return Tie(
                friend_at is not None, bool(blocked or blocked_by), bool(muted), bool(hidden), bool(shows)
            )
        return Tie()

    def _ask(self, sql: str, *values: Any) -> Iterable[Any]:
        self._cursor.execute(sql if self._is_sqlite else sql.replace("?", "%s"), values)
        found: list[Any] = self._cursor.fetchall()
        return found

    def _now(self) -> Any:
        now = datetime.now(UTC)
        return now.replace(tzinfo=None).isoformat(" ") if self._is_sqlite else now


class FactsAtHand:
    """The same facts in memory from when they were first asked for: quick, and true no longer than that."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._facts = FactsBySql(told)
        self._state = self._facts.state()
        self._people: dict[int, Somebody] = {}
        self._shares: dict[int, Shown] = {}
        self._ties: dict[tuple[int, int], Tie] = {}

    def state(self) -> str:
        return self._state

    def somebody(self, person: int) -> Somebody:
        if person not in self._people:
            self._people[person] = self._facts.somebody(person)
        return self._people[person]

    def shown(self, share: int) -> Shown:
        if share not in self._shares:
            self._shares[share] = self._facts.shown(share)
        return self._shares[share]

    def tie(self, owner: int, other: int) -> Tie:
        if (owner, other) not in self._ties:
            self._ties[owner, other] = self._facts.tie(owner, other)
        return self._ties[owner, other]


def microseconds(instant: datetime | str) -> int:
    """Since 1970."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    return round(instant.timestamp() * 1_000_000)
