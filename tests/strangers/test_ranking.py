"""Hot: what a reaction counts, that the stored place is always the right one, and what it resists."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import fsum, log2

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.core.errors import NotThere, Refused
from kith.people.models import Person
from kith.strangers import queries, ranking, services
from kith.strangers.models import Persona, Post, PostComment, Reaction
from tests.oracle.pair import undone
from tests.strangers.cast import NOW, open_channel, stranger, viewer

pytestmark = pytest.mark.django_db
WHY = "the test looks at what was written"
DAY = timedelta(days=1)


def known(name: str, *, days: float = 100, confirmed: bool = True) -> Person:
    """Somebody whose persona is so old."""
    person = stranger(name)
    Person.objects.filter(pk=person.pk).update(phone_verified=confirmed)
    Persona.objects.unguarded(WHY).filter(person=person).update(created_at=NOW - timedelta(days=days))
    return person


def post(author: Person, text: str, *, at: datetime = NOW) -> Post:
    return services.write_post(replace(viewer(author), now=at), topic="meet", text=text)


def like(person: Person, written: Post, *, on: bool = True, at: datetime = NOW) -> None:
    services.set_liked(replace(viewer(person), now=at), post_id=written.pk, on=on)


def say(person: Person, written: Post, text: str) -> PostComment:
    return services.comment(viewer(person), post_id=written.pk, text=text)


def weight(written: Post) -> float:
    written.refresh_from_db()
    return written.weight


# --- What a reaction counts ---------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "confirmed", "upheld", "standing"),
    [(0, True, 0, 0.25), (7, True, 0, 0.625), (14, True, 0, 1), (400, True, 0, 1), (400, False, 0, 0.5),
     (400, True, 1, 0.5), (400, True, 3, 0.25), (0, False, 1, 0.0625)],
)  # fmt: skip
def test_standing(days: int, confirmed: bool, upheld: int, standing: float) -> None:
    persona = Persona(created_at=NOW - timedelta(days=days), upheld=upheld)
    assert ranking.standing_of(persona, confirmed=confirmed, now=NOW) == standing


@pytest.mark.usefixtures("channel")
def test_a_like_counts_one_and_a_comment_two_and_each_person_once() -> None:
    author, zhao, bai = known("荷塘月色"), known("老赵修车"), known("白云")
    written = post(author, "种花")
    assert weight(written) == 1
    like(zhao, written)
    assert weight(written) == 2
    say(zhao, written, "我也喜欢")
    assert weight(written) == 3
    say(zhao, written, "真的很喜欢")
    assert weight(written) == 3
    say(author, written, "谢谢你来")
    assert weight(written) == 3, "nobody heats up their own"
    like(bai, written)
    assert weight(written) == 4


@pytest.mark.usefixtures("channel")
def test_the_same_pair_counts_half_each_time() -> None:
    author, zhao = known("荷塘月色"), known("老赵修车")
    written = [post(author, text) for text in ("种花", "包饺子", "散步")]
    for each in written:
        like(zhao, each)
    assert [weight(each) for each in written] == [2, 1.5, 1.25]
    much_later = post(author, "下雪了", at=NOW + 31 * DAY)
    like(zhao, much_later, at=NOW + 31 * DAY)
    assert weight(much_later) == 2


@pytest.mark.usefixtures("channel")
def test_two_who_praise_each_other_get_nowhere() -> None:
    """After twenty reactions within a month the next lifts a post less than somebody who came once."""
    author, zhao, bai, lan = known("荷塘月色"), known("老赵修车"), known("白云"), known("兰花")
    for days in range(20, 0, -1):
        at = NOW - timedelta(days=days)
        like(zhao, post(author, f"number {days}", at=at), at=at)
    last = post(author, "the last")
    like(zhao, last)
    honest = post(lan, "种花")
    like(bai, honest)
    assert weight(last) < 1.01 < weight(honest)


def test_risk_and_reports_lower_it() -> None:
    plain = ranking.weight_of(9, risk=0, open_reports=0)
    assert plain == 10
    assert ranking.weight_of(9, risk=0.5, open_reports=0) == pytest.approx(5.5)
    assert ranking.weight_of(9, risk=1, open_reports=0) == pytest.approx(1)
    assert ranking.weight_of(9, risk=0, open_reports=2) == 5
    assert ranking.weight_of(0, risk=7, open_reports=1000) > 0


def test_the_order_is_that_of_heat_at_any_instant() -> None:
    """`rank` orders as weight * 2 ** -age does, now and in a month."""
    posts = [(NOW - timedelta(hours=hours), weight) for hours, weight in
             ((0, 1.0), (5, 1.5), (30, 3.0), (70, 40.0), (71, 0.3))]  # fmt: skip
    for later in (timedelta(0), 30 * DAY):
        heat = [weight * 2 ** -((NOW + later - at) / ranking.HALF_LIFE) for at, weight in posts]
        ranks = [ranking.rank_of(at, weight) for at, weight in posts]
        assert sorted(range(5), key=heat.__getitem__) == sorted(range(5), key=ranks.__getitem__)


def test_twice_the_heat_is_worth_a_day() -> None:
    assert ranking.rank_of(NOW - DAY, 2) == pytest.approx(ranking.rank_of(NOW, 1))


@pytest.mark.usefixtures("channel")
def test_a_report_puts_it_lower_and_dismissed_it_comes_back() -> None:
    author, zhao = known("荷塘月色"), known("老赵修车")
    written = post(author, "种花")
    like(zhao, written)
    before = written.rank, weight(written)
    Post.objects.unguarded(WHY).filter(pk=written.pk).update(open_reports=3)
    services_rank = written.rank
    ranking.reweigh([written.pk])
    assert weight(written) == pytest.approx(2 / 2.5)
    assert written.rank < services_rank
    Post.objects.unguarded(WHY).filter(pk=written.pk).update(open_reports=0)
    ranking.reweigh([written.pk])
    assert weight(written) == before[1]


# --- It is always right -------------------------------------------------------------

DEED = st.tuples(
    st.sampled_from(
        ["like", "unlike", "say", "say", "answer", "remove", "take_down", "leave", "later", "age"]
    ),
    st.integers(0, 3),
    st.integers(0, 3),
)


@settings(suppress_health_check=list(HealthCheck), max_examples=max(settings().max_examples // 3, 5))
@given(story=st.lists(DEED, min_size=5, max_size=30))
def test_what_is_kept_step_by_step_is_what_comes_of_starting_over(story: list[tuple[str, int, int]]) -> None:
    with undone():
        open_channel()
        ages = {"荷塘月色": 3, "老赵修车": 30, "白云": 0, "兰花": 8}
        people = [known(name, days=days, confirmed=bool(days % 2)) for name, days in ages.items()]
        posts = [post(people[number % 2], f"post {number}") for number in range(4)]
        at = NOW
        for number, (deed, who, what) in enumerate(story):
            if deed == "later":
                at += timedelta(days=9)
            with suppress(Refused, NotThere):
                do(deed, people[who], posts[what], at, number)
        check(posts)
        assert list(ranking.find_misplaced()) == []


def do(deed: str, person: Person, written: Post, at: datetime, number: int) -> None:
    me = replace(viewer(person), now=at)
    said = PostComment.objects.unguarded(WHY).filter(post=written).order_by("at", "pk").first()
    match deed:
        case "like" | "unlike":
            services.set_liked(me, post_id=written.pk, on=deed == "like")
        case "say":
            services.comment(me, post_id=written.pk, text=f"comment {number}")
        case "answer" if said:
            services.comment(me, post_id=written.pk, text=f"answer {number}", answers_id=said.pk)
        case "remove" if said:
            services.remove_comment(me, comment_id=said.pk)
        case "take_down" if said:
            services.take_down_comment(comment_id=said.pk, on=said.removed_at is None, now=at)
        case "leave":
            services.take_back_reactions(person_id=person.pk, now=at)
        case "age":
            Persona.objects.unguarded(WHY).filter(person=person).update(upheld=number % 3)


def check(posts: list[Post]) -> None:
    """Say anew by plain loops over the rows what each post's reactions, weight and rank must be."""
    comments = list(PostComment.objects.unguarded(WHY).all())
    reactions = list(Reaction.objects.unguarded(WHY).all())
    for written in posts:
        written.refresh_from_db()
        mine = [each for each in reactions if each.post_id == written.pk]
        for each in mine:
            standing = [one for one in comments if one.post_id == written.pk
                        and one.author_id == each.person_id and one.removed_at is None]  # fmt: skip
            assert each.comments == len(standing)
            assert each.comments or each.liked_at
        spoke = {one.author_id for one in comments if one.post_id == written.pk and one.removed_at is None}
        assert spoke <= {each.person_id for each in mine}
        others = [each for each in mine if each.person_id != written.author_id]
        total = fsum(each.worth * (2 if each.comments else 1) for each in others)
        assert written.weight == (1 + total) * (1 - 0.9 * written.risk) / (1 + written.open_reports / 2)
        hours = (written.created_at - ranking.EPOCH).total_seconds() / 3600
        assert written.rank == pytest.approx(24 * log2(written.weight) + hours, abs=1e-9)


