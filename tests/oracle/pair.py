"""A plain world and the program, to which the same things happen.

`Pair.do` lets somebody do a deed in both, and holds that both allow it or both refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from hypothesis import currently_in_test_context, note

from kith.audience.viewer import CIRCLES, viewer_of
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.people.models import Person
from kith.rollout.models import Batch, Feature, Listed
from kith.rollout.rules import Kind
from kith.sharing import services
from kith.sharing.models import Share
from kith.shop.models import Category, HoldState, Listing, Merchant, MerchantStaff
from kith.shop.services import Delivery
from kith.shop.services.holds import hold_listing, release_listing
from tests.oracle import deeds, orders, world
from tests.oracle.deeds import No
from tests.oracle.notices import tell_of_correction

START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
ADDRESS = Delivery("Mei", "13800138000", "310000", "12 Nanjing Road")


@contextmanager
def undone() -> Iterator[None]:
    """Let things happen to the database that are as if they never had been."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tell(event: str) -> None:
    """Put it into the story that hypothesis prints of a failure."""
    if currently_in_test_context():
        note(event)


class Pair:
    """The two, and the ids that both know people and things by."""

    def __init__(self) -> None:
        self.plain = world.World(START)
        self.numbers = count(1)
        circles = Feature.objects.create(name=CIRCLES, changed_at=START)
        self.batches = {
            "all": Batch.objects.create(feature=circles, kind=Kind.EVERYONE, starts_at=START),
            "listed": Batch.objects.create(
                feature=circles, kind=Kind.PEOPLE, starts_at=START, paused_at=START
            ),
        }
        self.keeper = Person.objects.create(handle="keeper", display_name="Keeper").pk
        """Acts for every merchant, and takes no part in anything else."""

    # --- What both start with ------------------------------------------------------

    def add_person(self, name: str) -> int:
        person = Person.objects.create(handle=name.lower(), display_name=name)
        self.plain.people[person.pk] = world.Person(person.pk)
        return person.pk

    def add_shop(self, *, merchants: int = 2, listings: int = 4) -> None:
        for code, sensitive in (("kitchen", False), ("books", False), ("medicine", True)):
            Category.objects.create(code=code, name_zh=code, name_en=code, sensitive=sensitive)
            self.plain.sensitive |= {code} if sensitive else set()
        sellers = [Merchant.objects.create(name=f"Shop {number}").pk for number in range(merchants)]
        MerchantStaff.objects.bulk_create(
            MerchantStaff(merchant_id=seller, person_id=self.keeper) for seller in sellers
        )
        for number in range(listings):
            self.add_listing(sellers[number % merchants], "books" if number == 2 else "kitchen")
        self.add_listing(sellers[0], "medicine")

    def add_listing(self, merchant: int, category: str) -> None:
        title = f"Thing {next(self.numbers)}"
        row = Listing.objects.create(
            merchant_id=merchant, category_id=category, title=title, price_minor=4200
        )
        self.plain.listings[row.pk] = world.Listing(row.pk, merchant, category)

    def add_photo(self, owner: int) -> int:
        name = f"photo{next(self.numbers)}"
        photo = Photo.objects.create(owner_id=owner, name=name, width=1, height=1, created_at=self.plain.now)
        return int(photo.pk)

    # --- What happens to both --------------------------------------------------------

    def viewer(self, who: int | None) -> Viewer:
        person = None if who is None else Person.objects.get(pk=who)
        return viewer_of(person, self.plain.now)

    def advance(self, by: timedelta) -> None:
        self.plain.now += by

    def do(self, deed: str, me: int, **what: Any) -> int:
        """Let somebody do it in both; return the id of what it made, or 0."""
        made = self._really(deed, me, **what)
        new = 0 if made is None else made
        allowed = True
        try:
            getattr(deeds, deed)(self.plain, me, new, **what)
        except No:
            allowed = False
        self._agree(deed, what, allowed=allowed, done=made is not None)
        return new

    def _really(self, deed: str, me: int, **what: Any) -> int | None:
        """The id of what the program made (0: nothing), or None if it refused."""
        try:
            made = getattr(services, deed)(self.viewer(me), **what)
        except (Refused, NotThere) as refusal:
            tell(f"{deed} refused: {refusal!r}")
            return None
        return int(getattr(made, "pk", 0) or 0)

    def _agree(self, deed: str, what: dict[str, Any], *, allowed: bool, done: bool) -> None:
        tell(f"{deed}({what}) {'done' if done else 'refused'}")
        assert allowed == done, f"{deed}({what}): the oracle says {allowed}, the program {done}"

    def put(self, **facts: Any) -> None:
        """Set what no shopper does: the rollout, who is let in, suspension, what is taken back or down."""
        for name, value in facts.items():
            getattr(self, f"_put_{name}")(value)

    def _put_rollout(self, openness: str) -> None:
        for name, batch in self.batches.items():
            paused = None if name == openness else self.plain.now
            Batch.objects.filter(pk=batch.pk).update(paused_at=paused)
        self.plain.rollout = openness

    def _put_listed(self, person: int) -> None:
        Listed.objects.get_or_create(batch=self.batches["listed"], person_id=person)
        self.plain.people[person].listed = True

    def _put_suspended(self, person: int) -> None:
        services.suspend(person_id=person, now=self.plain.now)
        self.plain.people[person].suspended = True

    def _put_back(self, person: int) -> None:
        services.unsuspend(person_id=person)
        self.plain.people[person].suspended = False

    def _put_taken_back(self, share: int) -> None:
        services.withdraw_by_staff(share_id=share, on=True, now=self.plain.now)
        self.plain.shares[share].by_staff = True

    def _put_given_back(self, share: int) -> None:
        services.withdraw_by_staff(share_id=share, on=False, now=self.plain.now)
        self.plain.shares[share].by_staff = self.plain.shares[share].category in self.plain.sensitive

    def _put_sensitive(self, category: str) -> None:
        Category.objects.filter(pk=category).update(sensitive=True)
        services.withdraw_sensitive(now=self.plain.now)
        self.plain.sensitive.add(category)
        for share in self.plain.shares.values():
            share.by_staff |= share.category in self.plain.sensitive

    def _put_suspected(self, listing: int) -> None:
        self._hold(listing, HoldState.SUSPECTED)

    def _put_removed(self, listing: int) -> None:
        self._hold(listing, HoldState.REMOVED)

    def _put_recalled(self, listing: int) -> None:
        self._hold(listing, HoldState.RECALLED)

    def _put_live(self, listing: int) -> None:
        release_listing(listing_id=listing)
        self.plain.listings[listing].held, self.plain.listings[listing].held_since = "", None

    def _hold(self, listing: int, state: HoldState) -> None:
        hold_listing(listing_id=listing, state=state, since=self.plain.now, decision=1, rule="price")
        plain = self.plain.listings[listing]
        plain.held, plain.held_since = state.value, self.plain.now
        if state.is_gone:
            services.tell_of_correction(listing_id=listing)
            tell_of_correction(self.plain, listing)

    # --- Orders ------------------------------------------------------------------------

    def buy(self, me: int, listing: int) -> int:
        """The id of the order line, or 0: it is not sold at the moment."""
        done = allowed = True
        what: dict[str, Any] = {"listing_id": listing, "quantity": 3, "delivery": ADDRESS}
        new = 0
        try:
            new = services.place_order(self.viewer(me), **what, key=str(next(self.numbers))).pk
        except Refused:
            done = False
        try:
            orders.place(self.plain, me, new, listing_id=listing)
        except No:
            allowed = False
        self._agree("place_order", what, allowed=allowed, done=done)
        return new

    def move(self, line_id: int, step: str) -> None:
        """Bring an order line on, as its buyer or its merchant."""
        line = self.plain.lines[line_id]
        buyer = step in ("confirm_line", "request_refund", "refund_recalled", "cancel_line")
        viewer = self.viewer(line.buyer if buyer else self.keeper)
        what: dict[str, Any] = {"line_id": line_id}
        match step:
            case "request_refund":
                what |= {"reason": "it leaks"}
            case "accept_refund" | "refuse_refund":
                what |= {"accept": step == "accept_refund", "reason": "as agreed"}
        name = "answer_refund" if "accept" in what else step
        done = self._try(name, viewer, what)
        allowed = True
        try:
            orders.move(self.plain, line, step, self.purchase_of(line_id))
        except No:
            allowed = False
        self._agree(step, what, allowed=allowed, done=done)

    def _try(self, name: str, viewer: Viewer, what: dict[str, Any]) -> bool:
        try:
            getattr(services, name)(viewer, **what)
        except (Refused, NotThere):
            return False
        return True

    def gift(self, line_id: int, *, is_gift: bool) -> None:
        line = self.plain.lines[line_id]
        services.mark_gift(self.viewer(line.buyer), line_id=line_id, is_gift=is_gift)
        orders.mark_gift(self.plain, line, is_gift)

    def arrived(self, me: int, listing: int) -> int:
        """Buy something that arrives at once."""
        line = self.buy(me, listing)
        if line:
            self.move(line, "ship_line")
            self.move(line, "deliver_line")
        return line

    def purchase_of(self, line_id: int) -> int:
        """The id of the share that the program made of a line; the oracle decides whether it should."""
        rows = Share.objects.unguarded("the test asks for an id").filter(line=line_id, kind="purchase")
        return int(rows.values_list("pk", flat=True).first() or 0)

    # --- Becoming friends, as a matter of course ---------------------------------------

    def befriend(self, one: int, two: int) -> None:
        if world.are_friends(self.plain, one, two) or world.is_blocked(self.plain, one, two):
            return
        self.do("request_friend", one, recipient_id=two, circle_id=None)
        for request in list(self.plain.requests.values()):
            if (request.sender, request.recipient) == (one, two) and deeds.waits(request):
                self.do("accept_request", two, request_id=request.id, circle_ids=[])
