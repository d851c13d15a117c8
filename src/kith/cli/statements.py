"""`kith statements`: statements of reasons for the EU's DSA Transparency Database."""

from __future__ import annotations

import json
from datetime import date, datetime

import click

from kith.cli.export import writing
from kith.cli.progress import progress

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("statements")
@click.option("--since", type=DAY, required=True, help="Decisions from this day on.")
@click.option("--until", type=DAY, help="Up to and with this day.  [default: to the last]")
@click.option("--out", default="-", show_default=True, help="The file; packed if its name ends in .gz.")
def statements(*, since: datetime, until: datetime | None, out: str) -> None:
    """Write statements of reasons as JSON Lines, in the fields of the DSA Transparency Database.

    Nothing personal is in them: no name, no title, no word that anybody wrote.
    """
    from kith.quality.queries.dsa import records

    last: date | None = until.date() if until else None
    if last is not None and last < since.date():
        raise click.ClickException("The last day is before the first.")
    number = 0
    with writing(out) as file:
        for record in progress(records(since=since.date(), until=last), "Writing", unit="statements"):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            number += 1
    click.echo(f"{number:,} statements", err=True)
