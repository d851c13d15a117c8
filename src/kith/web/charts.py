"""Charts for staff, drawn here as SVG: they need no script, and say in words what they show.

Each has a title and a description for who listens, and stands above a table of the same figures.
Colours come from the page, light or dark; nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from babel.dates import format_skeleton
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kith.quality.queries import Refunds
from kith.web.jinja import locale_name, number, written_date

WIDTH, HEIGHT = 760, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 24, 26
ROW, BAR, LONG = 44, 16, 360
NAMED = 4
"""Every so many weeks its day stands below."""


def by_week_chart(figures: Refunds) -> SafeString:
    """Bars for the refunds of each week, a broken line for the same week a year before, ! for an alarm."""
    weeks = figures.weeks
    most = max([1, *(week.count.refunds for week in weeks), *(week.count.refunds_before for week in weeks)])
    top = _round_up(most)
    step = (WIDTH - LEFT - RIGHT) / len(weeks)
    bars, marks, days, before = [], [], [], []
    for place, week in enumerate(weeks):
        x, y = LEFT + place * step, _height(week.count.refunds, top)
        kind = "bar" if week.is_whole else "bar now"
        bars.append((kind, _n(x + step * 0.12), _n(y), _n(step * 0.76), _n(HEIGHT - BOTTOM - y)))
        level = _n(_height(week.count.refunds_before, top))
        before += [f"{_n(x)},{level}", f"{_n(x + step)},{level}"]
        if week.alarm:
            marks.append((_n(x + step / 2), _n(y - 5)))
        if place % NAMED == 0:
            day = format_skeleton("Md", week.begins_on, locale=locale_name())
            days.append((_n(x + step / 2), HEIGHT - 8, day))
    line = format_html('<polyline class="line" points="{}"/>', " ".join(before))
    parts = (
        _grid(top),
        format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', bars),
        line if figures.knows_year_before else "",
        format_html_join("", '<text class="mark" x="{}" y="{}" text-anchor="middle">!</text>', marks),
        format_html_join("", '<text x="{}" y="{}" text-anchor="middle">{}</text>', days),
    )
    return _framed("weeks", _("Refunds by week"), _in_words(figures), parts, WIDTH, HEIGHT)


def by_reason_chart(figures: Refunds) -> SafeString:
    """A bar for each reason, with its name and number above it."""
    rows = [(str(row.name) or _("no reason given"), row.count.refunds) for row in figures.by_reason]
    most = max([1, *(refunds for _name, refunds in rows)])
    bars, names = [], []
    for place, (name, refunds) in enumerate(rows):
        names.append((place * ROW + 16, f"{name}: {number(refunds)}"))
        bars.append((place * ROW + 22, _n(max(1.0, LONG * refunds / most) if refunds else 0.0), BAR))
    parts = (
        format_html_join("", '<text x="0" y="{}">{}</text>', names),
        format_html_join("", '<rect class="bar" x="0" y="{}" width="{}" height="{}" rx="2"/>', bars),
    )
    told = "; ".join(name for _y, name in names) or _("Nothing came back.")
    return _framed("reasons", _("Why it comes back"), told, parts, LONG, max(1, len(rows)) * ROW)


def _in_words(figures: Refunds) -> str:
    """What the chart shows, for who does not see it."""
    total = figures.total
    said = [
        _("%(refunds)s refunds from %(since)s to %(until)s; %(before)s in the same weeks a year before.") % {
            "refunds": number(total.refunds), "before": number(total.refunds_before),
            "since": written_date(figures.since), "until": written_date(figures.until),
        }
    ]  # fmt: skip
    alarms = len(figures.alarms)
    if alarms:
        said.append(
            ngettext("%(num)d week is marked.", "%(num)d weeks are marked.", alarms) % {"num": alarms}
        )
    else:
        said.append(_("No week is marked."))
    return " ".join(said)


def _framed(name: str, title: str, told: str, parts: Sequence[str], width: int, height: int) -> SafeString:
    return format_html(
        '<svg class="drawing" role="img" aria-labelledby="{name}-title {name}-told" '
        'viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{name}-title">{title}</title><desc id="{name}-told">{told}</desc>{parts}</svg>',
        name=name, title=title, told=told, width=width, height=height,
        parts=format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _grid(top: int) -> SafeString:
    lines = []
    for quarter in range(5):
        y = _n(_height(top * quarter / 4, top))
        lines.append((LEFT, y, WIDTH - RIGHT, y, LEFT - 6, y, number(top * quarter / 4)))
    form = (
        '<line class="grid" x1="{}" y1="{}" x2="{}" y2="{}"/>'
        '<text x="{}" y="{}" dy="4" text-anchor="end">{}</text>'
    )
    return format_html_join("", form, lines)


def _height(value: float, top: int) -> float:
    """How far from the top a value stands."""
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _round_up(most: int) -> int:
    """The next of 4, 8, 20, 40, 80, 200, …, so that quarters are whole numbers."""
    power = 1
    while True:
        for quarter in (power, 2 * power, 5 * power):
            if 4 * quarter >= most:
                return 4 * quarter
        power *= 10


def _n(value: float) -> str:
    return f"{value:.1f}"
