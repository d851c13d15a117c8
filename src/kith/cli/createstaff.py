"""`kith createstaff`: makes an account that may use the staff pages."""

from __future__ import annotations

import click


@click.command("createstaff")
@click.option("--handle", prompt="Handle (for signing in)")
@click.option("--name", prompt="Name")
@click.password_option()
def createstaff(*, handle: str, name: str, password: str) -> None:
    """Make an account for somebody who looks after this installation."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError
    from django.utils import translation

    from kith.people.models import Person
    from kith.people.profile import HANDLE

    if not HANDLE.fullmatch(handle.lower()):
        raise click.ClickException("A handle is 3 to 20 letters a-z, digits and _, beginning with a letter.")
    staff = Person(handle=handle.lower(), display_name=name, language=Person.Language.ENGLISH)
    try:
        with translation.override("en"):
            staff.clean_fields(exclude=["password"])
            validate_password(password, staff)
        Person.objects.create_superuser(handle, password, display_name=name)
    except ValidationError as refusal:
        raise click.ClickException("\n".join(refusal.messages)) from None
    except IntegrityError:
        raise click.ClickException(f"The handle {handle} is taken.") from None
    click.echo(f"{handle.lower()} may now sign in and open /staff/.")
