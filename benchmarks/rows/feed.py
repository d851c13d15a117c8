"""Feed: the newest twenty that one's circles show, under the whole rule, as JSON over HTTP.

Beside it the best single statement for the same, by hand: from the token's digest to all that the cards say.

Stream-framework's feeds in Redis would be a peer, but its last release (1.4.0) does not run any more: it
calls `zadd` as redis-py did before version 3, and Kith needs redis-py 6. What it does at a read is also less:
a list that was written beforehand is read, and nothing is asked.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from cryptography.fernet import Fernet

from benchmarks.bare_view import serve_statement
from benchmarks.by_pgbench import Pgbench
from benchmarks.by_sqlite import by_sqlite
from benchmarks.contest import SECRET, Contender, Row, Stage, Target
from benchmarks.over_http import Answer, Ask, OverHttp, serve_kith
from benchmarks.rows.statements import read_statement
from benchmarks.signing_in import SignedIn, signed_in

SIZE = 20
PATH = "/api/v1/circle/feed"
RAW = "raw SQL"
FLOOR = "raw SQL behind a bare view"
"""What no view in Python can be quicker than: it asks that one statement and writes down its rows."""
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Ids are written in Crockford's base 32, thirteen signs."""


class Feed(Row):
    name = "feed"
    title = "The newest twenty of one's circles, every check live, as JSON over HTTP"
    targets = (Target(RAW, at_least=0.6),)
    half: ClassVar[bool] = False

    def questions(self, stage: Stage) -> Sequence[int]:
        return range(len(askers(stage)[0]))

    @contextlib.contextmanager
    def open(self, stage: Stage) -> Iterator[list[Contender]]:
        people, played = askers(stage)
        who = signed_in(stage, people)
        asks = [Ask(PATH, one.bearer) for one in who]
        with contextlib.ExitStack() as stack:
            limit = stack.enter_context(limit_of(stage, who, played))
            server = stack.enter_context(serve_kith(stage))
            ours = OverHttp(
                "Kith", "ours", stage, server, asks, read=read_feed, half=self.half, played=played
            )
            floor = stack.enter_context(floor_of(stage, who, played, half=self.half))
            yield [ours, limit, floor]


class FeedAtHalfLoad(Feed):
    part = "half load"
    title = "The same, asked half as often as it could answer"
    targets = (Target(measure="p99", at_most=10),)
    half = True

    def questions(self, stage: Stage) -> Sequence[int]:
        """Fewer: the same contenders have just been asked them all."""
        return super().questions(stage)[: self.least_questions]


def askers(stage: Stage) -> tuple[list[int], int]:
    """People who ask, and how many of them, from the first on, ask while it is measured.

    The rest are those of whom a mistake would be seen: with the most friends, with hardly any, and those to
    whom the circle side is not open.
    """
    choices = stage.choices
    played = list(choices["viewers"])
    shut = [pair["viewer"] for pair in choices["pairs"] if pair["because"] == "viewer not open"][:20]
    odd = itertools.chain(*(people[:10] for people in choices["by_deliveries"].values()), shut)
    return list(dict.fromkeys([*played, *odd])), len(played)


def digest_of(one: SignedIn) -> str:
    return hashlib.sha256(one.token.encode()).hexdigest()


def limit_of(stage: Stage, who: Sequence[SignedIn], played: int) -> Contender:
    digests = [digest_of(one) for one in who]
    sql = read_statement("feed", stage.kind)
    if stage.kind == "sqlite":
        asked = [{"digest": digest} for digest in digests]
        return by_sqlite(RAW, stage, sql=sql, questions=asked, read=f"{__name__}:read_rows", played=played)
    return Pgbench(
        RAW, stage, sql=sql, table="feed", columns={"digest": "text"}, read=read_rows, played=played,
        questions=[(digest,) for digest in digests],
    )  # fmt: skip


@contextlib.contextmanager
def floor_of(
    stage: Stage, who: Sequence[SignedIn], played: int, *, half: bool = False
) -> Iterator[Contender]:
    """The limit's statement behind a bare view. The limit must be open: its questions are asked."""
    questions = [{"digest": digest_of(one)} for one in who]
    server, asks = serve_statement(stage, "feed", read_statement("feed", stage.kind), questions)
    with server:
        yield OverHttp(
            FLOOR, "floor", stage, server, asks, read=lambda answer: read_rows(answer.json), half=half,
            played=played,
        )  # fmt: skip


