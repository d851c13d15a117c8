"""No stale answer: what was revoked is not seen by a check that begins after the revocation was committed.

Several processes revoke and give back, each with people of its own, through the services that pages and the
API call. After each revocation the process that made it asks, and so does another, which was asked just
before and has seen nothing of it: whatever either kept from then would be stale. What is given back is asked
as well, so that a check that always says no would be noticed.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contest import Stage
from benchmarks.players import Players

if TYPE_CHECKING:
    from kith.core.guard import Viewer

REVOKER = "benchmarks.rows.check_revoked:Revoker"
SURFACE, WORDING = "bench", "bench"
SHORT = timedelta(days=3)
OFTEN = 8
"""What is cheap is done so many times as often as what moves many rows."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A share, its author, and somebody who sees it. No other scene is about either of the two.

    :param circles: those of the author's that it is shown to and that hold the viewer, with their windows.
    :param audience: all circles that it is shown to.
    """

    author: int
    viewer: int
    share: int
    circles: Mapping[int, str]
    audience: Collection[int]
    is_old: bool
    """It would be gone from a circle with the shortest window."""


Undo = Callable[[], None]
Revocation = Callable[[Scene], Undo]
Sees = Callable[[int, int], bool]


# --- What is revoked --------------------------------------------------------------------------------------


class Revocations:
    """Each takes a share out of somebody's sight, and returns what gives it back. Django is set up by now."""

    def __init__(self) -> None:
        from kith.audience.viewer import viewer_of  # noqa: PLC0415
        from kith.core.clock import utc_now  # noqa: PLC0415
        from kith.people.queries import find_person  # noqa: PLC0415
        from kith.sharing import services  # noqa: PLC0415

        self._do, self._now, self._viewer_of, self._find = services, utc_now, viewer_of, find_person

    @property
    def kinds(self) -> dict[str, tuple[Revocation, int]]:
        """By name, each with how often it is drawn."""
        often: dict[str, Revocation] = {
            "muted": self.muted, "hidden from": self.hidden_from, "hidden": self.hidden,
            "paused": self.paused, "taken back by staff": self.taken_back,
            "author suspended": self.author_suspended, "viewer suspended": self.viewer_suspended,
            "left the circles": self.left, "another audience": self.another_audience,
            "viewer's consent": self.viewers_consent,
        }  # fmt: skip
        seldom: dict[str, Revocation] = {
            "unfriended": self.unfriended, "blocked": self.blocked, "blocked by the author": self.blocked_by,
            "author's consent": self.authors_consent, "window past": self.window_past,
        }  # fmt: skip
        return {name: (one, OFTEN) for name, one in often.items()} | {
            name: (one, 1) for name, one in seldom.items()
        }

    def _who(self, person_id: int) -> Viewer:
        return self._viewer_of(self._find(person_id), self._now())

    def muted(self, scene: Scene) -> Undo:
        self._do.set_muted(self._who(scene.viewer), other_id=scene.author, on=True)
        return lambda: self._do.set_muted(self._who(scene.viewer), other_id=scene.author, on=False)

    def hidden_from(self, scene: Scene) -> Undo:
        self._do.set_hidden_from(self._who(scene.author), other_id=scene.viewer, on=True)
        return lambda: self._do.set_hidden_from(self._who(scene.author), other_id=scene.viewer, on=False)

    def hidden(self, scene: Scene) -> Undo:
        self._do.hide_share(self._who(scene.author), share_id=scene.share)
        return lambda: self._do.show_share(self._who(scene.author), share_id=scene.share)

    def paused(self, scene: Scene) -> Undo:
        self._do.pause(self._who(scene.author))
        return lambda: self._do.resume(self._who(scene.author))

    def taken_back(self, scene: Scene) -> Undo:
        self._do.withdraw_by_staff(share_id=scene.share, on=True, now=self._now())
        return lambda: self._do.withdraw_by_staff(share_id=scene.share, on=False, now=self._now())

    def author_suspended(self, scene: Scene) -> Undo:
        self._do.suspend(person_id=scene.author, now=self._now())
        return lambda: self._do.unsuspend(person_id=scene.author)

    def viewer_suspended(self, scene: Scene) -> Undo:
        self._do.suspend(person_id=scene.viewer, now=self._now())
        return lambda: self._do.unsuspend(person_id=scene.viewer)

    def left(self, scene: Scene) -> Undo:
        for circle in scene.circles:
            self._do.remove_member(self._who(scene.author), circle_id=circle, person_id=scene.viewer)
        return lambda: self._put_back(scene)

    def _put_back(self, scene: Scene) -> None:
        for circle in scene.circles:
            self._do.add_members(self._who(scene.author), circle_id=circle, person_ids=[scene.viewer])

    def another_audience(self, scene: Scene) -> Undo:
        others = set(scene.audience) - scene.circles.keys()
        author = self._who(scene.author)
        if not others:
            others = {self._do.create_circle(author, name="nobody yet").pk}
        self._do.change_audience(author, share_id=scene.share, circle_ids=others)

        def undo() -> None:
            again = self._who(scene.author)
            self._do.change_audience(again, share_id=scene.share, circle_ids=scene.audience)
            for circle in others - set(scene.audience):
                self._do.delete_circle(again, circle_id=circle)

        return undo

    def viewers_consent(self, scene: Scene) -> Undo:
        self._do.withdraw_consent(self._who(scene.viewer), surface=SURFACE)
        return lambda: self._do.open_circles(self._who(scene.viewer), text_version=WORDING, surface=SURFACE)

    def authors_consent(self, scene: Scene) -> Undo:
        self._do.withdraw_consent(self._who(scene.author), surface=SURFACE)

        def undo() -> None:
            self._do.open_circles(self._who(scene.author), text_version=WORDING, surface=SURFACE)
            self._do.show_share(self._who(scene.author), share_id=scene.share)

        return undo

    def unfriended(self, scene: Scene) -> Undo:
        self._do.unfriend(self._who(scene.viewer), other_id=scene.author)
        return lambda: self._befriend(scene)

    def _befriend(self, scene: Scene) -> None:
        request = self._do.request_friend(self._who(scene.viewer), recipient_id=scene.author)
        assert request
        self._do.accept_request(self._who(scene.author), request_id=request.pk, circle_ids=scene.circles)

    def blocked(self, scene: Scene) -> Undo:
        return self._block(scene, by=scene.viewer, whom=scene.author)

    def blocked_by(self, scene: Scene) -> Undo:
        return self._block(scene, by=scene.author, whom=scene.viewer)

    def _block(self, scene: Scene, *, by: int, whom: int) -> Undo:
        self._do.block(self._who(by), other_id=whom)

        def undo() -> None:
            self._do.unblock(self._who(by), other_id=whom)
            self._befriend(scene)

        return undo

    def window_past(self, scene: Scene) -> Undo:
        if not scene.is_old:
            return self.muted(scene)
        for circle in scene.circles:
            self._do.change_circle(self._who(scene.author), circle_id=circle, window="3d")

        def undo() -> None:
            for circle, window in scene.circles.items():
                self._do.change_circle(self._who(scene.author), circle_id=circle, window=window)

        return undo


