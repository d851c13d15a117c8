"""`kith serve`: the web server."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

import click

THREADS = 2
"""Of a process one thread at a time runs Python, and gives way at each question to the database: more threads
get into each other's way. With four instead of two, 99 of 100 feeds took 19 ms instead of 9 on SQLite and 14
instead of 12 on PostgreSQL, at half of what the server could answer (`kith bench feed --quick`)."""
CONNECTIONS = 512
"""Of a process, those included that browsers keep and do not use: one more waits until another ends. Each is
a file that is open, of which a process may have 1,024."""


def require_free_port(host: str, port: int) -> None:
    """Find out before anything is started whether the port can be had.

    :raises ClickException: it cannot; says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            return
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = f"Port {port} is taken by another program. Choose another: KITH_PORT={port + 1}"
        else:
            text = f"Cannot listen on {host}, port {port}: {error.strerror}."
        raise click.ClickException(text) from None


@click.command("serve")
@click.option("--host", envvar="KITH_HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="KITH_PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", envvar="KITH_WORKERS", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--threads", envvar="KITH_THREADS", default=THREADS, show_default=True, type=click.IntRange(1, 64)
)
@click.option("--quiet", is_flag=True, help="Do not say where it listens.")
def serve(*, host: str, port: int, workers: int, threads: int, quiet: bool) -> None:
    """Serve pages and API.

    A request holds one thread of one worker; each thread holds one connection to the database.
    """
    require_free_port(host, port)
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "kith.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=CONNECTIONS,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    if not quiet:
        click.echo(f"Kith listens on http://{host}:{port}/ ({workers} × {threads} threads).")
    with suppress(KeyboardInterrupt):
        server.serve()
