"""Who may see a share, asked of pycasbin: a policy engine in Python.

One matcher says what docs/explanation/the-rule.md says, of attributes of the viewer, of the share and of how
the two stand. There are no lines of policy: a line for each share and circle would be read through for each
question.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from benchmarks.peers.facts import WINDOWS, Facts, FactsAtHand, FactsBySql, Shown, Somebody
from benchmarks.rows.check import Asks

DAY = 86_400 * 1_000_000
OPEN = "r.now.state == 'open'"
MATCHER = f"""
(r.now.state != 'closed' && r.sub.active && r.obj.author == r.sub.id)
|| ({OPEN} && r.obj.to_everyone && !r.obj.withdrawn && r.obj.visible_from <= r.now.at && r.obj.author_shows
    && !r.tie.blocked)
|| ({OPEN} && r.sub.active && !r.sub.suspended && r.sub.agreed && r.sub.let_in
    && !r.obj.withdrawn && r.obj.visible_from <= r.now.at
    && r.tie.friends && r.tie.shows && !r.tie.blocked && !r.tie.muted && !r.tie.hidden
    && is_in_its_audience(r.sub, r.obj, r.now.at))
"""
MODEL = f"""
[request_definition]
r = sub, obj, tie, now
[policy_definition]
p = sub
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = {" ".join(MATCHER.split())}
"""


class Moment:
    """When it is asked, and how the feature stands then."""

    def __init__(self, state: str) -> None:
        self.at, self.state = time.time_ns() // 1000, state


def is_in_its_audience(viewer: Somebody, share: Shown, now: int) -> bool:
    """Whether a circle whose window has not passed holds the viewer."""
    return any(
        not circles.isdisjoint(viewer.circles)
        and (window == "all" or now < share.visible_from + WINDOWS[window] * DAY)
        for window, circles in share.audience
    )


class Engine:
    def __init__(self, facts: Facts) -> None:
        import casbin  # noqa: PLC0415 (it is an extra)

        model = casbin.Model()
        model.load_model_from_text(MODEL)
        self._facts = facts
        self._enforcer = casbin.Enforcer(model)
        self._enforcer.add_function("is_in_its_audience", is_in_its_audience)
        self._enforcer.logger.disabled = True

    def may_see(self, viewer: int, shares: Collection[int]) -> list[int]:
        facts = self._facts
        who, moment = facts.somebody(viewer), Moment(facts.state())
        shown = [facts.shown(share) for share in shares]
        asked = [[who, one, facts.tie(viewer, one.author), moment] for one in shown]
        answers = self._enforcer.batch_enforce(asked)
        return sorted(one.id for one, answer in zip(shown, answers, strict=True) if answer)


class AtHand(Asks):
    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._engine = Engine(FactsAtHand(told))
        for question in self.questions:
            self.ask(question)

    def ask(self, question: Any) -> list[int]:
        return self._engine.may_see(*self.read(question))


class BySql(Asks):
    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told)
        self._engine = Engine(FactsBySql(told))

    def ask(self, question: Any) -> list[int]:
        return self._engine.may_see(*self.read(question))
