"""What Kith would take for very many people: what is assumed, what was measured, and the arithmetic."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DAY, WEEK = 86_400, 7 * 86_400
PAGE = 8192


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
    """By `--bytes`, of the server's processor alone, in milliseconds; all that is read was in memory.

    Within what three runs came to on a machine that others worked on, which lay up to a half apart.
    """

    write: float = 0.030
    """One delivery with its six indexes, written by a statement with many."""
    wal: float = 664
    """Bytes of WAL for it, without images of whole pages."""
    push: float = 0.45
    """The rule over a viewer's own deliveries, and the twenty shares by author and id, in two statements."""
    pull: float = 2.6
    """The same page from the newest shares of some 120 authors, with their audiences and members."""
    one: float = 0.080
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
    """Machines for the bytes of one copy."""
    return sum(bytes_of(town).values()) / (machine.disk * machine.full)


def shards(town: Town, machine: Machine) -> int:
    """The next power of two by which no shard is larger than it should be."""
    return 1 << math.ceil(math.log2(max(1.0, sum(bytes_of(town).values()) / machine.shard)))


def asked_of(authors: float, machines: float) -> float:
    """On how many machines so many authors lie, on average."""
    machines = max(1.0, machines)
    return machines * (1 - math.pow(1 - 1 / machines, authors))


def for_processor(
    town: Town, machine: Machine, rates: Rates, *, others: float, written: bool = True
) -> float:
    """Machines for the database's processor at the peak: writes, and feeds that ask `others` each.

    :param written: deliveries are; otherwise each feed asks the authors.
    """
    raw = rates.costs["feed"].raw
    feed = (MEASURED.push if raw is None else raw) + others * MEASURED.one
    more = 0.0 if written else MEASURED.pull - MEASURED.push
    writes = town.deliveries_a_second * MEASURED.write if written else 0.0
    busy = town.loads_a_second * (feed + more) + writes
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
