"""Every read of the program, for every viewer, beside what the oracle says: equal, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest

from kith.core.clock import FOREVER
from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.core.paging import Page
from kith.sharing import queries
from kith.sharing.deliver import find_differences
from kith.sharing.models import Comment, Delivery, Like, Share, SharePhoto
from tests.oracle import evidence as known
from tests.oracle import notices
from tests.oracle import world as oracle
from tests.oracle.pair import Pair

WHY = "the test counts what there is"


def compare_everything(pair: Pair, *, closely: Collection[int]) -> None:
    """The deliveries, and what each viewer sees, signed in or not.

    :param closely: the people for whom every single read is compared; for the others, what may be seen.
    """
    compare_deliveries(pair)
    for who in [None, *pair.plain.people]:
        viewer = pair.viewer(who)
        compare_what_is_seen(pair, viewer)
        if who is None or who in closely:
            compare_reads(pair, viewer)


def compare_what_is_seen(pair: Pair, viewer: Viewer) -> None:
    """Through the rule itself: rows, and their number."""
    who, plain = viewer.person_id, pair.plain
    shown = Delivery.objects.visible_to(viewer).order_by("-visible_from", "-share_id")
    same("timeline", viewer, list(shown.values_list("share", flat=True)), oracle.feed(plain, who))
    seen = {share.id for share in plain.shares.values() if oracle.may_see_share(plain, share, who)}
    shares = Share.objects.visible_to(viewer)
    same("shares", viewer, set(shares.values_list("pk", flat=True)), seen)
    same("number of shares", viewer, shares.count(), len(seen))
    if who is not None:
        by_id = queries.sees(who, viewer.now, share_ids=list(plain.shares))
        same("shares, from ids alone", viewer, by_id, seen)
    comments = {said.id for said in plain.comments.values() if oracle.may_see_comment(plain, said, who)}
    same("comments", viewer, set(Comment.objects.visible_to(viewer).values_list("pk", flat=True)), comments)
    likes = {
        (share, person)
        for share, person in plain.likes
        if share in seen and not oracle.is_blocked(plain, who, person)
    }
    same("likes", viewer, set(Like.objects.visible_to(viewer).values_list("share", "person")), likes)
    photos = SharePhoto.objects.visible_to(viewer).values_list("photo", flat=True)
    same("photos", viewer, set(photos), oracle.photos(plain, who))


def compare_reads(pair: Pair, viewer: Viewer) -> None:
    """Every query that pages and the API ask."""
    compare_feeds(pair, viewer)
    compare_shares(pair, viewer)
    compare_comments(pair, viewer)
    compare_evidence(pair, viewer)
    compare_merchants(pair, viewer)
    compare_photos(pair, viewer)
    if viewer.is_known:
        compare_own(pair, viewer)


def same(what: str, viewer: Viewer | None, found: object, ought: object) -> None:
    who = "" if viewer is None else f" of {viewer.person_id}"
    assert found == ought, f"{what}{who}: the program says {found}, the oracle {ought}"


# --- Deliveries ------------------------------------------------------------------------


def compare_deliveries(pair: Pair) -> None:
    """The rows are exact: by the program's own check, and by the oracle's loops."""
    same("find_differences", None, find_differences(), [])
    rows = Delivery.objects.unguarded(WHY).values_list(
        "viewer", "share", "author", "kind", "listing", "merchant", "outcome", "rating", "visible_from",
        "visible_until",
    )  # fmt: skip
    found = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    ought = {}
    for (viewer, share_id), until in oracle.deliveries(pair.plain).items():
        share = pair.plain.shares[share_id]
        merchant = known.merchant_of(pair.plain, share_id)
        ought[viewer, share_id] = (
            share.author, share.kind, share.listing, merchant, share.outcome, share.rating,
            share.visible_from, until or FOREVER,
        )  # fmt: skip
    same("deliveries", None, found, ought)


# --- Lists ------------------------------------------------------------------------------


def ids(read: Callable[..., Page[Any]], viewer: Viewer, size: int = 2, **what: Any) -> list[int]:
    """The ids on all pages of a list, one after the other: nothing twice, nothing left out."""
    found: list[int] = []
    cursor: str | None = None
    for _ in range(200):
        page = read(viewer, cursor=cursor, size=size, **what)
        found += [item.id for item in page.items]
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


def compare_feeds(pair: Pair, viewer: Viewer) -> None:
    who = viewer.person_id
    ought = oracle.feed(pair.plain, who)
    same("feed, two at a time", viewer, ids(queries.circle_feed, viewer), ought)
    page = queries.circle_feed(viewer, size=100)
    same("feed", viewer, [card.id for card in page.items], ought)
    for card in page.items:
        compare_card(pair, viewer, card)
    assert page.since is not None
    same("new things", viewer, queries.count_new(viewer, since=page.since), 0)
    beyond = queries.circle_feed(viewer, size=1).next
    if beyond is not None:
        same("new since the first", viewer, queries.count_new(viewer, since=beyond), 0)
    compare_narrowed_feeds(pair, viewer)


def compare_narrowed_feeds(pair: Pair, viewer: Viewer) -> None:
    who = viewer.person_id
    for kind in ("purchase", "review", "question", "tip"):
        found = ids(queries.circle_feed, viewer, 5, kind=kind)
        same(f"feed of {kind}", viewer, found, oracle.feed(pair.plain, who, kind=kind))
    for circle in pair.plain.circles.values():
        if circle.owner == who:
            found = ids(queries.circle_feed, viewer, circle_id=circle.id)
            same("feed of a circle", viewer, found, oracle.feed(pair.plain, who, circle=circle.id))
        else:
            refused(queries.circle_feed, viewer, circle_id=circle.id)
    for author in pair.plain.people:
        found = ids(queries.shares_of, viewer, 5, person_id=author)
        same(f"shares of {author}", viewer, found, oracle.shares_of(pair.plain, who, author))


def refused(read: Callable[..., object], viewer: Viewer, **what: Any) -> None:
    """What may not be seen is answered as what does not exist."""
    with pytest.raises(NotThere):
        read(viewer, **what)


def compare_own(pair: Pair, viewer: Viewer) -> None:
    me = viewer.person_id or 0
    for state in (None, "held", "shown", "withdrawn"):
        found = ids(queries.my_shares, viewer, 5, state=state)
        same(f"my shares ({state})", viewer, found, oracle.my_shares(pair.plain, me, state))
    for card in queries.my_shares(viewer, size=100).items:
        compare_card(pair, viewer, card)
    compare_notices(pair, viewer)


# --- Single fetches ------------------------------------------------------------------------


def compare_shares(pair: Pair, viewer: Viewer) -> None:
    """Each share by itself."""
    who, plain = viewer.person_id, pair.plain
    for share in plain.shares.values():
        if oracle.may_see_share(plain, share, who):
            compare_card(pair, viewer, queries.get_card(viewer, share_id=share.id))
        else:
            refused(queries.get_card, viewer, share_id=share.id)
            refused(queries.comments_of, viewer, share_id=share.id)


def compare_card(pair: Pair, viewer: Viewer, card: Any) -> None:
    """What a card says."""
    who, plain = viewer.person_id, pair.plain
    share = plain.shares[card.id]
    likes = oracle.likes_of(plain, share.id, who)
    found = {
        "author": card.author.id, "kind": card.kind, "text": card.text, "outcome": card.outcome,
        "correction": (card.correction.state, card.correction.since) if card.correction else None,
        "on sale": card.thing.on_sale if card.thing else None,
        "rating": card.rating, "listing": card.thing.listing_id if card.thing else None,
        "comments": card.comments, "likes": card.likes, "liked": card.liked,
        "photos": tuple(photo.id for photo in card.photos), "mine": card.is_mine,
        "circles": set(card.audience.circles),
    }  # fmt: skip
    ought = {
        "author": share.author, "kind": share.kind, "text": share.text,
        "outcome": oracle.came_to(plain, share), "correction": oracle.correction(plain, share),
        "on sale": None if share.listing is None else not plain.listings[share.listing].held,
        "rating": share.rating, "listing": share.listing,
        "comments": len(oracle.comments_of(plain, share.id, who)), "likes": len(likes), "liked": who in likes,
        "photos": share.photos, "mine": who == share.author,
        "circles": own_circles(plain, share) if who == share.author else set(),
    }  # fmt: skip
    same(f"card of {share.id}", viewer, found, ought)
    if share.kind == "purchase":
        same("when it was bought", viewer, (card.when, card.when_precision), (share.month, "month"))


def own_circles(plain: oracle.World, share: oracle.Share) -> set[tuple[str, int]]:
    """The circles of an audience, each with how many of it the author does not hide from."""
    hidden = {whom for who, whom in plain.hides if who == share.author}
    held = [plain.circles[circle] for circle in share.audience]
    return {(circle.name, len(circle.members - hidden)) for circle in held}


def compare_comments(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    for share in plain.shares.values():
        if oracle.may_see_share(plain, share, who):
            found = ids(queries.comments_of, viewer, share_id=share.id)
            same(f"comments on {share.id}", viewer, found, oracle.comments_of(plain, share.id, who))


def compare_photos(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    ought = oracle.photos(plain, who)
    for share in plain.shares.values():
        for photo in share.photos:
            if photo in ought:
                same("photo", viewer, queries.find_shared_photo(viewer, photo_id=photo).pk, photo)
            else:
                refused(queries.find_shared_photo, viewer, photo_id=photo)


# --- Evidence ----------------------------------------------------------------------------------


def compare_evidence(pair: Pair, viewer: Viewer) -> None:
    who, plain = viewer.person_id, pair.plain
    several = queries.evidence_for_listings(viewer, listing_ids=list(plain.listings))
    for listing in plain.listings:
        ought = known.listing_evidence(plain, listing, who)
        evidence = queries.listing_evidence(viewer, listing_id=listing)
        compare_tally(viewer, evidence, ought, oracle.feed(plain, who), plain, listing)
        counted = several.get(listing)
        same("evidence of many", viewer, counted is not None, bool(ought.purchases or ought.stars))
        if counted is not None:
            same("evidence of many", viewer, counted, evidence.tally)
        compare_public(pair, viewer, listing)
    for merchant in {listing.merchant for listing in plain.listings.values()}:
        ought = known.merchant_evidence(plain, merchant, who)
        evidence = queries.merchant_evidence(viewer, merchant_id=merchant)
        same("evidence of a merchant", viewer, plain_tally(evidence.tally), tally(ought))


def compare_tally(
    viewer: Viewer, evidence: Any, ought: known.Tally, feed: list[int], plain: oracle.World, listing: int
) -> None:
    same(f"evidence of {listing}", viewer, plain_tally(evidence.tally), tally(ought))
    same("faces", viewer, {face.id for face in evidence.faces}, ought.people)
    for person in evidence.people:
        theirs = [
            one
            for one in feed
            if plain.shares[one].listing == listing and plain.shares[one].author == person.face.id
        ]
        counts = (person.purchases, person.kept, person.returned, person.removed)
        same(f"evidence by {person.face.id}", viewer, counts, tally(known.count(plain, theirs))[1:5])
    reviews = [
        one for one in feed if plain.shares[one].listing == listing and plain.shares[one].kind == "review"
    ]
    same("circle reviews", viewer, [card.id for card in evidence.reviews], reviews)


def plain_tally(found: Any) -> tuple[object, ...]:
    mean = None if found.mean_rating is None else round(found.mean_rating, 6)
    return (found.people, found.purchases, found.kept, found.returned, found.removed, found.ratings, mean)


def tally(ought: known.Tally) -> tuple[object, ...]:
    mean = round(sum(ought.stars) / len(ought.stars), 6) if ought.stars else None
    return (
        len(ought.people), ought.purchases, ought.kept, ought.returned, ought.removed, len(ought.stars), mean,
    )  # fmt: skip


def compare_merchants(pair: Pair, viewer: Viewer) -> None:
    """The ranking holds exactly the merchants that the viewer's circles know, with the oracle's counts."""
    who, plain = viewer.person_id, pair.plain
    ranked = queries.trusted_merchants(viewer)
    same("trusted", viewer, {one.merchant_id for one in ranked}, known.merchants_known(plain, who))
    same("order", viewer, [one.score for one in ranked], sorted((one.score for one in ranked), reverse=True))
    for one in ranked:
        ought = known.merchant_evidence(plain, one.merchant_id, who)
        same("trusted: counts", viewer, plain_tally(one.tally), tally(ought))
        back = ought.returned >= 2 and ought.returned * 2 >= ought.purchases
        same("trusted: be careful", viewer, one.level == "careful", bool(ought.removed) or back)
        same("trusted: faces", viewer, {face.id for face in one.faces}, ought.people)
        repeated = known.repeat_buyers(plain, one.merchant_id, who)
        same("trusted: repeat buyers", viewer, one.repeat_buyers, repeated)


def compare_notices(pair: Pair, viewer: Viewer) -> None:
    ought = notices.notices(pair.plain, viewer.person_id or 0)
    found: list[tuple[str, int]] = []
    cursor: str | None = None
    while True:
        page = queries.notices_of(viewer, cursor=cursor, size=3)
        found += [(notice.kind, notice.subject) for notice in page.items]
        cursor = page.next
        if cursor is None:
            break
    same("notices", viewer, sorted(found), sorted(ought))
    same("unread notices", viewer, queries.unread_notices(viewer), len(ought))
    asked = {line.pk for line in queries.lines_to_ask_about(viewer)}
    same("lines to ask about", viewer, asked, notices.lines_to_ask_about(pair.plain, viewer.person_id or 0))


def compare_public(pair: Pair, viewer: Viewer, listing: int) -> None:
    ought = oracle.public_reviews(pair.plain, listing, viewer.person_id)
    found = ids(queries.public_reviews, viewer, listing_id=listing)
    same("public reviews", viewer, found, ought)
    summary = queries.public_summary(viewer, listing_id=listing)
    stars = [pair.plain.shares[share].rating or 0 for share in ought]
    mean = sum(stars) / len(stars) if stars else None
    same("public summary", viewer, (summary.count, summary.mean), (len(ought), mean))
