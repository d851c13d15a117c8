"""On a real cluster of Citus: KITH_TEST_CITUS_URL names a database of one, empty and for this alone.

It is laid out, filled, asked what is hot, compared with one PostgreSQL, and taken back.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ADDRESS = os.environ.get("KITH_TEST_CITUS_URL", "")
pytestmark = [
    pytest.mark.citus,
    pytest.mark.skipif(not ADDRESS, reason="KITH_TEST_CITUS_URL names no cluster of Citus"),
]
HERE = Path(__file__).parents[2]

FILL = """
from kith.cli.demo_data import load_neighbourhood
load_neighbourhood(lambda things, *_, **__: iter(things))
"""
ASK = """
from datetime import datetime, timezone
from kith.audience.viewer import viewer_of
from kith.core.clock import utc_now
from kith.core.paging import write_cursor
from kith.people.models import Person
from kith.sharing import queries
from kith.shop.models import Listing
from kith.ties.queries import friends

listings = sorted(Listing.objects.values_list("pk", flat=True))[:50]
beginning = write_cursor(datetime(2020, 1, 1, tzinfo=timezone.utc).isoformat(), 0)
for person in Person.objects.order_by("handle"):
    viewer = viewer_of(person, utc_now())
    known = queries.evidence_for_listings(viewer, listing_ids=listings)
    print(person.handle, queries.count_new(viewer, since=beginning), sorted(known.items()),
          queries.unread_notices(viewer), len(friends(viewer).items))
"""
"""What is hot: of everybody their timeline, evidence, notices and friends."""


def python(program: str) -> str:
    return _run("-c", f"import django; django.setup()\n{program}")


def kith(*arguments: str) -> str:
    return _run("-m", "kith.cli", *arguments)


def _run(*arguments: str) -> str:
    given = {
        "DATABASE_URL": ADDRESS,
        "KITH_ENV": "development",
        "DJANGO_SETTINGS_MODULE": "kith.config.settings",
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        env={**os.environ, **given}, cwd=HERE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_laid_out_asked_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_DATA_DIR", str(tmp_path))
    kith("migrate")
    python(FILL)
    whole, told = kith("distribute", "--plan"), python(ASK)
    kith("distribute", "--yes")
    assert kith("distribute", "--plan") == ""
    assert python(ASK) == told
    kith("distribute", "--undo", "--yes")
    assert kith("distribute", "--plan") == whole
    assert python(ASK) == told
