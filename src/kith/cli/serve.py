"""`kith serve`: the web server."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

import click


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
@click.option("--threads", envvar="KITH_THREADS", default=4, show_default=True, type=click.IntRange(1, 64))
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
        backpressure=threads * 8,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    if not quiet:
        click.echo(f"Kith listens on http://{host}:{port}/ ({workers} × {threads} threads).")
    with suppress(KeyboardInterrupt):
        server.serve()
