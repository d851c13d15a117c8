"""Full-text search over short texts in Chinese and in languages that put spaces between words.

One tokenizer, and one module that knows that SQLite has FTS5 and PostgreSQL has tsvector.
Chinese is cut into single characters and into pairs: every word of one or two characters is
found exactly where it stands, without a dictionary that may not know it. (FTS5's own trigram
tokenizer finds nothing for one or two characters.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, router
from django.db.migrations.operations.base import Operation
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

LONGEST_WORD = 40
LONGEST_QUERY = 200
MOST_TERMS = 24
WEIGHTS = "ABCD"
"""Of the columns of an index, in order: what stands in the first counts most."""

_RUN = re.compile(r"[^\W_]+")
_IDEOGRAPHS = re.compile(
    r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
_PARTS = re.compile(r"\d+|[^\W\d]+")


# --- The tokenizer --------------------------------------------------------------


def normalise(text: str) -> str:
    """Bring to one form: full width to half, capitals to small, traditional characters to simplified."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_simplified())


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """OpenCC's table of characters: one for one, so that a word's place in a text does not move."""
    table = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line)
    return {ord(old): new.split(" ")[0] for old, new in pairs if len(old) == 1}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of letters and digits, all of one kind."""

    text: str
    is_ideographic: bool


def runs(text: str) -> list[Run]:
    """Cut a text where its punctuation is, and where Chinese meets other letters."""
    parts = (part for stretch in _RUN.findall(normalise(text)) for part in _IDEOGRAPHS.split(stretch))
    return [Run(part, bool(_IDEOGRAPHS.match(part))) for part in parts if part]


def tokens(text: str) -> list[str]:
    """What a text is found by."""
    found: list[str] = []
    for run in runs(text):
        if run.is_ideographic:
            found += [*run.text, *_pairs(run.text)]
        else:
            found.append(run.text[:LONGEST_WORD])
            parts = _PARTS.findall(run.text)
            found += [part[:LONGEST_WORD] for part in parts if len(parts) > 1]
    return found


def _pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a query asks for: all of `whole`, and of `beginnings` a word that begins so."""

    whole: tuple[str, ...]
    beginnings: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.whole or self.beginnings)


def terms(query: str, *, loosely: bool = False) -> Terms:
    """Read what somebody typed. Nothing in it is an operator.

    Of a Chinese word of three characters or more each pair must be there, or `loosely` each
    character: 不锈钢水壶 then finds 不锈钢电热水壶. One and two characters are always exact.
    """
    whole: list[str] = []
    beginnings: list[str] = []
    for run in runs(query[:LONGEST_QUERY]):
        if not run.is_ideographic:
            beginnings.append(run.text[:LONGEST_WORD])
        elif len(run.text) <= 2:
            whole.append(run.text)
        else:
            whole += run.text if loosely else _pairs(run.text)
    return Terms(tuple(dict.fromkeys(whole))[:MOST_TERMS], tuple(dict.fromkeys(beginnings))[:MOST_TERMS])


# --- The index ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Index:
    """A table of the words of things that have an id: one column per weight, the weightiest first."""

    table: str
    columns: tuple[str, ...]


