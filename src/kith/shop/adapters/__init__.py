"""Host shops. Each adapter is a module here that knows one shop's format and nothing else.

It reads what that shop sends (an order message, a catalogue export) and yields the frozen
records of `shop.records`, with the source's own ids resolved to ours by the caller; it writes
nothing. `google_feed` is one to learn from; the NDJSON records of the import need none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Protocol

from kith.shop.feeds import FeedRow


class CatalogueReader(Protocol):
    """What reads a host shop's catalogue.

    A row that cannot be taken comes out with its line and the reason instead of a listing.
    """

    def __call__(self, file: IO[bytes], *, source: str, merchant_id: int) -> Iterator[FeedRow]: ...
