"""Cards of posts: what each says to one viewer. Pages render them, the API serialises them.

A card holds no more than its viewer may know, and no id of a person. What it counts is what they see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.audience.outside import is_by_somebody_seen
from kith.core.compiled import Nested, columns_of, compiled, instance_of
from kith.core.guard import Side, Viewer
from kith.detectors.risk import risk_of
from kith.people.regions import province_of
from kith.strangers.models import (
    OutsidePhoto,
    Persona,
    Post,
    PostFollow,
    Reaction,
    Topic,
    TopicFollow,
    WhoComments,
)
from kith.strangers.queries.personas import FaceRow, PersonaFace, face_of
from kith.strangers.queries.safety import LONG

SEEN = "hangs on what the viewer has been let see through the rule just before"
OWN = "the viewer's own"
NEW = timedelta(hours=48)
"""For so long a post is called new, and may take one of the places under Hot that are kept for what is."""
SPEAKS = ExpressionWrapper(Q(shows=True, closed_at=None), BooleanField())
"""Whether a persona may write, as far as it hangs on itself."""
CAREFUL = 0.4
"""From this risk on a card says what in its words calls for care."""

Listing = Literal["hot", "newest", "near", "followed", "author", "found", "mine", "post"]
WhyNot = Literal["", "not-outside", "not-shown", "closed", "posters-only"]


@dataclass(frozen=True, slots=True)
class PhotoRef:
    id: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TopicRef:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a post stands where it does. `words` says it to people."""

    code: Literal["talk", "new", "near", "topic", "found", "author", "mine", "waiting"]
    number: int = 0
    name: str = ""

    @property
    def words(self) -> str:
        match self.code:
            case "talk":
                sentence = ngettext(
                    "%(number)d person talks about it", "%(number)d people talk about it", self.number
                )
                return sentence % {"number": self.number}
            case "new":
                return _("New")
            case "near":
                return _("From your province")
            case "topic":
                return _("You follow %(topic)s") % {"topic": self.name}
            case "found":
                return _("It has the words you look for")
            case "author":
                return _("By %(name)s") % {"name": self.name}
            case "mine":
                return _("Your own")
            case "waiting":
                return _("Nobody has answered yet")


@dataclass(frozen=True, slots=True)
class PostCard:
    id: int
    author: PersonaFace
    long_time: bool
    """The author has been a shopper here for long, and tells it."""
    topic: TopicRef
    region: str
    """The code of a province or a city, or ""."""
    text: str
    photos: tuple[PhotoRef, ...]
    when: datetime
    comments: int
    likes: int
    people: int
    """How many others have liked it or said something."""
    liked: bool
    following: bool
    away: bool
    can_comment: bool
    why_not: WhyNot
    """Why the viewer cannot comment."""
    can_like: bool
    can_greet: bool
    who_comments: str
    is_mine: bool
    withdrawn: bool
    hidden: bool
    """By the shop's staff; told to its author only, as nobody else sees it then."""
    careful: tuple[str, ...]
    """What in its words calls for care: codes that `detectors.risk.reason_text` puts into words."""
    why: Why


