"""What became of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OutcomeOfRecord = Literal["taken", "unchanged", "rejected"]


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: OutcomeOfRecord
    reason: str = ""


TAKEN = Verdict("taken")
UNCHANGED = Verdict("unchanged")


def rejected(reason: str) -> Verdict:
    return Verdict("rejected", reason)
