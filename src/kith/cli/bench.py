"""`kith bench`: how fast Kith is beside its peers and beside what the database alone can do.

The bench stands in the checkout and not in the wheel: it takes the sources of a world, and PostgreSQL's and
wrk's programs. This command finds it and hands everything on.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

CHECKOUT = Path(__file__).parents[3]
NOT_HERE = (
    "The bench is not here: it is part of Kith's source, not of the installed package. "
    "Run this in a checkout, with its own environment: make bench"
)


@click.command(
    "bench",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
@click.argument("arguments", metavar="[ROW]… [OPTIONS]", nargs=-1, type=click.UNPROCESSED)
def bench(*, arguments: tuple[str, ...]) -> None:
    """Measure speed beside peers and beside the database alone. `kith bench --help` says more."""
    if not (CHECKOUT / "benchmarks" / "bench.py").exists():
        raise click.ClickException(NOT_HERE)
    done = subprocess.run([sys.executable, "-m", "benchmarks.bench", *arguments], cwd=CHECKOUT, check=False)
    sys.exit(done.returncode)
