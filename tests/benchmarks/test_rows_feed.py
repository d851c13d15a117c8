"""The rows "feed" and "page": the statement says what API and page say, and no part of it is for nothing."""

from __future__ import annotations

import contextlib
from functools import cache
from typing import Any

import pytest

from benchmarks.contest import Contender, Kind, Sample, Stage, Unlike, require_alike
from benchmarks.over_http import Ask, OverHttp, serve_kith
from benchmarks.rows import feed, page
from benchmarks.rows.statements import read_statement
from benchmarks.signing_in import signed_in

CLAUSES = {
    "AND NOT tie.muted": "",
    "AND NOT tie.hidden_by": "",
    "AND tie.shows": "",
    "delivery.visible_from <= ": "1 = 1 OR delivery.visible_from <= ",
    "delivery.visible_until > ": "'9999-01-01' > ",
    "SELECT consent.given FROM": "SELECT true FROM",
    "person.suspended_at IS NULL": "true",
    "comment.hidden_at IS NULL": "true",
    "delivery.share_id DESC\n  LIMIT 21": "delivery.share_id DESC\n  LIMIT 20",
    "delivery.visible_from DESC, delivery.share_id DESC\n  LIMIT": "delivery.share_id DESC\n  LIMIT",
}
"""What is written into the statement, so that it forgets a part of the rule, or of the answer."""


class Remembered(Contender):
    """Asks each question once."""

    name, role = "Kith", "ours"

    def __init__(self, inner: Contender) -> None:
        self.answer = cache(inner.answer)  # type: ignore[method-assign]

    def answer(self, question: Any) -> Any:
        raise NotImplementedError

    def run(self, seconds: float) -> Sample:
        raise NotImplementedError


def test_the_statement_says_what_the_api_says_and_one_that_forgets_is_refused(
    town_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, played = feed.askers(town_stage)
    who, row = signed_in(town_stage, people), feed.Feed()
    whole = read_statement("feed", town_stage.kind)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(serve_kith(town_stage))
        asks = [Ask(feed.PATH, one.bearer) for one in who]
        ours = Remembered(
            OverHttp("Kith", "ours", town_stage, server, asks, read=feed.read_feed, played=played)
        )
        with feed.limit_of(town_stage, who, played) as limit:
            assert require_alike(row, town_stage, [ours, limit]) >= row.least_questions
        for clause, instead in CLAUSES.items():
            assert clause in whole, clause
            altered = whole.replace(clause, instead)

            def forgetful(_name: str, _kind: Kind, sql: str = altered) -> str:
                return sql

            monkeypatch.setattr(feed, "read_statement", forgetful)
            with feed.limit_of(town_stage, who, played) as limit, pytest.raises(Unlike):
                pytest.fail(
                    f"without “{clause}” it answers alike {require_alike(row, town_stage, [ours, limit])}"
                )


def test_the_page_shows_what_the_statement_says(town_stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    people, _played = feed.askers(town_stage)
    monkeypatch.setattr(page, "askers", lambda _stage: ([*people[:40], *people[-20:]], 40))
    row = page.Page()
    with row.open(town_stage) as contenders:
        assert [one.judged for one in contenders] == [True, False, False, True, True]
        assert require_alike(row, town_stage, contenders) == 60


def test_cards_of_what_was_taken_down_and_photos_are_read_from_both_databases() -> None:
    nothing = "category rating bought_month source external_id listing author_source author_external_id alias"
    row: dict[str, Any] = dict.fromkeys([*nothing.split(), "standard", "claimed", "figure", "bound"])
    row |= {
        "id": 5, "kind": "purchase", "outcome": "kept", "text": "", "visible_from": "2026-03-14 09:26:53.5",
        "to_everyone": 0, "withdrawn": 0, "author": 32, "display_name": "Mei", "handle": "mei",
        "circles": '["B", "A"]', "hold_state": "recalled", "since": "2026-03-01 00:00:00", "rule": "unproven",
        "words": "", "photos": "[[1, 33, 4, 3], [0, 34, 4, 3]]", "comments": 1, "likes": "[2, 1]",
    }  # fmt: skip
    (told,) = feed.read_rows([row])["items"]
    assert told["outcome"] == "removed"
    assert told["correction"]["since"] == "2026-03-01T00:00:00Z"
    assert [photo["id"] for photo in told["photos"]] == ["0000000000012", "0000000000011"]
    assert (told["author"]["id"], told["author"]["circles"]) == ("0000000000010", ["A", "B"])
    assert (told["likes"], told["liked"]) == (2, True)
    in_postgres = row | {
        "photos": [[1, 33, 4, 3], [0, 34, 4, 3]],
        "circles": ["A", "B"],
        "likes": 2,
        "liked": True,
    }
    assert feed.read_rows([in_postgres])["items"] == [told]
