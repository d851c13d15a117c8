"""A channel with many posts, of which one viewer may not see many: written in bulk, for tests of reading."""

from __future__ import annotations

from datetime import timedelta

from kith.core.guard import Side, Viewer
from kith.people.models import Person
from kith.strangers import ranking, search
from kith.strangers.models import Persona, Post, PostComment, PostFollow, Reaction, Topic, TopicFollow
from kith.ties.models import Relationship
from tests.strangers.cast import NOW

TOPICS = ("meet", "food", "health", "travel")
REGIONS = ("130600", "310000", "140400")


class Crowd:
    """Somebody outside, with so many posts there, whose hottest are all by people she knows.

    :param excluded: people whom she knows, and whose posts take the first places of each list.
    """

    def __init__(self, name: str, *, posts: int, excluded: int, authors: int = 50) -> None:
        self.name = name
        self.mei = self._people(1, "mei")[0]
        self.viewer = Viewer(self.mei.pk, NOW, inside=Side.OPEN, outside=Side.OPEN)
        self.friends = self._people(excluded, "friend")
        self.authors = self._people(authors, "author")
        self._befriend()
        of_friends = [
            self._post(number, self.friends, hot=True) for number in range(min(posts, 2 * excluded))
        ]
        of_others = [self._post(number, self.authors) for number in range(posts)]
        Post.objects.bulk_create([*of_friends, *of_others], batch_size=2000)
        self.posts = of_others
        self._talk([*of_friends[:30], *of_others[:60]])
        search.index_posts([post.pk for post in (*of_friends, *of_others)])

    def _people(self, number: int, role: str) -> list[Person]:
        people = Person.objects.bulk_create(
            [
                Person(handle=f"{self.name}-{role}-{one}", display_name="Somebody", born=1964)
                for one in range(number)
            ],
            batch_size=2000,
        )
        Persona.objects.bulk_create(
            [
                Persona(
                    person=person, name=f"{role} {one}", name_key=f"{self.name}{role}{one}",
                    region=REGIONS[one % 3], created_at=NOW - timedelta(days=100),
                )
                for one, person in enumerate(people)
            ],
            batch_size=2000,
        )  # fmt: skip
        return people

    def _befriend(self) -> None:
        pairs = [pair for one in self.friends for pair in ((self.mei, one), (one, self.mei))]
        Relationship.objects.bulk_create(
            (Relationship(owner=one, other=two, friend_at=NOW) for one, two in pairs), batch_size=2000
        )

    def _post(self, number: int, authors: list[Person], *, hot: bool = False) -> Post:
        at = NOW - timedelta(minutes=number, seconds=0 if hot else 30)
        weight = 4096.0 if hot else 1.0 + number % 7
        region = REGIONS[number % 3]
        return Post(
            author=authors[number % len(authors)],
            topic_id=TOPICS[number % 4],
            region=region,
            province=f"{region[:2]}0000",
            text=f"花 number {number} of {self.name}",
            created_at=at,
            weight=weight,
            rank=ranking.rank_of(at, weight),
        )

    def _talk(self, posts: list[Post]) -> None:
        people = [*self.authors[:20], *self.friends[:10]]
        roots = [
            PostComment(post=post, post_author_id=post.author_id, author=one, text="Well said", at=NOW)
            for post in posts
            for one in people
        ]
        PostComment.objects.bulk_create(roots, batch_size=2000)
        answers = [
            PostComment(
                post_id=root.post_id, post_author_id=root.post_author_id, author=one, text="Indeed", at=NOW,
                root=root, answers=root,
            )
            for root in roots[:: len(people)]
            for one in people
        ]  # fmt: skip
        PostComment.objects.bulk_create(answers, batch_size=2000)
        Reaction.objects.bulk_create(
            [
                Reaction(
                    post=post, post_author_id=post.author_id, person=one, comments=2, liked_at=NOW, at=NOW
                )
                for post in posts
                for one in people
            ],
            batch_size=2000,
        )
        PostFollow.objects.bulk_create(
            PostFollow(person=self.mei, post=post, away=number % 2 == 0)
            for number, post in enumerate(posts[-10:])
        )
        TopicFollow.objects.bulk_create(
            TopicFollow(person=self.mei, topic=topic) for topic in Topic.objects.filter(pk__in=TOPICS[:2])
        )
