"""What may happen next, said by three numbers: who, and to what.

The numbers choose among what there is (modulo), so that every draw of hypothesis is a deed and
a smaller draw is a simpler story.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from tests.oracle.pair import Pair

T = TypeVar("T")
Move = Callable[[Pair, int, int, int], None]
Deed = tuple[str, int, int, int]
WINDOWS = ("all", "3d", "1m", "6m")
STEPS = (
    "ship_line", "deliver_line", "confirm_line", "cancel_line", "request_refund", "accept_refund",
    "refuse_refund", "refund_recalled",
)  # fmt: skip
AWHILE = (
    timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=5), timedelta(days=3), timedelta(days=28),
    timedelta(days=200),
)  # fmt: skip


def pick(some: Sequence[T], number: int) -> T | None:
    return some[number % len(some)] if some else None


def person(pair: Pair, number: int) -> int:
    people = list(pair.plain.people)
    return people[number % len(people)]


def circles_of(pair: Pair, owner: int, mask: int) -> list[int]:
    """Some of somebody's circles: those whose bit is set in `mask`."""
    mine = [circle.id for circle in pair.plain.circles.values() if circle.owner == owner]
    return [circle for place, circle in enumerate(mine) if mask >> place & 1]


def any_circle(pair: Pair, owner: int, number: int) -> int | None:
    """One of somebody's circles, or now and then of somebody else's."""
    mine = [circle.id for circle in pair.plain.circles.values() if circle.owner == owner]
    return pick(list(pair.plain.circles) if number % 7 == 6 else mine, number)


def share_of(pair: Pair, owner: int, number: int) -> int | None:
    mine = [share.id for share in pair.plain.shares.values() if share.author == owner]
    return pick(list(pair.plain.shares) if number % 7 == 6 else mine, number)


def listing(pair: Pair, number: int) -> int:
    return list(pair.plain.listings)[number % len(pair.plain.listings)]


# --- Ties ----------------------------------------------------------------------------------


def befriend(pair: Pair, a: int, b: int, c: int) -> None:
    pair.befriend(person(pair, a), person(pair, b)) if person(pair, a) != person(pair, b) else None


def make_up(pair: Pair, a: int, b: int, c: int) -> None:
    """Fall out, perhaps after not wanting to see each other's things, and be friends again."""
    me, other = person(pair, a), person(pair, b)
    if me == other:
        return
    if frozenset([me, other]) in pair.plain.friends and c % 4:
        pair.do("set_muted" if c % 4 == 1 else "set_hidden_from", me, other_id=other, on=True)
    pair.do("block" if c % 3 == 0 else "unfriend", me, other_id=other)
    if c % 3 == 0:
        pair.do("unblock", me, other_id=other)
    pair.befriend(other, me)
    for one, two in ((me, other), (other, me)):
        circle = any_circle(pair, one, 0)
        if circle is not None and frozenset([me, other]) in pair.plain.friends:
            pair.do("add_members", one, circle_id=circle, person_ids=[two])


def ask(pair: Pair, a: int, b: int, c: int) -> None:
    circle = any_circle(pair, person(pair, a), c) if c % 2 else None
    pair.do("request_friend", person(pair, a), recipient_id=person(pair, b), circle_id=circle)


def answer(pair: Pair, a: int, b: int, c: int) -> None:
    request = pick(list(pair.plain.requests.values()), a)
    if request is None:
        return
    who = request.recipient if b % 5 else person(pair, b)
    if c % 4 == 0:
        pair.do("decline_request", who, request_id=request.id)
    else:
        pair.do("accept_request", who, request_id=request.id, circle_ids=circles_of(pair, who, c))


def take_back(pair: Pair, a: int, b: int, c: int) -> None:
    request = pick(list(pair.plain.requests.values()), a)
    if request is not None:
        pair.do("withdraw_request", request.sender if b % 5 else person(pair, b), request_id=request.id)


def about(deed: str, *, flag: bool = False) -> Move:
    """A deed about another person."""

    def move(pair: Pair, a: int, b: int, c: int) -> None:
        me, other = person(pair, a), person(pair, b)
        if me != other:
            pair.do(deed, me, other_id=other, **({"on": c % 3 != 0} if flag else {}))

    return move


# --- Circles ---------------------------------------------------------------------------------


def create_circle(pair: Pair, a: int, b: int, c: int) -> None:
    pair.do(
        "create_circle", person(pair, a), name=f"C{b % 6}", window=WINDOWS[c % 4], weight=1 + c % 5,
        is_default=b % 2 == 0,
    )  # fmt: skip


