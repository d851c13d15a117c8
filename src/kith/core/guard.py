"""The lock on personal tables: a query that has not been through the rule cannot be run.

A guarded model says in `sees` who may see its rows. Its manager hands out querysets that
refuse to compile until they have passed `visible_to(viewer)` or, with a reason that a
reviewer can read, `unguarded(reason)`. The mark lives on Django's `sql.Query`, because
that is the one object which every way of running a query (lists, counts, subqueries,
unions, updates, deletes) has to carry along; on the QuerySet it would be lost by `|`.

What goes round it, and what is done about that: forward foreign keys (a child's rule
includes its parent's), `_base_manager`, `.raw()` and cursors (forbidden outside `core/`
by tests/architecture).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q, sql

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler


class Unguarded(RuntimeError):
    """A query on a guarded model was run without asking who looks."""


class Side(IntEnum):
    """How far one side of Kith is open to somebody at this moment. Each holds what those before it do."""

    SHUT = 0
    """Switched off for all: nothing is seen, not even what is one's own."""
    OWN = 1
    """What is one's own: the side is being wound down, or its posts are not for them."""
    PUBLIC = 2
    """And what is shown to everyone. Outside, nothing is."""
    OPEN = 3
    """And what others show."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and how far each side is open to them at this moment.

    Made anew for every request by `audience.viewer_of`; never stored, never reused.
    `person_id` is None for somebody who is not signed in. `let_in` matches the people to whom
    the strangers' channel is open now: a post needs that of its author as well.
    """

    person_id: int | None
    now: datetime
    inside: Side = Side.PUBLIC
    outside: Side = Side.OWN
    let_in: Q = field(default=Q(), compare=False)

    @property
    def is_known(self) -> bool:
        return self.person_id is not None

    @property
    def circle_open(self) -> bool:
        return self.inside == Side.OPEN

    @property
    def outside_open(self) -> bool:
        return self.outside == Side.OPEN


class GuardedQuery(sql.Query):
    """A `sql.Query` that compiles only once `passed` says by which door it came."""

    passed: str = ""

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        self.require_pass()
        compiler: SQLCompiler = super().get_compiler(*args, **kwargs)
        return compiler

    def chain(self, klass: Any = None) -> Any:
        # Updates and deletes replace the class of the query, and with it this guard.
        if klass is not None and klass is not self.__class__:
            self.require_pass()
        return super().chain(klass)

    def combine(self, rhs: sql.Query, connector: str) -> None:
        super().combine(rhs, connector)
        # A union is as open as its more open half: both must have passed.
        self.passed = self.passed if getattr(rhs, "passed", "") else ""

    def require_pass(self) -> None:
        if not self.passed:
            raise Unguarded(f"{self.get_meta().label}: call visible_to(viewer) or unguarded(reason) first")


M = TypeVar("M", bound=models.Model)


class GuardedQuerySet(models.QuerySet[M]):
    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or GuardedQuery(model), using, hints)

    def visible_to(self, viewer: Viewer) -> Self:
        """Keep the rows that the model's rule lets this viewer see, and open the lock."""
        return self.filter(self.model.sees(viewer))._pass("rule")  # type: ignore[attr-defined]

    def unguarded(self, reason: str) -> Self:
        """Open the lock without the rule. The reason is listed by the architecture tests."""
        if not reason.strip():
            raise ValueError("an unguarded query says why")
        return self._pass(reason)

    def _pass(self, reason: str) -> Self:
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone.query.passed = reason  # type: ignore[attr-defined]
        return clone

    def __or__(self, other: Any) -> Any:
        return super(GuardedQuerySet, self._unsliced()).__or__(_unsliced(other))

    def __xor__(self, other: Any) -> Any:
        return super(GuardedQuerySet, self._unsliced()).__xor__(_unsliced(other))

    def _unsliced(self) -> Self:
        """Write a slice as `pk IN (slice)`, with its mark.

        Django would put it on the base manager, whose query knows no lock, and let an
        unmarked query in behind it.
        """
        if self.query.can_filter():
            return self
        around = type(self)(self.model, using=self.db).filter(pk__in=self.values("pk"))
        return around._pass(self.query.passed)  # type: ignore[attr-defined]

    def raw(self, *_: Any, **__: Any) -> Any:
        """Refuse: SQL written by hand asks nobody. `core.sql` is the door for what needs it."""
        raise Unguarded(f"{self.model.__name__}: raw SQL goes round the rule")

    def _raw_delete(self, using: str | None) -> Any:
        # Django sets the query's class here by hand, past `chain`.
        if isinstance(self.query, GuardedQuery):
            self.query.require_pass()
        return super()._raw_delete(using)


def _unsliced(queryset: Any) -> Any:
    return queryset._unsliced() if isinstance(queryset, GuardedQuerySet) else queryset


class GuardedManager(models.Manager[M]):
    """The only manager of a guarded model; fails closed."""

    def get_queryset(self) -> GuardedQuerySet[M]:
        return GuardedQuerySet(self.model, using=self._db)

    def visible_to(self, viewer: Viewer) -> GuardedQuerySet[M]:
        return self.get_queryset().visible_to(viewer)

    def unguarded(self, reason: str) -> GuardedQuerySet[M]:
        return self.get_queryset().unguarded(reason)


class Guarded(models.Model):
    """Base of every model whose rows belong to somebody."""

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        abstract = True

    @classmethod
    def sees(cls, viewer: Viewer) -> Q:
        """Match the rows that `viewer` may see. One definition, taken from `audience/`."""
        raise NotImplementedError(f"{cls.__name__} has no rule")
