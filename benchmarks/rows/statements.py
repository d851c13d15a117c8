"""The statements of the limits, each in a file of its own, with what several of them ask put in.

`LET_IN(circles, v)`: whether a feature is open to somebody, a row of `people_person`; let_in.KIND.sql.
`SEEN(p.author_id)`: whether the viewer may see the persona of somebody; seen.KIND.sql.
"""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.contest import Kind

DRAWN = {"circles": (1369341564, 1962656765), "strangers": (1550489124, 398191740)}
"""What a feature's name draws: a and b of `(a * x + b) mod p`, by which people come in (rollout.rules)."""
_LET_IN = re.compile(r"LET_IN\((\w+), (\w+)\)")
_SEEN = re.compile(r"SEEN\(([\w.]+)\)")


def read_statement(name: str, kind: Kind) -> str:
    """Read NAME.KIND.sql. :param name: such as "feed"."""
    sql = _SEEN.sub(lambda found: _read("seen", kind).replace("WHO ", f"{found[1]} "), _read(name, kind))
    return _LET_IN.sub(lambda found: _let_in(found[1], found[2], kind), sql)


def _let_in(feature: str, person: str, kind: Kind) -> str:
    factor, offset = DRAWN[feature]
    sql = _read("let_in", kind).replace("FEATURE", feature).replace("SOMEBODY", person)
    return sql.replace("FACTOR", str(factor)).replace("OFFSET", str(offset))


def _read(name: str, kind: Kind) -> str:
    return Path(__file__).with_name(f"{name}.{kind}.sql").read_text()
