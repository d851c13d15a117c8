"""The JSON Schema of the records, as it is published."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final


def schema_text() -> str:
    return files("kith.sharing.intake").joinpath("records.schema.json").read_text(encoding="utf-8")


SCHEMA: Final[dict[str, Any]] = json.loads(schema_text())