@pytest.mark.usefixtures("channel")
def test_what_is_out_of_place_is_found() -> None:
    """Each kind of fault, made on purpose, is said by `kith check`."""
    author, zhao = known("荷塘月色"), known("老赵修车")
    written = post(author, "种花")
    say(zhao, written, "我也喜欢")
    assert list(ranking.find_misplaced()) == []
    rows = Reaction.objects.unguarded(WHY)
    for break_it in (
        lambda: Post.objects.unguarded(WHY).update(rank=1),
        lambda: rows.update(worth=0.5),
        lambda: rows.update(comments=2),
        lambda: rows.all().delete(),
        lambda: PostComment.objects.unguarded(WHY).update(removed_at=NOW),
    ):
        with undone():
            break_it()
            assert len(list(ranking.find_misplaced())) == 1
    ranking.reweigh([written.pk])
    assert list(ranking.find_misplaced()) == []


@pytest.mark.usefixtures("channel")
def test_a_like_is_once_and_never_ones_own() -> None:
    author, zhao = known("荷塘月色"), known("老赵修车")
    written = post(author, "种花")
    like(zhao, written)
    like(zhao, written)
    assert queries.get_post(viewer(author), post_id=written.pk).likes == 1
    with pytest.raises(services.OwnPost):
        like(author, written)
    like(zhao, written, on=False)
    assert queries.get_post(viewer(author), post_id=written.pk).likes == 0
    assert weight(written) == 1
    assert not Reaction.objects.unguarded(WHY).exists()
