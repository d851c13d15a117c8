"""What people do, done to the plain world. Each deed has the name and the arguments of the service.

`me` does it at `world.now`; `new` is the id that the program gave to what the deed made. A deed
that may not be done raises `No` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from tests.oracle.lines import find_purchase, line_to_review, month_of, outcome_of, purchase
from tests.oracle.world import (
    Circle,
    Comment,
    Request,
    Share,
    World,
    are_friends,
    has_consented,
    is_away,
    is_blocked,
    may_see_share,
    side_is_open,
)


class No(Exception):
    """It may not be done."""


def need(allowed: bool) -> None:
    if not allowed:
        raise No


# --- Ties --------------------------------------------------------------------------


def become_friends(world: World, one: int, two: int) -> None:
    world.friends[frozenset([one, two])] = world.now
    for request in list(world.requests.values()):
        if {request.sender, request.recipient} == {one, two}:
            del world.requests[request.id]


def waits(request: Request) -> bool:
    return request.declined_at is None


def find_request(world: World, sender: int, recipient: int) -> Request | None:
    for request in world.requests.values():
        if (request.sender, request.recipient) == (sender, recipient):
            return request
    return None


def request_friend(world: World, me: int, new: int, *, recipient_id: int, circle_id: int | None) -> None:
    need(me != recipient_id and not is_blocked(world, me, recipient_id))
    need(not are_friends(world, me, recipient_id))
    need(circle_id is None or world.circles[circle_id].owner == me)
    theirs = find_request(world, recipient_id, me)
    if theirs is not None and waits(theirs):
        accept_request(world, me, 0, request_id=theirs.id, circle_ids=[circle_id] if circle_id else [])
        return
    mine = find_request(world, me, recipient_id)
    if mine is not None:
        if mine.declined_at is None or world.now < mine.declined_at + timedelta(days=30):
            mine.taken_back = False
            return
        del world.requests[mine.id]
    world.requests[new] = Request(new, me, recipient_id, circle_id, world.now)
    world.told.add((recipient_id, "request", new))


def waiting(world: World, me: int, request_id: int) -> Request:
    request = world.requests.get(request_id)
    if request is None or request.recipient != me or not waits(request):
        raise No
    return request


def accept_request(world: World, me: int, new: int, *, request_id: int, circle_ids: Collection[int]) -> None:
    request = waiting(world, me, request_id)
    need(all(world.circles[circle].owner == me for circle in circle_ids))
    become_friends(world, me, request.sender)
    world.told.add((request.sender, "accepted", me))
    for circle in circle_ids:
        world.circles[circle].members.add(request.sender)
    if request.circle in world.circles:
        world.circles[request.circle].members.add(me)


def decline_request(world: World, me: int, new: int, *, request_id: int) -> None:
    waiting(world, me, request_id).declined_at = world.now


def withdraw_request(world: World, me: int, new: int, *, request_id: int) -> None:
    request = world.requests.get(request_id)
    if request is None or request.sender != me or request.taken_back:
        raise No
    request.taken_back = True
    if waits(request):
        del world.requests[request_id]


def part(world: World, me: int, other: int) -> None:
    """What belongs to a friendship ends with it, on both sides."""
    world.friends.pop(frozenset([me, other]), None)
    for one, two in ((me, other), (other, me)):
        world.mutes.discard((one, two))
        world.hides.discard((one, two))
        for circle in world.circles.values():
            if circle.owner == one:
                circle.members.discard(two)


def unfriend(world: World, me: int, new: int, *, other_id: int) -> None:
    part(world, me, other_id)


def block(world: World, me: int, new: int, *, other_id: int) -> None:
    need(me != other_id)
    part(world, me, other_id)
    world.blocks.add((me, other_id))
    for request in list(world.requests.values()):
        if {request.sender, request.recipient} == {me, other_id}:
            del world.requests[request.id]


def unblock(world: World, me: int, new: int, *, other_id: int) -> None:
    world.blocks.discard((me, other_id))


def set_muted(world: World, me: int, new: int, *, other_id: int, on: bool) -> None:
    need(are_friends(world, me, other_id))
    (world.mutes.add if on else world.mutes.discard)((me, other_id))


def set_hidden_from(world: World, me: int, new: int, *, other_id: int, on: bool) -> None:
    need(are_friends(world, me, other_id))
    (world.hides.add if on else world.hides.discard)((me, other_id))


# --- Circles -------------------------------------------------------------------------


def own(world: World, me: int, circle_id: int) -> Circle:
    circle = world.circles.get(circle_id)
    if circle is None or circle.owner != me:
        raise No
    return circle


def own_all(world: World, me: int, circle_ids: Collection[int]) -> set[int]:
    return {own(world, me, circle).id for circle in circle_ids}


def create_circle(
    world: World, me: int, new: int, *, name: str, window: str, weight: int, is_default: bool
) -> None:
    need(all(one.name != name for one in world.circles.values() if one.owner == me))
    world.circles[new] = Circle(new, me, name, weight, window, is_default)


def change_circle(
    world: World, me: int, new: int, *, circle_id: int, window: str | None = None, name: str | None = None
) -> None:
    circle = own(world, me, circle_id)
    if name is not None:
        need(all(one.name != name or one is circle for one in world.circles.values() if one.owner == me))
        circle.name = name
    if window is not None:
        circle.window = window


def delete_circle(world: World, me: int, new: int, *, circle_id: int) -> None:
    del world.circles[own(world, me, circle_id).id]
    for share in world.shares.values():
        share.audience.discard(circle_id)


def add_members(world: World, me: int, new: int, *, circle_id: int, person_ids: Collection[int]) -> None:
    circle = own(world, me, circle_id)
    need(all(are_friends(world, me, person) for person in person_ids))
    circle.members.update(person_ids)


def remove_member(world: World, me: int, new: int, *, circle_id: int, person_id: int) -> None:
    own(world, me, circle_id).members.discard(person_id)


# --- Standing ------------------------------------------------------------------------


def open_circles(world: World, me: int, new: int, *, text_version: str, surface: str) -> None:
    """Agree. What was shown under an earlier consent does not come back by it."""
    if has_consented(world, me):
        return
    world.people[me].consents.append((world.now, True))
    for share in world.shares.values():
        if share.author == me:
            share.withdrawn = True


def withdraw_consent(world: World, me: int, new: int, *, surface: str) -> None:
    """Take it back. What was said under others' shares goes along."""
    if not has_consented(world, me):
        return
    world.people[me].consents.append((world.now, False))
    world.likes = {like for like in world.likes if like[1] != me}
    for comment in world.comments.values():
        if comment.author == me:
            comment.hidden = True


