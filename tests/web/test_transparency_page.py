"""The public numbers as a page and as a table; and what a listing's page says of its claims."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.clock import local_day, utc_now
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Decision
from kith.quality.services import Grounds, Paper
from kith.quality.transitions import Act
from kith.shop.models import Listing, Merchant
from tests.shop import goods
from tests.web.cast import as_viewer, browser_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
STANDARD = "GB 2626-2019"


class Stage:
    """Chen's shop says of its mask that it is KN95; Desk is staff."""

    def __init__(self) -> None:
        open_to_all()
        self.chen, self.desk = somebody("Chen"), somebody("Desk", is_staff=True)
        self.merchant: Merchant = goods.merchant("<b>Lantern</b>", staff=(self.chen,))
        self.mask = self.sells(f"KN95 mask {STANDARD}")

    def sells(self, title: str) -> Listing:
        return goods.listing(title, of=self.merchant, category="protection")

    def proves(self, value: float, laboratory: str = "Lab") -> None:
        paper = Paper(
            standard=STANDARD, laboratory=laboratory, number="R-7", sample="A mask", grade="KN95",
            tested_on=local_day(utc_now()) - timedelta(days=9), measures={"filtration-salt": value},
        )  # fmt: skip
        report = quality.hand_in_report(
            as_viewer(self.chen), merchant_id=self.merchant.pk, listing_ids=[self.mask.pk], paper=paper
        )
        quality.decide_report(
            report.pk, actor_id=self.desk.pk, now=utc_now(), verified=True, covers=[self.mask.pk]
        )

    def removes(self, *, standard: str = "") -> None:
        quality.decide(act=Act.REMOVE, listing_id=self.mask.pk, actor_id=self.desk.pk, now=utc_now(),
                       grounds=Grounds(words="It burns.", standard=standard))  # fmt: skip


@pytest.fixture
def stage() -> Stage:
    return Stage()


def shown(who: Person | None, name: str, *args: int) -> str:
    response = browser_of(who).get(reverse(name, args=args))
    assert response.status_code == 200
    html: str = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") :]))


class TestClaims:
    def test_a_listing_that_claims_nothing_has_no_card(self, stage: Stage) -> None:
        plain = stage.sells("A cotton mask")
        assert "What it says" not in shown(None, "shop:listing", plain.pk)

    def test_what_is_proven_is_everybodys_to_read(self, stage: Stage) -> None:
        for who in (None, stage.chen, stage.desk):
            page = shown(who, "shop:listing", stage.mask.pk)
            assert f"KN95 · {STANDARD} ? not proven No laboratory report proves this." in page
        stage.proves(97.2)
        page = shown(None, "shop:listing", stage.mask.pk)
        assert "✓ proven Lab measured filtration of salt particles: 97.2 %" in page
        assert f"KN95 ({STANDARD}) needs at least 95 %." in page

    def test_too_little_and_what_a_merchant_writes_is_text(self, stage: Stage) -> None:
        stage.proves(71.0, laboratory="<script>alert(1)</script>")
        html = browser_of(None).get(reverse("shop:listing", args=[stage.mask.pk])).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; measured" in html
        assert "✕ measured less" in html

    def test_no_reading_is_written_when_it_is_looked_at(self, stage: Stage) -> None:
        from kith.quality.models import Reading

        shown(None, "shop:listing", stage.mask.pk)
        assert not Reading.objects.exists()


class TestTransparency:
    def test_nothing_yet(self, stage: Stage) -> None:
        page = shown(None, "transparency:page")
        assert "Nothing has been taken down yet" in page
        assert "0 Listings checked" in page

    def test_numbers_without_names(self, stage: Stage) -> None:
        stage.removes(standard=STANDARD)
        decision = Decision.objects.get()
        quality.appeal(as_viewer(stage.chen), decision_id=decision.pk, words="Mine are good.")
        for who in (None, stage.chen):
            page = shown(who, "transparency:page")
            for said in ("1 Taken down", "1 Appeals by shops", STANDARD, "the computer found 0"):
                assert said in page
            for name in ("Lantern", "KN95 mask", "Mine are good", "It burns", "Desk"):
                assert name not in page

    def test_the_table(self, stage: Stage) -> None:
        stage.removes(standard="=1+1")
        response = Client().get(reverse("transparency:csv"))
        assert response["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        month = local_day(utc_now()).strftime("%Y-%m")
        assert [(row["month"], row["standard"], row["taken_down"]) for row in rows] == [
            (month, "all", "1"),
            (month, "'=1+1", "1"),
        ]

    def test_every_page_of_the_shop_leads_there(self, stage: Stage) -> None:
        address = reverse("transparency:page")
        for who, name in ((None, "shop:front"), (stage.chen, "circle:notices"), (stage.chen, "me:home")):
            assert address in browser_of(who).get(reverse(name)).content.decode()
