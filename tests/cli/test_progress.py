"""Long work tells how far it is, in plain lines where there is no terminal."""

from __future__ import annotations

import pytest

from kith.cli import progress as module
from kith.cli.progress import Progress, progress


def test_hands_on_everything_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress(range(5), "Counting", total=5, unit="sheep")) == [0, 1, 2, 3, 4]
    assert capsys.readouterr().err.startswith("Counting: 5 of 5 sheep, ")


def test_plain_lines_come_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LINES", 0.0)
    with Progress("Loading") as bar:
        bar.advance(1_000)
        bar.advance(500)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["Loading: 1,000", "Loading: 1,500"]
    assert len(lines) == 3


def test_says_nothing_of_success_when_it_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), Progress("Dividing", 2) as bar:
        bar.advance(1 // 0)
    assert capsys.readouterr().err == ""
