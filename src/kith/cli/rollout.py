"""`kith rollout`: says to whom features are open, and changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from kith.cli.acting import plain_refusals, print_json, staff_called
from kith.cli.rollout_terms import Command, asks_whom

if TYPE_CHECKING:
    from kith.rollout.models import Batch
    from kith.rollout.rules import Terms
    from kith.rollout.simulation import Simulation, Tally

MOST_SHOWN = 50
NO_BATCH = "There is no batch of this number."
feature_argument = click.argument("feature")
as_json = click.option("--json", "in_json", is_flag=True, help="For programs.")


@click.group("rollout")
def rollout() -> None:
    """See and change to whom features are open. It takes effect at everybody's next request."""


def changes(command: Command) -> Command:
    """Give a command its reason and its author, and end it in plain words where it is refused."""

    @click.option("--why", required=True, help="The reason. It stands in the log.")
    @click.option("--as", "handle", help="The handle of who does it; works for the shop.")
    @wraps(command)
    def with_reason(*, why: str, handle: str | None, **given: Any) -> None:
        from kith.core.clock import utc_now

        with plain_refusals(NO_BATCH):
            how = {"why": why, "actor": staff_called(handle), "surface": "cli", "now": utc_now()}
            command(how=how, **given)

    return with_reason


# --- Seeing ----------------------------------------------------------------------------


@rollout.command("list")
@as_json
def list_features(*, in_json: bool) -> None:
    """List the features, and how each stands."""
    from kith.rollout.models import FEATURES

    told = [_standing(name) for name in FEATURES]
    if in_json:
        print_json(told)
        return
    for one in told:
        click.echo(f"{one['feature']:12} {one['says']} {_waiting(one['waiting'])}")


@rollout.command()
@feature_argument
@as_json
def show(*, feature: str, in_json: bool) -> None:
    """Show how a feature stands, with its batches."""
    with plain_refusals(NO_BATCH):
        told = _standing(feature)
    if in_json:
        print_json(told)
        return
    click.echo(f"{told['says']} {_waiting(told['waiting'])}")
    for batch in told["batches"]:
        note = f" ({batch['note']})" if batch["note"] else ""
        click.echo(f"  {batch['batch']:>4}  {batch['whom']}: {batch['people']} people; {batch['when']}{note}")


@rollout.command()
@feature_argument
@asks_whom
@click.option("--instead-of", type=int, metavar="BATCH", help="The number of a batch that would be changed.")
@as_json
def simulate(*, feature: str, terms: Terms, instead_of: int | None, in_json: bool) -> None:
    """Count whom a batch would let in, without opening it."""
    from kith.core.clock import utc_now
    from kith.rollout.simulation import simulate
    from kith.rollout.terms import refuse_unfit

    now = utc_now()
    with plain_refusals(NO_BATCH):
        _known(feature)
        refuse_unfit(terms, now=now)
        result = simulate(feature, [terms], now, instead_of=instead_of)
        if in_json:
            tables = {"by_region": dict(result.by_region), "by_age": dict(result.by_age)}
            numbers = {name: getattr(result, name) for name in ("people", "already", "newly", "out")}
            print_json({**numbers, **tables})
        else:
            _print_simulation(result)


@rollout.command()
@feature_argument
@as_json
def log(*, feature: str, in_json: bool) -> None:
    """Show who changed a feature, when and why, the newest first."""
    from kith.rollout.queries import changes_of
    from kith.rollout.words import say_entry, say_time

    with plain_refusals(NO_BATCH):
        _known(feature)
        entries = list(changes_of(feature)[:MOST_SHOWN])
        if in_json:
            print_json([_entry(change) for change in entries])
            return
        for change in entries:
            who = change.actor.handle if change.actor else "nobody by name"
            click.echo(f"{say_time(change.at)}  {change.what}, by {who} ({change.surface}): {change.why}")
            for word, told in (("before", change.before), ("after", change.after)):
                if told:
                    click.echo(f"    {word:6} {say_entry(told)}")


# --- Changing --------------------------------------------------------------------------


@rollout.command("open")
@feature_argument
@asks_whom
@changes
def open_(*, feature: str, terms: Terms, how: dict[str, Any]) -> None:
    """Open a feature to a batch of people."""
    from kith.rollout.services import open_batch

    _tell(open_batch(feature, terms, **how), "is opened")


@rollout.command()
@click.argument("batch", type=int)
@asks_whom
@changes
def change(*, batch: int, terms: Terms, how: dict[str, Any]) -> None:
    """Give a batch other terms, by its number. Without --from it begins when it did."""
    from kith.rollout.services import change_batch

    _tell(change_batch(batch, terms, **how), "is changed")


@rollout.command()
@click.argument("batch", type=int)
@changes
def pause(*, batch: int, how: dict[str, Any]) -> None:
    """Pause a batch, by its number."""
    from kith.rollout.services import pause_batch

    _tell(pause_batch(batch, **how), "is paused")


