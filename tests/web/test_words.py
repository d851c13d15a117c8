"""How dates, money and names are written for a reader, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import django
import pytest
import unfold
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.utils.translation import override

from kith.core.money import Money
from kith.people.models import Person
from kith.web import borrowed, jinja

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


def sentences(catalogue: Catalog) -> dict[str, list[str]]:
    """Where each sentence of a catalogue stands; of one with a plural, its singular."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: [file for file, _ in message.locations]
        for message in catalogue
        if message.id
    }


def djangos_own() -> set[str]:
    own: set[str] = set()
    for part in ("conf", "contrib/auth"):
        with (Path(django.__path__[0]) / part / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
            own |= set(sentences(read_po(file)))
    return own


def test_what_we_say_for_django_is_still_what_django_says() -> None:
    with (settings.LOCALE_PATHS[0] / "zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        ours = sentences(read_po(file))
    borrowed_here = {words for words, files in ours.items() if "web/borrowed.py" in files}
    assert len(borrowed_here) == len(borrowed.FORMS) + len(borrowed.COUNTED) + len(borrowed.STAFF)
    assert borrowed_here - set(borrowed.STAFF) <= djangos_own()


def test_what_we_say_for_the_staff_pages_still_stands_there() -> None:
    root = Path(unfold.__path__[0])
    files = [file for kind in ("*.html", "*.py") for file in root.rglob(kind)]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert [words for words in borrowed.STAFF if words not in text] == []


def test_a_form_refuses_in_plain_chinese() -> None:
    with override("zh-hans"):
        with pytest.raises(ValidationError, match="这一项不能空着"):
            forms.CharField().clean("")
        with pytest.raises(ValidationError, match="太长了，最多 3"):
            forms.CharField(max_length=3).clean("烧水快的")
        with pytest.raises(ValidationError, match="密码太短了，至少要 8"):
            validate_password("ab1")


@pytest.mark.parametrize(("language", "words"), [("en", "Kith name"), ("zh-hans", "里外号")])
def test_a_password_like_ones_name_is_refused_in_our_words(language: str, words: str) -> None:
    with override(language), pytest.raises(ValidationError, match=words):
        validate_password("meilin1954x", Person(handle="meilin1954", display_name="Mei"))
