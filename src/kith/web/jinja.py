"""The Jinja2 environment of the pages: how dates, money, names and ids are written for a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal
from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language, gettext, ngettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from kith.core.ids import write_id
from kith.core.money import Money
from kith.detectors.risk import reason_text
from kith.people.phones import write_phone
from kith.people.regions import full_name_of, name_of
from kith.quality.words import say_finding
from kith.strangers.models import LookingFor
from kith.web.templating import PHRASES, PlainCode

ART = frozenset(path.stem for path in (Path(__file__).parent / "static" / "kith" / "art").glob("*.svg"))
"""Our drawings for listings."""
ANY = 2**62 + 12345
"""An id of nothing, that stands for all of them."""
EXCERPT = 260
"""The width of so many letters."""


def environment(**options: Any) -> Environment:
    env = Environment(
        **{**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True},
        extensions=["jinja2.ext.i18n"],
    )
    env.code_generator_class = PlainCode
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(PHRASES)
    env.globals.update(
        static=address_of, icon=icon, url=url, with_query=with_query, art_of=art_of, same_thing=same_thing
    )
    env.filters.update(FILTERS)
    return env


def url(name: str, *places: Any, **named: Any) -> str:
    """Write an address: `url("circle:share", card.id)`."""
    if len(places) == 1 and isinstance(places[0], int) and (around := _around(name, get_script_prefix())):
        return write_id(places[0]).join(around)
    return reverse(name, args=places or None, kwargs=named or None)


@lru_cache(maxsize=512)
def _around(name: str, _prefix: str) -> list[str] | None:
    """What stands around the id in an address that holds one and nothing else; None if it holds none.

    A page of the feed writes a hundred of them, and Django goes through its patterns for each.
    """
    parts = reverse(name, args=[ANY]).split(write_id(ANY))
    return parts if len(parts) == 2 else None


def with_query(request: HttpRequest, **changes: Any) -> str:
    """Write this page's address with some of its query changed; None takes one out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def art_of(picture: str) -> str:
    """Say where a listing's picture is: a drawing of ours by name, or the host shop's own."""
    if picture.startswith("https://"):
        return picture
    return address_of(f"kith/art/{picture if picture in ART else 'default'}.svg")


def same_thing(card: Any, below: Any) -> bool:
    """Say whether two neighbours in a list are of one thing by one person: its purchase and its review."""
    if not card.thing or not below.thing:
        return False
    one, other = ((it.author.id, it.thing.listing_id, it.outcome) for it in (card, below))
    return bool(one == other and {card.kind, below.kind} == {"purchase", "review"})


@lru_cache(maxsize=256)
def address_of(file: str) -> str:
    """Write the address of a static file. A page names some of them a hundred times."""
    return static(file)


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """Draw a sign of icons.svg. Words always stand beside it, so it says nothing to a listener."""
    drawn = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>')
    return drawn.format(address_of("kith/icons.svg"), name)


def locale_name() -> str:
    """The reader's language as CLDR writes it."""
    return "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_GB"


def local(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(settings.DISPLAY_TIME_ZONE))


def month(on: date, now: datetime) -> str:
    """Write the month that something happened in, as one says it: "last month", "in March 2020"."""
    today = local(now).date()
    apart = (today.year - on.year) * 12 + today.month - on.month
    if apart <= 0:
        return gettext("this month")
    if apart == 1:
        return gettext("last month")
    return gettext("in %(month)s") % {"month": _by_skeleton("yMMMM", on, locale_name())}


def month_name(on: date) -> str:
    """Write a month with its year: "March 2020"."""
    return _by_skeleton("yMMMM", on, locale_name())


