"""Check: whether somebody may see a share, from the two ids; and of twenty at once. In process.

Beside it the whole rule as one statement by hand, and two rule engines. These know only what they are told:
once with their facts in memory, which is as quick as they are, and true for as long as nothing changes; and
once with facts fetched for each question, which is what it takes to be right.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import click

from benchmarks.by_pgbench import Pgbench
from benchmarks.by_psycopg import by_psycopg
from benchmarks.by_sqlite import Statement, limit_and_floor
from benchmarks.contest import Contender, Kind, Row, Stage, Target
from benchmarks.players import Players
from benchmarks.rows.check_revoked import run_revocations
from benchmarks.rows.statements import read_statement
from benchmarks.stages import opened, own_copy

RAW = "raw SQL"
PEERS = {"cedarpy": "benchmarks.peers.cedar", "casbin": "benchmarks.peers.casbin_"}
COMPARED = 600
"""So many pairs are compared, as many for each reason, and all are played."""


class Check(Row):
    name = "check"
    targets = (
        Target(RAW, at_least=0.8),
        Target("cedarpy, facts by SQL", at_least=5),
        Target("cedarpy", at_least=5, why="with its facts in memory, where they go stale"),
    )
    part: ClassVar[str]

    def __init__(self) -> None:
        self._right: dict[int, bool] = {}

    def questions(self, stage: Stage) -> list[Any]:
        pairs = stage.choices["pairs"]
        self._right = {_code(pair["viewer"], pair["share"]): pair["may"] for pair in pairs}
        asked = questions(self.part, stage.choices)
        return random.Random(stage.seed).sample(asked, min(COMPARED, len(asked)))

    def differ(self, question: Any, ours: Any, theirs: Any) -> str:
        """Also hold ours against what the world's own story says is right, where it says so."""
        viewer, shares = read_question(question)
        for share in shares:
            right = self._right.get(_code(viewer, share), share in ours)
            if right != (share in ours):
                return f"{viewer} {'may' if right else 'may not'} see {share}, the world says"
        return super().differ(question, ours, theirs)

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        told = {"part": self.part}
        with contextlib.ExitStack() as stack:
            playing: list[Contender] = [
                stack.enter_context(
                    Players("Kith", "ours", f"{__name__}:Ours", stage, told=told, django=True)
                ),
                *(stack.enter_context(one) for one in self.beside(stage)),
            ]
            for name, module in PEERS.items():
                if find_spec(name):  # it is an extra
                    for among, player in ((name, "AtHand"), (f"{name}, facts by SQL", "BySql")):
                        peer = Players(among, "peer", f"{module}:{player}", stage, told=told)
                        playing.append(stack.enter_context(peer))
            yield playing

    def beside(self, stage: Stage) -> Iterator[Contender]:
        """The limit and the floor."""
        if stage.kind == "sqlite":
            yield from limit_and_floor(RAW, f"{__name__}:RawOnSqlite", stage, {"part": self.part})
            return
        column = "share bigint" if self.part == "one" else "shares bigint[]"
        name, kind = column.split()
        sql, asked = statement("postgres", self.part), questions(self.part, stage.choices)
        yield Pgbench(
            RAW, stage, sql=sql, table=f"check_{self.part}", read=read_rows,
            columns={"viewer": "bigint", name: kind}, questions=asked,
        )  # fmt: skip
        yield by_psycopg(stage, sql=sql, questions=asked, read=f"{__name__}:read_rows")


class One(Check):
    part = "one"
    title = "May somebody see this share, from two ids, every check live; in process"


class Twenty(Check):
    part = "twenty"
    title = "The same of twenty shares at once"
    least_questions = 5


ROWS = (One(), Twenty())


# --- What is asked ----------------------------------------------------------------------------------------


def questions(part: str, choices: Mapping[str, Any]) -> list[tuple[int, Any]]:
    """A viewer with a share; or with twenty, written as PostgreSQL writes arrays, so that all can read it."""
    if part == "one":
        return list(dict.fromkeys((pair["viewer"], pair["share"]) for pair in choices["pairs"]))
    return [(viewer, f"{{{','.join(map(str, shares))}}}") for viewer, shares in choices["many"]]


def read_question(question: Any) -> tuple[int, list[int]]:
    viewer, what = question
    return viewer, [what] if isinstance(what, int) else [int(share) for share in what.strip("{}").split(",")]


def statement(kind: Kind, part: str) -> str:
    return read_statement(f"check.{part}", kind)


def read_rows(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    return sorted(row["id"] for row in rows)


def _code(viewer: int, share: int) -> int:
    return viewer << 64 | share


# --- Who is asked -----------------------------------------------------------------------------------------


class Asks(ABC):
    """A client that asks the questions of one part, in an order of its own."""

    def __init__(self, told: dict[str, Any]) -> None:
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        self.questions = questions(told["part"], choices)
        self._dice = random.Random(f"{told['seed']} {told['number']}")

    @abstractmethod
    def ask(self, question: Any) -> list[int]:
        """The ids of those shares that may be seen, in their order."""

    @staticmethod
    def read(question: Any) -> tuple[int, list[int]]:
        return read_question(question)

    def answer(self, question: Any) -> list[int]:
        return self.ask(question)

    def play(self) -> None:
        self.ask(self._dice.choice(self.questions))


class Ours(Asks):
    """From ids alone: who it is, how far the circle side is open to them, and what they may see."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        from kith.core.clock import utc_now  # noqa: PLC0415 (Django is set up by now)
        from kith.sharing.queries import sees  # noqa: PLC0415

        self._now, self._sees = utc_now, sees

    def ask(self, question: Any) -> list[int]:
        person_id, shares = read_question(question)
        return sorted(self._sees(person_id, self._now(), share_ids=shares))


class RawOnSqlite(Statement):
    def __init__(self, told: dict[str, Any]) -> None:
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        asked = [self._named(question) for question in questions(told["part"], choices)]
        more = {"sql": statement("sqlite", told["part"]), "questions": asked, "read": f"{__name__}:read_rows"}
        super().__init__({**told, **more, "played": 0})

    def answer(self, question: Any) -> Any:
        return super().answer(self._named(question))

    @staticmethod
    def _named(question: Any) -> dict[str, Any]:
        viewer, what = question
        if isinstance(what, int):
            return {"viewer": viewer, "share": what}
        return {"viewer": viewer, "shares": f"[{what.strip('{}')}]"}


# --- Revoking ---------------------------------------------------------------------------------------------


@click.command()
@click.option("--revocations", default=1_000_000, show_default=True, type=click.IntRange(1))
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgres"]))
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1))
@click.option("--size", default="quick", show_default=True, help="of the world, as benchmarks.world takes it")
@click.option("--into", type=click.Path(path_type=Path), help="the folder of the world; it is not written to")
@click.option("--json", "file", type=click.Path(path_type=Path), help="write what came of it there")
def main(
    revocations: int, database: Kind, processes: int, size: str, into: Path | None, file: Path | None
) -> None:
    """Revoke and ask, over and over; ends with 1 if a single answer was stale."""
    with contextlib.ExitStack() as stack:
        place = into or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kith-bench-")))
        stage = own_copy(stack.enter_context(opened(database, size, place)), "revoked")
        told = run_revocations(stage, number=revocations, processes=processes)
    print(json.dumps(told, indent=2))
    if file:
        file.write_text(json.dumps(told, indent=2))
    if told["wrong"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
