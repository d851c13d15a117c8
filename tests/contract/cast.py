"""A street for the API's tests: Mei shows things, Bo is in her Family circle, Chen has left, Dan is
blocked, Eve is a stranger, and Mo acts for the merchant. Ada opens and closes features.

Outside, Mei is Lotus Pond and Eve is Plum Rain; Bo is there too, as Old Zhao."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from kith.audience.viewer import CIRCLES, STRANGERS, viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.core.money import Money
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.rollout.models import Batch
from kith.rollout.services import open_to_everyone
from kith.sharing import services as sharing
from kith.sharing.models import Comment, Share
from kith.shop.models import Listing, Merchant, OrderLine, Source
from kith.shop.records import ListingRecord, MerchantRecord
from kith.shop.services import (
    Delivery,
    load_categories,
    record_listings,
    record_merchants,
    set_merchant_staff,
)
from kith.strangers import services as outside
from kith.strangers.models import Exchange, Letter, Post, PostComment
from kith.strangers.queries import my_persona
from kith.ties.models import Circle
from kith.ties.queries import requests_in
from tests.strangers import cast as strangers

ALL = tuple(Scope.values)
HOME = Delivery(recipient="李梅", phone="13800138000", region="130600", address="东风路 12 号")
SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiB0aGUgYXBpIQ=="


def looks(person: Person) -> Viewer:
    return viewer_of(person, utc_now())


def token_of(person: Person, scopes: Collection[str] = ALL) -> str:
    return make_token(looks(person), name="a test", scopes=scopes)[1]


class Program:
    """Somebody's program: calls the API with their token, or (None) without one."""

    def __init__(self, person: Person | None, scopes: Collection[str] = ALL) -> None:
        headers = {"accept-language": "en"}
        if person is not None:
            headers["authorization"] = f"Bearer {token_of(person, scopes)}"
        self.client = Client(headers=headers, raise_request_exception=False)

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Send JSON to a path below /api/v1. Headers by name, with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = named.pop("content-type", "application/json")
        answer = self.client.generic(method, f"/api/v1{path}", data, content_type=kind, headers=named)
        return cast("HttpResponse", answer)

    def fetch(self, address: str) -> HttpResponse:
        """GET a whole address."""
        return cast("HttpResponse", self.client.get(address))

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)


def problem(answer: HttpResponse, status: int) -> dict[str, Any]:
    """The problem that an answer is, which it must be with this status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(answer.content)
    assert told["status"] == status
    return told


def told(answer: HttpResponse, status: int = 200) -> dict[str, Any]:
    """What an answer says, which it must say with this status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    found: dict[str, Any] = json.loads(answer.content)
    return found


