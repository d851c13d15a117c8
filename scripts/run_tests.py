"""Everything that must hold before a change goes in: `make test`.

    python -m scripts.run_tests          style, types, imports, translations, tests on both databases
    python -m scripts.run_tests --unit   the quick tests of what lies behind pages and API, on SQLite alone

What this machine lacks (PostgreSQL, Chromium, Chinese fonts) is installed where that may be done
without asking: by root, or by sudo without a password. Where it may not, the tests that need it are
left out, and it is said which and what to install. KITH_TEST_STRICT=1 leaves nothing out.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.postgres import FOR_TESTS, CannotStart, end_on_signals, find_programs, throwaway_postgres

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
STRICT = os.environ.get("KITH_TEST_STRICT") == "1"
QUICK = "not slow and not browser and not ciao and not spark"
ENTRANCES = ("web", "contract", "browser")
"""Where every page and operation is asked for: too much to wait for."""
TWO_AT_ONCE = ["-n", "2", "--dist", "worksteal"]


@dataclass(frozen=True)
class Need:
    """Something of Debian's that some of the tests stand on."""

    package: str
    what_for: str
    is_there: Callable[[], bool]


def _has_chinese_fonts() -> bool:
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _has_chromium() -> bool:
    return bool(shutil.which("chromium") or shutil.which("chromium-browser"))


NEEDS = (
    Need("postgresql", "the tests on PostgreSQL", lambda: find_programs() is not None),
    Need("chromium", "the tests in a browser", _has_chromium),
    Need("fonts-noto-cjk", "Chinese letters in the browser's pictures", _has_chinese_fonts),
)

CHECKS: dict[str, list[str]] = {
    "style": ["ruff", "check", "."],
    "layout": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
    "translations": ["python", "scripts/translations.py", "check"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    end_on_signals()
    if "--unit" in arguments:
        within = [f"--ignore=tests/{entrance}" for entrance in ENTRANCES]
        quick = ["pytest", *TWO_AT_ONCE, "-q", "-m", QUICK, *within]
        return _run("quick tests", quick, HYPOTHESIS_PROFILE="quick")
    left_out = install_what_is_missing()
    if left_out and STRICT:
        return 1
    nowhere = "sqlite://:memory:"  # none of these checks reads a database
    failed = [name for name, command in CHECKS.items() if _run(name, command, DATABASE_URL=nowhere)]
    failed += test_on_both_databases()
    if failed:
        print(f"\nNot in order: {', '.join(failed)}")
    return 1 if failed else 0


def install_what_is_missing() -> list[Need]:
    """Install what the tests need and this machine lacks; return what could not be had."""
    missing = [need for need in NEEDS if not need.is_there()]
    if missing and (apt := _apt_get()):
        packages = [need.package for need in missing]
        _title(f"installing {', '.join(packages)}")
        subprocess.run([*apt, "update", "-qq"], check=False)
        subprocess.run([*apt, "install", "-y", "-qq", "--no-install-recommends", *packages], check=False)
        missing = [need for need in missing if not need.is_there()]
    for need in missing:
        print(f"Left out for want of {need.package}: {need.what_for}.")
    if missing:
        print(f"What they need is installed with: apt-get install {' '.join(n.package for n in missing)}")
    return missing


def _apt_get() -> list[str] | None:
    """How to call apt-get without being asked for a password; None where that cannot be."""
    if shutil.which("apt-get") is None:
        return None
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if os.geteuid() == 0:
        return quiet
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0:
        return [sudo, "-n", *quiet]
    return None


def test_on_both_databases() -> list[str]:
    """Run all the tests on SQLite and, last, on a PostgreSQL of our own."""
    tests = ["pytest", *TWO_AT_ONCE, "-q"]
    failed = ["tests on SQLite"] if _run("tests on SQLite", tests) else []
    try:
        with throwaway_postgres(FOR_TESTS) as address:
            if _run("tests on PostgreSQL", tests, KITH_TEST_DATABASE_URL=address):
                failed.append("tests on PostgreSQL")
    except CannotStart as reason:
        print(f"\nThe tests on PostgreSQL were left out: {reason}")
        if STRICT:
            failed.append("tests on PostgreSQL")
    return failed


def _run(name: str, command: list[str], **environment: str) -> int:
    """Run one of our own tools, and say what it was and how long it took."""
    _title(f"{name}: {shlex.join(command)}")
    started = time.monotonic()
    program, *rest = command
    inherited = {key: value for key, value in os.environ.items() if key != "KITH_TEST_DATABASE_URL"}
    done = subprocess.run([PROGRAMS / program, *rest], check=False, env={**inherited, **environment})
    if program != "pytest":
        print(f"{'in order' if done.returncode == 0 else 'NOT IN ORDER'}, {time.monotonic() - started:.0f} s")
    return done.returncode


def _title(text: str) -> None:
    print(f"\n=== {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
