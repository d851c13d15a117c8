"""A small world of its own on the database that the suite runs on, for the rows of the bench to play on."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from django.conf import settings

from benchmarks.contest import Kind, Stage
from benchmarks.stages import opened


@pytest.fixture(scope="session")
def small_stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    with opened(_kind(), "small", tmp_path_factory.mktemp("small world"), clients=1, quick=True) as stage:
        yield stage


@pytest.fixture(scope="session")
def town_stage(tmp_path_factory: pytest.TempPathFactory) -> Generator[Stage]:
    """A town of a thousand, in which each topic has more posts than a page."""
    with opened(_kind(), "1000", tmp_path_factory.mktemp("town"), clients=1, quick=True) as stage:
        yield stage


def _kind() -> Kind:
    is_sqlite = settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    return "sqlite" if is_sqlite else "postgres"
