"""What the bench found, as text: a table for the terminal, and the same in Markdown for the docs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
WIDTHS = (38, 10, 19, 13, 9, 9, 10, 9)
BEGIN, END = "<!-- figures -->", "<!-- end -->"
HEADINGS = ("", "a second", "least to most", "ours beside", "p50, ms", "p99, ms", "CPU, ms", "MiB")


def as_table(told: dict[str, Any]) -> str:
    """Write it for a terminal."""
    lines = [_machine(told), told["command"], ""]
    for result in told["results"]:
        lines += [f"{_name(result)}: {result['title']}", _columns(HEADINGS)]
        lines += [_columns(("  " + cells[0], *cells[1:])) for cells in _rows(result)]
        lines += [f"  {_judge(target)}" for target in result["targets"]] + [_compared(result), ""]
    return "\n".join(lines)


def as_markdown(told: dict[str, Any]) -> str:
    """Write it as it stands in docs/performance.md."""
    lines = [f"Measured on {told['at'][:10]} on {_machine(told)}, by `{told['command']}`", ""]
    lines[0] += f" at {told['commit']}" if told["commit"] else ""
    lines[0] += f", in {told['minutes']:.0f} minutes with all that it needs." if "minutes" in told else "."
    lines += ["| row | ours | target | reached | the floor | |", "|---|---:|---|---:|---:|---|"]
    lines += [_in_short(result, target) for result in told["results"] for target in result["targets"]] + [""]
    for result in told["results"]:
        lines += [f"### {_name(result)}", "", f"{result['title']}.", ""]
        lines += ["| " + " | ".join(HEADINGS) + " |", "|---|" + "---:|" * (len(HEADINGS) - 1)]
        lines += ["| " + " | ".join(cells) + " |" for cells in _rows(result)] + [""]
        lines += [f"- {_judge(target)}" for target in result["targets"]]
        lines += [f"- {_compared(result).strip()}"]
        if again := result.get("again"):
            lines += [f"- played again on {again['at'][:10]} by `{again['command']}` at {again['commit']}"]
        lines += [""]
    return "\n".join(lines)


def put_between(page: str, found: str) -> str:
    """Put what was found into a page of the docs, between its two markers.

    :raises Unmarked: it has not each of them once, in their order.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise Unmarked(f"there must be one {BEGIN} and behind it one {END}")
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n\n{found}\n\n{END}{rest.split(END)[1]}"


class Unmarked(ValueError):
    """A page has no place for what was found."""


def _in_short(result: dict[str, Any], target: dict[str, Any]) -> str:
    """One target in one line."""
    rate = result["contenders"][0]["rate"]["median"]
    cells = [_name(result), f"{number(rate)}/s", target["says"]]
    cells += [number(found["median"]) if found else "–" for found in (target["reached"], target.get("floor"))]
    return "| " + " | ".join([*cells, "yes" if target["met"] else "no" if target["reached"] else ""]) + " |"


def _name(result: dict[str, Any]) -> str:
    part = f", {result['part']}" if result["part"] else ""
    return f"{result['row']}{part}, {DATABASES[result['database']]}, {result['size']}"


def _machine(told: dict[str, Any]) -> str:
    machine = told["machine"]
    return (
        f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}"
    )


def _columns(cells: tuple[str, ...]) -> str:
    first, *others = cells
    widths = zip(others, WIDTHS[1:], strict=True)
    return f"{first:{WIDTHS[0]}}" + "".join(f"{cell:>{width}}" for cell, width in widths)


def _rows(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for one in result["contenders"]:
        rate, ratio = one["rate"], one["ratio"]
        yield (
            one["name"], number(rate["median"]), f"{number(rate['least'])} to {number(rate['most'])}",
            f"{number(ratio['median'])} ×" if ratio else "", _unless_none(one["p50"]["median"]),
            _unless_none(one["p99"]["median"]), number(one["cpu"]["median"]), f"{one['memory']['most']:,.0f}",
        )  # fmt: skip


def _unless_none(value: float) -> str:
    return number(value) if value else ""


def _judge(target: dict[str, Any]) -> str:
    reached, floor = target["reached"], target.get("floor")
    if reached is None:
        return f"target {target['says']}: nothing to hold it against"
    beneath = f"; the floor itself: {number(floor['median'])}" if floor else ""
    verdict = "reached" if target["met"] else "NOT reached"
    return f"target {target['says']}: {_span(reached)}, {verdict}{beneath}"


def _span(spread: dict[str, Any]) -> str:
    return f"{number(spread['median'])} ({number(spread['least'])} to {number(spread['most'])})"


def _compared(result: dict[str, Any]) -> str:
    compared = result["compared"]
    return f"  {compared} questions were answered alike" if compared else "  there are no answers to compare"


def number(value: float) -> str:
    """Three figures, and thousands with commas."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.{1 if abs(value) >= 10 else 2}f}"
