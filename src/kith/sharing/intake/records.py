"""The records of the import, parsed and checked by themselves. All ids are the source's own.

What stands in them is said field by field in `records.schema.json`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose records these are, and the instant at which they are taken in."""

    source: str
    now: datetime


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    version: str
    at: datetime
    given: bool


@dataclass(frozen=True, slots=True)
class PersonRecord:
    id: str
    name: str
    handle: str | None
    phone: str | None
    region: str
    born: int | None
    language: str | None
    care_mode: bool | None
    sharing: str | None
    sharing_since: datetime | None
    hold_minutes: int | None
    excluded_categories: tuple[str, ...] | None
    paused: bool | None
    suspended: bool | None
    consent: ConsentEntry | None


@dataclass(frozen=True, slots=True)
class FriendsRecord:
    a: str
    b: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CircleRecord:
    owner: str
    name: str
    kind: str
    members: tuple[str, ...]
    window: str
    weight: int
    default: bool


@dataclass(frozen=True, slots=True)
class TieRecord:
    """What one friend says of the other to nobody but us."""

    owner: str
    other: str
    muted: bool | None
    hidden_from: bool | None
    alias: str | None


@dataclass(frozen=True, slots=True)
class BlockRecord:
    owner: str
    other: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    id: str
    name_zh: str
    name_en: str
    parent: str | None
    sensitive: bool | None
    position: int | None


@dataclass(frozen=True, slots=True)
class MerchantEntry:
    id: str
    name: str
    about: str
    region: str


@dataclass(frozen=True, slots=True)
class ListingEntry:
    id: str
    merchant: str
    title: str
    description: str
    category: str
    price: str
    currency: str
    picture: str
    on_sale: bool


@dataclass(frozen=True, slots=True)
class OrderLineEntry:
    id: str
    listing: str
    quantity: int
    price: str
    currency: str | None
    status: str
    at: datetime
    reason: str
    refund_reason: str
    gift: bool


@dataclass(frozen=True, slots=True)
class OrderEntry:
    id: str
    buyer: str
    placed_at: datetime
    ship_to: str
    lines: tuple[OrderLineEntry, ...]


@dataclass(frozen=True, slots=True)
class ShareRecord:
    """A purchase, review, question or tip. `circles` is None where the author's default circles are meant."""

    id: str
    kind: str
    author: str
    at: datetime
    listing: str | None
    category: str | None
    order: str | None
    line: str | None
    rating: int | None
    text: str
    circles: tuple[str, ...] | None
    everyone: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class CommentRecord:
    id: str
    share: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LikeRecord:
    share: str
    person: str
    at: datetime


Record = (
    PersonRecord
    | FriendsRecord
    | CircleRecord
    | TieRecord
    | BlockRecord
    | CategoryEntry
    | MerchantEntry
    | ListingEntry
    | OrderEntry
    | ShareRecord
    | CommentRecord
    | LikeRecord
)
