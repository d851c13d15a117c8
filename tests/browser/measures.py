"""What every page must keep, whatever stands on it: axe's rules, its width, the size of what is tapped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")
TARGET, TARGET_IN_CARE_MODE = 44, 52
GRAVE = {"serious", "critical"}


def measure(page: Page, *, care: bool = False) -> list[str]:
    """Say what does not fit, and what is too small to tap."""
    found: list[str] = page.evaluate(MEASURE, TARGET_IN_CARE_MODE if care else TARGET)
    return found


def ask_axe(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """Say which rules of WCAG 2.2 A and AA are broken gravely.

    :param only: these rules, for a page whose others were asked before.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    chosen = {"type": "rule", "values": [*only]} if only else {"type": "tag", "values": tags}
    options = {"resultTypes": ["violations"], "runOnly": chosen}
    answer: dict[str, Any] = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"axe, {violation['id']}: {node['html'][:160]} ({_why(node)})"
        for violation in answer["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return "; ".join(check["message"] for check in checks)[:160]
