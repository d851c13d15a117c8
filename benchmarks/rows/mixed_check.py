"""Which answers were wrong at the moment they were given, by what all were answered before and meanwhile.

All clients read one clock (CLOCK_MONOTONIC is the machine's own), so of a read and a change it is known which
was over before the other began. What overlaps may have come out either way, and nothing is said of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SIZE = 20


@dataclass(frozen=True, slots=True)
class Span:
    """When something was asked, and when its answer was there; in nanoseconds."""

    begin: int
    end: int
    by: str = ""
    what: str = ""


@dataclass(slots=True)
class Truth:
    """What was changed, and what follows from it for who reads.

    :param seen_by: for each circle that something is shown to, who of its members may see it.
    """

    seen_by: Mapping[str, Collection[str]]
    shares: dict[str, Span] = field(default_factory=dict)
    hidden: dict[str, Span] = field(default_factory=dict)
    comments: dict[str, list[Span]] = field(default_factory=lambda: defaultdict(list))
    parted: dict[frozenset[str], Span] = field(default_factory=dict)
    shown_to: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def learn(self, events: Iterable[list[Any]]) -> None:
        """Take up changes: [what, begin, end, who did it, …]."""
        for what, begin, end, by, *more in events:
            if what == "share":
                self.shares[more[0]] = Span(begin, end, by)
                for reader in self.seen_by[more[1]]:
                    self.shown_to[reader].append(more[0])
            elif what == "hide":
                self.hidden[more[0]] = Span(begin, end)
            elif what == "comment":
                self.comments[more[0]].append(Span(begin, end, by))
            elif what in {"block", "unfriend"}:
                self.parted[frozenset((by, more[0]))] = Span(begin, end, by, what)

    def judge(self, reads: Iterable[list[Any]]) -> Counter[str]:
        """Count what was wrong: ["read", begin, end, who reads, [[share, its author, comments], …]]."""
        wrong = Counter[str]()
        for _read, begin, end, reader, items in reads:
            read = Span(begin, end, reader)
            wrong.update(self._shown_wrongly(read, items))
            wrong["missing"] += self._missing(read, items)
        return +wrong

    def _shown_wrongly(self, read: Span, items: list[list[Any]]) -> Iterable[str]:
        for share, author, comments in items:
            parting = self.parted.get(frozenset((read.by, author)))
            if parting and parting.end < read.begin:
                yield f"shown after {parting.what}"
            if share in self.hidden and self.hidden[share].end < read.begin:
                yield "shown after it was hidden"
            if share in self.shares and not self._may_count(read, share, comments):
                yield "comments counted wrongly"

    def _may_count(self, read: Span, share: str, number: int) -> bool:
        """Whether so many comments may be seen: those by whom there is a block are not."""
        least = most = 0
        for said in self.comments.get(share, ()):
            parting = self.parted.get(frozenset((read.by, said.by)))
            block = parting if parting and parting.what == "block" else None
            least += said.end < read.begin and (block is None or block.begin > read.end)
            most += said.begin < read.end and (block is None or block.end >= read.begin)
        return least <= number <= most

    def _missing(self, read: Span, items: list[list[Any]]) -> int:
        """How many shares should have been there: shown before, and something older is there, or room."""
        there = {item[0] for item in items}
        return sum(
            1
            for share in self.shown_to.get(read.by, ())
            if share not in there and self._is_due(read, share)
            and (len(items) < SIZE or any(self._is_older(item[0], share) for item in items))
        )  # fmt: skip

    def _is_due(self, read: Span, share: str) -> bool:
        made, hidden = self.shares[share], self.hidden.get(share)
        parting = self.parted.get(frozenset((read.by, made.by)))
        return (
            made.end < read.begin
            and (hidden is None or hidden.begin > read.end)
            and (parting is None or parting.begin > read.end)
        )

    def _is_older(self, one: str, other: str) -> bool:
        """What was there before all of this is older than anything that was made in it."""
        return one not in self.shares or self.shares[one].end < self.shares[other].begin
