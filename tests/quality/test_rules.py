"""Every rule finds what it is there for and lets its nearest neighbour be; in worlds made by chance, too.

Each case is put to the rules and to the oracle: that both are wrong alike is what the cases are against.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.quality.engine import WRITTEN, as_text, written
from kith.quality.rules import BY_CODE, RULES
from kith.quality.writing import for_duckdb
from tests.quality import oracle
from tests.quality.oracle import GRAVEST_FIRST, Row, World
from tests.quality.worlds import (
    TODAY,
    by_chance,
    differences,
    finds,
    found_by,
    found_in,
    lets_be,
    listing,
    measure,
    report,
    world,
)

OLD, NEW, DAILY = "GB 2626-2006", "GB 2626-2019", "GB/T 32610-2016"
SURGICAL, MEDICAL, CHILDREN = "YY 0469-2011", "GB 19083-2010", "GB/T 38880-2020"
CHANGE = date(2020, 7, 1)
"""On which GB 2626-2019 comes into force."""
OVER = date(2021, 7, 1)
"""Until when GB 2626-2006 could be chosen instead."""
DAY = timedelta(days=1)
KN95: Row = {"grades": "KN95", "standards": OLD}


# --- Measured below --------------------------------------------------------------------------


def measured(value: float, *more: Row, quantity: str = "filtration-salt", **said: Any) -> World:
    """One listing of KN95, and one report with one value; `said` is of the report."""
    return world(listing(**KN95), reports=[report(**said), *more], measures=[measure(value, quantity)])


def test_a_value_below_the_class_claimed() -> None:
    finds("measured-below", measured(71.0), standard=OLD, claimed="KN95", figure=71.0, bound=95.0,
          other=100, words="filtration-salt", act="remove", main=True)  # fmt: skip
    finds("measured-below", measured(94.99, covered=None), figure=94.99)
    lets_be("measured-below", measured(95.0))
    lets_be("measured-below", measured(71.0, covered=False))
    lets_be("measured-below", measured(71.0, quantity="filtration-oil"))


def test_a_value_above_what_is_allowed_says_that_bound() -> None:
    rows = world(listing(standards=DAILY, levels="A"), reports=[report(standard=DAILY, grade="A")],
                 measures=[measure(175.1, "inhalation")])  # fmt: skip
    finds("measured-below", rows, claimed=DAILY, figure=175.1, bound=175.0)
    lets_be("measured-below", rows | {"measures": [measure(175.0, "inhalation")]})
    both: Row = {
        "standard": OLD,
        "grade": "",
        "kind": "",
        "quantity": "inhalation",
        "at_least": 1.0,
        "at_most": 350.0,
    }
    rows = measured(351.0, quantity="inhalation") | {"limits": [both]}
    finds("measured-below", rows, figure=351.0, bound=350.0)


def test_a_listing_is_held_to_what_it_claims_and_not_to_more() -> None:
    honest = world(listing(grades="KN90", standards=OLD), reports=[report()], measures=[measure(93.0)])
    lets_be("measured-below", honest)
    silent = world(listing(), reports=[report()], measures=[measure(93.0)])
    finds("measured-below", silent, claimed="KN95", bound=95.0)
    elsewhere = world(listing(grades="FFP2"), reports=[report()], measures=[measure(93.0)])
    finds("measured-below", elsewhere, claimed="KN95")
    level = world(listing(levels="A", standards=DAILY), reports=[report(standard=DAILY, grade="I")],
                  measures=[measure(96.0)])  # fmt: skip
    lets_be("measured-below", level)
    as_class = world(listing(grades="A", standards=DAILY), reports=[report(standard=DAILY, grade="")],
                     measures=[measure(94.0)])  # fmt: skip
    finds("measured-below", as_class, claimed="A", bound=95.0)


def test_what_was_measured_of_another_batch_says_nothing_of_this_one() -> None:
    rows = measured(71.0, batch="A1")
    for made, is_found in (("", True), ("A1", True), ("B2", False)):
        rows["listings"][0]["batch"] = made
        assert bool(found_by("measured-below", rows)) is is_found


# --- Proven, and not -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "papers", "claimed"),
    [
        (KN95, {}, "KN95"),
        ({"grades": "KN95|N95"}, {}, "KN95"),
        ({"levels": "A", "standards": DAILY}, {}, "A"),
        ({"standards": "GB 2626"}, {}, "GB 2626"),
        ({"standards": f"GB 9999-2001|{SURGICAL}"}, {}, SURGICAL),
        (KN95, {"standard": SURGICAL, "grade": ""}, "KN95"),
        (KN95 | {"standards": SURGICAL}, {"standard": SURGICAL, "grade": ""}, "KN95"),
        ({"standards": NEW}, {"standard": OLD}, NEW),
    ],
)
def test_claims_that_no_report_is_about(said: Row, papers: Row, claimed: str) -> None:
    rows = world(listing(**said), reports=[report(**papers)] if papers else [])
    finds("unproven", rows, claimed=claimed)
    lets_be("unproven", world(listing(**said | {"category": "tea"})))


@pytest.mark.parametrize(
    ("said", "papers"),
    [
        ({}, None),
        ({"standards": "GB 9999-2001"}, None),
        (KN95, {}),
        (KN95, {"standard": NEW, "grade": "KN90"}),
        ({"grades": "KN95|FFP2"}, {}),
        ({"standards": "GB 2626"}, {"standard": OLD, "grade": ""}),
        (KN95, {"covered": False}),
        (KN95, {"first": False}),
    ],
)
def test_claims_that_a_report_is_about_or_nobody_could_prove(said: Row, papers: Row | None) -> None:
    lets_be("unproven", world(listing(**said), reports=[] if papers is None else [report(**papers)]))


def test_a_report_proves_no_class_of_which_it_measured_nothing() -> None:
    """A mask of KN95 of which somebody measured nothing but how well one breathes through it."""
    own, papers = listing(**KN95), [report()]
    finds("unproven", world(own, reports=papers, measures=[measure(180.0, "inhalation")]), claimed="KN95")
    finds("unproven", world(own, reports=papers, measures=[measure(99.0, "filtration-oil")]))
    finds("unproven", world(own, reports=papers, measures=[]))
    lets_be("unproven", world(own, reports=papers, measures=[measure(71.0)]))
    both = [report(), report(101)]
    lets_be(
        "unproven",
        world(own, reports=both, measures=[measure(180.0, "inhalation"), measure(97.0, report=101)]),
    )


FAULTS: dict[str, Row] = {
    "evidence-of-another": {"owner": 2},
    "evidence-not-covering": {"covered": False},
    "evidence-other-batch": {"batch": "B2"},
    "evidence-expired": {"valid_until": TODAY - DAY},
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_report_with_one_fault(code: str) -> None:
    own = listing(**KN95, batch="A1")
    finds(code, world(own, reports=[report(**FAULTS[code])]), standard=OLD, claimed="KN95", other=100)
    both = [report(**FAULTS[code]), report(101, batch="A1", valid_until=TODAY, covered=None)]
    lets_be(code, world(own, reports=both))
    other_standard = [report(**FAULTS[code]), report(101, standard=SURGICAL, grade="")]
    finds(code, world(own, reports=other_standard), other=100)
    lets_be(code, world(listing(batch="A1"), reports=[report(**FAULTS[code])]))
    two_bad = [report(**FAULTS[code]), report(99, covered=False, owner=2)]
    assert [row["other"] for row in found_by(code, world(own, reports=two_bad))] == (
        [99] if code == "evidence-of-another" else [100]
    )


@pytest.mark.parametrize(("worse", "better"), [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
def test_of_a_report_with_two_faults_the_graver_is_said(worse: int, better: int) -> None:
    codes = list(FAULTS)
    rows = world(
        listing(**KN95, batch="A1"), reports=[report(**FAULTS[codes[worse]] | FAULTS[codes[better]])]
    )
    assert found_by(codes[worse], rows)
    lets_be(codes[better], rows)


def test_the_edges_of_each_fault() -> None:
    own = listing(**KN95, batch="A1")
    finds("evidence-of-another", world(own, reports=[report(first=False)]))
    lets_be("evidence-expired", world(own, reports=[report(valid_until=TODAY)]))
    lets_be("evidence-other-batch", world(own, reports=[report(batch="")]))
    lets_be("evidence-other-batch", world(listing(**KN95), reports=[report(batch="B2")]))
    lets_be("evidence-not-covering", world(own, reports=[report(covered=None)]))
    nameless = report(grade="", valid_until=TODAY - DAY)
    finds("evidence-expired", world(listing(**KN95), reports=[nameless]), claimed=OLD)


# --- What is said ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "standard"),
    [
        ({"medical": True, "standards": DAILY}, DAILY),
        ({"medical": True, "standards": OLD}, OLD),
        ({"children": True, "standards": DAILY}, DAILY),
        ({"medical": True, "standards": f"{DAILY}|GB 9999-2001"}, DAILY),
        ({"medical": True, "standards": f"{DAILY}|{SURGICAL}"}, None),
        ({"medical": True, "standards": f"{OLD}|{MEDICAL}"}, None),
        ({"children": True, "standards": f"{DAILY}|{CHILDREN}"}, None),
        ({"medical": True}, None),
        ({"standards": DAILY}, None),
        ({"children": True, "standards": SURGICAL}, None),
    ],
)
def test_claims_that_no_standard_named_allows(said: Row, standard: str | None) -> None:
    rows = world(listing(**said))
    assert [row["standard"] for row in found_by("forbidden-claim", rows)] == [standard] * bool(standard)


@pytest.mark.parametrize(
    ("said", "produced", "today", "is_found"),
    [
        (OLD, CHANGE - DAY, CHANGE + DAY, False),
        (OLD, CHANGE, CHANGE + DAY, False),
        (OLD, OVER - DAY, OVER + DAY, False),
        (OLD, OVER, OVER + DAY, True),
        (NEW, CHANGE, CHANGE + DAY, False),
        (NEW, CHANGE - DAY, CHANGE + DAY, True),
        (OLD, None, OVER - DAY, False),
        (OLD, None, OVER, True),
        (NEW, None, CHANGE, False),
        ("GB 2626", CHANGE - DAY, CHANGE, False),
        ("GB 9999-2001", None, CHANGE, False),
        (DAILY, date(2016, 11, 1), CHANGE, False),
        (DAILY, date(2016, 10, 31), CHANGE, True),
    ],
)
def test_editions_by_the_day_of_production(
    said: str, produced: date | None, today: date, is_found: bool
) -> None:
    rows = world(listing(standards=said, produced_on=produced), today=today)
    by_day = [(row["standard"], row["words"]) for row in found_by("not-in-force", rows)]
    without = [(row["standard"], row["words"]) for row in found_by("superseded", rows)]
    assert by_day == ([(said, produced.isoformat())] if is_found and produced else [])
    assert without == ([(said, "")] if is_found and not produced else [])


@pytest.mark.parametrize(
    ("code", "said", "claimed"),
    [
        ("no-such-class", {"grades": "FFP2", "standards": OLD}, "FFP2"),
        ("no-such-class", {"grades": "KN95", "standards": SURGICAL}, "KN95"),
        ("no-such-class", {"levels": "A", "standards": OLD}, "A"),
        ("no-such-class", {"grades": "FFP2", "standards": f"{OLD}|EN 149:2001+A1:2009"}, None),
        ("no-such-class", {"grades": "KN95"}, None),
        ("no-such-class", {"grades": "KN95", "standards": "GB 9999-2001"}, None),
        ("no-such-class", {"grades": "KN95", "standards": NEW}, None),
        ("no-such-class", {"grades": "A", "standards": DAILY}, None),
        ("level-as-class", {"grades": "A", "standards": DAILY}, "A"),
        ("level-as-class", {"grades": "II|B", "standards": "GB/T 32610"}, "B"),
        ("level-as-class", {"levels": "A", "standards": DAILY}, None),
        ("level-as-class", {"grades": "A", "standards": OLD}, None),
        ("level-as-class", {"grades": "A"}, None),
        ("level-as-class", {"grades": "III", "levels": "A", "standards": DAILY}, "A"),
        ("level-as-class", {"grades": "II", "levels": "A", "standards": DAILY}, None),
        ("level-as-class", {"grades": "III", "levels": "B", "standards": DAILY}, None),
        ("level-as-class", {"grades": "KN95", "levels": "A", "standards": DAILY}, None),
        ("level-as-class", {"grades": "III", "levels": "A", "standards": OLD}, None),
        ("unknown-standard", {"standards": "GB 9999-2001"}, "GB 9999-2001"),
        ("unknown-standard", {"standards": "GB 2626-1992"}, "GB 2626-1992"),
        ("unknown-standard", {"standards": "GB 9999-2001", "category": "tea"}, None),
        ("unknown-standard", {"standards": f"GB 9999-2001|{OLD}"}, None),
        ("unknown-standard", {"standards": "GB 2626", "produced_on": date(2001, 1, 1)}, None),
        ("unknown-standard", {}, None),
        ("marks-missing", {"standards": OLD, "marks": "standard"}, ""),
        ("marks-missing", {"standards": OLD, "marks": "class|standard"}, None),
        ("marks-missing", {"standards": f"{OLD}|{SURGICAL}", "marks": "class|standard"}, ""),
        ("marks-missing", {"marks": ""}, None),
        ("marks-missing", {"standards": "GB 9999-2001", "marks": ""}, None),
    ],
)
def test_what_contradicts_a_standard(code: str, said: Row, claimed: str | None) -> None:
    told = [row["claimed"] for row in found_by(code, world(listing(**said)))]
    assert told == ([] if claimed is None else [claimed])


def test_what_another_standard_has_as_a_class_is_no_mistaken_level() -> None:
    rows = world(listing(grades="A", standards=f"{DAILY}|T 1-2001"))
    rows["names"].append(
        {"said": "T 1-2001", "standard": "T 1-2001", "since": date(1000, 1, 1), "until": None}
    )
    rows["limits"].append({"standard": "T 1-2001", "grade": "A", "kind": "class", "quantity": "",
                           "at_least": None, "at_most": None})  # fmt: skip
    lets_be("level-as-class", rows)


# --- All of them together ------------------------------------------------------------------------


def test_the_gravest_is_marked_and_what_is_cleared_left_out() -> None:
    rows = world(listing(**KN95 | {"marks": "", "medical": True}), complaints=[{"listing": 1, "buyers": 5}])
    told = {row["rule"]: row["main"] for row in found_in(rows)}
    assert told == {
        "forbidden-claim": True,
        "unproven": False,
        "complained-of": False,
        "marks-missing": False,
    }
    rows["cleared"] = [{"listing": 1, "rule": "forbidden-claim", "digest": 1},
                       {"listing": 1, "rule": "complained-of", "digest": 2},
                       {"listing": 2, "rule": "unproven", "digest": 1}]  # fmt: skip
    assert differences(rows) == []
    told = {row["rule"]: row["main"] for row in found_in(rows)}
    assert told == {"unproven": True, "complained-of": False, "marks-missing": False}


def test_nothing_to_look_at() -> None:
    assert found_in(world()) == []
    assert found_in(world(listing(**KN95), known=[])) == []


def test_the_oracle_knows_all_rules_and_how_grave_they_are() -> None:
    assert [(rule.code, rule.act.value) for rule in RULES] == list(GRAVEST_FIRST)
    assert set(oracle.RULES) == set(BY_CODE)


@given(random=st.randoms(use_true_random=False))
def test_in_any_world_the_rules_say_what_the_oracle_says(random: Random) -> None:
    assert differences(by_chance(random)) == []


# --- Written out -------------------------------------------------------------------------------


def test_what_sweeps_carry_out_is_what_the_rules_say() -> None:
    """`python -m scripts.write_rules` writes it anew."""
    assert written() == for_duckdb()
    assert WRITTEN.read_text(encoding="utf-8").endswith(as_text(for_duckdb()))


@pytest.mark.parametrize("hashes", ["1", "2", "3"])
def test_they_are_written_alike_in_every_process(hashes: str) -> None:
    """What stands in a set has another order in each."""
    say = "import django; django.setup(); from kith.quality.engine import as_text;"
    say += "from kith.quality.writing import for_duckdb; print(as_text(for_duckdb()))"
    environment = {**os.environ, "PYTHONHASHSEED": hashes, "DJANGO_SETTINGS_MODULE": "kith.config.settings"}
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", say], env=environment, capture_output=True, text=True, check=True
    )
    assert WRITTEN.read_text(encoding="utf-8").endswith(done.stdout.rstrip("\n") + "\n")
