"""Trusted merchants: a ranking for one viewer, from their own circles' evidence alone.

Each person p whose shares the viewer may see adds to a merchant's successes s and failures f:

    s += w(p) · [ H(kept)     · d(newest kept)     + ½ · mean((stars - 1) / 4) · d(newest review) ]
    f += w(p) · [ H(returned) · d(newest returned) + ½ · mean((5 - stars) / 4) · d(newest review) ]
    f += w(p) · 2 · removed

where a purchase is removed while its listing is taken down or recalled, even if it was sent back
before; H(n) = 1 + ½ + … + 1/n, so that a second purchase counts, but a second person counts
more; d(t) = 2^(-age / 2 years); and w(p) is the greatest trust (1 to 5) that the viewer gives
a circle which holds p, over 5, or 2/5 if none does. A merchant's score is the lower end of
Wilson's interval for s successes in s + f trials, one-sided at 90 %:

    (s + z²/2 - z·√(s·f/(s+f) + z²/4)) / (s + f + z²),  z = 1.2816

(E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22,
1927; used for ranking since E. Miller, "How not to sort by average rating", 2009.) It rises with
s and falls with f, so another kept purchase never lowers it and a return never raises it; with
little evidence it is low, so one happy cousin does not beat ten.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from django.db.models import Count, Max, Sum

from kith.core.guard import Viewer
from kith.sharing.models import Delivery, Outcome, ShareKind
from kith.sharing.queries.corrections import outcome_of_delivery
from kith.sharing.queries.evidence import Tally
from kith.shop.models import Merchant
from kith.ties.queries import Face, faces, how_much_trusted

HALF_LIFE = timedelta(days=730)
Z = 1.2816
WEIGHT_OF_NO_CIRCLE = 2
Level = Literal["very-reliable", "reliable", "mixed", "careful", "too-little"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What one person's shares say of one merchant, in one respect."""

    author: int
    kind: str
    outcome: str
    number: int
    ratings: int
    stars: int
    newest: datetime


@dataclass(frozen=True, slots=True)
class TrustedMerchant:
    merchant_id: int
    name: str
    source: str | None
    external_id: str | None
    score: float
    level: Level
    tally: Tally
    repeat_buyers: int
    latest_month: date | None
    faces: tuple[Face, ...]
    """Those who bought there, most often first; at most five."""


def trusted_merchants(viewer: Viewer, *, size: int = 50) -> tuple[TrustedMerchant, ...]:
    """Rank the merchants that the viewer's circles know, best first. Five queries."""
    known: dict[int, list[Knowledge]] = defaultdict(list)
    for merchant_id, row in _knowledge(viewer):
        known[merchant_id].append(row)
    authors = {row.author for rows in known.values() for row in rows}
    trusted = how_much_trusted(viewer, authors)
    scores = {merchant: score(rows, trusted, viewer.now) for merchant, rows in known.items()}
    best = sorted(scores, key=lambda merchant: (-scores[merchant], merchant))[:size]
    merchants = Merchant.objects.in_bulk(best)
    people = faces(viewer, {author for merchant in best for author in _buyers(known[merchant])[:5]})
    return tuple(_ranked(merchants[merchant], scores[merchant], known[merchant], people) for merchant in best)


def _knowledge(viewer: Viewer) -> Iterable[tuple[int, Knowledge]]:
    rows = Delivery.objects.visible_to(viewer).filter(
        merchant__isnull=False, kind__in=(ShareKind.PURCHASE, ShareKind.REVIEW)
    )
    counted = rows.order_by().annotate(came_to=outcome_of_delivery())
    grouped = counted.values("merchant_id", "author_id", "kind", "came_to")
    for row in grouped.annotate(
        number=Count("share"), ratings=Count("rating"), stars=Sum("rating"), newest=Max("visible_from")
    ):
        yield row["merchant_id"], Knowledge(
            row["author_id"], row["kind"], row["came_to"], row["number"], row["ratings"], row["stars"] or 0,
            row["newest"],
        )  # fmt: skip


