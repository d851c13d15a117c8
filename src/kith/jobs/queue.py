"""Where jobs wait: a SQLite file beside the data, or Redis where there is one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import close_old_connections
from huey import Huey, RedisHuey, SqliteHuey


def _open_queue() -> Huey:
    if settings.REDIS_URL:
        return RedisHuey("kith", url=settings.REDIS_URL)
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    # In tests a job runs at once, in the thread that starts it.
    immediate = settings.ENVIRONMENT == "test"
    return SqliteHuey("kith", filename=str(settings.DATA_DIR / "jobs.sqlite3"), immediate=immediate)


queue = _open_queue()


@queue.pre_execute()  # type: ignore[untyped-decorator]
def _drop_broken_connection(task: Any) -> None:
    """A worker's connection outlives a restart of the database; a job does not start on a dead one."""
    if not queue.immediate:
        close_old_connections()
