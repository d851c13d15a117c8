"""What a migration may do to a table that people are using, so that nobody waits for it.

PostgreSQL lets nobody write while it builds an index, proves a constraint or writes a table anew, unless it
is asked for it in other words (`kith.core.gently`). A table that the same migration makes is nobody's yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED

from kith.core.fulltext import CreateIndex
from kith.core.gently import AddConstraintGently, Gentle

HARMLESS = (
    migrations.CreateModel, migrations.DeleteModel, migrations.RemoveField, migrations.RemoveIndex,
    migrations.RemoveConstraint, migrations.RenameField, migrations.RenameModel, migrations.RenameIndex,
    migrations.AlterModelOptions, migrations.AlterModelManagers, migrations.AlterModelTableComment,
    CreateIndex,
)  # fmt: skip
"""A moment's lock, however many rows there are; `kith migrate` waits for it a few seconds at a time."""


def offences(migration: migrations.Migration, before: ProjectState) -> Iterator[str]:
    """Say what of a migration would keep people waiting.

    :param before: what there is when it begins. Is not changed.
    """
    state = before.clone()
    new: set[tuple[str, str]] = set()
    operations = list(_all_of(migration.operations))
    gentle = [one for one in operations if isinstance(one, Gentle)]
    if gentle and migration.atomic:
        yield f"{_said(gentle[0])}: set atomic = False"
    if gentle and len(gentle) < len(operations):
        yield f"{_said(gentle[0])}: in a migration of its own, which can be begun again"
    for operation in operations:
        if isinstance(operation, migrations.CreateModel):
            new.add((migration.app_label, operation.name_lower))
        model = (migration.app_label, getattr(operation, "model_name", "").lower())
        if model not in new and (why := _why_not(operation, migration, state)):
            yield f"{_said(operation)}: {why}"
        operation.state_forwards(migration.app_label, state)


def _all_of(operations: list[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from _all_of(operation.database_operations)
        else:
            yield operation


def _said(operation: Operation) -> str:
    return operation.describe()


def _why_not(operation: Operation, migration: migrations.Migration, state: ProjectState) -> str:
    """Why a step on a table that is in use will not do; empty: it will."""
    match operation:
        case Gentle():
            return _gentle(operation)
        case migrations.AddIndex():
            return "AddIndexGently builds it while rows come and go"
        case migrations.AddConstraint():
            return "AddConstraintGently proves it while rows come and go"
        case migrations.AddField():
            return _new_field(operation.field)
        case migrations.AlterField():
            model = state.models[migration.app_label, operation.model_name_lower]
            return _other_field(model.get_field(operation.name), operation.field)
        case migrations.RunPython():
            return (
                "with atomic = False, in pieces: rows are held for the whole of it"
                if migration.atomic
                else ""
            )
        case _ if isinstance(operation, HARMLESS):
            return ""
    return "nobody has said here that it keeps nobody waiting"


def _gentle(operation: Gentle) -> str:
    known = (models.CheckConstraint, models.UniqueConstraint)
    if isinstance(operation, AddConstraintGently) and not isinstance(operation.constraint, known):
        return "only checks and what is unique can be proven gently"
    return ""


def _new_field(field: models.Field[Any, Any]) -> str:
    """A column of nothing, or of one value, is only noted down, however many rows there are."""
    if isinstance(field, models.GeneratedField):
        return "the whole table is written anew"
    if field.unique or field.db_index:
        return "without an index, which AddIndexGently or AddConstraintGently builds"
    given = getattr(field, "db_default", NOT_PROVIDED)
    if (
        given is not NOT_PROVIDED
        and not isinstance(given, models.Value)
        and hasattr(given, "resolve_expression")
    ):
        return "a default that is worked out for each row writes the whole table anew"
    return ""


def _other_field(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> str:
    changed = {
        name
        for name in _of_table(old) | _of_table(new)
        if _of_table(old).get(name) != _of_table(new).get(name)
    }
    if _is_widened(old, new):
        changed -= {"type", "max_length"}
    if new.null and not old.null:
        changed.discard("null")
    for name in ("db_index", "unique"):
        if getattr(old, name) and not getattr(new, name):
            changed.discard(name)
    if not changed:
        return ""
    if changed == {"null"}:
        return "a check, proven by AddConstraintGently, must say first that it is nowhere empty"
    return f"{', '.join(sorted(changed))}: all rows are read or written anew"


def _of_table(field: models.Field[Any, Any]) -> dict[str, Any]:
    """What of a field stands in the database; labels, choices and what Django alone knows do not."""
    _name, path, _args, options = field.deconstruct()
    related = {"to", "db_constraint"} if field.is_relation else set()
    named = {
        "null",
        "max_length",
        "unique",
        "db_index",
        "primary_key",
        "db_column",
        "db_collation",
        "db_default",
    }
    said: dict[str, Any] = {name: options[name] for name in (named | related) & options.keys()}
    said |= {"db_index": field.db_index, "unique": field.unique, "null": field.null, "type": path}
    return said


def _is_widened(old: models.Field[Any, Any], new: models.Field[Any, Any]) -> bool:
    """Longer texts fit where shorter ones did: nothing is written anew."""
    kinds = (models.CharField, models.TextField)
    if not (isinstance(old, kinds) and isinstance(new, kinds)):
        return False
    if isinstance(new, models.TextField):
        return True
    longest = new.max_length or float("inf")
    return isinstance(old, models.CharField) and (old.max_length or float("inf")) <= longest
