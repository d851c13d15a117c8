"""`kith token`: makes a key to the API for one person."""

from __future__ import annotations

from datetime import timedelta

import click

from kith.people.tokens import Scope, make_token


@click.command("token")
@click.argument("person")
@click.option("--name", default="command line", show_default=True, help="What its owner sees it called.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(Scope.values), help="Default: all of them."
)
@click.option(
    "--days", default=365, show_default=True, type=click.IntRange(1, 366), help="How long it lives."
)
def token(*, person: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make an API token for PERSON (a handle) and print it. It is shown this once."""
    from django.utils import translation

    from kith.audience.viewer import viewer_of
    from kith.core.clock import utc_now
    from kith.core.errors import Refused
    from kith.people.models import Person

    found = Person.objects.filter(handle=person.lower()).first()
    if found is None:
        raise click.ClickException(f"There is nobody with the handle {person}.")
    now = utc_now()
    try:
        with translation.override("en"):
            viewer, ends = viewer_of(found, now), now + timedelta(days=days)
            _, text = make_token(viewer, name=name, scopes=scopes or Scope.values, expires_at=ends)
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(text)
