"""The options of `kith rollout` that say whom to let in, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from kith.rollout.rules import Terms

Command = Callable[..., None]


def asks_whom(command: Command) -> Command:
    """Give a command the options that say whom to let in; it gets them as `terms`."""

    @click.option("--everyone", is_flag=True, help="Everybody.")
    @click.option("--share", metavar="PERCENT", help="A share of all people; a larger one includes it.")
    @click.option("--people", metavar="HANDLES|FILE", help="A list: handles with commas, or a file of them.")
    @click.option("--region", metavar="CODE", help="A province with its cities, or a city (GB/T 2260).")
    @click.option("--age", metavar="FROM-TO", help="Such as 50-59, 60- or -29.")
    @click.option("--joined-before", metavar="INSTANT", help="Who signed up before.")
    @click.option("--from", "begins", metavar="INSTANT", help="When it begins.  [default: now]")
    @click.option("--note", default="", help="What it is for.")
    @wraps(command)
    def with_terms(*, begins: str | None, note: str, **given: Any) -> None:
        asked = {name: given.pop(name) for name in READERS}
        chosen = [(name, value) for name, value in asked.items() if value]
        if len(chosen) != 1:
            options = ", ".join(f"--{name.replace('_', '-')}" for name in READERS)
            raise click.UsageError(f"Say whom to let in, by one of {options}.")
        ((name, value),) = chosen
        starts_at = _instant(begins) if begins else None
        command(terms=_terms(name, value, starts_at=starts_at, note=note), **given)

    return with_terms


def _terms(name: str, value: Any, *, starts_at: datetime | None, note: str) -> Terms:
    from kith.rollout.rules import Terms

    return Terms(name.partition("_")[0], starts_at=starts_at, note=note, **READERS[name](value))


def _read_share(text: str) -> dict[str, Any]:
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?%?", text):
        raise click.UsageError(f"{text} is no share; write 5 or 0.25 for so many per cent.")
    whole, _, part = text.rstrip("%").partition(".")
    return {"per_ten_thousand": int(whole) * 100 + int(part.ljust(2, "0"))}


def _read_people(text: str) -> dict[str, Any]:
    """Read handles off the line, or from a file, apart by commas, blanks or lines."""
    from kith.people.models import Person

    path = Path(text)
    words = path.read_text(encoding="utf-8") if "," not in text and path.is_file() else text
    handles = {word.lower() for word in re.split(r"[\s,]+", words) if word}
    found = dict(Person.objects.filter(handle__in=handles).values_list("handle", "pk"))
    if missing := sorted(handles - found.keys()):
        raise click.ClickException(f"There is nobody with the handle {', '.join(missing)}.")
    return {"people": frozenset(found.values())}


def _read_ages(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"(\d{0,3})-(\d{0,3})", text)
    if found is None:
        raise click.UsageError(f"{text} is no age; write 50-59, 60- or -29.")
    youngest, oldest = (int(age) if age else None for age in found.groups())
    return {"age_from": youngest, "age_to": oldest}


def _instant(text: str) -> datetime:
    """Read a date or an instant; without a zone it is the installation's time."""
    from django.conf import settings

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"{text} is no instant; write 2026-12-31 or 2026-12-31T08:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.DISPLAY_TIME_ZONE))


READERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "everyone": lambda _on: {},
    "share": _read_share,
    "people": _read_people,
    "region": lambda code: {"region": code},
    "age": _read_ages,
    "joined_before": lambda text: {"joined_before": _instant(text)},
}
"""The options that say whom, each with what reads it; a kind of batch is the first word of its name."""
