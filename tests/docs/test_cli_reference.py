"""docs/reference/cli.md has every command with every option, and no other; and every target of make."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from kith.cli import COMMANDS, main
from tests.docs.pages import ROOT, sections

PAGE = ROOT / "docs" / "reference" / "cli.md"


def _command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def _options(command: click.Command) -> Iterator[click.Option]:
    """A command's options, and those of the commands below it."""
    yield from (param for param in command.params if isinstance(param, click.Option))
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _options(below)


def test_names_every_command_in_order() -> None:
    told = [heading.removeprefix("kith ") for heading in sections(PAGE) if heading.startswith("kith ")]
    assert told == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_names_every_option(name: str) -> None:
    text = sections(PAGE)[f"kith {name}"]
    told = dict(re.findall(r"^\| `(--[\w-]+)` \| (.*?) \|", text, re.MULTILINE))
    options = {param.opts[0]: param for param in _options(_command(name))}
    assert set(told) == set(options)
    for option, param in options.items():
        if isinstance(param.default, int | str) and not isinstance(param.default, bool):
            assert str(param.default) in told[option], option


def test_names_every_target_of_make() -> None:
    told = set(re.findall(r"^\| `make (\w+)`", sections(PAGE)["make"], re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert told == targets - {"python"}
