"""`field__among=members`: as `field__in`, but that any number of members is one parameter.

Written out one by one, ten thousand members are ten thousand parameters, which Django prepares, the driver
quotes and the database reads again, each by itself: of an import that was a fifth of the time. And no
database takes any number of them; nor could a statement be compiled before their number is known.
"""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Field, ForeignObject, Lookup

from kith.core.driver import is_among


@ForeignObject.register_lookup
@Field.register_lookup
class Among(Lookup):
    """Match the rows whose field is one of some numbers or texts."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, before = self.process_lhs(compiler, connection)
        place, members = self._members(compiler, connection)
        return f"{column} {is_among(place)}", [*before, *members]

    def _members(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Say where they stand in the statement, and what they are.

        :raises EmptyResultSet: there are none, so no row fits.
        """
        if hasattr(self.rhs, "as_sql"):
            return self.process_rhs(compiler, connection)
        members = list(self.rhs)
        if not members:
            raise EmptyResultSet
        return "%s", [json.dumps(members) if connection.vendor == "sqlite" else members]
