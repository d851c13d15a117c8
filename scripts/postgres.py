"""A PostgreSQL that is thrown away: made in a temporary folder, ended and removed at the end.

python scripts/postgres.py COMMAND…     run a command with KITH_TEST_DATABASE_URL set to it
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

UNSAFE_AND_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""Nothing in it outlives the tests, so nothing in it need survive a power cut."""
MODEST = {"shared_buffers": "128MB", "max_connections": "60", "unix_socket_directories": ""}
FOR_TESTS = {"autovacuum": "off", "enable_seqscan": "off", "jit": "off", "statement_timeout": "60s"}
"""A test's tables are empty, then full, then empty: what is found out about them is soon untrue, and a
plan made by it may be a scan of all for each row. So nothing is found out, and indexes are used. What
takes a minute all the same is wrong, and says so itself."""


class CannotStart(RuntimeError):
    """PostgreSQL is not installed, or would not start; says why."""


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(debian), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


@contextlib.contextmanager
def throwaway_postgres(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server on a free port of 127.0.0.1, and give its address.

    :param settings: of postgresql.conf, such as `FOR_TESTS`.
    :raises CannotStart: it is not installed or did not come up.
    """
    programs = find_programs()
    if programs is None:
        raise CannotStart("PostgreSQL is not installed; install it with: apt-get install postgresql")
    place = Path(tempfile.mkdtemp(prefix="kith-postgres-"))
    try:
        password = secrets.token_hex(16)
        _make_cluster(programs, place, password)
        with _running(programs, place, settings or {}) as port:
            yield f"postgresql://kith:{password}@127.0.0.1:{port}/postgres"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _make_cluster(programs: Path, place: Path, password: str) -> None:
    (place / "password").write_text(password)
    if account := _account():
        os.chown(place, account.pw_uid, account.pw_gid)
        os.chown(place / "password", account.pw_uid, account.pw_gid)
    options = ["--username=kith", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", *options, f"--pwfile={place / 'password'}", "-D", place / "data"],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        **_as_nobody_special(),
    )
    if made.returncode:
        raise CannotStart(made.stdout + made.stderr)


@contextlib.contextmanager
def _running(programs: Path, place: Path, wanted: Mapping[str, str]) -> Iterator[int]:
    port = _free_port()
    settings = {
        **UNSAFE_AND_QUICK,
        **MODEST,
        **wanted,
        "listen_addresses": "127.0.0.1",
        "port": str(port),
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (place / "log").open("w") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", place / "data", *options],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=place,
            start_new_session=True,  # Ctrl-C is ours: the tests end first, then their server
            **_as_nobody_special(),
        )
    try:
        _wait_until_ready(server, programs, port, place / "log")
        yield port
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], programs: Path, port: int, log: Path) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        if subprocess.run(asked, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise CannotStart(f"PostgreSQL did not come up:\n{log.read_text()}")


def _account() -> pwd.struct_passwd | None:
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart("there is no account but root's to run PostgreSQL")


def _as_nobody_special() -> dict[str, Any]:
    account = _account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def end_on_signals() -> None:
    """Let a polite kill unwind the `with` blocks, so that nothing is left running."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))


if __name__ == "__main__":
    end_on_signals()
    with throwaway_postgres(FOR_TESTS) as address:
        with_address = {**os.environ, "KITH_TEST_DATABASE_URL": address}
        sys.exit(subprocess.run(sys.argv[1:], check=False, env=with_address).returncode)
