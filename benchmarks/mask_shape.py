"""What a mask of the catalogue is made of, how one is made good, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random

from benchmarks import mask_words as words
from benchmarks.mask_kinds import BY_CODE, EVER, KINDS, OF_GRADE, Edition, Kind, Limit

NOW = datetime(2026, 2, 5, 4, 0, tzinfo=UTC)
"""The instant of the sweep: noon in Beijing. All shipped standards for masks may be met by then."""
TODAY = NOW.date()
PIECE = 5_000
"""Listings that are made at once."""
ONE_GONE_FOR = 100
"""So many listings on sale there are for each that was taken down before."""
LABS = (
    "国家劳动保护用品质量监督检验中心",
    "广东省医疗器械质量监督检验所",
    "中国纺织科学研究院测试中心",
    "SGS-CSTC",
    "TÜV SÜD",
)


@dataclass(slots=True)
class Report:
    """A laboratory's report, as it was handed in and decided."""

    pk: int
    standard: str
    grade: str
    laboratory: str
    number: str
    batch: str
    made: date | None
    tested: date
    until: date | None
    measures: dict[str, float]
    handed_in: datetime
    state: str = "verified"
    covers: bool = True


@dataclass(slots=True)
class Sale:
    """One piece sold; `steps` are when it was ordered, sent, handed over, asked back, paid back."""

    buyer: int
    steps: tuple[datetime, ...]
    reason: str = ""
    complained: datetime | None = None
    dismissed: bool = False


