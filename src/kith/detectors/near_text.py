"""Whether two longer texts are nearly the same, told from 126 bits of each.

Texts that share nearly all their pieces have prints of which few bits differ (SimHash; M. Charikar,
"Similarity estimation techniques from rounding algorithms", STOC 2002), so that very many can be compared
without comparing each with each. Among very many pairs that share half of their words, some have such
prints by chance: a second print tells them apart, made in another way (P. Li and A. C. König, "b-Bit minwise
hashing", WWW 2010; here of one bit each).
"""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kith.core.fulltext import tokens

if TYPE_CHECKING:
    import numpy as np

NOTHING = 0
"""The print of a text too short to be known again."""
FEWEST = 12
"""Pieces that a text must have."""
BITS = 63


class Prints(NamedTuple):
    """Of one text."""

    print: int
    """Of two texts a bit differs with the chance a / 180, where a is the angle between them as vectors."""
    check: int
    """Of two texts that share s of all their pieces, a bit differs with the chance (1 - s) / 2."""


def prints_of(text: str) -> Prints:
    """The prints of a text: of its words and, in Chinese, its characters and pairs. Each counts once."""
    import numpy as np

    pieces = set(tokens(text))
    if len(pieces) < FEWEST:
        return Prints(NOTHING, NOTHING)
    hashes = np.fromiter(map(_hash, pieces), dtype=np.uint64, count=len(pieces))
    places = np.arange(BITS, dtype=np.uint64)
    votes = ((hashes[:, None] >> places) & 1).sum(axis=0, dtype=np.int64)
    ahead = (votes * 2 > len(pieces)).astype(np.uint64)
    lowest = _shuffled(hashes).min(axis=0) & np.uint64(1)
    return Prints(int((ahead << places).sum()) or 1, int((lowest << places).sum()))


def _shuffled(hashes: np.ndarray) -> np.ndarray:
    """Give each hash a number for each bit, as if the pieces were shuffled anew for each."""
    import numpy as np

    factors, shifts = _keys()
    mixed: np.ndarray = hashes[:, None] * factors + shifts
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed


@cache
def _keys() -> tuple[np.ndarray, np.ndarray]:
    """Always the same: prints are kept."""
    import numpy as np

    drawn = np.array(
        [[_hash(f"{what} {bit}") for bit in range(BITS)] for what in ("factor", "shift")], np.uint64
    )
    return drawn[0] | np.uint64(1), drawn[1]


@lru_cache(maxsize=1 << 16)
def _hash(piece: str) -> int:
    digest = hashlib.blake2b(piece.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
