"""Every place where the lock on personal tables is opened without the rule, for a reviewer to read.

python -m tests.architecture.unguarded
"""

from __future__ import annotations

from tests.architecture.rules import unguarded_calls
from tests.architecture.source import modules


def table() -> list[tuple[str, str]]:
    """Place and reason of every `unguarded(…)`."""
    return [
        (f"{module.name}:{line}", reason or "?")
        for module in modules()
        for line, reason in unguarded_calls(module)
    ]


if __name__ == "__main__":
    rows = table()
    width = max(len(place) for place, _ in rows)
    for place, reason in rows:
        print(f"{place:<{width}}  {reason}")  # noqa: T201 (it is asked to print)
