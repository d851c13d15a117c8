"""A standard that was not in force when the thing was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Compare the editions named with the day of production. Where none is told, see `superseded`."""
    wrong = out_of_force(tables).semi_join(dated(tables), "listing")
    return found(wrong, standard=wrong.standard, claimed=wrong.said, words=wrong.day.cast("string"))


def out_of_force(tables: Tables) -> ir.Table:
    """Editions named that were not in force on the day of production, or are not today where none is told."""
    said, editions = tables.said_standards, tables.editions
    named = said.join(editions, said.said == editions.standard)
    return named.filter((named.day < named.since) | (named.day >= named.until))


def dated(tables: Tables) -> ir.Table:
    """Listings that say when the thing was made."""
    return tables.listings.filter(tables.listings.produced_on.notnull()).select("listing")


RULE = Rule(
    code="not-in-force",
    act=Act.REMOVE,
    name=_("Standard not in force"),
    looks_at=_("The edition of the standard that is named, and the date of production."),
    says=_("It names %(standard)s, which was not in force for what was made on %(words)s."),
    provision=_(
        "Standardization Law, art. 25: what does not meet the mandatory standard in force is not sold."
    ),
    find=find,
)