# --- What is compared -----------------------------------------------------------------------------------


def read_feed(answer: Answer) -> dict[str, Any]:
    """What the API says, with its cursors opened."""
    told: dict[str, Any] = answer.json
    since = _place(told["since"])
    for item in told["items"]:
        if item["correction"]:
            del item["correction"]["says"]  # made of the rest, in the reader's language
    return told | {"next": _place(told["next"]), "since": since if since and since[1] else None}


def read_rows(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of the statement's rows."""
    places = [[_instant(row["visible_from"]).isoformat(), row["id"]] for row in rows]
    more = len(rows) > SIZE
    return {
        "items": [_card(row) for row in rows[:SIZE]],
        "next": places[SIZE - 1] if more else None,
        "since": places[0] if places else None,
    }


def _card(row: dict[str, Any]) -> dict[str, Any]:
    gone = row["hold_state"] in {"removed", "recalled"}
    bought = row["kind"] == "purchase" or row["outcome"] != ""
    likes, liked = _list(row["likes"]) if row.get("liked") is None else (row["likes"], row["liked"])
    return {
        "id": write_id(row["id"]), "kind": row["kind"], "author": _author(row), "thing": _thing(row),
        "correction": _correction(row) if gone else None, "category": row["category"],
        "outcome": "removed" if gone and bought else row["outcome"], "rating": row["rating"],
        "text": row["text"], "photos": [_photo(*photo) for photo in sorted(_list(row["photos"]))],
        **_when(row), "audience": {"mine": False, "everyone": bool(row["to_everyone"]), "circles": []},
        "comments": row["comments"], "likes": likes, "liked": bool(liked),
        "can_comment": not row["withdrawn"], "can_like": True, "is_mine": False,
        "held_until": None, "withdrawn": bool(row["withdrawn"]),
        "source": row["source"], "external_id": row["external_id"],
    }  # fmt: skip


def _author(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": write_id(row["author"]), "name": row["alias"] or row["display_name"], "handle": row["handle"],
        "circles": sorted(_list(row["circles"])), "is_me": False, "source": row["author_source"],
        "external_id": row["author_external_id"],
    }  # fmt: skip


def _thing(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["listing"] is None:
        return None
    return {
        "listing_id": write_id(row["listing"]), "title": row["title"], "picture": row["picture"],
        "merchant_id": write_id(row["merchant"]), "merchant_name": row["merchant_name"],
        "source": row["listing_source"], "listing_external_id": row["listing_external_id"],
        "merchant_external_id": row["merchant_external_id"],
    }  # fmt: skip


def _correction(row: dict[str, Any]) -> dict[str, Any]:
    figures = {name: row[name] for name in ("rule", "standard", "claimed", "figure", "bound", "words")}
    since = _instant(row["since"]).isoformat().replace("+00:00", "Z")
    return {"since": since, **figures, "state": row["hold_state"]}


def _photo(_position: int, number: int, width: int, height: int) -> dict[str, Any]:
    written = write_id(number)
    return {"id": written, "width": width, "height": height, "address": f"/api/v1/photos/{written}"}


def _when(row: dict[str, Any]) -> dict[str, str]:
    day = _instant(row["visible_from"]).date()
    if row["kind"] == "purchase" and row["bought_month"] is not None:
        month = row["bought_month"]
        day = month if isinstance(month, date) else date.fromisoformat(month)
    elif row["kind"] == "review":
        day = day.replace(day=1)
    return {
        "when": day.isoformat(), "when_precision": "month" if row["kind"] in {"purchase", "review"} else "day"
    }  # fmt: skip


def _instant(written: str | datetime) -> datetime:
    instant = datetime.fromisoformat(written) if isinstance(written, str) else written
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _list(written: str | list[Any] | None) -> list[Any]:
    return list(json.loads(written)) if isinstance(written, str) else written or []


def write_id(number: int) -> str:
    return "".join(ALPHABET[number >> shift & 31] for shift in range(60, -1, -5))


def _place(cursor: str | None) -> list[Any] | None:
    """Open a cursor: it is encrypted, so that it tells nothing to others."""
    if cursor is None:
        return None
    key = base64.urlsafe_b64encode(hashlib.sha256(b"kith.cursor:" + SECRET.encode()).digest())
    opened = Fernet(key).decrypt(cursor.encode() + b"=" * (-len(cursor) % 4))
    return list(json.loads(opened))


ROWS = (Feed(), FeedAtHalfLoad())
