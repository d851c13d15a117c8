"""A server that checks what Citus would, or a cluster of Citus if KITH_TEST_CITUS_URL names one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from kith.core.steps import undo_steps

STUB = (Path(__file__).parent / "citus.sql").read_text()
GONE = "DROP EVENT TRIGGER IF EXISTS citus_looks; DROP SCHEMA IF EXISTS citus CASCADE; RESET search_path"


@pytest.fixture
def stub(transactional_db: None) -> Iterator[None]:
    """The functions of Citus, which check what it would and move nothing."""
    with connection.cursor() as cursor:
        cursor.execute(GONE)
        cursor.execute(STUB)
    yield
    list(undo_steps())  # whatever a test has left
    with connection.cursor() as cursor:
        cursor.execute(GONE)
