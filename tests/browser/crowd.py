"""The demonstration neighbourhood, and on top of it whatever a page may also have to hold.

Names as long as they may be, words without a space, photos, every state an order can be in: so that
a page that holds these, holds everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from io import BytesIO

from PIL import Image

from kith.audience.viewer import viewer_of
from kith.cli.demo_data import load_neighbourhood
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.money import Money
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.quality import services as quality
from kith.quality.services import Grounds, Paper
from kith.quality.transitions import Act
from kith.sharing import services as sharing
from kith.sharing.models import Share
from kith.shop.models import LineStatus, Listing, MerchantStaff, OrderLine
from kith.shop.records import LineRecord, ListingRecord, OrderRecord
from kith.shop.services import Delivery, record_listings
from kith.ties.models import Circle, FriendRequest, Invitation
from tests.web.cast import befriend

LOOKING = "the test looks up what it has just made"
LONG_NAME = "Maximiliane-Wilhelmine-von-und-zu-Pflaum"
LONG_TITLE = (
    "加厚不锈钢电热水壶大容量家用自动断电保温一体烧水壶SUPERDUPERLONGMODELNAMEX1700PROMAX" + "快" * 60
)
LONG_WORD = "https://example.org/" + "a-very-long-address-that-has-no-space-in-it/" * 4


@dataclass(frozen=True)
class Crowd:
    """Who is in it, and the ids of what their pages are about."""

    now: datetime

    def person(self, handle: str) -> Person:
        return Person.objects.get(handle=handle)

    def viewer(self, handle: str) -> Viewer:
        return viewer_of(self.person(handle), self.now)

    @cached_property
    def long_listing(self) -> Listing:
        return Listing.objects.get(title=LONG_TITLE)

    def share(self, **which: object) -> int:
        """The newest share with these marks."""
        found = Share.objects.unguarded(LOOKING).filter(**which).order_by("-created_at").first()
        assert found is not None, which
        return int(found.pk)

    def line(self, **which: object) -> int:
        found = OrderLine.objects.unguarded(LOOKING).filter(**which).order_by("-placed_at").first()
        assert found is not None, which
        return int(found.pk)

    def circle(self, owner: str, name: str) -> int:
        circles = Circle.objects.visible_to(self.viewer(owner))
        return int(circles.get(name=name).pk)

    @cached_property
    def request_id(self) -> int:
        """Somebody's request to Mei."""
        return int(FriendRequest.objects.visible_to(self.viewer("mei")).filter(recipient__handle="mei")[0].pk)

    @cached_property
    def invitation(self) -> Invitation:
        found: Invitation = Invitation.objects.visible_to(self.viewer("mei"))[0]
        return found


def gather_crowd() -> Crowd:
    load_neighbourhood(lambda things, *_said, **_more: iter(things))
    crowd = Crowd(utc_now())
    _add_long_things(crowd)
    _add_photos(crowd)
    _add_orders(crowd)
    _add_ties(crowd)
    _take_down(crowd)
    return crowd


def _add_long_things(crowd: Crowd) -> None:
    """A friend, a circle, a listing and words of the greatest length, at the top of Mei's feed."""
    shop = MerchantStaff.objects.get(person__handle="sunlaoban").merchant_id
    price = Money(99_999_999_00)
    shelf = "kitchen-appliances"
    record_listings([ListingRecord("demo", "long", shop, shelf, LONG_TITLE, price, LONG_WORD)])
    friend = _somebody("w" * 20, LONG_NAME)
    befriend(crowd.person("mei"), friend)
    mei = crowd.viewer("mei")
    circle = sharing.create_circle(mei, name="W" * 20, kind="other")
    sharing.add_members(mei, circle_id=circle.pk, person_ids=[friend.pk])
    hers = viewer_of(friend, crowd.now)
    circle = sharing.create_circle(hers, name="Kith", kind="friends")
    sharing.add_members(hers, circle_id=circle.pk, person_ids=[mei.person_id or 0])
    asked = sharing.ask_question(
        hers, text=LONG_WORD, circle_ids=[circle.pk], listing_id=crowd.long_listing.pk
    )
    sharing.comment(mei, share_id=asked.pk, text=LONG_WORD)
    sharing.comment(hers, share_id=asked.pk, text="短")
    question = sharing.ask_question(mei, text="谁有好用的梯子？", circle_ids=_all_circles(mei))
    sharing.comment(hers, share_id=question.pk, text="我有。")
    sharing.hide_share(mei, share_id=sharing.give_tip(mei, text="先藏着。", circle_ids=_all_circles(mei)).pk)


