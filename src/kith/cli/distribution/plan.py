"""What has to be done to a schema so that its tables lie where `places` says, and what undoes it.

In this order: foreign keys that would lead across shards go; keys take up the column by which their table is
cut up; tables are made whole everywhere, or cut up; and the foreign keys that can stand come back, naming
the owner too. Made from what the database has, so that on one that is half done, or has got a new table, it
says what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kith.cli.distribution.places import LIES_WITH, LOOSENED, PRIMARY, WIDENED, Kind, Place
from kith.core.catalog import ForeignKey, Key, Table
from kith.core.steps import Step

ACROSS = "it would lead to another shard: the program alone keeps it"
FOR_NOW = "both tables must lie where they belong first"


class NoPlace(LookupError):
    """A table, or something unique, of which nobody has said what becomes of it."""


def make_plan(
    tables: Mapping[str, Table], places: Mapping[str, Place], *, lying: Collection[str] = ()
) -> list[Step]:
    """Derive all steps that are left.

    :param lying: the tables that lie where they belong already.
    :raises NoPlace: something is not declared in `places`.
    """
    if unknown := sorted(tables.keys() - places.keys()):
        raise NoPlace(f"nobody has said where these lie: {', '.join(unknown)}")
    foreign = [key for table in tables.values() for key in table.foreign]
    return [
        *(_drop(key, places) for key in foreign if not _may_stay(key, places, lying)),
        *(step for table in tables.values() for key in table.keys if (step := _other_key(key, places))),
        *(_place(name, places[name]) for name in _in_order(tables, places) if name not in lying),
        *(_come_back(key, places) for key in foreign if _comes_back(key, places, lying)),
    ]


# --- Foreign keys -------------------------------------------------------------------


def stands(key: ForeignKey, places: Mapping[str, Place]) -> tuple[str, ...] | None:
    """The columns by which a foreign key stands in the cluster, those of its table; None: it does not."""
    own, other = places[key.table], places[key.into]
    if other.kind == Kind.REFERENCE:
        return key.columns
    if own.kind == other.kind == Kind.LOCAL:
        return key.columns
    if own.kind != Kind.DISTRIBUTED or other.kind != Kind.DISTRIBUTED:
        return None
    if own.by in key.columns and key.into_columns[key.columns.index(own.by)] == other.by:
        return key.columns if _are_beside(key.table, key.into, places) else None
    if key.said in LIES_WITH and _are_beside(key.table, key.into, places):
        return (*key.columns, own.by)
    return None


def _are_beside(one: str, two: str, places: Mapping[str, Place]) -> bool:
    return (places[one].beside or one) == (places[two].beside or two)


def _may_stay(key: ForeignKey, places: Mapping[str, Place], lying: Collection[str]) -> bool:
    """Whether it need not even go for the time being: no table is moved while something leads to it."""
    if places[key.table].kind == places[key.into].kind == Kind.LOCAL:
        return True
    moved = {name for name in (key.table, key.into) if places[name].kind != Kind.LOCAL and name not in lying}
    return not moved and stands(key, places) == key.columns


def _drop(key: ForeignKey, places: Mapping[str, Place]) -> Step:
    return Step(
        f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}",
        f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {key.definition}",
        f"{key.said} → {key.into}: {FOR_NOW if stands(key, places) else ACROSS}",
    )


def _comes_back(key: ForeignKey, places: Mapping[str, Place], lying: Collection[str]) -> bool:
    return not _may_stay(key, places, lying) and stands(key, places) is not None


def _come_back(key: ForeignKey, places: Mapping[str, Place]) -> Step:
    columns = stands(key, places)
    assert columns is not None
    definition = key.definition
    if columns != key.columns:
        into = (*key.into_columns, places[key.into].by)
        definition = (
            f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {key.into} ({', '.join(into)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    return Step(
        f"ALTER TABLE {key.table} ADD CONSTRAINT {key.name} {definition}",
        f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}",
        f"{key.said} → {key.into}: {LIES_WITH.get(key.said, 'by this very column')}",
    )


# --- Keys -----------------------------------------------------------------------------


def _other_key(key: Key, places: Mapping[str, Place]) -> Step | None:
    """What becomes of something unique that does not name the column its table is cut up by."""
    by = places[key.table].by
    if places[key.table].kind != Kind.DISTRIBUTED or by in key.columns:
        return None
    if key.is_primary or (key.said in WIDENED and key.is_constraint):
        return _widen(key, by, PRIMARY if key.is_primary else WIDENED[key.said])
    if key.said in LOOSENED:
        return _loosen(key, LOOSENED[key.said])
    raise NoPlace(f"nobody has said what becomes of {key.said} being unique")


def _widen(key: Key, by: str, why: str) -> Step:
    """The same columns first, so that what looks them up is served as before."""
    kind = "PRIMARY KEY" if key.is_primary else "UNIQUE"
    change = f"ALTER TABLE {key.table} DROP CONSTRAINT {key.name}, ADD CONSTRAINT {key.name}"
    return Step(
        f"{change} {kind} ({', '.join((*key.columns, by))})",
        f"{change} {key.definition}",
        f"{key.said} with {by}: {why}",
    )


def _loosen(key: Key, why: str) -> Step:
    index = f"CREATE INDEX {key.name} ON {key.table} ({', '.join(key.columns)})"
    if not key.is_constraint:
        return Step(
            f"DROP INDEX {key.name}; {index}",
            f"DROP INDEX {key.name}; {key.definition}",
            f"{key.said}: {why}",
        )
    change = f"ALTER TABLE {key.table}"
    return Step(
        f"{change} DROP CONSTRAINT {key.name}; {index}",
        f"DROP INDEX {key.name}; {change} ADD CONSTRAINT {key.name} {key.definition}",
        f"{key.said}: {why}",
    )


# --- Tables ---------------------------------------------------------------------------


def _in_order(tables: Mapping[str, Table], places: Mapping[str, Place]) -> list[str]:
    """Those that lie everywhere first, each behind what it refers to; then those that others lie beside."""
    whole = [name for name in tables if places[name].kind == Kind.REFERENCE]
    ordered: list[str] = []
    while rest := [name for name in whole if name not in ordered]:
        ready = [
            name
            for name in rest
            if all(
                key.into in ordered or key.into == name or key.into not in whole
                for key in tables[name].foreign
            )
        ]
        if not ready:
            raise NoPlace(f"these refer to each other in a circle: {', '.join(rest)}")
        ordered += ready
    cut = [name for name in tables if places[name].kind == Kind.DISTRIBUTED]
    return [*ordered, *sorted(cut, key=lambda name: (places[name].beside != "", name))]


def _place(name: str, place: Place) -> Step:
    if place.kind == Kind.REFERENCE:
        do = f"SELECT create_reference_table('{name}')"
    else:
        beside = place.beside or "none"
        do = f"SELECT create_distributed_table('{name}', '{place.by}', colocate_with => '{beside}')"
    return Step(do, f"SELECT undistribute_table('{name}')", f"{name}: {place.why}")
