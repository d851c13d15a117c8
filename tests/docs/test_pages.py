"""What every page of the documentation keeps: its links lead somewhere, and its commands are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kith.cli import COMMANDS
from tests.docs.pages import PAGES, ROOT, anchors, code, name_of, prose

LINK = re.compile(r"\]\(([^)\s]+)\)")
BEFORE = r"^\s*(?:sudo -u \w+ |\w+=\S+ |exec |.*[|&] |\S*/bin/|ExecStart=\S*/)*"
"""What may stand before a command on its line."""
KITH = re.compile(BEFORE + r"kith ([a-z][\w-]*)")
MAKE = re.compile(BEFORE + r"make (?:-C \S+ )?([a-z]+)")
THIS_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users)/")
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(prose(page)):
        if "://" in target:
            continue
        path, _, part = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (part and part not in anchors(there)):
            dead.append(target)
    assert dead == []


@each_page
def test_names_no_place_of_one_machine(page: Path) -> None:
    assert THIS_MACHINE.findall(page.read_text()) == []


@each_page
def test_commands_are_there(page: Path) -> None:
    lines = list(code(page))
    kith = {name for line in lines for name in KITH.findall(line)}
    make = {name for line in lines for name in MAKE.findall(line)}
    assert kith - set(COMMANDS) == set()
    assert make - TARGETS == set()


def test_every_page_is_reached_from_the_index() -> None:
    """From docs/README.md, link by link; the decisions through their own index."""
    index = ROOT / "docs" / "README.md"
    reached, ahead = {index}, [index]
    while ahead:
        page = ahead.pop()
        for target in LINK.findall(prose(page)):
            there = (page.parent / target.partition("#")[0]).resolve()
            if there.suffix == ".md" and there.exists() and there not in reached:
                reached.add(there)
                ahead.append(there)
    assert [
        name_of(page) for page in PAGES if page.is_relative_to(ROOT / "docs") and page not in reached
    ] == []
