"""What Kith would take for very many people: arithmetic from measured figures, as written in docs/scale.md.

    python -m benchmarks.scale [--rates docs/performance.json] [--write docs/scale.md]
    python -m benchmarks.scale --bytes URL

The first works out the tables of that page, and with `--write` puts them there between its two markers. The
second measures on a PostgreSQL with a world of the bench what stands under "measured" here; it makes a table
of its own in a transaction that it takes back, and wants a server on this machine that does nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

DAY, WEEK = 86_400, 7 * 86_400
PAGE = 8192
BEGIN, END = "<!-- figures -->", "<!-- end -->"
RATES = Path(__file__).parents[1] / "docs" / "performance.json"


# --- What is assumed --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Town:
    """Whom it is for, and what they do.

    :param peak: the busiest minutes beside the mean. An assumption, as are the next three.
    :param circles: that the mates are in; each share is shown to all of them.
    :param days: for how long deliveries are kept. The program deletes none by age, so that is the town's.
    :param copies: of each row on a machine of its own: one to work on, one to stand by.
    """

    people: float = 536e6
    mates: float = 120
    shares_a_week: float = 3
    loads_a_day: float = 10
    peak: float = 3
    circles: float = 4
    days: float = 365
    copies: int = 2
    listings: float = 600e6

    @property
    def shares_a_second(self) -> float:
        return self.people * self.shares_a_week / WEEK

    @property
    def deliveries_a_second(self) -> float:
        return self.shares_a_second * self.mates

    @property
    def loads_a_second(self) -> float:
        return self.people * self.loads_a_day / DAY


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine, of the database or of the web, and how far it is filled.

    :param wal: bytes a second that it writes, sends to its copy and to the archive, for good.
    :param between: seconds from one checkpoint to the next.
    """

    cores: int = 32
    memory: float = 256 * 2**30
    disk: float = 8e12
    busy: float = 0.6
    full: float = 0.7
    cached: float = 0.75
    wal: float = 200e6
    between: float = 900
    threads: int = 4
    """Of each web process, each with a connection; a process for each core (docs: Run Kith in production)."""
    shard: float = 100e9
    """Small enough to be moved to another machine in a quarter of an hour, at 1 Gbit a second."""


# --- What was measured ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of a row in its table and in all its indexes."""

    table: float
    indexes: float

    @property
    def both(self) -> float:
        return self.table + self.indexes


BYTES = {
    "sharing_delivery": Size(107, 198),
    "sharing_share": Size(146, 159),
    "sharing_audience": Size(68, 104),
    "shop_order": Size(77, 70),
    "shop_orderline": Size(158, 182),
    "notices_notice": Size(91, 128),
    "sharing_like": Size(69, 68),
    "sharing_comment": Size(104, 81),
    "ties_relationship": Size(77, 61),
    "ties_member": Size(60, 102),
    "people_person": Size(132, 181),
}
"""By `--bytes`; deliveries as they grow share by share, the rest as loaded at once (indexes 90 % full)."""
A_SHARE = {"notices_notice": 2.9, "sharing_like": 0.19, "sharing_comment": 0.10}
"""So many to each share has the bench's world."""


@dataclass(frozen=True, slots=True)
class Measured:
    """By `--bytes`, of the server's processor alone, in milliseconds; all that is read was in memory."""

    write: float = 0.033
    """One delivery with its six indexes, written by a statement with many."""
    wal: float = 664
    """Bytes of WAL for it, without images of whole pages."""
    push: float = 0.49
    """The rule over a viewer's own deliveries, and the twenty shares by author and id, in two statements."""
    pull: float = 2.8
    """The same page from the newest shares of some 120 authors, with their audiences and members."""
    one: float = 0.072
    """One share by author and id, in a statement of its own: what asking another machine adds at least."""
    pages_push: float = 113
    pages_pull: float = 990


MEASURED = Measured()
SCATTERED = 5
"""Of the six indexes so many begin with the viewer: a share's rows go to as many pages of each as it has
viewers. The sixth is by share; its rows lie side by side, as in the table."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor for a request: of all processes, and of the same asked as raw SQL."""

    whole: float
    raw: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    """What the bench found on PostgreSQL, by row, such as "deliver/share"."""

    about: str
    costs: Mapping[str, Cost]


class Unreadable(ValueError):
    """A file of the bench, or the page, is not as it has to be; says how."""