def pause(world: World, me: int, new: int) -> None:
    world.people[me].paused = True


def resume(world: World, me: int, new: int) -> None:
    world.people[me].paused = False


def set_sharing(
    world: World, me: int, new: int, *, mode: str, hold: timedelta, excluded_categories: Collection[str]
) -> None:
    person = world.people[me]
    need(timedelta(minutes=3) <= hold <= timedelta(days=14))
    need(mode == "off" or has_consented(world, me))
    if mode != person.mode:
        person.mode, person.mode_since = mode, world.now
    person.hold, person.excluded = hold, set(excluded_categories)


# --- Shares ----------------------------------------------------------------------------


def own_share(world: World, me: int, share_id: int) -> Share:
    share = world.shares.get(share_id)
    if share is None or share.author != me:
        raise No
    return share


def share_purchase(
    world: World, me: int, new: int, *, line_id: int, circle_ids: Collection[int], text: str = ""
) -> None:
    need(side_is_open(world, me))
    line = world.lines[line_id]
    need(line.buyer == me and line.delivered_at is not None and line.status != "cancelled")
    need(not line.is_gift and world.listings[line.listing].category not in world.sensitive)
    circles = own_all(world, me, circle_ids)
    share = find_purchase(world, line_id)
    if share is None:
        share = world.shares[new] = purchase(world, line, new, world.now)
    share.text = text or share.text
    share.audience = circles
    share.withdrawn = False
    world.told.discard((me, "may_share", line_id))


def write_review(
    world: World, me: int, new: int, *, listing_id: int, rating: int, text: str, circle_ids: Collection[int],
    to_everyone: bool, photo_ids: Collection[int] = (),
) -> None:  # fmt: skip
    need(side_is_open(world, me) and (bool(circle_ids) or to_everyone))
    listing = world.listings[listing_id]
    need(listing.category not in world.sensitive)
    circles = own_all(world, me, circle_ids)
    line = line_to_review(world, me, listing_id)
    world.shares[new] = Share(
        new, me, "review", world.now, circles, to_everyone, listing=listing_id, category=listing.category,
        line=line.id if line else None, outcome=outcome_of(line) if line else "", rating=rating, text=text,
        month=month_of(line.placed_at) if line else None, photos=tuple(photo_ids),
    )  # fmt: skip


