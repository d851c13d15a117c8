"""How long the database may take: bounds for requests, which are short, and for work, which is not.

Whatever asks the database starts with the bounds of work (`settings`); the web server's entrance
(`config.wsgi`) sets those of requests before its first. PostgreSQL keeps them itself, from the start of
each connection on: a request that passes one ends with its transaction undone, and `core.busy` knows it
again.
"""

from __future__ import annotations

from typing import Any

PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c jit=off"
"""What PostgreSQL has prepared it plans once, and not anew for each list of ids: planning took longer than
answering (whether somebody may see a share: 1.2 ms, and 0.4 so; who bought a listing: 2.7 and 2.2).

Nor does it compile plans to machine code, which pays for what reads millions of rows: among 100,000 people a
list of strangers' posts took 162 ms of the processor with it, and 28 without.
"""
POOL_WAIT = 5.0
"""Seconds that a request waits for a connection of the pool."""


def bounds(*, statement: float, lock: float, idle: float) -> str:
    """Write bounds, in seconds, as libpq takes them; 0 is none.

    :param statement: how long one statement may take.
    :param lock: how long it may wait for a row or a table that somebody else holds.
    :param idle: how long a transaction may do nothing, while what it holds is held.
    """
    named = {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": idle,
    }
    return " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in named.items())


def is_postgresql(database: dict[str, Any]) -> bool:
    return bool(database["ENGINE"] == "django.db.backends.postgresql")


def with_bounds(database: dict[str, Any], wanted: str) -> dict[str, Any]:
    """The same database, within these bounds and planning once. What its address itself sets comes behind,
    and holds.
    """
    if not is_postgresql(database):
        return database
    options = database.get("OPTIONS", {})
    own = database.setdefault("ADDRESS_OPTIONS", options.get("options", ""))
    return {**database, "OPTIONS": {**options, "options": f"{PLANNED_ONCE} {wanted} {own}".strip()}}


def with_pool(database: dict[str, Any], size: int) -> dict[str, Any]:
    """The same database by a pool: a thread has one of its connections for as long as a request takes."""
    if not size or not is_postgresql(database):
        return database
    pool = {"min_size": 1, "max_size": size, "timeout": POOL_WAIT}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": {**database["OPTIONS"], "pool": pool}}


def bound_requests() -> None:
    """Set the bounds of requests for every connection that this process makes from now on."""
    from django.conf import settings  # noqa: PLC0415 (the settings take from here)
    from django.db import connections  # noqa: PLC0415

    wanted = bounds(
        statement=settings.STATEMENT_TIMEOUT, lock=settings.LOCK_TIMEOUT, idle=settings.IDLE_TIMEOUT
    )
    for alias, database in connections.settings.items():
        connections[alias].close()  # it was made with other bounds, and belongs to no pool
        database.update(with_pool(with_bounds(database, wanted), settings.DATABASE_POOL))