def change_window(pair: Pair, a: int, b: int, c: int) -> None:
    circle = any_circle(pair, person(pair, a), b)
    if circle is not None:
        pair.do("change_circle", person(pair, a), circle_id=circle, window=WINDOWS[c % 4])


def rename(pair: Pair, a: int, b: int, c: int) -> None:
    circle = any_circle(pair, person(pair, a), b)
    if circle is not None:
        pair.do("change_circle", person(pair, a), circle_id=circle, name=f"C{c % 6}")


def delete_circle(pair: Pair, a: int, b: int, c: int) -> None:
    circle = any_circle(pair, person(pair, a), b)
    if circle is not None:
        pair.do("delete_circle", person(pair, a), circle_id=circle)


def include(pair: Pair, a: int, b: int, c: int) -> None:
    """Put somebody into a circle, of their friends for the most part."""
    me = person(pair, a)
    circle = any_circle(pair, me, b)
    friends = [one for one in pair.plain.people if frozenset([me, one]) in pair.plain.friends]
    other = person(pair, c) if c % 5 == 4 else pick(friends, c)
    if circle is not None and other is not None and other != me:
        pair.do("add_members", me, circle_id=circle, person_ids=[other])


def exclude(pair: Pair, a: int, b: int, c: int) -> None:
    circle = any_circle(pair, person(pair, a), b)
    if circle is not None:
        members = sorted(pair.plain.circles[circle].members)
        pair.do(
            "remove_member", person(pair, a), circle_id=circle, person_id=pick(members, c) or person(pair, c)
        )


# --- Standing ----------------------------------------------------------------------------------


def open_circles(pair: Pair, a: int, b: int, c: int) -> None:
    pair.do("open_circles", person(pair, a), text_version="1", surface="test")


def withdraw_consent(pair: Pair, a: int, b: int, c: int) -> None:
    pair.do("withdraw_consent", person(pair, a), surface="test")


def pause(pair: Pair, a: int, b: int, c: int) -> None:
    pair.do("pause" if b % 2 else "resume", person(pair, a))


def suspend(pair: Pair, a: int, b: int, c: int) -> None:
    pair.put(**{"suspended" if b % 2 else "back": person(pair, a)})


def take_back_by_staff(pair: Pair, a: int, b: int, c: int) -> None:
    share = pick(list(pair.plain.shares), a)
    if share is not None:
        pair.put(**{"taken_back" if b % 2 else "given_back": share})


def make_sensitive(pair: Pair, a: int, b: int, c: int) -> None:
    """Now and then, a shelf becomes one of which nothing is shown."""
    if a % 8 == 7:
        pair.put(sensitive="books")


def put_listing(fact: str) -> Move:
    """What is decided about a listing."""

    def move(pair: Pair, a: int, b: int, c: int) -> None:
        pair.put(**{fact: listing(pair, a)})

    return move


def roll_out(pair: Pair, a: int, b: int, c: int) -> None:
    pair.put(rollout=("all", "listed", "none")[a % 3])


def let_in(pair: Pair, a: int, b: int, c: int) -> None:
    pair.put(listed=person(pair, a))


def choose(pair: Pair, a: int, b: int, c: int) -> None:
    """Set what is done with what somebody buys."""
    pair.do(
        "set_sharing", person(pair, a), mode=("after_delivery", "ask", "off")[b % 3],
        hold=(timedelta(minutes=30), timedelta(minutes=3), timedelta(days=2), timedelta(minutes=1))[c % 4],
        excluded_categories=["books"] if c % 3 == 2 else [],
    )  # fmt: skip


def advance(pair: Pair, a: int, b: int, c: int) -> None:
    pair.advance(AWHILE[a % len(AWHILE)])


# --- Orders --------------------------------------------------------------------------------------


def buy(pair: Pair, a: int, b: int, c: int) -> None:
    pair.buy(person(pair, a), listing(pair, b))


def arrive(pair: Pair, a: int, b: int, c: int) -> None:
    pair.arrived(person(pair, a), listing(pair, b))


def move_line(pair: Pair, a: int, b: int, c: int) -> None:
    line = pick(list(pair.plain.lines), a)
    if line is not None:
        pair.move(line, STEPS[b % len(STEPS)])


def refund(pair: Pair, a: int, b: int, c: int) -> None:
    arrived = [line.id for line in pair.plain.lines.values() if line.status == "delivered"]
    line = pick(arrived, a)
    if line is not None:
        pair.move(line, "request_refund")
        pair.move(line, "accept_refund" if b % 3 else "refuse_refund")


