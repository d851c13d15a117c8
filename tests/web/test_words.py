"""How dates, money and names are written for a reader, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils.translation import override

from kith.core.money import Money
from kith.web import jinja

NOW = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)  # 17:26 in Shanghai


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 3, 1), "this month"),
        (date(2026, 2, 1), "last month"),
        (date(2025, 12, 1), "in December 2025"),
        (date(2020, 3, 1), "in March 2020"),
    ],
)
def test_a_month_is_told_no_finer(on: date, words: str) -> None:
    with override("en"):
        assert jinja.month(on, NOW) == words


def test_the_month_is_that_of_the_readers_place() -> None:
    """At 17:00 UTC on the last of March it is April in Shanghai."""
    with override("en"):
        assert jinja.month(date(2026, 3, 1), datetime(2026, 3, 31, 17, tzinfo=UTC)) == "last month"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=40), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=8), "on 6 March"),
        (timedelta(days=400), "on 7 February 2025"),
    ],
)
def test_how_long_ago(passed: timedelta, words: str) -> None:
    with override("en"):
        assert jinja.ago(NOW - passed, NOW) == words


def test_a_moment_to_come() -> None:
    with override("en"):
        assert jinja.moment(NOW + timedelta(minutes=30), NOW) == "today at 17:56"
        assert jinja.moment(NOW + timedelta(hours=10), NOW) == "tomorrow at 03:26"


def test_chinese_is_written_as_chinese() -> None:
    with override("zh-hans"):
        assert jinja.month(date(2026, 2, 1), NOW) == "上个月"
        assert jinja.month(date(2020, 3, 1), NOW) == "2020年3月"
        assert jinja.listed(["妈妈", "二姨", "建国"]) == "妈妈、二姨和建国"
        assert jinja.money(Money(3990)) == "¥39.90"
        assert jinja.written_date(date(2020, 2, 20)) == "2020年2月20日"


@pytest.mark.parametrize(("rating", "drawn"), [(4, "★★★★☆"), (4.6, "★★★★★"), (0.2, "☆☆☆☆☆"), (7, "★★★★★")])
def test_stars(rating: float, drawn: str) -> None:
    assert jinja.stars(rating) == drawn


@pytest.mark.parametrize(
    "name", ["no-such-drawing", "", "../../secret", "http://plain.example/x.jpg", "javascript:x"]
)
def test_a_picture_is_a_drawing_or_comes_safely_from_the_host_shop(name: str) -> None:
    assert jinja.art_of(name).endswith("art/default.svg")
    assert jinja.art_of("kettle").endswith("art/kettle.svg")
    assert jinja.art_of("https://shop.example/x.jpg") == "https://shop.example/x.jpg"


def test_an_address_keeps_its_query_but_for_what_changes() -> None:
    request = RequestFactory().get("/circle/?kind=tip&after=old")
    assert jinja.with_query(request, after="new") == "/circle/?kind=tip&after=new"
    assert jinja.with_query(request, after=None, kind=None) == "/circle/"