def items(answer: HttpResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    told: list[dict[str, Any]] = json.loads(answer.content)["items"]
    return told


def picture() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    file.seek(0)
    return file


@dataclass
class Channel:
    """What there is outside. Personas go by their ids."""

    mei: int
    eve: int
    bo: int
    post: Post
    eves_post: Post
    comment: PostComment
    photo: Photo
    exchange: Exchange
    letter: Letter
    batch: Batch


@dataclass
class Street:
    mei: Person
    bo: Person
    chen: Person
    dan: Person
    eve: Person
    mo: Person
    family: Circle
    merchant: Merchant
    kettle: Listing
    line: OrderLine
    purchase: Share
    review: Share
    question: Share
    comment: Comment
    photo: Photo
    source: Source
    ada: Person
    channel: Channel

    def ids(self) -> dict[str, str]:
        """The ids that a path can name, by the name of the parameter."""
        return {
            "person_id": write_id(self.bo.pk), "circle_id": write_id(self.family.pk),
            "merchant_id": write_id(self.merchant.pk), "listing_id": write_id(self.kettle.pk),
            "line_id": write_id(self.line.pk), "share_id": write_id(self.purchase.pk),
            "comment_id": write_id(self.comment.pk), "photo_id": write_id(self.photo.pk),
            "batch_id": write_id(self.channel.batch.pk), "feature": "strangers",
        }  # fmt: skip

    def outside_ids(self) -> dict[str, str]:
        """The same for paths and bodies outside: of Mei's things where she has them, else of Eve's."""
        there = self.channel
        return {
            "post_id": write_id(there.post.pk), "comment_id": write_id(there.comment.pk),
            "photo_id": write_id(there.photo.pk), "persona_id": write_id(there.eve),
            "exchange_id": write_id(there.exchange.pk), "letter_id": write_id(there.letter.pk),
            "code": "food", "size": "small", "answers_id": write_id(there.comment.pk),
            "subject_id": write_id(there.eve), "avatar_id": write_id(there.photo.pk),
        }  # fmt: skip


def build_street() -> Street:
    open_to_everyone(CIRCLES, now=datetime(2020, 1, 1, tzinfo=UTC), why="the tests begin", surface="job")
    mei, bo, chen, dan, eve, mo = (_somebody(name) for name in ("Mei", "Bo", "Chen", "Dan", "Eve", "Mo"))
    for friend in (bo, chen, dan):
        _befriend(mei, friend)
    family = sharing.create_circle(looks(mei), name="Family", kind="family", weight=5)
    sharing.add_members(looks(mei), circle_id=family.pk, person_ids=[bo.pk, chen.pk, dan.pk])
    merchant, kettle = _goods(mo)
    line = _bought(mei, mo, kettle, key="k1")
    purchase = sharing.share_purchase(looks(mei), line_id=line.pk, circle_ids=[family.pk], text="Boils fast")
    photo = take_in_photo(looks(mei), file=picture())
    review = sharing.write_review(
        looks(mei), listing_id=kettle.pk, rating=5, text="Good", circle_ids=[family.pk], photo_ids=[photo.pk]
    )
    question = sharing.ask_question(looks(mei), text="Which lamp?", circle_ids=[family.pk])
    comment = sharing.comment(looks(bo), share_id=question.pk, text="The small one")
    sharing.unfriend(looks(mei), other_id=chen.pk)
    sharing.block(looks(mei), other_id=dan.pk)
    source = Source.objects.create(name="host", secret=SECRET)
    return Street(
        mei, bo, chen, dan, eve, mo, family, merchant, kettle, line, purchase, review, question, comment,
        photo, source, _staff(), _go_outside(mei, eve, bo),
    )  # fmt: skip


def _somebody(name: str) -> Person:
    person = Person.objects.create_user(
        name.lower(), display_name=name, language="en", source="host", external_id=f"u-{name.lower()}"
    )
    sharing.open_circles(looks(person), text_version="1", surface="web")
    return person


def _staff() -> Person:
    ada = Person.objects.create_user("ada", display_name="Ada", language="en", is_staff=True)
    may = Permission.objects.filter(content_type__app_label="rollout", content_type__model="feature")
    judges = Permission.objects.filter(content_type__app_label="quality")
    ada.user_permissions.set([*may.filter(codename__in=["view_feature", "change_feature"]), *judges])
    return ada


def _go_outside(mei: Person, eve: Person, bo: Person) -> Channel:
    now = utc_now()
    batch = open_to_everyone(
        STRANGERS, now=datetime(2020, 1, 1, tzinfo=UTC), why="the tests begin", surface="job"
    )
    for person, name in ((mei, "Lotus Pond"), (eve, "Plum Rain"), (bo, "Old Zhao")):
        Person.objects.filter(pk=person.pk).update(born=1964)
        strangers.stranger(name, person=person, now=now)
    photo = strangers.outside_photo(mei, now=now)
    post = outside.write_post(
        looks(mei), topic="hobbies", text="Who else grows roses in pots?", photo_ids=[photo.pk]
    )
    eves_post = outside.write_post(looks(eve), topic="food", text="Noodles by hand, every Sunday.")
    comment = outside.comment(looks(eve), post_id=post.pk, text="I do, on the balcony.")
    exchange = outside.greet(looks(eve), persona_id=_persona(mei), text="Your roses are lovely.")
    letter = outside.write_letter(looks(mei), exchange_id=exchange.pk, text="Thank you! And yours?")
    return Channel(
        _persona(mei), _persona(eve), _persona(bo), post, eves_post, comment, photo, exchange, letter, batch
    )


def _persona(person: Person) -> int:
    card = my_persona(looks(person))
    assert card is not None
    return card.face.id


def _befriend(one: Person, two: Person) -> None:
    sharing.request_friend(looks(one), recipient_id=two.pk)
    (asked,) = requests_in(looks(two))
    sharing.accept_request(looks(two), request_id=asked.id)


def _goods(mo: Person) -> tuple[Merchant, Listing]:
    load_categories()
    [merchant_id] = record_merchants([MerchantRecord("host", "m1", "Neighbours' Appliances")])
    set_merchant_staff(merchant_id=merchant_id, person_ids=[mo.pk])
    record = ListingRecord("host", "l1", merchant_id, "kitchen-appliances", "A steel kettle", Money(7990))
    [listing_id] = record_listings([record])
    return Merchant.objects.get(pk=merchant_id), Listing.objects.get(pk=listing_id)


def _bought(buyer: Person, seller: Person, what: Listing, *, key: str) -> OrderLine:
    line = sharing.place_order(looks(buyer), listing_id=what.pk, quantity=1, delivery=HOME, key=key)
    sharing.ship_line(looks(seller), line_id=line.pk)
    return sharing.deliver_line(looks(seller), line_id=line.pk)


def later(**by: float) -> Any:
    return utc_now() + timedelta(**by)
