"""Bad masks: a good one each, and one thing put wrong, with what it breaks by that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from benchmarks import mask_words as words
from benchmarks.mask_goods import sell
from benchmarks.mask_kinds import BY_CODE, EVER
from benchmarks.mask_shape import (
    NOW,
    TODAY,
    Mask,
    Plan,
    bare_mask,
    claim,
    gone_mask,
    good_mask,
    limits_of,
    report_of,
    some_day,
    some_time,
)

Wrong = Callable[[Random, Plan, list[Mask]], Mask]
BOUGHT = 0.04
"""Of bad masks; their buyers are told."""
NEXT_YEARS = date(2021, 7, 1)
"""From then on nothing may be made by GB 2626-2006 any more."""


def make_bad(dice: Random, plan: Plan, donors: list[Mask]) -> Mask:
    """A mask that breaks something; a few break two things.

    :param donors: good ones, made before, whose reports may be stolen.
    """
    wrong = dice.choices(list(WRONGS), list(WRONGS.values()))[0]
    mask = wrong(dice, plan, donors)
    mask.sort = mask.sort or wrong.__name__.strip("_")
    if dice.random() < 0.02 and not mask.picture.startswith("https://IMG"):
        mask.picture = _picture_again(dice, gone_mask(plan, dice.randrange(plan.gone)))
        mask.breaks.add("same-picture")
    if not mask.sales and dice.random() < BOUGHT:
        sell(dice, plan, mask, pieces=dice.randrange(1, 5), back=0.0)
    return mask


def _of(dice: Random, plan: Plan, *codes: str, since: date = EVER) -> Mask:
    """A good mask of one of these kinds, made since a day."""
    mask = bare_mask(dice, plan)
    kind = BY_CODE[dice.choice(codes)]
    claim(dice, mask, kind, some_day(dice, max(since, kind.editions[0].since)))
    mask.reports = [report_of(dice, mask)]
    return mask


def _unproven(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """No report; one that nobody has verified; one of something that is not claimed."""
    mask = good_mask(dice, plan)
    mask.breaks = {"unproven"}
    way = dice.random()
    if way < 0.12:
        mask.reports[0].state = "submitted"
    elif way < 0.2:
        mask.reports[0].state = "refused"
    elif way < 0.3 and mask.grades:
        mask.reports = [report_of(dice, mask, code="YY 0469", grades=[])]
    else:
        mask.reports = []
    if dice.random() < 0.08 and mask.kind and "standard" in mask.kind.marks:
        mask.named = [(code, "") for code, _ in mask.named]
        mask.breaks.add("marks-missing")
    return mask


def _measured_below(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """Far below the class, just below it, or harder to breathe through than it may be."""
    mask = good_mask(dice, plan)
    kind, report = mask.kind, mask.reports[0]
    assert kind is not None
    limits = limits_of(kind, mask.named[0][1], mask.grades, mask.level)
    quantity, least, most = dice.choice(limits)
    if least is not None:
        least = max(low for name, low, _ in limits if name == quantity and low is not None)
        lack = dice.uniform(0.02, 0.3) if dice.random() < 0.2 else dice.uniform(1, least - 10)
        report.measures[quantity] = round(least - lack, 2)
    elif most is not None:
        report.measures[quantity] = round(most * dice.uniform(1.02, 2.5), 1)
    if dice.random() < 0.1:
        mask.reports.append(report_of(dice, mask))
    mask.breaks = {"measured-below"}
    return mask


def _forbidden_claim(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """Medical use of what is for none, or children where the standard rules them out."""
    mask = _of(dice, plan, "GB 2626", "GB/T 32610", "EN 149", "42 CFR 84", "GB/T 38880")
    if mask.named[0][0] == "GB/T 32610" and dice.random() < 0.6:
        mask.says = [dice.choice(words.CHILDREN[mask.english])]
    elif dice.random() < 0.04:
        mask.says, mask.sort = [words.MEDICAL_HARD[mask.english]], "forbidden_claim in other words"
    else:
        mask.says = [dice.choice(words.MEDICAL[mask.english])]
    mask.breaks = {"forbidden-claim"}
    return mask


def _evidence_of_another(dice: Random, plan: Plan, donors: list[Mask]) -> Mask:
    """A report that another merchant had handed in for its own masks."""
    others = dice.sample(donors, min(5, len(donors)))
    mask = good_mask(dice, plan)
    for other in others:
        stolen = other.reports[0]
        if other.merchant != mask.merchant and stolen.state == "verified" and len(other.reports) == 1:
            break
    else:
        mask.reports, mask.breaks, mask.sort = [], {"unproven"}, "unproven for want of a report to steal"
        return mask
    donors.remove(other)  # stolen once: the number of a report stands once for each merchant
    mask.kind, mask.made, mask.batch = other.kind, other.made, other.batch
    mask.named, mask.grades, mask.level = list(other.named), list(other.grades), other.level
    mask.shows, mask.says, mask.category, mask.currency = (
        other.shows,
        list(other.says),
        other.category,
        other.currency,
    )
    later = stolen.handed_in + some_time(dice, 0.1, (NOW - stolen.handed_in).days - 0.1)
    mask.reports = [replace(stolen, pk=dice.getrandbits(63), handed_in=later)]
    mask.breaks = {"evidence-of-another"}
    return mask


def _evidence_not_covering(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    mask = good_mask(dice, plan)
    mask.reports[0].covers = False
    mask.breaks = {"evidence-not-covering"}
    return mask


def _evidence_other_batch(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """A good report, and if need be a bad one, of what was made another day."""
    mask = good_mask(dice, plan)
    mask.reports[0].batch = f"{mask.batch[:-1]}{(int(mask.batch[-1]) + 1) % 10}"
    if dice.random() < 0.1:
        mask.reports[0].measures = {name: value * 0.7 for name, value in mask.reports[0].measures.items()}
    mask.breaks = {"evidence-other-batch"}
    return mask


def _evidence_expired(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    mask = good_mask(dice, plan)
    report = mask.reports[0]
    report.tested = min(report.tested, TODAY - timedelta(days=dice.randrange(2, 400)))
    report.made = None
    report.until = TODAY - timedelta(days=dice.randrange(1, (TODAY - report.tested).days))
    mask.breaks = {"evidence-expired"}
    return mask


def _not_in_force(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """An edition that was not in force any more on the day of production, or not yet."""
    mask = bare_mask(dice, plan)
    way = dice.random()
    if way < 0.55:
        claim(dice, mask, BY_CODE["GB 2626"], some_day(dice, NEXT_YEARS))
        mask.named = [("GB 2626", "2006")]
    elif way < 0.7:
        claim(dice, mask, BY_CODE[dice.choice(("GB 19083", "YY/T 0969"))], some_day(dice, date(2025, 12, 1)))
        mask.named = [(mask.named[0][0], "2010" if mask.named[0][0] == "GB 19083" else "2013")]
    else:
        kind = BY_CODE[dice.choice(("GB 2626", "GB 19083", "YY/T 0969"))]
        claim(dice, mask, kind, some_day(dice, EVER, kind.editions[1].since))
        mask.named = [(kind.code, kind.editions[1].name)]
    mask.reports = [report_of(dice, mask)]
    mask.breaks = {"not-in-force"}
    return mask


def _superseded(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """An old edition, and no word of when it was made."""
    mask = bare_mask(dice, plan)
    claim(dice, mask, BY_CODE["GB 2626"], some_day(dice))
    mask.named, mask.made = [("GB 2626", "2006")], None
    mask.reports = [report_of(dice, mask)]
    mask.breaks = {"superseded"}
    return mask


FOREIGN = (("GB 2626", "FFP2", "EN 149"), ("GB 2626", "N95", "42 CFR 84"), ("YY 0469", "KN95", "GB 2626"),
           ("EN 149", "KN95", "GB 2626"), ("GB/T 32610", "KN95", "GB 2626"),
           ("YY/T 0969", "N95", "42 CFR 84"))  # fmt: skip
"""Standards, a class that each does not have, and the standard that has it."""


def _no_such_class(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """A class of another standard than the one named; tested by that one."""
    named, grade, code = dice.choice(FOREIGN)
    mask = _of(dice, plan, named, since=NEXT_YEARS)
    mask.grades, mask.currency = [grade], "CNY"
    mask.reports = [report_of(dice, mask, code=code)]
    mask.breaks = {"no-such-class"}
    return mask


def _level_as_class(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """A level beside a class that is too low for it, or said as if it were a class."""
    mask = _of(dice, plan, "GB/T 32610")
    mask.level = "A"
    mask.grades = ["III"]
    if dice.random() < 0.15:
        mask.grades, mask.sort = [], "level_as_class in so many words"
        mask.says = ["filtration class A" if mask.english else dice.choice(("过滤效率A级", "过滤等级：A级"))]
    mask.reports = [report_of(dice, mask)]
    mask.breaks = {"level-as-class"}
    return mask


def _unknown_standard(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    mask = _of(dice, plan, "GB 2626", "EN 149", "42 CFR 84")
    mask.named = [(dice.choice(words.UNKNOWN), "")]
    mask.breaks = {"unknown-standard"}
    return mask


def _again(dice: Random, plan: Plan) -> Mask:
    """A good mask that is otherwise as one that was taken down: the same goods, another listing."""
    gone = gone_mask(plan, dice.randrange(plan.gone))
    bare = bare_mask(dice, plan)
    mask = replace(gone, pk=bare.pk, merchant=bare.merchant, picture=bare.picture, unit=bare.unit, sort="")
    mask.reports, mask.sales, mask.breaks = [report_of(dice, mask)], [], set()
    return mask


def _relisted_text(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """The very words; or with other spaces; or with a little more said; or for another number of pieces."""
    mask = _again(dice, plan)
    title, body = mask.text
    way = dice.randrange(5)
    if way == 1:
        body = body.replace(" ", "  ").replace("，", ", ")
    elif way == 2:
        title = f"{title[:190]} {'new' if mask.english else '新款'}"
    elif way == 3:
        mask.pieces = dice.choice((30, 40, 60))
        title = f"{mask.pieces}{' pcs' if mask.english else '只装'} {title[:190]}"
    elif way == 4:
        body = f"{body} {dice.choice(words.say_talk(dice, 1, english=mask.english))}"
    mask.text, mask.sort = (
        (title, body),
        f"relisted_text {('same', 'spaces', 'a word', 'pieces', 'a sentence')[way]}",
    )
    mask.breaks = {"relisted-text"}
    return mask


def _picture_again(dice: Random, gone: Mask) -> str:
    """The address of its picture, for another size or with the host written otherwise."""
    address = gone.picture.replace(
        "https://img.example.com", dice.choice(("https://img.example.com", "https://IMG.example.com"))
    )
    return address + dice.choice(("", "?x-oss-process=image/resize,w_800", "?v=2"))


def _same_picture(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    gone = gone_mask(plan, dice.randrange(plan.gone))
    mask = good_mask(dice, plan)
    mask.picture = _picture_again(dice, gone)
    mask.breaks = {"same-picture"}
    return mask


def _returned_often(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """Half or more came back, of a few dozen or of a dozen."""
    mask = _of(dice, plan, "GB 2626", "EN 149", "42 CFR 84")
    pieces = dice.randrange(10, 15) if dice.random() < 0.15 else dice.randrange(24, 49)
    sell(dice, plan, mask, pieces=pieces, back=0.0)
    for sale in mask.sales[: round(pieces * dice.uniform(0.5, 0.8))]:
        ordered = sale.steps[0]
        more = (ordered + timedelta(days=5), ordered + timedelta(days=6))
        sale.steps = (*sale.steps[:3], *more[: dice.choice((1, 2))])
        sale.reason = dice.choice(("not-as-described", "not-genuine", "unsafe", "broken", "wrong-item"))
    mask.breaks = {"returned-often"}
    return mask


def _complained_of(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """Three or four of those who bought it report it; or most of them do."""
    mask = good_mask(dice, plan)
    sell(dice, plan, mask, pieces=dice.randrange(8, 14), back=0.0)
    mask.breaks = {"complained-of"}
    many = dice.random() < 0.1 and mask.category == "protection"
    if many:
        mask.breaks.add("returned-often")
    for sale in mask.sales[: 7 if many else dice.choice((3, 4))]:
        ordered = NOW - some_time(dice, 20, 150)
        sale.steps = (ordered, ordered + timedelta(days=1), ordered + timedelta(days=3))
        sale.reason, sale.complained = "", ordered + timedelta(days=5)
    return mask


def _marks_missing(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """One mark that its standard asks for is not shown."""
    mask = good_mask(dice, plan)
    kind = mask.kind
    assert kind is not None
    missing = dice.choice(
        sorted(kind.marks - ({"class"} if kind.code in {"GB/T 38880", "42 CFR 84"} else set()))
    )
    mask.breaks, mask.sort = {"marks-missing"}, f"marks_missing {missing}"
    if missing == "standard":
        mask.named = [(code, "") for code, _ in mask.named]
    elif missing == "class":
        mask.grades = []
    elif missing == "level":
        mask.level = ""
    mask.shows = mask.shows - {missing}
    return mask


def _price_too_low(dice: Random, plan: Plan, _donors: list[Mask]) -> Mask:
    """A tenth of what such masks cost, or a quarter."""
    mask = _of(dice, plan, "GB 2626")
    mask.grades, mask.unit = ["KN95"], dice.uniform(0.04, 0.25)
    mask.reports = [report_of(dice, mask)]
    mask.breaks = {"price-too-low"}
    return mask


WRONGS: dict[Wrong, float] = {
    _unproven: 50, _measured_below: 20, _forbidden_claim: 2.6, _evidence_of_another: 2.4,
    _evidence_not_covering: 2.4, _evidence_other_batch: 2.8, _evidence_expired: 2.6, _not_in_force: 2.3,
    _superseded: 0.6,
    _no_such_class: 2.4, _level_as_class: 2, _unknown_standard: 2.4, _relisted_text: 1.2, _same_picture: 1.2,
    _returned_often: 0.6, _complained_of: 0.8, _marks_missing: 2, _price_too_low: 1.8,
}  # fmt: skip
"""How often each is put wrong."""
