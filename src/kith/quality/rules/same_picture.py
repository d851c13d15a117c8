"""The picture of a listing that was taken down, shown again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find pictures that are those of something taken down."""
    gone = tables.gone.filter(tables.gone.picture_print != 0)
    was = gone.group_by("picture_print").agg(other=gone.listing.min())
    again = tables.listings.select("listing", "picture_print").join(was, "picture_print")
    return found(again, other=again.other)


RULE = Rule(
    code="same-picture",
    act=Act.SUSPECT,
    name=_("Picture of something taken down"),
    looks_at=_("The picture, beside those of everything that was taken down."),
    says=_("Its picture is that of a listing that was taken down."),
    provision=_("E-Commerce Law, art. 38: a platform keeps what does not meet safety requirements off sale."),
    find=find,
)
