"""A story as it happens: each thing at its time, through the services that people's pages call.

For small worlds: what this leaves is what the bulk load must leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

import numpy as np

from benchmarks.world.goods import (
    DELIVERED,
    REASONS,
    REFUNDED,
    REQUESTED,
    SHELVES,
    STATUSES,
)
from benchmarks.world.left_inside import SOURCE
from benchmarks.world.left_people import LEAVING_SURFACE, SURFACE, TEXT
from benchmarks.world.load import open_the_shop
from benchmarks.world.people import EXCLUDED, MODES, Stand
from benchmarks.world.plan import HOUR, NONE, Marks, Numbers
from benchmarks.world.shares import PURCHASE, QUESTION, REVIEW
from benchmarks.world.story import Story
from benchmarks.world.ties import Fate
from benchmarks.world.words import Coded
from kith.core.guard import Side, Viewer
from kith.core.money import Money
from kith.notices.services import mark_read
from kith.people.services import change_profile, open_account
from kith.sharing import services as inside
from kith.sharing.models import Share
from kith.shop import services as shop
from kith.shop.models import LineStatus, OrderLine
from kith.shop.records import LineRecord, ListingRecord, MerchantRecord, OrderRecord
from kith.strangers.services import verify_phone
from kith.ties.models import FriendRequest

PLAYING = "a story is told through the services"
MARKED_AFTER = 2
"""Seconds after it has arrived is something said to be a gift."""
Event = tuple[int, Callable[[], object]]
"""When, in seconds since 1970, and what happens then."""


def each(at: Numbers, happens: Callable[[int], object], *, where: Marks | None = None) -> Iterator[Event]:
    """One event for each row, or for those rows only."""
    rows = np.arange(len(at)) if where is None else np.flatnonzero(where)
    for row in rows.tolist():
        yield int(at[row]), partial(happens, row)


def word(column: Coded, row: int) -> str:
    return column.pool[int(column.codes[row])]


def instant(seconds: Any) -> datetime:
    return datetime.fromtimestamp(int(seconds), tz=UTC)


class Play:
    """The inside of a story. By the rows of the story, the ids of what came to be."""

    def __init__(self, story: Story) -> None:
        self.story, self._told = story, story.inside
        self.people: dict[int, int] = {}
        self.circles: dict[int, int] = {}
        self.merchants: dict[int, int] = {}
        self.listings: dict[int, int] = {}
        self.shares: dict[int, int] = {}

    def happen(self, set_clock: Callable[[datetime], None], *more: Iterable[Event]) -> None:
        """Let everything happen, the oldest first. :param more: what happens elsewhere."""
        open_the_shop(self.story)
        parts = (self.come(), self.meet(), self.sell(), self.buy(), self.show(), self.end(), *more)
        events = [event for part in parts for event in part]
        for at, happens in sorted(events, key=lambda event: event[0]):
            set_clock(instant(at))
            happens()

    def viewer(self, person: Any, at: Any) -> Viewer:
        """Somebody, to whom both sides are open. :param person: a row. :param at: in seconds."""
        return Viewer(self.people[int(person)], instant(at), inside=Side.OPEN, outside=Side.OPEN)

    # --- Who comes, and whom they know ------------------------------------------------------------

    def come(self) -> Iterator[Event]:
        people = self._told.people
        yield from each(people.joined, self._join)
        yield from each(people.agreed_at, self._agree, where=people.has_agreed)
        yield from each(people.mode_at, self._choose, where=people.mode > 0)
        yield from each(people.read_at, self._read, where=people.read_at != NONE)
        yield from each(people.read_outside_at, self._read_outside, where=people.read_outside_at != NONE)

    def _join(self, row: int) -> None:
        people, at = self._told.people, self._told.people.joined[row]
        handle = people.handle[row].as_py()
        person = open_account(display_name=word(people.name, row), now=instant(at), handle=handle)
        self.people[row] = person.pk
        region, born = word(people.region, row), int(people.born[row])
        person = change_profile(self.viewer(row, at), region=region, born=born)
        if (phone := people.phone[row].as_py()) is not None:
            verify_phone(person, phone=phone)

    def _agree(self, row: int) -> None:
        viewer = self.viewer(row, self._told.people.agreed_at[row])
        inside.open_circles(viewer, text_version=TEXT, surface=SURFACE)

    def _choose(self, row: int) -> None:
        people = self._told.people
        excluded = [EXCLUDED[people.excludes[row]]] if people.excludes[row] != NONE else []
        hold = timedelta(seconds=int(people.hold[row]))
        viewer = self.viewer(row, people.mode_at[row])
        inside.set_sharing(viewer, mode=MODES[people.mode[row]], hold=hold, excluded_categories=excluded)

    def _read(self, row: int) -> None:
        mark_read(self.viewer(row, self._told.people.read_at[row]))

    def _read_outside(self, row: int) -> None:
        mark_read(self.viewer(row, self._told.people.read_outside_at[row]), outside=True)

    def meet(self) -> Iterator[Event]:
        yield from each(self._told.edges.at - HOUR, self._ask)
        yield from each(self._told.edges.at, self._accept)
        aliased = self._told.edges.alias.codes > 0
        yield from each(self._told.edges.at + HOUR, self._name, where=aliased)
        yield from each(self._told.circles.at, self._circle)

    def _ask(self, row: int) -> None:
        edges = self._told.edges
        viewer = self.viewer(edges.asked[row], edges.at[row] - HOUR)
        inside.request_friend(viewer, recipient_id=self.people[int(edges.accepted[row])])

    def _accept(self, row: int) -> None:
        edges = self._told.edges
        viewer = self.viewer(edges.accepted[row], edges.at[row])
        asked = self.people[int(edges.asked[row])]
        inside.accept_request(
            viewer, request_id=FriendRequest.objects.visible_to(viewer).get(sender=asked).pk
        )

    def _name(self, row: int) -> None:
        edges = self._told.edges
        viewer = self.viewer(edges.asked[row], edges.at[row] + HOUR)
        other = self.people[int(edges.accepted[row])]
        inside.set_alias(viewer, other_id=other, alias=word(edges.alias, row))

    def _circle(self, row: int) -> None:
        circles, members = self._told.circles, self._told.members
        viewer = self.viewer(circles.owner[row], circles.at[row])
        circle = inside.create_circle(
            viewer, name=word(circles.name, row), kind=word(circles.kind, row),
            weight=int(circles.weight[row]), window=word(circles.window, row),
            is_default=bool(circles.default[row]),
        )  # fmt: skip
        self.circles[row] = circle.pk
        who = members.person[members.first[row] : members.first[row + 1]].tolist()
        inside.add_members(viewer, circle_id=circle.pk, person_ids=[self.people[one] for one in who])

    # --- What is sold and bought ------------------------------------------------------------------

    def sell(self) -> Iterator[Event]:
        merchants = self._told.merchants
        yield from each(merchants.at, self._merchant)
        hired = np.maximum(merchants.at, self._told.people.joined[merchants.staff]) + HOUR
        yield from each(hired, self._hire)
        yield from each(self._told.listings.at, self._listing)

    def _merchant(self, row: int) -> None:
        merchants = self._told.merchants
        region = word(merchants.region, row)
        record = MerchantRecord(SOURCE, f"m{row}", merchants.name[row].as_py(), region=region)
        (self.merchants[row],) = shop.record_merchants([record])

    def _hire(self, row: int) -> None:
        staff = self.people[int(self._told.merchants.staff[row])]
        shop.set_merchant_staff(merchant_id=self.merchants[row], person_ids=[staff])

    def _listing(self, row: int) -> None:
        listings = self._told.listings
        record = ListingRecord(
            SOURCE, f"l{row}", self.merchants[int(listings.merchant[row])], SHELVES[listings.shelf[row]],
            listings.title[row].as_py(), Money(int(listings.price[row]), "CNY"),
            description=word(listings.description, row), on_sale=bool(listings.on_sale[row]),
        )  # fmt: skip
        (self.listings[row],) = shop.record_listings([record])

    def buy(self) -> Iterator[Event]:
        """A line that came back was delivered first; one that was refunded was asked for in between."""
        lines = self._told.lines
        came_back = (lines.status == REQUESTED) | (lines.status == REFUNDED)
        yield from each(lines.heard_at, self._hear)
        yield from each(lines.heard_at + MARKED_AFTER, self._mark, where=lines.gift)
        yield from each(lines.asked_at, self._hear_of_return, where=came_back)
        yield from each(lines.moved_at, self._hear_of_refund, where=lines.status == REFUNDED)

    def _hear(self, row: int) -> None:
        lines = self._told.lines
        status = int(lines.status[row])
        self._take_in(row, DELIVERED if status in {REQUESTED, REFUNDED} else status, lines.heard_at[row])

    def _hear_of_return(self, row: int) -> None:
        lines = self._told.lines
        self._take_in(row, REQUESTED, lines.asked_at[row], reason=REASONS[lines.reason[row]])

    def _hear_of_refund(self, row: int) -> None:
        lines = self._told.lines
        self._take_in(row, REFUNDED, lines.moved_at[row], reason=REASONS[lines.reason[row]])

    def _take_in(self, row: int, status: int, at: Any, *, reason: str = "") -> None:
        lines, buyer = self._told.lines, int(self._told.lines.buyer[row])
        listing = int(lines.listing[row])
        price = Money(int(self._told.listings.price[listing]), "CNY")
        said = LineRecord(
            "1", self.listings[listing], int(lines.quantity[row]), price, LineStatus(STATUSES[status]),
            instant(at), refund_reason=reason,
        )  # fmt: skip
        order = OrderRecord(
            SOURCE, f"o{row}", self.people[buyer], instant(lines.placed[row]), (said,),
            ship_to=word(self._told.people.region, buyer),
        )  # fmt: skip
        inside.take_in_orders([order], now=instant(at))

    def _mark(self, row: int) -> None:
        lines = self._told.lines
        viewer = self.viewer(lines.buyer[row], lines.heard_at[row] + MARKED_AFTER)
        inside.mark_gift(viewer, line_id=self._line(row), is_gift=True)

    def _line(self, row: int) -> int:
        lines = OrderLine.objects.unguarded(PLAYING)
        return int(lines.get(order__source=SOURCE, order__external_id=f"o{row}").pk)

    # --- What is shown and said -------------------------------------------------------------------

    def show(self) -> Iterator[Event]:
        yield from each(self._told.shares.at, self._show, where=~self._told.shares.by_itself)
        yield from each(self._told.comments.at, self._comment)
        yield from each(self._told.useful.at, self._find_useful)

    def _show(self, row: int) -> None:
        shares, about = self._told.shares, int(self._told.shares.listing[row])
        viewer = self.viewer(shares.author[row], shares.at[row])
        said: dict[str, Any] = {"circle_ids": self._circles_of[row], "text": word(shares.text, row)}
        if shares.kind[row] == PURCHASE:
            share = inside.share_purchase(viewer, line_id=self._line(int(shares.line[row])), **said)
        elif shares.kind[row] == REVIEW:
            said |= {"rating": int(shares.rating[row]), "to_everyone": bool(shares.to_everyone[row])}
            share = inside.write_review(viewer, listing_id=self.listings[about], **said)
        else:
            say = inside.ask_question if shares.kind[row] == QUESTION else inside.give_tip
            share = say(viewer, listing_id=None if about == NONE else self.listings[about], **said)
        self.shares[row] = share.pk

    @cached_property
    def _circles_of(self) -> list[list[int]]:
        audiences = self._told.audiences
        found: list[list[int]] = [[] for _ in range(len(self._told.shares))]
        for share, circle in zip(audiences.share.tolist(), audiences.circle.tolist(), strict=True):
            found[share].append(self.circles[circle])
        return found

    def _share(self, row: Any) -> int:
        """The id of a share, also of one that came by itself."""
        if int(row) not in self.shares:
            line = self._line(int(self._told.shares.line[row]))
            rows = Share.objects.unguarded(PLAYING)
            self.shares[int(row)] = rows.get(line=line, kind="purchase").pk
        return self.shares[int(row)]

    def _comment(self, row: int) -> None:
        said = self._told.comments
        viewer = self.viewer(said.person[row], said.at[row])
        inside.comment(viewer, share_id=self._share(said.share[row]), text=word(said.text, row))

    def _find_useful(self, row: int) -> None:
        said = self._told.useful
        viewer = self.viewer(said.person[row], said.at[row])
        inside.set_useful(viewer, share_id=self._share(said.share[row]), on=True)

    # --- How it ends ------------------------------------------------------------------------------

    def end(self) -> Iterator[Event]:
        people, shares, edges = self._told.people, self._told.shares, self._told.edges
        yield from each(edges.fate_at, self._part, where=edges.fate != Fate.NONE)
        yield from each(self._told.blocks.at, self._block)
        yield from each(people.stand_at, self._stand, where=people.stand > Stand.NEVER_ASKED)
        yield from each(shares.hidden_at, self._hide, where=shares.hidden_at != NONE)
        yield from each(shares.staff_at, self._take_back, where=shares.staff_at != NONE)

    def _part(self, row: int) -> None:
        edges = self._told.edges
        pair = (edges.asked[row], edges.accepted[row])
        owner, other = pair if edges.by_asker[row] else pair[::-1]
        viewer, whom = self.viewer(owner, edges.fate_at[row]), self.people[int(other)]
        match Fate(int(edges.fate[row])):
            case Fate.MUTED:
                inside.set_muted(viewer, other_id=whom, on=True)
            case Fate.HIDDEN_FROM:
                inside.set_hidden_from(viewer, other_id=whom, on=True)
            case Fate.BLOCKED:
                inside.block(viewer, other_id=whom)
            case Fate.UNFRIENDED:
                inside.unfriend(viewer, other_id=whom)

    def _block(self, row: int) -> None:
        blocks = self._told.blocks
        viewer = self.viewer(blocks.owner[row], blocks.at[row])
        inside.block(viewer, other_id=self.people[int(blocks.other[row])])

    def _stand(self, row: int) -> None:
        people = self._told.people
        viewer = self.viewer(row, people.stand_at[row])
        match Stand(int(people.stand[row])):
            case Stand.WITHDRAWN:
                inside.withdraw_consent(viewer, surface=LEAVING_SURFACE)
            case Stand.PAUSED:
                inside.pause(viewer)
            case Stand.SUSPENDED:
                inside.suspend(person_id=self.people[row], now=viewer.now)

    def _hide(self, row: int) -> None:
        shares = self._told.shares
        viewer = self.viewer(shares.author[row], shares.hidden_at[row])
        inside.hide_share(viewer, share_id=self._share(row))

    def _take_back(self, row: int) -> None:
        now = instant(self._told.shares.staff_at[row])
        inside.withdraw_by_staff(share_id=self._share(row), on=True, now=now)
