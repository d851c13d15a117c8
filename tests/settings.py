"""The settings of the tests: the one settings file, in a throw-away place, and quick at passwords.

KITH_TEST_DATABASE_URL chooses the database; without it, a SQLite file of its own for each process
(a file and not memory, so that threads and the live server see what they would see in earnest).
"""

# ruff: noqa: E402
from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder that needs no disk, where there is one)
PLACE = Path(
    tempfile.mkdtemp(
        prefix="kith-tests-",
        dir=_SHARED_MEMORY if os.access(_SHARED_MEMORY, os.W_OK) else None,
    )
)
"""Holds the database, the photos and the jobs of this process, and goes with it."""
atexit.register(shutil.rmtree, PLACE, ignore_errors=True)

for _folder in ("photos", "static"):
    (PLACE / _folder).mkdir(exist_ok=True)
for _name in ("DEBUG", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS", "REDIS_URL", "REPLICA_URL"):
    os.environ.pop(_name, None)
os.environ["KITH_ENV"] = "test"
os.environ["KITH_DATA_DIR"] = str(PLACE)
os.environ["KITH_WORK_TIMEOUT"] = "60"  # as scripts.postgres says: what takes a minute is wrong
os.environ["DATABASE_URL"] = os.environ.get("KITH_TEST_DATABASE_URL") or f"sqlite:///{PLACE / 'kith.sqlite3'}"

from kith.config.settings import *  # noqa: F403
from kith.config.settings import ALLOWED_HOSTS, DATABASES

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
"""Static files are looked for when asked for, not all of them whenever a test makes a client."""

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(PLACE / "kith-test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
