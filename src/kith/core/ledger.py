"""Ledgers: tables that take entries and give none back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)


class LedgerQuerySet(models.QuerySet[M]):
    """Reads and appends; refuses to change or remove what stands there."""

    def update(self, **_changes: Any) -> NoReturn:
        refuse(self.model)

    def delete(self) -> NoReturn:
        refuse(self.model)

    def bulk_create(self, objs: Iterable[M], *args: Any, **options: Any) -> list[M]:
        if options.get("update_conflicts"):
            refuse(self.model)
        return super().bulk_create(objs, *args, **options)


class Ledger(models.Model):
    """Base of a model whose entries are never changed.

    Only the database removes any, where the account they are about is erased (by its cascade).
    """

    objects: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(LedgerQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self))


def refuse(model: type[models.Model]) -> NoReturn:
    """:raises TypeError: always."""
    raise TypeError(f"{model._meta.label} is append-only")