def score(known: Iterable[Knowledge], trusted: dict[int, int], now: datetime) -> float:
    """The lower bound, 0 to 1.

    :param trusted: by person, the greatest weight of the viewer's circles that hold them.
    """
    successes = failures = 0.0
    reviews: dict[int, list[Knowledge]] = defaultdict(list)
    for row in known:
        weight = trusted.get(row.author, WEIGHT_OF_NO_CIRCLE) / 5
        fresh = 0.5 ** (max(now - row.newest, timedelta()) / HALF_LIFE)
        if row.kind == ShareKind.REVIEW:
            reviews[row.author].append(row)
        elif row.outcome == Outcome.KEPT:
            successes += weight * _harmonic(row.number) * fresh
        elif row.outcome == Outcome.RETURNED:
            failures += weight * _harmonic(row.number) * fresh
        elif row.outcome == Outcome.REMOVED:
            failures += weight * 2 * row.number
    for author, theirs in reviews.items():
        weight = trusted.get(author, WEIGHT_OF_NO_CIRCLE) / 5
        good, bad = _stars(theirs, now)
        successes += weight * good
        failures += weight * bad
    return wilson_lower_bound(successes, failures)


def _stars(rows: list[Knowledge], now: datetime) -> tuple[float, float]:
    ratings = sum(row.ratings for row in rows)
    if not ratings:
        return 0.0, 0.0
    mean = sum(row.stars for row in rows) / ratings
    newest = max(row.newest for row in rows)
    fresh = 0.5 ** (max(now - newest, timedelta()) / HALF_LIFE)
    return fresh * (mean - 1) / 8, fresh * (5 - mean) / 8


def wilson_lower_bound(successes: float, failures: float) -> float:
    """The lower end of Wilson's score interval; 0 when nothing is known. Counts may be fractions."""
    trials = successes + failures
    if trials <= 0:
        return 0.0
    spread = Z * math.sqrt(successes * failures / trials + Z * Z / 4)
    return max(0.0, (successes + Z * Z / 2 - spread) / (trials + Z * Z))


def _harmonic(number: int) -> float:
    return sum(1 / n for n in range(1, number + 1))


def _buyers(known: list[Knowledge]) -> list[int]:
    bought: dict[int, int] = defaultdict(int)
    for row in known:
        if row.kind == ShareKind.PURCHASE:
            bought[row.author] += row.number
    return sorted(bought, key=lambda author: (-bought[author], author))


def _ranked(
    merchant: Merchant, score: float, known: list[Knowledge], people: dict[int, Face]
) -> TrustedMerchant:
    bought = [row for row in known if row.kind == ShareKind.PURCHASE]
    counted = _tally(bought, [row for row in known if row.kind == ShareKind.REVIEW])
    buyers = _buyers(known)
    per_person: dict[int, int] = defaultdict(int)
    for row in bought:
        per_person[row.author] += row.number
    latest = max((row.newest for row in bought), default=None)
    return TrustedMerchant(
        merchant_id=merchant.pk,
        name=merchant.name,
        source=merchant.source,
        external_id=merchant.external_id,
        score=score,
        level=_level(score, counted),
        tally=counted,
        repeat_buyers=sum(number > 1 for number in per_person.values()),
        latest_month=latest.date().replace(day=1) if latest else None,
        faces=tuple(people[author] for author in buyers[:5]),
    )


def _tally(bought: list[Knowledge], reviews: list[Knowledge]) -> Tally:
    came_to: dict[str, int] = defaultdict(int)
    for row in bought:
        came_to[row.outcome] += row.number
    ratings = sum(row.ratings for row in reviews)
    return Tally(
        people=len({row.author for row in bought}),
        purchases=sum(came_to.values()),
        kept=came_to[Outcome.KEPT],
        returned=came_to[Outcome.RETURNED],
        removed=came_to[Outcome.REMOVED],
        ratings=ratings,
        mean_rating=sum(row.stars for row in reviews) / ratings if ratings else None,
    )


def _level(score: float, known: Tally) -> Level:
    """A word for the score. With fewer than two people there is none, unless it is a warning."""
    if known.removed or (known.returned >= 2 and known.returned * 2 >= known.purchases):
        return "careful"
    if known.people < 2 and known.ratings < 2:
        return "too-little"
    if score >= 0.6 and known.people >= 3:
        return "very-reliable"
    return "reliable" if score >= 0.45 else "mixed"
