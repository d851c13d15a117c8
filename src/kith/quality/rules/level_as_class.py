"""A protection level taken for a filtration class, or one that does not go with the class beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kith.quality.rules.rule import Rule
from kith.quality.rules.tables import Tables, found
from kith.quality.transitions import Act

if TYPE_CHECKING:
    import ibis.expr.types as ir


def find(tables: Tables) -> ir.Table:
    """Find levels said to be classes, and levels claimed beside a class that is too low for them.

    In GB/T 32610 the level says how well the whole mask protects, the class what its material holds back.
    What another standard of the listing has as a class is no mistake.
    """
    meant = tables.meant.select("listing", "standard")
    levels = tables.limits.filter(tables.limits.kind == "level").select("standard", said="grade").distinct()
    classes = tables.limits.filter(tables.limits.kind == "class").select("standard", said="grade").distinct()
    as_level = (
        tables.said_grades.select("listing", "said")
        .join(meant, "listing")
        .semi_join(levels, ["standard", "said"])
    )
    as_class = tables.graded.semi_join(classes, ["standard", "said"])
    mistaken = as_level.anti_join(as_class, ["listing", "said"])

    named = tables.said_levels.select("listing", level="said").join(meant, "listing")
    known = named.semi_join(tables.needs, ["standard", "level"])
    beside = known.join(tables.said_grades.select("listing", grade="said"), "listing")
    graded = beside.semi_join(classes.rename(grade="said"), ["standard", "grade"])
    too_low = graded.anti_join(tables.needs, ["standard", "level", "grade"])
    return found(mistaken, standard=mistaken.standard, claimed=mistaken.said).union(
        found(too_low, standard=too_low.standard, claimed=too_low.level, words=too_low.grade)
    )


RULE = Rule(
    code="level-as-class",
    act=Act.SUSPECT,
    name=_("Protection level taken for a filtration class"),
    looks_at=_("Classes and levels that the listing claims by one standard."),
    says=_(
        "It claims %(claimed)s. By %(standard)s a protection level is not a filtration class, "
        "and each level needs a class that is high enough."
    ),
    provision=_("E-Commerce Law, art. 17: what is told of a product is complete, true and timely."),
    find=find,
)
