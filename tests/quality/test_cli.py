"""`kith sweep`: from the first look to the last word, as somebody types it."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from kith.cli.sweep import sweep
from kith.core.ids import write_id
from kith.people.models import Person
from kith.quality.models import Sweep, SweepState
from kith.shop.models import Merchant
from tests.quality.cast import LIVE, REMOVED, sells, state_of

pytestmark = pytest.mark.django_db


def run(*words: str, ends: int = 0) -> str:
    done = CliRunner().invoke(sweep, words, catch_exceptions=False)
    assert done.exit_code == ends, done.output
    return done.output


def newest() -> str:
    return write_id(Sweep.objects.latest("created_at").pk)


def test_from_the_first_look_to_the_last_word(masks: Merchant, desk: Person) -> None:
    bad = [sells(masks, f"KN95口罩 {number} 号 GB2626") for number in range(60)]
    said = run("--sample", "50", "--as", "desk")
    assert "60 of 60 listings break a rule." in said
    assert re.search(r"60 +60 mainly +Claim without evidence", said)
    assert "Look at a whole sample first" in run("apply", newest(), ends=1)
    for listing in re.findall(r"^  \?     (\w{13})", run("show", newest()), re.MULTILINE):
        run("judge", newest(), listing, "right", "--as", "desk")
    assert state_of(bad[0]) == LIVE
    from kith.quality.models import SampleItem

    for item in SampleItem.objects.filter(right=None):
        said = run("judge", newest(), write_id(item.listing_id), "right", "--as", "desk")
    assert "50 of 50 looked at, 50 right: 100.0%" in said
    assert "60 listings are taken down or frozen." in run("apply", newest(), "--as", "desk")
    assert {state_of(one) for one in bad} == {REMOVED}
    assert "None was cut short." in run("resume")
    assert "It is undone." in run("undo", newest(), "--why", "Tried it only.", "--as", "desk")
    assert {state_of(one) for one in bad} == {LIVE}
    assert newest() in run("list")


def test_for_programs(masks: Merchant) -> None:
    sells(masks)
    said = CliRunner().invoke(sweep, ["--dry-run", "--json"], catch_exceptions=False).stdout
    one = json.loads(said)
    assert (one["listings"], one["flagged"], one["dry_run"]) == (1, 1, True)
    assert {row["rule"] for row in one["by_rule"]} >= {"unproven"}
    listed = json.loads(CliRunner().invoke(sweep, ["list", "--json"]).stdout)
    assert [row["sweep"] for row in listed] == [one["sweep"]]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--standard", "GB 1"), "There is no such standard."),
        (("--category", "moon"), "There is no such shelf."),
        (("--as", "nobody"), "Nobody with the handle nobody works for the shop."),
        (("show", "0000000000000"), "There is no sweep"),
        (("show", "nonsense"), "There is no sweep"),
        (("apply", "0000000000000"), "There is no sweep"),
    ],
)
def test_says_plainly_what_cannot_be(db: None, words: tuple[str, ...], says: str) -> None:
    assert says in run(*words, ends=1)
    assert not Sweep.objects.exclude(state=SweepState.PLANNED).exists()