def ask_question(
    world: World, me: int, new: int, *, text: str, circle_ids: Collection[int], listing_id: int | None
) -> None:
    _say(world, me, new, "question", text, circle_ids, listing_id, ())


def give_tip(
    world: World, me: int, new: int, *, text: str, circle_ids: Collection[int], listing_id: int | None,
    photo_ids: Collection[int] = (),
) -> None:  # fmt: skip
    _say(world, me, new, "tip", text, circle_ids, listing_id, photo_ids)


def _say(
    world: World, me: int, new: int, kind: str, text: str, circle_ids: Collection[int],
    listing_id: int | None, photo_ids: Collection[int],
) -> None:  # fmt: skip
    need(side_is_open(world, me) and bool(circle_ids) and bool(text.strip()))
    category = None if listing_id is None else world.listings[listing_id].category
    need(category not in world.sensitive)
    circles = own_all(world, me, circle_ids)
    world.shares[new] = Share(
        new, me, kind, world.now, circles, listing=listing_id, category=category, text=text.strip(),
        photos=tuple(photo_ids),
    )  # fmt: skip


def hide_share(world: World, me: int, new: int, *, share_id: int) -> None:
    own_share(world, me, share_id).withdrawn = True


def show_share(world: World, me: int, new: int, *, share_id: int) -> None:
    need(side_is_open(world, me))
    share = own_share(world, me, share_id)
    need(not share.by_staff)
    share.withdrawn = False


def delete_share(world: World, me: int, new: int, *, share_id: int) -> None:
    erase_share(world, own_share(world, me, share_id).id)


def erase_share(world: World, share_id: int) -> None:
    del world.shares[share_id]
    world.comments = {key: one for key, one in world.comments.items() if one.share != share_id}
    world.likes = {like for like in world.likes if like[0] != share_id}


def change_audience(
    world: World, me: int, new: int, *, share_id: int, circle_ids: Collection[int], to_everyone: bool
) -> None:
    need(side_is_open(world, me))
    share = own_share(world, me, share_id)
    circles = own_all(world, me, circle_ids)
    need(not to_everyone or share.kind == "review")
    share.audience, share.to_everyone = circles, to_everyone


def change_past(
    world: World, me: int, new: int, *, action: str, kinds: Collection[str] | None, before: datetime | None,
    circle_ids: Collection[int] = (),
) -> None:  # fmt: skip
    need(action == "hide" or side_is_open(world, me))
    circles = own_all(world, me, circle_ids)
    for share in world.shares.values():
        chosen = share.author == me and (action != "show" or not share.by_staff)
        chosen = chosen and (kinds is None or share.kind in kinds)
        chosen = chosen and (before is None or share.visible_from < before)
        if chosen and action == "audience":
            share.audience, share.to_everyone = set(circles), False
        elif chosen:
            share.withdrawn = action == "hide"


# --- Talk ------------------------------------------------------------------------------


def comment(world: World, me: int, new: int, *, share_id: int, text: str) -> None:
    need(share_id in world.shares and may_see_share(world, world.shares[share_id], me))
    share = world.shares[share_id]
    need(not is_away(share) and share.visible_from <= world.now)
    world.told.add((share.author, "answer" if share.kind == "question" else "comment", new))
    for said in world.comments.values():
        if said.share == share_id and said.author != share.author:
            world.told.add((said.author, "reply", new))
    world.comments[new] = Comment(new, share_id, me, text, world.now)
    world.told = {told for told in world.told if (told[0], told[2]) != (me, new)}


def delete_comment(world: World, me: int, new: int, *, comment_id: int) -> None:
    said = world.comments.get(comment_id)
    if said is None or me not in (said.author, world.shares[said.share].author):
        raise No
    del world.comments[comment_id]


def set_useful(world: World, me: int, new: int, *, share_id: int, on: bool) -> None:
    need(share_id in world.shares and may_see_share(world, world.shares[share_id], me))
    need(world.shares[share_id].author != me)
    (world.likes.add if on else world.likes.discard)((share_id, me))
