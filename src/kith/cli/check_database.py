"""What `kith check` looks at in the database itself: indexes, room, and the replica."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kith.cli.findings import Finding

if TYPE_CHECKING:
    from kith.core.health import Wanting

LARGE = 100_000
"""Rows of a table that is not read from end to end in passing."""
SCANS = 100
DELETED = 10
KNOWN = 1000
"""Rows from which on PostgreSQL should know what is in a table."""
DEAD = 10_000
DEAD_SHARE = 0.25
SWOLLEN_PAGES = 1280
"""10 MB."""
SWOLLEN = 2.5
"""B-trees that are filled at random are two thirds full; more than this is no accident."""
REPLICA_WAIT = 5.0
A_SECOND = 1.0


def indexes_are_there() -> Iterator[Finding]:
    from django.db import connection

    from kith.core import health

    other = _other_in_a_cluster()
    wanting = [one for one in health.find_wanting() if (one.table, one.name) not in other]
    for one in wanting:
        yield Finding(f"The table {one.table} lacks {one.name}.", f"Make it: {_how_to_make(one)}")
    invalid = health.find_invalid_indexes() if connection.vendor == "postgresql" else []
    for name in invalid:
        remedy = f"Build it anew, while people go on: REINDEX INDEX CONCURRENTLY {name};"
        yield Finding(f"The index {name} was cut short when it was built, and is of no use.", remedy)
    if not (wanting or invalid):
        yield Finding("All indexes and constraints are there.")


def _is_cluster() -> bool:
    from django.db import connection

    from kith.core.steps import done_steps

    return connection.vendor == "postgresql" and bool(done_steps())


def _other_in_a_cluster() -> set[tuple[str, str]]:
    """Table and name of what models declare to be unique and is so otherwise, or not at all, in a cluster."""
    from kith.cli.distribution.places import BY_KEY, BY_PERSON, LOOSENED, WIDENED

    if not _is_cluster():
        return set()
    said = [*LOOSENED, *WIDENED, *(f"{table}(id)" for table in (*BY_PERSON, *BY_KEY))]
    return {(table, f"unique({columns}") for table, _, columns in (one.partition("(") for one in said)}


def _given_up() -> Iterator[tuple[str, str]]:
    """Tables and columns that nothing keeps unique any more, since the tables lie on several machines."""
    from kith.cli.distribution.places import LOOSENED

    for said in LOOSENED if _is_cluster() else ():
        table, _, columns = said.rstrip(")").partition("(")
        yield table, columns


def values_are_unique() -> Iterator[Finding]:
    """Look for what a cluster cannot keep from being there twice."""
    from kith.core import health

    given_up = list(_given_up())
    doubled = {
        said: number for said in given_up if (number := health.find_doubles(said[0], said[1].split(", ")))
    }
    for (table, columns), number in doubled.items():
        yield Finding(
            f"{number} values of {table} ({columns}) stand in several rows, and should in one.",
            "See which, and change all but the oldest of each.",
        )
    if given_up and not doubled:
        yield Finding("All is there once that a cluster does not watch over.")


def _how_to_make(wanting: Wanting) -> str:
    """The statement that makes what is wanting, for the operator to run."""
    from django.apps import apps
    from django.db import connection, models

    owner = next(
        one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == wanting.table
    )
    made = {one.name: one for one in (*owner._meta.indexes, *owner._meta.constraints)}
    editor = connection.schema_editor(collect_sql=True)
    if wanting.name in made:
        declared = made[wanting.name]
        if isinstance(declared, models.Index) and connection.vendor == "postgresql":
            return f"{declared.create_sql(owner, editor, concurrently=True)};"
        return f"{declared.create_sql(owner, editor)};"
    unique, _, columns = wanting.name.partition("(")
    kind = "CREATE UNIQUE INDEX" if unique == "unique" else "CREATE INDEX"
    gently = " CONCURRENTLY" if connection.vendor == "postgresql" else ""
    return f"{kind}{gently} ON {wanting.table} ({columns.rstrip(')')});"


def database_is_in_shape() -> Iterator[Finding]:
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    notes = [*_slow_reads(), *_room()]
    yield from notes
    if not notes:
        yield Finding("The database is in good shape.")


def _slow_reads() -> Iterator[Finding]:
    from kith.core import health

    for key in health.find_unserved_keys(rows=LARGE, deleted=DELETED):
        yield Finding(
            f"Whenever a row of {key.into} is deleted ({key.deleted:,} were), all {key.rows:,} rows of "
            f"{key.table} are read: {key.column} has no index.",
            f"Make one: CREATE INDEX CONCURRENTLY ON {key.table} ({key.column}); and please report it.",
            grave=False,
        )
    for one in health.find_scanned(rows=LARGE, scans=SCANS):
        yield Finding(
            f"{one.table}, of {one.rows:,} rows, was read from end to end {one.scans:,} times "
            f"(and {one.looked_up:,} times by an index).",
            "See which statement does it in pg_stat_statements; an index may be wanting.",
            grave=False,
        )


def _room() -> Iterator[Finding]:
    from kith.core import health

    for table in health.find_untidy(rows=KNOWN, dead=DEAD, dead_share=DEAD_SHARE):
        if not table.analysed:
            yield Finding(
                f"PostgreSQL has never looked at what is in {table.table}, and guesses how to search it.",
                f"Let it look: ANALYZE {table.table}; and see that autovacuum is on.",
                grave=False,
            )
        if table.dead >= DEAD and table.dead_share >= DEAD_SHARE:
            yield Finding(
                f"{table.table} carries {table.dead:,} dead rows beside {table.rows:,}.",
                f"Clear them away: VACUUM ANALYZE {table.table}; and let autovacuum come more often. "
                "A transaction that stays open for hours keeps it from doing so.",
                grave=False,
            )
    for index in health.find_swollen(pages=SWOLLEN_PAGES, times=SWOLLEN):
        yield Finding(
            f"The index {index.index} takes {index.bytes / 1e6:,.0f} MB, "
            f"and some {index.ought / 1e6:,.0f} would do.",
            f"Build it anew, while people go on: REINDEX INDEX CONCURRENTLY {index.index};",
            grave=False,
        )


def replica_follows() -> Iterator[Finding]:
    """Write nothing, and see how long the replica takes to come to where the database is now."""
    from kith.core import replica

    if not replica.is_there():
        return
    began = time.monotonic()
    if replica.wait_for_it(seconds=REPLICA_WAIT):
        behind = time.monotonic() - began
        late = behind > A_SECOND
        remedy = "Visitors see the catalogue as it was; see what its disk and network do." if late else ""
        yield Finding(f"The replica follows within {behind:.1f} seconds.", remedy)
    else:
        yield Finding(
            f"The replica is more than {REPLICA_WAIT:.0f} seconds behind.",
            "Visitors see the catalogue as it was. Mend it, or unset REPLICA_URL.",
        )
    if beyond := replica.readable_beyond_public():
        yield Finding(
            f"The replica's role may read {len(beyond)} tables that are not public, such as {beyond[0]}.",
            "Give REPLICA_URL a role that is granted the public tables alone "
            "(docs/how-to/run-in-production.md).",
            grave=False,
        )
