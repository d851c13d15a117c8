"""Erasure leaves nothing of a person in any table but what must stay, and the copy is whole."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.sharing import services as sharing
from kith.shop.models import Category, LineStatus, Listing, Merchant, Order, OrderLine
from tests.web.cast import as_viewer, befriend, circle_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOKING = "the test looks at all rows"
NAME, HANDLE, PHONE, WORDS = "Zqxmei", "zqxmei", "+8613800138000", "Zqxwords"


@pytest.fixture
def bo() -> Person:
    open_to_all()
    return somebody("Boo")


@pytest.fixture
def mei(bo: Person) -> Person:
    """Somebody who has left words and names wherever one can."""
    mei = somebody(NAME, phone=PHONE, phone_verified=True)
    befriend(mei, bo)
    family = circle_of(mei, WORDS, bo)
    sharing.ask_question(as_viewer(mei), text=WORDS, circle_ids=[family.pk])
    circle_of(bo, "Friends", mei)
    sharing.set_alias(as_viewer(bo), other_id=mei.pk, alias=NAME)
    sharing.make_invitation(as_viewer(mei))
    sharing.request_friend(as_viewer(mei), recipient_id=somebody("Chen").pk, note=WORDS)
    sharing.request_friend(as_viewer(somebody("Dan")), recipient_id=mei.pk, note="Hello there")
    _buy(mei)
    for typed in (HANDLE, PHONE):
        AccessAttempt.objects.create(username=typed, attempt_time=utc_now(), failures_since_start=1)
    LogEntry.objects.create(
        user=bo,
        content_type=ContentType.objects.get_for_model(Person),
        object_id=str(mei.pk),
        object_repr=NAME,
        action_flag=CHANGE,
    )
    return mei


def _buy(mei: Person) -> None:
    shelf = Category.objects.create(code="tea", name_zh="茶", name_en="Tea")
    shop = Merchant.objects.create(name="Lantern")
    tea = Listing.objects.create(merchant=shop, category=shelf, title="Tea", price_minor=900)
    order = Order.objects.create(
        buyer=mei, placed_at=utc_now(), recipient=NAME, phone=PHONE, address=WORDS, ship_to="310000"
    )
    OrderLine.objects.create(
        order=order, buyer=mei, merchant=shop, listing=tea, external_id="1", quantity=1, price_minor=900,
        status=LineStatus.REFUND_REQUESTED, status_at=utc_now(), reason=WORDS, placed_at=utc_now(),
    )  # fmt: skip


def all_values() -> list[tuple[str, str, str]]:
    """Every value of every row: table, column, text."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        manager: Any = model._default_manager
        rows = manager.unguarded(LOOKING) if hasattr(manager, "unguarded") else manager.all()
        for row in rows.values():
            found += [(model._meta.db_table, column, str(value)) for column, value in row.items()]
    return found


def test_after_erasure_nothing_of_the_person_stands_in_any_table(mei: Person) -> None:
    marks = (NAME, HANDLE, PHONE, WORDS, str(mei.pk))

    def left() -> set[tuple[str, str]]:
        return {(table, column) for table, column, text in all_values() for mark in marks if mark in text}

    assert ("django_admin_log", "object_repr") in left()
    assert ("axes_accessattempt", "username") in left()
    assert ("shop_orderline", "reason") in left()
    sharing.erase_person(person_id=mei.pk)
    assert left() == {("django_admin_log", "object_id")}
    order = Order.objects.unguarded(LOOKING).get()
    assert (order.buyer_id, order.ship_to) == (None, "310000")


def test_the_copy_holds_what_others_have_asked_and_not_what_they_keep_to_themselves(mei: Person) -> None:
    with zipfile.ZipFile(io.BytesIO(sharing.copy_of_data(as_viewer(mei)))) as archive:
        [asked] = json.loads(archive.read("requests_received.json"))
        [sent] = json.loads(archive.read("requests_sent.json"))
    assert asked["note"] == "Hello there"
    assert "circle_id" not in asked
    assert sent["note"] == WORDS
    assert not {"suggested_id", "declined_at"} & sent.keys()
