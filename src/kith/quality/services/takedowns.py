"""Deciding about one listing, or one shop: the only way in which a person changes how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kith.core.errors import NotThere, Refused
from kith.core.turns import take_turn
from kith.notices.models import NoticeKind
from kith.notices.services import tell_many
from kith.quality.apply import TURN
from kith.quality.models import Decision
from kith.quality.rules import BY_CODE
from kith.quality.transitions import CLOSED, LIVE, OF_SHOPS, TELLS_BUYERS, TRANSITIONS, Act, may_follow
from kith.sharing.services import (
    tell_buyers,
    tell_buyers_not_told,
    tell_of_correction,
    tell_of_corrections,
)
from kith.shop.models import GONE, HoldState, Listing, ListingHold, Merchant, MerchantStaff, OrderLine
from kith.shop.services.holds import close_merchant, hold_listing, release_listing, reopen_merchant

TELLING = "tells the buyers of something taken down"
LATE = timedelta(days=1)
"""So far back it is looked for what happened at the very moment of a takedown, or was cut short."""


class DecisionRefused(Refused):
    """What is decided does not follow from how the listing or shop stands, or no reason is given."""

    code = "decision-refused"
    status = 409


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on: a rule with its figures, or words alone."""

    rule: str = ""
    standard: str = ""
    claimed: str = ""
    figure: float | None = None
    bound: float | None = None
    other: int | None = None
    words: str = ""


@transaction.atomic
def decide(
    *,
    act: Act,
    listing_id: int,
    actor_id: int | None,
    now: datetime,
    grounds: Grounds,
    found_by_machine: bool = False,
) -> Decision:
    """Freeze, take down, recall or reinstate a listing, as a person.

    :raises NotThere: no such listing.
    :raises DecisionRefused: the step is none of `TRANSITIONS`, or says neither a rule nor words.
    """
    take_turn(TURN)
    listing = Listing.objects.select_for_update(no_key=True).filter(pk=listing_id).first()
    if listing is None:
        raise NotThere
    hold = ListingHold.objects.filter(listing=listing_id).first()
    before = hold.state if hold else LIVE
    _refuse_unfit(act, before, grounds)
    decision = _write(
        act, grounds, listing=listing, merchant_id=listing.merchant_id, before=before, actor_id=actor_id,
        now=now, ends=hold.decision if hold and act == Act.REINSTATE else None,
        found_by_machine=found_by_machine,
    )  # fmt: skip
    if act == Act.REINSTATE:
        release_listing(listing_id=listing_id)
    else:
        hold_listing(
            listing_id=listing_id, state=HoldState(TRANSITIONS[act].end), since=now, decision=decision.pk,
            rule=grounds.rule, standard=grounds.standard, claimed=grounds.claimed, figure=grounds.figure,
            bound=grounds.bound,
        )  # fmt: skip
    if act in TELLS_BUYERS:
        tell_buyers(OrderLine.objects.unguarded(TELLING).filter(listing=listing_id), now=now)
        tell_of_correction(listing_id=listing_id)
    return decision


@transaction.atomic
def decide_shop(
    *, act: Act, merchant_id: int, actor_id: int, now: datetime, grounds: Grounds, ends: int | None = None
) -> Decision:
    """Close a shop, or open it again. Only a person does, and says why.

    :raises NotThere: no such merchant.
    :raises DecisionRefused: it is so already, or no words are given.
    """
    take_turn(TURN)
    merchant = Merchant.objects.filter(pk=merchant_id).first()
    if merchant is None:
        raise NotThere
    before = CLOSED if merchant.closed_at else LIVE
    if act not in OF_SHOPS or not grounds.words.strip():
        raise DecisionRefused(_("Please say why: the merchant is told."))
    _refuse_unfit(act, before, grounds)
    decision = _write(
        act,
        grounds,
        listing=None,
        merchant_id=merchant_id,
        before=before,
        actor_id=actor_id,
        now=now,
        ends=ends,
    )
    if act == Act.CLOSE:
        close_merchant(merchant_id=merchant_id, at=now)
    else:
        reopen_merchant(merchant_id=merchant_id)
    return decision


def _refuse_unfit(act: Act, before: str, grounds: Grounds) -> None:
    if not may_follow(act, before):
        raise DecisionRefused(_("This cannot be done as things stand. Look at the listing again."))
    if grounds.rule and grounds.rule not in BY_CODE:
        raise DecisionRefused(_("There is no such rule."))
    if not grounds.rule and not grounds.words.strip():
        raise DecisionRefused(_("Please say why: the merchant is told."))


def _write(
    act: Act, grounds: Grounds, *, listing: Listing | None, merchant_id: int, before: str,
    actor_id: int | None, now: datetime, ends: int | None = None, found_by_machine: bool = False,
) -> Decision:  # fmt: skip
    decision = Decision.objects.create(
        listing=listing, merchant_id=merchant_id, act=act, before=before, at=now, actor_id=actor_id,
        found_by_machine=found_by_machine, ends=ends, rule=grounds.rule,
        digest=listing.digest if listing else 0, standard=grounds.standard, claimed=grounds.claimed,
        figure=grounds.figure, bound=grounds.bound, other=grounds.other, words=grounds.words.strip()[:2000],
    )  # fmt: skip
    staff = MerchantStaff.objects.filter(merchant=merchant_id).values_list("person", flat=True)
    tell_many(list(staff), kind=NoticeKind.DECIDED, subject=decision.pk, actor=None, at=now)
    return decision


def tell_late(*, now: datetime) -> int:
    """Tell those who were not told yet of what was taken down lately; return how many were.

    Buyers whose order was coming in at that moment; and those whom a share of it misled, if what tells
    them was cut short.
    """
    return tell_late_buyers(now=now) + tell_of_corrections(since=now - LATE)


@transaction.atomic
def tell_late_buyers(*, now: datetime) -> int:
    """Tell those whose order came in while its listing was being taken down; return how many were.

    Neither transaction saw what the other wrote. Whoever orders later is told as the order comes in
    (`sharing.services.take_in_orders`), so that there is nothing to look for in what is long gone.
    """
    take_turn(TURN)
    lately = OrderLine.objects.unguarded(TELLING).filter(
        listing__hold__state__in=GONE, listing__hold__since__gt=now - LATE
    )
    return tell_buyers_not_told(lately, now=now)
