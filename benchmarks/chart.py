"""What the bench found, drawn as SVG by hand: it needs nothing, and follows its reader's light or dark.

One bar for each target: how far it is reached, on a scale of powers on which the line of all targets is 1; a
tick stands where the floor would reach.
Over worlds of several sizes: a curve for each contender, of its rate against the number of deliveries.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.report import DATABASES, number

WIDTH, LEFT, RIGHT, LINE, TOP = 600, 180, 350, 24, 56
LEAST, MOST = 1 / 64, 64
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1c1917 }
  .head { font-weight: 600; font-size: 15px } .small { font-size: 12px; fill: #57534e }
  .met { fill: #15803d } .missed { fill: #c2410c } .line { stroke: #1c1917 } .grid { stroke: #d6d3d1 }
  .span { stroke: #1c1917; stroke-width: 1.5 } .back { fill: #fffdf9 } .curve { fill: none; stroke-width: 2 }
  .c0 { stroke: #15803d } .c1 { stroke: #1d4ed8 } .c2 { stroke: #c2410c } .c3 { stroke: #7e22ce }
  .limit, .peer, .floor { stroke-dasharray: 5 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f5f5f4 } .small { fill: #a8a29e } .line, .span { stroke: #f5f5f4 } .grid { stroke: #44403c }
    .met { fill: #22c55e } .missed { fill: #fb923c } .back { fill: #1c1917 }
    .c0 { stroke: #22c55e } .c1 { stroke: #60a5fa } .c2 { stroke: #fb923c } .c3 { stroke: #c084fc }
  }
"""


def draw(told: dict[str, Any]) -> str:
    """Draw bars, or curves where the worlds are of several sizes."""
    return _curves(told) if len(told["sizes"]) > 1 else _bars(told)


# --- Bars -----------------------------------------------------------------------------------------------


def _bars(told: dict[str, Any]) -> str:
    targets = [
        (result, target) for result in told["results"] for target in result["targets"] if target["reached"]
    ]
    height = TOP + LINE * len(targets) + 30
    shapes = [_text(12, 22, "How far each target is reached", "head"), *_scale(TOP, height - 26)]
    for place, (result, target) in enumerate(targets):
        shapes += _bar(TOP + LINE * place, result, target)
    shapes.append(_text(12, height - 8, f"{told['at'][:10]}, {told['machine']['cores']} cores", "small"))
    return _svg(height, "How far each target of the bench is reached", shapes)


def _scale(top: int, bottom: int) -> Iterator[str]:
    for power in (1 / 16, 1, 16):
        x = _across(power)
        kind = "line" if power == 1 else "grid"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{top - 8}" y2="{bottom}"/>'
        label = "target" if power == 1 else f"{power:g} ×" if power > 1 else f"1/{round(1 / power)}"
        yield _text(x, top - 14, label, "small", "middle")


def _bar(y: int, result: dict[str, Any], target: dict[str, Any]) -> Iterator[str]:
    found = {name: _beside_bound(target, target["reached"][name]) for name in ("least", "median", "most")}
    start, end = sorted((_across(1 / 64), _across(found["median"])))
    name = "/".join(filter(None, (result["row"], result["part"])))
    kind = "met" if target["met"] else "missed"
    yield _text(12, y + 15, f"{name}, {DATABASES[result['database']]}")
    width = max(2, round(end - start, 1))
    yield f'<rect class="{kind}" x="{start}" y="{y + 4}" width="{width}" height="14" rx="2"/>'
    ends = sorted((_across(found["least"]), _across(found["most"])))
    yield f'<line class="span" x1="{ends[0]}" x2="{ends[1]}" y1="{y + 11}" y2="{y + 11}"/>'
    if floor := target.get("floor"):
        x = _across(_beside_bound(target, floor["median"]))
        yield f'<line class="line" x1="{x}" x2="{x}" y1="{y + 1}" y2="{y + 21}"/>'
    yield _text(RIGHT + 10, y + 15, f"{number(target['reached']['median'])} of {target['says']}", "small")


def _beside_bound(target: dict[str, Any], value: float) -> float:
    """How many times as good as it has to be."""
    if target["at_least"] is not None:
        return float(value / target["at_least"]) if target["at_least"] else MOST
    return float(target["at_most"] / value) if value else MOST


def _across(times: float) -> float:
    part = math.log(min(MOST, max(LEAST, times)) / LEAST) / math.log(MOST / LEAST)
    return round(LEFT + part * (RIGHT - LEFT), 1)


# --- Curves ---------------------------------------------------------------------------------------------


def _curves(told: dict[str, Any]) -> str:
    by_row: dict[str, dict[tuple[str, str, str], list[tuple[float, float]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for result in told["results"]:
        size = float(result["size"].rpartition("=")[2])
        row = "/".join(filter(None, (result["row"], result["part"])))
        for one in result["contenders"]:
            curve = (one["name"], one["role"], result["database"])
            by_row[row][curve].append((size, one["rate"]["median"]))
    shapes, y = [_text(12, 22, "Requests a second, by deliveries in the world", "head")], 40
    for row, curves in by_row.items():
        shapes += _panel(y, row, curves)
        y += 200 + 18 * len(curves)
    return _svg(y, "Requests a second by the number of deliveries in the world", shapes)


def _panel(y: int, row: str, curves: dict[tuple[str, str, str], list[tuple[float, float]]]) -> Iterator[str]:
    points = [point for curve in curves.values() for point in curve]
    sizes, most = sorted({size for size, _ in points}), max(rate for _, rate in points)
    top, bottom, left, right = y + 24, y + 160, 70, 560
    least = min(rate for _, rate in points) / 2

    def place(size: float, rate: float) -> tuple[float, float]:
        across = math.log(size / sizes[0]) / max(1e-9, math.log(sizes[-1] / sizes[0]))
        up = math.log(max(rate, least) / least) / math.log(2 * most / least)
        return round(left + across * (right - left), 1), round(bottom - up * (bottom - top), 1)

    yield _text(12, y + 14, row)
    for size in sizes:
        x, _ = place(size, least)
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
        yield _text(x, bottom + 16, f"{size:,.0f}", "small", "middle")
    for power in range(math.ceil(math.log10(least)), math.floor(math.log10(2 * most)) + 1):
        _, height = place(sizes[0], 10.0**power)
        yield f'<line class="grid" x1="{left}" x2="{right}" y1="{height}" y2="{height}"/>'
        yield _text(left - 8, height + 4, f"{10**power:,}", "small", "end")
    for number_, ((name, role, database), curve) in enumerate(curves.items()):
        path = " ".join(f"{x},{height}" for x, height in (place(*point) for point in sorted(curve)))
        kind = f"curve c{number_ % 4} {role}"
        yield f'<polyline class="{kind}" points="{path}"/>'
        line = bottom + 36 + 18 * number_
        yield f'<line class="{kind}" x1="{left}" x2="{left + 36}" y1="{line - 4}" y2="{line - 4}"/>'
        yield _text(left + 44, line, f"{name}, {DATABASES[database]}", "small")


# --- SVG ------------------------------------------------------------------------------------------------


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(height: int, says: str, shapes: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
    back = f'<rect class="back" width="{WIDTH}" height="{height}"/>'
    return "\n".join(
        [f'{head} aria-label="{escape(says)}">', f"<style>{STYLE}</style>", back, *shapes, "</svg>\n"]
    )
