"""Knowing an error of the database that passes by itself from one that does not."""

from __future__ import annotations

import sqlite3

from django.db import DatabaseError, InterfaceError
from psycopg import OperationalError, errors

AGAIN_IN = 5
"""Seconds after which it is worth trying again: about as long as anything that is waited for."""
PASSING: tuple[type[Exception], ...] = (
    errors.QueryCanceled,  # it took longer than it may
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.IdleInTransactionSessionTimeout,
    errors.ReadOnlySqlTransaction,  # another server is taking over
    errors.TooManyConnections,
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
)
LOCKED = {"SQLITE_BUSY", "SQLITE_LOCKED"}


def is_busy(error: BaseException | None) -> bool:
    """Say whether the database is too busy or not to be reached, so that the same may do in a while.

    Whatever was being written is undone: what ends a statement ends its transaction. What is wrong with
    a statement itself, such as a column that is not there, is nothing that passes.
    """
    if not isinstance(error, (DatabaseError, InterfaceError)):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorname.removesuffix("_SNAPSHOT") in LOCKED
    if isinstance(cause, PASSING):
        return True
    # Of a connection that broke, or could not be made, nobody told a code.
    return isinstance(cause, OperationalError) and cause.sqlstate is None
