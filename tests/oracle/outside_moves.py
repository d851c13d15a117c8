"""What may happen next outside, said by three numbers, as `moves` says it of the circle side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.oracle.both_sides import HOME, BothSides
from tests.oracle.moves import MOVES as INSIDE
from tests.oracle.moves import Deed, person, pick

TOPICS = ("meet", "food")
STATES = ("all", "all", "listed", "none", "closed", "winding_down")


def persona(pair: BothSides, a: int, b: int, c: int) -> None:
    """Go outside, for the first time or again."""
    me = person(pair, a)
    agreed: dict[str, Any] = {"text_version": "1", "surface": "test"}
    if me in pair.plain.channel.personas:
        pair.go("go_outside", me, **agreed)
    else:
        name = f"Wanderer {next(pair.numbers)}"
        pair.go("make_persona", me, **agreed, name=name, region=HOME[b % len(HOME)])


def leave(pair: BothSides, a: int, b: int, c: int) -> None:
    pair.go("leave", person(pair, a), surface="test")


def post(pair: BothSides, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    pair.go(
        "write_post", me, topic=TOPICS[b % 2], text=f"Post number {next(pair.numbers)}",
        region=None if c % 2 else HOME[c % len(HOME)],
        photo_ids=[pair.add_outside_photo(me)] if b % 3 == 0 else [],
        who_comments=("all", "all", "posters", "none")[c % 4],
    )  # fmt: skip


def a_post(pair: BothSides, number: int) -> int | None:
    return pick(list(pair.plain.channel.posts), number)


def by_author(pair: BothSides, post_id: int, number: int, otherwise: int) -> int:
    """The author of a post, or now and then somebody else."""
    return person(pair, otherwise) if number % 5 == 4 else pair.plain.channel.posts[post_id].author


def delete_post(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, a)
    if found is not None:
        pair.go("delete_post", by_author(pair, found, b, c), post_id=found)


def withdraw_post(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, a)
    if found is not None:
        pair.go("set_withdrawn", by_author(pair, found, b, c), post_id=found, on=c % 2 == 0)


def choose_who_comments(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, a)
    if found is not None:
        pair.go(
            "set_who_comments",
            by_author(pair, found, b, c),
            post_id=found,
            who=("all", "posters", "none")[c % 3],
        )


def hide_post(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, a)
    if found is not None:
        pair.hide_post(found, hidden=b % 2 == 0)


def put_away(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, b)
    if found is not None:
        pair.go("set_away", person(pair, a), post_id=found, on=c % 3 != 0)


def follow(pair: BothSides, a: int, b: int, c: int) -> None:
    pair.go("follow_topic", person(pair, a), topic=TOPICS[b % 2], on=c % 4 != 0)


def like(pair: BothSides, a: int, b: int, c: int) -> None:
    found = a_post(pair, b)
    if found is not None:
        pair.go("set_liked", person(pair, a), post_id=found, on=c % 4 != 0)


def say(pair: BothSides, a: int, b: int, c: int) -> None:
    """Say something under a post, every other time in answer."""
    found = a_post(pair, b)
    if found is None:
        return
    me = person(pair, a)
    said = [one.id for one in pair.plain.channel.comments.values() if one.post == found]
    pair.go(
        "comment", me, post_id=found, text=f"Comment number {next(pair.numbers)}",
        answers_id=pick(said, c) if c % 2 else None,
        photo_ids=[pair.add_outside_photo(me)] if c % 5 == 0 else [],
    )  # fmt: skip


def unsay(pair: BothSides, a: int, b: int, c: int) -> None:
    said = pick(list(pair.plain.channel.comments.values()), b)
    if said is not None:
        author = pair.plain.channel.posts[said.post].author
        who = (said.author, author, person(pair, a))[c % 3]
        pair.go("remove_comment", who, comment_id=said.id)


# --- Two of them ----------------------------------------------------------------------------


def other_persona(pair: BothSides, me: int, number: int) -> int | None:
    others = [one.id for who, one in pair.plain.channel.personas.items() if who != me or number % 9 == 8]
    return pick(others, number)


def greet(pair: BothSides, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    found = other_persona(pair, me, b)
    if found is not None:
        pair.go("greet", me, persona_id=found, text=f"Hello number {next(pair.numbers)}")


def an_end(pair: BothSides, number: int, who: int) -> tuple[int, int] | None:
    """An exchange and one of its ends, or now and then somebody else."""
    found = pick(list(pair.plain.channel.exchanges.values()), number)
    if found is None:
        return None
    return found.id, (found.greeted, found.starter, found.greeted, person(pair, who))[who % 4]


def write(pair: BothSides, a: int, b: int, c: int) -> None:
    end = an_end(pair, a, b)
    if end is not None:
        pair.go("write_letter", end[1], exchange_id=end[0], text=f"Letter number {next(pair.numbers)}")


def decline(pair: BothSides, a: int, b: int, c: int) -> None:
    end = an_end(pair, a, b)
    if end is not None:
        pair.go("decline", end[1], exchange_id=end[0])


def erase_letter(pair: BothSides, a: int, b: int, c: int) -> None:
    letter = pick(list(pair.plain.channel.letters.values()), a)
    if letter is not None:
        pair.go("erase_letter", letter.author if b % 4 else person(pair, c), letter_id=letter.id)


def wish(pair: BothSides, a: int, b: int, c: int) -> None:
    end = an_end(pair, a, b)
    if end is not None:
        pair.go("wish_to_know", end[1], exchange_id=end[0], on=c % 5 != 0)


def come_to_know(pair: BothSides, a: int, b: int, c: int) -> None:
    """The whole way from a greeting to friends."""
    me = person(pair, a)
    found = other_persona(pair, me, b)
    if found is None:
        return
    made = pair.go("greet", me, persona_id=found, text=f"Hello number {next(pair.numbers)}")
    exchange = pair.plain.channel.exchanges.get(made)
    if exchange is None:
        return
    for who in (exchange.greeted, exchange.starter):
        pair.go("write_letter", who, exchange_id=made, text=f"Letter number {next(pair.numbers)}")
    for who in (exchange.starter, exchange.greeted):
        if c % 3:
            pair.go("wish_to_know", who, exchange_id=made, on=True)


def avoid(pair: BothSides, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    found = other_persona(pair, me, b)
    if found is not None:
        pair.go("avoid" if c % 3 else "stop_avoiding", me, **{"persona_id" if c % 3 else "mark": found})


def hide_number(pair: BothSides, a: int, b: int, c: int) -> None:
    """Hide from somebody's number, perhaps one that they have no more."""
    me, other = person(pair, a), person(pair, b)
    if me == other:
        return
    if c % 6 == 5:
        pair.go("forget_contacts", me)
        return
    pair.go("hide_contacts", me, text=pair.plain.channel.phones[other])


