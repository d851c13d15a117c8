"""Pages of lists that are in the order of an instant."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from kith.core.paging import Page, read_place, write_cursor

M = TypeVar("M", bound=Model)
SIZE = 50


def in_order_of(
    by: str, rows: QuerySet[M], *, newest_first: bool, cursor: str | None = None, size: int = SIZE
) -> Page[M]:
    """A page of rows in the order of this instant of theirs, and of their ids where it is the same.

    :raises BadCursor: not one of such a list.
    """
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    if cursor is not None:
        instant, after = read_place(cursor)
        rows = rows.filter(Q(**{f"{by}__{beyond}": instant}) | Q(**{by: instant, f"pk__{beyond}": after}))
    found = list(rows.order_by(f"{sign}{by}", f"{sign}pk")[: size + 1])
    shown = tuple(found[:size])
    more = write_cursor(getattr(shown[-1], by).isoformat(), shown[-1].pk) if len(found) > size else None
    return Page(shown, more)
