"""What leaves: every page and every API answer, as others get them, is searched for what must never leave.

Mei's things carry marks that stand nowhere else (tests/web/street.py). First it is shown that Mei
herself finds each of them, so that the search is known to work.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from kith.core.ids import write_id
from kith.media.models import Photo
from kith.people.models import Person
from kith.shop.models import Order
from tests.oracle.pair import undone
from tests.web.routes import queries
from tests.web.street import HOME, PHONES, PRICE, QUANTITY, Street
from tests.web.test_routes import OPERATIONS, ROUTES, Route, address

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHY = "the test asks what must not be told"
SHANGHAI = ZoneInfo("Asia/Shanghai")
CHOICE_OF_REGIONS = ("/me/profile/", "/accounts/welcome/", "/buy/")
"""Pages on which every region can be chosen, so that its code says nothing."""


# --- What must not leave -------------------------------------------------------------------


def ways_to_write(instant: datetime) -> list[str]:
    """An instant as dates and times are written, in both languages, here and in UTC."""
    found = set()
    for at in (instant, instant.astimezone(SHANGHAI)):
        day, month = f"{at.day}", at.strftime("%b")
        found |= {
            at.strftime("%Y-%m-%d"), at.strftime("%Y/%m/%d"), at.strftime("%d/%m/%Y"),
            at.strftime("%H:%M:%S"),
            f"{month} {day}, ", f"{day} {month} ", f"{at:%B} {day}, ", f"{day} {at:%B} ",
            f"{at.month}月{day}日", str(int(at.timestamp())),
        }  # fmt: skip
    return sorted(found)


def marks(street: Street) -> dict[str, list[str]]:
    """By what it is: the ways in which it might be written. One of them is seen by Mei."""
    order = Order.objects.unguarded(WHY).get(source="storefront")
    mei = street.people["Mei"]
    return {
        "price": ["7391.37", "7,391.37", str(PRICE.minor)],
        "quantity": [str(QUANTITY), f"{QUANTITY:,}"],
        "order number": ["ORDER-4711", "LINE-77"],
        "order line": [write_id(street.lamp_line.pk), str(street.lamp_line.pk)],
        "when it was bought": ways_to_write(street.placed_at),
        "when it arrived": ways_to_write(street.delivered_at),
        "when it was shown": ways_to_write(street.delivered_at + timedelta(minutes=30)),
        "circle": [street.circle.name, write_id(street.circle.pk), str(street.circle.pk)],
        "alias": ["Bobo the alias"],
        "friends": ["Fay Wang", write_id(street.people["Fay"].pk), str(street.people["Fay"].pk)],
        "telephone": [PHONES["Mei"], PHONES["Mei"].removeprefix("+86")],
        "request": ["A wish of Hua", write_id(street.request_in)],
        "invitation": [street.invitation.token, write_id(street.invitation.pk)],
        "key": ["Keyname Canary"],
        "number inside": [str(mei.pk), str(street.share.pk), str(street.purchase.pk)],
        "file of the photo": [str(Photo.objects.unguarded(WHY).get(pk=street.photo).name)],
        # Of the order in Li's shop: told to Li, who sends it.
        "address": [HOME.address],
        "recipient": [HOME.recipient],
        "telephone of the recipient": [HOME.phone],
        "order in the storefront": [write_id(order.pk), str(order.external_id), write_id(street.line.pk)],
        "region": ["130600"],
    }


FOR_THE_MERCHANT = {
    "address", "recipient", "telephone of the recipient", "order in the storefront", "region",
    "when it was shown",
}  # fmt: skip
FOR_NOBODY = {"number inside", "file of the photo", "order number", "region", "when it was shown", "request"}
"""What not even its owner reads on a page, in these words."""


# --- Everything that leaves -----------------------------------------------------------------


def readable(routes: list[Route]) -> list[Route]:
    return [route for route in routes if route.method == "GET"]


ANOTHER: list[tuple[str, dict[str, str]]] = [
    ("circle:share", {"share_id": "purchase"}),
    ("shop:listing", {"listing_id": "lamp"}),
    ("shop:merchant", {"merchant_id": "elsewhere"}),
    ("api:get_share", {"share_id": "purchase"}),
    ("api:listing_evidence", {"listing_id": "lamp"}),
    ("api:merchant_evidence", {"merchant_id": "elsewhere"}),
    ("api:public_reviews", {"listing_id": "lamp"}),
    ("api:comments_of_share", {"share_id": "purchase"}),
]


def answers(street: Street, role: str) -> Iterator[tuple[str, str]]:
    """Every page and every answer that somebody gets: its address and all that was sent, headers too."""
    more = [Route("GET", name, args, {}) for name, args in ANOTHER]
    browser, program = street.browser(role), street.program(role)
    for route in [*readable(ROUTES), *readable(OPERATIONS), *more]:
        path = address(street, route, role)
        is_api = route.name.startswith("api:")
        path += queries(street).get(route.name.removeprefix("api:"), "") if is_api else ""
        with undone():
            response = (program if is_api else browser).get(path)
        if response.status_code == 200:
            yield path, text_of(response)


def text_of(response: Any) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type", "").startswith("application/zip"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    return headers + "\n" + body.decode(errors="replace")


def test_mei_herself_finds_every_mark(street: Street) -> None:
    found: set[str] = set()
    wanted = marks(street)
    for _path, text in answers(street, "Mei"):
        found |= {what for what, words in wanted.items() if any(word in text for word in words)}
    assert found >= wanted.keys() - FOR_NOBODY


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", ["out", "Bo", "Eve", "Li"])
def test_nobody_else_finds_any(role: str, language: str, street: Street) -> None:
    if role != "out":
        Person.objects.filter(pk=street.people[role].pk).update(language=language)
    wanted = marks(street)
    if role == "Li":
        wanted = {what: words for what, words in wanted.items() if what not in FOR_THE_MERCHANT}
    read = 0
    for path, text in answers(street, role):
        read += 1
        for what, words in wanted.items():
            said = [word for word in words if word in text and not may_stand(what, word, path, street)]
            assert not said, f"{path} tells {role} the {what}: {said}"
    assert read > (15 if role == "out" else 60)


def may_stand(what: str, word: str, path: str, street: Street) -> bool:
    """What stands in an address that was asked for is known to whoever asks; regions can be chosen."""
    if what == "region":
        return any(part in path for part in CHOICE_OF_REGIONS)
    if what == "invitation":
        return street.invitation.token in path
    return False


def test_bo_does_see_what_he_may(street: Street) -> None:
    """Or nothing above would mean anything."""
    told = dict(answers(street, "Bo"))
    feed = told[reverse("circle:feed")]
    for words in (
        "A warm light",
        "It boils quickly",
        "Which blanket is warm?",
        "A lamp of another shop",
        "Mei Wang",
    ):
        assert (words in feed) == (words != "It boils quickly"), words
    assert "Bright enough" in told[reverse("circle:share", args=[street.share.pk])]
    assert "It boils quickly" in told[reverse("shop:listing", args=[street.kettle.pk])]


# --- The shape of what leaves ------------------------------------------------------------------

CARD = {
    "id", "kind", "author", "thing", "correction", "category", "outcome", "rating", "text", "photos", "when",
    "when_precision",
    "audience", "comments", "likes", "liked", "can_comment", "can_like", "is_mine", "by_itself", "held_until",
    "withdrawn", "withdrawn_by_staff", "source", "external_id",
}  # fmt: skip


def cards(data: Any) -> Iterator[dict[str, Any]]:
    """Every share anywhere in an answer."""
    if isinstance(data, dict):
        if "audience" in data:
            yield data
        for value in data.values():
            yield from cards(value)
    elif isinstance(data, list):
        for value in data:
            yield from cards(value)


def test_a_share_tells_the_allowed_fields_and_no_more(street: Street) -> None:
    seen = 0
    for path, text in answers(street, "Bo"):
        if not path.startswith("/api/") or "openapi" in path or "application/json" not in text:
            continue
        for card in cards(json.loads(text[text.index("\n{") :])):
            seen += 1
            assert card.keys() <= CARD, path
            if not card["is_mine"]:
                assert not card["audience"].get("circles")
                assert not card["audience"].get("circle_ids")
                assert card["held_until"] is None
                assert card["author"]["circles"] == []
    assert seen >= 6
