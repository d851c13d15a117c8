from __future__ import annotations

import pytest

from kith.strangers import limits


@pytest.fixture
def no_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often one may is another test's affair."""
    plenty = limits.Limit(100_000, 100_000)
    for kinds in (limits.LIMITS, limits.FIRST_LIMITS):
        for kind in kinds:
            monkeypatch.setitem(kinds, kind, plenty)
    monkeypatch.setattr(limits, "HIDDEN_AN_HOUR", 100_000)
    monkeypatch.setattr(limits, "HIDDEN_A_DAY", 100_000)
