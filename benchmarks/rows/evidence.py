"""Evidence: who in somebody's circles bought a listing, kept it, sent it back, and what they say of it; and
the same of a merchant. In process: what a page and the API ask. Beside it one statement by hand that says it.
"""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from benchmarks.by_pgbench import Pgbench
from benchmarks.by_psycopg import by_psycopg
from benchmarks.by_sqlite import Statement, limit_and_floor
from benchmarks.contest import Contender, Kind, Row, Stage, Target
from benchmarks.players import Players
from benchmarks.rows.statements import read_statement

if TYPE_CHECKING:
    from kith.sharing.queries import Card, Evidence, PersonEvidence

RAW = "raw SQL"
COMPARED = 400
GONE = {"removed", "recalled"}
HELD = ("rule", "standard", "claimed", "figure", "bound", "words")
FACE = ("id", "handle", "source", "external_id")
COUNTS = ("purchases", "kept", "returned", "removed", "rating")


class OfAny(Row):
    name = "evidence"
    targets = (Target(RAW, at_least=1),)
    part: ClassVar[str]

    def questions(self, stage: Stage) -> list[tuple[int, int]]:
        asked, played = questions(self.part, stage.choices)
        return random.Random(stage.seed).sample(asked, min(COMPARED, played)) + asked[played:]

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        with contextlib.ExitStack() as stack:
            yield [stack.enter_context(one) for one in self.playing(stage)]

    def playing(self, stage: Stage) -> Iterator[Contender]:
        yield Players("Kith", "ours", f"{__name__}:Ours", stage, told={"part": self.part}, django=True)
        yield from self.beside(stage)

    def beside(self, stage: Stage) -> Iterator[Contender]:
        """The limit and the floor."""
        if stage.kind == "sqlite":
            yield from limit_and_floor(RAW, f"{__name__}:RawOnSqlite", stage, {"part": self.part})
            return
        sql, (asked, played) = statement("postgres", self.part), questions(self.part, stage.choices)
        yield Pgbench(
            RAW, stage, sql=sql, table=f"evidence_{self.part}", read=read_rows,
            columns={"viewer": "bigint", "what": "bigint"}, questions=asked, played=played,
        )  # fmt: skip
        yield by_psycopg(stage, sql=sql, questions=asked, read=f"{__name__}:read_rows", played=played)


class OfListing(OfAny):
    part = "listing"
    title = "Who in one's circles bought or kept a listing, and their reviews; in process"


class OfMerchant(OfAny):
    part = "merchant"
    title = "The same of all that a merchant sells"


ROWS = (OfListing(), OfMerchant())


def questions(part: str, choices: Mapping[str, Any]) -> tuple[list[tuple[int, int]], int]:
    """Viewers, each with what they ask of; and how many of them are played.

    Behind these come people to whom the circle side is not open, of whom a mistake would be seen.
    """
    known = [(one["viewer"], one[part]) for one in choices["known"]]
    shut = {pair["viewer"] for pair in choices["pairs"] if pair["because"] == "viewer not open"}
    played = list(dict.fromkeys(known))
    behind = [
        (viewer, what) for viewer, (_, what) in zip(sorted(shut)[:20], played, strict=False)
    ]  # fmt: skip
    return list(dict.fromkeys([*played, *behind])), len(played)


def statement(kind: Kind, part: str) -> str:
    return read_statement("evidence", kind).replace("ABOUT", part)


# --- Who is asked -----------------------------------------------------------------------------------------


class Ours:
    def __init__(self, told: dict[str, Any]) -> None:
        from kith.audience.viewer import circle_viewer_of  # noqa: PLC0415 (Django is set up by now)
        from kith.core.clock import utc_now  # noqa: PLC0415
        from kith.sharing import queries  # noqa: PLC0415

        self._viewer_of, self._now = circle_viewer_of, utc_now
        self._queries, self._part = queries, told["part"]
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        asked, played = questions(told["part"], choices)
        self._played = asked[:played]
        self._dice = random.Random(f"{told['seed']} {told['number']}")

    def ask(self, question: Sequence[int]) -> Evidence:
        person_id, what = question
        viewer = self._viewer_of(person_id, self._now())
        if self._part == "listing":
            return self._queries.listing_evidence(viewer, listing_id=what)
        return self._queries.merchant_evidence(viewer, merchant_id=what)

    def answer(self, question: Sequence[int]) -> dict[str, Any]:
        return read_evidence(self.ask(question))

    def play(self) -> None:
        self.ask(self._dice.choice(self._played))


