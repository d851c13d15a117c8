"""The bench itself: it compares what is alike only, takes turns, and says what came of it."""

from __future__ import annotations

import ast
import contextlib
import json
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from benchmarks import by_pgbench, by_sqlite
from benchmarks.bench import Wrong, main, play, put, read_told
from benchmarks.chart import draw
from benchmarks.contest import (
    Contender,
    Played,
    Result,
    Role,
    Row,
    Sample,
    Stage,
    Target,
    Unlike,
    quantile,
    require_alike,
    to_three_figures,
)
from benchmarks.players import Broken, Players
from benchmarks.report import as_markdown, as_table
from benchmarks.rows import MODULES, feed, mixed_check
from kith.cli import bench as bench_command

STAGE = Stage("sqlite", "sqlite:////nowhere", Path("/nowhere"), Path("/nowhere"), {}, clients=2)


class Slow(Contender):
    """Answers a number with its double, and says what it was asked to do in `turns`."""

    def __init__(self, name: str, role: Role, turns: list[str], *, off: int = 0, wrong: int = 0) -> None:
        self.name, self.role, self.turns, self.off, self.wrong = name, role, turns, off, wrong
        self.closed = False

    def answer(self, question: Any) -> Any:
        return 2 * question + (self.off if question == 7 else 0)

    def run(self, seconds: float) -> Sample:
        self.turns.append(self.name)
        return Sample(100, seconds, 1.0, 2.0, 0.5, 64.0, wrong=self.wrong)


class Doubling(Row):
    name, title = "doubling", "Doubling numbers"
    targets = (Target("by hand", at_least=0.6),)

    def __init__(self, contenders: Sequence[Contender]) -> None:
        self.contenders = contenders

    def questions(self, stage: Stage) -> Sequence[int]:
        return range(60)

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[Sequence[Contender]]:
        yield self.contenders


def doubling(**hand: int) -> tuple[Doubling, list[str]]:
    turns: list[str] = []
    return Doubling([Slow("Kith", "ours", turns), Slow("by hand", "limit", turns, **hand)]), turns


class TestTurns:
    def test_all_warm_up_and_then_play_in_turns(self) -> None:
        row, turns = doubling()
        result = play(row, STAGE, rounds=5, seconds=1)
        assert turns == ["Kith", "by hand"] * 6
        assert result.compared == 60
        assert [len(one.samples) for one in result.played] == [5, 5]

    def test_nothing_is_measured_where_one_answer_is_not_like_ours(self) -> None:
        row, turns = doubling(off=1)
        with pytest.raises(Unlike, match="differ about 7: 14 is not 15"):
            play(row, STAGE, rounds=5, seconds=1)
        assert turns == []

    def test_few_questions_prove_nothing(self) -> None:
        row, _turns = doubling()
        row.least_questions = 61  # type: ignore[misc]
        with pytest.raises(Unlike, match="too few"):
            require_alike(row, STAGE, row.contenders)

    def test_who_answers_wrongly_while_measured_is_refused(self) -> None:
        row, _turns = doubling(wrong=3)
        with pytest.raises(Wrong, match="3 answers of by hand"):
            play(row, STAGE, rounds=5, seconds=1)


class TestFigures:
    def test_a_quantile_is_what_so_many_do_not_pass(self) -> None:
        latencies = {1_000_000: 98, 5_000_000: 1, 90_000_000: 1}
        assert [quantile(latencies, of) for of in (0.5, 0.98, 0.99, 1)] == [1, 1, 5, 90]
        assert quantile({}, 0.5) == 0

    def test_latencies_keep_three_figures(self) -> None:
        assert [to_three_figures(ns) for ns in (7, 999, 1234, 987654)] == [7, 999, 1230, 987000]

    def test_ratios_are_of_the_same_round(self) -> None:
        result = Result(
            "feed", "", "Feed", "sqlite", (), 50, (_played("Kith", 50, 90), _played("raw", 100, 100))
        )
        ratio = result.ratio("raw")
        assert ratio is not None
        assert (ratio.least, ratio.median, ratio.most) == (0.5, 0.7, 0.9)
        assert result.ratio("nobody") is None

    def test_targets_look_at_the_median(self) -> None:
        told = _told(0.65)["results"][0]["targets"]
        assert [target["met"] for target in told] == [True, False]
        assert [target["says"] for target in told] == ["≥ 0.6 × raw SQL", "p99 ≤ 10 ms"]

    def test_beside_a_target_stands_what_the_floor_would_reach(self) -> None:
        beside, alone = _told(0.2, floor=450)["results"][0]["targets"]
        assert (beside["floor"]["median"], alone["floor"]["median"]) == (0.45, 20)

    def test_with_no_floor_nothing_is_quicker_than_the_limit(self) -> None:
        beside, alone = _told(0.2)["results"][0]["targets"]
        assert (beside["floor"], alone["floor"]["median"]) == (None, 20)


def _played(name: str, *rates: int, p99: float = 20.0) -> Played:
    roles: dict[str, Role] = {"Kith": "ours", "from Python": "floor"}
    role = roles.get(name, "limit")
    return Played(name, role, tuple(Sample(rate, 1.0, 2.0, p99, 0.5, 64.0) for rate in rates))


def _told(ratio: float, *, floor: int = 0) -> dict[str, Any]:
    targets = (Target("raw SQL", at_least=0.6), Target(measure="p99", at_most=10))
    played = [_played("Kith", round(1000 * ratio), round(1000 * ratio)), _played("raw SQL", 1000, 1000)]
    played += [_played("from Python", floor, floor)] if floor else []
    result = Result("feed", "", "Feed & <more>", "sqlite", targets, 50, tuple(played)).told() | {
        "size": "quick"
    }
    machine = {"processor": "One", "cores": 2, "memory_gib": 24, "system": "Linux", "python": "3.11"}
    return {
        "at": "2026-03-14T00:00+00:00", "command": "kith bench", "commit": "abc", "sizes": ["quick"],
        "quick": True, "machine": machine, "results": [result],
    }  # fmt: skip