def _take_down(crowd: Crowd) -> None:
    """A mask with the longest name, which Mei bought, and which turned out to be false."""
    mei, shop = crowd.viewer("mei"), crowd.long_listing.merchant_id
    record = ListingRecord("demo", "false", shop, "protection", f"KN95{LONG_TITLE}", Money(5990))
    [mask] = record_listings([record])
    home = Delivery("李梅", "13800138000", "130600", "莲池区东风路 12 号")
    sharing.place_order(mei, listing_id=mask, quantity=2, delivery=home, key="false")
    grounds = Grounds("measured-below", "GB 2626-2019", "KN95", 71.0, 95.0, words=LONG_WORD)
    quality.decide(act=Act.RECALL, listing_id=mask, actor_id=None, now=crowd.now, grounds=grounds)
    paper = Paper(
        "GB 2626-2019", "检" * 120, "W" * 60, LONG_WORD[:120], crowd.now.date() - timedelta(days=9),
        {"filtration-salt": 71.123456}, grade="KN95", batch="W" * 60,
    )  # fmt: skip
    report = quality.hand_in_report(
        crowd.viewer("sunlaoban"), merchant_id=shop, listing_ids=[mask], paper=paper
    )
    desk = crowd.person("desk").pk
    quality.decide_report(report.pk, actor_id=desk, now=crowd.now, verified=False, reason=LONG_WORD[:500])


def _somebody(handle: str, name: str) -> Person:
    person = Person.objects.create_user(handle, display_name=name)
    sharing.open_circles(viewer_of(person, utc_now()), text_version="1", surface="web")
    person.refresh_from_db()
    return person


def _all_circles(viewer: Viewer) -> list[int]:
    return list(Circle.objects.visible_to(viewer).values_list("pk", flat=True))


def _add_photos(crowd: Crowd) -> None:
    """A review for everyone with three photos, and a tip with nine."""
    mama = crowd.viewer("mama")
    kettle = Listing.objects.get(source="demo", external_id="kettle")
    for listing, most in ((kettle, 3), (crowd.long_listing, 9)):
        photo_ids = [take_in_photo(mama, file=picture(number)).pk for number in range(most)]
        sharing.write_review(
            mama,
            listing_id=listing.pk,
            rating=3,
            text="照片在这里。" + LONG_WORD,
            circle_ids=_all_circles(mama),
            to_everyone=True,
            photo_ids=photo_ids,
        )


def picture(number: int) -> BytesIO:
    file = BytesIO()
    size = [(640, 480), (300, 900), (1600, 300)][number % 3]
    Image.new("RGB", size, ["tomato", "teal", "goldenrod"][number % 3]).save(file, "JPEG")
    file.seek(0)
    return file


def _add_orders(crowd: Crowd) -> None:
    """Orders of Mei's in every state, with reasons of the greatest length."""
    mei, at = crowd.person("mei"), crowd.now - timedelta(hours=3)
    for number, status in enumerate(LineStatus):
        reason = LONG_WORD if status.rank > LineStatus.DELIVERED.rank else ""
        line = LineRecord("1", crowd.long_listing.pk, 99, Money(9_999_999_00), status, at, reason)
        order = OrderRecord("demo", f"many{number}", mei.pk, at, (line,), "450700")
        sharing.take_in_orders([order], now=crowd.now)
    where = Delivery(LONG_NAME, "13800138000", "450700", LONG_WORD)
    for key in "12":
        placed = sharing.place_order(
            crowd.viewer("mei"), listing_id=crowd.long_listing.pk, quantity=99, delivery=where, key=key
        )
    for move in (sharing.ship_line, sharing.deliver_line):
        move(crowd.viewer("sunlaoban"), line_id=placed.pk)
    sharing.request_refund(crowd.viewer("mei"), line_id=placed.pk, reason=LONG_WORD)


def _add_ties(crowd: Crowd) -> None:
    """Requests both ways, an invitation, somebody blocked, a key."""
    mei = crowd.viewer("mei")
    asking, asked, unwanted = (_somebody(word * 20, LONG_NAME) for word in "xyz")
    sharing.request_friend(viewer_of(asking, crowd.now), recipient_id=mei.person_id or 0, note="W" * 100)
    sharing.request_friend(mei, recipient_id=asked.pk, note="是我。")
    sharing.block(mei, other_id=unwanted.pk)
    sharing.make_invitation(mei)
    make_token(mei, name="W" * 60, scopes=list(Scope.values))
