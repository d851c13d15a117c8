"""`kith give-up-keys`: lets go of hidden numbers whose key is gone for good."""

from __future__ import annotations

import click


@click.command("give-up-keys")
@click.confirmation_option(prompt="Is every key that is missing from KITH_CONTACT_KEYS gone for good?")
def give_up_keys() -> None:
    """Let go of numbers that people hide from, where the key they are under is gone for good.

    Those that belong to somebody are written anew under the first key; the others can never match again.
    """
    from kith.core.clock import utc_now
    from kith.strangers.services import give_up_lost_keys

    known, gone = give_up_lost_keys(now=utc_now())
    click.echo(f"{known} are known again under the first key, {gone} are gone.")
