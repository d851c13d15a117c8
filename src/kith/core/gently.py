"""Changes to a table that people are using: steps of migrations that keep nobody waiting.

On PostgreSQL an index is built while rows come and go (CONCURRENTLY), and a constraint holds for new rows
at once (NOT VALID) and is then proven for the old ones, while they change. Neither can be done in a
transaction: what uses these is a migration of its own with `atomic = False`, and can be begun again
wherever it was cut short. tests/architecture/migrations.py holds every migration to it.

SQLite has one writer at a time, so there they are the steps that they are named for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import connection, models
from django.db.migrations import AddConstraint, AddIndex, RemoveIndex
from django.db.transaction import TransactionManagementError


@contextmanager
def holding_nobody_up(*, seconds: int) -> Iterator[None]:
    """Let a statement take as long as it needs, and wait for a lock so long at most: others wait behind."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{seconds}s'; SET statement_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout; RESET statement_timeout")


class Gentle:
    """What these steps have in common."""

    atomic: ClassVar[bool] = False

    @staticmethod
    def is_gentle(schema_editor: Any) -> bool:
        """Whether there is something to be gentle with.

        :raises TransactionManagementError: within a transaction.
        """
        if schema_editor.connection.vendor != "postgresql":
            return False
        if schema_editor.connection.in_atomic_block:
            raise TransactionManagementError("set atomic = False in this migration: it keeps nobody waiting")
        return True


class AddIndexGently(Gentle, AddIndex):
    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.is_gentle(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _build(schema_editor, model, self.index, self.index.name)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.is_gentle(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _drop(schema_editor, self.index.name)


class RemoveIndexGently(Gentle, RemoveIndex):
    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.is_gentle(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _drop(schema_editor, self.name)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.is_gentle(schema_editor):
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        index = to_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _build(schema_editor, model, index, self.name)


class AddConstraintGently(Gentle, AddConstraint):
    """A check, or that something is unique."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if not self.is_gentle(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if isinstance(self.constraint, models.UniqueConstraint):
            _make_unique(schema_editor, model, self.constraint)
        else:
            _prove(schema_editor, model, self.constraint)


def _make_unique(schema_editor: Any, model: type[models.Model], constraint: models.UniqueConstraint) -> None:
    """Build the index that proves it, and let the constraint take it over: that is a matter of names."""
    include: Any = getattr(constraint, "include", None)
    whole = not (constraint.condition or constraint.expressions or include)
    name, quote = constraint.name, schema_editor.quote_name
    if whole and _constraint_is_there(schema_editor, name):
        return
    index = models.Index(
        *constraint.expressions,
        fields=constraint.fields,
        name=name,
        condition=constraint.condition,
        include=include or None,
    )
    _build(schema_editor, model, index, name, unique=True)
    if whole:
        table = quote(model._meta.db_table)
        schema_editor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {quote(name)} UNIQUE USING INDEX {quote(name)}"
        )


def _prove(schema_editor: Any, model: type[models.Model], constraint: models.BaseConstraint) -> None:
    table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(constraint.name)
    if not _constraint_is_there(schema_editor, constraint.name):
        schema_editor.execute(f"{constraint.create_sql(model, schema_editor)} NOT VALID", params=None)
    schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _build(
    schema_editor: Any, model: type[models.Model], index: models.Index, name: str, *, unique: bool = False
) -> None:
    """Build an index, unless it is there and whole: one that was cut short is of no use, and is made anew."""
    whole = _find_index(schema_editor, name)
    if whole:
        return
    if whole is not None:
        _drop(schema_editor, name)
    statement = str(index.create_sql(model, schema_editor, concurrently=True))
    if unique:
        statement = statement.replace("CREATE INDEX", "CREATE UNIQUE INDEX", 1)
    with _waiting(schema_editor):
        schema_editor.execute(statement, params=None)


def _drop(schema_editor: Any, name: str) -> None:
    with _waiting(schema_editor):
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}")


@contextmanager
def _waiting(schema_editor: Any) -> Iterator[None]:
    """Wait however long for transactions that began before: nobody waits for us meanwhile."""
    if schema_editor.collect_sql:
        yield
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SET lock_timeout = 0")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


def _find_index(schema_editor: Any, name: str) -> bool | None:
    """Whether an index is whole; None: there is none of this name."""
    found = _ask(
        schema_editor,
        "SELECT i.indisvalid FROM pg_index i WHERE i.indexrelid = to_regclass(%s)",
        schema_editor.quote_name(name),
    )
    return found[0][0] if found else None


def _constraint_is_there(schema_editor: Any, name: str) -> bool:
    return bool(_ask(schema_editor, "SELECT 1 FROM pg_constraint WHERE conname = %s", name))


def _ask(schema_editor: Any, statement: str, name: str) -> list[Any]:
    if schema_editor.collect_sql:  # only written down: what is there already is not asked
        return []
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(statement, [name])
        return list(cursor.fetchall())
