"""`kith demo`: a whole installation with a neighbourhood in it, for looking around."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click

HOST = "127.0.0.1"
PATIENCE = 30.0
"""Seconds that the server may take to answer, and a program to end."""


@click.command("demo")
@click.option("--port", envvar="KITH_PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(*, port: int) -> None:
    """Prepare everything, load the demonstration neighbourhood, and run server and worker.

    What is done in it is kept; Ctrl-C ends all of it.
    """
    from django.conf import settings

    from kith.cli.migrate import prepare
    from kith.cli.serve import require_free_port

    if settings.PRODUCTION:
        raise click.ClickException("The demonstration has public passwords; it does not run in production.")
    require_free_port(HOST, port)
    for what in prepare():
        click.echo(what)
    load_once(settings.DATA_DIR / "demo-loaded")
    with _pid_file(settings.DATA_DIR / "demo.pid"):
        run_until_interrupted(port)


def load_once(mark: Path) -> None:
    """Load the neighbourhood unless it was loaded to its end before.

    :param mark: the file that says so; without it, loading is done again, which doubles nothing.
    """
    from kith.cli.demo_data import load_neighbourhood
    from kith.cli.progress import progress
    from kith.people.models import Person

    if mark.exists() and Person.objects.exists():
        return
    load_neighbourhood(progress)
    mark.touch()


def run_until_interrupted(port: int) -> None:
    """Run server and worker side by side until Ctrl-C, a polite kill, or the end of either."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    os.environ["KITH_PORT"] = str(port)  # for the addresses that messages and invitations name
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(_start("serve", "--quiet", "--host", HOST, "--port", str(port)))
        _wait_for_answer(port, running[0])
        running.append(_start("worker"))  # now: beside it the first page would be later
        _say_how_to_look_around(port)
        while all(program.poll() is None for program in running):
            time.sleep(0.3)
        raise click.ClickException("The server or the worker has ended by itself; its last lines are above.")
    except KeyboardInterrupt:
        click.echo("\nEnding.")
    finally:
        _end(running)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _start(*command: str) -> subprocess.Popen[bytes]:
    """Start one of our own commands, out of reach of the terminal's Ctrl-C: we end it ourselves."""
    return subprocess.Popen(
        [sys.executable, "-m", "kith.cli", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (no threads yet)
    )


def _end_with_parent() -> None:
    """Have Linux end this program should its parent be killed without a word (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _end(running: list[subprocess.Popen[bytes]]) -> None:
    for program in running:
        program.terminate()
    for program in running:
        try:
            program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)


def _wait_for_answer(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.1)
    raise click.ClickException("The server did not start; its last lines are above.")


def _say_how_to_look_around(port: int) -> None:
    from kith.cli.demo_data import CAST, PASSWORD

    click.echo(f"\nKith is at http://{HOST}:{port}/")
    click.echo(
        f"Sign in as any of these with the password {PASSWORD}, or by phone: the code is printed here.\n"
    )
    for somebody in CAST:
        click.echo(f"  {somebody.handle:<10} {somebody.phone.removeprefix('+86')}  {somebody.role}")
    click.echo("\nCtrl-C ends it; what you do in it is kept. `make reset` starts over.")


@contextmanager
def _pid_file(path: Path) -> Iterator[None]:
    """Say who runs on this data, so that `make reset` does not pull it from under them."""
    path.write_text(str(os.getpid()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
