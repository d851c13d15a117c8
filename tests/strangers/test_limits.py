"""How much in an hour and a day, and the same words again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from kith.people.models import Person
from kith.strangers import services
from kith.strangers.likeness import SaidAlready, is_alike
from kith.strangers.limits import FIRST_LIMITS, LIMITS, TooFast, limit_of, require_room
from kith.strangers.models import Persona, Post
from tests.strangers.cast import NOW, befriend, stranger, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]
WHY = "the test looks at what was written"
WEEK_AGO = NOW - timedelta(days=7)


def known(name: str, *, since: datetime = WEEK_AGO, confirmed: bool = True) -> Person:
    person = stranger(name)
    Person.objects.filter(pk=person.pk).update(phone_verified=confirmed)
    Persona.objects.unguarded(WHY).filter(person=person).update(created_at=since)
    return person


def post(author: Person, text: str, *, at: datetime = NOW) -> Post:
    return services.write_post(replace(viewer(author), now=at), topic="meet", text=text)


# --- Limits -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "confirmed", "limits"),
    [(WEEK_AGO, True, LIMITS), (WEEK_AGO + timedelta(seconds=1), True, FIRST_LIMITS),
     (WEEK_AGO, False, FIRST_LIMITS)],
)  # fmt: skip
def test_new_and_unconfirmed_have_less(
    since: datetime, *, confirmed: bool, limits: dict[str, object]
) -> None:
    person = known("荷塘月色", since=since, confirmed=confirmed)
    for kind in LIMITS:
        assert limit_of(viewer(person), kind=kind) == limits[kind]  # type: ignore[arg-type]
        assert FIRST_LIMITS[kind].an_hour < LIMITS[kind].an_hour < LIMITS[kind].a_day


def test_the_hour_is_full_and_has_room_again_when_it_says(he: Person) -> None:
    for minute in range(5):
        post(he, f"number {minute}", at=NOW + timedelta(minutes=10 * minute))
    with pytest.raises(TooFast) as refused:
        post(he, "one more", at=NOW + timedelta(minutes=50))
    assert refused.value.again_at == NOW + timedelta(minutes=60)
    assert str(refused.value) == "That was a lot in a short time. You can go on in 10 minutes."
    with pytest.raises(TooFast):
        post(he, "one more", at=NOW + timedelta(minutes=60) - timedelta(seconds=1))
    post(he, "one more", at=refused.value.again_at)


@pytest.fixture
def he() -> Person:
    return known("荷塘月色")


def test_the_day_is_full_too(he: Person) -> None:
    for number in range(20):
        post(he, f"number {number}", at=NOW + timedelta(minutes=30 * number))
    with pytest.raises(TooFast) as refused:
        post(he, "one more", at=NOW + timedelta(hours=13))
    assert refused.value.again_at == NOW + timedelta(days=1)
    assert "11 hours" in str(refused.value)
    assert refused.value.code == "too-fast"
    assert refused.value.status == 429


def test_comments_and_likes_have_their_own(he: Person) -> None:
    new = stranger("新来的")
    posts = [post(known(f"白云{number}"), f"post {number}") for number in range(41)]
    for each in posts[:40]:
        services.set_liked(viewer(new), post_id=each.pk, on=True)
    with pytest.raises(TooFast):
        services.set_liked(viewer(new), post_id=posts[40].pk, on=True)
    services.set_liked(viewer(new), post_id=posts[39].pk, on=False)
    for number in range(10):
        services.comment(viewer(new), post_id=posts[0].pk, text=f"comment {number}")
    with pytest.raises(TooFast):
        services.comment(viewer(new), post_id=posts[0].pk, text="one more")
    services.comment(viewer(he), post_id=posts[0].pk, text="somebody else may")
    require_room(viewer(new), kind="greeting")


def test_erasing_makes_no_room(he: Person) -> None:
    standing = post(known("白云"), "a post of somebody else's")
    for number in range(5):
        services.delete_post(viewer(he), post_id=post(he, f"number {number}").pk)
    with pytest.raises(TooFast) as refused:
        post(he, "one more")
    assert refused.value.again_at == NOW + timedelta(hours=1)
    for number in range(30):
        said = services.comment(viewer(he), post_id=standing.pk, text=f"comment {number}")
        services.remove_comment(viewer(he), comment_id=said.pk)
    with pytest.raises(TooFast):
        services.comment(viewer(he), post_id=standing.pk, text="one more")
    post(he, "one more", at=refused.value.again_at)
    assert services.forget_erasures(now=NOW + timedelta(hours=23)) == 0
    assert services.forget_erasures(now=NOW + timedelta(hours=24)) == 35


def test_what_is_erased_counts_in_its_place_among_what_stands(he: Person) -> None:
    written = [post(he, f"number {minute}", at=NOW + timedelta(minutes=minute)) for minute in range(5)]
    for erased in (written[0], written[3]):
        now = NOW + timedelta(minutes=10)
        services.delete_post(replace(viewer(he), now=now), post_id=erased.pk)
    for minute in range(5):
        again = NOW + timedelta(minutes=60 + minute)
        with pytest.raises(TooFast) as refused:
            post(he, "too early", at=again - timedelta(seconds=1))
        assert refused.value.again_at == again
        post(he, f"again {minute}", at=again)


def test_an_erased_letter_counts_too(he: Person) -> None:
    new = stranger("新来的")
    hers = Persona.objects.unguarded(WHY).get(person=he).pk
    exchange = services.greet(viewer(new), persona_id=hers, text="您好")
    services.write_letter(viewer(he), exchange_id=exchange.pk, text="您好您好")
    for number in range(19):
        letter = services.write_letter(viewer(new), exchange_id=exchange.pk, text=f"letter {number}")
        services.erase_letter(viewer(new), letter_id=letter.pk)
    with pytest.raises(TooFast):
        services.write_letter(viewer(new), exchange_id=exchange.pk, text="one more")


# --- The same words again -----------------------------------------------------------

LONG = "退休两年了，一个人住。喜欢种花、做面食、晚上走走路，想认识爱好差不多的人。"
ALIKE = [
    "退休两年了，一个人住。喜欢种花、做面食、晚上走走路，想认识爱好差不多的人！！！",
    "退休兩年了，一個人住。喜歡種花、做麵食、晚上走走路，想認識愛好差不多的人。",
    "退休两年了 一个人住 喜欢种花 做面食 晚上走走路 想认识爱好差不多的朋友",
    "退休三年了，一个人住。喜欢种花、做面食、晚上走走路，想认识爱好差不多的人。",
]
PARAPHRASES = [
    "我退休有两年了，现在自己住，平时种种花、蒸馒头、晚饭后散步，想找几个聊得来的朋友。",
    "一个人住两年了，退休在家，爱做面食爱种花，有没有喜欢晚上一起走路的人？",
    "喜欢种花的看过来，退休的，一个人的，都可以一起走走路、做做面食。",
    "想认识爱好差不多的人。我喜欢画画和唱歌。",
]


@pytest.mark.parametrize("text", ALIKE)
def test_nearly_the_same_is_the_same(text: str) -> None:
    assert is_alike(text, ["something else", LONG])


@pytest.mark.parametrize("text", PARAPHRASES)
def test_the_same_thought_in_other_words_is_not(text: str) -> None:
    assert not is_alike(text, [LONG])


def test_english_too() -> None:
    said = "Retired two years ago, I live alone. I like gardening, baking and walks in the evening."
    assert is_alike(
        "Retired 2 years ago, I live alone; I like gardening, baking, and walks in the evening!", [said]
    )
    assert not is_alike("I retired two years ago and would like to meet people who bake or garden.", [said])


def test_a_post_is_not_written_twice(he: Person) -> None:
    post(he, LONG)
    for again in (LONG, ALIKE[0]):
        with pytest.raises(SaidAlready):
            post(he, again)
    post(he, PARAPHRASES[0])
    post(he, LONG, at=NOW + timedelta(days=14))


def test_nor_is_what_somebody_else_has_just_posted(he: Person) -> None:
    post(known("白云"), LONG)
    with pytest.raises(SaidAlready) as refused:
        post(he, ALIKE[3])
    assert "白云" not in str(refused.value)


def test_no_refusal_tells_of_a_post_that_one_may_not_see(he: Person) -> None:
    friend, gone, hidden = known("白云"), known("远山"), known("兰花")
    post(friend, LONG)
    befriend(he, friend)
    services.set_withdrawn(viewer(gone), post_id=post(gone, PARAPHRASES[0]).pk, on=True)
    services.hide_post(post_id=post(hidden, PARAPHRASES[1]).pk, on=True, now=NOW)
    post(he, LONG)
    post(he, PARAPHRASES[0])
    with pytest.raises(SaidAlready):
        post(he, PARAPHRASES[1])


def test_short_words_of_others_may_be_repeated_and_ones_own_not(he: Person) -> None:
    post(known("白云"), "早上好")
    post(he, "早上好")
    with pytest.raises(SaidAlready):
        post(he, "早上好！")
    post(he, "晚上好")


def test_thanks_may_be_said_more_than_once_but_not_all_day(he: Person) -> None:
    posts = [post(known(f"白云{number}"), f"post {number}") for number in range(5)]
    for each in posts[:3]:
        services.comment(viewer(he), post_id=each.pk, text="谢谢！")
    for each in (posts[0], posts[3]):
        with pytest.raises(SaidAlready):
            services.comment(viewer(he), post_id=each.pk, text="谢谢")
    tomorrow = replace(viewer(he), now=NOW + timedelta(days=1))
    services.comment(tomorrow, post_id=posts[3].pk, text="谢谢")


def test_long_comments_are_not_said_twice(he: Person) -> None:
    posts = [post(known(f"白云{number}"), f"post {number}") for number in range(2)]
    services.comment(viewer(he), post_id=posts[0].pk, text=LONG)
    with pytest.raises(SaidAlready):
        services.comment(viewer(he), post_id=posts[1].pk, text=ALIKE[1])
    with pytest.raises(SaidAlready):
        post(he, LONG)


def test_smiles_alone_are_compared_as_they_are(he: Person) -> None:
    one, two = (post(known(f"白云{number}"), f"post {number}") for number in range(2))
    services.comment(viewer(he), post_id=one.pk, text="😀😀")
    services.comment(viewer(he), post_id=one.pk, text="🌹")
    with pytest.raises(SaidAlready):
        services.comment(viewer(he), post_id=one.pk, text="🌹")
    services.comment(viewer(he), post_id=two.pk, text="🌹")
