"""The words of a listing that was taken down, put up again."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.core.lazily import ibis
from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_BITS, MOST_OF_CHECK = 5, 2
"""That may differ, of the 63 of each of the two prints of a text (`detectors.near_text`). On the catalogue of
the bench the first print alone, with three bits, was right in 57 of 100 cases, and found 78 of 100."""
_BANDS = 4
"""Only texts of which some quarter of the first print is the same are compared. With up to three bits that
differ there always is one; with five, in three of four cases."""
_WIDTH = 16
MOST_IN_A_BAND = 500
"""Texts that share a band with more than so many others are compared by the other bands alone."""


@cache
def _bit_count() -> Callable[[ir.IntegerValue], ir.IntegerValue]:
    """How many bits of a number are set: called so by DuckDB and by Spark."""

    def bit_count(number: int) -> int:  # type: ignore[empty-body]
        """Named and typed for Ibis; the engine does it."""

    return ibis.udf.scalar.builtin(bit_count)  # type: ignore[no-any-return]


def find(tables: Tables) -> ir.Table:
    """Find texts of which few bits differ from one that was taken down.

    Each text is compared once, however many listings use it. The very same print is found however
    crowded its bands are: the whole of it is a band, too.
    """
    gone = tables.gone.filter(tables.gone.text_print != 0)
    here = tables.listings.filter(tables.listings.text_print != 0)
    was = _bands(gone.group_by(_PRINTS).agg(other=gone.listing.min()))
    now = _bands(here.select(*_PRINTS).distinct())
    pairs = now.join(_sparse(was.rename(was_print="text_print", was_check="text_check")), ["band", "part"])
    near = pairs.filter(
        (_bit_count()(pairs.text_print ^ pairs.was_print) <= MOST_BITS)
        & (_bit_count()(pairs.text_check ^ pairs.was_check) <= MOST_OF_CHECK)
    )
    twins = near.group_by(_PRINTS).agg(other=near.other.min())
    again = here.select("listing", *_PRINTS).join(twins, _PRINTS)
    return found(again, other=again.other)


_PRINTS = ["text_print", "text_check"]


def _bands(prints: ir.Table) -> ir.Table:
    """Each print four times, with one quarter of it each time, and once whole."""
    cut = [
        prints.mutate(band=ibis.literal(band, "int64"), part=(prints.text_print >> (band * _WIDTH)) & 0xFFFF)
        for band in range(_BANDS)
    ]
    return ibis.union(*cut, prints.mutate(band=ibis.literal(_BANDS, "int64"), part=prints.text_print))


def _sparse(bands: ir.Table) -> ir.Table:
    crowds = bands.group_by(["band", "part"]).agg(number=bands.count())
    return bands.anti_join(crowds.filter(crowds.number > MOST_IN_A_BAND), ["band", "part"])


RULE = Rule(
    code="relisted-text",
    act=Act.SUSPECT,
    name=_("Taken down, and put up again"),
    looks_at=_("Title and description, beside those of everything that was taken down."),
    says=_("Its words are nearly those of a listing that was taken down."),
    provision=_("E-Commerce Law, art. 38: a platform keeps what does not meet safety requirements off sale."),
    find=find,
)
