from __future__ import annotations

import pytest

from tests.people.signing import Telephone, put_on_hook


@pytest.fixture
def telephone(monkeypatch: pytest.MonkeyPatch) -> Telephone:
    return put_on_hook(monkeypatch)