@dataclass(frozen=True, slots=True)
class _Counts:
    people: int = 0
    likes: int = 0
    comments: int = 0
    liked: bool = False


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a card has to know of its viewer."""

    viewer: Viewer
    speaks: bool
    has_posted: bool
    province: str


@dataclass(frozen=True, slots=True)
class _Found:
    """All that was found of one post, for its card."""

    post: Any
    """A row of `_posts`."""
    topic: TopicRef
    author: PersonaFace
    counts: _Counts
    is_new: bool


def post_cards(
    viewer: Viewer, post_ids: Sequence[int], *, listing: Listing, new: Collection[int] = ()
) -> tuple[PostCard, ...]:
    """Say what posts, which the viewer has just been found to see, say to them, in the order wanted.

    Two queries, however many posts.

    :param new: those that stand there because they are new.
    """
    if not post_ids:
        return ()
    posts = {row.pk: row for row in _posts(viewer, posts=post_ids, long_since=viewer.now - LONG)}
    counts = _counts(viewer, post_ids)
    topics = _topics(posts.values())
    found = [
        _Found(
            post=post,
            topic=topics[post.topic_id],
            author=face_of(FaceRow(*face), viewer),
            counts=counts.get(post.pk, _Counts()),
            is_new=post.pk in new,
        )
        for post in (posts[pk] for pk in post_ids if pk in posts)
        for face in post.author_face
    ]
    reader = _reader(viewer, found[0].post) if found else None
    return tuple(_card(reader, one, listing) for one in found) if reader else ()


@compiled()
def _posts(viewer: Viewer, posts: Collection[int], long_since: datetime) -> QuerySet[Any, Any]:
    """What posts say, by whom, and what their viewer is and has done that cards tell of.

    A post is seen with its author's persona, so that this is not asked again. One without a name is the
    rest of one whose owner erased it.

    :param long_since: who has been a shopper here since then is one for long.
    """
    rows = Post.objects.unguarded(SEEN).filter(pk__among=posts)
    photos = OutsidePhoto.objects.unguarded(SEEN).filter(post=OuterRef("pk")).order_by("position")
    authors = Persona.objects.unguarded(SEEN).filter(person=OuterRef("author")).exclude(name="")
    known_long = Persona.objects.unguarded(SEEN).filter(tells_years=True, person__joined_at__lte=long_since)
    follows = PostFollow.objects.visible_to(viewer).filter(post=OuterRef("pk"))
    follows_topic = TopicFollow.objects.visible_to(viewer).filter(topic=OuterRef("topic"))
    shown = Post.objects.unguarded(OWN).filter(author=viewer.person_id, withdrawn_at=None, hidden_at=None)
    mine = Persona.objects.unguarded(OWN).filter(person=viewer.person_id)
    own = mine.annotate(speaks=SPEAKS, has_posted=Exists(shown))
    told: QuerySet[Any, Any] = rows.annotate(
        photos=Nested(photos.values("photo_id", "photo__width", "photo__height")),
        author_face=Nested(authors.annotate(born=F("person__born")).values(*FaceRow._fields)),
        long_time=Exists(known_long.filter(person=OuterRef("author"))),
        away=Subquery(follows.values("away")),
        follows_topic=Exists(follows_topic),
        own=Nested(own.values("region", "speaks", "has_posted")),
    )
    return told.values_list(
        "pk", "author_id", "topic_id", "region", "province", "text", "created_at", "who_comments",
        "withdrawn_at", "hidden_at", "risk", *columns_of(Topic, at="topic__"), "photos", "author_face",
        "long_time", "away", "follows_topic", "own",
    )  # fmt: skip


def _topics(posts: Iterable[Any]) -> dict[str, TopicRef]:
    """Name the topics of posts, in the reader's language; each once, for a list is mostly of one."""
    rows = {post.topic_id: post for post in posts}
    return {code: TopicRef(code, instance_of(Topic, row, at="topic__").name) for code, row in rows.items()}


def _card(reader: _Reader, found: _Found, listing: Listing) -> PostCard:
    post, author, counts = found.post, found.author, found.counts
    why_not = _why_not(reader, post)
    return PostCard(
        id=post.pk,
        author=author,
        long_time=post.long_time,
        topic=found.topic,
        region=post.region,
        text=post.text,
        photos=tuple(PhotoRef(*photo) for photo in post.photos),
        when=post.created_at,
        comments=counts.comments,
        likes=counts.likes,
        people=counts.people,
        liked=counts.liked,
        following=post.away is False,
        away=post.away is True,
        can_comment=not why_not,
        why_not=why_not,
        can_like=reader.speaks and not author.is_me,
        can_greet=reader.speaks and not author.is_me,
        who_comments=post.who_comments,
        is_mine=author.is_me,
        withdrawn=post.withdrawn_at is not None,
        hidden=post.hidden_at is not None,
        careful=risk_of(post.text).reasons if post.risk >= CAREFUL else (),
        why=_why(reader, found, listing),
    )


