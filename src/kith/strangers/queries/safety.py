"""How safe is this person? Facts that their owner chose to tell, and never a promise.

Only what is told is looked up. Upheld complaints are no choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, Q

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.people.queries import has_second_factor
from kith.shop.models import LineStatus, OrderLine
from kith.strangers.models import Exchange, Persona

TOLD = "whoever they are about chose to tell how it stands, and nothing of it singly"

State = Literal["yes", "not-told", "unknown"]
YEAR, MONTH = timedelta(days=365), timedelta(days=30)
YEARS = ((5 * YEAR, "5+"), (3 * YEAR, "3-5"), (YEAR, "1-3"), (timedelta(0), "<1"))
"""How long somebody has been a shopper here, in years."""
AGES = ((YEAR, "1y+"), (6 * MONTH, "6-12m"), (MONTH, "1-6m"), (timedelta(0), "<1m"))
"""How long a persona has been here: in months, then years."""
LONG = 3 * YEAR
DELIVERED_WITHIN = 2 * YEAR
LEAST_DELIVERED = 2
LEAST_GREETINGS = 5
TIME_TO_ANSWER = timedelta(days=3)
"""A greeting younger than that is not counted: it may still be answered."""
MOST_ANSWERED, SOME_ANSWERED = 2 / 3, 1 / 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a persona, or is not.

    `kind` is years, region, phone, second-factor, persona-age or answers. `value` is the band it is in,
    or the code of the region; "" where there is no more to say than yes.
    """

    kind: str
    state: State
    value: str = ""


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """What stands beside a stranger. `upheld`: how many complaints the shop's staff found to be right."""

    facts: tuple[Fact, ...]
    upheld: int


def safety_card(viewer: Viewer, *, persona_id: int) -> SafetyCard:
    """What is known of a persona that the viewer may see; of one's own, as strangers see it.

    :raises NotThere: the viewer may not see it, or there is none.
    """
    seen = Persona.objects.visible_to(viewer).exclude(name="").select_related("person")
    persona = seen.filter(pk=persona_id).first()
    if persona is None:
        raise NotThere
    person, now = persona.person, viewer.now
    facts = (
        _years(person, now) if persona.tells_years else _untold("years"),
        _region(persona, now) if persona.tells_region else _untold("region"),
        _known("phone", person.phone_verified) if persona.tells_confirmed else _untold("phone"),
        _known("second-factor", has_second_factor(person.pk))
        if persona.tells_confirmed
        else _untold("second-factor"),
        _persona_age(persona, now) if persona.tells_persona_age else _untold("persona-age"),
        _answers(person, now) if persona.tells_answers else _untold("answers"),
    )
    return SafetyCard(facts, persona.upheld)


def _untold(kind: str) -> Fact:
    return Fact(kind, "not-told")


def _known(kind: str, is_so: bool, value: str = "") -> Fact:
    return Fact(kind, "yes", value) if is_so else Fact(kind, "unknown")


def _band(span: timedelta, bands: tuple[tuple[timedelta, str], ...]) -> str:
    return next((name for least, name in bands if span >= least), bands[-1][1])


def _years(person: Person, now: datetime) -> Fact:
    return Fact("years", "yes", _band(now - person.joined_at, YEARS))


def _persona_age(persona: Persona, now: datetime) -> Fact:
    return Fact("persona-age", "yes", _band(now - persona.created_at, AGES))


def _region(persona: Persona, now: datetime) -> Fact:
    """Whether parcels really arrive where somebody says they live. Where they arrive else is not told."""
    if not persona.region:
        return Fact("region", "unknown")
    lines = OrderLine.objects.unguarded(TOLD).filter(
        _lies_in(persona.region),
        buyer=persona.person_id,
        is_gift=False,
        delivered_at__gt=now - DELIVERED_WITHIN,
    )
    came = lines.exclude(status=LineStatus.CANCELLED).values("order").distinct()[:LEAST_DELIVERED]
    return _known("region", len(came) >= LEAST_DELIVERED, persona.region)


def _lies_in(region: str) -> Q:
    """Match what goes to a province or any place in it, or to a city or a district of it (GB/T 2260)."""
    if region.endswith("0000"):
        return Q(order__ship_to__startswith=region[:2])
    if region.endswith("00"):
        return Q(order__ship_to__startswith=region[:4])
    return Q(order__ship_to=region)


def _answers(person: Person, now: datetime) -> Fact:
    """How many of the greetings that somebody received they answered; of a few nothing is said."""
    greetings = Exchange.objects.unguarded(TOLD).filter(greeted=person, started_at__lt=now - TIME_TO_ANSWER)
    counts = greetings.aggregate(all=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    if counts["all"] < LEAST_GREETINGS:
        return Fact("answers", "unknown")
    share = counts["answered"] / counts["all"]
    band = "most" if share >= MOST_ANSWERED else "some" if share >= SOME_ANSWERED else "few"
    return Fact("answers", "yes", band)
