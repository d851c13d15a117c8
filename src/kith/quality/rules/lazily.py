"""Ibis, loaded when the first rule is written out.

It takes a second and fifty megabytes, and pages need no more of a rule than its name and sentence.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class _Ibis:
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module("ibis"), name)


ibis: Any = _Ibis()
