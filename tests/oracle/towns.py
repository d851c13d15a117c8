"""Whole towns drawn at random and written straight into the tables: many worlds in little time.

What the services would never let happen is drawn as well (letters between friends, a post of somebody
who has withdrawn): the rule has to hold by itself, whatever stands in the rows.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count, permutations
from random import Random

from kith.audience.viewer import STRANGERS, viewer_of
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.media.models import Photo
from kith.people import models as people
from kith.rollout.models import Batch, Feature, Listed, State
from kith.rollout.rules import Kind
from kith.strangers import models as rows
from kith.ties import models as ties
from kith.ties.contacts import digests
from tests.oracle import channel, world
from tests.oracle.pair import START

STATES = ("all", "all", "all", "all", "listed", "listed", "none", "closed", "winding_down")
BORN = (1958, 1964, 1971, 1990, 2009, None)
HOME = ("130600", "130200", "410100", "")
HOUR = timedelta(hours=1)


class Town:
    """A plain world of six people, and the same in rows. What is rare in life is frequent here."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.plain = world.World(START)
        self.channel = self.plain.channel
        self._draw_people()
        self._draw_ties()
        self._draw_words()
        self._write_people()
        self._write_ties()
        self._write_words()

    def viewer(self, who: int | None) -> Viewer:
        person = None if who is None else people.Person.objects.get(pk=who)
        return viewer_of(person, self.plain.now)

    def _chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    # --- Drawing -----------------------------------------------------------------------

    def _draw_people(self) -> None:
        for _ in range(6):
            who = random_id()
            suspended, active = self._chance(12), not self._chance(14)
            self.plain.people[who] = world.Person(who, suspended=suspended, active=active)
            born = BORN[self.random.randrange(4)] if not self._chance(6) else self.random.choice(BORN)
            if born is not None:
                self.channel.born[who] = born
            if not self._chance(8):
                self.channel.agreed.add(who)
            if not self._chance(8):
                self.channel.personas[who] = channel.Persona(
                    random_id(), who, self.random.choice(HOME), closed=self._chance(10)
                )
            self.channel.phones[who] = f"+86139{len(self.plain.people):08d}"
        self.channel.state = self.random.choice(STATES)
        self.channel.listed = {who for who in self.plain.people if not self._chance(3)}

    def _draw_ties(self) -> None:
        everybody = list(self.plain.people)
        for one, two in permutations(everybody, 2):
            if one < two and self._chance(7):
                self.plain.friends[frozenset([one, two])] = START
            if self._chance(24):
                self.plain.blocks.add((one, two))
                self.plain.friends.pop(frozenset([one, two]), None)
            if self._chance(24):
                self.channel.avoids.add((one, two))
            if self._chance(20):
                self.channel.hidden_numbers.setdefault(one, set()).add(self.channel.phones[two])
        for owner in everybody:
            friends = [who for who in everybody if frozenset([owner, who]) in self.plain.friends]
            members = {who for who in friends if not self._chance(3)}
            self.plain.circles[owner] = world.Circle(random_id(), owner, "Family", members=members)

    def _draw_words(self) -> None:
        numbers, writers = count(1), list(self.channel.personas)
        for _ in range(self.random.randrange(3, 9) if writers else 0):
            post = channel.Post(
                random_id(), self.random.choice(writers), "meet", "", START - next(numbers) * HOUR,
                photos=(random_id(),) if self._chance(2) else (),
                withdrawn=self._chance(8), hidden=self._chance(8),
            )  # fmt: skip
            self.channel.posts[post.id] = post
        for _ in range(self.random.randrange(0, 12) if self.channel.posts else 0):
            post = self.random.choice(list(self.channel.posts.values()))
            said = random_id()
            self.channel.comments[said] = channel.Comment(
                said, post.id, self.random.choice(writers), START - next(numbers) * HOUR,
                photos=(random_id(),) if self._chance(3) else (), removed=self._chance(7),
            )  # fmt: skip
            self.channel.likes.add((post.id, self.random.choice(writers)))
        for one, two in permutations(writers, 2):
            if self._chance(4):
                self._draw_letters(one, two)

    def _draw_letters(self, one: int, two: int) -> None:
        answered = self._chance(2)
        exchange = channel.Exchange(
            random_id(), one, two, START, answered, None if answered or self._chance(2) else START
        )
        self.channel.exchanges[exchange.id] = exchange
        for author in (one, two) if answered else (one,):
            letter = channel.Letter(random_id(), exchange.id, author, START)
            self.channel.letters[letter.id] = letter

    # --- Writing -----------------------------------------------------------------------

    def _write_people(self) -> None:
        people.Person.objects.bulk_create(
            people.Person(
                id=who, handle=f"p{who}", display_name="P", born=self.channel.born.get(who),
                phone=self.channel.phones[who], is_active=one.active,
                suspended_at=START if one.suspended else None,
            )
            for who, one in self.plain.people.items()
        )  # fmt: skip
        people.Consent.objects.bulk_create(
            people.Consent(
                person_id=who, purpose=people.Purpose.STRANGERS, text_version="1", surface="test",
                given=who in self.channel.agreed, at=START,
            )
            for who in self.plain.people
        )  # fmt: skip
        rows.Persona.objects.bulk_create(
            rows.Persona(
                id=one.id, person_id=who, name=f"W{one.id}"[:20], name_key=f"w{one.id}", region=one.region,
                created_at=START, shows=not one.closed and who in self.channel.agreed,
                closed_at=START if one.closed else None,
            )
            for who, one in self.channel.personas.items()
        )  # fmt: skip
        self._write_rollout()

    def _write_rollout(self) -> None:
        states = {"closed": State.CLOSED, "winding_down": State.WINDING_DOWN}
        state = self.channel.state
        until = START.date() if state == "winding_down" else None
        feature = Feature.objects.create(
            name=STRANGERS, changed_at=START, state=states.get(state, State.OPEN), wound_down_on=until
        )
        for name, kind in (("all", Kind.EVERYONE), ("listed", Kind.PEOPLE)):
            paused = None if name == state else START
            batch = Batch.objects.create(feature=feature, kind=kind, starts_at=START, paused_at=paused)
            if name == "listed":
                Listed.objects.bulk_create(Listed(batch=batch, person_id=who) for who in self.channel.listed)

    def _write_ties(self) -> None:
        ties.Relationship.objects.bulk_create(
            row for one, two in permutations(self.plain.people, 2) if (row := self._relationship(one, two))
        )
        ties.Circle.objects.bulk_create(
            ties.Circle(id=one.id, owner_id=one.owner, name=one.name) for one in self.plain.circles.values()
        )
        ties.Member.objects.bulk_create(
            ties.Member(owner_id=one.owner, circle_id=one.id, person_id=who)
            for one in self.plain.circles.values()
            for who in one.members
        )
        ties.HiddenContact.objects.bulk_create(
            ties.HiddenContact(owner_id=who, digest=digest, key=key, added_at=START)
            for who, phones in self.channel.hidden_numbers.items()
            for phone in phones
            for key, digest in digests(phone).items()
        )

    def _relationship(self, one: int, two: int) -> ties.Relationship | None:
        """The row of one about another, if there is anything to say."""
        numbers, phones = self.channel.hidden_numbers, self.channel.phones
        said = {
            "blocked": (one, two) in self.plain.blocks,
            "blocked_by": (two, one) in self.plain.blocks,
            "avoids": (one, two) in self.channel.avoids,
            "avoided_by": (two, one) in self.channel.avoids,
            "contact": phones[two] in numbers.get(one, ()),
            "contact_of": phones[one] in numbers.get(two, ()),
        }
        friend_at = self.plain.friends.get(frozenset([one, two]))
        if friend_at is None and not any(said.values()):
            return None
        return ties.Relationship(owner_id=one, other_id=two, friend_at=friend_at, **said)

    def _write_words(self) -> None:
        posts, comments = self.channel.posts, self.channel.comments
        rows.Post.objects.bulk_create(
            rows.Post(
                id=one.id, author_id=one.author, topic_id=one.topic, text="words", created_at=one.created_at,
                withdrawn_at=START if one.withdrawn else None, hidden_at=START if one.hidden else None,
            )
            for one in posts.values()
        )  # fmt: skip
        rows.PostComment.objects.bulk_create(
            rows.PostComment(
                id=one.id, post_id=one.post, post_author_id=posts[one.post].author, author_id=one.author,
                text="words", at=one.at, removed_at=START if one.removed else None,
            )
            for one in comments.values()
        )  # fmt: skip
        rows.Reaction.objects.bulk_create(
            rows.Reaction(
                post_id=post, post_author_id=posts[post].author, person_id=who, liked_at=START, at=START
            )
            for post, who in self.channel.likes
        )
        rows.Exchange.objects.bulk_create(
            rows.Exchange(
                id=one.id, starter_id=one.starter, greeted_id=one.greeted, started_at=START, last_at=START,
                answered_at=START if one.answered else None, declined_at=one.declined_at,
            )
            for one in self.channel.exchanges.values()
        )  # fmt: skip
        rows.Letter.objects.bulk_create(
            rows.Letter(id=one.id, exchange_id=one.exchange, author_id=one.author, text="words", at=START)
            for one in self.channel.letters.values()
        )
        self._write_photos()

    def _write_photos(self) -> None:
        posts, said = self.channel.posts.values(), self.channel.comments.values()
        on = [(photo, one.author, {"post_id": one.id}) for one in posts for photo in one.photos]
        on += [(photo, one.author, {"comment_id": one.id}) for one in said for photo in one.photos]
        Photo.objects.bulk_create(
            Photo(id=photo, owner_id=who, name=str(photo), width=1, height=1, created_at=START, outside=True)
            for photo, who, _where in on
        )
        rows.OutsidePhoto.objects.bulk_create(
            rows.OutsidePhoto(photo_id=photo, author_id=who, **where) for photo, who, where in on
        )
