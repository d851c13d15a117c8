"""Sweep: all rules over a catalogue, and all that follows, beside what no sweep could be quicker than.

That is DuckDB reading the same tables once, and one UPDATE of as many rows as are taken down. The catalogue
is one of masks of which it is known what they break (`benchmarks.masks`), not the world; each turn has a
fresh copy. What is found is held against that truth in every turn. `python -m benchmarks.sweep` tells more,
and kills it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contest import Contender, Role, Row, Sample, Stage, Target
from benchmarks.over_http import cores
from benchmarks.sweep import LIMITS, Database, run_step

LIMIT = "DuckDB scan and one UPDATE"
LISTINGS, MERCHANTS, SEED = 600_000, 100_000, 20200201
IN_ALL = "in all"
LEAST_RIGHT = 0.99
"""Of what is found, and of what there is to be found: else it is quick because it does not look."""


class Sweep(Row):
    name = "sweep"
    title = "All rules over all listings, with decisions, reasons and notices; counted in listings"
    targets = (Target(measure="rate", at_least=LISTINGS / 8, why="600,000 listings in 8 seconds"),)
    warm_up = False

    def questions(self, stage: Stage) -> Sequence[Any]:
        return ()

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        place = stage.scratch / "sweep"
        place.mkdir(exist_ok=True)
        database = Database(place, stage.url if stage.kind == "postgres" else "")
        part = 10 if stage.quick else 1
        given = {"listings": LISTINGS // part, "merchants": MERCHANTS // part, "seed": SEED}
        database.make("catalogue")
        truth = str(place / "truth.feather")
        kept = str(stage.shared)  # to read the words of 600,000 listings takes minutes
        run_step("load", database.url("catalogue"), place, processes=cores(), truth=truth, kept=kept, **given)
        listings = given["listings"]
        yield [
            Steps("Kith", "ours", database, place, listings, truth),
            Steps(LIMIT, "limit", database, place, listings),
        ]


class Steps(Contender):
    """One sweep of a fresh copy, or what stands beside it."""

    judged = False

    def __init__(
        self, name: str, role: Role, database: Database, place: Path, listings: int, truth: str = ""
    ) -> None:
        self.name, self.role = name, role
        self._database, self._place, self._listings, self._truth = database, place, listings, truth

    def answer(self, question: Any) -> Any:
        raise NotImplementedError("what a sweep finds is held against the truth of its catalogue")

    def run(self, seconds: float) -> Sample:
        """Do it once, however long it takes."""
        self._database.copy("catalogue", "round")
        url, place = self._database.url("round"), str(self._place)
        told = run_step("sweep" if self._truth else "limit", url, self._place, folder=place)
        parts = [told["parts"][name] for name in ((IN_ALL,) if self._truth else LIMITS)]
        more = self._score(url) if self._truth else {}
        return Sample(
            self._listings, sum(part["wall"] for part in parts), 0, 0,
            sum(part["cpu"] + part["server_cpu"] for part in parts), sum(told["memory"].values()),
            wrong=int(any(share < LEAST_RIGHT for share in more.values())), more=more,
        )  # fmt: skip

    def _score(self, url: str) -> dict[str, float]:
        """Of what was found how much is right, and of what is there how much was found."""
        score = run_step("score", url, self._place, folder=str(self._place), truth=self._truth)
        whole = next(row for row in score["by_rule"] if row["rule"] == "any rule")
        return {name: whole[name] or 0.0 for name in ("precision", "recall")}


ROWS = (Sweep(),)
