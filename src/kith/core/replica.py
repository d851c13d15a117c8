"""Reading what may be a second old: the public catalogue, for visitors who are not signed in.

`REPLICA_URL` names a PostgreSQL that follows the database. A query goes there because it says so here, and
for no other reason: there is no router, which could one day take the rule there, where somebody who was
shut out a moment ago would still be let in. What belongs to somebody cannot be asked (`NotPublic`), neither
itself nor within another query; and the replica's role should be granted `PUBLIC` and nothing else
(docs/how-to/run-in-production.md).

Who is signed in reads the database itself, so that a merchant sees at once what they have just changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, TypeVar

from django.db import OperationalError, connections, models
from django.db.models.sql import Query

from kith.core.guard import Viewer

ALIAS = "replica"
OWN = "default"
REST = 10.0
"""Seconds for which a replica that cannot be reached is left alone, and the database itself is asked."""
PUBLIC = frozenset(
    {
        "quality_decisioncount",
        "quality_sweep",
        "shop_category",
        "shop_listing",
        "shop_listing_words",
        "shop_listinghold",
        "shop_merchant",
    }
)
"""The tables that may be read there. In none of them is anything that not everybody may know."""

M = TypeVar("M", bound=models.Model)


class NotPublic(RuntimeError):
    """Something was to be read from the replica that is not everybody's."""


class _Rest:
    """Until when this process leaves the replica alone."""

    until = 0.0


def is_there() -> bool:
    return ALIAS in connections.settings


def alias_for(viewer: Viewer | None) -> str:
    """The database that public reads go to: the replica for who is not signed in, or nobody in particular."""
    if not is_there() or (viewer is not None and viewer.is_known) or time.monotonic() < _Rest.until:
        return OWN
    try:
        connections[ALIAS].ensure_connection()
    except OperationalError:
        _Rest.until = time.monotonic() + REST
        return OWN
    return ALIAS


def may_be_old(rows: models.QuerySet[M], viewer: Viewer | None = None) -> models.QuerySet[M]:
    """Let these be read from the replica, if there is one and the viewer is not signed in.

    :raises NotPublic: they are not everybody's.
    """
    if closed := {*_tables(rows.query)} - PUBLIC:
        raise NotPublic(
            f"{', '.join(sorted(closed))}: asked of the database itself, where it is as it is now"
        )
    return rows.using(alias_for(viewer))


def _tables(query: Query) -> Iterator[str]:
    """Every table that a query asks by now, and those of all queries within it."""
    yield query.get_meta().db_table
    yield from (join.table_name for join in query.alias_map.values())
    for within in _within([query.where, *query.annotations.values()]):
        yield from _tables(within)


def _within(expressions: list[Any]) -> Iterator[Query]:
    for one in expressions:
        if isinstance(one, Query):
            yield one
        elif isinstance(found := getattr(one, "query", None), Query):
            yield found
        elif hasattr(one, "get_source_expressions"):
            yield from _within([part for part in one.get_source_expressions() if part is not None])
        if isinstance(getattr(one, "rhs", None), Query):
            yield one.rhs


def readable_beyond_public() -> list[str]:
    """The tables that the replica's role may read and should not."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'SELECT') ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall() if name not in PUBLIC]


def wait_for_it(*, seconds: float) -> bool:
    """Wait until the replica has come to where the database is now; say whether it did in time."""
    with connections[OWN].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()::text")
        (now,) = cursor.fetchone()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with connections[ALIAS].cursor() as cursor:
            # Who is no replica has written up to where it is itself.
            at = "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"
            cursor.execute(f"SELECT {at} >= %s::pg_lsn", [now])
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False
