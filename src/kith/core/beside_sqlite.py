"""The program of `core.beside`: reads a SQLite database into Arrow's columns, and appends columns to it.

Each line on its standard input is one job in JSON, which is answered by one line. It ends with its
input. Whatever goes wrong ends it, too: what it was appending is then not there.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa

ONE_BATCH = {"adbc.sqlite.query.batch_rows": str(2**31 - 2)}
"""The first batch says what the columns hold; so there is no second."""
APPENDED_AT_ONCE = 50_000


class Database:
    """A database, with a connection for each thread that asks."""

    def __init__(self, uri: str, settings: Mapping[str, int]) -> None:
        self._uri, self._settings = uri, settings
        self._own = threading.local()

    def connection(self) -> sqlite.AdbcSqliteConnection:
        known: sqlite.AdbcSqliteConnection | None = getattr(self._own, "connection", None)
        if known is not None:
            return known
        opened = self._own.connection = sqlite.connect(self._uri, autocommit=True)
        for name, value in self._settings.items():
            self.rows(f"PRAGMA {name} = {value}")
        return opened

    def rows(self, statement: str, parameters: list[Any] | None = None) -> list[Any]:
        with self.connection().cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    def read(self, job: Mapping[str, Any]) -> None:
        """Write what a statement selects to a file."""
        with self.connection().cursor() as cursor:
            cursor.adbc_statement.set_options(**ONE_BATCH)
            cursor.execute(job["statement"], job["parameters"] or None)
            table = cursor.fetch_arrow_table()
        with pa.OSFile(job["into"], "wb") as file, pa.ipc.new_file(file, table.schema) as into:
            into.write_table(table)

    def append(self, job: Mapping[str, Any]) -> bool:
        """Append what is in a file, in one transaction, if the claim changes a row; say whether it did.

        Should anything fail on the way this process ends, and with it the transaction.
        """
        connection = self.connection()
        connection.adbc_connection.set_autocommit(False)
        claimed = bool(self.rows(job["claim"], job["parameters"]))
        if claimed:
            with pa.memory_map(job["rows"]) as file, connection.cursor() as cursor:
                cursor.adbc_ingest(job["into"], pa.ipc.open_file(file).read_all(), mode="append")
        connection.commit()
        connection.adbc_connection.set_autocommit(True)
        return claimed


def main(uri: str, settings: str, readers: str) -> None:
    """Do one job after the other, until there is none; then copy the log back."""
    database = Database(uri, json.loads(settings))
    with ThreadPoolExecutor(int(readers)) as pool:
        for line in sys.stdin:
            job = json.loads(line)
            if "read" in job:
                list(pool.map(database.read, job["read"]))
                done = True
            else:
                done = database.append(job)
            sys.stdout.write(f"{json.dumps(done)}\n")
            sys.stdout.flush()
        database.rows("PRAGMA wal_checkpoint(PASSIVE)")


if __name__ == "__main__":
    main(*sys.argv[1:])
