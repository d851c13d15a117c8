"""What no module may do, each rule a function from a module to its offences.

An offence is a line number and a sentence. The rules are fed bad source in test_rules.py, so
that none of them sleeps.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tests.architecture.source import Module, find_module

Offence = tuple[int, str]
Rule = Callable[[Module], Iterator[Offence]]

MAY_WRITE_SQL = {
    "kith.quality.apply",
    "kith.sharing.deliver",
    "kith.sharing.services.corrections",
    "kith.shop.search",
}
MAY_ASK_THE_TIME = {"web", "api", "jobs", "cli"}
OTHER_CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "gmtime")
SIGNAL_MODULES = ("django.dispatch", "django.db.models.signals", "django.core.signals")
PAST_THE_GUARD = {
    "_base_manager": "goes round the guard",
    "_default_manager": "goes round the guard",
    "raw": "is SQL past the guard",
    "cursor": "is SQL past the guard",
    "extra": "is SQL past the guard",
    "RawSQL": "is SQL past the guard",
    "get_model": "hands out a model without its guard",
}
DOORS = {"sharing", "strangers"}
BEHIND_DOORS: dict[str, set[str] | None] = {
    "kith.ties.services": None,
    "kith.ties.contacts": None,
    "kith.people.services": {"claim_phone", "end_consents", "record_consent", "verify_phone"},
    "kith.shop.services": {
        "answer_refund",
        "cancel_line",
        "confirm_line",
        "deliver_line",
        "mark_gift",
        "place_order",
        "recall_refund",
        "record_orders",
        "request_refund",
        "ship_line",
    },
}
"""What changes who sees what: None for all of a module. The services of `sharing` and `strangers` wrap it
and put right what follows."""
JUDGES = {"quality"}
BEHIND_JUDGES: dict[str, set[str] | None] = {"kith.shop.services.holds": None}
"""What holds a listing or closes a shop. `quality` decides it, and gives the reasons to those concerned."""
LONGEST_FUNCTION = 40
LONGEST_FILE = 400


def goes_past_the_guard(module: Module) -> Iterator[Offence]:
    """Nothing outside `core/` reaches tables but through guarded querysets."""
    if module.room == "core":
        return
    for node in ast.walk(module.tree):
        name = _called_or_read(node)
        if name in PAST_THE_GUARD:
            yield _line(node), f"{name} {PAST_THE_GUARD[name]}"


def _called_or_read(node: ast.AST) -> str:
    """The name by which a node reaches for something: an attribute, or a bare name that is called."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr
    if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
        return node.attr
    return ""


def writes_sql(module: Module) -> Iterator[Offence]:
    """Only the listed modules come through the door to SQL."""
    if module.room == "core" or module.name in MAY_WRITE_SQL:
        return
    for line, imported, names in _imports(module):
        if imported == "kith.core.sql" or (imported == "kith.core" and "sql" in names):
            yield line, "kith.core.sql is for the listed modules"


def uses_signals(module: Module) -> Iterator[Offence]:
    """What follows from a change is called, where a reader can see it."""
    for line, imported, names in _imports(module):
        if imported.startswith(SIGNAL_MODULES) or (imported == "django.db.models" and "signals" in names):
            yield line, f"{imported}: signals hide what happens"


def asks_the_time(module: Module) -> Iterator[Offence]:
    """`now` is passed in: only the entrances ask for it, and only of `core.clock`."""
    if module.name == "kith.core.clock":
        return
    is_entrance = module.room in MAY_ASK_THE_TIME
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        asked = ast.unparse(node.func)
        if asked.endswith(OTHER_CLOCKS):
            yield _line(node), f"{asked}() instead of core.clock"
        elif not is_entrance and asked in {"utc_now", "clock.utc_now", "time.time"}:
            yield _line(node), f"{asked}() in the domain: take `now` as a parameter"


def changes_who_sees(module: Module) -> Iterator[Offence]:
    """What changes who sees what is called by `sharing` and `strangers` alone."""
    for line, what in _calls_behind(BEHIND_DOORS, DOORS, module):
        yield line, f"{what} is called through sharing.services, which puts deliveries right"


def holds_listings(module: Module) -> Iterator[Offence]:
    """What holds a listing or closes a shop is called by `quality` alone."""
    for line, what in _calls_behind(BEHIND_JUDGES, JUDGES, module):
        yield line, f"{what} is called by quality, which gives the reasons"


def _calls_behind(
    behind: dict[str, set[str] | None], rooms: set[str], module: Module
) -> Iterator[tuple[int, str]]:
    """Line and name of what a module takes that only some rooms, and what lies beside it, may call."""
    if module.room in rooms:
        return
    for closed, only in behind.items():
        if module.name.startswith(closed.rpartition(".")[0]):
            continue
        for line, name in _uses_of(closed, module):
            if only is None or name in only:
                yield line, f"{closed}.{name}"


def _uses_of(closed: str, module: Module) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a module takes from another, however it imports it."""
    package, _, last = closed.rpartition(".")
    as_module = {closed}
    for line, imported, names in _imports(module):
        if imported == closed or imported.startswith(closed + "."):
            yield from ((line, name) for name in names or {"*"})
        if imported == package and last in names:
            as_module.add(last)
            yield line, "*"
        for name in names:
            if closed.startswith(f"{imported}.{name}."):
                as_module.add(closed.removeprefix(f"{imported}."))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in as_module:
            yield node.lineno, node.attr


def is_too_long(module: Module) -> Iterator[Offence]:
    """What does not fit on a page is two things."""
    if module.text.count("\n") > LONGEST_FILE:
        yield 1, f"{module.text.count(chr(10))} lines in the file, at most {LONGEST_FILE}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines, at most {LONGEST_FUNCTION}"


def gives_no_reason(module: Module) -> Iterator[Offence]:
    """Whoever opens the lock says why, in words that stand there to be read."""
    for line, reason in unguarded_calls(module):
        if reason is None:
            yield line, "unguarded() takes one text or a constant, that can be read in the source"
        elif len(reason.split()) < 2:
            yield line, f"unguarded({reason!r}) is no reason"


def unguarded_calls(module: Module) -> Iterator[tuple[int, str | None]]:
    """Every opening of the lock, with its reason; None where that is no plain text."""
    if module.room == "core":
        return
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "unguarded":
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield _line(node), _text_of(given[0], module) if len(given) == 1 else None


def _text_of(node: ast.expr, module: Module) -> str | None:
    """The text that an expression is: written there, or a constant of this module or another of ours."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.Name):
        return None
    for statement in module.tree.body:
        if isinstance(statement, ast.Assign) and node.id in map(ast.unparse, statement.targets):
            return _text_of(statement.value, module)
        if isinstance(statement, ast.ImportFrom) and any(alias.name == node.id for alias in statement.names):
            origin = find_module(statement.module or "")
            return _text_of(node, origin) if origin else None
    return None


def _imports(module: Module) -> Iterator[tuple[int, str, set[str]]]:
    """Line, module and names of every import, at the top or within a function."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, set()
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "", {alias.name for alias in node.names}


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


RULES: tuple[Rule, ...] = (
    goes_past_the_guard,
    writes_sql,
    uses_signals,
    asks_the_time,
    changes_who_sees,
    holds_listings,
    is_too_long,
    gives_no_reason,
)
