"""Who may see what in the strangers' channel, as plain loops over plain data.

Written from DESIGN section 3 and nothing else. It shares no code with `kith.audience.outside` or
`kith.strangers`, knows no database and is not quick; whatever differs from it is wrong.
"""

from __future__ import annotations

from tests.oracle.channel import Comment, Exchange, Letter, Post
from tests.oracle.world import World, are_friends, is_blocked

# --- People, and how they stand to one another ------------------------------------


def is_let_in(world: World, one: int) -> bool:
    channel = world.channel
    return channel.state == "all" or (channel.state == "listed" and one in channel.listed)


def is_grown_up(world: World, one: int) -> bool:
    """Certainly 18: of the day of birth nothing is known."""
    born = world.channel.born.get(one)
    return born is not None and world.now.year - born > 18


def may_go_outside(world: World, one: int) -> bool:
    person = world.people[one]
    return is_let_in(world, one) and is_grown_up(world, one) and person.active and not person.suspended


def channel_is_open(world: World, viewer: int | None) -> bool:
    """To a viewer: rollout, grown up, consent."""
    return viewer is not None and may_go_outside(world, viewer) and viewer in world.channel.agreed


def is_out_there(world: World, one: int) -> bool:
    """Somebody's persona can be met: the channel is open to them, and the persona in good standing."""
    persona = world.channel.personas.get(one)
    return persona is not None and not persona.closed and channel_is_open(world, one)


def hides_from(world: World, one: int, two: int) -> bool:
    """One has the other's number among those never to be met."""
    return world.channel.phones.get(two) in world.channel.hidden_numbers.get(one, set())


def share_a_circle(world: World, one: int, two: int) -> bool:
    return any({one, two} <= circle.members for circle in world.circles.values())


def are_strangers(world: World, one: int, two: int) -> bool:
    if are_friends(world, one, two) or is_blocked(world, one, two):
        return False
    if hides_from(world, one, two) or hides_from(world, two, one):
        return False
    if (one, two) in world.channel.avoids or (two, one) in world.channel.avoids:
        return False
    return not share_a_circle(world, one, two)


# --- The rule -----------------------------------------------------------------------


def may_see_persona(world: World, whose: int, viewer: int | None) -> bool:
    if viewer is None or world.channel.state == "closed" or whose not in world.channel.personas:
        return False
    if whose == viewer:
        return True
    return (
        channel_is_open(world, viewer) and is_out_there(world, whose) and are_strangers(world, whose, viewer)
    )


def may_see_post(world: World, post: Post, viewer: int | None) -> bool:
    if viewer is None or world.channel.state == "closed":
        return False
    if post.author == viewer:
        return True
    return not post.hidden and not post.withdrawn and may_see_persona(world, post.author, viewer)


def may_see_comment(world: World, comment: Comment, viewer: int | None) -> bool:
    if comment.removed or not may_see_post(world, world.channel.posts[comment.post], viewer):
        return False
    return may_see_persona(world, comment.author, viewer)


def may_see_like(world: World, like: tuple[int, int], viewer: int | None) -> bool:
    post, person = like
    return may_see_post(world, world.channel.posts[post], viewer) and may_see_persona(world, person, viewer)


def may_see_exchange(world: World, exchange: Exchange, viewer: int | None) -> bool:
    if viewer == exchange.starter:
        return may_see_persona(world, exchange.greeted, viewer)
    if viewer == exchange.greeted:
        return exchange.declined_at is None and may_see_persona(world, exchange.starter, viewer)
    return False


def may_see_letter(world: World, letter: Letter, viewer: int | None) -> bool:
    return may_see_exchange(world, world.channel.exchanges[letter.exchange], viewer)


# --- What follows from it -------------------------------------------------------------


def personas(world: World, viewer: int | None) -> set[int]:
    return {
        persona.id
        for whose, persona in world.channel.personas.items()
        if may_see_persona(world, whose, viewer)
    }


def posts(world: World, viewer: int | None) -> set[int]:
    return {post.id for post in world.channel.posts.values() if may_see_post(world, post, viewer)}


def comments(world: World, viewer: int | None) -> set[int]:
    return {said.id for said in world.channel.comments.values() if may_see_comment(world, said, viewer)}


def comments_of(world: World, post: int, viewer: int | None) -> set[int]:
    return {said for said in comments(world, viewer) if world.channel.comments[said].post == post}


def likes_of(world: World, post: int, viewer: int | None) -> set[int]:
    return {
        person
        for liked, person in world.channel.likes
        if liked == post and may_see_like(world, (liked, person), viewer)
    }


def photos(world: World, viewer: int | None) -> set[int]:
    """The photos on what a viewer may see."""
    found: set[int] = set()
    for post in posts(world, viewer):
        found.update(world.channel.posts[post].photos)
    for said in comments(world, viewer):
        found.update(world.channel.comments[said].photos)
    return found


def newest_first(world: World, some: set[int]) -> list[int]:
    by_age = sorted(some, key=lambda one: (world.channel.posts[one].created_at, one), reverse=True)
    return list(by_age)


def listed_posts(world: World, viewer: int | None) -> set[int]:
    """What the lists of a home page are made of: seen, not put away, and shown to somebody."""
    found = set()
    for post_id in posts(world, viewer):
        post = world.channel.posts[post_id]
        if not post.hidden and not post.withdrawn and (viewer, post_id) not in world.channel.away:
            found.add(post_id)
    return found


def newest(world: World, viewer: int | None, topic: str | None = None) -> list[int]:
    some = listed_posts(world, viewer)
    if topic is not None:
        some = {one for one in some if world.channel.posts[one].topic == topic}
    return newest_first(world, some)


def near(world: World, viewer: int | None) -> list[int]:
    """Posts from the province of the viewer's persona."""
    persona = world.channel.personas.get(viewer or 0)
    if persona is None or not persona.region:
        return []
    here = persona.region[:2]
    some = listed_posts(world, viewer)
    return newest_first(world, {one for one in some if world.channel.posts[one].region[:2] == here})


def followed(world: World, viewer: int | None) -> list[int]:
    some = listed_posts(world, viewer)
    topics = {topic for who, topic in world.channel.follows if who == viewer}
    return newest_first(world, {one for one in some if world.channel.posts[one].topic in topics})


def exchanges(world: World, viewer: int | None) -> set[int]:
    return {one.id for one in world.channel.exchanges.values() if may_see_exchange(world, one, viewer)}


def letters(world: World, viewer: int | None) -> set[int]:
    return {one.id for one in world.channel.letters.values() if may_see_letter(world, one, viewer)}
