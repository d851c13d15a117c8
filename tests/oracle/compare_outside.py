"""Every read of the strangers' channel, for every viewer, beside what the oracle says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kith.core.guard import Viewer
from kith.strangers import queries
from kith.strangers.models import Exchange, Letter, OutsidePhoto, Persona, Post, PostComment, Reaction
from tests.oracle import outside as oracle
from tests.oracle.compare import ids, refused, same
from tests.oracle.pair import Pair
from tests.oracle.towns import Town

TOPICS = ("meet", "food")


def compare_outside(pair: Pair, *, closely: Collection[int]) -> None:
    """What each viewer may see, signed in or not.

    :param closely: the people for whom every single read is compared.
    """
    for who in [None, *pair.plain.people]:
        viewer = pair.viewer(who)
        compare_rows(pair, viewer)
        if who in closely:
            compare_lists(pair, viewer)
            compare_posts(pair, viewer)
            compare_letters(pair, viewer)
            compare_people(pair, viewer)


def compare_rows(pair: Pair | Town, viewer: Viewer) -> None:
    """Through the rule itself."""
    who, plain = viewer.person_id, pair.plain
    posts = Post.objects.visible_to(viewer)
    same("posts", viewer, set(posts.values_list("pk", flat=True)), oracle.posts(plain, who))
    same("number of posts", viewer, posts.count(), len(oracle.posts(plain, who)))
    personas = Persona.objects.visible_to(viewer).values_list("pk", flat=True)
    same("personas", viewer, set(personas), oracle.personas(plain, who))
    said = PostComment.objects.visible_to(viewer).values_list("pk", flat=True)
    same("comments outside", viewer, set(said), oracle.comments(plain, who))
    liked = Reaction.objects.visible_to(viewer).filter(liked_at__isnull=False)
    likes = {like for like in plain.channel.likes if oracle.may_see_like(plain, like, who)}
    same("likes outside", viewer, set(liked.values_list("post", "person")), likes)
    photos = OutsidePhoto.objects.visible_to(viewer).values_list("photo", flat=True)
    same("photos outside", viewer, set(photos), oracle.photos(plain, who))
    exchanges = Exchange.objects.visible_to(viewer).values_list("pk", flat=True)
    same("exchanges", viewer, set(exchanges), oracle.exchanges(plain, who))
    letters = Letter.objects.visible_to(viewer).values_list("pk", flat=True)
    same("letters", viewer, set(letters), oracle.letters(plain, who))


# --- The home page ---------------------------------------------------------------------


def compare_lists(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    same("newest", viewer, ids(queries.newest, viewer, 3), oracle.newest(plain, who))
    for topic in TOPICS:
        found = ids(queries.newest, viewer, 3, topic=topic)
        same(f"newest of {topic}", viewer, found, oracle.newest(plain, who, topic))
    same("near", viewer, ids(queries.near, viewer, 3), oracle.near(plain, who))
    same("topics I follow", viewer, ids(queries.followed, viewer, 3), oracle.followed(plain, who))
    for size in (2, 20):
        hot = ids(queries.hot, viewer, size)
        same("hot, whole", viewer, sorted(hot), sorted(oracle.listed_posts(plain, who)))
    first = [card.author.id for card in queries.hot(viewer, size=20).items]
    several = len(oracle.listed_posts(plain, who)) > len(first)
    if several:
        assert max(map(first.count, first)) <= 2, f"hot{who}: one author three times in the first twenty"
    for card in queries.newest(viewer, size=100).items:
        compare_card(pair, viewer, card)
    for post in plain.channel.posts.values():
        found = ids(queries.search_posts, viewer, 5, query=post.text)
        same("found by its words", viewer, post.id in found, post.id in oracle.listed_posts(plain, who))


def compare_card(pair: Pair, viewer: Viewer, card: Any) -> None:
    who, plain = viewer.person_id, pair.plain
    post = plain.channel.posts[card.id]
    likes = oracle.likes_of(plain, post.id, who)
    found = {
        "author": card.author.id, "text": card.text, "comments": card.comments, "likes": card.likes,
        "liked": card.liked, "photos": tuple(photo.id for photo in card.photos), "mine": card.is_mine,
    }  # fmt: skip
    ought = {
        "author": plain.channel.personas[post.author].id, "text": post.text,
        "comments": len(oracle.comments_of(plain, post.id, who)), "likes": len(likes), "liked": who in likes,
        "photos": post.photos, "mine": who == post.author,
    }  # fmt: skip
    same(f"post {post.id}", viewer, found, ought)


# --- One post, one persona, one exchange ---------------------------------------------------


def compare_posts(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    seen = oracle.posts(plain, who)
    shown = oracle.photos(plain, who)
    for post in plain.channel.posts.values():
        if post.id in seen:
            compare_card(pair, viewer, queries.get_post(viewer, post_id=post.id))
            same("thread", viewer, threads(viewer, post.id), oracle.comments_of(plain, post.id, who))
        else:
            refused(queries.get_post, viewer, post_id=post.id)
            refused(queries.threads, viewer, post_id=post.id)
        for photo in post.photos:
            if photo in shown:
                same("photo", viewer, queries.find_outside_photo(viewer, photo_id=photo)[0].pk, photo)
            else:
                refused(queries.find_outside_photo, viewer, photo_id=photo)


def threads(viewer: Viewer, post_id: int) -> set[int]:
    """The ids of all that can be read under a post; an empty place holds no words and is none of them."""
    found: set[int] = set()
    cursor = None
    while True:
        page = queries.threads(viewer, post_id=post_id, cursor=cursor, size=2)
        for thread in page.items:
            found |= {thread.comment.id} if thread.comment.text else set()
            found |= set(ids(queries.answers, viewer, comment_id=thread.comment.id))
        cursor = page.next
        if cursor is None:
            return found


def compare_people(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    seen = oracle.personas(plain, who)
    for whose, persona in plain.channel.personas.items():
        if persona.id in seen:
            same("persona", viewer, queries.get_persona(viewer, persona_id=persona.id).face.id, persona.id)
            queries.safety_card(viewer, persona_id=persona.id)
        else:
            refused(queries.get_persona, viewer, persona_id=persona.id)
            refused(queries.safety_card, viewer, persona_id=persona.id)
        if whose != who and persona.id in seen:
            ought = [one for one in oracle.newest(plain, who) if plain.channel.posts[one].author == whose]
            found = ids(queries.posts_of, viewer, 3, persona_id=persona.id)
            away = {post for someone, post in plain.channel.away if someone == who}
            same("posts of one", viewer, [one for one in found if one not in away], ought)


def compare_letters(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    seen = oracle.exchanges(plain, who)
    for exchange in plain.channel.exchanges.values():
        if exchange.id in seen:
            found = ids(queries.letters_of, viewer, exchange_id=exchange.id)
            ought = {one.id for one in plain.channel.letters.values() if one.exchange == exchange.id}
            same("letters of an exchange", viewer, set(found), ought)
        else:
            refused(queries.get_exchange, viewer, exchange_id=exchange.id)
            refused(queries.letters_of, viewer, exchange_id=exchange.id)
    listed: set[int] = set()
    for box in ("open", "greetings", "sent"):
        listed |= set(ids(queries.exchanges, viewer, box=box))
    begun = {one.exchange for one in plain.channel.letters.values()}
    answered = {one.id for one in plain.channel.exchanges.values() if one.answered}
    same("boxes", viewer, listed, seen & (begun | answered))
    for notice in queries.outside_notices(viewer, size=100).items:
        compare_notice(pair, viewer, notice)


def compare_notice(pair: Pair, viewer: Viewer, notice: Any) -> None:
    """A notice leads only to what may be seen, and names only whom one may meet."""
    who, plain = viewer.person_id, pair.plain
    leads = (
        (notice.post_id, oracle.posts(plain, who)),
        (notice.comment_id, oracle.comments(plain, who)),
        (notice.exchange_id, oracle.exchanges(plain, who)),
        (notice.actor and notice.actor.id, oracle.personas(plain, who)),
    )
    for to, seen in leads:
        assert to is None or to in seen, f"a notice ({notice.kind}) leads {who} to what they may not see"
