"""The source keeps the rules of the house, but for the exceptions named here, each with its reason."""

from __future__ import annotations

import pytest

from tests.architecture.rules import RULES, Rule
from tests.architecture.source import modules

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(rule, module) → why it may."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module(rule: Rule) -> None:
    offences = [
        f"{module.name}:{line}: {what}"
        for module in modules()
        if (rule.__name__, module.name) not in EXCEPTIONS
        for line, what in rule(module)
    ]
    assert offences == []


def test_every_exception_is_still_needed() -> None:
    by_name = {rule.__name__: rule for rule in RULES}
    there = {module.name: module for module in modules()}
    needless = [
        (rule, name) for rule, name in EXCEPTIONS if name not in there or not list(by_name[rule](there[name]))
    ]
    assert needless == []
