"""The program's own source, parsed once, for checks to walk over."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Module:
    """One file of source. `name` is how it is imported: `kith.core.guard`."""

    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parse(self.text)

    @property
    def room(self) -> str:
        """The package it lies in: `core`, `web`, …"""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else ""

    @property
    def is_migration(self) -> bool:
        return ".migrations." in self.name


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of Kith but migrations."""
    found = (_module(path) for path in sorted(SOURCE.rglob("*.py")))
    return tuple(module for module in found if not module.is_migration)


def _module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return Module(".".join(part for part in parts if part != "__init__"), path.read_text())


def find_module(name: str) -> Module | None:
    return next((module for module in modules() if module.name == name), None)
