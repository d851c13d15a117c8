"""Appeals: a merchant's word against a decision, answered by somebody who had no part in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.turns import take_turn
from kith.quality.apply import TURN
from kith.quality.models import Appeal, AppealState, Decision, LabReport, SampleItem, Sweep
from kith.quality.services.takedowns import Grounds, decide, decide_shop
from kith.quality.transitions import AGAINST, Act
from kith.shop.models import ListingHold, Merchant, MerchantStaff

DECIDING = "staff look at appeals of all merchants"


class AppealRefused(Refused):
    """An appeal cannot be made, or not be decided by this person."""

    code = "appeal-refused"
    status = 409


def appeal_until(decision: Decision) -> datetime:
    return decision.at + timedelta(days=settings.QUALITY_APPEAL_DAYS)


def still_stands(decision: Decision) -> bool:
    """Whether things still are as this decision made them."""
    if decision.listing_id is not None:
        return ListingHold.objects.filter(listing=decision.listing_id, decision=decision.pk).exists()
    last = Decision.objects.filter(merchant=decision.merchant_id, listing=None).order_by("-pk").first()
    closed = Merchant.objects.filter(pk=decision.merchant_id, closed_at__isnull=False).exists()
    return closed and last is not None and last.pk == decision.pk


@transaction.atomic
def appeal(viewer: Viewer, *, decision_id: int, words: str, report_id: int | None = None) -> Appeal:
    """Appeal against a decision about a merchant that the viewer acts for, with new evidence if there is any.

    :raises NotThere: not their merchant's, or not their report.
    :raises AppealRefused: too late, done already, or things are not as it was decided any more.
    """
    staffed = MerchantStaff.objects.filter(person=viewer.person_id).values("merchant")
    decision = Decision.objects.filter(pk=decision_id, merchant__in=staffed, act__in=AGAINST).first()
    if decision is None:
        raise NotThere
    own = LabReport.objects.visible_to(viewer).filter(merchant=decision.merchant_id)
    if report_id is not None and not own.filter(pk=report_id).exists():
        raise NotThere
    if not words.strip():
        raise AppealRefused(_("Please say in your own words why the decision is wrong."))
    if not still_stands(decision):
        raise AppealRefused(_("This decision does not stand any more. There is nothing to appeal against."))
    if viewer.now > appeal_until(decision):
        raise AppealRefused(_("The time to appeal is over."))
    try:
        with transaction.atomic():
            made: Appeal = Appeal.objects.create(
                decision=decision, merchant_id=decision.merchant_id, by_id=viewer.person_id, at=viewer.now,
                words=words.strip()[:4000], report_id=report_id,
            )  # fmt: skip
    except IntegrityError:
        raise AppealRefused(_("An appeal was made already. Each decision is looked at once more.")) from None
    return made


@transaction.atomic
def decide_appeal(appeal_id: int, *, actor_id: int, now: datetime, overturn: bool, reasons: str) -> Appeal:
    """Uphold a decision, or take it back: what is taken down is live again, what is closed opens.

    What was found then is not found again by the same rule while the listing says the same.

    :raises NotThere: no such appeal.
    :raises AppealRefused: decided already, without reasons, or by somebody who had a part in the decision.
    """
    take_turn(TURN)
    found: Appeal | None = Appeal.objects.unguarded(DECIDING).select_for_update().filter(pk=appeal_id).first()
    if found is None:
        raise NotThere
    if found.state != AppealState.OPEN:
        raise AppealRefused(_("This appeal was decided already."))
    if not reasons.strip():
        raise AppealRefused(_("Please give the reasons: the merchant is told."))
    decision = Decision.objects.get(pk=found.decision_id)
    if actor_id in had_a_part(decision):
        raise AppealRefused(_("Somebody else has to decide this: you had a part in the decision."))
    found.state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    found.decided_by_id, found.decided_at, found.reasons = actor_id, now, reasons.strip()[:4000]
    found.save(update_fields=["state", "decided_by", "decided_at", "reasons"])
    if overturn and still_stands(decision):
        _take_back(decision, actor_id=actor_id, now=now, reasons=found.reasons)
    return found


def had_a_part(decision: Decision) -> frozenset[int]:
    """Who decided, had the sweep carried out, began it, or looked at its sample; or acts for the merchant."""
    people = {decision.actor_id}
    if decision.sweep_id is not None:
        sweep = Sweep.objects.get(pk=decision.sweep_id)
        looked = SampleItem.objects.filter(sweep=sweep, listing=decision.listing_id)
        people |= {sweep.created_by_id, sweep.decided_by_id, *looked.values_list("by", flat=True)}
    people |= set(
        MerchantStaff.objects.filter(merchant=decision.merchant_id).values_list("person", flat=True)
    )
    return frozenset(person for person in people if person is not None)


def _take_back(decision: Decision, *, actor_id: int, now: datetime, reasons: str) -> None:
    if decision.listing_id is None:
        grounds = Grounds(words=reasons[:2000])
        decide_shop(
            act=Act.REOPEN, merchant_id=decision.merchant_id, actor_id=actor_id, now=now, grounds=grounds,
            ends=decision.pk,
        )  # fmt: skip
        return
    grounds = Grounds(
        decision.rule,
        decision.standard,
        decision.claimed,
        decision.figure,
        decision.bound,
        decision.other,
        reasons[:2000],
    )
    decide(act=Act.REINSTATE, listing_id=decision.listing_id, actor_id=actor_id, now=now, grounds=grounds)
