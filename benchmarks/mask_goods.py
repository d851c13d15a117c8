"""Good masks, the hard ones among them: what a careless rule would find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from benchmarks import mask_words as words
from benchmarks.mask_kinds import BY_CODE, EVER
from benchmarks.mask_shape import (
    NOW,
    TODAY,
    Mask,
    Plan,
    Sale,
    bare_mask,
    claim,
    good_mask,
    report_of,
    some_day,
    some_time,
)


def make_good(dice: Random, plan: Plan) -> Mask:
    """A mask that breaks nothing."""
    chance = dice.random()
    if chance < 0.3:
        mask, sort = _plain(dice, plan), "plain"
    elif chance < 0.6:
        mask, sort = good_mask(dice, plan), "good"
    else:
        hard = dice.choice(HARD)
        mask, sort = hard(dice, plan), f"good {hard.__name__.strip('_')}"
    mask.sort = sort
    if dice.random() < 0.2 and not mask.sales:
        sell(dice, plan, mask, pieces=dice.randrange(3, 13))
    return mask


def sell(dice: Random, plan: Plan, mask: Mask, *, pieces: int, back: float = 0.015) -> None:
    """Sell some pieces within the last year; some come back, for reasons of all sorts."""
    for buyer in dice.sample(range(plan.buyers), pieces):
        ordered = NOW - some_time(dice, 20, 340)
        steps = [ordered, ordered + timedelta(days=1), ordered + timedelta(days=3)]
        reason, chance = "", dice.random()
        if chance < back:
            reason = dice.choice(("not-as-described", "not-genuine", "unsafe", "broken", "wrong-item"))
        elif chance < back + 0.03:
            reason = dice.choice(("changed-mind", "late"))
        if reason:
            steps += [ordered + timedelta(days=5), ordered + timedelta(days=6)][: dice.choice((1, 2))]
        mask.sales.append(Sale(buyer, tuple(steps), reason))


def _plain(dice: Random, plan: Plan) -> Mask:
    """It claims nothing, and may say so."""
    mask = bare_mask(dice, plan)
    mask.unit *= dice.choice((1, 1, 0.1))
    denials = (words.NOT_THAT, words.NOT_MEDICAL, words.NOT_CHILDREN, words.FIRMS)
    mask.says = [dice.choice(ways[mask.english]) for ways in denials if dice.random() < 0.35]
    return mask


def _denied_uses(dice: Random, plan: Plan) -> Mask:
    """It says what it is not for."""
    mask = bare_mask(dice, plan)
    claim(dice, mask, BY_CODE[dice.choice(("GB 2626", "GB/T 32610", "EN 149", "42 CFR 84"))], some_day(dice))
    mask.says = [dice.choice(words.NOT_MEDICAL[mask.english]), dice.choice(words.FIRMS[mask.english])]
    if dice.random() < 0.6:
        mask.says.append(dice.choice(words.NOT_CHILDREN[mask.english]))
    mask.reports = [report_of(dice, mask)]
    return mask


def _medical_by_another(dice: Random, plan: Plan) -> Mask:
    """It meets two standards, and one of them allows what the other does not."""
    mask = bare_mask(dice, plan)
    claim(dice, mask, BY_CODE["GB 2626"], some_day(dice))
    other = BY_CODE[dice.choice(("GB 19083", "YY 0469"))]
    assert mask.made is not None
    edition = next(one.name for one in other.editions if one.since <= mask.made < one.until)
    mask.named.append((other.code, edition))
    mask.shows |= other.marks & words.MARKS.keys()
    mask.says = [dice.choice(words.MEDICAL[mask.english])]
    mask.reports = [report_of(dice, mask)]
    return mask


def _children_by_another(dice: Random, plan: Plan) -> Mask:
    """For grown-ups by one standard, and for children by the other."""
    mask = bare_mask(dice, plan)
    claim(dice, mask, BY_CODE["GB/T 38880"], some_day(dice, date(2020, 6, 1)))
    mask.named.append(("GB/T 32610", "2016"))
    mask.level = "A"
    mask.says = [dice.choice(words.CHILDREN[mask.english])]
    mask.reports = [report_of(dice, mask)]
    return mask


def _old_edition(dice: Random, plan: Plan) -> Mask:
    """Made when the edition that it names was still in force."""
    mask = bare_mask(dice, plan)
    if dice.random() < 0.5:
        claim(dice, mask, BY_CODE["GB 2626"], some_day(dice, EVER, date(2021, 7, 1)))
        mask.named = [("GB 2626", "2006")]
    else:
        kind = BY_CODE[dice.choice(("GB 19083", "YY/T 0969"))]
        claim(dice, mask, kind, some_day(dice, date(2024, 1, 1), date(2025, 12, 1)))
    mask.reports = [report_of(dice, mask)]
    return mask


def _two_reports(dice: Random, plan: Plan) -> Mask:
    """Beside the good report, one that is expired, or refused, or of another batch and bad."""
    mask = good_mask(dice, plan)
    other = report_of(dice, mask)
    way = dice.randrange(3)
    if way == 0:
        other.until = max(other.tested, TODAY - timedelta(days=dice.randrange(1, 200)))
        other.until = min(other.until, TODAY - timedelta(days=1))
    else:
        other.measures = {name: value * 0.6 for name, value in other.measures.items()}
        if way == 1:
            other.state = "refused"
        else:
            other.batch = f"{other.batch}9"
    mask.reports = dice.sample([*mask.reports, other], 2)
    return mask


def _beside_a_material(dice: Random, plan: Plan) -> Mask:
    """It names the standard of its cloth, too."""
    mask = good_mask(dice, plan)
    mask.says = [dice.choice(words.MATERIALS)]
    return mask


def _long_winded(dice: Random, plan: Plan) -> Mask:
    """Most of its words are those of many other shops."""
    mask = good_mask(dice, plan)
    mask.boilerplate = " ".join(words.BOILERPLATES[mask.english])
    return mask


def _on_clearance(dice: Random, plan: Plan) -> Mask:
    """Sold off, at a price that is low and can be real."""
    mask = good_mask(dice, plan)
    mask.unit = dice.uniform(0.45, 0.5)
    return mask


def _came_back_late(dice: Random, plan: Plan) -> Mask:
    """Much of it came back, for reasons that say nothing against it; and once or twice for one that does."""
    mask = good_mask(dice, plan)
    sell(dice, plan, mask, pieces=dice.randrange(12, 24), back=0.0)
    for sale in mask.sales[::2]:
        ordered = sale.steps[0]
        sale.steps = (*sale.steps[:3], ordered + timedelta(days=5))
        sale.reason = dice.choice(("changed-mind", "late"))
    for sale in mask.sales[:3:2][: dice.randrange(1, 3)]:
        sale.reason = "broken"
    return mask


def _complained_of_before(dice: Random, plan: Plan) -> Mask:
    """Reported by two, or by more who were heard, or long ago."""
    mask = good_mask(dice, plan)
    sell(dice, plan, mask, pieces=dice.randrange(8, 14), back=0.0)
    way = dice.randrange(3)
    for sale in mask.sales[: 2 if way == 0 else 4]:
        ordered = NOW - (some_time(dice, 200, 340) if way == 1 else some_time(dice, 30, 150))
        sale.steps = (ordered, ordered + timedelta(days=1), ordered + timedelta(days=3))
        sale.reason, sale.complained, sale.dismissed = "", ordered + timedelta(days=5), way == 2
    return mask


def _cheap_and_proven(dice: Random, plan: Plan) -> Mask:
    """A surgical mask: it has no class to be compared by."""
    mask = bare_mask(dice, plan)
    claim(dice, mask, BY_CODE["YY/T 0969"], some_day(dice))
    mask.unit *= 0.1
    mask.reports = [report_of(dice, mask)]
    return mask


def _same_batch_written_otherwise(dice: Random, plan: Plan) -> Mask:
    mask = good_mask(dice, plan)
    mask.reports = [replace(mask.reports[0], batch=mask.batch.upper())]
    mask.batch = mask.batch.lower()
    return mask


HARD: tuple[Callable[[Random, Plan], Mask], ...] = (
    _denied_uses, _medical_by_another, _children_by_another, _old_edition, _two_reports, _beside_a_material,
    _long_winded, _on_clearance, _came_back_late, _complained_of_before, _cheap_and_proven,
    _same_batch_written_otherwise,
)  # fmt: skip
