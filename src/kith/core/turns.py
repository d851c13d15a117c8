"""One at a time: work that two must not do at once, whichever rows it will touch."""

from __future__ import annotations

import hashlib

from django.db import connection


def take_turn(name: str) -> None:
    """Wait until nobody else has the turn of this name, and keep it until the transaction ends.

    On SQLite there is one writer at a time anyway.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a turn ends with its transaction, and there is none")
    if connection.vendor == "postgresql":
        key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
