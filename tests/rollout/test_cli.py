"""`kith rollout`, from opening to the end."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kith.cli import main
from kith.core.clock import utc_now
from kith.rollout import services
from kith.rollout.models import Batch, Change, Feature
from kith.rollout.queries import is_open
from tests.rollout.cast import CIRCLES, somebody

pytestmark = pytest.mark.django_db

WHY = ("--why", "the test")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rollout", *arguments])


def done(*arguments: str) -> str:
    told = run(*arguments)
    assert told.exit_code == 0, told.output
    return told.output


def read(*arguments: str) -> Any:
    return json.loads(done(*arguments, "--json"))


def test_a_feature_from_its_beginning_to_its_end() -> None:
    mo = somebody("mo", is_staff=True)
    mei, bo = somebody("mei", region="130600"), somebody("bo", region="310000")
    assert "Open to nobody yet" in done("list")
    assert "1 more would come in" in done("simulate", CIRCLES, "--region", "130000")
    assert not Feature.objects.exists(), "a simulation changes nothing"
    said = done("open", CIRCLES, "--region", "130000", "--why", "Hebei first", "--as", "Mo")
    batch = Batch.objects.get()
    assert said.startswith(f"Batch {batch.pk} of circles is opened: who lives in Hebei; runs since")
    assert [is_open(CIRCLES, one.pk, utc_now()) for one in (mei, bo)] == [True, False]
    services.join_waiting(bo.pk, CIRCLES, now=utc_now())
    assert "1 waiting" in done("show", CIRCLES)
    done("admit", CIRCLES, "5", *WHY)
    assert is_open(CIRCLES, bo.pk, utc_now())
    asked = ("simulate", CIRCLES, "--region", "310000", "--instead-of", str(batch.pk))
    assert read(*asked)["out"] == 1
    assert "0 more would come in.\n1 would be out." in done(*asked)
    assert "is changed: who lives in Shanghai" in done("change", str(batch.pk), "--region", "310000", *WHY)
    assert not is_open(CIRCLES, mei.pk, utc_now())
    done("pause", str(batch.pk), *WHY)
    assert "paused since" in done("show", CIRCLES)
    done("resume", str(batch.pk), *WHY)
    done("remove", str(batch.pk), *WHY)
    assert "Closed for all" in done("close", CIRCLES, *WHY)
    assert not is_open(CIRCLES, bo.pk, utc_now())
    assert "Open to a part: 1 person" in done("reopen", CIRCLES, *WHY)
    done("close", CIRCLES, *WHY)
    day = (utc_now() + timedelta(days=30)).date().isoformat()
    assert "Winding down" in done("wind-down", CIRCLES, "--until", day, *WHY)
    (circles, _strangers) = read("list")
    assert (circles["state"], circles["until"], circles["people"]) == ("winding_down", day, 0)
    entries = read("log", CIRCLES)
    assert [entry["what"] for entry in reversed(entries)] == [
        "batch-opened", "admitted", "batch-changed", "batch-paused", "batch-resumed", "batch-removed",
        "closed", "reopened", "closed", "winding-down",
    ]  # fmt: skip
    assert (entries[-1]["who"], entries[-1]["why"], entries[-1]["surface"]) == ("mo", "Hebei first", "cli")
    told = done("log", CIRCLES)
    assert "batch-opened, by mo (cli): Hebei first" in told
    assert f"before {batch.pk}: who lives in Hebei; from " in told
    assert "; paused since " in told
    assert Change.objects.filter(actor=mo).count() == 1


@pytest.mark.parametrize(
    ("options", "stored"),
    [
        (["--everyone"], {"kind": "everyone"}),
        (["--share", "5"], {"kind": "share", "per_ten_thousand": 500}),
        (["--share", "0.25%"], {"kind": "share", "per_ten_thousand": 25}),
        (["--share", "100"], {"kind": "share", "per_ten_thousand": 10_000}),
        (["--region", "310000"], {"kind": "region", "region": "310000"}),
        (["--age", "50-59"], {"kind": "age", "age_from": 50, "age_to": 59}),
        (["--age", "60-"], {"kind": "age", "age_from": 60, "age_to": None}),
        (["--age", "-29"], {"kind": "age", "age_from": None, "age_to": 29}),
        (["--joined-before", "2026-01-01"], {"kind": "joined"}),
        (["--everyone", "--note", "at last"], {"note": "at last"}),
    ],
    ids=" ".join,
)
def test_each_way_to_say_whom(options: list[str], stored: dict[str, Any]) -> None:
    done("open", CIRCLES, *options, *WHY)
    batch = Batch.objects.get()
    assert {name: getattr(batch, name) for name in stored} == stored
    if batch.joined_before:
        assert batch.joined_before.isoformat() == "2025-12-31T16:00:00+00:00", "midnight in Shanghai"


def test_a_list_is_read_from_the_line_or_a_file(tmp_path: Path) -> None:
    people = [somebody(name) for name in ("mei", "bo", "chen")]
    names = tmp_path / "names.txt"
    names.write_text("chen\n")
    for given in ("Mei,bo", str(names)):
        done("open", CIRCLES, "--people", given, *WHY)
    assert all(is_open(CIRCLES, one.pk, utc_now()) for one in people)


def test_a_beginning_to_come() -> None:
    mei = somebody("mei")
    done("open", CIRCLES, "--everyone", "--from", "2999-01-01T08:00", *WHY)
    assert not is_open(CIRCLES, mei.pk, utc_now())
    assert "begins 1 Jan 2999, 08:00:00" in done("show", CIRCLES)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("open", CIRCLES, "--everyone"), 2, "--why"),
        (("open", CIRCLES, *WHY), 2, "Say whom to let in"),
        (("open", CIRCLES, "--everyone", "--share", "5", *WHY), 2, "by one of"),
        (("open", CIRCLES, "--share", "many", *WHY), 2, "no share"),
        (("open", CIRCLES, "--age", "old", *WHY), 2, "no age"),
        (("open", CIRCLES, "--everyone", "--from", "soon", *WHY), 2, "no instant"),
        (("wind-down", CIRCLES, "--until", "soon", *WHY), 2, "no date"),
        (("pause", "first", *WHY), 2, "not a valid integer"),
        (("open", "teleport", "--everyone", *WHY), 1, "There are: circles, strangers"),
        (("show", "teleport"), 1, "no such feature"),
        (("log", "teleport"), 1, "no such feature"),
        (("simulate", "teleport", "--everyone"), 1, "no such feature"),
        (("open", CIRCLES, "--share", "101", *WHY), 1, "at most 100 per cent"),
        (("simulate", CIRCLES, "--region", "999999"), 1, "no such province"),
        (("open", CIRCLES, "--people", "mei,bo", *WHY), 1, "nobody with the handle bo, mei"),
        (("open", CIRCLES, "--everyone", "--why", " "), 1, "Say why"),
        (("open", CIRCLES, "--everyone", "--as", "mei", *WHY), 1, "works for the shop"),
        (("open", CIRCLES, "--everyone", "--from", "2020-01-01", *WHY), 1, "in the past"),
        (("pause", "7", *WHY), 1, "no batch of this number"),
        (("reopen", CIRCLES, *WHY), 1, "open already"),
        (("wind-down", CIRCLES, "--until", "2999-01-01", *WHY), 1, "Close it first"),
        (("admit", CIRCLES, "3", *WHY), 1, "Nobody is waiting"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments: tuple[str, ...], status: int, said: str) -> None:
    told = run(*arguments)
    assert (told.exit_code, "Traceback" in told.output) == (status, False), told.output
    assert said in told.output
    assert not Batch.objects.exists()
    assert not Change.objects.exists()


def test_a_simulation_for_programs() -> None:
    for number in range(6):
        somebody(f"p{number}", region="310000", born=1970)
    told = read("simulate", CIRCLES, "--everyone")
    assert told == {
        "people": 6, "already": 0, "newly": 6, "out": 0, "by_region": {"310000": 6},
        "by_age": {f"{(utc_now().year - 1970) // 10 * 10}-{(utc_now().year - 1970) // 10 * 10 + 9}": 6},
    }  # fmt: skip
    assert "Shanghai: 6" in done("simulate", CIRCLES, "--everyone")