def _why_not(reader: _Reader, post: Any) -> WhyNot:
    if not reader.speaks:
        return "not-outside"
    if post.withdrawn_at is not None or post.hidden_at is not None:
        return "not-shown"
    if post.author_id == reader.viewer.person_id or post.who_comments == WhoComments.EVERYBODY:
        return ""
    if post.who_comments == WhoComments.NOBODY:
        return "closed"
    return "" if reader.has_posted else "posters-only"


def _why(reader: _Reader, found: _Found, listing: Listing) -> Why:
    """The list's own reason where it has one; under Hot the strongest that holds."""
    post, author, people = found.post, found.author, found.counts.people
    talk = Why("talk", number=people) if people else None
    topic = Why("topic", name=found.topic.name) if post.follows_topic else None
    near = Why("near") if post.province and post.province == reader.province else None
    new = Why("new") if post.created_at > reader.viewer.now - NEW else None
    own: dict[str, Why | None] = {
        "near": near,
        "followed": topic,
        "author": Why("author", name=author.name),
        "found": Why("found"),
        "newest": new,
        "hot": Why("new") if found.is_new else None,
    }
    if author.is_me:
        return Why("mine")
    return own.get(listing) or talk or topic or near or new or Why("waiting")


def _counts(viewer: Viewer, post_ids: Collection[int]) -> dict[int, _Counts]:
    """Count what the viewer may see, never what they may not: a reaction is seen with who made it."""
    return {
        row.post_id: _Counts(row.people, row.likes, row.said, bool(row.liked))
        for row in _reactions(viewer, posts=post_ids)
    }


@compiled(outside=True)
def _reactions(viewer: Viewer, posts: Collection[int]) -> QuerySet[Any, Any]:
    mine = Q(person=viewer.person_id, liked_at__isnull=False)
    seen = is_by_somebody_seen(personas=Persona.objects.visible_to(viewer), by="person")
    rows = Reaction.objects.unguarded(SEEN).filter(seen, post__among=posts).order_by().values("post_id")
    counted = rows.annotate(
        people=Count("pk", filter=~Q(person=F("post_author"))),
        likes=Count("liked_at"),
        said=Sum("comments"),
        liked=Count("pk", filter=mine),
    )
    return counted.values_list("post_id", "people", "likes", "said", "liked")


def photos_on(**on: Any) -> defaultdict[int, list[PhotoRef]]:
    """The photos on comments or letters that were seen through the rule, by the ids of these.

    :param on: `comment__in` or `letter__in`.
    """
    [(lookup, ids)] = on.items()
    found: defaultdict[int, list[PhotoRef]] = defaultdict(list)
    for on_what, *photo in _photos(lookup.removesuffix("__in"), things=ids):
        found[on_what].append(PhotoRef(*photo))
    return found


@compiled(fixed=["on"])
def _photos(on: str, things: Collection[int]) -> QuerySet[Any, Any]:
    rows = OutsidePhoto.objects.unguarded(SEEN).filter(**{f"{on}__among": things}).order_by("position")
    return rows.values_list(f"{on}_id", "photo_id", "photo__width", "photo__height")


def _reader(viewer: Viewer, row: Any) -> _Reader:
    """:param row: any of `_posts`: all say the same of the viewer."""
    region, speaks, has_posted = row.own[0] if row.own else ("", False, False)
    return _Reader(
        viewer=viewer,
        speaks=viewer.outside_open and bool(speaks),
        has_posted=bool(has_posted),
        province=province_of(region) if region else "",
    )


def own_region(viewer: Viewer) -> str:
    """The region of the viewer's persona, while the channel is not switched off; "" if it names none."""
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        return ""
    return next((row.region for row in _own_persona(viewer)), "")


def is_speaking(viewer: Viewer) -> bool:
    """Whether the viewer may write outside now, as a persona of theirs."""
    return viewer.outside_open and any(row.speaks for row in _own_persona(viewer))


@compiled()
def _own_persona(viewer: Viewer) -> QuerySet[Any, Any]:
    mine = Persona.objects.unguarded(OWN).filter(person=viewer.person_id)
    return mine.annotate(speaks=SPEAKS).values_list("region", "speaks")