@dataclass(slots=True)
class Mask:
    """A listing in the making, and what it breaks."""

    pk: int
    merchant: int
    kind: Kind | None
    """None: it claims nothing."""
    english: bool
    brand: str
    pieces: int
    unit: float
    """The price beside what such a mask usually costs."""
    batch: str
    made: date | None
    named: list[tuple[str, str]] = field(default_factory=list)
    """Standards with editions, as they are said."""
    grades: list[str] = field(default_factory=list)
    level: str = ""
    shows: set[str] = field(default_factory=set)
    says: list[str] = field(default_factory=list)
    boilerplate: str = ""
    category: str = "protection"
    currency: str = "CNY"
    picture: str = ""
    reports: list[Report] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    breaks: set[str] = field(default_factory=set)
    text: tuple[str, str] = ("", "")
    sort: str = ""
    """What it was made to be: for whoever asks why something was not found."""

    @property
    def price(self) -> int:
        """In the smallest coin."""
        usual = 0.3 if self.kind is None else self.kind.price or 2.0
        for grade in self.grades[:1]:
            usual = OF_GRADE[grade].grades[grade][0]
        abroad = 1.0 if self.currency == "CNY" else 7.8
        return max(1, round(usual * self.unit * self.pieces / abroad * 100))


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a catalogue, and which."""

    listings: int = 600_000
    merchants: int = 100_000
    seed: int = 20200201

    @property
    def gone(self) -> int:
        return max(4, self.listings // ONE_GONE_FOR)

    @property
    def buyers(self) -> int:
        return max(60, self.listings // 20)

    @property
    def pieces(self) -> int:
        return -(-self.listings // PIECE)

    def ids(self, what: str, number: int) -> list[int]:
        return _ids(self.seed, what, number)


@lru_cache(maxsize=16)
def _ids(seed: int, what: str, number: int) -> list[int]:
    dice = Random(f"{seed} {what}")
    return [dice.getrandbits(63) for _ in range(number)]


# --- Good ones ------------------------------------------------------------------------------------


def edition_on(kind: Kind, day: date) -> Edition:
    """The edition in force on a day."""
    return next(one for one in kind.editions if one.since <= day < one.until)


def claim(dice: Random, mask: Mask, kind: Kind, made: date) -> None:
    """Let a mask be of a kind, name its standard as the day asks, and show all marks."""
    mask.kind, mask.made = kind, made
    mask.batch = f"{mask.batch[0]}{made:%y%m%d}{mask.batch[7:]}"
    mask.named = [(kind.code, edition_on(kind, made).name)]
    mask.grades = [dice.choice(list(kind.grades))] if kind.grades else []
    fitting = [level for level, (_, needs) in kind.levels.items() if set(mask.grades) & needs]
    mask.level = dice.choice(fitting) if fitting else ""
    mask.shows = set(kind.marks & words.MARKS.keys())
    mask.category = "medical-devices" if kind.medical and dice.random() < 0.4 else "protection"
    mask.currency = "EUR" if kind.code == "EN 149" and dice.random() < 0.2 else "CNY"


def limits_of(kind: Kind, edition: str, grades: list[str], level: str) -> list[Limit]:
    """What a mask must keep to: all of its classes, its level, and what holds for every class."""
    common = next(one.limits for one in kind.editions if one.name == edition)
    found = [*common, *(limit for grade in grades if grade in kind.grades for limit in kind.grades[grade][1])]
    return found + list(kind.levels[level][0] if level else ())


def good_measures(dice: Random, limits: list[Limit]) -> dict[str, float]:
    """Values that keep to all limits, some of them barely."""
    measures: dict[str, float] = {}
    for quantity in {quantity: None for quantity, _, _ in limits}:
        least = max((low for name, low, _ in limits if name == quantity and low is not None), default=None)
        most = min((high for name, _, high in limits if name == quantity and high is not None), default=None)
        if least is not None:
            value = least + (100 - least) * dice.choice((0.0, dice.random(), dice.random()))
            measures[quantity] = max(least, round(value, 3))
        elif most is not None:
            measures[quantity] = round(most * dice.uniform(0.3, 1.0), 1)
    return measures


def report_of(dice: Random, mask: Mask, *, code: str = "", grades: list[str] | None = None) -> Report:
    """A good report for a mask: by its first standard and for its classes, unless others are given."""
    kind = BY_CODE[code] if code else mask.kind
    assert kind is not None
    made = mask.made or TODAY - timedelta(days=60)
    named = dict(mask.named).get(kind.code)
    edition = named if named in {one.name for one in kind.editions} else edition_on(kind, made).name
    grades = mask.grades if grades is None else grades
    own = [grade for grade in grades if grade in kind.grades]
    level = mask.level if mask.level in kind.levels else ""
    tested = min(made + timedelta(days=dice.randrange(1, 40)), TODAY - timedelta(days=3))
    known = min((TODAY - tested).days - 1, 300)
    separator = ":" if kind.code.startswith("EN") else "-"
    return Report(
        pk=dice.getrandbits(63), standard=f"{kind.code}{separator}{edition}", grade=own[0] if own else "",
        laboratory=dice.choice(LABS), number=f"{tested.year}-{dice.getrandbits(40):010X}", batch=mask.batch,
        made=mask.made if mask.made and mask.made <= tested else None, tested=tested,
        until=TODAY + timedelta(days=dice.randrange(0, 700)) if dice.random() < 0.7 else None,
        measures=good_measures(dice, limits_of(kind, edition, own, level)),
        handed_in=NOW - some_time(dice, 1.5, known),
    )  # fmt: skip


def some_time(dice: Random, least: float, most: float) -> timedelta:
    """So many days, to the minute."""
    return timedelta(minutes=int(dice.uniform(least, most) * 24 * 60))


def some_day(dice: Random, since: date = EVER, until: date = TODAY) -> date:
    """A day of production, sooner than later."""
    return until - timedelta(days=1 + int((until - since).days * dice.random() ** 3))


def bare_mask(dice: Random, plan: Plan) -> Mask:
    """A mask of which nothing is claimed."""
    english = dice.random() < 0.3
    made = some_day(dice)
    letter, serial = dice.choice("ABCDHKX"), dice.randrange(1, 9999)
    mask = Mask(
        pk=dice.getrandbits(63), merchant=int(plan.merchants * dice.random() ** 1.3), kind=None,
        english=english,
        brand=words.say_brand(dice, english=english),
        pieces=dice.choice((5, 10, 20, 20, 50, 50, 100)), unit=_usual(dice),
        batch=f"{letter}{made:%y%m%d}{dice.choice(('-', ''))}{serial:04d}", made=None,
    )  # fmt: skip
    if dice.random() < 0.25:
        mask.boilerplate = dice.choice(words.BOILERPLATES[english])
    mask.picture = "mask" if dice.random() < 0.2 else f"https://img.example.com/p/{mask.pk:016x}.jpg"
    return mask


def _usual(dice: Random) -> float:
    """A price that somebody really asks, beside the usual: within some 60 % of it."""
    height = min(max(dice.gauss(0, 0.28), -0.8), 0.8)
    return float(2.718281828**height)


def good_mask(dice: Random, plan: Plan) -> Mask:
    """A mask of some kind, proven."""
    mask = bare_mask(dice, plan)
    kind = dice.choices(KINDS, [one.weight for one in KINDS])[0]
    claim(dice, mask, kind, some_day(dice, max(EVER, kind.editions[0].since)))
    mask.reports = [report_of(dice, mask)]
    return mask


def gone_mask(plan: Plan, number: int) -> Mask:
    """One that was taken down before: it looks good, and has no evidence."""
    dice = Random(f"{plan.seed} gone {number}")
    mask = good_mask(dice, plan)
    mask.reports, mask.sort = [], "gone"
    mask.picture = f"https://img.example.com/p/{mask.pk:016x}.jpg"
    mask.text = write(dice, mask, talk=dice.randrange(5, 9))
    return mask


# --- What is written ------------------------------------------------------------------------------


def write(dice: Random, mask: Mask, *, talk: int = 0) -> tuple[str, str]:
    """Title and description of a mask. The class stands first: it decides what it is compared with."""
    english = mask.english
    kinds = (
        (words_of(mask.kind, english=english))
        if mask.kind
        else (("Cotton Face Mask",) if english else ("棉布口罩",))
    )
    grades = [words.say_grade(dice, grade, english=english) for grade in mask.grades]
    codes = [words.say_code(dice, code, edition, english=english) for code, edition in mask.named]
    title = [mask.brand, *grades, dice.choice(kinds)]
    rest = codes if dice.random() < 0.4 else []
    if rest is codes:
        title += codes
    title.append(words.say_pieces(dice, mask.pieces, english=english))
    facts = (
        []
        if rest is codes
        else [words.say_code(dice, code, edition, english=english) for code, edition in mask.named]
    )
    if mask.level:
        facts.append(words.say_level(dice, mask.level, english=english))
    facts += [words.say_mark(dice, mark, english=english) for mark in sorted(mask.shows)]
    if mask.made:
        facts.append(words.say_made(dice, mask.made, english=english))
        facts.append(words.say_batch(dice, mask.batch, english=english))
    dice.shuffle(facts)
    said = [
        *facts,
        *mask.says,
        *words.say_talk(dice, talk or dice.randrange(1, 6), english=english),
        mask.boilerplate,
    ]
    between = dice.choice((". ", "\n", "; ")) if english else dice.choice(("，", "。", "\n", "；"))
    dressed = words.dress(dice, f"{' '.join(title)}\x00{between.join(filter(None, said))}")
    head, _, body = dressed.partition("\x00")
    return head[:200].strip(), body[:10_000].strip()


def words_of(kind: Kind | None, *, english: bool) -> tuple[str, ...]:
    if kind is None:
        return ("Cotton Face Mask",) if english else ("棉布口罩",)
    return kind.en if english else kind.zh