def read_rates(file: Path) -> Rates:
    """Read what `kith bench --json` wrote. Where a row was played on several worlds, the last counts.

    :raises Unreadable: it is none of these, or lacks what everything here stands on: the feed.
    """
    try:
        told = json.loads(file.read_text())
        about = f"{told['at'][:10]}, {told['machine']['cores']} cores, `{told['command']}`"
        costs = dict(_costs(told["results"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{file} is not what kith bench --json writes: {error!r}") from None
    if "feed" not in costs:
        raise Unreadable(f"{file} says nothing of the feed on PostgreSQL")
    return Rates(about, costs)


def _costs(results: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Cost]]:
    for one in results:
        if one["database"] == "postgres":
            cpu = {player["role"]: float(player["cpu"]["median"]) for player in one["contenders"]}
            key = f"{one['row']}/{one['part']}" if one["part"] else one["row"]
            yield key, Cost(cpu["ours"], cpu.get("limit"))


# --- Arithmetic -------------------------------------------------------------------------------------------


def rows(town: Town) -> dict[str, float]:
    """Rows of each table after a year; of deliveries those that are kept."""
    shares = town.shares_a_second * 365 * DAY
    found = {
        "sharing_delivery": town.deliveries_a_second * town.days * DAY,
        "sharing_share": shares,
        "sharing_audience": shares * town.circles,
        "shop_order": shares,
        "shop_orderline": shares,
        "ties_relationship": town.people * town.mates,
        "ties_member": town.people * town.mates,
        "people_person": town.people,
    }
    return found | {name: shares * each for name, each in A_SHARE.items()}


def bytes_of(town: Town) -> dict[str, float]:
    return {name: number * BYTES[name].both for name, number in rows(town).items()}


def for_bytes(town: Town, machine: Machine) -> float:
    return town.copies * sum(bytes_of(town).values()) / (machine.disk * machine.full)


def shards(town: Town, machine: Machine) -> int:
    """The next power of two by which no shard is larger than it should be."""
    return int(2 ** math.ceil(math.log2(max(1.0, sum(bytes_of(town).values()) / machine.shard))))


def asked_of(authors: float, machines: float) -> float:
    """On how many machines so many authors lie, on average."""
    machines = max(1.0, machines)
    return machines * (1 - (1 - 1 / machines) ** authors)


def for_processor(town: Town, machine: Machine, rates: Rates, *, others: float) -> float:
    """Machines for the database's processor at the peak: feeds, each with `others` asked besides, and writes."""
    raw = rates.costs["feed"].raw
    feed = (MEASURED.push if raw is None else raw) + others * MEASURED.one
    busy = town.loads_a_second * feed + town.deliveries_a_second * MEASURED.write
    return town.peak * busy / 1000 / (machine.cores * machine.busy)


def web_machines(town: Town, machine: Machine, rates: Rates) -> float:
    """Machines for the rest of a feed over HTTP as JSON, at the peak."""
    cost = rates.costs["feed"]
    web = max(0.0, cost.whole - (MEASURED.push if cost.raw is None else cost.raw))
    return town.peak * town.loads_a_second * web / 1000 / (machine.cores * machine.busy)


def wal_each(town: Town, machine: Machine) -> float:
    """Bytes of WAL for a delivery where the first touch of a page after a checkpoint is written as a whole.

    Of P pages that n rows fall on at random, P(1 - e^(-n/P)) are touched. It does not depend on how many
    machines share the work, for they share pages and rows alike.
    """
    found = rows(town)["sharing_delivery"] * BYTES["sharing_delivery"].indexes / PAGE
    written = town.deliveries_a_second * machine.between
    touched = found * (1 - math.exp(-written * SCATTERED / found))
    return MEASURED.wal + touched * PAGE / written


def for_wal(town: Town, machine: Machine) -> float:
    return town.peak * town.deliveries_a_second * wal_each(town, machine) / machine.wal


def working_set(town: Town) -> dict[str, float]:
    """What a feed reads and ought to find in memory: bytes by what it is."""
    return {
        "a page of the timeline's index a person": town.people * PAGE,
        "deliveries of the last day, without indexes":
            town.deliveries_a_second * DAY * BYTES["sharing_delivery"].table,
        "relationships": town.people * town.mates * BYTES["ties_relationship"].both,
        "shares of the last 30 days": town.shares_a_second * 30 * DAY * BYTES["sharing_share"].both,
    }  # fmt: skip


def for_memory(town: Town, machine: Machine) -> float:
    return sum(working_set(town).values()) / (machine.memory * machine.cached)


def sessions(web: float, machine: Machine) -> float:
    """Connections that so many web machines hold."""
    return web * machine.cores * machine.threads


def even_at(town: Town) -> float:
    """So many feed loads a day and person at which writing for them costs as much as asking the authors."""
    received = town.mates * town.shares_a_week / 7
    return received * MEASURED.write / (MEASURED.pull - MEASURED.push)


# --- As text ----------------------------------------------------------------------------------------------

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
            short(bytes_of(one)["sharing_delivery"], "B"), whole(for_bytes(one, machine)),
            f"{shards(one, machine):,}", short(wal_each(one, machine), "B"),
        ))  # fmt: skip
    head = ("**Deliveries kept for**", "rows", "bytes of them", "machines for all bytes, both copies",
            "shards", "WAL a delivery")  # fmt: skip
    return table(head, body)


