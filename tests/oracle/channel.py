"""What there is outside, as plain data. `outside.py` says who may see what of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Persona:
    id: int
    person: int
    region: str = ""
    avatar: int | None = None
    closed: bool = False
    """By the shop's staff."""


@dataclass
class Post:
    id: int
    author: int
    topic: str
    region: str
    created_at: datetime
    text: str = ""
    photos: tuple[int, ...] = ()
    who_comments: str = "all"
    withdrawn: bool = False
    hidden: bool = False


@dataclass
class Comment:
    id: int
    post: int
    author: int
    at: datetime
    root: int | None = None
    photos: tuple[int, ...] = ()
    removed: bool = False
    erased: bool = False
    """Its words are gone as well; only its place is left."""


@dataclass
class Exchange:
    id: int
    starter: int
    greeted: int
    started_at: datetime
    answered: bool = False
    declined_at: datetime | None = None
    wishes: dict[int, datetime] = field(default_factory=dict)
    """Who wishes to know the other, since when."""


@dataclass
class Letter:
    id: int
    exchange: int
    author: int
    at: datetime
    is_greeting: bool = False


@dataclass
class Channel:
    state: str = "all"
    """all | listed | none (open to these), closed | winding_down."""
    listed: set[int] = field(default_factory=set)
    agreed: set[int] = field(default_factory=set)
    """Whose consent to the channel is live."""
    born: dict[int, int] = field(default_factory=dict)
    phones: dict[int, str] = field(default_factory=dict)
    hidden_numbers: dict[int, set[str]] = field(default_factory=dict)
    avoids: set[tuple[int, int]] = field(default_factory=set)
    """(who, whom)."""
    personas: dict[int, Persona] = field(default_factory=dict)
    """By person."""
    posts: dict[int, Post] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    likes: set[tuple[int, int]] = field(default_factory=set)
    """(post, person)."""
    exchanges: dict[int, Exchange] = field(default_factory=dict)
    letters: dict[int, Letter] = field(default_factory=dict)
    follows: set[tuple[int, str]] = field(default_factory=set)
    """(person, topic)."""
    away: set[tuple[int, int]] = field(default_factory=set)
    """(person, post)."""
