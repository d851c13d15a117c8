"""The digest of what a listing says: who has read one knows by it whether it still says the same."""

from __future__ import annotations

import hashlib

from kith.shop.models import Listing

_BITS = 63
_CHUNK = 2000
_BETWEEN = "\x1f"
"""Stands between the parts, and in none of them: what moves from one to the next changes the digest."""


def digest_of(listing: Listing) -> int:
    """Digest all that buyers are told by a listing, into a number of 63 bits.

    Whether it is on sale is not said by it, nor who brought it here.
    """
    said = (
        listing.title, listing.description, listing.picture, str(listing.price_minor), listing.currency,
        listing.category_id, str(listing.merchant_id),
    )  # fmt: skip
    text = _BETWEEN.join(part.replace(_BETWEEN, " ") for part in said)
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "big") >> (64 - _BITS)


def find_misdigested() -> list[int]:
    """The listings whose digest is not that of what they say. There must be none."""
    rows = Listing.objects.order_by("pk").iterator(_CHUNK)
    return [listing.pk for listing in rows if listing.digest != digest_of(listing)]
