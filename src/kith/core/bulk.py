"""Making a connection ready to write very much."""

from __future__ import annotations

from django.db import connection

SQLITE_CACHE_KIB = 256 * 1024
SQLITE_PAGES_TO_CHECKPOINT = 20_000


def prepare_for_bulk() -> None:
    """Give this connection room, for an import whose every step may be run again.

    SQLite keeps more pages in memory and copies its log back less often: without that, each
    batch writes the pages of the large indexes several times. PostgreSQL does not wait for the
    disk at each commit: what a power cut then takes away is whole transactions, which the next
    run of the import does again.
    """
    connection.ensure_connection()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA cache_size = -{SQLITE_CACHE_KIB}")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {SQLITE_PAGES_TO_CHECKPOINT}")
        else:
            cursor.execute("SET synchronous_commit = off")
