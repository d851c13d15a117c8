"""Nothing that says who somebody is reaches the logs."""

from __future__ import annotations

import json
import logging

import structlog

from kith.config.logs import logging_config, without_personal_data


def _written(record: logging.LogRecord, *, as_json: bool = True) -> str:
    """Write a record as the installation's handler would, leaving structlog set up as it was."""
    before = structlog.get_config()
    try:
        lines = logging_config(as_json=as_json, level="INFO")["formatters"]["lines"]
    finally:
        structlog.configure(**before)
    factory = lines.pop("()")
    return str(factory(**lines).format(record))


def _record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("kith.test", logging.INFO, "here", 1, message, args, None)


def test_personal_values_are_blanked() -> None:
    event = {"event": "signed in", "person": 7, "phone": "+8613800138000", "handle": "mei"}
    assert without_personal_data(None, "info", event) == {
        "event": "signed in", "person": 7, "phone": "…", "handle": "…",
    }  # fmt: skip


def test_values_in_the_databases_errors_are_blanked() -> None:
    said = "DETAIL:  Key (phone)=(+8613800138000) already exists."
    assert json.loads(_written(_record(said)))["event"] == "DETAIL:  Key (phone)=(…) already exists."


def test_a_line_is_one_json_object() -> None:
    line = _written(_record("two\nlines of %s", "text"))
    assert "\n" not in line
    assert json.loads(line)["level"] == "info"
