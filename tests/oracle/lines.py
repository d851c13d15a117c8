"""Order lines in the plain world, and what is told of them."""

from __future__ import annotations

from datetime import date, datetime

from tests.oracle.world import Line, Share, World


def month_of(instant: datetime) -> date:
    return date(instant.year, instant.month, 1)


def outcome_of(line: Line) -> str:
    if line.is_gift or line.status == "cancelled":
        return ""
    if line.status == "refunded":
        return "returned"
    return "kept" if line.delivered_at else ""


def purchase(world: World, line: Line, new: int, visible_from: datetime) -> Share:
    category = world.listings[line.listing].category
    return Share(
        new, line.buyer, "purchase", visible_from, listing=line.listing, category=category, line=line.id,
        outcome=outcome_of(line), month=month_of(line.placed_at),
    )  # fmt: skip


def find_purchase(world: World, line_id: int) -> Share | None:
    for share in world.shares.values():
        if share.kind == "purchase" and share.line == line_id:
            return share
    return None


def line_to_review(world: World, me: int, listing: int) -> Line | None:
    """The newest of my lines of it that arrived, is no gift and has no review yet."""
    reviewed = {share.line for share in world.shares.values() if share.kind == "review"}
    best: Line | None = None
    for line in world.lines.values():
        mine = line.buyer == me and line.listing == listing and line.delivered_at and not line.is_gift
        newer = best is None or (line.placed_at, line.id) > (best.placed_at, best.id)
        if mine and newer and line.id not in reviewed:
            best = line
    return best
