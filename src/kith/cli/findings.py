"""What `kith check` finds, a sentence each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` says what to do; without it all is well.

    :param grave: people are served wrongly or not at all; otherwise it is worth knowing only.
    """

    what: str
    remedy: str = ""
    grave: bool = True
