"""A small world that holds each case of the rule, as rows and as plain data.

Mei owns; Bo is in her Family circle and looks around; Chen has left; Dan is blocked; Eve is a
stranger; Mo moderates. The rest each stand in one way to Bo. The services would also take
deliveries away where a friendship ends; here the rows are left lying, so that each clause of the
rule has to hold by itself.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kith.people.models import Person
from kith.sharing.deliver import redeliver
from kith.sharing.models import Comment, Share
from kith.ties.services import write_facts
from tests.oracle.pair import Pair

NAMES = ("Mei", "Bo", "Chen", "Dan", "Eve", "Fay", "Gu", "Hua", "Ivy", "Kai", "Mo")


class Cast:
    """`ids` by name; `pair` holds both worlds."""

    def __init__(self) -> None:
        self.pair = Pair()
        self.ids = {name: self.pair.add_person(name) for name in NAMES}
        self.pair.add_shop(merchants=1, listings=1)
        self.listing = next(iter(self.pair.plain.listings))
        self.held = self._add_listings(4)
        for name in NAMES[:-1]:
            self.do("open_circles", name, text_version="1", surface="test")
        self._befriend()
        self._show()
        self._talk()
        self._part()
        self._take_down()

    def _add_listings(self, number: int) -> list[int]:
        before = set(self.pair.plain.listings)
        for _ in range(number):
            self.pair.add_listing(self.pair.plain.listings[self.listing].merchant, "kitchen")
        return [listing for listing in self.pair.plain.listings if listing not in before]

    def do(self, deed: str, who: str, /, **what: Any) -> int:
        return self.pair.do(deed, self.ids[who], **what)

    def _befriend(self) -> None:
        self.family: dict[str, int] = {}
        for name in ("Mei", "Chen", "Dan", "Fay", "Gu", "Hua", "Ivy"):
            self.family[name] = self._circle(name, "Family", "all")
            for friend in ("Bo", "Kai", "Mei"):
                if friend != name:
                    self.pair.befriend(self.ids[name], self.ids[friend])
                    self._put_in(name, self.family[name], friend)
        self.soon_over = self._circle("Mei", "Briefly", "3d")
        self._put_in("Mei", self.soon_over, "Bo")
        self.pair.befriend(self.ids["Mei"], self.ids["Eve"])
        self.others = self._circle("Mei", "Others", "all")
        self._put_in("Mei", self.others, "Eve")

    def _circle(self, owner: str, name: str, window: str) -> int:
        return self.do("create_circle", owner, name=name, window=window, weight=3, is_default=False)

    def _put_in(self, owner: str, circle: int, friend: str) -> None:
        self.do("add_members", owner, circle_id=circle, person_ids=[self.ids[friend]])

    def _tip(self, author: str, circle: int) -> int:
        photo = self.pair.add_photo(self.ids[author])
        return self.do(
            "give_tip", author, text=f"a tip of {author}", circle_ids=[circle], listing_id=None,
            photo_ids=[photo],
        )  # fmt: skip

    def _review(self, author: str, *, to_everyone: bool = True, circles: tuple[int, ...] = ()) -> int:
        return self.do(
            "write_review", author, listing_id=self.listing, rating=4, text=f"a review by {author}",
            circle_ids=circles, to_everyone=to_everyone,
        )  # fmt: skip

    def _show(self) -> None:
        self.over = self._tip("Mei", self.soon_over)
        self.pair.advance(timedelta(days=4))
        self.shown = {name: self._tip(name, circle) for name, circle in self.family.items()}
        for name in ("Mei", "Dan", "Eve", "Fay", "Ivy"):
            self._review(name)
        for name in ("Mei", "Mei", "Gu", "Hua", "Ivy"):
            self._buy(name)
        self.elsewhere = self._tip("Mei", self.others)
        own_circle = self._circle("Eve", "Nobody", "all")
        self._review("Eve", to_everyone=False, circles=(own_circle,))
        hidden = self._review("Eve")
        self.do("hide_share", "Eve", share_id=hidden)
        withdrawn = self._tip("Mei", self.family["Mei"])
        self.do("hide_share", "Mei", share_id=withdrawn)
        for share in (self._tip("Mei", self.family["Mei"]), self._review("Eve")):
            self._hold(share)
        self._use()

    def _buy(self, name: str) -> None:
        """Buy something and show it to the family; Mei sends the second one back."""
        line = self.pair.arrived(self.ids[name], self.listing)
        again = any(one.buyer == self.ids[name] for one in self.pair.plain.lines.values() if one.id != line)
        self.do("share_purchase", name, line_id=line, circle_ids=[self.family[name]])
        if again:
            self.pair.move(line, "request_refund")
            self.pair.move(line, "accept_refund")

    def _use(self) -> None:
        """Mei buys what is taken down later, and says so: of the first of each, she sends one back."""
        for listing in self.held:
            for number in range(2):
                line = self.pair.arrived(self.ids["Mei"], listing)
                self.do("share_purchase", "Mei", line_id=line, circle_ids=[self.family["Mei"]])
                if number == 0:
                    self.pair.move(line, "request_refund")
                    self.pair.move(line, "accept_refund")
            what: dict[str, Any] = {
                "listing_id": listing,
                "circle_ids": [self.family["Mei"]],
                "text": "so so",
            }
            self.do("write_review", "Mei", rating=2, to_everyone=False, **what)
            self.do("ask_question", "Mei", **what)
            self.do("write_review", "Fay", rating=1, to_everyone=True, **(what | {"circle_ids": []}))

    def _take_down(self) -> None:
        """One thing is only suspected, one was taken down and then given back."""
        suspected, removed, recalled, live = self.held
        self.pair.put(suspected=suspected, removed=removed, recalled=recalled)
        self.pair.put(removed=live)
        self.pair.put(live=live)

    def _hold(self, share_id: int) -> None:
        """Let it be visible from tomorrow."""
        share = self.pair.plain.shares[share_id]
        share.visible_from += timedelta(days=1)
        row = Share.objects.unguarded("the test holds a share").filter(pk=share_id)
        row.update(visible_from=share.visible_from)
        redeliver(authors=[share.author], shares=[share_id])

    def _talk(self) -> None:
        for name in ("Bo", "Kai", "Mei"):
            self._comment(name, self.shown["Mei"])
        hidden = self._comment("Kai", self.shown["Mei"])
        Comment.objects.unguarded("the test hides a comment").filter(pk=hidden).update(
            hidden_at=self.pair.plain.now
        )
        self.pair.plain.comments[hidden].hidden = True
        for name in ("Chen", "Dan", "Fay", "Gu", "Hua"):
            self._comment("Kai", self.shown[name])
            self._put_in("Mei", self.family["Mei"], name)
            self._comment(name, self.shown["Mei"])
            self.do("set_useful", name, share_id=self.shown["Mei"], on=True)

    def _comment(self, name: str, share_id: int) -> int:
        return self.do("comment", name, share_id=share_id, text=f"{name} says")

    def _part(self) -> None:
        """Bo falls out with some, in the relationship alone: what was delivered stays lying."""
        plain, bo = self.pair.plain, self.ids["Bo"]
        self._say("Chen", "Bo", friend_at=None, muted=True)
        plain.mutes.add((self.ids["Chen"], bo))  # so that a row remains
        plain.friends.pop(frozenset([bo, self.ids["Chen"]]))
        self._say("Bo", "Dan", blocked=True)
        plain.blocks.add((bo, self.ids["Dan"]))
        self._say("Fay", "Bo", blocked=True)
        plain.blocks.add((self.ids["Fay"], bo))
        self.do("set_muted", "Bo", other_id=self.ids["Gu"], on=True)
        self.do("set_hidden_from", "Hua", other_id=bo, on=True)
        self.do("pause", "Ivy")
        self.do("withdraw_consent", "Kai", surface="test")

    def _say(self, owner: str, other: str, **facts: Any) -> None:
        people = Person.objects.in_bulk([self.ids[owner], self.ids[other]])
        write_facts(people[self.ids[owner]], people[self.ids[other]], **facts)
