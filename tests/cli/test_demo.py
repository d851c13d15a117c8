"""The demonstration as its visitor has it: one command that starts all and ends all."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kith.cli import demo as module
from kith.people.models import Person

LAST_LINE = "Ctrl-C ends it"


@pytest.mark.django_db
def test_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []

    def load(progress: object) -> None:
        loaded.append(progress)
        Person.objects.create_user("mei", display_name="Mei")

    monkeypatch.setattr("kith.cli.demo_data.load_neighbourhood", load)
    module.load_once(tmp_path / "loaded")
    module.load_once(tmp_path / "loaded")
    assert len(loaded) == 1
    Person.objects.all().delete()
    module.load_once(tmp_path / "loaded")
    assert len(loaded) == 2


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    with Visitor(tmp_path) as visitor:
        yield visitor
        visitor.terminate()


def _hear_ctrl_c() -> None:
    """What runs in the background of a shell may have been told to ignore it, and its children with it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Visitor(subprocess.Popen[str]):
    """Somebody who has typed `kith demo` in an empty folder."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("KITH_", "DJANGO_"))
        }
        del ours["DATABASE_URL"]
        super().__init__(
            [sys.executable, "-m", "kith.cli", "demo", "--port", str(self.port)],
            cwd=folder,
            env=ours,
            preexec_fn=_hear_ctrl_c,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def read_to_the_last_line(self) -> str:
        said = ""
        for line in self.stdout or ():
            said += line
            if line.startswith(LAST_LINE):
                return said
        raise AssertionError(said)

    def programs(self) -> list[Path]:
        """Where Linux tells of the programs that it started."""
        started = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [Path(f"/proc/{number}") for number in started]


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_starts_all_and_ends_all(visitor: Visitor) -> None:
    said = visitor.read_to_the_last_line()
    assert f"http://127.0.0.1:{visitor.port}/" in said
    assert "mei" in said
    with httpx.Client(trust_env=False) as browser:
        assert browser.get(f"http://127.0.0.1:{visitor.port}/").status_code == 200
    server, worker = visitor.programs()
    assert f"KITH_PORT={visitor.port}".encode() in (server / "environ").read_bytes().split(b"\0")
    visitor.send_signal(signal.SIGINT)
    assert visitor.wait(60) == 0
    assert not server.exists()
    assert not worker.exists()
