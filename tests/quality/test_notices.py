"""Whoever leaves a shop is told no more of what was decided about it, whatever else they sell.

Lin sells masks, and has a second shop about which nothing was decided. Wang has a shop of his own;
Mo is staff.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.guard import Viewer
from kith.notices.models import NoticeKind
from kith.people.models import Person
from kith.quality import queries
from kith.quality import services as quality
from kith.quality.queries.notices import open_sweeps
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.sharing import queries as circle
from kith.shop.models import MerchantStaff
from kith.shop.services import set_merchant_staff
from tests.quality.cast import PLAIN, carried_out, later, looks, sells, shop, somebody

pytestmark = pytest.mark.django_db


class Stage:
    def __init__(self) -> None:
        self.lin, self.wang, self.mo = somebody("Lin"), somebody("Wang"), somebody("Mo", is_staff=True)
        self.masks, self.second = shop("Masks", self.lin), shop("Second", self.lin)
        self.others = shop("Others", self.wang)
        self.bad = sells(self.masks, "KN95口罩 GB 2626-2006", name="bad")
        self.plain = sells(self.masks, PLAIN)
        sells(self.others, "KN95口罩 GB 2626-2006", name="theirs")
        self.sweep = carried_out(by=self.mo, now=later(hours=1))
        self.decision = quality.decide(
            act=Act.REMOVE, listing_id=self.plain.pk, actor_id=self.mo.pk, now=later(hours=2),
            grounds=Grounds(words="It burns."),
        )  # fmt: skip

    def told(self, person: Person) -> set[tuple[str, int]]:
        """What somebody is told, the same in the list and in the number."""
        found = {(one.kind, one.subject) for one in circle.notices_of(self.viewer(person)).items}
        assert circle.unread_notices(self.viewer(person)) == len(found)
        return found

    def viewer(self, person: Person) -> Viewer:
        return looks(person, later(hours=3))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_who_has_left_the_shop_is_told_nothing_of_it(stage: Stage) -> None:
    of_masks = {(NoticeKind.SWEPT, stage.sweep.pk), (NoticeKind.DECIDED, stage.decision.pk)}
    assert stage.told(stage.lin) == of_masks
    assert stage.told(stage.wang) == {(NoticeKind.SWEPT, stage.sweep.pk)}
    MerchantStaff.objects.filter(merchant=stage.masks, person=stage.lin).delete()
    assert stage.told(stage.lin) == set()
    assert stage.told(stage.wang) == {(NoticeKind.SWEPT, stage.sweep.pk)}
    set_merchant_staff(merchant_id=stage.masks.pk, person_ids=[stage.lin.pk])
    assert stage.told(stage.lin) == of_masks


def test_each_notice_leads_to_the_shops_it_is_about(stage: Stage) -> None:
    for person, mine in ((stage.lin, stage.masks), (stage.wang, stage.others)):
        found = queries.merchants_of_sweep(stage.viewer(person), sweep_id=stage.sweep.pk)
        assert found == {mine.pk}
    assert queries.merchants_of_sweep(stage.viewer(stage.mo), sweep_id=stage.sweep.pk) == frozenset()
    lin = stage.viewer(stage.lin)
    assert queries.merchant_of_decision(lin, decision_id=stage.decision.pk) == stage.masks.pk


def test_nobody_who_is_signed_out_may_open_any(stage: Stage) -> None:
    assert open_sweeps(Viewer(None, later()), [stage.sweep.pk]) == frozenset()


@pytest.mark.sqlite
def test_a_sweep_is_looked_up_by_the_shops_not_by_all_that_it_decided(stage: Stage) -> None:
    """Half a million decisions of one sweep would be gone through at every page that shows a number."""
    with CaptureQueriesContext(connection) as asked:
        assert open_sweeps(stage.viewer(stage.lin), [stage.sweep.pk]) == {stage.sweep.pk}
    [query] = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "decisions_of_merchant" in plan
    assert "swept_once" not in plan