class TestReport:
    def test_the_table_says_what_was_reached(self) -> None:
        table = as_table(_told(0.65))
        assert "target ≥ 0.6 × raw SQL: 0.65 (0.65 to 0.65), reached" in table
        assert "target p99 ≤ 10 ms: 20.0 (20.0 to 20.0), NOT reached" in table
        assert "50 questions were answered alike" in table

    def test_markdown_has_a_row_for_each_contender(self) -> None:
        lines = as_markdown(_told(0.5)).splitlines()
        rows = [line for line in lines if line.startswith(("| Kith", "| raw SQL"))]
        assert [line.count("|") for line in rows] == [9, 9]
        assert "0.5 ×" in rows[1]

    def test_a_row_that_was_played_again_says_so(self) -> None:
        told = _told(0.5)
        older = told["results"][0]
        again = {"at": "2026-11-23T15:00+00:00", "command": "bench feed --add", "commit": "abc1234"}
        put(told, older | {"compared": 7, "again": again})
        put(told, older | {"part": "other"})
        assert [one["compared"] for one in told["results"]] == [7, older["compared"]]
        assert "- played again on 2026-11-23 by `bench feed --add` at abc1234\n" in as_markdown(told)

    @pytest.mark.parametrize("found", [None, "", "[]x", '{"other": 1}'])
    def test_nothing_is_added_to_what_is_no_run(self, found: str | None, tmp_path: Path) -> None:
        file = tmp_path / "figures.json"
        if found is not None:
            file.write_text(found)
        with pytest.raises(click.ClickException):
            read_told(file)
        assert not file.exists() or file.read_text() == found

    def test_the_floor_stands_beside_what_was_reached(self) -> None:
        told = _told(0.2, floor=450)
        assert "0.2 (0.2 to 0.2), NOT reached; the floor itself: 0.45" in as_table(told)
        assert "| ≥ 0.6 × raw SQL | 0.2 | 0.45 | no |" in as_markdown(told)
        ticks = [one.get("class") for one in ET.fromstring(draw(told)).iter()]  # noqa: S314 (our own)
        assert ticks.count("line") == ticks.count("met") + ticks.count("missed") + 1

    def test_the_chart_has_a_bar_for_each_target(self) -> None:
        svg = draw(_told(0.65))
        drawn = ET.fromstring(svg)  # noqa: S314 (our own)
        kinds = [one.get("class") for one in drawn.iter() if one.tag.endswith("rect")]
        assert kinds == ["back", "met", "missed"]
        assert "prefers-color-scheme: dark" in svg

    def test_over_several_sizes_it_draws_curves(self) -> None:
        told = _told(0.65)
        told["sizes"] = ["deliveries=10000", "deliveries=100000"]
        told["results"] = [told["results"][0] | {"size": size} for size in told["sizes"]]
        drawn = ET.fromstring(draw(told))  # noqa: S314 (our own)
        assert len([one for one in drawn.iter() if one.tag.endswith("polyline")]) == 2

    def test_all_that_is_told_is_json(self) -> None:
        assert json.loads(json.dumps(_told(1)))["results"][0]["contenders"][0]["rate"]["median"] == 1000


class Doubler:
    """A player for a process of its own."""

    def __init__(self, told: dict[str, Any]) -> None:
        sys.stdout.write("what a player prints is no answer\n")
        self.number, self.step = told["number"], told["step"]

    def answer(self, question: int) -> int:
        if question < 0:
            raise ValueError("no such number")
        return question * self.step

    def play(self) -> int:
        return 3


class TestPlayers:
    def test_play_in_processes_of_their_own(self) -> None:
        with Players("Kith", "ours", f"{__name__}:Doubler", STAGE, told={"step": 2}) as players:
            assert players.answer(21) == 42
            sample = players.run(0.1)
            assert players.answer(4) == 8
        assert sample.requests % 3 == 0
        assert sample.rate > 100
        assert sample.memory > 1

    def test_an_error_over_there_is_told_here_and_they_play_on(self) -> None:
        with Players("Kith", "ours", f"{__name__}:Doubler", STAGE, told={"step": 2}) as players:
            with pytest.raises(Broken, match="no such number"):
                players.answer(-1)
            assert players.answer(1) == 2

    def test_one_that_cannot_begin_is_told_and_leaves_nobody_behind(self) -> None:
        with pytest.raises(Broken):
            Players("Kith", "ours", f"{__name__}:Doubler", STAGE)


@pytest.mark.parametrize("module", [by_sqlite, by_pgbench, feed, mixed_check])
def test_what_works_out_the_limit_shares_nothing_with_kith(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text())
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    ]
    assert not [name for name in imported if name.split(".")[0] == "kith"]


class TestCommand:
    def test_says_what_is_missing_before_anything_is_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        told = CliRunner().invoke(main, ["feed", "--quick", "--database", "sqlite"])
        assert told.exit_code == 1
        assert "apt-get install wrk" in told.output

    def test_says_plainly_where_the_checkout_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bench_command, "CHECKOUT", tmp_path)
        told = CliRunner().invoke(bench_command.bench, ["feed", "--quick"])
        assert told.exit_code == 1
        assert "not of the installed package" in told.output

    def test_every_row_that_it_names_is_there(self) -> None:
        for module in MODULES.values():
            assert (Path(__file__).parents[2] / f"{module.replace('.', '/')}.py").exists(), module
