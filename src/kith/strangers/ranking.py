"""The order under Hot (docs/explanation/hot.md).

A post's heat falls by half every day. What is left of it at the instant t is

    weight * 2 ** -((t - written) / half-life)

whose logarithm is `rank` less t: so the order of two posts is the same at every instant, each post
keeps its rank until somebody reacts to it, and an index serves the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log2

from django.db import transaction
from django.db.models import Case, Count, F, FloatField, Min, Sum, When

from kith.core.batches import in_batches
from kith.strangers.models import Persona, Post, PostComment, Reaction

WEIGHING = "adds up what everybody's reactions count; no reader is told of one"
HALF_LIFE = timedelta(days=1)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

NEWCOMER = 0.25
"""What a reaction of somebody counts whose persona was made this instant."""
RIPE = timedelta(days=14)
"""From this age on it counts in full."""
UNCONFIRMED = 0.5
"""Without a telephone that is confirmed it counts only so much."""
COMMENTED = 2.0
"""Somebody who has said something counts this often."""
PAIR = timedelta(days=30)
"""For so long each further reaction of one person to the same author counts half of the one before."""
RISK = 0.9
"""So much of its heat a text of the highest risk loses."""
REPORTS_TO_HALVE = 2
"""So many open reports halve a post's heat."""
FINEST = 1 / 1024
"""Worths are multiples of this, so that their sum is the same in whatever order it is taken."""
BATCH = 500


def rank_of(written: datetime, weight: float) -> float:
    """The place under Hot: in hours, the higher the nearer the top."""
    return (HALF_LIFE / timedelta(hours=1)) * log2(weight) + (written - EPOCH) / timedelta(hours=1)


def weight_of(reactions: float, *, risk: float, open_reports: int) -> float:
    """The heat of a post when it was new. 1 if nobody has reacted; never 0."""
    return (1 + reactions) * (1 - RISK * min(max(risk, 0), 1)) / (1 + open_reports / REPORTS_TO_HALVE)


def place(post: Post, *, reactions: float = 0) -> None:
    """Write a post's weight and rank into it, without saving."""
    post.weight = weight_of(reactions, risk=post.risk, open_reports=post.open_reports)
    post.rank = rank_of(post.created_at, post.weight)


# --- What one reaction counts -------------------------------------------------------


def standing_of(persona: Persona, *, confirmed: bool, now: datetime) -> float:
    """How much somebody's word weighs, 0 to 1: age of the persona, telephone, upheld complaints."""
    ripeness = min(max((now - persona.created_at) / RIPE, 0.0), 1.0)
    age = NEWCOMER + (1 - NEWCOMER) * ripeness
    return float(age * (1 if confirmed else UNCONFIRMED) / (1 + persona.upheld))


def worth_of(person_id: int, *, post: Post, now: datetime) -> float:
    """What a reaction of somebody to a post counts, if it is made now. One's own to one's own: nothing."""
    if person_id == post.author_id:
        return 0
    persona = Persona.objects.unguarded(WEIGHING).select_related("person").filter(person=person_id).first()
    if persona is None:
        return 0
    standing = standing_of(persona, confirmed=persona.person.phone_verified, now=now)
    pair = Reaction.objects.unguarded(WEIGHING).filter(person=person_id, post_author=post.author_id)
    earlier = pair.filter(at__gt=now - PAIR, at__lte=now).exclude(post=post).count()
    worth: float = round(standing / 2**earlier / FINEST) * FINEST
    return worth


# --- Keeping it ---------------------------------------------------------------------


@transaction.atomic
def reweigh(post_ids: Collection[int]) -> None:
    """Put right the reactions, weight and rank of some posts, after anything about them has changed.

    Says anew how many comments each person has there; whoever neither likes it nor says anything any
    more has no reaction. Exact, whatever happened before: it starts from the rows.
    """
    for some in in_batches(sorted(set(post_ids)), BATCH):
        held = Post.objects.unguarded(WEIGHING).filter(pk__in=some).order_by("pk")
        posts = list(held.select_for_update(no_key=True))
        _recount(posts)
        sums = _sums(some)
        moved = [post for post in posts if _moves(post, sums.get(post.pk, 0.0))]
        Post.objects.unguarded(WEIGHING).bulk_update(moved, ["weight", "rank"])


