"""What people are told, in the plain world: each notice only while what it points to can be seen."""

from __future__ import annotations

from tests.oracle.world import Share, World, are_friends, correction, is_away, may_see_comment, may_see_share


def notices(world: World, me: int) -> set[tuple[str, int]]:
    """What somebody is told, while what it points to can be seen."""
    found = set()
    for recipient, kind, subject in world.told:
        if recipient == me and is_alive(world, me, kind, subject):
            found.add((kind, subject))
    return found


def is_alive(world: World, me: int, kind: str, subject: int) -> bool:
    match kind:
        case "comment" | "answer" | "reply":
            return subject in world.comments and may_see_comment(world, world.comments[subject], me)
        case "request":
            return subject in world.requests and world.requests[subject].declined_at is None
        case "accepted":
            return are_friends(world, me, subject)
        case "correction":
            return subject in world.shares and may_see_share(world, world.shares[subject], me)
        case "corrected":
            share = world.shares.get(subject)
            return (
                share is not None and may_see_share(world, share, me) and correction(world, share) is not None
            )
        case _:
            return subject in lines_to_ask_about(world, me)


def lines_to_ask_about(world: World, me: int) -> set[int]:
    """What arrived, of which its buyer was asked whether to show it and has not said."""
    found = set()
    for line in world.lines.values():
        asked = (me, "may_share", line.id) in world.told and line.buyer == me
        shown = any(share.line == line.id and share.kind == "purchase" for share in world.shares.values())
        gone = line.is_gift or line.status in ("cancelled", "refunded")
        if asked and line.delivered_at is not None and not shown and not gone:
            found.add(line.id)
    return found


def tell_of_correction(world: World, listing: int) -> None:
    """When a thing is taken down, whoever showed it or spoke of it under a share is told, once."""
    for share in world.shares.values():
        if share.listing == listing and is_out(world, share):
            spoke = {said.author for said in world.comments.values() if said.share == share.id}
            liked = {person for liked, person in world.likes if liked == share.id}
            world.told |= {(person, "corrected", share.id) for person in {share.author, *spoke, *liked}}


def is_out(world: World, share: Share) -> bool:
    """A share that its author shows to somebody, and that is of no gift."""
    line = None if share.line is None else world.lines.get(share.line)
    return not is_away(share) and share.visible_from <= world.now and not (line and line.is_gift)
