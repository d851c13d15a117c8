"""What people, their ties and their circles leave in the tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.world.columns import Rows
from benchmarks.world.people import EXCLUDED, MODES, People, Stand
from benchmarks.world.plan import NONE, Numbers
from benchmarks.world.story import Story
from benchmarks.world.ties import Fate
from benchmarks.world.words import Coded, numbered
from kith.people.models import (
    DEFAULT_HOLD,
    Consent,
    Person,
    Purpose,
    SharingMode,
    SharingPreference,
)
from kith.strangers.hidings import Hiding
from kith.ties.contacts import digests
from kith.ties.models import Circle, HiddenContact, Member, Relationship

TEXT = "2026-01"
SURFACE = "web"
LEAVING_SURFACE = "api"


def people_left(story: Story) -> Iterator[Rows]:
    people = story.inside.people
    yield _persons(people)
    yield _consents(story)
    yield _preferences(people)


def _persons(people: People) -> Rows:
    return Rows(Person, {
        "id": people.ids, "handle": people.handle, "display_name": people.name, "phone": people.phone,
        "password": numbered("!", np.arange(len(people)), width=8), "phone_verified": people.has_phone,
        "region": people.region, "born": people.born, "shows": people.shows, "joined_at": people.joined,
        "suspended_at": np.where(people.stand == Stand.SUSPENDED, people.stand_at, NONE),
    })  # fmt: skip


def _consents(story: Story) -> Rows:
    """The ledger: given and withdrawn, inside and outside. A withdrawal names no text."""
    people, personas = story.inside.people, story.outside.personas
    agreed = np.flatnonzero(people.has_agreed)
    withdrawn = np.flatnonzero(people.stand == Stand.WITHDRAWN)
    left = personas.left_at != NONE
    entries = (
        (agreed, people.agreed_at[agreed], Purpose.SHARING, True),
        (withdrawn, people.stand_at[withdrawn], Purpose.SHARING, False),
        (personas.person, personas.at, Purpose.STRANGERS, True),
        (personas.person[left], personas.left_at[left], Purpose.STRANGERS, False),
    )
    sizes = [len(who) for who, *_ in entries]
    at = np.concatenate([when for _, when, *_ in entries])
    order = np.argsort(at, kind="stable")
    given = np.repeat([given for *_, given in entries], sizes)[order]
    purposes = list(Purpose.values)
    codes = np.repeat([purposes.index(purpose) for *_, purpose, _ in entries], sizes)[order]
    return Rows(Consent, {
        "person_id": people.ids[np.concatenate([who for who, *_ in entries])[order]],
        "purpose": Coded(codes, purposes), "text_version": Coded(given.astype(np.int64), ["", TEXT]),
        "surface": Coded(given.astype(np.int64), [LEAVING_SURFACE, SURFACE]), "given": given, "at": at[order],
    })  # fmt: skip


def _preferences(people: People) -> Rows:
    """Of whoever has chosen anything; pausing makes a row of the defaults."""
    chosen, paused = people.mode > 0, people.stand == Stand.PAUSED
    rows = np.flatnonzero(chosen | paused)
    chosen, paused = chosen[rows], paused[rows]
    excluded = [json.dumps([code]) for code in EXCLUDED]
    excludes = np.where(chosen & (people.excludes[rows] != NONE), people.excludes[rows], len(excluded))
    since = np.where(chosen, people.mode_at[rows], people.stand_at[rows])
    return Rows(SharingPreference, {
        "person_id": people.ids[rows],
        "mode": Coded(people.mode[rows], [SharingMode.OFF, *MODES[1:]]),
        "mode_since": since,
        "hold": np.where(chosen, people.hold[rows], int(DEFAULT_HOLD.total_seconds())),
        "excluded_categories": Coded(excludes, [*excluded, "[]"]),
        "paused_at": np.where(paused, people.stand_at[rows], NONE),
    })  # fmt: skip


# --- Ties ---------------------------------------------------------------------------------------------


def ties_left(story: Story) -> Iterator[Rows]:
    yield _relationships(story)
    yield _circles(story)
    yield _members(story)
    yield from _hidden_numbers(story)


def _relationships(story: Story) -> Rows:
    """Two rows for each pair that has anything to say of each other: friends, then the others."""
    people = story.inside.people
    parts = (_friends(story), _blocked(story), _hidden(story), _avoided(story))

    def column(name: str, otherwise: Any) -> Numbers:
        return np.concatenate([part.get(name, np.full(len(part["owner"]), otherwise)) for part in parts])

    owner, other = column("owner", NONE), column("other", NONE)
    return Rows(Relationship, {
        "owner_id": people.ids[owner], "other_id": people.ids[other], "shows": people.shows[other],
        "friend_at": column("friend_at", NONE), **{fact: column(fact, otherwise=False) for fact in SAID},
        "alias": Coded(column("alias", 0), story.inside.edges.alias.pool),
    })  # fmt: skip


SAID = (
    "blocked", "blocked_by", "muted", "muted_by", "hidden_from", "hidden_by", "contact", "contact_of",
    "avoids", "avoided_by",
)  # fmt: skip


def _friends(story: Story) -> dict[str, Any]:
    """Both rows of each friendship, and of those that a block has ended."""
    edges = story.inside.edges
    lasting = edges.fate != Fate.UNFRIENDED
    accepted, asked, fate = edges.accepted[lasting], edges.asked[lasting], edges.fate[lasting]
    owner, fates = _both(accepted, asked), np.repeat(fate, 2)
    did = owner == np.repeat(np.where(edges.by_asker[lasting], asked, accepted), 2)
    facts: dict[str, Any] = {}
    for which, mine, theirs in (
        (Fate.BLOCKED, "blocked", "blocked_by"),
        (Fate.MUTED, "muted", "muted_by"),
        (Fate.HIDDEN_FROM, "hidden_from", "hidden_by"),
    ):
        facts |= {mine: (fates == which) & did, theirs: (fates == which) & ~did}
    return facts | {
        "owner": owner,
        "other": _both(asked, accepted),
        "friend_at": np.where(fates == Fate.BLOCKED, NONE, np.repeat(edges.at[lasting], 2)),
        "alias": _both(np.zeros_like(fate), edges.alias.codes[lasting]),
    }


def _blocked(story: Story) -> dict[str, Any]:
    blocks = story.inside.blocks
    return _apart(blocks.owner, blocks.other, "blocked", "blocked_by")


def _hidden(story: Story) -> dict[str, Any]:
    hidden = story.inside.hidden
    return _apart(hidden.owner, hidden.other, "contact", "contact_of")


def _avoided(story: Story) -> dict[str, Any]:
    avoided = story.outside.avoided
    whom = story.outside.personas.person[avoided.persona]
    return _apart(avoided.person, whom, "avoids", "avoided_by")


def _apart(one: Numbers, two: Numbers, mine: str, theirs: str) -> dict[str, Any]:
    did = np.tile([True, False], len(one))
    return {"owner": _both(one, two), "other": _both(two, one), mine: did, theirs: ~did}


def _both(one: Numbers, two: Numbers) -> Numbers:
    """One of the first, one of the second, and so on."""
    return np.stack([one, two], axis=1).ravel()


def _circles(story: Story) -> Rows:
    people, circles = story.inside.people, story.inside.circles
    rows = np.argsort(circles.at, kind="stable")
    return Rows(Circle, {
        "id": circles.ids[rows], "owner_id": people.ids[circles.owner[rows]], "name": circles.name.take(rows),
        "kind": circles.kind.take(rows), "weight": circles.weight[rows], "window": circles.window.take(rows),
        "is_default": circles.default[rows], "created_at": circles.at[rows],
    })  # fmt: skip


def _members(story: Story) -> Rows:
    people, circles, members = story.inside.people, story.inside.circles, story.inside.members
    rows = np.flatnonzero(~members.gone)
    rows = rows[np.argsort(circles.at[members.circle[rows]], kind="stable")]
    circle = members.circle[rows]
    return Rows(Member, {
        "owner_id": people.ids[circles.owner[circle]], "circle_id": circles.ids[circle],
        "person_id": people.ids[members.person[rows]],
    })  # fmt: skip


def _hidden_numbers(story: Story) -> Iterator[Rows]:
    """Each number under the newest key, and that one was added."""
    people, hidden = story.inside.people, story.inside.hidden
    under = [next(iter(digests(phone).items())) for phone in people.phone.take(hidden.other).to_pylist()]
    owner = people.ids[hidden.owner]
    yield Rows(HiddenContact, {
        "owner_id": owner, "digest": pa.array([digest for _, digest in under], pa.string()),
        "key": pa.array([key for key, _ in under], pa.string()), "added_at": hidden.at,
    })  # fmt: skip
    yield Rows(Hiding, {"person_id": owner, "at": hidden.at, "numbers": 1})
