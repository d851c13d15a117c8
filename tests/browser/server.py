"""Starting the program for the browser: `kith serve`, on a port and a database of the caller's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

HOST = "127.0.0.1"
PATIENCE = 90.0
"""Seconds that the server may take to answer, and to end."""


@dataclass(frozen=True, slots=True)
class Server:
    address: str


@contextmanager
def running_server() -> Iterator[Server]:
    """Run the web server on the database that this process is connected to, and end it."""
    port = free_port()
    log = Path(settings.DATA_DIR) / "server.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "kith.cli", "serve", "--host", HOST, "--port", str(port)]
        program = subprocess.Popen(  # noqa: S603
            command, env=_environment(port), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _wait_for_answer(program, port, log)
        yield Server(f"http://{HOST}:{port}")
    finally:
        program.terminate()
        with suppress(subprocess.TimeoutExpired):
            program.wait(PATIENCE)
        program.kill()
        program.wait()


def _environment(port: int) -> dict[str, str]:
    """The settings as they are shipped, but for where the data lies and that codes are shown."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kith.config.settings",
        "KITH_DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": _database_url(),
        "SITE_URL": f"http://{HOST}:{port}",
        "KITH_SHOW_CODES": "1",
        "KITH_LOG_LEVEL": "WARNING",
    }


def _database_url() -> str:
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    who = ":".join(quote(str(place[part]), safe="") for part in ("USER", "PASSWORD") if place[part])
    where = f"{place['HOST'] or HOST}:{place['PORT'] or 5432}"
    return f"postgresql://{who}@{where}/{quote(str(place['NAME']))}"


def free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        return int(found.getsockname()[1])


def _wait_for_answer(program: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while program.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")
