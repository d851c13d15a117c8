"""The oracle: a world as plain data, and who may see what in it as plain loops.

Written from DESIGN section 3 and nothing else. It shares no code with `kith.audience` or
`kith.sharing.queries`, knows no database and is not quick: it is read beside the design, and
whatever differs from it is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.oracle.channel import Channel

WINDOW_DAYS = {"3d": 3, "1m": 30, "6m": 183}
"""For how long a circle sees a thing. "all" has no end."""


@dataclass
class Person:
    id: int
    consents: list[tuple[datetime, bool]] = field(default_factory=list)
    """The ledger: when, and whether given or taken back."""
    mode: str = "off"
    mode_since: datetime | None = None
    hold: timedelta = timedelta(minutes=30)
    excluded: set[str] = field(default_factory=set)
    paused: bool = False
    suspended: bool = False
    listed: bool = False
    active: bool = True


@dataclass
class Circle:
    id: int
    owner: int
    name: str
    weight: int = 3
    window: str = "all"
    is_default: bool = False
    members: set[int] = field(default_factory=set)


@dataclass
class Listing:
    id: int
    merchant: int
    category: str
    held: str = ""
    """ "suspected", "removed" or "recalled"; of one that is live nothing."""
    held_since: datetime | None = None


@dataclass
class Line:
    id: int
    buyer: int
    listing: int
    placed_at: datetime
    status: str = "placed"
    status_at: datetime | None = None
    delivered_at: datetime | None = None
    is_gift: bool = False
    called_back: bool = False
    """Its buyer asked for the money because it was recalled."""


@dataclass
class Share:
    id: int
    author: int
    kind: str
    visible_from: datetime
    audience: set[int] = field(default_factory=set)
    to_everyone: bool = False
    withdrawn: bool = False
    """By its author; what the shop takes back, and gives back, is another matter."""
    by_staff: bool = False
    listing: int | None = None
    category: str | None = None
    line: int | None = None
    outcome: str = ""
    rating: int | None = None
    text: str = ""
    month: date | None = None
    photos: tuple[int, ...] = ()


@dataclass
class Comment:
    id: int
    share: int
    author: int
    text: str
    at: datetime
    hidden: bool = False


@dataclass
class Request:
    id: int
    sender: int
    recipient: int
    circle: int | None
    sent_at: datetime
    declined_at: datetime | None = None
    taken_back: bool = False


@dataclass
class World:
    now: datetime
    rollout: str = "all"
    people: dict[int, Person] = field(default_factory=dict)
    friends: dict[frozenset[int], datetime] = field(default_factory=dict)
    blocks: set[tuple[int, int]] = field(default_factory=set)
    """(who, whom); so are the next two."""
    mutes: set[tuple[int, int]] = field(default_factory=set)
    hides: set[tuple[int, int]] = field(default_factory=set)
    requests: dict[int, Request] = field(default_factory=dict)
    circles: dict[int, Circle] = field(default_factory=dict)
    sensitive: set[str] = field(default_factory=set)
    listings: dict[int, Listing] = field(default_factory=dict)
    lines: dict[int, Line] = field(default_factory=dict)
    shares: dict[int, Share] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    likes: set[tuple[int, int]] = field(default_factory=set)
    """(share, person)."""
    told: set[tuple[int, str, int]] = field(default_factory=set)
    """Notices: to whom, of what kind, and the id of what it points to."""
    channel: Channel = field(default_factory=Channel)
    """The strangers' side."""


# --- People, and how they stand to one another ------------------------------------


def has_consented(world: World, person: int) -> bool:
    said = False
    for _at, given in world.people[person].consents:
        said = given
    return said


def shows(world: World, person: int) -> bool:
    """Somebody's circle sharing is open."""
    one = world.people[person]
    return has_consented(world, person) and not one.paused and not one.suspended


def side_is_open(world: World, viewer: int | None) -> bool:
    """The circle side is open to a viewer: rollout and consent; a suspended one is out."""
    if viewer is None:
        return False
    one = world.people[viewer]
    let_in = world.rollout == "all" or (world.rollout == "listed" and one.listed)
    return let_in and has_consented(world, viewer) and not one.suspended


def are_friends(world: World, one: int, two: int) -> bool:
    return frozenset([one, two]) in world.friends


def is_blocked(world: World, one: int | None, two: int) -> bool:
    """A block between two people, either way."""
    return (one, two) in world.blocks or (two, one) in world.blocks


# --- The rule -----------------------------------------------------------------------


def ends(world: World, share: Share, viewer: int) -> list[datetime | None]:
    """Until when each circle of the audience that holds the viewer lets them see it. None: no end."""
    found: list[datetime | None] = []
    for circle_id in share.audience:
        circle = world.circles.get(circle_id)
        if circle is not None and viewer in circle.members:
            days = WINDOW_DAYS.get(circle.window)
            found.append(None if days is None else share.visible_from + timedelta(days=days))
    return found


def is_away(share: Share) -> bool:
    return share.withdrawn or share.by_staff


def is_delivered(world: World, share: Share, viewer: int) -> bool:
    return not is_away(share) and ends(world, share, viewer) != []


