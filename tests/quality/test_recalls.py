"""What a buyer may do about something taken down: once, and only they."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from kith.core.errors import NotThere
from kith.core.ids import write_id
from kith.core.money import Money
from kith.notices.models import Notice, NoticeKind
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import RecallClaim, Remedy
from kith.quality.queries import get_recall, recalls_of
from kith.quality.services import ClaimRefused, Grounds
from kith.quality.transitions import Act
from kith.sharing import queries as circle
from kith.sharing.services import OVER, take_in_orders
from kith.shop.models import LineStatus, Listing, Merchant, OrderLine, RefundReason
from kith.shop.records import LineRecord, OrderRecord
from kith.shop.services import register_source
from tests.quality.cast import MEASURED, PLAIN, carried_out, later, looks, proven, sells, somebody
from tests.shop.goods import bought

pytestmark = pytest.mark.django_db

TOLD = "/recalls/{}/"


@pytest.fixture
def mask(masks: Merchant) -> Listing:
    return sells(masks)


def arrived(person: Person, mask: Listing, key: str = "k") -> OrderLine:
    line = bought(person, mask, key=key, now=later(days=-3))
    rows = OrderLine.objects.unguarded("it has arrived")
    rows.filter(pk=line.pk).update(status=LineStatus.DELIVERED, delivered_at=later(days=-2))
    return rows.get(pk=line.pk)


def as_it_is(line: OrderLine) -> OrderLine:
    return OrderLine.objects.unguarded("reads it back").get(pk=line.pk)


def taken_down(mask: Listing, lin: Person, desk: Person) -> None:
    proven(lin, mask, by=desk, measures={MEASURED: 71.0})
    carried_out(by=desk, now=later(hours=1))


def test_one_press_starts_the_refund_once(mask: Listing, lin: Person, mei: Person, desk: Person) -> None:
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    seen = get_recall(looks(mei, later(days=1)), line_id=line.pk)
    assert seen.may_choose
    assert "71" in seen.says
    assert "KN95" in seen.says
    first = quality.claim_remedy(looks(mei, later(days=1)), line_id=line.pk, remedy=Remedy.REFUND)
    again = quality.claim_remedy(looks(mei, later(days=2)), line_id=line.pk, remedy=Remedy.REFUND)
    assert first.pk == again.pk
    now = as_it_is(line)
    assert (now.status, now.refund_reason) == (LineStatus.REFUND_REQUESTED, RefundReason.RECALLED)
    assert now.status_at == later(days=1)
    with pytest.raises(ClaimRefused):
        quality.claim_remedy(looks(mei, later(days=2)), line_id=line.pk, remedy=Remedy.REPLACEMENT)


def test_another_remedy_asks_for_no_money(mask: Listing, lin: Person, mei: Person, desk: Person) -> None:
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    quality.claim_remedy(looks(mei, later(days=1)), line_id=line.pk, remedy=Remedy.REPLACEMENT)
    assert as_it_is(line).status == LineStatus.DELIVERED


def test_nobody_elses_and_nothing_that_is_live(mask: Listing, lin: Person, mei: Person, desk: Person) -> None:
    line = arrived(mei, mask)
    for person in (mei, lin):
        with pytest.raises(NotThere):
            quality.claim_remedy(looks(person), line_id=line.pk, remedy=Remedy.REFUND)
    taken_down(mask, lin, desk)
    for person in (lin, desk, somebody("Bo")):
        assert recalls_of(looks(person, later(days=1))) == ()
        with pytest.raises(NotThere):
            get_recall(looks(person, later(days=1)), line_id=line.pk)
        with pytest.raises(NotThere):
            quality.claim_remedy(looks(person, later(days=1)), line_id=line.pk, remedy=Remedy.REFUND)
    assert not RecallClaim.objects.unguarded("counts").exists()


def test_what_is_over_or_too_old_has_nothing_to_choose(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    rows = OrderLine.objects.unguarded("stands otherwise").filter(pk=line.pk)
    long_ago = later(hours=1, days=-settings.QUALITY_BUYERS_TOLD_DAYS)
    for change in ({"status": LineStatus.REFUNDED}, {"status": LineStatus.DELIVERED, "placed_at": long_ago}):
        rows.update(**change)
        assert not get_recall(looks(mei, later(days=1)), line_id=line.pk).may_choose
        with pytest.raises(ClaimRefused):
            quality.claim_remedy(looks(mei, later(days=1)), line_id=line.pk, remedy=Remedy.REFUND)


def test_bought_in_a_host_shop_the_claim_is_kept_for_it(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    line = arrived(mei, mask)
    register_source("storefront")
    taken_down(mask, lin, desk)
    quality.claim_remedy(looks(mei, later(days=1)), line_id=line.pk, remedy=Remedy.REFUND)
    assert as_it_is(line).status == LineStatus.DELIVERED
    assert RecallClaim.objects.unguarded("reads it back").get(line=line).remedy == Remedy.REFUND


def test_a_refund_asked_for_before_is_not_asked_for_twice(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    line = arrived(mei, mask)
    rows = OrderLine.objects.unguarded("a refund was asked for").filter(pk=line.pk)
    rows.update(status=LineStatus.REFUND_REQUESTED, refund_reason=RefundReason.BROKEN)
    taken_down(mask, lin, desk)
    quality.claim_remedy(looks(mei, later(days=1)), line_id=line.pk, remedy=Remedy.REFUND)
    assert as_it_is(line).refund_reason == RefundReason.BROKEN


def test_in_order_again_is_said_to_who_was_told(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    quality.decide(
        act=Act.REINSTATE,
        listing_id=mask.pk,
        actor_id=desk.pk,
        now=later(days=1),
        grounds=Grounds(words="Proven."),
    )
    viewer = looks(mei, later(days=2))
    assert recalls_of(viewer) == ()
    seen = get_recall(viewer, line_id=line.pk)
    assert (seen.hold, seen.taken_back_at) == (None, later(days=1))
    later_buyer = somebody("Bo")
    with pytest.raises(NotThere):
        get_recall(looks(later_buyer, later(days=2)), line_id=bought(later_buyer, mask, now=later(days=2)).pk)


def test_who_bought_while_it_was_being_taken_down_is_told_too(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    """An order that its host sends later: as if nobody had been told."""
    line, old = arrived(mei, mask), arrived(somebody("Bo"), mask, key="old")
    long_ago = later(hours=1, days=-settings.QUALITY_BUYERS_TOLD_DAYS)
    OrderLine.objects.unguarded("bought long ago").filter(pk=old.pk).update(placed_at=long_ago)
    taken_down(mask, lin, desk)
    told = Notice.objects.unguarded("what was told").filter(kind=NoticeKind.RECALLED)
    assert quality.tell_late_buyers(now=later(hours=2)) == 0
    told.delete()
    assert quality.tell_late_buyers(now=later(hours=26)) == 0
    assert quality.tell_late_buyers(now=later(hours=2)) == 1
    assert list(told.values_list("recipient", "subject")) == [(mei.pk, line.pk)]
    assert quality.tell_late_buyers(now=later(hours=3)) == 0


def sent(buyer: Person, listing: Listing, order: str = "late", **said: Any) -> OrderRecord:
    """An order as its host shop sends it, placed before the takedown unless it says otherwise."""
    told: dict[str, Any] = {"status": LineStatus.DELIVERED, "at": later(days=-1), "placed_at": later(days=-3)}
    told |= said
    line = LineRecord("1", listing.pk, 1, Money(1990), told["status"], told["at"])
    return OrderRecord("host", order, buyer.pk, told["placed_at"], (line,))


def told_of_recalls() -> list[tuple[int, int, bool]]:
    """Who was told of which line, and whether they have not read it."""
    rows = Notice.objects.unguarded("what was told").filter(kind=NoticeKind.RECALLED).order_by("at")
    return [(one.recipient_id, one.subject, one.read_at is None) for one in rows]


def test_whose_order_comes_in_long_after_the_takedown_is_told_as_it_comes(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    taken_down(mask, lin, desk)
    weeks = later(days=40)
    [change] = take_in_orders([sent(mei, mask)], now=weeks)
    assert told_of_recalls() == [(mei.pk, change.line.pk, True)]
    assert circle.unread_notices(looks(mei, weeks)) == 1
    assert [card.line.id for card in recalls_of(looks(mei, weeks))] == [change.line.pk]
    Notice.objects.unguarded("they have read it").update(read_at=weeks)
    for again in (sent(mei, mask), sent(mei, mask, at=later(days=39))):
        take_in_orders([again], now=later(days=41))
    assert told_of_recalls() == [(mei.pk, change.line.pk, False)]


def test_a_late_order_tells_nobody_else(mask: Listing, lin: Person, mei: Person, desk: Person) -> None:
    """What is live or only suspected, over, or bought too long ago."""
    plain, frozen = sells(mask.merchant, PLAIN), sells(mask.merchant, "另一款")
    taken_down(mask, lin, desk)
    quality.decide(
        act=Act.SUSPECT,
        listing_id=frozen.pk,
        actor_id=desk.pk,
        now=later(hours=2),
        grounds=Grounds(words="?"),
    )
    long_ago = later(hours=1, days=-settings.QUALITY_BUYERS_TOLD_DAYS)
    orders = [
        sent(mei, plain, "1"), sent(mei, frozen, "2"),
        sent(mei, mask, "4", placed_at=long_ago),
        *(sent(mei, mask, f"over-{status}", status=status) for status in OVER),
    ]  # fmt: skip
    take_in_orders(orders, now=later(days=3))
    assert told_of_recalls() == []


def test_a_late_correction_of_what_was_bought_tells_its_buyer(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    plain = sells(mask.merchant, PLAIN)
    taken_down(mask, lin, desk)
    [change] = take_in_orders([sent(mei, plain)], now=later(days=3))
    assert told_of_recalls() == []
    take_in_orders([sent(mei, mask, at=later(days=2))], now=later(days=4))
    assert told_of_recalls() == [(mei.pk, change.line.pk, True)]


def test_of_a_later_decision_its_buyers_are_told_anew(
    mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    """By a person, and again by a sweep: what was read of the first is not the second."""
    arrived(mei, mask)
    told = Notice.objects.unguarded("what was told").filter(kind=NoticeKind.RECALLED, recipient=mei)
    for day, act in enumerate((Act.REMOVE, Act.REINSTATE, Act.RECALL, Act.REINSTATE)):
        now = later(days=day)
        grounds = Grounds(words="Looked at.")
        quality.decide(act=act, listing_id=mask.pk, actor_id=desk.pk, now=now, grounds=grounds)
        if act != Act.REINSTATE:
            assert list(told.values_list("at", "read_at")) == [(now, None)]
        told.update(read_at=now)
    proven(lin, mask, by=desk, now=later(days=5), measures={MEASURED: 71.0})
    carried_out(by=desk, now=later(days=6))
    assert list(told.values_list("at", "read_at")) == [(later(days=6), None)]


# --- The pages ------------------------------------------------------------------------------


def test_the_page_says_what_to_do_and_takes_the_choice(
    client: Client, mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    Person.objects.filter(pk=mei.pk).update(language="en")
    mei.refresh_from_db()
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    client.force_login(mei)
    address = TOLD.format(write_id(line.pk))
    assert address in client.get("/recalls/").content.decode()
    page = client.get(address).content.decode()
    for words in ("What is wrong with it", "71 %", "Stop using it", "I want my money back"):
        assert words in page
    assert client.post(address, {"remedy": "gold"}).status_code == 404
    assert client.post(address, {"remedy": "refund"}).status_code == 302
    assert client.post(address, {"remedy": "refund"}).status_code == 302
    assert RecallClaim.objects.unguarded("counts").count() == 1
    assert "I want my money back" not in client.get(address).content.decode()


def test_the_notice_leads_there(
    client: Client, mask: Listing, lin: Person, mei: Person, desk: Person
) -> None:
    line = arrived(mei, mask)
    taken_down(mask, lin, desk)
    client.force_login(mei)
    assert TOLD.format(write_id(line.pk)) in client.get("/notices/").content.decode()
    client.force_login(lin)
    assert client.get("/notices/").status_code == 200