def day(at: date | datetime, now: datetime) -> str:
    """Write a day as one says it: "today", "3 days ago", "on 5 March"."""
    on = local(at).date() if isinstance(at, datetime) else at
    today = local(now).date()
    apart = (today - on).days
    if apart == 0:
        return gettext("today")
    if apart == 1:
        return gettext("yesterday")
    if apart == -1:
        return gettext("tomorrow")
    if 1 < apart < 7:
        return ngettext("%(days)s day ago", "%(days)s days ago", apart) % {"days": apart}
    if on.year != today.year:
        return gettext("on %(day)s") % {"day": written_date(on)}
    return gettext("on %(day)s") % {"day": _by_skeleton("MMMMd", on, locale_name())}


def ago(at: datetime, now: datetime) -> str:
    """Write how long ago something was said; from a day on, the day."""
    passed = now - at
    minutes = int(passed / timedelta(minutes=1))
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(minutes)s minute ago", "%(minutes)s minutes ago", minutes) % {"minutes": minutes}
    hours = minutes // 60
    if hours < 24 and local(at).date() == local(now).date():
        return ngettext("%(hours)s hour ago", "%(hours)s hours ago", hours) % {"hours": hours}
    return day(at, now)


def moment(at: datetime, now: datetime) -> str:
    """Write an instant to the minute: "today at 14:35"."""
    time = format_time(local(at), "HH:mm", locale=locale_name())
    return gettext("%(day)s at %(time)s") % {"day": day(at, now), "time": time}


def written_date(at: date | datetime) -> str:
    """Write a date in full, with its year."""
    on = local(at).date() if isinstance(at, datetime) else at
    return format_date(on, "long", locale=locale_name())


def money(amount: Money) -> str:
    return amount.written(locale_name())


def stars(rating: float) -> str:
    """Draw one to five stars; the words for a listener stand beside it (macro `rating`)."""
    full = max(0, min(5, round(rating)))
    return "★" * full + "☆" * (5 - full)


def number(value: float, places: int = 0) -> str:
    pattern = "#,##0" if places == 0 else f"#,##0.{'0' * places}"
    return _by_pattern(value, pattern, locale_name())


@lru_cache(maxsize=4096)
def _by_pattern(value: float, pattern: str, locale: str) -> str:
    return format_decimal(value, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _by_skeleton(skeleton: str, on: date, locale: str) -> str:
    return format_skeleton(skeleton, on, locale=locale)


def listed(names: Iterable[object]) -> str:
    """Write names one after the other: "Mum, Bo and Chen"."""
    return format_list([str(name) for name in names], locale=locale_name())


def region(code: str) -> str:
    return name_of(code, get_language() or settings.LANGUAGE_CODE) if code else ""


def place(code: str) -> str:
    """Name a region with its province: "Baoding, Hebei"."""
    return full_name_of(code, get_language() or settings.LANGUAGE_CODE) if code else ""


def decade(band: str) -> str:
    """Write an age as it is told outside: "50-59" as "in their 50s"."""
    if band == "18-19":
        return gettext("18 or 19")
    words = gettext("%(years)s or older") if band.endswith("+") else gettext("in their %(years)ss")
    return words % {"years": band[:2]}


def hopes(codes: Iterable[str]) -> str:
    """Write what somebody looks for outside."""
    known = [str(LookingFor(code).label) for code in codes if code in LookingFor.values]
    return pgettext("between things looked for", "; ").join(known)


def reason(code: str) -> str:
    """Write what in somebody's words asks for care."""
    return str(reason_text(code))


def excerpt(text: str) -> str:
    """Cut a long text for a list: to some seven lines on a telephone. Chinese is twice as wide."""
    room = EXCERPT
    for at, letter in enumerate(text):
        room -= 2 if east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{text[:at].rstrip()} …"
    return text


FILTERS: Mapping[str, Callable[..., str]] = {
    "id": write_id,
    "found": say_finding,
    "month": month,
    "month_name": month_name,
    "day": day,
    "ago": ago,
    "moment": moment,
    "date": written_date,
    "money": money,
    "stars": stars,
    "number": number,
    "listed": listed,
    "region": region,
    "place": place,
    "decade": decade,
    "hopes": hopes,
    "reason": reason,
    "excerpt": excerpt,
    "phone": write_phone,
}
