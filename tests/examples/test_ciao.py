"""Real shoppers, a part of them: what the API says is what plain loops over the raw files say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from examples.ciao.check import REVIEWS, choose_people, compare
from examples.ciao.convert import SOURCE, write_records
from examples.ciao.expected import evidence_of, feed_of
from examples.ciao.raw import Rating, World, is_there
from examples.ciao.turn import make_tokens
from tests.conftest import CIAO

pytestmark = pytest.mark.django_db
PEOPLE = 180
RATINGS_EACH = 8


@pytest.mark.ciao
def test_a_sample_gives_what_plain_loops_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    from kith.cli.record_files import open_plain, read_lines
    from kith.core.clock import utc_now
    from kith.sharing.deliver import find_differences
    from kith.sharing.intake import take_in
    from tests.intake.told import open_to_all

    monkeypatch.setattr(settings, "API_LIMITS", dict.fromkeys(settings.API_LIMITS, "1000000/second"))
    open_to_all()
    world = World(CIAO, people=PEOPLE, ratings_each=RATINGS_EACH)
    rejected = []
    for file in write_records(world, tmp_path):
        with open_plain(str(file)) as (content, raw):
            records = [line.record for line in read_lines(content, raw)]
        answers = take_in(records, source=SOURCE, now=utc_now())
        rejected += [answer for answer in answers if answer.outcome == "rejected"]
    wrong = [rating for rating in world.ratings if rating.stars == 0]
    assert [answer.id for answer in rejected] == [f"r{rating.row}" for rating in wrong]
    assert len(wrong) > 0
    assert find_differences() == []

    people = choose_people(world, 20)
    report = compare(world, _get, make_tokens(people), people)
    assert report.differences == []
    assert report.items > 1000
    assert report.known > 20


def _get(token: str, path: str, asked: Mapping[str, Any]) -> Any:
    answer = Client(HTTP_HOST="127.0.0.1").get(path, asked, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- The plain loops themselves -------------------------------------------------------


def _world(*ratings: Rating, trust: list[tuple[str, str]]) -> World:
    world = object.__new__(World)
    world.ratings, world.trust = list(ratings), trust
    world.rated_by, world.trusted_by = defaultdict(list), defaultdict(set)
    for rating in ratings:
        world.rated_by[rating.user].append(rating)
    for truster, trusted in trust:
        world.trusted_by[truster].add(trusted)
    world.category_of = {rating.product: rating.category for rating in ratings}
    world.users = ["1", "2", "3"]
    return world


def test_the_loops_are_right_where_it_can_be_seen_by_eye() -> None:
    world = _world(
        Rating(1, "2", "a", "7", 5),
        Rating(2, "3", "a", "7", 2),
        Rating(3, "2", "b", "8", 0),
        Rating(50, "2", "a", "7", 4),
        trust=[("1", "2")],
    )
    seen = [(item.kind, item.product, item.stars, item.review) for item in feed_of(world, "1")]
    assert seen == [
        ("purchase", "a", None, None),
        ("review", "a", 4, "r50"),
        ("purchase", "a", None, None),
        ("review", "a", 5, "r1"),
    ]
    known = evidence_of(world, "1", "a", REVIEWS)
    assert (known.people, known.purchases, known.mean, known.reviews) == (1, 2, 4.5, ("r50", "r1"))
    assert known.each == (("2", 2, 2, 4),)
    assert feed_of(world, "2") == []


def test_where_the_data_is_missing_it_says_where_it_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from examples.ciao.__main__ import main

    assert not is_there(tmp_path)
    monkeypatch.setattr("sys.argv", ["ciao", "--folder", str(tmp_path)])
    assert main() == 0
    told = capsys.readouterr().out
    assert "Wang-Shuo/GraphRec_PyTorch" in told
    assert "left out" in told
