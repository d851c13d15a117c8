"""docs/reference/settings.md has every variable that the program reads, with its default, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module

import click

from kith.cli import COMMANDS
from tests.docs.pages import ROOT, sections

PAGE = ROOT / "docs" / "reference" / "settings.md"
FOR_TESTS = "For tests"


def _told() -> dict[str, str]:
    """Variable and default of each row, but for those of the tests."""
    rows = "".join(text for heading, text in sections(PAGE).items() if heading != FOR_TESTS)
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", rows, re.MULTILINE))


def _read() -> Iterator[tuple[str, ast.expr | None]]:
    """Each `env…("NAME", default=…)` of the settings."""
    tree = ast.parse((ROOT / "src/kith/config/settings.py").read_text())
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        name = node.args[0]
        if isinstance(called, ast.Name) and called.id == "env" and isinstance(name, ast.Constant):
            yield str(name.value), next((key.value for key in node.keywords if key.arg == "default"), None)


def _asked_by_commands() -> set[str]:
    found = set()
    for module in COMMANDS.values():
        for command in vars(import_module(module)).values():
            if isinstance(command, click.Command):
                found |= {option.envvar for option in command.params if isinstance(option.envvar, str)}
    return found


def test_names_every_variable_and_no_other() -> None:
    assert set(_told()) == {name for name, _ in _read()} | _asked_by_commands()


def test_says_the_defaults() -> None:
    told = _told()
    for name, default in _read():
        if isinstance(default, ast.Constant | ast.List | ast.Dict):
            assert _written(ast.literal_eval(default)) in told[name], name


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(value) or "none"
    return str(value) if value not in ("", {}) else "none"


def test_variables_of_the_tests_are_read_somewhere() -> None:
    source = "".join(
        path.read_text()
        for folder in ("tests", "scripts", "examples")
        for path in (ROOT / folder).rglob("*.py")
    )
    for name in re.findall(r"^\| `(\w+)`", sections(PAGE)[FOR_TESTS], re.MULTILINE):
        assert f'"{name}"' in source, name
