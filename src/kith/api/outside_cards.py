"""What is told of the strangers' channel: the fields of its cards, one by one.

No id of a person is among them, not even the caller's own: only personas, and what they wrote.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import get_language
from pydantic import BeforeValidator, Field, computed_field

from kith.api.fields import GivenId, Id, Out, Told
from kith.detectors.risk import reason_text
from kith.people.regions import name_of

LookingFor = Literal["friends", "company", "hobbies", "partner", "advice", "chat"]
Tells = Literal["age", "years", "region", "confirmed", "persona_age", "answers"]
WhoComments = Literal["all", "posters", "none"]
Careful = Literal["contact", "elsewhere", "money", "bait", "shouting"]
About = Literal["persona", "post", "comment", "letter"]
Grievance = Literal["vulgar", "fraud", "threat", "private", "selling", "minor", "other"]
Box = Literal["open", "greetings", "sent"]

TopicCode = Annotated[str, Field(pattern="^[-a-z0-9_]{1,30}$")]
RegionCode = Annotated[str, Field(pattern="^([0-9]{6})?$")]
"""GB/T 2260 code of a province or city; "" for none."""
PhotoIds = Annotated[list[GivenId], Field(max_length=9)]


def _warnings(codes: Any) -> Any:
    return [{"code": code, "words": str(reason_text(code))} for code in codes]


class Caution(Out):
    """Something in the words that calls for care."""

    code: Careful
    words: str


Cautions = Annotated[list[Caution], BeforeValidator(_warnings)]


class InRegion(Out):
    region: str = Field(description="GB/T 2260 code of a province or city; empty if none is told")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def region_name(self) -> str:
        return name_of(self.region, get_language() or "")


class OutsidePhoto(Out):
    id: Id
    width: int
    height: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def address(self) -> str:
        return f"/api/v1/outside/photos/{self.id}/large"


# --- Personas ---------------------------------------------------------------------


class Face(InRegion):
    """A persona. It joins to nothing on the circle side."""

    id: Id
    name: str
    avatar: Id | None = Field(description="A photo, at /outside/photos/{photo_id}/{size}")
    age_band: str = Field(description="Such as 50-59; empty if it is not told")
    looks_for: list[LookingFor]
    is_me: bool


def _in_order(codes: Collection[str]) -> Any:
    return sorted(codes)


class Choices(Out):
    """What only its owner is told of a persona."""

    tells: Annotated[list[Tells], BeforeValidator(_in_order)]
    veils_faces: bool
    shows: bool = Field(description="Others can see it, as far as it depends on its owner and the staff")
    is_closed: bool = Field(description="By the shop's staff")


class Persona(Out):
    face: Face
    intro: str
    interests: list[str]
    choices: Choices | None = Field(description="Null to everybody but its owner")


class Fact(Out):
    kind: Literal["years", "region", "phone", "second-factor", "persona-age", "answers"]
    state: Literal["yes", "not-told", "unknown"]
    value: str = Field(description="The band it is in, or the code of the region; empty: no more to say")


class Safety(Out):
    """What is known of a persona. Never a promise."""

    facts: list[Fact]
    upheld: int = Field(description="How many complaints the shop's staff found to be right")


class ShutOut(Out):
    persona_id: Id = Field(validation_alias="mark")
    name: str = Field(description="The name it had then; what became of it is not told")
    at: datetime


class ShutOuts(Out):
    items: list[ShutOut]
    next: str | None


class Door(Out):
    """How the channel stands for the caller: what is in the way first."""

    word: Literal["closed", "winding-down", "suspended", "too-young", "waiting", "no-year", "new", "open"]
    until: date | None = Field(description="The last day, while the channel is being wound down")
    place: int | None = Field(description="Among those who wait, from 1")
    has_persona: bool


class Hidden(Out):
    count: int


class HiddenSummary(Out):
    """What became of a text with numbers. It follows from the text and the caller's own list alone."""

    understood: int = Field(description="Different numbers in it, the caller's own not counted")
    new: int = Field(description="Of these, put on the list now")
    left: int = Field(description="Of these, not put on it: there was no room")
    not_numbers: list[str] = Field(description="Lines without a mobile number in them")
    has_own: bool = Field(description="The caller's own number was among them, and left out")


