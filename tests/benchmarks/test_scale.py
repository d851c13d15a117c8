"""The arithmetic of docs/scale.md: what it comes to by hand, what follows what, how it is written down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import scale, scale_sums
from benchmarks.contest import Played, Result, Role, Sample
from benchmarks.report import BEGIN, END, put_between
from benchmarks.scale_sums import BYTES, Cost, Machine, Rates, Town, Unreadable, read_rates
from tests.docs.pages import ROOT

MACHINE = Machine()
RATES = Rates("a day", {"feed": Cost(5.0, 1.5)})
PAGE = f"before\n{BEGIN}\nold\n{END}\nafter\n"
towns = st.builds(
    Town,
    people=st.floats(1e3, 1e10), mates=st.floats(1, 1000), shares_a_week=st.floats(0.1, 100),
    loads_a_day=st.floats(0.1, 100), days=st.floats(1, 3650),
)  # fmt: skip


class TestByHand:
    def test_the_town_of_the_question(self) -> None:
        town = Town()
        assert town.deliveries_a_second == pytest.approx(319_048, rel=1e-4)  # 536e6 × 120 × 3 ÷ 604,800
        assert town.loads_a_second == pytest.approx(62_037, rel=1e-4)  # 536e6 × 10 ÷ 86,400
        assert scale_sums.rows(town)["sharing_delivery"] == pytest.approx(1.006e13, rel=1e-3)

    def test_all_pages_are_written_whole_where_rows_are_few_beside_them(self) -> None:
        """A year of pages and a quarter of an hour of rows: nearly each of five entries meets a page anew."""
        each = scale_sums.wal_each(Town(), MACHINE)
        assert 0.99 * 5 * 8192 < each < 5 * 8192 + 664

    def test_one_machine_is_asked_once_and_many_hardly_twice(self) -> None:
        assert scale_sums.asked_of(20, 1) == 1
        assert scale_sums.asked_of(20, 0.1) == 1
        assert scale_sums.asked_of(20, 1e9) == pytest.approx(20)
        assert scale_sums.asked_of(2, 2) == pytest.approx(1.5)

    def test_at_the_even_point_both_ways_cost_the_same(self) -> None:
        town = replace(Town(), loads_a_day=scale_sums.even_at(Town()))
        measured = scale_sums.MEASURED
        written = town.mates * town.shares_a_week / 7 * measured.write + town.loads_a_day * measured.push
        assert written == pytest.approx(town.loads_a_day * measured.pull)


def _machines(town: Town) -> list[float]:
    return [
        scale_sums.for_bytes(town, MACHINE), scale_sums.for_wal(town, MACHINE),
        scale_sums.for_memory(town, MACHINE), scale_sums.web_machines(town, MACHINE, RATES),
        scale_sums.for_processor(town, MACHINE, RATES, others=3),
        scale_sums.for_processor(town, MACHINE, RATES, others=3, written=False),
    ]  # fmt: skip


class TestWhatFollowsWhat:
    @given(towns)
    def test_twice_the_people_take_twice_of_everything(self, town: Town) -> None:
        twice = replace(town, people=2 * town.people)
        for few, many in zip(_machines(town), _machines(twice), strict=True):
            assert many == pytest.approx(2 * few)

    @given(towns)
    def test_mates_and_shares_weigh_alike_in_deliveries_and_loads_not_at_all(self, town: Town) -> None:
        more_mates = replace(town, mates=3 * town.mates, loads_a_day=99)
        more_shares = replace(town, shares_a_week=3 * town.shares_a_week)
        name = "sharing_delivery"
        assert scale_sums.rows(more_mates)[name] == pytest.approx(scale_sums.rows(more_shares)[name])

    @given(towns)
    def test_only_deliveries_go_with_the_days(self, town: Town) -> None:
        longer = scale_sums.bytes_of(replace(town, days=town.days + 1))
        grown = {name for name, size in scale_sums.bytes_of(town).items() if longer[name] > size}
        assert grown <= {"sharing_delivery"}

    @given(towns)
    def test_no_shard_is_too_large_and_half_as_many_would_be(self, town: Town) -> None:
        number, whole = scale_sums.shards(town, MACHINE), sum(scale_sums.bytes_of(town).values())
        assert number.bit_count() == 1
        assert whole / number <= MACHINE.shard * 1.0001
        assert number == 1 or whole / (number / 2) > MACHINE.shard * 0.9999

    @given(towns)
    def test_a_page_is_written_whole_no_more_than_once_a_touch(self, town: Town) -> None:
        each = scale_sums.wal_each(town, MACHINE)
        assert scale_sums.MEASURED.wal <= each <= scale_sums.MEASURED.wal + 5 * 8192 + 1

    def test_each_table_has_a_size(self) -> None:
        assert set(scale_sums.rows(Town())) == set(BYTES)


def _file(tmp_path: Path, told: Any) -> Path:
    file = tmp_path / "performance.json"
    file.write_text(told if isinstance(told, str) else json.dumps(told))
    return file


def _result(row: str, part: str, kind: Any, **cpu: float) -> dict[str, Any]:
    """As the bench tells it, of two requests each second."""
    roles: dict[str, Role] = {"Kith": "ours", "raw": "limit", "other": "peer"}
    played = tuple(
        Played(name, roles[name], (Sample(2, 1.0, 1.0, 2.0, each / 500, 64.0),)) for name, each in cpu.items()
    )
    return Result(row, part, "A row", kind, (), 0, played).told() | {"size": "quick"}


def _told(*results: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": "2026-03-14T00:00+00:00", "command": "kith bench", "machine": {"cores": 2},
        "results": list(results),
    }  # fmt: skip


class TestRates:
    def test_reads_what_the_bench_writes(self, tmp_path: Path) -> None:
        told = _told(
            _result("feed", "", "sqlite", Kith=9), _result("feed", "", "postgres", Kith=5, other=7, raw=1.5),
            _result("deliver", "share", "postgres", Kith=2.5),
        )  # fmt: skip
        rates = read_rates(_file(tmp_path, told))
        found = {name: (cost.whole, cost.raw) for name, cost in rates.costs.items()}
        assert found.keys() == {"feed", "deliver/share"}
        assert found["feed"] == pytest.approx((5.0, 1.5))
        assert found["deliver/share"][0] == pytest.approx(2.5)
        assert found["deliver/share"][1] is None

    @pytest.mark.parametrize(
        ("told", "says"),
        [
            ("{", "is not what"), ([], "is not what"), ({}, "is not what"), (_told(), "nothing of the feed"),
            (_told({"row": "feed", "database": "postgres"}), "is not what"),
            (_told(_result("feed", "", "sqlite", Kith=9)), "nothing of the feed"),
        ],
    )  # fmt: skip
    def test_refuses_what_is_not(self, told: Any, says: str, tmp_path: Path) -> None:
        with pytest.raises(Unreadable, match=says):
            read_rates(_file(tmp_path, told))

    def test_refuses_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Unreadable, match="nothing"):
            read_rates(tmp_path / "nothing")

    def test_a_dearer_feed_takes_more_web_machines(self) -> None:
        dear = Rates("", {"feed": Cost(8.5, 1.5)})
        few, more = (scale_sums.web_machines(Town(), MACHINE, rates) for rates in (RATES, dear))
        assert more == pytest.approx(2 * few)  # 8.5 - 1.5 beside 5 - 1.5


class TestPage:
    def test_what_is_around_the_figures_stays(self) -> None:
        once = put_between(PAGE, "new")
        assert once == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
        assert put_between(once, "new") == once

    @pytest.mark.parametrize("page", ["", BEGIN, END, f"{END}{BEGIN}", PAGE + PAGE, PAGE + END])
    def test_a_page_without_markers_is_refused_and_left_alone(self, page: str, tmp_path: Path) -> None:
        there = tmp_path / "scale.md"
        there.write_text(page)
        rates = _file(tmp_path, _told(_result("feed", "", "postgres", Kith=5, raw=1)))
        done = CliRunner().invoke(scale.main, ["--rates", str(rates), "--write", str(there)])
        assert done.exit_code == 1
        assert BEGIN in done.output
        assert there.read_text() == page

    def test_writes_all_tables_with_as_many_cells_in_each_line(self, tmp_path: Path) -> None:
        there = tmp_path / "scale.md"
        there.write_text(PAGE)
        rates = _file(tmp_path, _told(_result("feed", "", "postgres", Kith=5, raw=1)))
        done = CliRunner().invoke(scale.main, ["--rates", str(rates), "--write", str(there)])
        assert done.exit_code == 0, done.output
        tables = [part.splitlines() for part in there.read_text().split("\n\n") if part.startswith("| ")]
        assert len(tables) == 7
        assert [{line.count("|") for line in lines} for lines in tables] == [
            {lines[0].count("|")} for lines in tables
        ]
        assert "319 k" in there.read_text()

    def test_the_page_of_the_docs_has_its_markers(self) -> None:
        page = (ROOT / "docs" / "scale.md").read_text()
        assert "new" in put_between(page, "new")

    @pytest.mark.parametrize(
        ("value", "text"), [(319_048, "319 k"), (3.07e15, "3.07 P"), (0.43, "0.43"), (20, "20"), (0, "0")]
    )
    def test_numbers_have_three_figures(self, value: float, text: str) -> None:
        assert scale.short(value) == text
