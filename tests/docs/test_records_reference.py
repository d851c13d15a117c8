"""docs/reference/records.md says of each record what the schema says, and its examples go in."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest

from kith.sharing.intake import SCHEMA, take_in
from kith.shop.services import load_categories
from tests.docs.pages import ROOT, blocks, sections

PAGE = ROOT / "docs" / "reference" / "records.md"
HOW_TO = ROOT / "docs" / "how-to" / "connect-a-host-shop.md"
TYPES = SCHEMA["properties"]["type"]["enum"]


@pytest.mark.parametrize("kind", TYPES)
def test_names_every_field(kind: str) -> None:
    told = re.findall(r"^\| `(\w+)` \| (required)? ?\|", sections(PAGE)[kind], re.MULTILINE)
    ought = _fields(kind) + (_fields("line") if kind == "order" else [])
    assert told == ought


def _fields(definition: str) -> list[tuple[str, str]]:
    about = SCHEMA["$defs"][definition]
    return [
        (name, "required" if name in about["required"] else "")
        for name in about["properties"]
        if name != "type"
    ]


@pytest.mark.django_db
def test_examples_go_in(now: datetime) -> None:
    """In the order of the page, and with the two people that its examples mention besides."""
    load_categories()
    others = [{"type": "person", "id": name, "name": name} for name in ("u2", "u9")]
    examples = [json.loads(text) for text in blocks(PAGE, "json")]
    assert [example["type"] for example in examples] == TYPES
    answers = take_in([*others, *examples], source="example", now=now)
    assert [(answer.type, answer.reason) for answer in answers if answer.outcome != "taken"] == []


@pytest.mark.django_db
def test_first_records_of_a_host_shop_go_in(now: datetime) -> None:
    load_categories()
    records = [json.loads(line) for line in blocks(HOW_TO, "json")[0].splitlines()]
    told = json.loads(blocks(HOW_TO, "json")[1])
    answers = list(take_in(records, source="example", now=now))
    assert [answer.outcome for answer in answers] == ["taken"] * 8 + ["rejected"]
    assert (answers[-1].index + 1, answers[-1].reason) == (told["line"], told["reason"])