# --- Who plays --------------------------------------------------------------------------------------------


class Watcher:
    """Asks whether somebody sees a share: in a process that revokes nothing."""

    def __init__(self, _told: Mapping[str, Any]) -> None:
        self.sees = fresh_check()

    def answer(self, question: Any) -> bool:
        return self.sees(*question)

    def play(self) -> None:
        raise NotImplementedError("it is only asked")


def fresh_check() -> Sees:
    """What a request does: who it is, how far the circle side is open to them, and whether they see it."""
    from kith.audience.viewer import viewer_of  # noqa: PLC0415 (Django is set up by now)
    from kith.core.clock import utc_now  # noqa: PLC0415
    from kith.people.queries import find_person  # noqa: PLC0415
    from kith.sharing.queries import may_see  # noqa: PLC0415

    def sees(person_id: int, share_id: int) -> bool:
        viewer = viewer_of(find_person(person_id), utc_now())
        return share_id in may_see(viewer, share_ids=[share_id])

    return sees


class Revoker:
    """Revokes and gives back, over and over, and counts what is wrong."""

    def __init__(self, told: dict[str, Any]) -> None:
        stage = Stage(
            kind=told["kind"], url=told["url"], folder=Path(told["folder"]), scratch=Path(told["scratch"]),
            choices={}, clients=1, seed=told["seed"],
        )  # fmt: skip
        choices = json.loads((Path(told["folder"]) / "choices.json").read_text())
        self._scenes = find_scenes(choices)[told["mine"] :: told["of"]]
        self._dice = random.Random(f"{told['seed']} {told['mine']}")
        self._watcher = Players("watcher", "peer", f"{__name__}:Watcher", stage, django=True)

    def answer(self, question: dict[str, int]) -> dict[str, Any]:
        watching: list[Sees] = [fresh_check(), lambda *asked: bool(self._watcher.answer(asked))]
        return revoke(self._scenes, watching, number=question["revocations"], dice=self._dice)

    def play(self) -> None:
        self.answer({"revocations": 1})

    def close(self) -> None:
        self._watcher.close()


