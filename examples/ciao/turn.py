"""One turn: convert, import, serve, compare; on the database that the environment names."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import django
import httpx

from examples.ciao.check import Get, choose_people, compare
from examples.ciao.convert import SOURCE, write_records
from examples.ciao.raw import World

RATINGS_OF_SAMPLE = 40
PATIENCE = 60.0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("place", type=Path)
    parser.add_argument("--users", type=int)
    parser.add_argument("--compare", type=int)
    arguments = parser.parse_args()
    each = RATINGS_OF_SAMPLE if arguments.users else None
    world = World(arguments.folder, people=arguments.users, ratings_each=each)
    print(
        f"{len(world.users):,} people, {len(world.trust):,} who trust whom, {len(world.ratings):,} ratings "
        f"of {len(world.category_of):,} products"
    )
    files = write_records(world, arguments.place / "records")
    _prepare()
    rejected = _import(files)
    wrong = sum(rating.stars == 0 for rating in world.ratings)
    print(f"rejected: {rejected} of {wrong} that are no ratings")
    people = choose_people(world, arguments.compare)
    tokens = make_tokens(people)
    began = time.monotonic()
    with _served() as get:
        report = compare(world, get, tokens, people)
    for line in report.say():
        print(line)
    print(f"compared in {time.monotonic() - began:.0f} s")
    return int(bool(report.differences) or rejected != wrong)


def _prepare() -> None:
    """Make the database ready and open the circle side to all."""
    django.setup()
    from django.db import connection

    from kith.audience.viewer import CIRCLES
    from kith.cli.migrate import prepare
    from kith.core.clock import utc_now
    from kith.rollout.services import open_to_everyone

    prepare()
    open_to_everyone(CIRCLES, now=utc_now(), why="The trust network is compared.", surface="cli")
    print(f"database: {connection.vendor}")


def _import(files: list[Path]) -> int:
    """Import the files as an operator would; return how many records were rejected."""
    began = time.monotonic()
    command = [sys.executable, "-m", "kith.cli", "import", *map(str, files), "--source", SOURCE]
    ended = subprocess.run(command, check=False).returncode
    if ended not in (0, 1):
        raise SystemExit("The import did not run to its end.")
    seconds = time.monotonic() - began
    print(f"imported in {seconds:.0f} s")
    rejects = [path.with_name(path.name + ".rejected.ndjson") for path in files]
    return sum(len(path.read_bytes().splitlines()) for path in rejects if path.exists())


def make_tokens(people: Collection[str]) -> dict[str, str]:
    """A key to the API for each of these people, by their id in Ciao."""
    from kith.core.clock import utc_now
    from kith.core.guard import Viewer
    from kith.people.models import Person
    from kith.people.tokens import Scope, make_token

    now = utc_now()
    rows = Person.objects.filter(source=SOURCE, external_id__in=people).values_list("external_id", "pk")
    return {
        user or "": make_token(Viewer(pk, now), name="ciao", scopes=[Scope.CIRCLE_READ])[1]
        for user, pk in rows
    }


@contextmanager
def _served() -> Iterator[Get]:
    """Serve Kith on a free port, and give what asks it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "kith.cli", "serve", "--port", str(port)])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            _wait(client, server)

            def get(token: str, path: str, asked: Mapping[str, Any]) -> Any:
                answer = client.get(path, params=dict(asked), headers={"Authorization": f"Bearer {token}"})
                answer.raise_for_status()
                return answer.json()

            yield get
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(httpx.TransportError):
            client.get("/api/v1/categories")
            return
        time.sleep(0.2)
    raise SystemExit("The server did not start; its last lines are above.")


if __name__ == "__main__":
    sys.exit(main())
