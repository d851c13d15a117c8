"""Whether two longer texts are nearly the same, told from 63 bits of each (SimHash).

Texts that share nearly all their pieces have prints of which few bits differ (M. Charikar,
"Similarity estimation techniques from rounding algorithms", STOC 2002), so that very many can be
compared without comparing each with each.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from kith.core.fulltext import tokens

NOTHING = 0
"""The print of a text too short to be known again."""
FEWEST = 12
"""Pieces that a text must have."""
BITS = 63


def print_of(text: str) -> int:
    """The print of a text: of its words and, in Chinese, its characters and pairs. Each counts once."""
    import numpy as np

    pieces = set(tokens(text))
    if len(pieces) < FEWEST:
        return NOTHING
    hashes = np.fromiter(map(_hash, pieces), dtype=np.uint64, count=len(pieces))
    places = np.arange(BITS, dtype=np.uint64)
    votes = ((hashes[:, None] >> places) & 1).sum(axis=0, dtype=np.int64)
    ahead = votes * 2 > len(pieces)
    return int((ahead.astype(np.uint64) << places).sum()) or 1


@lru_cache(maxsize=1 << 16)
def _hash(piece: str) -> int:
    digest = hashlib.blake2b(piece.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big")
