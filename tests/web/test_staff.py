"""The staff's pages: what they can do there, and what even they do not see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Consent
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.deliver import find_differences
from kith.shop.models import Category, Listing, Source
from tests.shop import goods
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, open_to_all, somebody

pytestmark = pytest.mark.django_db


class Stage:
    """Bo shows his family, Mei, what he thinks of a kettle; Mo looks after the installation."""

    def __init__(self) -> None:
        open_to_all()
        self.mei, self.bo = somebody("Mei"), somebody("Bo", phone="+8613912345678")
        befriend(self.bo, self.mei)
        family = circle_of(self.bo, "Family", self.mei)
        self.kettle = goods.listing(of=goods.merchant())
        self.line = goods.bought(self.bo, self.kettle)
        self.share = sharing.write_review(
            as_viewer(self.bo), listing_id=self.kettle.pk, rating=5, text="Whispered to my family",
            circle_ids=[family.pk],
        )  # fmt: skip
        self.mo = somebody("Mo", consents=False, is_staff=True, is_superuser=True)
        self.browser = browser_of(self.mo)

    def run(self, model: str, action: str, *ids: Any) -> Any:
        given = {"action": action, "_selected_action": [str(pk) for pk in ids]}
        return self.browser.post(reverse(f"admin:{model}_changelist"), given, follow=True)

    def sees(self) -> int:
        return len(circle.circle_feed(as_viewer(self.mei)).items)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_its_frame_has_the_icon_that_the_shoppers_pages_have(stage: Stage) -> None:
    """Without one a browser asks for /favicon.ico, which is not there."""
    icon = re.compile(r'<link rel="icon" href="([^"]+)"')
    pages = [reverse(name) for name in ("shop:front", "admin:index", "admin:quality_refunds")]
    told = [icon.findall(stage.browser.get(page).content.decode()) for page in pages]
    assert told == [told[0]] * len(pages)
    assert len(told[0]) == 1


OURS = ("people", "shop", "rollout", "sharing", "quality")


def registered() -> list[str]:
    return [m._meta.label_lower.replace(".", "_") for m in admin.site._registry if m._meta.app_label in OURS]


def test_every_list_and_search_opens_and_tells_no_secrets(stage: Stage) -> None:
    assert len(registered()) >= 9
    for model in registered():
        for query in ("", "?q=bo", "?q=zzz%20'"):
            response = stage.browser.get(reverse(f"admin:{model}_changelist") + query)
            assert response.status_code == 200, model
            page = response.content.decode()
            for secret in (
                "13912345678",
                goods.HOME.address,
                goods.HOME.recipient,
                "Whispered",
                "13800138000",
            ):
                assert secret not in page, (model, secret)


@pytest.mark.parametrize(
    ("model", "who"),
    [
        ("people_person", "bo"),
        ("shop_orderline", "line"),
        ("sharing_share", "share"),
        ("shop_listing", "kettle"),
    ],
)
def test_one_of_them_tells_no_more_than_is_needed(stage: Stage, model: str, who: str) -> None:
    page = stage.browser.get(reverse(f"admin:{model}_change", args=[getattr(stage, who).pk]))
    assert page.status_code == 200
    for secret in ("13912345678", goods.HOME.address, goods.HOME.recipient, "Whispered", "13800138000"):
        assert secret not in page.content.decode()


def test_nobody_else_gets_in(stage: Stage) -> None:
    for browser in (browser_of(None), browser_of(stage.mei)):
        for model in registered():
            assert browser.get(reverse(f"admin:{model}_changelist")).status_code in {302, 403}


def test_a_share_is_taken_back_and_given_back(stage: Stage) -> None:
    found = stage.browser.get(reverse("admin:sharing_share_changelist"), {"q": write_id(stage.share.pk)})
    assert write_id(stage.share.pk) in found.content.decode()
    stage.run("sharing_share", "take_back", stage.share.pk)
    assert stage.sees() == 0
    with pytest.raises(sharing.MayNotShare):
        sharing.show_share(as_viewer(stage.bo), share_id=stage.share.pk)
    stage.run("sharing_share", "give_back", stage.share.pk)
    assert stage.sees() == 1
    assert not find_differences()


def test_staff_who_may_only_look_take_nothing_back(stage: Stage) -> None:
    from django.contrib.auth.models import Permission

    moderator = somebody("Lin", consents=False, is_staff=True)
    moderator.user_permissions.add(Permission.objects.get(codename="view_share"))
    given = {"action": "take_back", "_selected_action": [str(stage.share.pk)]}
    browser_of(moderator).post(reverse("admin:sharing_share_changelist"), given, follow=True)
    assert stage.sees() == 1


def test_suspending_closes_both_ways(stage: Stage) -> None:
    stage.run("people_person", "suspend", stage.bo.pk)
    assert stage.sees() == 0
    stage.run("people_person", "unsuspend", stage.bo.pk)
    assert stage.sees() == 1


def test_the_ledger_of_consent_cannot_be_changed(stage: Stage) -> None:
    entry = Consent.objects.first()
    assert entry is not None
    for name in ("add", "delete"):
        args = [] if name == "add" else [entry.pk]
        assert stage.browser.get(reverse(f"admin:people_consent_{name}", args=args)).status_code == 403
    changed = stage.browser.post(reverse("admin:people_consent_change", args=[entry.pk]), {"given": ""})
    assert changed.status_code == 403


def test_a_secret_is_shown_once(stage: Stage) -> None:
    page = stage.browser.post(reverse("admin:shop_source_add"), {"name": "tmall"}, follow=True)
    secret = Source.objects.get().secret
    assert secret in page.content.decode().replace("&#x2B;", "+").replace("&#x3D;", "=")
    again = stage.browser.get(reverse("admin:shop_source_changelist")).content.decode()
    assert secret not in again
    stage.run("shop_source", "renew_secret", "tmall")
    assert Source.objects.get().secret != secret


def test_taking_off_sale_takes_out_of_the_search(stage: Stage) -> None:
    stage.run("shop_listing", "take_off_sale", stage.kettle.pk)
    assert not Listing.objects.get().on_sale
    found = browser_of(None).get(reverse("shop:front"), {"q": "水壶"}).content.decode()
    assert stage.kettle.title not in found


def test_a_shelf_can_be_closed(stage: Stage) -> None:
    tea = Category.objects.get(pk="tea")
    given = {
        "code": "tea",
        "parent": "food",
        "name_zh": "茶",
        "name_en": "Tea",
        "sensitive": "on",
        "position": "5",
    }
    stage.browser.post(reverse("admin:shop_category_change", args=[tea.pk]), given)
    tea.refresh_from_db()
    assert tea.sensitive


def test_a_listing_put_on_a_sensitive_shelf_is_shown_to_nobody(stage: Stage) -> None:
    Category.objects.create(code="remedies", name_zh="药", name_en="Remedies", sensitive=True)
    form = {
        "merchant": str(stage.kettle.merchant_id), "category": "remedies", "title": stage.kettle.title,
        "price_minor": "900", "currency": "CNY", "on_sale": "on",
    }  # fmt: skip
    assert stage.sees() == 1
    answer = stage.browser.post(reverse("admin:shop_listing_change", args=[stage.kettle.pk]), form)
    assert answer.status_code == 302
    assert stage.sees() == 0
    assert find_differences() == []