def change_number(pair: BothSides, a: int, b: int, c: int) -> None:
    pair.change_number(person(pair, a))


# --- The house --------------------------------------------------------------------------------


def open_channel(pair: BothSides, a: int, b: int, c: int) -> None:
    pair.put_channel(STATES[a % len(STATES)])


def let_in(pair: BothSides, a: int, b: int, c: int) -> None:
    pair.list_for_channel(person(pair, a))


def close_persona(pair: BothSides, a: int, b: int, c: int) -> None:
    who = pick(list(pair.plain.channel.personas), a)
    if who is not None:
        pair.close_persona(who, closed=b % 2 == 0)


OUTSIDE = {
    "persona": persona, "leave": leave, "post": post, "delete_post": delete_post,
    "withdraw_post": withdraw_post, "choose_who_comments": choose_who_comments, "hide_post": hide_post,
    "put_away": put_away, "follow_topic": follow, "like_post": like, "say": say, "unsay": unsay,
    "greet": greet, "write": write, "decline_greeting": decline, "erase_letter": erase_letter, "wish": wish,
    "come_to_know": come_to_know, "avoid": avoid, "hide_number": hide_number, "change_number": change_number,
    "open_channel": open_channel, "let_in_outside": let_in, "close_persona": close_persona,
}  # fmt: skip


def play_both(pair: BothSides, story: Sequence[Deed]) -> None:
    for name, a, b, c in story:
        (OUTSIDE.get(name) or INSIDE[name])(pair, a, b, c)
