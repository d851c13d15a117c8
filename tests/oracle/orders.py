"""What an order does to what a circle sees, in the plain world."""

from __future__ import annotations

from datetime import datetime

from tests.oracle.deeds import erase_share, need
from tests.oracle.lines import find_purchase, outcome_of, purchase
from tests.oracle.world import Line, Person, Share, World

STEPS = {
    "ship_line": ({"placed"}, "shipped"),
    "deliver_line": ({"shipped"}, "delivered"),
    "confirm_line": ({"shipped"}, "delivered"),
    "cancel_line": ({"placed"}, "cancelled"),
    "request_refund": ({"delivered"}, "refund_requested"),
    "refund_recalled": ({"shipped", "delivered"}, "refund_requested"),
    "accept_refund": ({"refund_requested"}, "refunded"),
    "refuse_refund": ({"refund_requested"}, "delivered"),
}


def place(world: World, me: int, new: int, *, listing_id: int) -> None:
    need(not world.listings[listing_id].held)
    world.lines[new] = Line(new, me, listing_id, world.now, status_at=world.now)


def move(world: World, line: Line, step: str, new: int) -> None:
    """:param new: the id of the share that the program made, if it made one."""
    before, after = STEPS[step]
    need(line.status in before)
    need(step != "refuse_refund" or not line.called_back)
    if step == "refund_recalled":
        need(world.listings[line.listing].held in ("removed", "recalled"))
        line.called_back = True
    line.status, line.status_at = after, world.now
    fresh = after == "delivered" and line.delivered_at is None
    if fresh:
        line.delivered_at = world.now
    follow(world, line, new, fresh=fresh)


def mark_gift(world: World, line: Line, is_gift: bool) -> None:
    line.is_gift = is_gift
    follow(world, line, 0, fresh=False)


def follow(world: World, line: Line, new: int, *, fresh: bool) -> None:
    for share in list(world.shares.values()):
        if share.line != line.id:
            continue
        if share.outcome != outcome_of(line):
            share.outcome = outcome_of(line)
            if not line.is_gift:
                tell_of_correction(world, share)
        if share.kind == "purchase" and (line.is_gift or line.status == "cancelled"):
            erase_share(world, share.id)
    if fresh and shares_by_itself(world, line):
        visible_from = (line.delivered_at or world.now) + world.people[line.buyer].hold
        share = world.shares[new] = purchase(world, line, new, visible_from)
        share.audience = {
            circle.id for circle in world.circles.values() if circle.owner == line.buyer and circle.is_default
        }

    elif fresh and world.people[line.buyer].mode == "ask" and may_be_offered(world, line):
        world.told.add((line.buyer, "may_share", line.id))
    if line.is_gift or line.status in ("cancelled", "refunded"):
        world.told.discard((line.buyer, "may_share", line.id))


def tell_of_correction(world: World, share: Share) -> None:
    """Whoever commented, or found it useful, spoke of something that has changed."""
    for comment in world.comments.values():
        if comment.share == share.id and comment.author != share.author:
            world.told.add((comment.author, "correction", share.id))
    for liked, person in world.likes:
        if liked == share.id:
            world.told.add((person, "correction", share.id))


def shares_by_itself(world: World, line: Line) -> bool:
    """The buyer chose "after delivery" before they bought it, and nothing about it forbids that."""
    return world.people[line.buyer].mode == "after_delivery" and may_be_offered(world, line)


def may_be_offered(world: World, line: Line) -> bool:
    buyer = world.people[line.buyer]
    category = world.listings[line.listing].category
    since = consented_since(buyer)
    if since is None or buyer.mode_since is None or buyer.suspended or buyer.paused:
        return False
    bought_after = line.placed_at >= buyer.mode_since and line.placed_at >= since
    return (
        bought_after
        and line.delivered_at is not None
        and not line.is_gift
        and line.status not in ("cancelled", "refunded")
        and category not in world.sensitive
        and category not in buyer.excluded
        and find_purchase(world, line.id) is None
    )


def consented_since(person: Person) -> datetime | None:
    """When the consent that holds now was given."""
    since: datetime | None = None
    for at, given in person.consents:
        since = at if given else None
    return since
