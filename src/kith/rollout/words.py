"""Features and batches in words, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as ngettext

from kith.people.regions import full_name_of
from kith.rollout.models import State
from kith.rollout.rules import HasTerms, Kind, Opening, Terms
from kith.rollout.simulation import UNKNOWN

_INSTANTS = ("starts_at", "joined_before", "paused_at")


def say_state(opening: Opening, people: int) -> str:
    """How a feature stands, in a sentence.

    :param people: how many it is open to.
    """
    if opening.state == State.CLOSED:
        return str(_("Closed for all. Nobody sees anything of it, not even their own."))
    if opening.wound_down_on is not None:
        return _(
            "Winding down. Nobody sees what others put there; everyone can read, copy and erase "
            "their own until the end of %(day)s."
        ) % {"day": say_day(opening.wound_down_on)}
    if opening.is_for_all:
        return str(_("Open to everybody."))
    if opening.is_for_nobody:
        return str(_("Open to nobody yet: no batch is running."))
    return ngettext(
        "Open to a part: %(number)s person.", "Open to a part: %(number)s people.", people
    ) % {"number": people}  # fmt: skip


def say_whom(terms: HasTerms, *, listed: int) -> str:
    """Whom a batch lets in.

    :param listed: how many are on its list.
    """
    match Kind(terms.kind):
        case Kind.EVERYONE:
            return str(_("everybody"))
        case Kind.SHARE:
            return _("%(share)s %% of all people") % {"share": f"{(terms.per_ten_thousand or 0) / 100:g}"}
        case Kind.PEOPLE:
            text = ngettext("%(number)s person on a list", "%(number)s people on a list", listed)
            return text % {"number": listed}
        case Kind.REGION:
            return _("who lives in %(region)s") % {"region": say_region(terms.region)}
        case Kind.AGE:
            return _say_ages(terms.age_from, terms.age_to)
        case Kind.JOINED:
            assert terms.joined_before is not None
            return _("who signed up before %(time)s") % {"time": say_time(terms.joined_before)}


def _say_ages(age_from: int | None, age_to: int | None) -> str:
    if age_to is None:
        return _("who is %(age)s or older") % {"age": age_from}
    if age_from is None:
        return _("who is %(age)s or younger") % {"age": age_to}
    return _("who is %(youngest)s to %(oldest)s years old") % {"youngest": age_from, "oldest": age_to}


def say_when(batch: Any, now: datetime) -> str:
    """Since when a batch runs, or what keeps it from running."""
    if batch.paused_at is not None:
        return _("paused since %(time)s") % {"time": say_time(batch.paused_at)}
    if batch.starts_at > now:
        return _("begins %(time)s") % {"time": say_time(batch.starts_at)}
    return _("runs since %(time)s") % {"time": say_time(batch.starts_at)}


def say_region(code: str) -> str:
    """Name a region; the code `unknown` is no region that somebody has stated."""
    if code == UNKNOWN:
        return str(_("not stated"))
    return full_name_of(code, get_language() or "") or code


def say_band(label: str) -> str:
    return str(_("not stated")) if label == UNKNOWN else label


def say_number(number: int | None) -> str:
    """Write a number of a simulation's tables."""
    return str(_("fewer than 5")) if number is None else str(number)


def say_time(at: datetime) -> str:
    here = at.astimezone(ZoneInfo(settings.DISPLAY_TIME_ZONE))
    return format_datetime(here, "medium", locale=_locale())


def say_day(day: date) -> str:
    return format_date(day, "long", locale=_locale())


def _locale() -> str:
    return "zh_Hans_CN" if (get_language() or "").startswith("zh") else "en_GB"


def say_entry(told: dict[str, Any]) -> str:
    """A `before` or `after` of the log: a batch as it was then, or whatever else was noted."""
    if "kind" not in told:
        return ", ".join(f"{name}: {value}" for name, value in told.items())
    at = {name: datetime.fromisoformat(told[name]) for name in _INSTANTS if name in told}
    terms = Terms(
        told["kind"],
        per_ten_thousand=told.get("per_ten_thousand"),
        region=told.get("region", ""),
        age_from=told.get("age_from"),
        age_to=told.get("age_to"),
        joined_before=at.get("joined_before"),
    )
    said = [f"{told['batch']}: {say_whom(terms, listed=told.get('people', 0))}"]
    said.append(_("from %(time)s") % {"time": say_time(at["starts_at"])})
    if "paused_at" in at:
        said.append(_("paused since %(time)s") % {"time": say_time(at["paused_at"])})
    return "; ".join([*said, *filter(None, [told.get("note")])])
