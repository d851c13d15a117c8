"""Which engine carries out the rules of a sweep: DuckDB in the process that sweeps, or Spark."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused

ENGINES = ("duckdb", "spark")


class NoSuchEngine(Refused):
    """KITH_SWEEP_ENGINE, or who sweeps, names an engine that there is not."""

    code = "no-such-engine"


@dataclass(frozen=True, slots=True)
class Engine:
    name: str
    master: str
    """Of Spark: where it computes."""
    files: str
    """Of Spark: a folder that all who compute see."""


def choose_engine(name: str = "", *, master: str = "", files: str = "") -> Engine:
    """Choose an engine; what is not said, the settings say.

    :raises NoSuchEngine: there is none of this name.
    """
    chosen = Engine(
        name or settings.SWEEP_ENGINE, master or settings.SPARK_MASTER, files or settings.SPARK_FILES
    )
    if chosen.name not in ENGINES:
        raise NoSuchEngine(_("There is no engine called %(name)s.") % {"name": chosen.name})
    return chosen
