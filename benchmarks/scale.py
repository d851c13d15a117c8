"""What Kith would take for very many people: the tables of docs/scale.md.

    python -m benchmarks.scale [--rates docs/performance.json] [--write docs/scale.md]
    python -m benchmarks.scale --bytes URL

The first works out the tables (`benchmarks.scale_sums`), and with `--write` puts them into that page, between
its two markers. The second measures on a PostgreSQL with a world of the bench what they start from
(`benchmarks.scale_measured`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from benchmarks.report import Unmarked, put_between
from benchmarks.scale_measured import measured
from benchmarks.scale_sums import (
    BYTES,
    DAY,
    MEASURED,
    Machine,
    Rates,
    Town,
    Unreadable,
    asked_of,
    bytes_of,
    even_at,
    for_bytes,
    for_memory,
    for_processor,
    for_wal,
    read_rates,
    rows,
    sessions,
    shards,
    wal_each,
    web_machines,
    working_set,
)

RATES = Path(__file__).parents[1] / "docs" / "performance.json"
UNITS = ((1e15, " P"), (1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))


def short(value: float, unit: str = "") -> str:
    """Three figures: 319 k, 3.07 PB."""
    for size, prefix in UNITS:
        if abs(value) >= size:
            return f"{value / size:.3g}{prefix}{unit}"
    return f"{value:.3g}{' ' if unit else ''}{unit}"


def whole(value: float) -> str:
    return f"{math.ceil(value):,}"


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return [*lines, *("| " + " | ".join(cells) + " |" for cells in body), ""]


def flows(town: Town) -> list[str]:
    body = [
        (name, short(each), short(each * town.peak), short(each * DAY))
        for name, each in (
            ("shares", town.shares_a_second), ("deliveries", town.deliveries_a_second),
            ("feed loads", town.loads_a_second), ("shares read by feeds", 20 * town.loads_a_second),
        )
    ]  # fmt: skip
    return table(("**Flows**", "a second, on average", "at the peak", "a day"), body)


def stock(town: Town) -> list[str]:
    sizes, numbers = bytes_of(town), rows(town)
    body = [
        (f"`{name}`", short(numbers[name]), f"{BYTES[name].table:g} + {BYTES[name].indexes:g}",
         short(sizes[name], "B"))
        for name in sorted(sizes, key=sizes.__getitem__, reverse=True)
    ]  # fmt: skip
    body.append(("in all, one copy", "", "", short(sum(sizes.values()), "B")))
    return table(("**After a year**", "rows", "bytes a row: table + indexes", "bytes"), body)


def kept(town: Town, machine: Machine) -> list[str]:
    body = []
    for days in (3, 30, 183, 365):
        one = replace(town, days=days)
        body.append((
            f"{days} days", short(rows(one)["sharing_delivery"]),
            short(bytes_of(one)["sharing_delivery"], "B"), whole(town.copies * for_bytes(one, machine)),
            f"{shards(one, machine):,}", short(wal_each(one, machine), "B"),
        ))  # fmt: skip
    head = ("**Deliveries kept for**", "rows", "bytes of them", "machines for all bytes, both copies",
            "shards", "WAL a delivery")  # fmt: skip
    return table(head, body)


def bounds(town: Town, machine: Machine, rates: Rates) -> list[str]:
    """Machines by what runs out, and how many people one machine of it carries."""
    month = replace(town, days=30)
    others = asked_of(20, for_bytes(month, machine))
    web = web_machines(town, machine, rates)
    found = (
        ("bytes, deliveries kept for a year", for_bytes(town, machine)),
        ("bytes, kept for 30 days", for_bytes(month, machine)),
        ("memory for what feeds read", for_memory(town, machine)),
        ("WAL with images of whole pages, kept for 30 days", for_wal(month, machine)),
        (
            f"processor, each feed asking {others:.0f} machines",
            for_processor(town, machine, rates, others=others),
        ),
        ("processor, were all on one machine", for_processor(town, machine, rates, others=0)),
    )
    body = [
        (name, whole(number), whole(town.copies * number), short(town.people / number))
        for name, number in found if number
    ]  # fmt: skip
    if web:
        body.append(("processor of the web", whole(web), "", short(town.people / web)))
    body.append(("connections of the web machines to **each** database machine, without a pooler",
                 short(sessions(web, machine)), "", ""))  # fmt: skip
    return table(("**What runs out**", "machines", "with standbys", "people a machine"), body)


def memory(town: Town) -> list[str]:
    found = working_set(town)
    body = [(name, short(size, "B")) for name, size in found.items()]
    return table(
        ("**Read by feeds, better in memory**", "bytes"), [*body, ("in all", short(sum(found.values()), "B"))]
    )


def two_ways(town: Town, machine: Machine, rates: Rates) -> list[str]:
    """Writing to each viewer, beside asking each author: for one person and day, and in machines."""
    received, loads = town.mates * town.shares_a_week / 7, town.loads_a_day
    month, none = replace(town, days=30), replace(town, days=0)
    push = asked_of(20, for_bytes(month, machine))
    spread = asked_of(town.mates, for_bytes(month, machine))
    pull = asked_of(town.mates, for_bytes(none, machine))
    writing, reading = received * MEASURED.write, loads * MEASURED.push
    body = [
        ("rows written", short(received), short(town.shares_a_week / 7)),
        ("pages read by feeds", short(loads * MEASURED.pages_push), short(loads * MEASURED.pages_pull)),
        ("ms of the database for writing deliveries", short(writing), "0"),
        ("ms of the database for reading", short(reading), short(loads * MEASURED.pull)),
        ("ms of both", short(writing + reading), short(loads * MEASURED.pull)),
        ("machines that a feed asks", f"1 + {push:.0f}", f"1 + {pull:.0f}"),
        ("machines that a share is written on", f"1 + {spread:.0f}", "1"),
        ("a feed meets the slowest 1 % of one of them", f"{slow(push):.0%}", f"{slow(pull):.0%}"),
        ("machines for bytes (30 days of deliveries, or none), no standbys", whole(for_bytes(month, machine)),
         whole(for_bytes(none, machine))),
        ("machines for the processor, no standbys", whole(for_processor(town, machine, rates, others=push)),
         whole(for_processor(town, machine, rates, others=pull, written=False))),
    ]  # fmt: skip
    head = ("**A person's day, and machines for all**", "written to each viewer", "asked of each author")
    return [
        *table(head, body),
        f"Both cost the database the same at {even_at(town):.2g} feed loads a day.",
        "",
    ]


def slow(others: float) -> float:
    """How often a feed waits for one answer of the slowest hundredth."""
    return 1 - math.pow(0.99, 1 + others)


KINDS = (
    ("feed, JSON", "feed", "4", "viewer's; then ≤ 20 authors'", "20 read", "15 KB sent"),
    ("feed, page", "page", "8 to 11", "the same", "20 read", "32 KB sent"),
    ("strangers, one list", "strangers/usual", "refused as written", "authors'", "20 read", ""),
    ("evidence of a listing", "evidence/listing", "1", "viewer's; then authors'", "the viewer's of it", ""),
    ("check of twenty", "check/twenty", "1", "viewer's and ≤ 20 authors'", "≤ 40 read", ""),
    ("share to a circle", "deliver/share", "8", "author's, and each viewer's", "{mates}", "{bytes}"),
    ("member joins", "deliver/join", "8", "author's, member's", "{year}", "{years}"),
    ("member leaves", "deliver/leave", "7", "author's, member's", "{year}", "{years}"),
    ("unfriend", "", "30", "both people's", "≤ 2 × {year}", "≤ 2 × {years}"),
    ("block", "", "28", "both people's", "≤ 2 × {year}", "≤ 2 × {years}"),
    ("import, an order", "import", "by batches", "order's, buyer's", "2", "{order}"),
    ("sweep, a listing", "sweep", "by batches", "catalogue: none", "", ""),
)
"""Name, row of the bench, statements (as counted on 2026-11-23), shards, rows, bytes."""


def kinds(town: Town, machine: Machine, rates: Rates) -> list[str]:
    delivery = BYTES["sharing_delivery"].both
    year = town.shares_a_week * 365 / 7
    words = {
        "mates": f"{town.mates:g} written", "bytes": short(town.mates * delivery, "B"), "year": f"{year:.0f}",
        "years": short(year * delivery, "B"),
        "order": short(BYTES["shop_order"].both + BYTES["shop_orderline"].both, "B"),
    }  # fmt: skip
    body = []
    for name, key, *others in KINDS:
        cost = rates.costs.get(key)
        cells = ["–", "–", "–"]
        if cost is not None:
            raw = "–" if cost.raw is None else short(cost.raw)
            day = town.people / DAY * town.peak * cost.whole / 1000 / machine.busy
            cells = [short(cost.whole), raw, "" if key == "sweep" else short(day)]
        body.append((name, *(text.format(**words) for text in others), *cells))
    head = ("**A request**", "statements", "shards", "rows", "bytes", "ms of processor", "of it, as raw SQL",
            "cores, if all did it once a day")  # fmt: skip
    lines = table(head, body)
    if sweep := rates.costs.get("sweep"):
        hours = town.listings * sweep.whole / 1000 / 3600
        lines += [f"A sweep over {short(town.listings)} listings: {hours:.3g} hours of one core.", ""]
    return lines


def figures(town: Town, machine: Machine, rates: Rates) -> str:
    """All tables, as Markdown."""
    lines = [f"Rates: {rates.about}.", ""]
    lines += flows(town) + stock(town) + kept(town, machine) + bounds(town, machine, rates)
    lines += memory(town) + two_ways(town, machine, rates) + kinds(town, machine, rates)
    return "\n".join(lines).strip()


@click.command()
@click.option("--rates", type=click.Path(path_type=Path), default=RATES, help="What kith bench --json wrote.")
@click.option("--write", "page", type=click.Path(path_type=Path), help="Put the figures into this page.")
@click.option("--bytes", "url", help="Measure on this PostgreSQL what a row takes.")
def main(*, rates: Path, page: Path | None, url: str | None) -> None:
    """Work out what Kith would take for very many people."""
    if url:
        return click.echo("\n".join(measured(url)))
    try:
        found = figures(Town(), Machine(), read_rates(rates))
        if page is None:
            click.echo(found)
        else:
            page.write_text(put_between(page.read_text(), found))
    except (Unreadable, Unmarked, OSError) as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
