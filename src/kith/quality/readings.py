"""Keeping what was read in listings up to date with what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q, QuerySet

from kith.core.bulk import mapped
from kith.detectors.near_text import prints_of
from kith.quality.claims import Claims, read_claims, reading_version
from kith.quality.models import BETWEEN, Reading
from kith.shop.models import Listing

AT_ONCE = 1000
_FIELDS = [field.name for field in Reading._meta.fields if field.name != "listing"]


def stale() -> QuerySet[Listing]:
    """Listings that were never read, say something else by now, or were read by an older reader."""
    unread, other = Q(reading=None), ~Q(reading__digest=F("digest"))
    return Listing.objects.filter(unread | other | ~Q(reading__reader=reading_version()))


def read_listings(*, most: int | None = None) -> int:
    """Read what is stale, and say how many listings were. Each thousand is a transaction of its own.

    :param most: stop after so many.
    """
    done, after = 0, -1
    with mapped():
        while most is None or done < most:
            read = _read_some(after, AT_ONCE if most is None else min(AT_ONCE, most - done))
            if not read:
                break
            done, after = done + len(read), read[-1]
    return done


@transaction.atomic
def _read_some(after: int, number: int) -> list[int]:
    """Read some of those whose ids come after one; return the ids of those that were. One way through all."""
    some = list(stale().filter(pk__gt=after).order_by("pk")[:number])
    _keep([reading_of(listing) for listing in some])
    return [listing.pk for listing in some]


def _keep(readings: Sequence[Reading]) -> None:
    Reading.objects.bulk_create(
        readings, update_conflicts=True, unique_fields=["listing"], update_fields=_FIELDS
    )


def reading_of(listing: Listing) -> Reading:
    """Read one listing as it stands. Nothing is kept."""
    claims = read_claims(listing.title, listing.description)
    prints = prints_of(f"{listing.title}\n{listing.description}")
    return Reading(
        listing_id=listing.pk, digest=listing.digest, reader=reading_version(),
        standards=_joined(claims.standards, 500), grades=_joined(claims.grades, 200),
        levels=_joined(claims.levels, 40), marks=_joined(claims.marks, 500),
        figure=_figure(claims), medical=claims.medical, children=claims.children,
        produced_on=claims.produced_on, batch=claims.batch[:60], pieces=claims.pieces,
        text_print=prints.print, text_check=prints.check,
        picture_print=picture_print(listing.picture),
    )  # fmt: skip


def _joined(members: Sequence[str], longest: int) -> str:
    """One text of several, of no more than so many characters: what would be cut in two is left out."""
    text = BETWEEN.join(member for member in members if BETWEEN not in member)
    return text if len(text) <= longest else text[: longest + 1].rpartition(BETWEEN)[0]


def _figure(claims: Claims) -> float | None:
    return max((value for quantity, value in claims.figures if quantity == "filtration"), default=None)


def picture_print(picture: str) -> int:
    """A number for the picture at an address, whatever size of it is asked for; 0 for a drawing of ours."""
    parts = urlsplit(picture)
    if not parts.netloc:
        return 0
    address = f"{parts.netloc.lower()}{parts.path}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(address, digest_size=8).digest(), "big") >> 1
