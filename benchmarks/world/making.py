"""Making a world in the database that this process was started on; the other half of `__main__`."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command

from benchmarks.world.__main__ import CHOSEN, TOLD
from benchmarks.world.choose import choose
from benchmarks.world.load import load
from benchmarks.world.plan import World, read_world
from benchmarks.world.story import draw_story


def main() -> None:
    given: dict[str, Any] = json.loads(sys.argv[1])
    call_command("migrate", verbosity=0)
    folder = Path(given.pop("folder"))
    told = make(read_world(given["world"]), folder)
    (folder / TOLD).write_text(json.dumps(given | told))


def make(world: World, folder: Path) -> dict[str, Any]:
    """Draw a world, write it into the empty database, and choose from it; return what each step took."""
    steps: list[tuple[str, int, float]] = []

    def tell(name: str, rows: int, seconds: float) -> None:
        steps.append((name, rows, round(seconds, 2)))
        print(f"{name:36}{rows:>12,}{seconds:>9.1f} s", flush=True)

    begun = time.perf_counter()
    story = draw_story(world)
    tell("the story", world.people, time.perf_counter() - begun)
    load(story, tell=tell)
    between = time.perf_counter()
    choose(story).write(folder / CHOSEN)
    tell("the choices", 1, time.perf_counter() - between)
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"in all {seconds:.0f} seconds; memory at most {memory:,.0f} MiB")
    return {"steps": steps, "seconds": round(seconds, 1), "memory_mib": round(memory)}
