"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from kith.quality.rules.tables import Tables
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that a listing must not do.

    `find` says in one expression, for every engine, which listings break it and by which figures;
    a listing may be found more than once, and the first of its rows in the order of their columns
    counts. `says` is what its merchant and its buyers are told, with %(claimed)s, %(standard)s,
    %(figure)s, %(bound)s and %(words)s taken from the finding.
    """

    code: str
    act: Act
    """What follows by itself when a sweep is carried out: taken down, or frozen until it is known."""
    name: str | Promise
    looks_at: str | Promise
    says: str | Promise
    provision: str | Promise
    find: Callable[[Tables], ir.Table]
