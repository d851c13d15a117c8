"""What the demonstration shows of quality: to the buyer, her circle, the merchant and the staff."""

from __future__ import annotations

from datetime import datetime

import pytest

from kith.people.models import Person
from kith.quality.models import Appeal, AppealState, Decision, Sweep, SweepState
from kith.quality.queries import recalls_of, sample_of, shops_to_decide_on
from kith.quality.services.appeals import had_a_part
from kith.sharing.queries import circle_feed
from kith.shop.models import HoldState, ListingHold
from tests.web.cast import as_viewer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def loaded(neighbourhood: datetime, db: None) -> None:
    """All of it is there."""


def test_mum_is_told_and_may_choose(loaded: None) -> None:
    (told,) = recalls_of(as_viewer(Person.objects.get(handle="mama")))
    assert told.may_choose
    assert "71" in told.says


def test_her_daughter_sees_the_correction(loaded: None) -> None:
    feed = circle_feed(as_viewer(Person.objects.get(handle="mei")), size=100)
    corrected = {card.author.name for card in feed.items if card.correction is not None}
    assert corrected == {"妈妈", "建国叔"}


def test_staff_have_a_sweep_an_appeal_and_a_shop_to_decide_on(loaded: None) -> None:
    desk = Person.objects.get(handle="desk")
    (waiting,) = Sweep.objects.filter(state=SweepState.SCANNED)
    assert sample_of(waiting.pk)
    appeal = Appeal.objects.unguarded("the test looks at all of them").get(state=AppealState.OPEN)
    assert desk.pk not in had_a_part(Decision.objects.get(pk=appeal.decision_id))
    assert [shop.name for shop in shops_to_decide_on()] == ["蜜宝百货"]
    states = set(ListingHold.objects.values_list("state", flat=True))
    assert states == {HoldState.SUSPECTED, HoldState.REMOVED}