def bounds(town: Town, machine: Machine, rates: Rates) -> list[str]:
    """Machines by what runs out, and how many people one machine of it carries."""
    month = replace(town, days=30)
    others = asked_of(20, for_bytes(month, machine) / town.copies)
    web = web_machines(town, machine, rates)
    found = (
        ("bytes, deliveries kept for a year", for_bytes(town, machine)),
        ("bytes, kept for 30 days", for_bytes(month, machine)),
        ("memory for what feeds read", for_memory(town, machine)),
        ("WAL with images of whole pages, kept for 30 days", for_wal(month, machine)),
        (f"processor, each feed asking {others:.0f} machines", for_processor(town, machine, rates, others=others)),
        ("processor, were all on one machine", for_processor(town, machine, rates, others=0)),
        ("web machines, by processor", web),
    )
    body = [(name, whole(number), short(town.people / number)) for name, number in found if number]
    body.append(("connections of the web machines to **each** database machine, without a pooler",
                 short(sessions(web, machine)), ""))  # fmt: skip
    return table(("**What runs out**", "machines", "people a machine"), body)


def memory(town: Town) -> list[str]:
    found = working_set(town)
    body = [(name, short(size, "B")) for name, size in found.items()]
    return table(("**Read by feeds, better in memory**", "bytes"), [*body, ("in all", short(sum(found.values()), "B"))])


def two_ways(town: Town, machine: Machine) -> list[str]:
    """Writing to each viewer, beside asking each author: for one person and day, and for all."""
    received, loads = town.mates * town.shares_a_week / 7, town.loads_a_day
    month = for_bytes(replace(town, days=30), machine) / town.copies
    body = [
        ("rows written", short(received), short(town.shares_a_week / 7)),
        ("index entries written for them", short(received * 6), short(town.shares_a_week)),
        ("pages read by feeds", short(loads * MEASURED.pages_push), short(loads * MEASURED.pages_pull)),
        ("ms of the database for writing", short(received * MEASURED.write), "0"),
        ("ms of the database for reading", short(loads * MEASURED.push), short(loads * MEASURED.pull)),
        ("ms of both", short(received * MEASURED.write + loads * MEASURED.push), short(loads * MEASURED.pull)),
        ("machines that a feed asks", f"1 + {asked_of(20, month):.0f}", f"1 + {asked_of(town.mates, month):.0f}"),
        ("bytes after a year, of all people", short(bytes_of(town)["sharing_delivery"], "B"), "0"),
    ]
    head = ("**A person's day**", "written to each viewer", "asked of each author")
    return [*table(head, body), f"Both cost the database the same at {even_at(town):.2g} feed loads a day.", ""]


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
"""Name, row of the bench, statements (counted 2026-11-23), shards, rows, bytes. `bounds` does not need them."""


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
    lines += memory(town) + two_ways(town, machine) + kinds(town, machine, rates)
    return "\n".join(lines).strip()


def written(page: str, found: str) -> str:
    """The page with these figures between its markers.

    :raises Unreadable: it has not each marker once, in their order.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise Unreadable(f"there must be one {BEGIN} and behind it one {END}")
    head, rest = page.split(BEGIN)
    return f"{head}{BEGIN}\n\n{found}\n\n{END}{rest.split(END)[1]}"


@click.command()
@click.option("--rates", type=click.Path(path_type=Path), default=RATES, help="What kith bench --json wrote.")
@click.option("--write", "page", type=click.Path(path_type=Path), help="Put the figures into this page.")
@click.option("--bytes", "url", help="Measure on this PostgreSQL what a row takes.")
def main(*, rates: Path, page: Path | None, url: str | None) -> None:
    """Work out what Kith would take for very many people."""
    if url:
        from benchmarks.scale_measured import measure  # noqa: PLC0415 (psycopg is only needed here)

        return click.echo(measure(url))
    try:
        found = figures(Town(), Machine(), read_rates(rates))
        if page is None:
            click.echo(found)
        else:
            page.write_text(written(page.read_text(), found))
    except (Unreadable, OSError) as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