class RawOnSqlite(Statement):
    def __init__(self, told: dict[str, Any]) -> None:
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        asked, played = questions(told["part"], choices)
        given = {"questions": [self._named(question) for question in asked], "played": played}
        sql = statement("sqlite", told["part"])
        super().__init__({**told, **given, "sql": sql, "read": f"{__name__}:read_rows"})

    def answer(self, question: Any) -> Any:
        return super().answer(self._named(question))

    @staticmethod
    def _named(question: Sequence[int]) -> dict[str, int]:
        return dict(zip(("viewer", "what"), question, strict=True))


# --- What is compared -------------------------------------------------------------------------------------


def read_evidence(found: Evidence) -> dict[str, Any]:
    """What the domain says."""
    tally = found.tally
    return {
        "tally": [tally.people, tally.purchases, tally.kept, tally.returned, tally.removed, tally.ratings,
                  tally.mean_rating],
        "people": [_person(one) for one in found.people],
        "reviews": [_card(card) for card in found.reviews],
    }  # fmt: skip


def _person(one: PersonEvidence) -> dict[str, Any]:
    face = {name: getattr(one.face, name) for name in FACE}
    counts = {name: getattr(one, name) for name in COUNTS}
    return face | counts | {"name": one.face.name, "circles": sorted(one.face.circles)}


def _card(card: Card) -> dict[str, Any]:
    assert card.thing
    thing, hold = card.thing, card.correction
    return {
        "id": card.id, "author": card.author.id, "when": card.when.isoformat(), "category": card.category,
        "outcome": card.outcome, "rating": card.rating, "text": card.text, "everyone": card.audience.everyone,
        "withdrawn": card.withdrawn, "source": card.source, "external_id": card.external_id,
        "listing": thing.listing_id, "title": thing.title, "picture": thing.picture, "on_sale": thing.on_sale,
        "listing_source": thing.source, "listing_external_id": thing.listing_external_id,
        "merchant": thing.merchant_id, "merchant_name": thing.merchant_name,
        "merchant_external_id": thing.merchant_external_id,
        "correction": hold and [hold.state, *(getattr(hold, name) for name in HELD)],
        "photos": [[photo.id, photo.width, photo.height] for photo in card.photos],
        "comments": card.comments, "likes": [card.likes, card.liked],
    }  # fmt: skip


def read_rows(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same of the statement's rows."""
    people = [_person_of(row) for row in rows]
    stars, ratings = sum(row["stars"] or 0 for row in rows), sum(row["ratings"] for row in rows)
    counts = [sum(row[name] for row in rows) for name in ("purchases", "kept", "returned", "removed")]
    reviews = [review | {"author": row["id"]} for row in rows for review in _list(row["reviews"])]
    reviews.sort(key=lambda review: (_instant(review["visible_from"]), review["id"]), reverse=True)
    bought = sum(1 for row in rows if row["purchases"])
    return {
        "tally": [bought, *counts, ratings, float(stars) / ratings if ratings else None],
        "people": sorted(people, key=lambda one: (-one["purchases"], one["name"])),
        "reviews": [_card_of(review) for review in reviews],
    }  # fmt: skip


def _person_of(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in (*FACE, *COUNTS)}
    return told | {"name": row["alias"] or row["display_name"], "circles": sorted(_list(row["circles"]))}


def _card_of(review: dict[str, Any]) -> dict[str, Any]:
    is_gone = review["state"] in GONE
    day: date = _instant(review["visible_from"]).date()
    told = {
        name: review[name]
        for name in (
            "id", "author", "category", "rating", "text", "source", "external_id", "listing", "title",
            "picture", "listing_source", "listing_external_id", "merchant", "merchant_name",
            "merchant_external_id", "comments",
        )
    }  # fmt: skip
    likes, liked = review["likes"]
    return told | {
        "when": day.replace(day=1).isoformat(), "everyone": bool(review["everyone"]),
        "withdrawn": bool(review["withdrawn"]),
        "outcome": "removed" if is_gone and review["outcome"] else review["outcome"],
        "on_sale": bool(review["on_sale"]) and review["state"] is None and not review["closed"],
        "correction": [review["state"], *(review[name] for name in HELD)] if is_gone else None,
        "photos": [photo[-3:] for photo in sorted(_list(review["photos"]))],
        "likes": [likes, bool(liked)],
    }  # fmt: skip


def _instant(written: str) -> datetime:
    instant = datetime.fromisoformat(written)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _list(written: Any) -> list[Any]:
    return list(json.loads(written)) if isinstance(written, str) else list(written or [])
