"""What people do outside, done to the plain world. Each deed has the name and arguments of the service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.oracle.channel import Comment, Exchange, Letter, Persona, Post
from tests.oracle.deeds import No, become_friends, need
from tests.oracle.outside import (
    channel_is_open,
    may_go_outside,
    may_see_comment,
    may_see_exchange,
    may_see_persona,
    may_see_post,
)
from tests.oracle.world import World

PAUSE = timedelta(days=90)
WISH_LIFE = timedelta(days=30)


def is_shut(world: World) -> bool:
    return world.channel.state == "closed"


def speaks(world: World, me: int) -> None:
    """Somebody who may write: the channel is open to them, under a persona that nobody has closed."""
    persona = world.channel.personas.get(me)
    need(channel_is_open(world, me) and persona is not None and not persona.closed)


# --- Persona and standing ------------------------------------------------------------


def make_persona(
    world: World, me: int, new: int, *, text_version: str, surface: str, name: str, region: str
) -> None:
    need(may_go_outside(world, me) and me not in world.channel.personas)
    world.channel.personas[me] = Persona(new, me, region)
    world.channel.agreed.add(me)


def go_outside(world: World, me: int, new: int, *, text_version: str, surface: str) -> None:
    need(may_go_outside(world, me) and me in world.channel.personas)
    world.channel.agreed.add(me)


def leave(world: World, me: int, new: int, *, surface: str) -> None:
    channel = world.channel
    if me not in channel.agreed:
        return
    channel.agreed.discard(me)
    for post in channel.posts.values():
        post.withdrawn |= post.author == me
    for comment in channel.comments.values():
        comment.removed |= comment.author == me
    channel.likes = {(post, person) for post, person in channel.likes if person != me}
    for exchange in channel.exchanges.values():
        if me in (exchange.starter, exchange.greeted):
            exchange.wishes.clear()


# --- Posts ----------------------------------------------------------------------------


def own_post(world: World, me: int, post_id: int) -> Post:
    post = world.channel.posts.get(post_id)
    if post is None or post.author != me or is_shut(world):
        raise No
    return post


def seen_post(world: World, me: int, post_id: int) -> Post:
    post = world.channel.posts.get(post_id)
    if post is None or not may_see_post(world, post, me):
        raise No
    return post


def write_post(
    world: World, me: int, new: int, *, topic: str, text: str, region: str | None, photo_ids: Sequence[int],
    who_comments: str,
) -> None:  # fmt: skip
    speaks(world, me)
    where = world.channel.personas[me].region if region is None else region
    world.channel.posts[new] = Post(new, me, topic, where, world.now, text, tuple(photo_ids), who_comments)


def delete_post(world: World, me: int, new: int, *, post_id: int) -> None:
    channel = world.channel
    del channel.posts[own_post(world, me, post_id).id]
    channel.comments = {one.id: one for one in channel.comments.values() if one.post != post_id}
    channel.likes = {like for like in channel.likes if like[0] != post_id}


def set_withdrawn(world: World, me: int, new: int, *, post_id: int, on: bool) -> None:
    post = own_post(world, me, post_id)
    if not on:
        speaks(world, me)
    post.withdrawn = on


def set_who_comments(world: World, me: int, new: int, *, post_id: int, who: str) -> None:
    own_post(world, me, post_id).who_comments = who


def set_away(world: World, me: int, new: int, *, post_id: int, on: bool) -> None:
    need(channel_is_open(world, me))
    need(seen_post(world, me, post_id).author != me)
    (world.channel.away.add if on else world.channel.away.discard)((me, post_id))


def follow_topic(world: World, me: int, new: int, *, topic: str, on: bool) -> None:
    need(channel_is_open(world, me))
    (world.channel.follows.add if on else world.channel.follows.discard)((me, topic))


def set_liked(world: World, me: int, new: int, *, post_id: int, on: bool) -> None:
    speaks(world, me)
    need(seen_post(world, me, post_id).author != me)
    (world.channel.likes.add if on else world.channel.likes.discard)((post_id, me))


# --- Comments ----------------------------------------------------------------------------


def comment(
    world: World, me: int, new: int, *, post_id: int, text: str, answers_id: int | None,
    photo_ids: Sequence[int],
) -> None:  # fmt: skip
    speaks(world, me)
    post = seen_post(world, me, post_id)
    need(not post.withdrawn and not post.hidden)
    if post.author != me:
        shown = [one for one in world.channel.posts.values() if not one.withdrawn and not one.hidden]
        need(post.who_comments != "none")
        need(post.who_comments != "posters" or any(one.author == me for one in shown))
    root = None
    if answers_id is not None:
        answered = world.channel.comments.get(answers_id)
        if answered is None or answered.post != post_id or not may_see_comment(world, answered, me):
            raise No
        root = answered.root or answered.id
    world.channel.comments[new] = Comment(new, post_id, me, world.now, root, tuple(photo_ids))


def remove_comment(world: World, me: int, new: int, *, comment_id: int) -> None:
    comments = world.channel.comments
    said = comments.get(comment_id)
    if said is None or is_shut(world):
        raise No
    if said.author == me:
        erase_comment(world, said)
        return
    need(world.channel.posts[said.post].author == me and may_see_comment(world, said, me))
    said.removed = True


def erase_comment(world: World, said: Comment) -> None:
    """Words and photos go; its place stays while there are answers in its thread."""
    comments = world.channel.comments
    said.removed, said.erased, said.photos = True, True, ()
    if any(one.root == said.id for one in comments.values()):
        return
    del comments[said.id]
    if said.root in comments:
        root = comments[said.root]
        if root.erased and not any(one.root == root.id for one in comments.values()):
            del comments[root.id]


# --- Letters -----------------------------------------------------------------------------


def whose(world: World, persona_id: int) -> int:
    return next(who for who, one in world.channel.personas.items() if one.id == persona_id)


def stranger(world: World, me: int, persona_id: int) -> int:
    other = whose(world, persona_id)
    need(may_see_persona(world, other, me) and other != me)
    return other


def begun_by(world: World, starter: int, greeted: int) -> Exchange | None:
    for exchange in world.channel.exchanges.values():
        if (exchange.starter, exchange.greeted) == (starter, greeted):
            return exchange
    return None


def greet(world: World, me: int, new: int, *, persona_id: int, text: str, letter: int = 0) -> None:
    """Greet. :param letter: the id that the program gave to the words."""
    other = stranger(world, me, persona_id)
    speaks(world, me)
    theirs, mine = begun_by(world, other, me), begun_by(world, me, other)
    need(not any(one is not None and one.answered for one in (theirs, mine)))
    channel = world.channel
    if theirs is not None:
        theirs.declined_at, theirs.answered = None, True
        channel.letters[letter] = Letter(letter, theirs.id, me, world.now)
        return
    need(mine is None or world.now >= mine.started_at + PAUSE)
    exchange = mine or Exchange(new, me, other, world.now)
    exchange.started_at = world.now
    if exchange.declined_at is not None and world.now >= exchange.declined_at + PAUSE:
        exchange.declined_at = None
    channel.exchanges[exchange.id] = exchange
    channel.letters = {one.id: one for one in channel.letters.values() if one.exchange != exchange.id}
    channel.letters[letter] = Letter(letter, exchange.id, me, world.now, is_greeting=True)


def seen_exchange(world: World, me: int, exchange_id: int) -> Exchange:
    exchange = world.channel.exchanges.get(exchange_id)
    if exchange is None or not may_see_exchange(world, exchange, me):
        raise No
    return exchange


def write_letter(world: World, me: int, new: int, *, exchange_id: int, text: str) -> None:
    exchange = seen_exchange(world, me, exchange_id)
    speaks(world, me)
    need(exchange.answered or exchange.greeted == me)
    exchange.answered = True
    world.channel.letters[new] = Letter(new, exchange_id, me, world.now)


def decline(world: World, me: int, new: int, *, exchange_id: int) -> None:
    exchange = seen_exchange(world, me, exchange_id)
    need(exchange.greeted == me and not exchange.answered)
    exchange.declined_at = world.now


def erase_letter(world: World, me: int, new: int, *, letter_id: int) -> None:
    letter = world.channel.letters.get(letter_id)
    if letter is None or letter.author != me or is_shut(world):
        raise No
    exchange = world.channel.exchanges[letter.exchange]
    del world.channel.letters[letter_id]
    if not exchange.answered and exchange.declined_at is None:
        exchange.declined_at = world.now


def wish_to_know(world: World, me: int, new: int, *, exchange_id: int, on: bool) -> None:
    exchange = seen_exchange(world, me, exchange_id)
    if not on:
        exchange.wishes.pop(me, None)
        return
    speaks(world, me)
    other = exchange.greeted if me == exchange.starter else exchange.starter
    letters = [one for one in world.channel.letters.values() if one.exchange == exchange_id]
    wrote = {one.author for one in letters if not one.is_greeting}
    need(exchange.answered and {me, other} <= wrote)
    theirs = exchange.wishes.get(other)
    if theirs is not None and world.now < theirs + WISH_LIFE:
        become_friends(world, me, other)
        forget_wishes(world, me, other)
        world.told |= {(me, "accepted", other), (other, "accepted", me)}
        return
    mine = exchange.wishes.get(me)
    if mine is None or world.now >= mine + WISH_LIFE:
        exchange.wishes = {me: world.now}


def forget_wishes(world: World, one: int, two: int) -> None:
    for exchange in world.channel.exchanges.values():
        if {exchange.starter, exchange.greeted} == {one, two}:
            exchange.wishes.clear()


# --- Keeping apart --------------------------------------------------------------------------


def avoid(world: World, me: int, new: int, *, persona_id: int) -> None:
    other = stranger(world, me, persona_id)
    world.channel.avoids.add((me, other))
    forget_wishes(world, me, other)


def stop_avoiding(world: World, me: int, new: int, *, mark: int) -> None:
    other = whose(world, mark)
    need((me, other) in world.channel.avoids)
    world.channel.avoids.discard((me, other))


def hide_contacts(world: World, me: int, new: int, *, text: str) -> None:
    world.channel.hidden_numbers.setdefault(me, set()).add(text)


def forget_contacts(world: World, me: int, new: int) -> None:
    world.channel.hidden_numbers.pop(me, None)
