"""Rows as plain data, for a person's copy of what is held about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model

from kith.core.ids import write_id


def plain_row(row: Model, *, without: Collection[str] = ()) -> dict[str, Any]:
    """A row's columns by name. Ids are written as everywhere else outside, so that rows refer to one another.

    :param without: fields that are left out.
    """
    return {
        field.attname: plain(field.value_from_object(row))
        for field in row._meta.concrete_fields
        if field.name not in without
    }


def plain(value: Any) -> Any:
    """A value of a column; what is too large to be a number of anything is an id."""
    is_id = isinstance(value, int) and not isinstance(value, bool) and value > 2**31
    return write_id(value) if is_id else value
