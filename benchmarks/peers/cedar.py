"""Who may see a share, asked of Cedar by cedarpy: a policy engine in Rust.

The policies say what docs/explanation/the-rule.md says. Circles are groups that hold people; how the two
stand comes with the question, since a set of all of somebody's friends would be much more to read.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from functools import cache
from typing import Any

from benchmarks.peers.facts import WINDOWS, Facts, FactsAtHand, FactsBySql, Shown, Somebody, Tie
from benchmarks.rows.check import Asks

DAY = 86_400 * 1_000_000
IN_A_CIRCLE = " || ".join(
    ["principal in resource.shown_all"]
    + [
        f"(principal in resource.shown_{window} && context.now < resource.visible_from + {days * DAY})"
        for window, days in WINDOWS.items()
    ]
)
POLICIES = f"""
@id("own")
permit (principal, action == Action::"see", resource)
when {{ context.state != "closed" && principal.active && resource.author == principal }};

@id("public")
permit (principal, action == Action::"see", resource)
when {{
  context.state == "open" && resource.to_everyone && !resource.withdrawn
  && resource.visible_from <= context.now && resource.author_shows && !context.blocked
}};

@id("shown")
permit (principal, action == Action::"see", resource)
when {{
  context.state == "open" && principal.active && !principal.suspended && principal.agreed && principal.let_in
  && !resource.withdrawn && resource.visible_from <= context.now
  && context.friends && context.shows && !context.blocked && !context.muted && !context.hidden
  && ({IN_A_CIRCLE})
}};
"""


class Engine:
    """Answers by Cedar, with facts from somewhere.

    What the facts at hand look like as JSON is kept with them, so that nothing is written out twice.
    """

    def __init__(self, facts: Facts, *, keep: bool) -> None:
        import cedarpy  # noqa: PLC0415 (it is an extra)

        self._facts, self._ask = facts, cedarpy.is_authorized_batch
        self._policies = cedarpy.PolicySet.from_str(POLICIES)
        self._person, self._share = (cache(_person), cache(_share)) if keep else (_person, _share)
        self._tie = cache(_tie) if keep else _tie

    def may_see(self, viewer: int, shares: Collection[int]) -> list[int]:
        """Ask about all of these at once."""
        facts, now = self._facts, time.time_ns() // 1000
        shown = [facts.shown(share) for share in shares]
        before = f'{{"now": {now}, "state": "{facts.state()}", '
        principal = {"type": "Person", "id": str(viewer)}
        action = {"type": "Action", "id": "see"}
        questions = [
            {"principal": principal, "action": action, "resource": {"type": "Share", "id": str(one.id)},
             "context": before + self._tie(facts.tie(viewer, one.author))}
            for one in shown
        ]  # fmt: skip
        entities = ",".join([self._person(facts.somebody(viewer)), *map(self._share, shown)])
        answers = self._ask(questions, self._policies, f"[{entities}]")
        if amiss := [error for answer in answers for error in answer.diagnostics.errors]:
            raise RuntimeError(f"cedarpy: {amiss[0]}")
        return sorted(share for share, answer in zip(shares, answers, strict=True) if answer.allowed)


def _person(one: Somebody) -> str:
    attributes = {
        "active": one.active, "suspended": one.suspended, "agreed": one.agreed, "let_in": one.let_in,
    }  # fmt: skip
    circles = [{"type": "Circle", "id": str(circle)} for circle in one.circles]
    return json.dumps({"uid": {"type": "Person", "id": str(one.id)}, "attrs": attributes, "parents": circles})


def _share(one: Shown) -> str:
    shown_to = dict(one.audience)
    attributes: dict[str, Any] = {
        "author": {"__entity": {"type": "Person", "id": str(one.author)}}, "author_shows": one.author_shows,
        "to_everyone": one.to_everyone, "withdrawn": one.withdrawn, "visible_from": one.visible_from,
    } | {
        f"shown_{window}": [
            {"__entity": {"type": "Circle", "id": str(circle)}} for circle in shown_to.get(window, ())
        ]
        for window in ("all", *WINDOWS)
    }  # fmt: skip
    return json.dumps({"uid": {"type": "Share", "id": str(one.id)}, "attrs": attributes, "parents": []})


def _tie(tie: Tie) -> str:
    facts = {
        "friends": tie.friends, "blocked": tie.blocked, "muted": tie.muted, "hidden": tie.hidden,
        "shows": tie.shows,
    }  # fmt: skip
    return json.dumps(facts)[1:]


class AtHand(Asks):
    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._engine = Engine(FactsAtHand(told), keep=True)
        for question in self.questions:
            self.ask(question)

    def ask(self, question: Any) -> list[int]:
        return self._engine.may_see(*self.read(question))


class BySql(Asks):
    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._engine = Engine(FactsBySql(told), keep=False)

    def ask(self, question: Any) -> list[int]:
        return self._engine.may_see(*self.read(question))
