"""Dropping one condition of the rule, to see whether anything notices."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from django.db.models import Q
from django.db.models.query import QuerySet


class Cut:
    """Drops one condition wherever one function of `audience` says it."""

    def __init__(self, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
        place, self.condition = where.split(": ")
        module, self.function = place.split(".")
        self.module = f"kith.audience.{module}"
        self.cuts = 0
        monkeypatch.setattr(sys.modules[self.module], "Q", self._q)
        self._filter = QuerySet.filter
        monkeypatch.setattr(QuerySet, "filter", self._cut_filter())

    def _left(self, given: dict[str, Any], frame: Any) -> dict[str, Any]:
        here = (frame.f_globals.get("__name__"), frame.f_code.co_name) == (self.module, self.function)
        if not here or self.condition not in given:
            return given
        self.cuts += 1
        return {name: value for name, value in given.items() if name != self.condition}

    def _q(self, *args: Any, **given: Any) -> Q:
        left = self._left(given, sys._getframe(1))
        # Of an alternative, nothing is left: it matches nothing. Of a conjunction, the rest is.
        return Q(*args, **left) if args or left or not given else self._nothing_left()

    def _nothing_left(self) -> Q:
        return Q(pk__in=[]) if self.function == "shut_out" else Q(pk__isnull=False)

    def _cut_filter(self) -> Any:
        cut = self

        def filter_(self: Any, *args: Any, **given: Any) -> Any:
            return cut._filter(self, *args, **cut._left(given, sys._getframe(1)))

        return filter_
