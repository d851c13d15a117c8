"""The rules on Spark, for catalogues beyond one machine: the findings are those of DuckDB (`engine`).

`sql` writes them as Spark reads them, `session` starts and ends Spark, `driver` is the process that
talks to it. The tables go to it as files, in a folder that all who compute see.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
from django.utils.translation import gettext_lazy as _
from pyarrow import parquet

from kith.quality.rules import RULES, Rule
from kith.quality.spark.session import Session, SparkFailed, is_local, open_session
from kith.quality.spark.sql import statements

__all__ = ["Session", "SparkFailed", "carry_out", "open_session", "run_in_spark"]

ROWS_IN_A_PIECE = 100_000
"""So many are computed together at least: a table of fewer is computed on one core."""


def run_in_spark(
    data: Mapping[str, pa.Table],
    *,
    rules: tuple[Rule, ...] = RULES,
    master: str = "local[*]",
    files: str = "",
) -> pa.Table:
    """Carry out the rules over these tables in Spark, on this machine or on a cluster.

    :param master: as Spark calls it: `local[2]`, `spark://HOST:PORT`.
    :param files: a folder that this machine and all that compute see by the same name; where
        Spark computes on this machine alone none is needed.
    :raises SparkFailed: Spark is not there, does not come up or gives up, or the folder is missing.
    """
    if not (files or is_local(master)):
        raise SparkFailed(_("Name a folder that all machines of the cluster see."))
    if files and not Path(files).is_dir():
        raise SparkFailed(_("There is no folder %(name)s.") % {"name": files})
    with open_session(master) as session:
        return carry_out(session, data, rules=rules, files=files)


def carry_out(
    session: Session, data: Mapping[str, pa.Table], *, rules: tuple[Rule, ...] = RULES, files: str = ""
) -> pa.Table:
    """Carry out the rules in a session that is open."""
    wanted = statements(rules)
    into = session.place / "found.arrow"
    with _folder(files or str(session.place)) as folder:
        places = {name: folder / f"{name}.parquet" for name in data}
        for name, place in places.items():
            parquet.write_table(data[name], place, row_group_size=ROWS_IN_A_PIECE)
        told = {name: place.as_uri() for name, place in places.items()}
        session.run({"tables": told, "into": str(into), **asdict(wanted)})
    with pa.OSFile(str(into)) as file:
        found = pa.ipc.open_file(file).read_all()
    into.unlink()
    return found.cast(pa.schema([field.with_nullable(True) for field in found.schema]))  # noqa: FBT003


@contextlib.contextmanager
def _folder(within: str) -> Iterator[Path]:
    """Make a folder for one sweep that may be read by whoever may read what it lies in."""
    place = Path(tempfile.mkdtemp(prefix="kith-sweep-", dir=within)).absolute()
    try:
        place.chmod(Path(within).stat().st_mode & 0o777)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
