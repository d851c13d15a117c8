"""`kith sweep`: holds listings to the standards, and shows, carries out and undoes what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from kith.cli.acting import plain_refusals, print_json, staff_called
from kith.cli.progress import Progress

if TYPE_CHECKING:
    from kith.quality.models import Sweep

NO_SWEEP = "There is no sweep, or no listing of its sample, with this number."
MOST_SHOWN = 20
sweep_argument = click.argument("sweep_id", metavar="SWEEP")
as_json = click.option("--json", "in_json", is_flag=True, help="For programs.")
as_staff = click.option("--as", "handle", help="The handle of who does it; works for the shop.")


@click.group("sweep", invoke_without_command=True)
@click.option(
    "--standard", default="", help="Only listings that name it, such as 'GB 2626-2019' or 'GB 2626'."
)
@click.option("--category", default="", help="Only listings on this shelf and those below it.")
@click.option("--dry-run", is_flag=True, help="To look only: what is found can never be carried out.")
@click.option(
    "--sample", type=click.IntRange(0, 10_000), default=0, help="Draw so many for people to look at."
)
@click.option(
    "--engine", "engine_name", default="", metavar="duckdb|spark", help="What carries out the rules."
)
@click.option("--spark-master", "master", default="", help="Where Spark computes, such as 'local[2]'.")
@click.option("--spark-files", "files", default="", help="A folder that all of Spark's cluster sees.")
@as_staff
@as_json
@click.pass_context
def sweep(
    context: click.Context, *, standard: str, category: str, dry_run: bool, sample: int,
    engine_name: str, master: str, files: str, handle: str | None, in_json: bool,
) -> None:  # fmt: skip
    """Run every rule over the listings, and say what is found. Nothing is taken down by it."""
    if context.invoked_subcommand is not None:
        return
    from kith.core.clock import utc_now
    from kith.quality.engines import choose_engine
    from kith.quality.readings import read_listings
    from kith.quality.services import draw_sample, plan_sweep, scan

    with plain_refusals(NO_SWEEP):
        engine = choose_engine(engine_name, master=master, files=files)
        who = staff_called(handle)
        planned = plan_sweep(
            actor_id=who.pk if who else None,
            now=utc_now(),
            standard=standard,
            category=category,
            dry_run=dry_run,
        )
        with Progress("Reading what listings say", unit="listings") as progress:
            progress.advance(read_listings())
        found = scan(planned.pk, now=utc_now(), engine=engine)
        if sample:
            draw_sample(found.pk, number=sample)
        _show(found, in_json=in_json)


@sweep.command("list")
@as_json
def list_sweeps(*, in_json: bool) -> None:
    """List the sweeps, the newest first."""
    from kith.quality.queries import newest_sweeps

    told = [_summary(one) for one in newest_sweeps().items]
    if in_json:
        print_json(told)
        return
    for one in told:
        click.echo(
            f"{one['sweep']}  {one['begun']}  {one['state']:9} {one['flagged']:>8,} of {one['listings']:,}"
        )


@sweep.command()
@sweep_argument
@as_json
def show(*, sweep_id: str, in_json: bool) -> None:
    """Show how a sweep stands, what it found by rule, and its sample."""
    with plain_refusals(NO_SWEEP):
        _show(_get(sweep_id), in_json=in_json)


@sweep.command()
@sweep_argument
@click.argument("number", type=click.IntRange(1, 10_000))
def sample(*, sweep_id: str, number: int) -> None:
    """Draw NUMBER of its findings for people to look at."""
    from kith.quality.services import draw_sample

    with plain_refusals(NO_SWEEP):
        found = _get(sweep_id)
        click.echo(f"{draw_sample(found.pk, number=number)} are drawn.")
        _show_sample(found)


@sweep.command()
@sweep_argument
@click.argument("listing_id", metavar="LISTING")
@click.argument("verdict", type=click.Choice(["right", "wrong"]))
@click.option("--note", default="", help="What speaks for it.")
@as_staff
def judge(*, sweep_id: str, listing_id: str, verdict: str, note: str, handle: str | None) -> None:
    """Say of a listing of the sample whether what was found is right."""
    from kith.core.clock import utc_now
    from kith.quality import services

    with plain_refusals(NO_SWEEP):
        who = staff_called(handle)
        found = _get(sweep_id)
        services.judge(
            found.pk, listing_id=_id(listing_id), right=verdict == "right", actor_id=who.pk if who else None,
            now=utc_now(), note=note,
        )  # fmt: skip
        click.echo(_say_precision(found))


@sweep.command()
@sweep_argument
@click.option("--why", default="", help="Why it is carried out without a sample, or in spite of one.")
@as_staff
def apply(*, sweep_id: str, why: str, handle: str | None) -> None:
    """Carry a sweep out: take down, freeze, tell merchants and buyers. Cut short, it goes on later."""
    from kith.core.clock import utc_now
    from kith.quality.models import SweepState
    from kith.quality.services import carry_out, decide_sweep

    with plain_refusals(NO_SWEEP):
        who = staff_called(handle)
        found = _get(sweep_id)
        if found.state != SweepState.APPLYING:
            decide_sweep(found.pk, actor_id=who.pk if who else None, now=utc_now(), why=why)
        done = _with_progress("Carrying out", found, carry_out)
        click.echo(f"{done.taken_down:,} listings are taken down or frozen.")
        if done.passed_over:
            click.echo(
                f"{done.passed_over:,} have changed since they were looked at: another sweep will see them."
            )


@sweep.command()
@sweep_argument
@click.option("--why", default="", help="The reason.")
@as_staff
def drop(*, sweep_id: str, why: str, handle: str | None) -> None:
    """Leave it at what was found: nothing is carried out."""
    from kith.core.clock import utc_now
    from kith.quality.services import decide_sweep

    with plain_refusals(NO_SWEEP):
        who = staff_called(handle)
        decide_sweep(_get(sweep_id).pk, actor_id=who.pk if who else None, now=utc_now(), why=why, go=False)
        click.echo("It is dropped.")


@sweep.command()
@sweep_argument
@click.option("--why", required=True, help="The reason. The merchants are told.")
@as_staff
def undo(*, sweep_id: str, why: str, handle: str | None) -> None:
    """Take back all that a sweep has decided, but for what somebody has decided since."""
    from kith.core.clock import utc_now
    from kith.quality.models import SweepState
    from kith.quality.services import take_back, undo_sweep

    with plain_refusals(NO_SWEEP):
        who = staff_called(handle)
        found = _get(sweep_id)
        if found.state != SweepState.UNDOING:
            undo_sweep(found.pk, actor_id=who.pk if who else None, now=utc_now(), why=why)
        _with_progress("Taking back", found, take_back)
        click.echo("It is undone.")


@sweep.command()
def resume() -> None:
    """Go on with sweeps that were cut short while they were carried out or undone."""
    from kith.core.clock import utc_now
    from kith.quality.services import go_on

    with plain_refusals(NO_SWEEP):
        number = go_on(now=utc_now())
        click.echo(f"{number} went on." if number else "None was cut short.")


# --- What is said ------------------------------------------------------------------------


def _with_progress(label: str, found: Sweep, do: Callable[..., Sweep]) -> Sweep:
    from kith.core.clock import utc_now

    with Progress(label, found.flagged, unit="listings") as progress:
        return do(found.pk, now=utc_now(), told=lambda done: progress.advance(done - progress.done))


def _get(text: str) -> Sweep:
    from kith.quality.queries import get_sweep

    return get_sweep(_id(text))


def _id(text: str) -> int:
    from kith.core.errors import NotThere
    from kith.core.ids import read_id

    try:
        return read_id(text.lower())
    except ValueError:
        raise NotThere from None


def _summary(found: Sweep) -> dict[str, Any]:
    from kith.core.ids import write_id

    return {
        "sweep": write_id(found.pk), "begun": found.created_at.isoformat(timespec="minutes"),
        "state": found.state, "dry_run": found.dry_run, "standard": found.standard,
        "category": found.category_id or "", "rules": found.rules, "listings": found.listings,
        "flagged": found.flagged, "taken_down": found.taken_down, "passed_over": found.passed_over,
    }  # fmt: skip


def _show(found: Sweep, *, in_json: bool) -> None:
    from kith.quality.queries import found_by_rule
    from kith.quality.services import precision

    counts = found_by_rule(found.pk)
    if in_json:
        known = precision(found.pk)
        sampled = {
            "drawn": known.drawn,
            "judged": known.judged,
            "right": known.right,
            "low": known.low,
            "high": known.high,
        }
        print_json({**_summary(found), "by_rule": [_counted(count) for count in counts], "sample": sampled})
        return
    told = _summary(found)
    click.echo(f"Sweep {told['sweep']}: {found.get_state_display()}.")
    click.echo(f"  {found.flagged:,} of {found.listings:,} listings break a rule.")
    for count in counts:
        click.echo(f"  {count.listings:>9,}  {count.main:>9,} mainly  {count.name}")
    _show_sample(found)
    click.echo(_say_precision(found))


def _counted(count: Any) -> dict[str, Any]:
    return {"rule": count.rule, "listings": count.listings, "main": count.main}


def _show_sample(found: Sweep) -> None:
    from kith.core.ids import write_id
    from kith.quality.queries import sample_of

    for item in sample_of(found.pk)[:MOST_SHOWN]:
        verdict = {None: "?", True: "right", False: "wrong"}[item.right]
        click.echo(f"  {verdict:5}  {write_id(item.listing_id)}  {item.title}: {' '.join(item.says)}")


def _say_precision(found: Sweep) -> str:
    from kith.quality.services import precision

    known = precision(found.pk)
    if not known.drawn:
        return "No sample is drawn."
    if not known.judged:
        return f"{known.drawn} are drawn, and none is looked at yet."
    share = f"{known.right / known.judged:.1%}"
    return (
        f"{known.judged} of {known.drawn} looked at, {known.right} right: {share}, "
        f"and of all that was found between {known.low:.1%} and {known.high:.1%} (95 %)."
    )
