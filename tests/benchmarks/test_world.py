"""The world that the bench measures on: what is drawn, what is found in it, and what is chosen from it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection

from benchmarks.world.__main__ import describe, is_kept
from benchmarks.world.choose import Choices, choose, read_choices
from benchmarks.world.left_inside import shares_left
from benchmarks.world.load import FILLED, load
from benchmarks.world.plan import QUICK, SMALL, WHOLE, World, world_of
from benchmarks.world.setting_aside import set_aside
from benchmarks.world.shares import shown_to
from benchmarks.world.story import Story, draw_story
from kith.audience.viewer import viewer_of
from kith.cli.check import facts_agree
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.sharing.models import Delivery, Share
from kith.shop.search import find_unindexed
from kith.strangers.models import Post
from kith.strangers.queries.home import listed
from kith.ties.models import Relationship
from tests.oracle.pair import undone

TOWN = replace(WHOLE.part(0.004), most_friends=120)
ROOT = Path(__file__).parents[2]
SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master"
LOOKING = "compares what is there with what was drawn"


@pytest.fixture(scope="module")
def story() -> Story:
    return draw_story(TOWN)


@pytest.fixture(scope="module")
def choices(story: Story, django_db_setup: None, django_db_blocker: Any) -> Generator[Choices]:
    """What is chosen from a town of 400, which lies in the database."""
    with django_db_blocker.unblock(), undone():
        load(story)
        yield choose(story)


def viewer(person_id: int, world: World = TOWN) -> Viewer:
    return viewer_of(Person.objects.get(pk=person_id), world.now)


# --- What is drawn ----------------------------------------------------------------------------------


def test_it_is_as_large_as_it_ought_to_be() -> None:
    assert (WHOLE.people, WHOLE.shares, WHOLE.purchases, WHOLE.posts) == (
        100_000,
        2_000_000,
        3_000_000,
        50_000,
    )
    assert QUICK.people == 10_000
    story = draw_story(WHOLE.part(0.01))
    assert len(story.inside.people) == 1_000
    assert len(story.inside.lines) == 30_000
    assert len(story.inside.shares) == 20_000
    assert len(story.outside.posts) == 500


@pytest.mark.parametrize("number", [10_000, 100_000])
def test_it_can_be_sized_by_its_deliveries(number: int) -> None:
    inside = draw_story(world_of(f"deliveries={number}", seed=5, now=SMALL.now)).inside
    assert len(inside.people) == 1_000
    assert 0.8 < len(shown_to(inside.audiences, inside.members).share) / number < 1.2


def test_the_same_seed_tells_the_same_story_and_another_does_not() -> None:
    first, again, other = (draw_story(replace(SMALL, seed=seed)) for seed in (7, 7, 8))
    for one, two in zip(_rows(first), _rows(again), strict=True):
        assert one.equals(two)
    assert not next(_rows(first)).equals(next(_rows(other)))


def _rows(story: Story) -> Generator[Any]:
    for rows in shares_left(story):
        yield from rows.chunks("postgresql")


def test_numbers_of_friends_follow_a_power_law_between_their_bounds() -> None:
    number = draw_story(replace(WHOLE.part(0.04), shares=100, purchases=100, posts=20)).inside.friends.number
    assert number.min() >= 10
    assert number.max() <= 500
    assert 85 < number.mean() < 115
    assert np.median(number) < 0.6 * number.mean(), "few have many"
    octaves = np.histogram(number, bins=[10, 20, 40, 80, 160, 320])[0]
    falling = np.diff(np.log2(octaves))
    assert (np.abs(falling + 0.2) < 0.25).all(), "each octave holds 2^-0.2 of the people of the one before"


def test_people_know_one_another_in_clusters() -> None:
    inside = draw_story(replace(WHOLE.part(0.1), shares=100, purchases=100, posts=20)).inside
    same_town = inside.people.town[inside.edges.asked] == inside.people.town[inside.edges.accepted]
    assert 0.7 < same_town.mean() < 0.95
    assert inside.friends.families.min() >= 1
    assert np.diff(inside.circles.first).max() == 20
    assert np.diff(inside.members.first).max() == 150


# --- What is found in it ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_kith_checks_is_in_order(choices: Choices) -> None:
    assert not [finding for finding in facts_agree() if finding.remedy]
    assert not find_unindexed()


@pytest.mark.django_db
def test_every_clause_of_the_rule_has_rows_to_act_on(choices: Choices) -> None:
    rows, shown = Relationship.objects.unguarded(LOOKING), Delivery.objects.unguarded(LOOKING)
    friends = rows.filter(friend_at__isnull=False)
    now = TOWN.now
    assert rows.filter(friend_at=None, blocked=True).exists()
    assert rows.filter(friend_at=None, blocked_by=True).exists()
    assert rows.filter(friend_at=None, avoids=True).exists()
    assert rows.filter(friend_at=None, contact=True).exists()
    for fact in ("muted", "muted_by", "hidden_from", "hidden_by"):
        assert friends.filter(**{fact: True}).exists(), fact
    assert friends.filter(shows=False).exists()
    assert shown.filter(visible_from__gt=now).exists()
    assert shown.filter(visible_until__lte=now).exists()
    assert shown.filter(outcome="returned").exists()
    assert Share.objects.unguarded(LOOKING).filter(to_everyone=True).exists()
    assert Share.objects.unguarded(LOOKING).filter(withdrawn_by_staff=True).exists()
    assert Person.objects.filter(suspended_at__isnull=False).exists()


@pytest.mark.django_db
def test_tables_have_all_keys_and_indexes_that_they_had() -> None:
    tables = [model._meta.db_table for model in FILLED]
    before = _definitions()
    with set_aside(tables):
        without = _definitions()
    assert _definitions() == before
    assert len(without) < len(before) - 30


def _definitions() -> set[tuple[Any, ...]]:
    asked = "SELECT name, tbl_name, sql FROM sqlite_master"
    if connection.vendor == "postgresql":
        asked = """
            SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), NULL FROM pg_index
            UNION SELECT conname, pg_get_constraintdef(oid), conrelid::regclass::text FROM pg_constraint"""
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return set(cursor.fetchall())


@pytest.mark.django_db
def test_rows_can_be_added_behind_those_that_were_loaded(choices: Choices) -> None:
    """The numbers that the database gives go on."""
    one, two = choices.viewers[:2]
    Relationship.objects.unguarded(LOOKING).filter(owner=one, other=two).delete()
    Relationship.objects.create(owner_id=one, other_id=two)


# --- What is chosen -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_said_of_pairs_is_what_the_rule_says(choices: Choices) -> None:
    by_reason = Counter(pair.because for pair in choices.pairs)
    assert by_reason.keys() >= {
        "", "withdrawn", "held", "past", "muted", "hidden", "author not open", "viewer not open", "not shown",
        "parted",
    }  # fmt: skip
    later = TOWN.now + timedelta(hours=23)
    tried: Counter[str] = Counter()
    for pair in choices.pairs:
        tried[pair.because] += 1
        if tried[pair.because] > (150 if pair.may else 15):
            continue
        person = Person.objects.get(pk=pair.viewer)
        for now in (TOWN.now, later):
            shares = Share.objects.visible_to(viewer_of(person, now))
            assert shares.filter(pk=pair.share).exists() == pair.may, pair.because


@pytest.mark.django_db
def test_viewers_see_enough_and_know_what_they_are_asked_for(choices: Choices) -> None:
    for person_id in choices.viewers[:10]:
        assert Delivery.objects.unguarded(LOOKING).filter(viewer=person_id).count() >= 20
    for known in choices.known[:20]:
        shown = Delivery.objects.visible_to(viewer(known.viewer))
        assert shown.filter(listing=known.listing, merchant=known.merchant).exists()
    most = Relationship.objects.unguarded(LOOKING).filter(friend_at__isnull=False)
    numbers = {name: most.filter(owner=ids[0]).count() for name, ids in choices.by_friends.items()}
    assert numbers["median"] < numbers["p99"] <= numbers["most"]
    assert all(len(shares) == 20 for _, shares in choices.many)


@pytest.mark.django_db
def test_in_the_hard_case_nothing_of_the_hottest_and_newest_is_seen(choices: Choices) -> None:
    hard, some = choices.hard, Post.objects.unguarded(LOOKING)
    assert choices.hard_posts > 10
    about = some.filter(topic=hard.topic)
    hottest = list(about.order_by("-rank").values_list("pk", flat=True)[: choices.hard_posts])
    near = some.filter(province=hard.province).order_by("-created_at", "-pk")
    newest = list(near.values_list("pk", flat=True)[: choices.hard_posts])
    assert set(hottest) == set(newest)
    theirs = listed(viewer(hard.viewer))
    assert not theirs.filter(pk__in=hottest).exists()
    assert theirs.filter(topic=hard.topic).exists(), "and something behind it"
    seen = [listed(viewer(one.viewer)).filter(pk__in=hottest).count() for one in choices.strangers[:20]]
    assert max(seen) > 5, "strangers see some of them"


@pytest.mark.django_db
def test_strangers_ask_for_what_there_is(choices: Choices) -> None:
    for one in choices.strangers[:20]:
        assert viewer(one.viewer).outside_open
        assert Post.objects.unguarded(LOOKING).filter(province=one.province, topic=one.topic).exists()


@pytest.mark.django_db
def test_choices_are_read_as_they_were_written(choices: Choices, tmp_path: Path) -> None:
    choices.write(tmp_path / "choices.json")
    assert read_choices(tmp_path / "choices.json") == choices


def test_a_world_is_kept_for_a_day(tmp_path: Path) -> None:
    world = world_of("small", seed=3, now=SMALL.now)
    assert not is_kept(tmp_path, world, "sqlite")
    (tmp_path / "world.json").write_text(json.dumps(describe(world, "sqlite") | {"seconds": 3}))
    assert is_kept(tmp_path, replace(world, now=world.now + timedelta(hours=23)), "sqlite")
    assert not is_kept(tmp_path, replace(world, now=world.now + timedelta(hours=24)), "sqlite")
    assert not is_kept(tmp_path, replace(world, seed=4), "sqlite")
    assert not is_kept(tmp_path, world, "postgresql://elsewhere")


@pytest.mark.sqlite
@pytest.mark.django_db
def test_the_command_leaves_a_whole_database_and_keeps_it(tmp_path: Path) -> None:
    """Unlike in a test, keys too are set aside there, and settings that no transaction takes."""
    command = [sys.executable, "-m", "benchmarks.world", "--size", "small", "--into", str(tmp_path), "--kept"]
    for told in ("in all", "kept"):
        said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603
        assert told in said.stdout
    with connection.cursor() as cursor:
        ours = set(cursor.execute(SCHEMA).fetchall())
    with contextlib.closing(sqlite3.connect(tmp_path / "kith.sqlite3")) as made:
        assert set(made.execute(SCHEMA).fetchall()) == ours
        assert made.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert not made.execute("PRAGMA foreign_key_check").fetchall()
        assert made.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert made.execute("SELECT count(*) FROM people_person").fetchone() == (SMALL.people,)
    assert read_choices(tmp_path / "choices.json").pairs
