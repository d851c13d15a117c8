"""Mixed: 95 % of requests read feeds, 5 % share, comment, hide, unfriend and block; all over HTTP.

Beside it reads alone, by the same clients of the same server: readers must not slow because somebody writes.
After each turn every read is held against all that was changed (`mixed_check`). One wrong answer, and the row
is refused. It plays on a copy of the world.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import psycopg

from benchmarks.contest import (
    Contender,
    Role,
    Row,
    Sample,
    Stage,
    Target,
    quantile,
    sqlite_file,
    to_three_figures,
)
from benchmarks.over_http import serve_kith
from benchmarks.players import Players
from benchmarks.rows.feed import write_id
from benchmarks.rows.mixed_check import Truth
from benchmarks.signing_in import signed_in
from benchmarks.stages import copied

ALONE = "reads alone"
WRITES = 0.05
AUTHORS, READERS = 40, 8
"""How many people show something, and how many of each circle of theirs are asked for their feed."""
SEES = """
SELECT circle.id, circle.owner_id, member.person_id
FROM ties_circle AS circle
JOIN ties_member AS member ON member.circle_id = circle.id
JOIN ties_relationship AS tie ON tie.owner_id = member.person_id AND tie.other_id = circle.owner_id
JOIN people_person AS reader ON reader.id = member.person_id
WHERE circle.owner_id IN ({authors})
  AND member.person_id NOT IN ({authors}) -- so that each pair that may part belongs to one client
  AND tie.friend_at IS NOT NULL AND NOT tie.blocked AND NOT tie.blocked_by AND NOT tie.muted
  AND NOT tie.hidden_by AND tie.shows AND reader.is_active AND reader.suspended_at IS NULL
  AND (SELECT consent.given FROM people_consent AS consent
       WHERE consent.person_id = reader.id AND consent.purpose = 'sharing'
       ORDER BY consent.at DESC, consent.id DESC LIMIT 1)
ORDER BY circle.id, member.person_id
"""

BLOCKS = """
SELECT owner_id, other_id FROM ties_relationship
WHERE (blocked OR blocked_by) AND owner_id IN ({people}) AND other_id IN ({people})
"""


class Mixed(Row):
    name = "mixed"
    title = "Feeds over HTTP while 5 % of requests share, comment, hide, unfriend and block"
    targets = (Target(ALONE, measure="p50", at_most=1.25),)
    seconds = 5
    least_questions = 0

    def questions(self, stage: Stage) -> Sequence[Any]:
        return ()

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        with contextlib.ExitStack() as stack:
            own = stack.enter_context(copied(stage, "mixed"))
            circles = find_circles(own)
            people = sorted({person for circle in circles for person in (circle[1], *circle[2])})
            who = signed_in(own, people)
            server = stack.enter_context(serve_kith(own))
            told: dict[str, Any] = {
                "port": server.port, "tokens": {write_id(one.person): one.token for one in who},
                "circles": [_written(*circle) for circle in circles],
                "readers": sorted({write_id(reader) for circle in circles for reader in circle[2]}),
            }  # fmt: skip
            truth = Truth({circle: readers for circle, _author, readers in told["circles"]})
            truth.learn(["block", 0, 0, *pair] for pair in find_blocks(own, people))
            ours = Judged("Kith", "ours", own, told | {"writes": WRITES}, truth, server.pid)
            alone = Judged(ALONE, "peer", own, told | {"writes": 0}, truth, server.pid)
            yield [stack.enter_context(ours), stack.enter_context(alone)]


class Judged(Players):
    """Clients of which every read is judged after each turn. Its latencies are those of reads."""

    def __init__(
        self, name: str, role: Role, stage: Stage, told: dict[str, Any], truth: Truth, server: int
    ) -> None:
        player = "benchmarks.rows.mixed_player:Client"
        super().__init__(name, role, player, stage, told=told, also=(server,), judged=False)
        self._truth = truth

    def run(self, seconds: float) -> Sample:
        sample = super().run(seconds)
        events = [event for told in self.answers(None) for event in told]
        reads = [event for event in events if event[0] == "read"]
        self._truth.learn(event for event in events if event[0] != "read")
        wrong = self._truth.judge(reads)
        took = Counter(to_three_figures(read[2] - read[1]) for read in reads)
        writes = Counter(f"of {event[0]}" for event in events if event[0] != "read")
        if wrong:
            print(f"{self.name}: {dict(wrong)} of {len(reads)} reads")
        return replace(
            sample, p50=quantile(took, 0.5), p99=quantile(took, 0.99), wrong=wrong.total(),
            more={"reads": len(reads), **writes},
        )  # fmt: skip


def find_circles(stage: Stage) -> list[tuple[int, int, list[int]]]:
    """Circles of some who show things, each with its owner and members who may see what is shown to it."""
    authors = ", ".join(map(str, stage.choices["viewers"][:AUTHORS]))
    members: dict[tuple[int, int], list[int]] = defaultdict(list)
    for circle, author, reader in _ask(stage, SEES.format(authors=authors)):
        members[circle, author].append(reader)
    dice = random.Random(stage.seed)
    return [
        (circle, author, dice.sample(readers, min(READERS, len(readers))))
        for (circle, author), readers in sorted(members.items())
    ]


def find_blocks(stage: Stage, people: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Pairs of these people with a block between them, from before."""
    some = ", ".join(map(str, people))
    for one, other in _ask(stage, BLOCKS.format(people=some)):
        yield write_id(one), write_id(other)


def _ask(stage: Stage, sql: str) -> list[Any]:
    if stage.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(sqlite_file(stage.url))) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(stage.url) as served:
        return served.execute(sql).fetchall()


def _written(circle: int, author: int, readers: list[int]) -> list[Any]:
    return [write_id(circle), write_id(author), [write_id(reader) for reader in readers]]


ROWS = (Mixed(),)
