"""The server itself, as it is started."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from tests.browser.server import HOST, PATIENCE, free_port

IDLE = 100
"""More than two processes of four threads each would take if connections were counted as requests."""
PATH = "/static/kith/kith.css"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a server, which needs no database for what is asked of it here."""
    number = free_port()
    told = {"KITH_DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/kith.sqlite3"}
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kith.config.settings", **told}
    command = [sys.executable, "-m", "kith.cli", "serve", "--host", HOST, "--port", str(number), "--quiet"]
    program = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603 (ourselves)
    try:
        yield number
    finally:
        program.terminate()
        program.wait(PATIENCE)


def test_browsers_that_keep_a_connection_shut_nobody_out(port: int) -> None:
    with ExitStack() as held:
        wait_for(port)
        for _ in range(IDLE):
            connection = held.enter_context(closing(http.client.HTTPConnection(HOST, port, timeout=10)))
            connection.request("GET", PATH)
            assert connection.getresponse().read()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
            connection.request("GET", PATH)
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise TimeoutError