def revoke(
    scenes: list[Scene], watching: Collection[Sees], *, number: int, dice: random.Random
) -> dict[str, Any]:
    """Revoke so many times, and say how many of each kind, how many checks, and what was wrong."""
    kinds = Revocations().kinds
    names, weights = list(kinds), [weight for _, weight in kinds.values()]
    made, wrong = Counter[str](), Counter[str]()
    checks = 0
    for _ in range(number):
        scene, kind = dice.choice(scenes), dice.choices(names, weights)[0]
        undo = kinds[kind][0](scene)
        wrong[f"stale: {kind}"] += sum(sees(scene.viewer, scene.share) for sees in watching)
        undo()
        wrong[f"missing: {kind}"] += sum(not sees(scene.viewer, scene.share) for sees in watching)
        made[kind] += 1
        checks += 2 * len(watching)
    return {"made": made, "checks": checks, "wrong": +wrong}


def find_scenes(choices: Mapping[str, Any]) -> list[Scene]:
    """Of the pairs that may be seen, those that have no person in common with one before."""
    from kith.core.clock import utc_now  # noqa: PLC0415 (Django is set up by now)
    from kith.sharing.models import Audience, Share  # noqa: PLC0415
    from kith.ties.models import Member  # noqa: PLC0415

    why, taken, scenes = "the bench looks who is in which circle", set[int](), []
    for pair in choices["pairs"]:
        share = Share.objects.unguarded(why).filter(pk=pair["share"]).first()
        if not pair["may"] or share is None or {share.author_id, pair["viewer"]} & taken:
            continue
        rows = Audience.objects.unguarded(why).filter(share=share).select_related("circle")
        shown = {row.circle_id: row.circle.window for row in rows}
        held = Member.objects.unguarded(why).filter(circle__in=shown, person=pair["viewer"])
        circles = {circle: shown[circle] for circle in held.values_list("circle", flat=True)}
        is_old = share.visible_from + SHORT < utc_now()
        taken |= {share.author_id, pair["viewer"]}
        scenes.append(Scene(share.author_id, pair["viewer"], share.pk, circles, list(shown), is_old))
    return scenes


# --- The command ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def revokers(stage: Stage, processes: int) -> Iterator[list[Players]]:
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                Players(
                    f"revoker {number}", "peer", REVOKER, replace(stage, clients=1), django=True,
                    told={"mine": number, "of": processes},
                )
            )
            for number in range(processes)
        ]  # fmt: skip


def run_revocations(stage: Stage, *, number: int, processes: int, lap: int = 1_000) -> dict[str, Any]:
    """Revoke so many times in several processes, say from time to time how far it is, and add it all up.

    :param stage: on a database of its own.
    """
    made, wrong, checks, begun = Counter[str](), Counter[str](), 0, time.monotonic()
    with revokers(stage, processes) as playing, ThreadPoolExecutor(processes) as threads:
        while (left := number - made.total()) > 0:
            each = [min(lap, left // processes + (place < left % processes)) for place in range(processes)]
            asked = [{"revocations": one} for one in each]
            for told in threads.map(lambda one, much: one.answer(much), playing, asked):
                made.update(told["made"])
                wrong.update(told["wrong"])
                checks += told["checks"]
            print(f"{made.total():,} revocations, {checks:,} checks, wrong: {dict(wrong) or 0}", flush=True)
    seconds = time.monotonic() - begun
    return {
        "revocations": made.total(), "kinds": dict(made), "checks": checks, "wrong": dict(wrong),
        "processes": 2 * processes, "seconds": round(seconds, 1),
    }  # fmt: skip
