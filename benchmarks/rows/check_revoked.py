"""No stale answer: what was revoked is not seen by a check that begins after the revocation was committed.

Several processes revoke and give back, each with people of its own, through the services that pages and the
API call. After each revocation the process that made it asks, and so does another, which was asked just
before and has seen nothing of it: whatever either kept from then would be stale. What is given back is asked
as well, so that a check that always says no would be noticed.

What is counted is how often a share was taken out of one person's sight. What an author does, or the shop,
takes it from all who saw it, each of whom is asked about.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

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
    :param others: to whom else it was delivered, who are in no scene as its author or viewer.
    """

    author: int
    viewer: int
    share: int
    circles: Mapping[int, str]
    audience: Collection[int]
    is_old: bool
    """It would be gone from a circle with the shortest window."""
    others: Collection[int] = ()


Undo = Callable[[], None]
Revocation = Callable[[Scene], Undo]
Seen = Callable[[int, Collection[int]], int]
"""How many of these people see this share."""


class Way(NamedTuple):
    """A way of revoking.

    :param weight: how often it is drawn.
    :param is_wide: takes the share from all who see it, and not from the scene's viewer alone.
    """

    revoke: Revocation
    weight: int = OFTEN
    is_wide: bool = False


# --- What is revoked --------------------------------------------------------------------------------------


class Revocations:
    """Each takes a share out of sight, and returns what gives it back. Django is set up by now."""

    def __init__(self) -> None:
        from kith.audience.viewer import viewer_of  # noqa: PLC0415
        from kith.core.clock import utc_now  # noqa: PLC0415
        from kith.people.queries import find_person  # noqa: PLC0415
        from kith.sharing import services  # noqa: PLC0415

        self._do, self._now, self._viewer_of, self._find = services, utc_now, viewer_of, find_person

    @property
    def ways(self) -> dict[str, Way]:
        return {
            "muted": Way(self.muted), "hidden from": Way(self.hidden_from),
            "hidden": Way(self.hidden, is_wide=True), "paused": Way(self.paused, is_wide=True),
            "taken back by staff": Way(self.taken_back, is_wide=True),
            "author suspended": Way(self.author_suspended, is_wide=True),
            "viewer suspended": Way(self.viewer_suspended), "left the circles": Way(self.left),
            "another audience": Way(self.another_audience), "viewer's consent": Way(self.viewers_consent),
            "unfriended": Way(self.unfriended, 1), "blocked": Way(self.blocked, 1),
            "blocked by the author": Way(self.blocked_by, 1), "window past": Way(self.window_past, 1),
            "author's consent": Way(self.authors_consent, 1, is_wide=True),
        }  # fmt: skip

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
        self.seen = fresh_checks()

    def answer(self, question: Any) -> int:
        return self.seen(*question)

    def play(self) -> None:
        raise NotImplementedError("it is only asked")


def fresh_checks() -> Seen:
    """What a request does: who it is, how far the circle side is open to them, and whether they see it."""
    from kith.audience.viewer import viewer_of  # noqa: PLC0415 (Django is set up by now)
    from kith.core.clock import utc_now  # noqa: PLC0415
    from kith.people.queries import find_person  # noqa: PLC0415
    from kith.sharing.queries import may_see  # noqa: PLC0415

    def seen(share_id: int, people: Collection[int]) -> int:
        viewers = (viewer_of(find_person(person_id), utc_now()) for person_id in people)
        return sum(share_id in may_see(viewer, share_ids=[share_id]) for viewer in viewers)

    return seen


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
        watching: list[Seen] = [fresh_checks(), lambda *asked: int(self._watcher.answer(asked))]
        return revoke(self._scenes, watching, number=question["revocations"], dice=self._dice)

    def play(self) -> None:
        self.answer({"revocations": 1})

    def close(self) -> None:
        self._watcher.close()


def revoke(
    scenes: list[Scene], watching: Sequence[Seen], *, number: int, dice: random.Random
) -> dict[str, Any]:
    """Take shares out of people's sight so many times or a few more, and give them back.

    :return: how many times in each way, how many acts and checks that were, and what was wrong.
    """
    ways = Revocations().ways
    names, weights = list(ways), [way.weight for way in ways.values()]
    made, wrong = Counter[str](), Counter[str]()
    others = dict[int, list[int]]()
    acts = checks = 0
    while made.total() < number:
        scene, name = dice.choice(scenes), dice.choices(names, weights)[0]
        people = [scene.viewer]
        if ways[name].is_wide:
            if scene.share not in others:
                others[scene.share] = [one for one in scene.others if watching[0](scene.share, [one])]
            people += others[scene.share]
        undo = ways[name].revoke(scene)
        wrong[f"stale: {name}"] += sum(seen(scene.share, people) for seen in watching)
        undo()
        wrong[f"missing: {name}"] += sum(len(people) - seen(scene.share, people) for seen in watching)
        made[name] += len(people)
        acts += 1
        checks += 2 * len(people) * len(watching)
    return {"made": made, "acts": acts, "checks": checks, "wrong": +wrong}


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
    return [replace(scene, others=_others(scene, taken)) for scene in scenes]


def _others(scene: Scene, taken: Collection[int]) -> list[int]:
    from kith.sharing.models import Delivery  # noqa: PLC0415

    rows = Delivery.objects.unguarded("the bench looks who is shown what").filter(share=scene.share)
    shown = rows.order_by("viewer").values_list("viewer", flat=True)
    return [person_id for person_id in shown if person_id not in taken]


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


def run_revocations(stage: Stage, *, number: int, processes: int, lap: int = 10_000) -> dict[str, Any]:
    """Revoke so many times in several processes, say from time to time how far it is, and add it all up.

    :param stage: on a database of its own.
    """
    made, wrong, done, begun = Counter[str](), Counter[str](), Counter[str](), time.monotonic()
    with revokers(stage, processes) as playing, ThreadPoolExecutor(processes) as threads:
        while (left := number - made.total()) > 0:
            each = [min(lap, left // processes + (place < left % processes)) for place in range(processes)]
            asked = [{"revocations": one} for one in each]
            for told in threads.map(lambda one, much: one.answer(much), playing, asked):
                made.update(told["made"])
                wrong.update(told["wrong"])
                done.update(acts=told["acts"], checks=told["checks"])
            said = f"{made.total():,} revocations by {done['acts']:,} acts, {done['checks']:,} checks"
            print(f"{said}, wrong: {dict(wrong) or 0}", flush=True)
    seconds = time.monotonic() - begun
    return {
        "revocations": made.total(), "kinds": dict(made), **done, "wrong": dict(wrong),
        "processes": 2 * processes, "seconds": round(seconds, 1),
    }  # fmt: skip
