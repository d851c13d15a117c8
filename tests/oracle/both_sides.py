"""A plain world and the program, to both sides of which the same things happen."""

from __future__ import annotations

from typing import Any

from kith.audience.viewer import STRANGERS
from kith.core.errors import NotThere, Refused
from kith.media.models import Photo
from kith.people.models import Person
from kith.people.services import verify_phone
from kith.rollout.models import Batch, Feature, Listed, State
from kith.rollout.rules import Kind
from kith.strangers import services
from kith.strangers.models import Letter, Post
from kith.ties.contacts import numbers_changed
from tests.oracle import outside_deeds
from tests.oracle.deeds import No
from tests.oracle.pair import START, Pair, tell

HOME = ("130600", "130200", "410100", "")
"""Two cities of one province, one of another, and nothing said."""
GROWN_UP, MINOR = 1964, 2009
WHY = "the test asks for what the program has made"


class BothSides(Pair):
    """A `Pair` with the strangers' channel."""

    def __init__(self) -> None:
        super().__init__()
        strangers = Feature.objects.create(name=STRANGERS, changed_at=START)
        kinds = {"all": Kind.EVERYONE, "listed": Kind.PEOPLE}
        self.channel_batches = {
            name: Batch.objects.create(feature=strangers, kind=kind, starts_at=START)
            for name, kind in kinds.items()
        }
        self.put_channel("all")

    def add_person(self, name: str, *, born: int | None = GROWN_UP) -> int:
        person = super().add_person(name)
        self.plain.channel.born |= {person: born} if born is not None else {}
        Person.objects.filter(pk=person).update(born=born)
        self.change_number(person)
        return person

    def add_outside_photo(self, owner: int) -> int:
        name = f"outside{next(self.numbers)}"
        photo = Photo.objects.create(
            owner_id=owner, name=name, width=1, height=1, created_at=self.plain.now, outside=True
        )
        return int(photo.pk)

    # --- What happens to both --------------------------------------------------------

    def go(self, deed: str, me: int, **what: Any) -> int:
        """Let somebody do something outside, in both; return the id of what it made, or 0."""
        made = self._really_outside(deed, me, **what)
        new = made or 0
        more = {"letter": self._latest_letter(new)} if deed == "greet" else {}
        allowed = True
        try:
            getattr(outside_deeds, deed)(self.plain, me, new, **what, **more)
        except No:
            allowed = False
        self._agree(deed, what, allowed=allowed, done=made is not None)
        return new

    def _really_outside(self, deed: str, me: int, **what: Any) -> int | None:
        try:
            made = getattr(services, deed)(self.viewer(me), **what)
        except (Refused, NotThere) as refusal:
            tell(f"{deed} refused: {refusal!r}")
            return None
        return int(getattr(made, "pk", 0) or 0)

    def _latest_letter(self, exchange: int) -> int:
        letters = Letter.objects.unguarded(WHY).filter(exchange=exchange).order_by("-at", "-pk")
        return int(letters.values_list("pk", flat=True).first() or 0)

    def change_number(self, person: int) -> None:
        """Let somebody prove a new telephone number."""
        phone = f"+86138{next(self.numbers):08d}"
        verify_phone(Person.objects.get(pk=person), phone=phone)
        numbers_changed([person])
        self.plain.channel.phones[person] = phone

    # --- What no shopper does -----------------------------------------------------------

    def put_channel(self, state: str) -> None:
        """all | listed | none: open to these. closed | winding_down."""
        named = {"closed": State.CLOSED, "winding_down": State.WINDING_DOWN}
        feature = Feature.objects.filter(name=STRANGERS)
        until = self.plain.now.date() if state == "winding_down" else None
        feature.update(state=named.get(state, State.OPEN), wound_down_on=until)
        for name, batch in self.channel_batches.items():
            paused = None if name == state else self.plain.now
            Batch.objects.filter(pk=batch.pk).update(paused_at=paused)
        self.plain.channel.state = state

    def list_for_channel(self, person: int) -> None:
        Listed.objects.get_or_create(batch=self.channel_batches["listed"], person_id=person)
        self.plain.channel.listed.add(person)

    def close_persona(self, person: int, *, closed: bool) -> None:
        persona = self.plain.channel.personas[person]
        if closed:
            services.close_persona(persona_id=persona.id, now=self.plain.now)
        else:
            services.reopen_persona(persona_id=persona.id)
        persona.closed = closed

    def hide_post(self, post: int, *, hidden: bool) -> None:
        services.hide_post(post_id=post, on=hidden, now=self.plain.now)
        self.plain.channel.posts[post].hidden = hidden

    def stored_ranks(self) -> dict[int, float]:
        return dict(Post.objects.unguarded(WHY).values_list("pk", "rank"))
