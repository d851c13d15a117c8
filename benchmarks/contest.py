"""The words of the bench: who plays, on what, and what is told of it. Nothing here starts anything.

A `Row` is one thing that is measured. It opens its `Contender`s on a `Stage`: ours, which is Kith; peers,
which do the same by other programs; the limit, which is the best that the database itself can do; and a
floor, which does no more than anything in Python must: it asks the limit's statement from there. They are
asked the same questions first and must answer alike; then they play in turns, A B C A B C, …

    class Feed(Row):
        name, title = "feed", "The newest twenty of one's circles, as JSON over HTTP"
        targets = (Target("raw SQL", at_least=0.6),)

        def questions(self, stage: Stage) -> list[Any]: ...

        @contextlib.contextmanager
        def open(self, stage: Stage) -> Iterator[list[Contender]]:
            with contextlib.ExitStack() as stack:
                ours = Players("Kith", "ours", "benchmarks.rows.feed:Ours", stage, django=True)
                yield [stack.enter_context(ours), ...]
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import statistics
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

Kind = Literal["sqlite", "postgres"]
Role = Literal["ours", "peer", "limit", "floor"]
Measure = Literal["rate", "p50", "p99", "cpu", "memory"]
MEASURES: tuple[Measure, ...] = ("rate", "p50", "p99", "cpu", "memory")
SECRET = "kith-bench-only"
"""The secret key of all that the bench starts; with it a row reads the cursors in answers."""
BOTH: tuple[Kind, ...] = ("postgres", "sqlite")


@dataclass(frozen=True, slots=True)
class Stage:
    """A world, and what it is played with.

    :param url: of the database that holds the world; a row that writes takes `stages.own_copy` of it.
    :param folder: of the world: `world.json` and `choices.json`.
    :param scratch: a row may write here what it likes; it is removed at the end.
    :param choices: what `choices.json` says (see `benchmarks.world.choose.Choices`), as plain JSON.
    :param clients: as many ask at once, of every contender.
    :param server: the process id of PostgreSQL's first process; 0 for SQLite.
    """

    kind: Kind
    url: str
    folder: Path
    scratch: Path
    choices: Mapping[str, Any]
    clients: int
    seed: int = 5
    quick: bool = False
    server: int = 0

    @property
    def shared(self) -> Path:
        """What a row makes on one database and uses on the next; removed at the end of the whole run."""
        return self.scratch.parent / "scratch-shared"

    def environment(self) -> dict[str, str]:
        """What a process that runs Kith on this database has to find in its environment."""
        return {
            "DATABASE_URL": self.url,
            "KITH_DATA_DIR": str(self.scratch),
            "KITH_LOG_LEVEL": "WARNING",
            "KITH_ENV": "development",
            "SECRET_KEY": SECRET,
            "REDIS_URL": "",
            "REPLICA_URL": "",
            "DJANGO_SETTINGS_MODULE": "kith.config.settings",
        }

    def told(self) -> dict[str, Any]:
        """The same stage for a player in another process, as JSON; without the choices, which are long."""
        return {
            "kind": self.kind, "url": self.url, "folder": str(self.folder), "scratch": str(self.scratch),
            "clients": self.clients, "seed": self.seed, "quick": self.quick,
        }  # fmt: skip


def sqlite_file(url: str) -> str:
    """The path in the URL of an SQLite database."""
    return url.removeprefix("sqlite:///")


# --- What one turn came to ------------------------------------------------------------------------------

Latencies = Mapping[int, int]
"""How many requests took so many nanoseconds, to three figures."""


def to_three_figures(nanoseconds: int) -> int:
    step: int = 10 ** max(0, len(str(nanoseconds)) - 3)
    return nanoseconds // step * step


def quantile(latencies: Latencies, of: float) -> float:
    """The latency in milliseconds that a part of the requests does not pass; 0 where there are none."""
    if not latencies:
        return 0.0
    steps: list[int] = sorted(latencies)
    reached = list(itertools.accumulate(latencies[step] for step in steps))
    return steps[bisect.bisect_left(reached, of * reached[-1])] / 1e6


@dataclass(frozen=True, slots=True)
class Sample:
    """One turn of one contender.

    :param requests: how many were answered. Where a request stands for many things (rows of an import),
        count these, so that rates can be compared.
    :param p50: of a request, in milliseconds; 0 where single requests were not timed.
    :param cpu: processor seconds of all processes that had to do with it, the database's server included,
        but not of what only asks.
    :param memory: MiB at most, of the same processes (proportional set size: what is shared is counted once).
    :param wrong: answers that were no answers, such as a status other than 200. One is enough for the bench
        to refuse the row.
    :param more: other figures of this row's own, by name.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    cpu: float
    memory: float
    wrong: int = 0
    more: Mapping[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def cpu_each(self) -> float:
        """Milliseconds of processor for a request."""
        return self.cpu * 1000 / self.requests if self.requests else 0.0

    def value(self, measure: Measure) -> float:
        return self.cpu_each if measure == "cpu" else float(getattr(self, measure))


def sample_of(
    latencies: Latencies, *, seconds: float, cpu: float, memory: float, wrong: int = 0, **more: float
) -> Sample:
    return Sample(
        sum(latencies.values()), seconds, quantile(latencies, 0.5), quantile(latencies, 0.99), cpu, memory,
        wrong, more,
    )  # fmt: skip


# --- Who plays ------------------------------------------------------------------------------------------


class Contender(ABC):
    """Somebody who does a row's work. Used in a `with`; `close` ends all that it started.

    :param name: such as "Kith", "raw SQL", "cedarpy"; `Target.beside` names it.
    :param judged: whether its answers must be like ours. Not so for an empty view, which answers nothing.
    """

    name: str
    role: Role
    judged: bool = True

    @abstractmethod
    def answer(self, question: Any) -> Any:
        """Answer one question in JSON's terms, to be compared; by the same code that `run` measures."""

    @abstractmethod
    def run(self, seconds: float) -> Sample:
        """Do the work over and over for so long, by all clients at once, and say what it came to."""

    def close(self) -> None:  # noqa: B027 (not all start something)
        """End what was started."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


# --- What is measured -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """What a row must reach: ours divided by another contender's, or ours alone where `beside` is "".

    `Target("raw SQL", at_least=0.6)`: 0.6 times its rate. `Target(measure="p99", at_most=10)`: 10 ms at most.
    """

    beside: str = ""
    measure: Measure = "rate"
    at_least: float | None = None
    at_most: float | None = None
    why: str = ""

    def is_met(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    def __str__(self) -> str:
        sign, bound = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        unit = {"p50": " ms", "p99": " ms", "cpu": " ms", "memory": " MiB"}.get(self.measure, "/s")
        what = "" if self.measure == "rate" else f"{self.measure} "
        return f"{what}{sign} {bound:g} × {self.beside}" if self.beside else f"{what}{sign} {bound:g}{unit}"


class Row(ABC):
    """One thing that is measured. A row of several parts is several classes of one `name`, with `part`s.

    :param seconds: how long a turn takes, if not as long as was asked for.
    :param least_questions: of which all must be answered alike before anything is measured.
    """

    name: ClassVar[str]
    part: ClassVar[str] = ""
    title: ClassVar[str]
    databases: ClassVar[tuple[Kind, ...]] = BOTH
    targets: ClassVar[tuple[Target, ...]] = ()
    seconds: ClassVar[float | None] = None
    warm_up: ClassVar[bool] = True
    least_questions: ClassVar[int] = 50

    @abstractmethod
    def questions(self, stage: Stage) -> Sequence[Any]:
        """What is asked of everybody before anything is measured."""

    @abstractmethod
    def open(self, stage: Stage) -> contextlib.AbstractContextManager[Sequence[Contender]]:
        """Start the contenders, ours first."""

    def differ(self, question: Any, ours: Any, theirs: Any) -> str:
        """Say how two answers differ, or "" if they are alike."""
        return "" if ours == theirs else f"{_cut(ours)} is not {_cut(theirs)}"

    @property
    def key(self) -> str:
        return f"{self.name}/{self.part}" if self.part else self.name


def _cut(answer: Any, most: int = 600) -> str:
    text = repr(answer)
    return text if len(text) <= most else f"{text[:most]}…"


class Missing(RuntimeError):
    """A program that the bench needs is not installed; says how to get it."""


class Unlike(RuntimeError):
    """Ours and another contender do not answer alike, so there is nothing to compare."""


def require_alike(row: Row, stage: Stage, contenders: Sequence[Contender]) -> int:
    """Ask everybody everything, and return how many questions that were.

    :raises Unlike: an answer is not like ours, or there are fewer questions than the row wants.
    """
    ours, *others = contenders
    judged = [one for one in others if one.judged]
    questions = row.questions(stage)
    if judged and len(questions) < row.least_questions:
        raise Unlike(f"{row.key}: {len(questions)} questions are too few, {row.least_questions} are wanted")
    for question in questions:
        said = ours.answer(question)
        for other in judged:
            if amiss := row.differ(question, said, other.answer(question)):
                raise Unlike(
                    f"{row.key}: {ours.name} and {other.name} differ about {_cut(question)}: {amiss}"
                )
    return len(questions) if judged else 0


# --- What came of it ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """The median over the rounds, and the least and the most of them."""

    median: float
    least: float
    most: float


def spread(values: Collection[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Played:
    """All turns of one contender."""

    name: str
    role: Role
    samples: tuple[Sample, ...]

    def of(self, measure: Measure) -> Spread:
        return spread([sample.value(measure) for sample in self.samples])


@dataclass(frozen=True, slots=True)
class Result:
    """A row on one database.

    :param compared: to so many questions the answers were alike.
    """

    row: str
    part: str
    title: str
    kind: Kind
    targets: tuple[Target, ...]
    compared: int
    played: tuple[Played, ...]

    @property
    def key(self) -> str:
        return f"{self.row}/{self.part}" if self.part else self.row

    @property
    def ours(self) -> Played:
        return self.played[0]

    def beside(self, name: str) -> Played | None:
        """A contender; None where it did not play on this database."""
        return next((one for one in self.played if one.name == name), None)

    def ratio(self, name: str, measure: Measure = "rate", *, of: Played | None = None) -> Spread | None:
        """Ours, or that of another, divided by another's, round by round: what disturbs one disturbs both."""
        if (other := self.beside(name)) is None:
            return None
        pairs = zip((of or self.ours).samples, other.samples, strict=True)
        found = [mine.value(measure) / its.value(measure) for mine, its in pairs if its.value(measure)]
        return spread(found) if found else None

    def reached(self, target: Target) -> Spread | None:
        """What a target is held against; None where there is nothing beside which to hold it."""
        return self.ratio(target.beside, target.measure) if target.beside else self.ours.of(target.measure)

    def floor(self, target: Target) -> Spread | None:
        """What the floor would have reached in our place; None where there is none.

        Where nobody asks the limit's statement from Python, nothing is quicker than the limit itself.
        """
        roles = {one.role: one for one in self.played}
        floor = roles.get("floor") or (None if target.beside else roles.get("limit"))
        if floor is None or target.beside == floor.name:
            return None
        if not target.beside:
            return floor.of(target.measure)
        return self.ratio(target.beside, target.measure, of=floor)

    def told(self) -> dict[str, Any]:
        """All of it as JSON, with the medians worked out."""
        return {
            "row": self.row, "part": self.part, "title": self.title, "database": self.kind,
            "compared": self.compared,
            "targets": [
                asdict(target) | {"says": str(target), "reached": asdict(found) if found else None,
                                  "met": found is not None and target.is_met(found.median),
                                  "floor": asdict(floor) if floor else None}
                for target in self.targets for found, floor in [(self.reached(target), self.floor(target))]
            ],
            "contenders": [
                {"name": one.name, "role": one.role}
                | {measure: asdict(one.of(measure)) for measure in MEASURES}
                | {"ratio": asdict(ratio) if ratio and one is not self.ours else None}
                | {"samples": [asdict(sample) for sample in one.samples]}
                for one in self.played for ratio in [self.ratio(one.name)]
            ],
        }  # fmt: skip
