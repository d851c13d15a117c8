"""Only the listed modules read from the replica, nothing near the rule does, and there is no other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, modules

READERS = {
    "kith.api.catalogue": "the catalogue by the ids of its source",
    "kith.quality.queries.transparency": "numbers that name nobody",
    "kith.shop.queries": "the catalogue",
    "kith.shop.search": "the words of the catalogue",
    "kith.cli.check_database": "asks how far it is behind",
}
"""Who may read what is a second old, and what that is."""
MAY_CHOOSE = {"kith.config.serving", "kith.core.driver", "kith.core.fulltext", "kith.core.replica"}
"""Who may name a database. What goes to the driver names its own, the first."""


def reads_elsewhere(module: Module) -> Iterator[tuple[int, str]]:
    """Line and way by which a module reads from any database but its own."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name for alias in node.names}
            imported = getattr(node, "module", "") or ""
            here = (imported == "kith.core" and "replica" in names) or "kith.core.replica" in {
                imported,
                *names,
            }
            if here and module.name not in READERS:
                yield node.lineno, "kith.core.replica"
            if imported == "django.db" and "connections" in names and module.name not in MAY_CHOOSE:
                yield node.lineno, "connections"
        if module.room != "core" and isinstance(node, ast.Attribute) and node.attr in {"using", "db_manager"}:
            yield node.lineno, node.attr


def test_only_the_listed_modules_read_elsewhere() -> None:
    found = [
        f"{module.name}:{line}: {what}" for module in modules() for line, what in reads_elsewhere(module)
    ]
    assert found == []


def test_every_reader_still_reads_there() -> None:
    reading = {
        module.name
        for module in modules()
        if "core.replica" in module.text or "import replica" in module.text
    }
    assert reading - {"kith.core.replica"} == set(READERS)


def test_nothing_near_the_rule_is_among_them() -> None:
    near = ("kith.audience", "kith.ties", "kith.rollout", "kith.people", "kith.sharing", "kith.strangers")
    assert not [name for name in READERS if name.startswith(near)]


@pytest.mark.parametrize(
    "text",
    [
        "from kith.core.replica import may_be_old",
        "from kith.core import replica",
        "import kith.core.replica",
        "Share.objects.using('replica')",
        "Share.objects.db_manager('replica')",
        "def f():\n    from django.db import connections",
    ],
)
def test_catches(text: str) -> None:
    assert list(reads_elsewhere(Module("kith.audience.shares", text)))
