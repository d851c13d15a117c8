"""`kith worker`: does the jobs that wait in the queue, and the periodic ones."""

from __future__ import annotations

import click


@click.command("worker")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 32))
def worker(*, threads: int) -> None:
    """Do what is done later or again and again. One worker is enough for most installations."""
    from kith.core.clock import utc_now
    from kith.jobs.housekeeping import give_sign_of_life
    from kith.jobs.queue import queue

    give_sign_of_life(now=utc_now())
    # A killed worker has left its locks behind. What they keep apart, two may do at once without harm.
    queue.create_consumer(workers=threads, worker_type="thread", max_delay=2.0, flush_locks=True).run()