# --- Posts and what is said under them ----------------------------------------------


class TopicRef(Out):
    code: str
    name: str


class Topic(TopicRef):
    closed: bool = Field(description="Nothing new can be posted about it")
    followed: bool


class Topics(Out):
    items: list[Topic]
    next: str | None


class WhyThere(Out):
    """Why a post stands where it does."""

    code: Literal["talk", "new", "near", "topic", "found", "author", "mine", "waiting"]
    number: int
    name: str
    words: Told


class Post(InRegion):
    id: Id
    author: Face
    long_time: bool = Field(description="The author has been a shopper here for long, and tells it")
    topic: TopicRef
    text: str
    photos: list[OutsidePhoto]
    when: datetime
    comments: int
    likes: int
    people: int = Field(description="How many others have liked it or said something")
    liked: bool
    following: bool
    away: bool = Field(description="The caller has put it away: it stands in none of their lists")
    can_comment: bool
    why_not: Literal["", "not-outside", "not-shown", "closed", "posters-only"]
    can_like: bool
    can_greet: bool
    who_comments: WhoComments
    is_mine: bool
    withdrawn: bool
    hidden: bool = Field(description="By the shop's staff; told to its author alone")
    careful: Cautions
    why: WhyThere


class PostPage(Out):
    items: list[Post]
    next: str | None


class OutsideComment(Out):
    """Author and when are null in an empty place, of which nothing more is told."""

    id: Id
    author: Face | None
    text: str
    when: datetime | None
    photos: list[OutsidePhoto]
    answers: str = Field(description="The name of whom it answers within a thread")
    is_mine: bool
    can_remove: bool
    can_greet: bool
    careful: Cautions


class OutsideCommentPage(Out):
    items: list[OutsideComment]
    next: str | None


class CommentUnder(Out):
    comment: OutsideComment
    post_id: Id


class Thread(Out):
    comment: OutsideComment
    answers: list[OutsideComment] = Field(description="The first three")
    more: int = Field(description="How many others there are")
    next: str | None = Field(description="The cursor of them at /outside/comments/{comment_id}/answers")


class ThreadPage(Out):
    items: list[Thread]
    next: str | None


# --- Letters ----------------------------------------------------------------------


class Exchange(Out):
    """Letters between the caller and another: a greeting, and what follows once it is answered."""

    id: Id
    other: Face
    state: Literal["open", "greeting", "waiting"] = Field(
        description="Answered; the caller has not answered; the other has not"
    )
    words: str = Field(description="The last letter; empty if it was only photos, or was erased")
    words_mine: bool
    at: datetime
    unread: bool
    post_id: Id | None = Field(description="The post that the greeting was about")
    can_write: bool
    can_decline: bool
    can_wish: bool = Field(description="Letters have gone both ways, so the two may become friends")
    i_wish: bool
    they_wish: bool


class ExchangePage(Out):
    items: list[Exchange]
    next: str | None


class Letter(Out):
    id: Id
    text: str
    at: datetime
    is_mine: bool
    photos: list[OutsidePhoto]
    careful: Cautions


class LetterPage(Out):
    items: list[Letter]
    next: str | None


class Wished(Out):
    friends: bool = Field(description="Both wished it, so the two are friends, on the circle side, from now")


class Written(Out):
    """Something that the caller wrote."""

    kind: Literal["post", "comment", "letter"]
    id: Id
    text: str
    at: datetime
    state: Literal["shown", "withdrawn", "hidden", "removed"]
    on: Id | None = Field(description="The post that a comment is under, or the exchange of a letter")
    photos: list[Id]


class WrittenPage(Out):
    items: list[Written]
    next: str | None


class OutsideNotice(Out):
    id: Id
    kind: Literal["post_comment", "post_answer", "post_follow", "post_hidden", "greeting", "letter", "wish"]
    actor: Face | None
    at: datetime
    is_read: bool
    post_id: Id | None
    comment_id: Id | None
    exchange_id: Id | None
    words: str


class OutsideNoticePage(Out):
    items: list[OutsideNotice]
    next: str | None


class OutsideUnread(Out):
    """At most 100 of each."""

    letters: int = Field(description="Exchanges with something unread")
    greetings: int = Field(description="Greetings that wait for the caller's answer")
    notices: int = Field(description="Other notices")
