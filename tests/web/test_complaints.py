"""Saying that something is wrong with what one bought: who may, who reads it, and taking it back.

Chen's shop sells a mask; Mei has bought one, which has come; Eve looks around.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from kith.people.models import Person
from kith.quality.models import Complaint
from kith.sharing import services as sharing
from kith.shop.models import RefundReason
from tests.shop import goods
from tests.web.cast import Answer, as_viewer, browser_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"
LINK = "Something is wrong with it"
XSS = "<script>alert(1)</script>It tears"


class Stage:
    def __init__(self) -> None:
        open_to_all()
        self.mei, self.chen, self.eve = (somebody(name) for name in ("Mei", "Chen", "Eve"))
        self.merchant = goods.merchant("Lantern", staff=(self.chen,))
        self.mask = goods.listing("KN95 mask", of=self.merchant, category="protection")
        self.line = goods.bought(self.mei, self.mask)
        self.page = reverse("shop:report", args=[self.mask.pk])

    def arrives(self) -> None:
        sharing.ship_line(as_viewer(self.chen), line_id=self.line.pk)
        sharing.confirm_line(as_viewer(self.mei), line_id=self.line.pk)

    def says(self, who: Person, **what: str) -> Answer:
        answer: Answer = browser_of(who).post(self.page, what, follow=True)
        return answer

    def said(self) -> Complaint:
        found: Complaint = Complaint.objects.unguarded(LOOK).get()
        return found


@pytest.fixture
def stage() -> Stage:
    made = Stage()
    made.arrives()
    return made


def read(person: Person | None, name: str, *args: Any) -> str:
    response = browser_of(person).get(reverse(name, args=args))
    assert response.status_code == 200
    html: str = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<main") :]))


def test_only_who_bought_it_and_has_it_is_offered_to(db: None) -> None:
    stage = Stage()
    listing = ("shop:listing", stage.mask.pk)
    assert LINK not in read(stage.mei, *listing)
    assert LINK not in read(stage.mei, "shop:orders")
    assert browser_of(stage.mei).get(stage.page).status_code == 404
    stage.arrives()
    assert LINK in read(stage.mei, *listing)
    assert LINK in read(stage.mei, "shop:orders")
    assert browser_of(stage.mei).get(stage.page).status_code == 200
    for who in (None, stage.eve, stage.chen):
        assert LINK not in read(who, *listing)
    for other in (stage.eve, stage.chen):
        assert browser_of(other).get(stage.page).status_code == 404
        assert browser_of(other).post(stage.page, {"reason": "unsafe"}).status_code == 404
    assert browser_of(None).post(stage.page, {"reason": "unsafe"}).status_code == 302
    assert not Complaint.objects.unguarded(LOOK).exists()


def test_the_page_says_who_reads_it(stage: Stage) -> None:
    page = read(stage.mei, "shop:report", stage.mask.pk)
    assert "Lantern never learns that it was you." in page
    for label in ("It is dangerous, or does not protect", "It seems to be a fake"):
        assert label in page
    for label in ("I don't want it any more", "It came too late", "The shop has called it back"):
        assert label not in page


def test_said_changed_and_taken_back(stage: Stage) -> None:
    answer = stage.says(stage.mei, reason="unsafe", words=XSS)
    assert "The shop&#39;s staff will look at it." in answer.content.decode()
    assert (stage.said().reason, stage.said().words, stage.said().line_id) == ("unsafe", XSS, stage.line.pk)
    again = browser_of(stage.mei).get(stage.page).content.decode()
    assert XSS not in again
    assert "&lt;script&gt;" in again
    assert "Change what I said" in again
    stage.says(stage.mei, reason="broken", words="")
    assert (stage.said().reason, stage.said().words) == ("broken", "")
    answer = stage.says(stage.mei, **{"take-back": "1"})
    assert "Nobody reads it any more." in answer.content.decode()
    assert not Complaint.objects.unguarded(LOOK).exists()
    assert "Tell the staff" in read(stage.mei, "shop:report", stage.mask.pk)


@pytest.mark.parametrize("what", [{}, {"reason": ""}, {"reason": "late"}, {"reason": "recalled"},
                                  {"reason": "unsafe", "words": "x" * 1001}])  # fmt: skip
def test_what_is_no_complaint(stage: Stage, what: dict[str, str]) -> None:
    assert stage.says(stage.mei, **what).status_code == 422
    assert not Complaint.objects.unguarded(LOOK).exists()


def test_the_merchant_reads_nothing_of_it(stage: Stage) -> None:
    stage.says(stage.mei, reason=RefundReason.NOT_GENUINE.value, words="Smells of paint")
    pages = [("merchant:desk", stage.merchant.pk), ("merchant:listings", stage.merchant.pk),
             ("shop:listing", stage.mask.pk), ("circle:notices",)]  # fmt: skip
    for name, *args in pages:
        page = read(stage.chen, str(name), *args)
        assert "Smells of paint" not in page
        assert "It seems to be a fake" not in page


def test_in_chinese(stage: Stage) -> None:
    Person.objects.filter(pk=stage.mei.pk).update(language="zh-hans")
    response = browser_of(stage.mei).get(stage.page)
    assert response.status_code == 200
    assert "像是假货" in response.content.decode()