def gift(pair: Pair, a: int, b: int, c: int) -> None:
    line = pick(list(pair.plain.lines), a)
    if line is not None:
        pair.gift(line, is_gift=b % 3 != 2)


# --- Shares and talk -------------------------------------------------------------------------------


def share_purchase(pair: Pair, a: int, b: int, c: int) -> None:
    line = pick(list(pair.plain.lines.values()), a)
    if line is not None:
        me = line.buyer if c % 5 else person(pair, c)
        pair.do("share_purchase", me, line_id=line.id, circle_ids=circles_of(pair, me, b), text=f"bought {c}")


def review(pair: Pair, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    photos = [pair.add_photo(me)] if c % 2 else []
    pair.do(
        "write_review", me, listing_id=listing(pair, b), rating=1 + c % 5, text=f"review {c}",
        circle_ids=circles_of(pair, me, b), to_everyone=c % 3 == 0, photo_ids=photos,
    )  # fmt: skip


def question(pair: Pair, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    about = listing(pair, b) if c % 2 else None
    pair.do("ask_question", me, text=f"question {c}", circle_ids=circles_of(pair, me, b), listing_id=about)


def tip(pair: Pair, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    photos = [pair.add_photo(me), pair.add_photo(me)] if c % 2 else []
    pair.do(
        "give_tip", me, text=f"tip {c}", circle_ids=circles_of(pair, me, b),
        listing_id=listing(pair, c) if c % 3 else None, photo_ids=photos,
    )  # fmt: skip


def on_share(deed: str) -> Move:
    """A deed on one of somebody's own shares."""

    def move(pair: Pair, a: int, b: int, c: int) -> None:
        share = share_of(pair, person(pair, a), b)
        if share is not None:
            pair.do(deed, person(pair, a), share_id=share)

    return move


def change_audience(pair: Pair, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    share = share_of(pair, me, b)
    if share is not None:
        pair.do(
            "change_audience", me, share_id=share, circle_ids=circles_of(pair, me, c), to_everyone=c % 4 == 3
        )


def change_past(pair: Pair, a: int, b: int, c: int) -> None:
    me = person(pair, a)
    pair.do(
        "change_past", me, action=("hide", "show", "audience")[b % 3],
        kinds=[["purchase"], ["review", "tip"]][c % 2] if c % 3 else None,
        before=pair.plain.now - timedelta(days=1) if c % 4 == 3 else None, circle_ids=circles_of(pair, me, b),
    )  # fmt: skip


def comment(pair: Pair, a: int, b: int, c: int) -> None:
    share = pick(list(pair.plain.shares), b)
    if share is not None:
        pair.do("comment", person(pair, a), share_id=share, text=f"comment {c}")


def delete_comment(pair: Pair, a: int, b: int, c: int) -> None:
    said = pick(list(pair.plain.comments.values()), b)
    if said is not None:
        pair.do("delete_comment", said.author if c % 2 else person(pair, a), comment_id=said.id)


def like(pair: Pair, a: int, b: int, c: int) -> None:
    share = pick(list(pair.plain.shares), b)
    if share is not None:
        pair.do("set_useful", person(pair, a), share_id=share, on=c % 4 != 0)


MOVES: dict[str, Move] = {
    "befriend": befriend, "make_up": make_up, "ask": ask, "answer": answer, "take_back": take_back,
    "unfriend": about("unfriend"), "block": about("block"), "unblock": about("unblock"),
    "mute": about("set_muted", flag=True), "hide_from": about("set_hidden_from", flag=True),
    "create_circle": create_circle, "change_window": change_window, "rename": rename,
    "delete_circle": delete_circle, "include": include, "exclude": exclude,
    "open_circles": open_circles, "withdraw_consent": withdraw_consent, "pause": pause, "suspend": suspend,
    "take_back_by_staff": take_back_by_staff, "make_sensitive": make_sensitive,
    "freeze": put_listing("suspected"), "take_down": put_listing("removed"),
    "recall": put_listing("recalled"), "release": put_listing("live"),
    "roll_out": roll_out, "let_in": let_in, "choose": choose, "advance": advance,
    "buy": buy, "arrive": arrive, "move_line": move_line, "refund": refund, "gift": gift,
    "share_purchase": share_purchase, "review": review, "question": question, "tip": tip,
    "hide": on_share("hide_share"), "show": on_share("show_share"), "delete": on_share("delete_share"),
    "change_audience": change_audience, "change_past": change_past,
    "comment": comment, "delete_comment": delete_comment, "like": like,
}  # fmt: skip


def play(pair: Pair, story: Sequence[Deed]) -> None:
    for name, a, b, c in story:
        MOVES[name](pair, a, b, c)
