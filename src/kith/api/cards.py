"""What is told of people, shares and evidence: the fields of the domain's cards, one by one.

tests/contract/test_allow_list.py holds the fields of a share to a list: a new one is a decision.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field, model_validator

from kith.api.fields import Id, Out
from kith.quality.words import say_finding
from kith.sharing.queries import AudienceLabel

ShareKind = Literal["purchase", "review", "question", "tip"]
Outcome = Literal["", "kept", "returned", "removed"]
Source = Annotated[str | None, Field(description="The host shop it came from; null: made here")]
ExternalId = Annotated[str | None, Field(description="Its id at the source")]


class Person(Out):
    """Somebody as the caller knows them."""

    id: Id
    name: str = Field(description="What the caller calls them, else what they call themselves")
    handle: str
    circles: list[str] = Field(description="Those of the caller's own circles that hold them")
    is_me: bool
    source: Source
    external_id: ExternalId


class Thing(Out):
    """What a share is about."""

    listing_id: Id
    title: str
    picture: str
    merchant_id: Id
    merchant_name: str
    source: Source
    listing_external_id: ExternalId
    merchant_external_id: ExternalId


class Held(Out):
    """Since when a listing has been frozen, taken down or recalled, and what for."""

    since: datetime
    rule: str = Field(description="The rule that it breaks; empty if a person decided without one")
    standard: str = Field(description='The standard that is asked of it, such as "GB 2626-2019"; or empty')
    claimed: str = Field(description='What it is said to be, such as "KN95"; or empty')
    figure: float | None = Field(description="What was measured or counted")
    bound: float | None = Field(description="What it had to reach, or not to pass")
    words: str = Field(description="What was measured, or what is missing, as the rule has it; or empty")

    @computed_field(description="All of that as a sentence in the caller's language")  # type: ignore[prop-decorator]
    @property
    def says(self) -> str:
        return say_finding(self)


class Correction(Held):
    """That the thing was taken down or recalled, which it is still."""

    state: Literal["removed", "recalled"]


class Photo(Out):
    id: Id
    width: int
    height: int

    @computed_field  # type: ignore[prop-decorator]
    @property
    def address(self) -> str:
        return f"/api/v1/photos/{self.id}"


class ShownTo(Out):
    id: Id
    name: str
    size: int


class Audience(Out):
    """Who a share is shown to. Its circles are told to its author alone."""

    mine: bool
    everyone: bool
    circles: list[ShownTo]

    @model_validator(mode="before")
    @classmethod
    def _join(cls, label: AudienceLabel) -> dict[str, Any]:
        """The card has names and ids side by side; here they go together."""
        shown = zip(label.circle_ids, label.circles, strict=True)
        circles = [{"id": pk, "name": name, "size": size} for pk, (name, size) in shown]
        return {"mine": label.mine, "everyone": label.everyone, "circles": circles}


class Share(Out):
    id: Id
    kind: ShareKind
    author: Person
    thing: Thing | None
    correction: Correction | None = Field(description="Of a thing that is taken down or recalled")
    category: str | None
    outcome: Outcome = Field(description="Of a thing bought, and of a review by who bought it")
    rating: int | None = Field(ge=1, le=5)
    text: str
    photos: list[Photo]
    when: date = Field(description="To the day or, of a purchase, the first of its month")
    when_precision: Literal["month", "day"]
    audience: Audience
    comments: int
    likes: int
    liked: bool
    can_comment: bool
    can_like: bool
    is_mine: bool
    held_until: datetime | None
    withdrawn: bool
    source: Source
    external_id: ExternalId


class SharePage(Out):
    items: list[Share]
    next: str | None


class Feed(SharePage):
    since: str | None = Field(description="Send it to /circle/feed/new to count what has come since")


class Tally(Out):
    """What some people did with something. A person counts once in `people`."""

    people: int
    purchases: int
    kept: int
    returned: int
    removed: int
    ratings: int
    mean_rating: float | None


class PersonEvidence(Out):
    face: Person
    purchases: int
    kept: int
    returned: int
    removed: int
    rating: int | None


class Evidence(Out):
    """What the caller's circles know of a listing or a merchant."""

    tally: Tally
    people: list[PersonEvidence]
    reviews: list[Share]


class TrustedMerchant(Out):
    merchant_id: Id
    name: str
    source: Source
    external_id: ExternalId
    score: float = Field(ge=0, le=1, description="A lower confidence bound, so that much evidence counts")
    level: Literal["very-reliable", "reliable", "mixed", "careful", "too-little"]
    tally: Tally
    repeat_buyers: int
    latest_month: date | None
    faces: list[Person]


class TrustedMerchants(Out):
    items: list[TrustedMerchant]
    next: str | None = None


class Comment(Out):
    id: Id
    author: Person
    text: str
    at: datetime
    is_mine: bool
    can_delete: bool


class CommentPage(Out):
    items: list[Comment]
    next: str | None


class Notice(Out):
    id: Id
    kind: Literal[
        "comment", "answer", "reply", "request", "accepted", "correction", "corrected", "may_share",
        "recalled", "decided", "swept",
    ]  # fmt: skip
    actor: Person | None
    at: datetime
    is_read: bool
    subject: Id = Field(
        description="The comment, request, person, share, order line, decision or sweep, as the kind says"
    )
    share_id: Id | None = Field(description="The share to open, for what happened under one")
    words: str = Field(description="The comment's words, the request's note, or the title of the listing")


class NoticePage(Out):
    items: list[Notice]
    next: str | None


class Count(Out):
    count: int