class CreateIndex(Operation):
    """The migration that makes an index, as each database does it."""

    reversible = True

    def __init__(self, table: str, columns: Sequence[str]) -> None:
        self.index = Index(table, tuple(columns))

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.index.table, list(self.index.columns)], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model stands for it."""

    def database_forwards(self, app_label: str, schema_editor: Any, *_states: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            for statement in _definition(self.index, schema_editor.connection.vendor):
                schema_editor.execute(statement)

    def database_backwards(self, _app_label: str, schema_editor: Any, *_states: Any) -> None:
        schema_editor.execute(f"DROP TABLE {self.index.table}")

    def describe(self) -> str:
        return f"Create the full-text index {self.index.table}"


def _definition(index: Index, vendor: str) -> list[str]:
    if vendor == "sqlite":
        columns = ", ".join(index.columns)
        return [f"CREATE VIRTUAL TABLE {index.table} USING fts5({columns}, tokenize='ascii', prefix='2 3 4')"]
    return [
        f"CREATE TABLE {index.table} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
        f"CREATE INDEX {index.table}_words ON {index.table} USING gin (words)",
    ]


Texts = Mapping[int, Sequence[str]]
"""By id, the text of each column."""


def write(index: Index, texts: Texts) -> None:
    """Set what some things are found by."""
    if connection.vendor == "sqlite":
        _write_sqlite(index, texts)
    else:
        _write_postgres(index, texts)


def _write_sqlite(index: Index, texts: Texts) -> None:
    marks = ", ".join(["%s"] * (len(index.columns) + 1))
    statement = f"INSERT OR REPLACE INTO {index.table} (rowid, {', '.join(index.columns)}) VALUES ({marks})"  # noqa: S608
    # In the order of ids: FTS5 starts a new segment whenever an id is smaller than the last one.
    rows: list[list[int | str]] = [
        [pk, *(" ".join(tokens(text)) for text in texts[pk])] for pk in sorted(texts)
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _write_postgres(index: Index, texts: Texts) -> None:
    statement = (
        f"INSERT INTO {index.table} (id, words) VALUES (%s, %s::tsvector) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET words = excluded.words"
    )
    rows = [(pk, _vector(texts[pk])) for pk in sorted(texts)]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _vector(columns: Sequence[str]) -> str:
    """Write a tsvector out. Tokens are letters and digits only, so quotes need no escaping."""
    words, place = [], 0
    for weight, text in zip(WEIGHTS, columns, strict=False):
        for token in tokens(text):
            place += 1
            words.append(f"'{token}':{min(place, 16383)}{weight}")
    return " ".join(words)


def remove(index: Index, ids: Collection[int]) -> None:
    """Let some things be found no more."""
    key = "rowid" if connection.vendor == "sqlite" else "id"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {index.table} WHERE {key} = %s", [(pk,) for pk in ids])  # noqa: S608


def every_id(index: Index) -> set[int]:
    """The ids of all that can be found: to check the index against its things."""
    key = "rowid" if connection.vendor == "sqlite" else "id"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {index.table}")  # noqa: S608
        return {row[0] for row in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing found. The lower `score`, the better it fits."""

    id: int
    score: float


def find(
    index: Index,
    wanted: Terms,
    *,
    limit: int,
    after: Hit | None = None,
    without: Iterable[QuerySet[Any]] = (),
    using: str = DEFAULT_DB_ALIAS,
) -> list[Hit]:
    """Find what holds all the terms, best first, and go on behind `after`.

    :param without: rows whose primary keys are ids of things to leave out. Each is asked, by that
        key, of what holds the terms and in the same statement, so that a page is full and there is
        no gap behind it.
    """
    if not wanted:
        return []
    if connection.vendor == "sqlite":
        statement, values = _search_sqlite(index, wanted)
    else:
        statement, values = _search_postgres(index, wanted)
    conditions = []
    if after is not None:
        conditions.append("(score, id) > (%s, %s)")
        values += [after.score, after.id]
    for rows in without:
        asked, of = rows.filter(pk=RawSQL("found.id", ())).query.exists().sql_with_params()
        conditions.append(f"NOT EXISTS ({asked})")
        values += of
    narrowed = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT id, score FROM ({statement}) AS found {narrowed} ORDER BY score, id LIMIT %s",  # noqa: S608
            [*values, limit],
        )
        return [Hit(pk, score) for pk, score in cursor.fetchall()]


def _search_sqlite(index: Index, wanted: Terms) -> tuple[str, list[Any]]:
    weights = ", ".join(str(10 / 3**at) for at, _ in enumerate(index.columns))
    match = " ".join([f'"{word}"' for word in wanted.whole] + [f'"{word}"*' for word in wanted.beginnings])
    table = index.table
    statement = f"SELECT rowid AS id, bm25({table}, {weights}) AS score FROM {table} WHERE {table} MATCH %s"  # noqa: S608
    return statement, [match]


def _search_postgres(index: Index, wanted: Terms) -> tuple[str, list[Any]]:
    match = " & ".join([f"'{word}'" for word in wanted.whole] + [f"'{word}':*" for word in wanted.beginnings])
    rank = "-ts_rank(ARRAY[0.04, 0.12, 0.35, 1.0]::real[], words, %s::tsquery, 1)::float8"
    statement = f"SELECT id, {rank} AS score FROM {index.table} WHERE words @@ %s::tsquery"  # noqa: S608
    return statement, [match, match]


def join_texts(texts: Iterable[str]) -> str:
    """Put several texts into one column, without words growing together."""
    return " \n ".join(texts)