def _moves(post: Post, reactions: float) -> bool:
    before = (post.weight, post.rank)
    place(post, reactions=reactions)
    return before != (post.weight, post.rank)


def _recount(posts: Collection[Post]) -> None:
    """Let each reaction know how many comments of that person stand there."""
    by_id = {post.pk: post for post in posts}
    said = _said(by_id)
    rows = Reaction.objects.unguarded(WEIGHING)
    known = set()
    for reaction in rows.filter(post__in=by_id):
        who = (reaction.post_id, reaction.person_id)
        known.add(who)
        number = said[who].number if who in said else 0
        if not number and reaction.liked_at is None:
            reaction.delete()
        elif number != reaction.comments:
            rows.filter(pk=reaction.pk).update(comments=number)
    Reaction.objects.bulk_create(
        _reaction(by_id[post_id], person_id, what)
        for (post_id, person_id), what in said.items()
        if (post_id, person_id) not in known
    )


@dataclass(frozen=True, slots=True)
class Said:
    """How many comments of one person stand under a post, and since when."""

    number: int
    since: datetime


def _said(post_ids: Collection[int]) -> dict[tuple[int, int], Said]:
    rows = PostComment.objects.unguarded(WEIGHING).filter(post__in=list(post_ids), removed_at=None)
    counted = rows.order_by().values_list("post", "author").annotate(Count("pk"), Min("at"))
    return {(post, author): Said(number, since) for post, author, number, since in counted}


def _reaction(post: Post, person_id: int, said: Said) -> Reaction:
    return Reaction(
        post=post,
        post_author_id=post.author_id,
        person_id=person_id,
        comments=said.number,
        worth=worth_of(person_id, post=post, now=said.since),
        at=said.since,
    )


def _sums(post_ids: Collection[int]) -> dict[int, float]:
    """What the reactions of each post add up to. Nobody heats up their own."""
    rows = Reaction.objects.unguarded(WEIGHING).filter(post__in=list(post_ids))
    counts = Case(
        When(comments__gt=0, then=F("worth") * COMMENTED), default=F("worth"), output_field=FloatField()
    )
    others = rows.exclude(person=F("post_author")).order_by().values_list("post")
    return {post: float(total) for post, total in others.annotate(total=Sum(counts))}


# --- Whether it was kept ------------------------------------------------------------


def find_misplaced() -> Iterator[str]:
    """Say each post whose reactions, weight or rank are not what they should be. There must be none."""
    posts = Post.objects.unguarded(WEIGHING).order_by("pk")
    for some in in_batches(posts.iterator(), BATCH):
        said, sums = _said([post.pk for post in some]), _sums([post.pk for post in some])
        wrong = _miscounted([post.pk for post in some], said)
        for post in some:
            if post.pk in wrong:
                yield f"the post {post.pk} does not know who said how much under it"
            elif _moves(post, sums.get(post.pk, 0.0)):
                yield f"the post {post.pk} is not where its reactions put it"


def _miscounted(post_ids: Collection[int], said: dict[tuple[int, int], Said]) -> set[int]:
    rows = Reaction.objects.unguarded(WEIGHING).filter(post__in=list(post_ids))
    counted: dict[int, dict[int, int]] = defaultdict(dict)
    wrong = set()
    for post, person, comments, liked_at in rows.values_list("post", "person", "comments", "liked_at"):
        counted[post][person] = comments
        if not comments and liked_at is None:
            wrong.add(post)
    for (post, person), what in said.items():
        if counted[post].pop(person, 0) != what.number:
            wrong.add(post)
    return wrong | {post for post, rest in counted.items() if any(rest.values())}
