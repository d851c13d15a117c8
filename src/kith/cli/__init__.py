"""`kith`: the entrance for those who run an installation.

Each command is a module of its own, loaded when it is asked for.
"""

from __future__ import annotations

import os
from importlib import import_module

import click

COMMANDS = {
    "demo": "kith.cli.demo",
    "serve": "kith.cli.serve",
    "worker": "kith.cli.worker",
    "migrate": "kith.cli.migrate",
    "import": "kith.cli.import_",
    "export": "kith.cli.export",
    "token": "kith.cli.token_",
    "createstaff": "kith.cli.createstaff",
    "rollout": "kith.cli.rollout",
    "sweep": "kith.cli.sweep",
    "statements": "kith.cli.statements",
    "give-up-keys": "kith.cli.give_up_keys",
    "distribute": "kith.cli.distribute",
    "check": "kith.cli.check",
    "bench": "kith.cli.bench",
}


class Commands(click.Group):
    """The commands by name, each in the module that COMMANDS says."""

    def list_commands(self, context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        start_django()
        module = import_module(COMMANDS[name])
        found = (thing for thing in vars(module).values() if isinstance(thing, click.Command))
        return next(command for command in found if command.name == name)


def start_django() -> None:
    """Read the settings and wake the applications; end in plain words where the settings forbid it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    if apps.ready:
        return
    try:
        django.setup()
    except ImproperlyConfigured as refusal:
        raise click.ClickException(str(refusal)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kith")
def main() -> None:
    """Kith: circles of trust beside a shop."""
