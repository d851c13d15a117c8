"""What lies in the repository beside the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-spark.lock", "requirements-bench.lock"]


def _pinned(lock: str) -> dict[str, str]:
    """Name and version of each package in a lock."""
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_name_no_address_and_a_hash_for_each_package(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    for package in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_what_is_tested_is_what_is_run() -> None:
    run, dev, spark, bench = (_pinned(lock) for lock in LOCKS)
    assert run.items() <= dev.items() & spark.items() & bench.items()
    assert set(spark) - set(run) == {"py4j", "pyspark"}
    assert {"casbin", "cedarpy"} <= set(bench) - set(run)


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    names = {re.match(r"[\w.-]+", requirement).group().lower() for requirement in asked}  # type: ignore[union-attr]
    assert names <= {name.lower() for name in _pinned("requirements.lock")}


def test_every_relative_link_of_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    dead = [
        f"{document.relative_to(ROOT)} → {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text())
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert dead == []
