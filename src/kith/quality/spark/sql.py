"""The rules in Spark's own SQL, out of the same expressions as DuckDB's."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from kith.quality.engine import Statements
from kith.quality.rules import RULES, Rule
from kith.quality.writing import write_out


class _Compiler(PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler for Spark, but where what it writes means something else than in DuckDB.

    Its backend is not loaded, for that takes pandas.
    """

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: Any) -> Any:  # noqa: N802
        """Write fractions as binary numbers. Written plainly, Spark counts with them in decimals."""
        if dtype.is_floating():
            return self.cast(sge.Literal.string(repr(value)), dtype)
        return super().visit_NonNullLiteral(op, value=value, dtype=dtype)

    def visit_Field(self, op: ops.Field, *, rel: Any, name: str) -> Any:  # noqa: N802
        """Name a column: without asking an option of the backend whether what is no number is nothing."""
        return SQLGlotCompiler.visit_Field(self, op, rel=rel, name=name)

    def visit_StringSplit(self, op: ops.StringSplit, *, arg: Any, delimiter: Any) -> Any:  # noqa: N802
        r"""Split at a text. Spark takes it for a pattern, so that it stands between \Q and \E."""
        return self.f.split(arg, self.f.concat("\\Q", delimiter, "\\E"))


_compiler = _Compiler()


def write(table: ir.Table) -> str:
    """One expression in Spark's SQL."""
    return str(_compiler.to_sqlglot(table.unbind()).sql(dialect=_compiler.dialect))


@lru_cache(maxsize=64)
def statements(rules: tuple[Rule, ...] = RULES) -> Statements:
    """All that Spark has to do."""
    return write_out(write, rules)
