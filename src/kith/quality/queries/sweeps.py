"""Sweeps as staff see them: what was found, by which rules, and what was drawn to be looked at."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from kith.core.errors import NotThere
from kith.quality.models import Finding, SampleItem, Sweep
from kith.quality.rules import BY_CODE, RULES
from kith.quality.words import say_finding
from kith.shop.models import Listing


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many listings break a rule, and of how many it is the gravest."""

    rule: str
    name: str
    listings: int
    main: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """A listing of the sample: what was found against it, and what somebody said of that."""

    listing_id: int
    title: str
    says: tuple[str, ...]
    right: bool | None
    note: str


def get_sweep(sweep_id: int) -> Sweep:
    """:raises NotThere: no such sweep."""
    found = Sweep.objects.filter(pk=sweep_id).first()
    if found is None:
        raise NotThere
    return found


def newest_sweeps(*, most: int = 50) -> list[Sweep]:
    return list(Sweep.objects.order_by("-created_at", "-pk")[:most])


def found_by_rule(sweep_id: int) -> list[RuleCount]:
    """Count what each rule found, in the order of the rules; those that found nothing are left out."""
    rows = Finding.objects.filter(sweep=sweep_id).order_by().values_list("rule")
    counted = {
        rule: (listings, main)
        for rule, listings, main in rows.annotate(
            listings=Count("*"), number=Count("rule", filter=Q(main=True))
        )
    }
    return [
        RuleCount(rule.code, str(rule.name), *counted[rule.code]) for rule in RULES if rule.code in counted
    ]


def sample_of(sweep_id: int) -> list[Sampled]:
    """The sample in the order in which it was drawn."""
    items = list(SampleItem.objects.filter(sweep=sweep_id).order_by("position"))
    ids = [item.listing_id for item in items]
    titles = dict(Listing.objects.filter(pk__in=ids).values_list("pk", "title"))
    says: dict[int, list[str]] = defaultdict(list)
    order = {code: place for place, code in enumerate(BY_CODE)}
    findings = Finding.objects.filter(sweep=sweep_id, listing__in=ids)
    for finding in sorted(findings, key=lambda one: (not one.main, order.get(one.rule, len(order)))):
        says[finding.listing_id].append(say_finding(finding))
    return [
        Sampled(
            item.listing_id,
            titles.get(item.listing_id, ""),
            tuple(says[item.listing_id]),
            item.right,
            item.note,
        )
        for item in items
    ]
