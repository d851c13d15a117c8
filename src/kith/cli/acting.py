"""What commands of the staff have in common: who does it, how a refusal is said, and answers for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kith.people.models import Person


def staff_called(handle: str | None) -> Person | None:
    """Find who works for the shop by their handle; None for a command that nobody put a name to."""
    from kith.people.models import Person

    if handle is None:
        return None
    found = Person.objects.filter(handle=handle.lower(), is_staff=True).first()
    if found is None:
        raise click.ClickException(f"Nobody with the handle {handle} works for the shop.")
    return found


@contextmanager
def plain_refusals(not_there: str) -> Iterator[None]:
    """End a command in one English sentence where the domain refuses.

    :param not_there: what to say where something is not there.
    """
    from django.utils import translation

    from kith.core.errors import NotThere, Refused

    with translation.override("en"):
        try:
            yield
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from None
        except NotThere:
            raise click.ClickException(not_there) from None


def print_json(told: Any) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
