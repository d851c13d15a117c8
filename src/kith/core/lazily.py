"""Modules that take long to load, loaded when somebody first asks something of them.

Pages need nothing of Arrow or Ibis but names; each takes some tenths of a second and tens of megabytes.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Lazily:
    """Stands for a module, in any thread."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


ibis: Any = Lazily("ibis")
