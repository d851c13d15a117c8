"""A catalogue of masks with known truth: which rules each listing breaks, since it was made to.

Each mask is made good first, or claims nothing (`mask_goods`); then, for most, one thing is put wrong
(`mask_wrongs`). What it breaks by that is written down with it. By a seed, and piece by piece: the same
catalogue comes out whoever makes which piece of it, and no more than one piece is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from benchmarks.mask_goods import make_good
from benchmarks.mask_shape import NOW, PIECE, Mask, Plan, Report, gone_mask, write
from benchmarks.mask_wrongs import make_bad

BAD = 5 / 6
"""Of all listings: some 500,000 of 600,000, as in February 2020."""
DONORS = 500

__all__ = ["NOW", "Mask", "Plan", "Report", "gone_mask", "make_piece"]


def make_piece(plan: Plan, number: int) -> Iterator[Mask]:
    """Make one piece of the catalogue: `PIECE` listings, or what is left."""
    dice = Random(f"{plan.seed} piece {number}")
    donors: list[Mask] = []
    for _ in range(min(PIECE, plan.listings - number * PIECE)):
        mask = make_bad(dice, plan, donors) if dice.random() < BAD else make_good(dice, plan)
        if not any(mask.text):
            mask.text = write(dice, mask)
        if not mask.breaks and mask.reports and len(donors) < DONORS:
            donors.append(mask)
        yield mask
