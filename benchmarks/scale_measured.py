"""Bytes of rows, and what deliveries cost to write and to read, on a PostgreSQL with a world of the bench.

It makes a table of its own in a transaction that it takes back. The server must be on this machine, whose
account of the server's processor it reads, and should do nothing else meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.processes import processor_seconds

Connection = psycopg.Connection[tuple[Any, ...]]
LEAST = 1_000
"""Of fewer rows the first page of each index would count for much."""
ROUNDS = 5

SIZES = """
SELECT relname, n_live_tup, pg_table_size(relid) / n_live_tup, pg_indexes_size(relid) / n_live_tup
FROM pg_stat_user_tables WHERE n_live_tup >= %s ORDER BY pg_total_relation_size(relid) DESC
"""
SEEN = """tie.friend_at IS NOT NULL AND NOT tie.blocked AND NOT tie.blocked_by AND NOT tie.hidden_by
    AND NOT tie.muted AND tie.shows"""
TIMELINE = f"""
SELECT delivery.author_id, delivery.share_id FROM sharing_delivery AS delivery
WHERE viewer_id = %s AND visible_from <= now() AND visible_until > now() AND (
    SELECT {SEEN} FROM ties_relationship AS tie
    WHERE tie.owner_id = delivery.viewer_id AND tie.other_id = delivery.author_id)
ORDER BY visible_from DESC, share_id DESC LIMIT 21
"""  # noqa: S608 (a constant)
SHARES = """
SELECT * FROM sharing_share
WHERE (author_id, id) IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))
"""
FROM_AUTHORS = f"""
SELECT share.* FROM ties_relationship AS tie CROSS JOIN LATERAL (
    SELECT * FROM sharing_share AS one
    WHERE one.author_id = tie.other_id AND one.visible_from <= now() AND one.withdrawn_at IS NULL AND EXISTS (
        SELECT FROM sharing_audience AS audience JOIN ties_member AS member
        ON member.owner_id = audience.author_id AND member.circle_id = audience.circle_id
        WHERE audience.author_id = one.author_id AND audience.share_id = one.id
        AND audience.visible_until > now() AND member.person_id = tie.owner_id)
    ORDER BY one.visible_from DESC, one.id DESC LIMIT 21) AS share
WHERE tie.owner_id = %s AND {SEEN}
ORDER BY share.visible_from DESC, share.id DESC LIMIT 21
"""  # noqa: S608 (a constant)
VIEWERS = """
SELECT owner_id FROM ties_relationship WHERE friend_at IS NOT NULL
GROUP BY owner_id HAVING count(*) BETWEEN 110 AND 130 LIMIT 60
"""


def measured(url: str) -> Iterator[str]:
    """All of it, a line for each figure."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("SET jit = off")
        yield "bytes a row: table, indexes"
        for name, rows, table, indexes in connection.execute(SIZES, [LEAST]):
            yield f"  {name}: {table:.0f}, {indexes:.0f} ({rows:,} rows)"
        yield from _reading(connection)
        yield from _growing(connection)


def _growing(connection: Connection) -> Iterator[str]:
    """Deliveries written in the order in which they were shown: their viewers come as they come."""
    connection.execute("CREATE TEMP TABLE in_order AS SELECT * FROM sharing_delivery ORDER BY visible_from")
    rows = _number(connection, "SELECT count(*) FROM in_order")
    connection.execute("CHECKPOINT")
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE grown (LIKE sharing_delivery INCLUDING ALL)")
        before = _number(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        seconds = _taken(connection, lambda: connection.execute("INSERT INTO grown SELECT * FROM in_order"))
        after = _number(connection, "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")
        table = _number(connection, "SELECT pg_table_size('grown')") / rows
        indexes = _number(connection, "SELECT pg_indexes_size('grown')") / rows
    yield f"a delivery as they grow: {table:.0f}, {indexes:.0f} bytes"
    yield f"  {(after - before) / rows:.0f} bytes of WAL"
    yield f"  {1000 * seconds / rows:.4f} ms of the server's processor to write it"


def _reading(connection: Connection) -> Iterator[str]:
    viewers = [row[0] for row in connection.execute(VIEWERS)]
    few = connection.execute("SELECT author_id, id FROM sharing_share LIMIT 2000").fetchall()

    def pushed(viewer: int) -> None:
        found = connection.execute(TIMELINE, [viewer], prepare=True).fetchall()
        connection.execute(
            SHARES, [list(part) for part in zip(*found, strict=True)] or [[], []], prepare=True
        )

    def pulled(viewer: int) -> None:
        connection.execute(FROM_AUTHORS, [viewer], prepare=True).fetchall()

    def one(of: Sequence[int]) -> None:
        connection.execute(SHARES, [[of[0]], [of[1]]], prepare=True).fetchall()

    ways: list[tuple[str, Callable[[Any], None], list[Any]]] = [
        ("twenty from the viewer's deliveries", pushed, viewers),
        ("twenty from the authors", pulled, viewers),
        ("one share by author and id", one, few),
    ]
    for name, way, asked in ways if viewers and few else []:
        for each in asked:
            way(each)
        taken = _taken(connection, lambda way=way, asked=asked: [way(each) for each in asked * ROUNDS])  # type: ignore[misc]
        yield f"{name}: {1000 * taken / (len(asked) * ROUNDS):.3f} ms of the server's processor"
    for name, statement in (("deliveries", TIMELINE), ("authors", FROM_AUTHORS)) if viewers else ():
        plan = connection.execute(
            sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ") + sql.SQL(statement), viewers[:1]
        ).fetchone()
        yield f"  pages read for it from {name}: {plan[0][0]['Plan']['Shared Hit Blocks'] if plan else 0}"


def _taken(connection: Connection, work: Callable[[], object]) -> float:
    """Seconds of the processor that the connection's own process of the server takes for it."""
    before = processor_seconds([connection.info.backend_pid])
    work()
    return processor_seconds([connection.info.backend_pid]) - before


def _number(connection: Connection, statement: str) -> float:
    row = connection.execute(sql.SQL(statement)).fetchone()
    return float(row[0]) if row else 0.0
