"""What a viewer's circles know of listings and merchants, in the plain world: counted from their feed."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.world import World, came_to, feed


@dataclass
class Tally:
    people: set[int] = field(default_factory=set)
    purchases: int = 0
    kept: int = 0
    returned: int = 0
    removed: int = 0
    stars: list[int] = field(default_factory=list)


def count(world: World, shares: list[int]) -> Tally:
    """What some shares tell of a listing or a merchant: purchases by purchase shares, stars by reviews.

    `people` are those who bought it.
    """
    tally = Tally()
    for share_id in shares:
        share = world.shares[share_id]
        if share.kind == "purchase":
            tally.people.add(share.author)
            tally.purchases += 1
            tally.kept += came_to(world, share) == "kept"
            tally.returned += came_to(world, share) == "returned"
            tally.removed += came_to(world, share) == "removed"
        elif share.kind == "review" and share.rating is not None:
            tally.stars.append(share.rating)
    return tally


def listing_evidence(world: World, listing: int, viewer: int | None) -> Tally:
    return count(world, [one for one in feed(world, viewer) if world.shares[one].listing == listing])


def merchant_evidence(world: World, merchant: int, viewer: int | None) -> Tally:
    return count(world, [one for one in feed(world, viewer) if merchant_of(world, one) == merchant])


def merchant_of(world: World, share: int) -> int | None:
    listing = world.shares[share].listing
    return None if listing is None else world.listings[listing].merchant


def merchants_known(world: World, viewer: int | None) -> set[int]:
    """The merchants of which a viewer's circles know something."""
    found = set()
    for share in feed(world, viewer):
        merchant = merchant_of(world, share)
        if merchant is not None and world.shares[share].kind in ("purchase", "review"):
            found.add(merchant)
    return found


def repeat_buyers(world: World, merchant: int, viewer: int | None) -> int:
    bought: dict[int, int] = {}
    for share in feed(world, viewer):
        if merchant_of(world, share) == merchant and world.shares[share].kind == "purchase":
            author = world.shares[share].author
            bought[author] = bought.get(author, 0) + 1
    return sum(number > 1 for number in bought.values())