@rollout.command()
@click.argument("batch", type=int)
@changes
def resume(*, batch: int, how: dict[str, Any]) -> None:
    """Let a paused batch go on."""
    from kith.rollout.services import resume_batch

    _tell(resume_batch(batch, **how), "goes on")


@rollout.command()
@click.argument("batch", type=int)
@changes
def remove(*, batch: int, how: dict[str, Any]) -> None:
    """Remove a batch; it stays in the log."""
    from kith.rollout.services import remove_batch

    remove_batch(batch, **how)
    click.echo(f"Batch {batch} is removed.")


@rollout.command()
@feature_argument
@click.argument("number", type=int)
@changes
def admit(*, feature: str, number: int, how: dict[str, Any]) -> None:
    """Let in the first NUMBER people of the waiting list."""
    from kith.rollout.services import admit_waiting

    _tell(admit_waiting(feature, number, **how), "is opened")


@rollout.command()
@feature_argument
@changes
def close(*, feature: str, how: dict[str, Any]) -> None:
    """Close a feature for all, at the next request: the kill switch."""
    from kith.rollout.services import close

    close(feature, **how)
    _tell_standing(feature)


@rollout.command()
@feature_argument
@changes
def reopen(*, feature: str, how: dict[str, Any]) -> None:
    """Open a closed feature to the batches it has."""
    from kith.rollout.services import reopen

    reopen(feature, **how)
    _tell_standing(feature)


@rollout.command("wind-down")
@feature_argument
@click.option("--until", required=True, metavar="DATE", help="The last day for taking what is one's own.")
@changes
def wind_down(*, feature: str, until: str, how: dict[str, Any]) -> None:
    """Let everyone only take what is theirs until a day has passed; then it is purged."""
    from kith.rollout.services import wind_down

    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise click.UsageError(f"{until} is no date; write it as 2026-12-31.") from None
    wind_down(feature, until=day, **how)
    _tell_standing(feature)


# --- Below all of them -----------------------------------------------------------------


def _known(feature: str) -> None:
    from kith.rollout.models import FEATURES

    if feature not in FEATURES:
        raise click.ClickException(f"There is no such feature. There are: {', '.join(FEATURES)}.")


# --- What is said ----------------------------------------------------------------------


def _standing(feature: str) -> dict[str, Any]:
    from django.utils import translation

    from kith.core.clock import utc_now
    from kith.rollout.queries import batches_of, openings, waiting_count
    from kith.rollout.simulation import count_let_in
    from kith.rollout.words import say_state

    _known(feature)
    now = utc_now()
    opening, people = openings([feature], now)[feature], count_let_in(feature, now)
    with translation.override("en"):
        return {
            "feature": feature,
            "state": opening.state,
            "until": opening.wound_down_on.isoformat() if opening.wound_down_on else None,
            "people": people,
            "waiting": waiting_count(feature, now),
            "says": say_state(opening, people),
            "batches": [_batch(batch, now) for batch in batches_of(feature)],
        }


def _batch(batch: Batch, now: datetime) -> dict[str, Any]:
    from kith.rollout.queries import listed_count
    from kith.rollout.simulation import count_matching
    from kith.rollout.words import say_when, say_whom

    return {
        "batch": batch.pk,
        "kind": batch.kind,
        "whom": say_whom(batch, listed=listed_count(batch.pk)),
        "people": count_matching(batch.rule(now)),
        "starts_at": batch.starts_at.isoformat(),
        "paused_at": batch.paused_at.isoformat() if batch.paused_at else None,
        "when": say_when(batch, now),
        "note": batch.note,
    }


def _entry(change: Any) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "who": change.actor.handle if change.actor else None,
        "surface": change.surface,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "why": change.why,
    }


def _print_simulation(result: Simulation) -> None:
    click.echo(f"{result.people} people have an account; it is open to {result.already} of them.")
    click.echo(f"{result.newly} more would come in.")
    if result.out:
        click.echo(f"{result.out} would be out.")
    from kith.rollout.words import say_band, say_region

    _print_table("By province", result.by_region, say_region)
    _print_table("By age", result.by_age, say_band)


def _print_table(title: str, rows: Tally, say: Callable[[str], str]) -> None:
    from kith.rollout.words import say_number

    if rows:
        click.echo(f"\n{title}:")
    for code, number in rows:
        click.echo(f"  {say(code)}: {say_number(number)}")


def _tell(batch: Batch, done: str) -> None:
    from kith.core.clock import utc_now

    told = _batch(batch, utc_now())
    click.echo(f"Batch {batch.pk} of {batch.feature_id} {done}: {told['whom']}; {told['when']}.")


def _tell_standing(feature: str) -> None:
    click.echo(_standing(feature)["says"])


def _waiting(number: int) -> str:
    return f"{number} waiting." if number else ""
