"""The demonstration neighbourhood: a county town in Hebei and its children in the cities.

Who they are, what is sold and what was bought and said stands in `neighbourhood/*.toml`. All of
it goes in by the doors that real use has, as records of the import and through the services of
the circle side, so that it is as consistent as a real neighbourhood, and every time is reckoned
back from now.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import combinations, count
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from kith.audience.viewer import CIRCLES
from kith.cli.demo_outside import Outside
from kith.cli.demo_quality import Quality
from kith.cli.demo_story import Story
from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.people.models import Person
from kith.rollout.services import open_to_everyone
from kith.sharing.intake import take_in
from kith.shop.models import Merchant
from kith.shop.services import load_categories, set_merchant_staff
from kith.strangers.services import verify_phone
from kith.ties.models import Circle

SOURCE = "demo"
PASSWORD = "linli-2026"
"""Public, since the demonstration does not run in production."""
SINCE = timedelta(days=400)
"""How long ago they opened their circles; everything that was bought is younger."""

Record = dict[str, Any]
Progress = Callable[..., Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Somebody:
    """One whom a visitor can sign in as, and what to try as them."""

    handle: str
    phone: str
    role: str
    password: str = PASSWORD


CAST = (
    Somebody("mei", "+8613800138000", "Mei, in Beijing: a full feed; let in outside, but nobody there yet"),
    Somebody("mama", "+8613800138001", "Mum, 62, in care mode: a purchase still held; outside, letters"),
    Somebody("baba", "+8613800138002", "Dad: his family, his old class and the neighbours"),
    Somebody("lucy", "+8613800138006", "Lucy, in Shanghai: the same family, in English; outside as well"),
    Somebody(
        "jianguo", "+8613800138005", "Jianguo, Dad's old classmate: a request waits; outside, a greeting"
    ),
    Somebody(
        "zhouxiao",
        "+8613800138007",
        "Zhou Xiao, who is new: an empty account, and the waiting list for outside",
    ),
    Somebody("sunlaoban", "+8613800138008", "Boss Sun, a merchant: orders to send, a refund to answer"),
    Somebody("qiujing", "+8613800138010", "Qiu Jing, who sells masks: a takedown, and her appeal waits"),
    Somebody("desk", "+8613800138009", "The shop's staff: open /staff/"),
)


def load_neighbourhood(progress: Progress) -> None:
    """Load all of it in one transaction: interrupted, nothing is there, and it can be done again.

    :param progress: `cli.progress.progress`, or anything that hands on what it is given.
    """
    people, shops, told = _read("people"), _read("shops"), _read("story")
    now = utc_now().replace(microsecond=0)
    prices = {code: price for shop in shops["shop"] for code, _, _, price, _, _ in shop["goods"]}
    story = Story(told, prices=prices, now=now, source=SOURCE)
    outside = Outside(_read("outside"), _read("outside_posts"), now=now, source=SOURCE)
    quality = Quality(_read("quality"), now=now, source=SOURCE)
    records = [
        *_people(people, now), *outside.people(), *_ties(people, now), *outside.ties(), *_goods(shops),
        *story.records(people), *outside.orders(prices),
    ]  # fmt: skip
    with transaction.atomic():
        load_categories()
        open_to_everyone(CIRCLES, now=now - SINCE, why="The neighbourhood moves in.", surface="cli")
        things = _all_of_it(records, people, shops, story, outside, quality, now)
        total = len(records) + story.size(people) + outside.size + quality.size
        for _ in progress(things, "Loading the neighbourhood", total=total):
            pass


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("kith.cli").joinpath(f"neighbourhood/{name}.toml").read_text(encoding="utf-8"))


def _all_of_it(
    records: list[Record],
    people: dict[str, Any],
    shops: dict[str, Any],
    story: Story,
    outside: Outside,
    quality: Quality,
    now: datetime,
) -> Iterator[object]:
    for answer in take_in(records, source=SOURCE, now=now):
        if answer.outcome == "rejected":
            raise RuntimeError(f"{answer.type} {answer.id}: {answer.reason}")
        yield answer
    _date_circles(people, now)
    _let_sign_in(now)
    _let_act(shops)
    yield from story.happen(people)
    yield from outside.happen()
    yield from quality.happen()
    story.read_old_notices()


# --- People and how they know each other ------------------------------------------


def _people(told: dict[str, Any], now: datetime) -> Iterator[Record]:
    for person in told["person"]:
        record = {"type": "person", "id": person["handle"]}
        plain = ("handle", "name", "region", "born", "language", "care_mode", "sharing")
        record |= {name: person[name] for name in plain if name in person}
        if not person.get("new"):
            since = _written(now - SINCE)
            record |= {"sharing_since": since, "consent": {"sharing": {"version": "1", "at": since}}}
        yield record


def _ties(told: dict[str, Any], now: datetime) -> Iterator[Record]:
    pairs = [pair for group in told["group"] for pair in combinations(group["members"], 2)]
    pairs += [tuple(pair["members"]) for pair in told["pair"]]
    met = dict.fromkeys((min(pair), max(pair)) for pair in pairs)
    for (a, b), at in zip(met, _one_after_the_other(now), strict=False):
        yield {"type": "friends", "a": a, "b": b, "at": _written(at)}
    yield from _circles(told)
    for fact in ("muted", "hidden_from"):
        for owner, others in told[fact].items():
            yield from ({"type": "tie", "owner": owner, "other": other, fact: True} for other in others)
    for owner, names in told["alias"].items():
        for other, name in names.items():
            yield {"type": "tie", "owner": owner, "other": other, "alias": name}


def _circles(told: dict[str, Any]) -> Iterator[Record]:
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    kinds: dict[tuple[str, str], Record] = {}
    for group in told["group"]:
        plain = {name: group[name] for name in ("kind", "weight", "default", "window") if name in group}
        for owner in group["members"]:
            members[owner, group["name"]] += [other for other in group["members"] if other != owner]
            kinds[owner, group["name"]] = plain
    for pair in told["pair"]:
        for owner, other in (pair["members"], reversed(pair["members"])):
            members[owner, pair["into"][owner]].append(other)
            kinds[owner, pair["into"][owner]] = {"kind": pair["kind"]}
    for (owner, name), others in members.items():
        yield {"type": "circle", "owner": owner, "name": name, "members": others, **kinds[owner, name]}


def _one_after_the_other(now: datetime) -> Iterator[datetime]:
    """Moments of the days when they came: what is listed by its time then stands as it is told."""
    return (now - SINCE + timedelta(days=1, minutes=number) for number in count())


def _date_circles(people: dict[str, Any], now: datetime) -> None:
    """Say when each circle was made, for the records of an import do not."""
    owners = dict(Person.objects.filter(source=SOURCE).values_list("external_id", "pk"))
    for record, at in zip(_circles(people), _one_after_the_other(now), strict=False):
        owner = Viewer(owners[record["owner"]], now)
        Circle.objects.visible_to(owner).filter(name=record["name"]).update(created_at=at)


def _let_sign_in(now: datetime) -> None:
    """Give everybody the demonstration's password, and those of the cast a number that has been confirmed."""
    people = Person.objects.filter(source=SOURCE)
    people.update(password=make_password(PASSWORD), joined_at=now - SINCE)
    for somebody in CAST:
        verify_phone(people.get(handle=somebody.handle), phone=somebody.phone)
        people.filter(handle=somebody.handle).update(found_by_phone=True)
    people.filter(handle="desk").update(is_staff=True, is_superuser=True)
    people.filter(handle__in=["zhouxiao", "desk"]).update(joined_at=now)


# --- Shops ------------------------------------------------------------------------


def _goods(told: dict[str, Any]) -> Iterator[Record]:
    for shop in told["shop"]:
        yield {"type": "merchant", **{name: shop[name] for name in ("id", "name", "about", "region")}}
    for shop in told["shop"]:
        for code, title, shelf, price, picture, description in shop["goods"]:
            yield {
                "type": "listing",
                "id": code,
                "merchant": shop["id"],
                "title": title,
                "category": shelf,
                "price": price,
                "picture": picture,
                "description": description,
            }


def _let_act(told: dict[str, Any]) -> None:
    for shop in told["shop"]:
        merchant = Merchant.objects.get(source=SOURCE, external_id=shop["id"])
        staff = Person.objects.filter(source=SOURCE, external_id__in=shop["staff"])
        set_merchant_staff(merchant_id=merchant.pk, person_ids=list(staff.values_list("pk", flat=True)))


def _written(instant: datetime) -> str:
    return instant.isoformat()
