"""`kith export`: writes out the installation's data, as records that `kith import` takes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, cast

import click

from kith.cli.progress import progress


@click.command("export")
@click.option("--person", help="Only what the person of this handle has and has said.")
@click.option("--source", help="Whose ids are kept as they are.  [default: where most people come from]")
@click.option("--out", default="-", show_default=True, help="The file; packed if its name ends in .gz.")
def export(*, person: str | None, source: str | None, out: str) -> None:
    """Write the installation's data as NDJSON.

    Taken in by an empty installation, everybody sees the same as here. Not in it: passwords,
    tokens, addresses, photos, requests and notices.
    """
    from kith.sharing.intake.giving import records_of

    records = records_of(source=source, person_id=_person_of(person) if person else None)
    number = 0
    with writing(out) as file:
        for record in progress(records, "Exporting", unit="records"):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            number += 1
    click.echo(f"{number:,} records", err=True)


def _person_of(handle: str) -> int:
    from kith.people.models import Person

    found = Person.objects.filter(handle=handle.lower()).first()
    if found is None:
        raise click.ClickException(f"There is nobody with the handle {handle}.")
    return int(found.pk)


@contextmanager
def writing(out: str) -> Iterator[IO[str]]:
    """The file to write, complete or not there: it gets its name when all of it is written."""
    if out == "-":
        with click.open_file("-", "w", encoding="utf-8") as standard:
            yield cast("IO[str]", standard)
        return
    path = Path(out)
    unfinished = path.with_name(path.name + ".part")
    with ExitStack() as stack:
        if path.suffix == ".gz":
            packed = gzip.open(unfinished, "wt", encoding="utf-8")  # noqa: SIM115 (the stack closes it)
            yield cast("IO[str]", stack.enter_context(packed))
        else:
            yield stack.enter_context(unfinished.open("w", encoding="utf-8"))
    unfinished.replace(path)
