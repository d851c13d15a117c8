"""`kith distribute`: from one PostgreSQL to a cluster of Citus, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kith.core.steps import Step


@click.command("distribute")
@click.option("--plan", "only_plan", is_flag=True, help="Print what would be done, and do nothing.")
@click.option("--undo", is_flag=True, help="Take it all back: from a cluster to one PostgreSQL.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def distribute(*, only_plan: bool, undo: bool, yes: bool) -> None:
    """Lay the tables out over a cluster of Citus, by whom each row belongs to.

    Stop server and worker first. Cut short, it goes on where it was when it is run again.
    """
    from kith.core.steps import do_steps, done_steps, plan_steps, undo_steps, waiting_steps

    _require_postgresql()
    steps = done_steps() if undo else waiting_steps() or _plan()
    if only_plan:
        for step in steps:
            click.echo(f"{step.undo if undo else step.do};  -- {step.why}")
        return
    _require_citus()
    if not steps:
        click.echo("All lies where it belongs.")
        return
    if not yes:
        click.confirm(
            f"{len(steps)} steps. Are server and worker stopped, and is there a backup?", abort=True
        )
    if undo:
        _tell(undo_steps(), len(steps))
        return
    if not waiting_steps():
        plan_steps(steps)
    _tell(do_steps(), len(steps))


def _require_postgresql() -> None:
    from django.db import connection

    if connection.vendor != "postgresql":
        raise click.ClickException("Only PostgreSQL can be laid out over a cluster: set DATABASE_URL.")


def _plan() -> list[Step]:
    from kith.cli.distribution.places import places
    from kith.cli.distribution.plan import NoPlace, make_plan
    from kith.core.catalog import distributed_tables, read_tables
    from kith.core.steps import ACCOUNT

    tables = {name: table for name, table in read_tables().items() if name != ACCOUNT}
    try:
        return make_plan(tables, places(), lying=distributed_tables())
    except NoPlace as wanting:
        raise click.ClickException(f"{wanting}. See kith/cli/distribution/places.py.") from None


def _require_citus() -> None:
    from kith.core.catalog import knows_function

    if not knows_function("create_distributed_table"):
        raise click.ClickException(
            "This database is no cluster yet: CREATE EXTENSION citus; and add its nodes."
        )


def _tell(steps: Iterable[Step], number: int) -> None:
    for place, step in enumerate(steps, 1):
        click.echo(f"{place}/{number}  {step.why}")
    click.echo("Done. See that all is well: kith check")
