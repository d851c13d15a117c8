"""What happens in the demonstration neighbourhood: what was bought, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F

from kith.core.guard import Side, Viewer
from kith.notices.models import Notice
from kith.people.models import Person
from kith.sharing.models import Share
from kith.sharing.services import (
    ask_question,
    comment,
    deliver_line,
    give_tip,
    place_order,
    request_friend,
    request_refund,
    set_useful,
    ship_line,
)
from kith.shop.models import Listing, MerchantStaff
from kith.shop.services import Delivery
from kith.ties.models import Circle

TELLING = "the demonstration looks up what it has just written"
COURIER = timedelta(days=2)
TRYING = timedelta(days=4)
"""How long they wait before they write a review."""
NEWS = timedelta(hours=36)
"""How long something is new to them; what is older they have read."""

Record = dict[str, Any]


class Story:
    """The story of `neighbourhood/story.toml`, told backwards from now."""

    def __init__(self, told: dict[str, Any], *, prices: dict[str, str], now: datetime, source: str) -> None:
        self._told, self._prices, self._now, self._source = told, prices, now, source

    # --- What was bought, as records of the import --------------------------------

    def records(self, people: dict[str, Any]) -> Iterator[Record]:
        asked = {person["handle"] for person in people["person"] if person.get("sharing") == "ask"}
        yield from (order for bought in self._bought for order in self._orders(*bought))
        for number, bought in self._bought:
            if "stars" in bought and bought["who"] in asked:
                yield self._shown(number, bought)
        yield from (self._review(*each) for each in self._bought if "stars" in each[1])

    @property
    def _bought(self) -> list[tuple[int, Record]]:
        return list(enumerate(self._told["bought"]))

    def _orders(self, number: int, bought: Record) -> Iterator[Record]:
        """Each time it was bought; it is sent back, if at all, the last time."""
        for turn, days in enumerate([bought["days"], *bought.get("again", [])]):
            arrived = self._now - timedelta(days=days) - _moment(number)
            price = self._prices[bought["what"]]
            line = {"id": "1", "listing": bought["what"], "quantity": 1, "price": price}
            line |= {"status": "delivered", "at": arrived.isoformat(), "gift": bought.get("gift", False)}
            order = {"type": "order", "id": f"b{number}-{turn}", "buyer": bought["who"], "lines": [line]}
            order["placed_at"] = (arrived - COURIER).isoformat()
            yield order
            if "back" in bought and turn == 0:
                back = {"status": "refunded", "reason": bought["back"], "refund_reason": bought["why"]}
                back["at"] = (arrived + TRYING / 2).isoformat()
                yield order | {"lines": [line | back]}

    def _shown(self, number: int, bought: Record) -> Record:
        shown = {"type": "purchase", "id": f"p{number}", "author": bought["who"], "order": f"b{number}-0"}
        at = self._reviewed(number, bought) - timedelta(hours=1)
        return shown | self._where(bought) | {"line": "1", "at": at.isoformat()}

    def _review(self, number: int, bought: Record) -> Record:
        review = {"type": "review", "id": f"r{number}", "author": bought["who"], "listing": bought["what"]}
        review |= {"rating": bought["stars"], "text": bought["says"], "order": f"b{number}-0", "line": "1"}
        review |= {
            "at": self._reviewed(number, bought).isoformat(),
            "everyone": bought.get("everyone", False),
        }
        return review | self._where(bought)

    def _where(self, bought: Record) -> Record:
        return {"circles": bought["to"]} if "to" in bought else {}

    def _reviewed(self, number: int, bought: Record) -> datetime:
        return self._now - timedelta(days=bought["days"]) - _moment(number) + TRYING

    # --- What was said and done, through the services ------------------------------

    def size(self, people: dict[str, Any]) -> int:
        """How many things `happen` will do."""
        return sum(len(self._told[name]) for name in ("bought", "question", "tip", "order")) + len(
            people["request"]
        )

    def happen(self, people: dict[str, Any]) -> Iterator[object]:
        for number, bought in self._bought:
            if "stars" in bought:
                share = Share.objects.unguarded(TELLING).get(source=self._source, external_id=f"r{number}")
                self._talk(share, bought.get("talk", []), bought.get("useful", []))
            yield bought
        for question in self._told["question"]:
            self._talk(self._ask(question), question["answers"], question["useful"])
            yield question
        for tip in self._told["tip"]:
            self._talk(self._tip(tip), tip["talk"], tip["useful"])
            yield tip
        for order in self._told["order"]:
            self._order(order)
            yield order
        for request in people["request"]:
            viewer = self._viewer(request["from"], self._ago(request["hours"]))
            request_friend(viewer, recipient_id=self._people[request["to"]], note=request["note"])
            yield request

    def read_old_notices(self) -> None:
        """Let everybody have read what they were told a while ago, so that "new" means new."""
        for person_id in self._people.values():
            told = Notice.objects.visible_to(Viewer(person_id, self._now))
            told.filter(at__lt=self._now - NEWS, read_at=None).update(read_at=F("at"))

    @cached_property
    def _people(self) -> dict[str | None, int]:
        rows = Person.objects.filter(source=self._source)
        return dict(rows.values_list("external_id", "pk"))

    @cached_property
    def _listings(self) -> dict[str | None, Listing]:
        rows = Listing.objects.filter(source=self._source)
        return {listing.external_id: listing for listing in rows}

    def _viewer(self, who: str, at: datetime) -> Viewer:
        return Viewer(self._people[who], at, inside=Side.OPEN)

    def _ago(self, hours: float) -> datetime:
        return self._now - timedelta(hours=hours)

    def _talk(self, share: Share, said: list[list[str]], useful: list[str]) -> None:
        """Let people speak below a share, one after the other, between its time and now."""
        pause = min(timedelta(hours=5), (self._now - share.visible_from) / (len(said) + 2))
        at = share.visible_from
        for who, words in said:
            at += pause
            comment(self._viewer(who, at), share_id=share.pk, text=words)
        for who in useful:
            set_useful(self._viewer(who, at + pause), share_id=share.pk, on=True)

    def _circles(self, told: Record) -> list[int]:
        """The author's circles that it goes to: those named, else all that are theirs by default."""
        rows = Circle.objects.visible_to(self._viewer(told["who"], self._now))
        chosen = rows.filter(name__in=told["to"]) if "to" in told else rows.filter(is_default=True)
        return list(chosen.values_list("pk", flat=True))

    def _ask(self, told: Record) -> Share:
        return ask_question(
            self._viewer(told["who"], self._ago(told["hours"])),
            text=told["text"],
            circle_ids=self._circles(told),
            listing_id=self._listings[told["what"]].pk if "what" in told else None,
            category=told.get("shelf"),
        )

    def _tip(self, told: Record) -> Share:
        return give_tip(
            self._viewer(told["who"], self._ago(told["hours"])),
            text=told["text"],
            circle_ids=self._circles(told),
            listing_id=self._listings[told["what"]].pk if "what" in told else None,
        )

    def _order(self, told: Record) -> None:
        """Place an order in the storefront, and bring it as far as `step` says."""
        placed, listing = self._ago(told["hours"]), self._listings[told["what"]]
        buyer, address = self._viewer(told["who"], placed), Delivery(*self._told["addresses"][told["who"]])
        key = f"demo-{told['who']}-{told['what']}"
        line = place_order(buyer, listing_id=listing.pk, quantity=1, delivery=address, key=key)
        if told["step"] == "placed":
            return
        shipped, arrived = (
            placed + timedelta(hours=2),
            self._now - timedelta(minutes=told.get("minutes", 3000)),
        )
        ship_line(self._staff(listing, shipped), line_id=line.pk)
        if told["step"] == "shipped":
            return
        deliver_line(self._staff(listing, arrived), line_id=line.pk)
        if told["step"] == "refund_requested":
            asking = self._viewer(told["who"], arrived + timedelta(hours=20))
            request_refund(asking, line_id=line.pk, reason=told["reason"])

    def _staff(self, listing: Listing, at: datetime) -> Viewer:
        staff = MerchantStaff.objects.filter(merchant=listing.merchant_id).order_by("pk").first()
        return Viewer(staff.person_id if staff else None, at)


def _moment(number: int) -> timedelta:
    """A time of day, another for each thing that was bought."""
    return timedelta(hours=number % 11, minutes=number * 7 % 60, seconds=number)
