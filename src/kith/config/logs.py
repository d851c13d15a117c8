"""What is logged, and how: one JSON object a line in production, plain lines elsewhere.

Logs outlive what people erase and are read by people whom nobody asked. So nothing that says
who somebody is goes into them: ids only.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

PERSONAL = frozenset(
    "address alias birth born display_name email handle ip name note password phone query recipient "
    "text title token username".split()
)
"""Keys whose values are not written, whatever they hold."""

_VALUES_IN_ERRORS = re.compile(r"(Key \([^)]*\)=)\([^)]*\)|(Failing row contains )\(.*\)")
"""PostgreSQL names the offending values in its errors."""


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Set structlog up, and return Django's LOGGING to match, so that all lines look alike."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_personal_data,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(as_json)],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": lines},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "kith": {"level": level},
            # Its lines of pages not found hold whole addresses, and so what people looked for.
            "django.request": {"level": "ERROR"},
            # Strangers who try host names get a 400 and no lines of ours.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _renderer(as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=False)


def without_personal_data(logger: Any, method: str, event: EventDict) -> EventDict:
    """Blank what says who somebody is."""
    for key, value in event.items():
        if key in PERSONAL:
            event[key] = "…"
        elif isinstance(value, str) and key in {"event", "exception"}:
            event[key] = _VALUES_IN_ERRORS.sub(r"\1\2(…)", value)
    return event
