"""The demonstration neighbourhood; and written out and taken in by an empty installation, it is the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.management import call_command

from kith.audience.viewer import viewer_of
from kith.cli.demo_data import CAST, PASSWORD, SOURCE, load_neighbourhood
from kith.cli.export import export
from kith.core.clock import utc_now
from kith.people.models import Person
from kith.sharing.deliver import find_differences
from kith.sharing.intake import take_in
from kith.sharing.intake.giving import records_of
from kith.sharing.queries import (
    circle_feed,
    comments_of,
    evidence_for_listings,
    lines_to_ask_about,
    my_shares,
    trusted_merchants,
)
from kith.shop.models import Listing, ListingHold, OrderLine
from kith.shop.queries import merchants_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOOKING = ("mei", "mama", "lucy", "linlei", "jianguo", "machao", "zhouxiao")
"""Of a large family, of none; who mutes, who is hidden from, who shows nothing."""


def look(now: datetime) -> dict[str, Any]:
    """What these people see, without the ids that are drawn anew."""
    return {person.handle: dict(_seen(person, now)) for person in Person.objects.filter(handle__in=LOOKING)}


def _seen(person: Person, now: datetime) -> Iterator[tuple[str, Any]]:
    viewer = viewer_of(person, now)
    feed = _all_of(lambda cursor: circle_feed(viewer, cursor=cursor, size=50))
    yield "feed", [_plain(card) for card in feed]
    yield (
        "comments",
        [
            (card.text, comment.author.name, comment.text, comment.at)
            for card in feed
            if card.comments
            for comment in comments_of(viewer, share_id=card.id).items
        ],
    )
    yield (
        "mine",
        sorted(str(_plain(card)) for card in _all_of(lambda cursor: my_shares(viewer, cursor=cursor))),
    )
    titles = dict(Listing.objects.values_list("pk", "title"))
    tallies = evidence_for_listings(viewer, listing_ids=list(titles))
    yield "evidence", {titles[pk]: asdict(tally) for pk, tally in tallies.items()}
    yield "trusted", sorted((one.name, round(one.score, 9), one.level) for one in trusted_merchants(viewer))


def _all_of(read: Any) -> list[Any]:
    cards: list[Any] = []
    page = read(None)
    cards += page.items
    while page.next is not None:
        page = read(page.next)
        cards += page.items
    return cards


def _plain(card: Any) -> tuple[Any, ...]:
    thing = (card.thing.title, card.thing.merchant_name) if card.thing else None
    return (
        card.kind, card.author.name, card.author.handle, sorted(card.author.circles), thing, card.outcome,
        card.rating, card.text, card.when, card.comments, card.likes, card.liked, card.withdrawn,
        card.audience.everyone, sorted(name for name, _ in card.audience.circles), card.held_until,
    )  # fmt: skip


def test_the_neighbourhood_is_lively_and_exact(neighbourhood: datetime) -> None:
    assert find_differences() == []
    seen = look(neighbourhood)
    assert len(seen["mei"]["feed"]) > 100
    assert len(seen["mama"]["feed"]) > 100
    assert seen["zhouxiao"]["feed"] == []
    assert not any(card[0] == "purchase" and card[1] == "张桂花" for card in seen["mei"]["feed"])
    levels = {level for _, _, level in seen["mei"]["trusted"]}
    assert {"very-reliable", "careful"} <= levels


def test_each_of_the_cast_finds_what_is_promised(neighbourhood: datetime) -> None:
    people = {person.handle: person for person in Person.objects.all()}
    for somebody in CAST:
        assert people[somebody.handle].check_password(PASSWORD)
        assert people[somebody.handle].phone == somebody.phone
    assert len(lines_to_ask_about(viewer_of(people["mei"], neighbourhood))) >= 2
    mine = my_shares(viewer_of(people["mama"], neighbourhood)).items
    assert [card.thing.title for card in mine if card.held_until and card.thing] == ["感应小夜灯 两只装"]
    assert [shop.name for shop in merchants_of(viewer_of(people["sunlaoban"], neighbourhood))] == [
        "邻里小家电"
    ]
    assert people["desk"].is_staff
    waiting = OrderLine.objects.visible_to(viewer_of(people["sunlaoban"], neighbourhood))
    assert waiting.filter(status="placed").count() == 2
    assert waiting.filter(status="refund_requested").count() == 1
    assert people["desk"].is_staff


@pytest.mark.django_db(transaction=True)
def test_written_out_and_taken_in_elsewhere_everybody_sees_the_same(tmp_path: Path) -> None:
    load_neighbourhood(lambda things, *_, **__: iter(things))
    ListingHold.objects.all().delete()  # what is decided about listings is not written out
    now = utc_now()
    before = look(now)
    file = tmp_path / "all.ndjson"
    assert CliRunner().invoke(export, ["--out", str(file)]).exit_code == 0
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    _empty()
    answers = list(take_in(records, source=SOURCE, now=now))
    assert [answer for answer in answers if answer.outcome == "rejected"] == []
    assert find_differences() == []
    after = look(now)
    assert after.keys() == before.keys()
    for handle in before:
        for part, seen in before[handle].items():
            assert after[handle][part] == seen, (handle, part)


def _empty() -> None:
    from kith.audience.viewer import CIRCLES
    from kith.rollout.services import open_to_everyone

    call_command("flush", interactive=False, verbosity=0)
    long_ago = utc_now() - timedelta(days=2000)
    open_to_everyone(CIRCLES, now=long_ago, why="the tests begin", surface="job")


def test_of_one_person_only_what_is_theirs_is_written(neighbourhood: datetime) -> None:
    mama = Person.objects.get(handle="mama")
    records = list(records_of(person_id=mama.pk))
    owners: Iterable[Any] = (
        record.get("owner") or record.get("author") or record.get("buyer") or record.get("person")
        for record in records
        if record["type"] not in {"person", "friends", "merchant", "listing", "category"}
    )
    assert set(owners) == {"mama"}
    assert {record["id"] for record in records if record["type"] == "person"} == {"mama"}
