"""No stale answer: what was revoked is not seen by a check that begins after the revocation was committed.

Several processes revoke and give back, each with people of its own, through the services that pages and the
API call. After each revocation the process that made it asks, and so does another, which was asked just
before and has seen nothing of it: whatever either kept from then would be stale. What is given back is asked
as well, so that a check that always says no would be noticed.

What is counted is how often a share was taken out of one person's sight. Most acts take all of somebody's
shares away at once, and what an author does, or the shop, takes them from all who saw them: up to twenty
shares are asked about, of up to thirty people beside the scene's viewer.
"""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.contest import Stage
from benchmarks.players import Players
from benchmarks.rows.check_scenes import WHY, Scene, find_scenes, find_sight, fresh_look

if TYPE_CHECKING:
    from kith.core.guard import Viewer

REVOKER = "benchmarks.rows.check_revoked:Revoker"
SURFACE, WORDING = "bench", "bench"
OFTEN = 8
"""What is cheap is done so many times as often as what moves many rows."""
MOST_OTHERS = 30


Undo = Callable[[], None]
Revocation = Callable[[Scene], Undo]
Sight = Sequence[tuple[int, Sequence[int]]]
"""People, and shares of each."""
Seen = Callable[[Sight], int]
"""How much of that is seen."""


class Way(NamedTuple):
    """A way of revoking.

    :param weight: how often it is drawn.
    :param is_wide: takes it from all who see it, and not from the scene's viewer alone.
    :param is_narrow: takes the scene's share alone, and not all that its author shows.
    """

    revoke: Revocation
    weight: int = OFTEN
    is_wide: bool = False
    is_narrow: bool = False


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
            "paused": Way(self.paused, is_wide=True),
            "hidden": Way(self.hidden, is_wide=True, is_narrow=True),
            "taken back by staff": Way(self.taken_back, is_wide=True, is_narrow=True),
            "author suspended": Way(self.author_suspended, is_wide=True),
            "viewer suspended": Way(self.viewer_suspended), "left the circles": Way(self.left),
            "another audience": Way(self.another_audience, is_narrow=True),
            "viewer's consent": Way(self.viewers_consent), "unfriended": Way(self.unfriended, 1),
            "blocked": Way(self.blocked, 1), "blocked by the author": Way(self.blocked_by, 1),
            "window past": Way(self.window_past, 1, is_narrow=True),
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
        """To a circle without the viewer: one that is there, or else one that is made for it."""
        from kith.ties.models import Circle  # noqa: PLC0415

        author, made = self._who(scene.author), None
        without = Circle.objects.unguarded(WHY).filter(owner=scene.author).exclude(pk__in=scene.circles)
        circle = without.values_list("pk", flat=True).first()
        if circle is None:
            circle = made = self._do.create_circle(author, name="nobody yet").pk
        self._do.change_audience(author, share_id=scene.share, circle_ids=[circle])

        def undo() -> None:
            again = self._who(scene.author)
            self._do.change_audience(again, share_id=scene.share, circle_ids=scene.audience)
            if made is not None:
                self._do.delete_circle(again, circle_id=made)

        return undo

    def viewers_consent(self, scene: Scene) -> Undo:
        self._do.withdraw_consent(self._who(scene.viewer), surface=SURFACE)
        return lambda: self._do.open_circles(self._who(scene.viewer), text_version=WORDING, surface=SURFACE)

    def authors_consent(self, scene: Scene) -> Undo:
        self._do.withdraw_consent(self._who(scene.author), surface=SURFACE)

        def undo() -> None:
            self._do.open_circles(self._who(scene.author), text_version=WORDING, surface=SURFACE)
            self._do.change_past(self._who(scene.author), action="show")

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
    """Asks what somebody sees: in a process that revokes nothing."""

    def __init__(self, _told: Mapping[str, Any]) -> None:
        self.seen = fresh_checks()

    def answer(self, question: Sight) -> int:
        return self.seen(question)

    def play(self) -> None:
        raise NotImplementedError("it is only asked")


def fresh_checks() -> Seen:
    look = fresh_look()
    return lambda sight: sum(len(look(person_id, shares)) for person_id, shares in sight)


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
        watching: list[Seen] = [fresh_checks(), lambda sight: int(self._watcher.answer(sight))]
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
    sight_of = cache(find_sight)
    acts = checks = 0
    while made.total() < number:
        scene, name = dice.choice(scenes), dice.choices(names, weights)[0]
        way, people = ways[name], [scene.viewer]
        if way.is_wide:
            people += dice.sample(scene.others, min(MOST_OTHERS, len(scene.others)))
        shares = (scene.share,) if way.is_narrow else tuple(scene.shares)
        sight = [(one, found) for one in people if (found := sight_of(one, shares))]
        pairs = sum(len(found) for _one, found in sight)
        undo = way.revoke(scene)
        wrong[f"stale: {name}"] += sum(seen(sight) for seen in watching)
        undo()
        wrong[f"missing: {name}"] += sum(pairs - seen(sight) for seen in watching)
        made[name] += pairs
        acts += 1
        checks += 2 * pairs * len(watching)
    return {"made": made, "acts": acts, "checks": checks, "wrong": +wrong}


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