def delivered_until(world: World, share: Share, viewer: int) -> datetime | None:
    """The latest end. None: no end."""
    latest: datetime | None = None
    for end in ends(world, share, viewer):
        if end is None:
            return None
        if latest is None or end > latest:
            latest = end
    return latest


def was_shown(world: World, share: Share, viewer: int | None) -> bool:
    """A share was delivered to somebody who may see it now."""
    if viewer is None or viewer == share.author:
        return False
    if not is_delivered(world, share, viewer):
        return False
    if world.now < share.visible_from:
        return False
    until = delivered_until(world, share, viewer)
    if until is not None and world.now >= until:
        return False
    if not are_friends(world, viewer, share.author) or is_blocked(world, viewer, share.author):
        return False
    if (viewer, share.author) in world.mutes or (share.author, viewer) in world.hides:
        return False
    return shows(world, share.author) and side_is_open(world, viewer)


def is_public(world: World, share: Share, viewer: int | None) -> bool:
    """A review shown to everyone, the one exception: unless either blocks the other."""
    if not share.to_everyone or is_away(share) or world.now < share.visible_from:
        return False
    return shows(world, share.author) and not is_blocked(world, viewer, share.author)


def may_see_share(world: World, share: Share, viewer: int | None) -> bool:
    return share.author == viewer or was_shown(world, share, viewer) or is_public(world, share, viewer)


def may_see_comment(world: World, comment: Comment, viewer: int | None) -> bool:
    if comment.hidden or is_blocked(world, viewer, comment.author):
        return False
    return may_see_share(world, world.shares[comment.share], viewer)


# --- What follows from it -------------------------------------------------------------


def newest_first(shares: list[Share]) -> list[int]:
    return [share.id for share in sorted(shares, key=lambda one: (one.visible_from, one.id), reverse=True)]


def feed(
    world: World, viewer: int | None, *, circle: int | None = None, kind: str | None = None
) -> list[int]:
    """The shares shown to a viewer, newest first; of one kind, or by people in one of their circles."""
    found = []
    for share in world.shares.values():
        if not was_shown(world, share, viewer):
            continue
        if kind is not None and share.kind != kind:
            continue
        if circle is not None and share.author not in world.circles[circle].members:
            continue
        found.append(share)
    return newest_first(found)


def shares_of(world: World, viewer: int | None, author: int) -> list[int]:
    """What one person shows a viewer."""
    return [share for share in feed(world, viewer) if world.shares[share].author == author]


def comments_of(world: World, share: int, viewer: int | None) -> list[int]:
    found = []
    for comment in world.comments.values():
        if comment.share == share and may_see_comment(world, comment, viewer):
            found += [(comment.at, comment.id)]
    return [comment_id for _at, comment_id in sorted(found)]


def likes_of(world: World, share: int, viewer: int | None) -> set[int]:
    found = set()
    for liked, person in world.likes:
        if liked == share and not is_blocked(world, viewer, person):
            found.add(person)
    return found


def public_reviews(world: World, listing: int, viewer: int | None) -> list[int]:
    """Reviews of a listing that are shown to everyone now; one's own also while one is paused."""
    found = []
    for share in world.shares.values():
        if share.listing == listing and share.to_everyone and not is_away(share):
            begun = world.now >= share.visible_from
            if begun and (share.author == viewer or is_public(world, share, viewer)):
                found += [share]
    return newest_first(found)


def my_shares(world: World, me: int, state: str | None = None) -> list[int]:
    found = []
    for share in world.shares.values():
        held = world.now < share.visible_from
        now_is = "withdrawn" if is_away(share) else "held" if held else "shown"
        if share.author == me and state in (None, now_is):
            found += [share]
    return newest_first(found)


def photos(world: World, viewer: int | None) -> set[int]:
    """The photos on the shares that a viewer may see."""
    found: set[int] = set()
    for share in world.shares.values():
        if may_see_share(world, share, viewer):
            found.update(share.photos)
    return found


# --- What was taken down ---------------------------------------------------------------


def correction(world: World, share: Share) -> tuple[str, datetime | None] | None:
    """That the thing was taken down or recalled, and since when. A thing only suspected is not corrected."""
    if share.listing is None:
        return None
    listing = world.listings[share.listing]
    return (listing.held, listing.held_since) if listing.held in ("removed", "recalled") else None


def came_to(world: World, share: Share) -> str:
    """What became of a thing: the merchant sold what was taken down, even if it was sent back.

    Of a thing that its author has not bought, or not said that they did, nothing.
    """
    bought = share.kind == "purchase" or share.outcome != ""
    return "removed" if bought and correction(world, share) else share.outcome


# --- Deliveries ------------------------------------------------------------------------


def deliveries(world: World) -> dict[tuple[int, int], datetime | None]:
    """(viewer, share) with its end (None: no end), for all that are delivered."""
    found = {}
    for share in world.shares.values():
        for person in world.people:
            if is_delivered(world, share, person):
                found[person, share.id] = delivered_until(world, share, person)
    return found
