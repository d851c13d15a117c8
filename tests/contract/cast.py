"""A street for the API's tests: Mei shows things, Bo is in her Family circle, Chen has left, Dan is
blocked, Eve is a stranger, and Mo acts for the merchant."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client
from PIL import Image

from kith.audience.viewer import CIRCLES, viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.core.money import Money
from kith.media.models import Photo
from kith.media.services import take_in_photo
from kith.people.models import Person
from kith.people.tokens import Scope, make_token
from kith.rollout.models import Feature
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
from kith.ties.models import Circle
from kith.ties.queries import requests_in

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

    def ids(self) -> dict[str, str]:
        """The ids that a path can name, by the name of the parameter."""
        return {
            "person_id": write_id(self.bo.pk), "circle_id": write_id(self.family.pk),
            "merchant_id": write_id(self.merchant.pk), "listing_id": write_id(self.kettle.pk),
            "line_id": write_id(self.line.pk), "share_id": write_id(self.purchase.pk),
            "comment_id": write_id(self.comment.pk), "photo_id": write_id(self.photo.pk),
        }  # fmt: skip


def build_street() -> Street:
    Feature.objects.update_or_create(
        name=CIRCLES, defaults={"openness": Feature.Openness.ALL, "changed_at": utc_now()}
    )
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
        photo, source,
    )  # fmt: skip


def _somebody(name: str) -> Person:
    person = Person.objects.create_user(
        name.lower(), display_name=name, language="en", source="host", external_id=f"u-{name.lower()}"
    )
    sharing.open_circles(looks(person), text_version="1", surface="web")
    return person


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
