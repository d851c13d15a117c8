"""Greetings and letters: who may write when, what the other sees, and what a refusal must not tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.errors import NotThere
from kith.core.guard import Side, Viewer
from kith.notices.models import Notice
from kith.people.models import Person
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.likeness import SaidAlready
from kith.strangers.limits import TooFast
from kith.strangers.models import Exchange, Letter, Persona
from kith.strangers.queries.personas import find_outside_photo
from kith.strangers.services.letters import GREETING_PAUSE
from kith.strangers.words import WordsRefused
from tests.strangers.cast import NOW, befriend, outside_photo, shut_out, stranger, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]

HELLO = "Your plum tree looks well. Do you also prune in March?"


def mask(person: Person) -> int:
    return Persona.objects.unguarded("a test asks for somebody's persona").get(person=person).pk


def greet(one: Person, other: Person, text: str = HELLO, **when: float) -> int:
    looks = viewer(one, NOW + timedelta(**when))
    return strangers.greet(looks, persona_id=mask(other), text=text).pk


def write(one: Person, exchange: int, text: str = "A letter", **when: float) -> int:
    return strangers.write_letter(viewer(one, NOW + timedelta(**when)), exchange_id=exchange, text=text).pk


def box(person: Person, name: str, **when: float) -> list[outside.ExchangeCard]:
    return list(outside.exchanges(viewer(person, NOW + timedelta(**when)), box=name).items)  # type: ignore[arg-type]


def texts(person: Person, exchange: int) -> list[str]:
    return [card.text for card in outside.letters_of(viewer(person), exchange_id=exchange).items]


# --- Greeting ------------------------------------------------------------------------


def test_a_greeting_waits_with_the_one_and_is_sent_by_the_other(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    [sent], [waiting] = box(mei, "sent"), box(bo, "greetings")
    assert (sent.id, sent.state, sent.words, sent.words_mine) == (exchange, "waiting", HELLO, True)
    assert (waiting.id, waiting.state, waiting.words, waiting.unread) == (exchange, "greeting", HELLO, True)
    assert (sent.other.name, waiting.other.name) == ("Old Oak", "Red Plum")
    assert not sent.can_write
    assert waiting.can_write
    assert waiting.can_decline
    assert not box(mei, "open") + box(bo, "open") + box(mei, "greetings") + box(bo, "sent")
    assert outside.count_greetings(viewer(bo)) == 1 == outside.unread_letters(viewer(bo))
    assert outside.count_greetings(viewer(mei)) == 0 == outside.unread_letters(viewer(mei))


def test_nobody_else_reads_along(mei: Person, bo: Person) -> None:
    exchange, eve = greet(mei, bo), viewer(stranger("Grey Heron"))
    for looks in (eve, Viewer(None, NOW)):
        with pytest.raises(NotThere):
            outside.get_exchange(looks, exchange_id=exchange)
        with pytest.raises(NotThere):
            outside.letters_of(looks, exchange_id=exchange)
    for act in (
        lambda: strangers.write_letter(eve, exchange_id=exchange, text="Hello"),
        lambda: strangers.decline(eve, exchange_id=exchange),
        lambda: strangers.mark_letters_read(eve, exchange_id=exchange),
        lambda: strangers.wish_to_know(eve, exchange_id=exchange, on=True),
        lambda: strangers.erase_letter(eve, letter_id=Letter.objects.unguarded("a test").get().pk),
    ):
        with pytest.raises(NotThere):
            act()


def test_one_message_and_no_more_until_it_is_answered(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    with pytest.raises(strangers.LetterRefused, match="greeted them already"):
        greet(mei, bo, "And another thing", days=1)
    with pytest.raises(strangers.LetterRefused, match="not answered yet"):
        write(mei, exchange)
    assert texts(bo, exchange) == [HELLO]


@pytest.mark.parametrize(
    "text", ["Ring me: 13800138000", "see www.example.com", "加我微信 plum1964", "write to plum@example.com"]
)
def test_a_greeting_holds_no_way_to_meet_elsewhere(mei: Person, bo: Person, text: str) -> None:
    with pytest.raises(strangers.LetterRefused, match="no numbers or links"):
        greet(mei, bo, text)
    assert not box(bo, "greetings")
    exchange = greet(mei, bo)
    write(bo, exchange)
    write(mei, exchange, text)  # letters may: by then they have answered
    assert texts(bo, exchange)[0] == text


def test_bounds_of_words(mei: Person, bo: Person) -> None:
    for wrong in ("", " \x00\n", "字" * 301, "half \ud83d of a sign"):
        with pytest.raises(WordsRefused):
            greet(mei, bo, wrong)
    exchange = greet(mei, bo, "字" * 300)
    with pytest.raises(WordsRefused):
        write(bo, exchange, "字" * 2001)
    write(bo, exchange, "字" * 2000)
    with pytest.raises(WordsRefused):
        write(bo, exchange, "")


def test_nobody_greets_themselves_or_whom_they_do_not_see(mei: Person, bo: Person) -> None:
    with pytest.raises(strangers.LetterRefused, match="This is you"):
        greet(mei, mei)
    befriend(mei, bo)
    with pytest.raises(NotThere):
        greet(mei, bo)
    with pytest.raises(NotThere):
        strangers.greet(viewer(mei), persona_id=1, text=HELLO)


def test_whose_persona_is_closed_writes_nothing(mei: Person, bo: Person) -> None:
    exchange = greet(bo, mei)
    write(mei, exchange)
    Persona.objects.unguarded("a test closes one").filter(person=mei).update(shows=False, closed_at=NOW)
    with pytest.raises(strangers.MayNotPost):
        greet(mei, stranger("Grey Heron"))
    with pytest.raises(strangers.MayNotPost):
        write(mei, exchange)
    assert not box(mei, "open")[0].can_write
    assert not box(bo, "open")


def test_about_a_post_only_of_theirs(mei: Person, bo: Person) -> None:
    eve = stranger("Grey Heron")
    theirs, hers = (
        strangers.write_post(viewer(one), topic="hobbies", text=f"{name} shows a plum tree.")
        for one, name in ((bo, "Bo"), (eve, "Eve"))
    )
    with pytest.raises(NotThere):
        strangers.greet(viewer(mei), persona_id=mask(bo), text=HELLO, post_id=hers.pk)
    strangers.greet(viewer(mei), persona_id=mask(bo), text=HELLO, post_id=theirs.pk)
    assert box(mei, "sent")[0].post_id == box(bo, "greetings")[0].post_id == theirs.pk
    strangers.set_withdrawn(viewer(bo), post_id=theirs.pk, on=True)
    assert box(mei, "sent")[0].post_id is None


def test_greeting_back_is_an_answer_and_there_is_one_exchange(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    assert greet(bo, mei, "I prune in February.", hours=1) == exchange
    assert texts(mei, exchange) == ["I prune in February.", HELLO]
    assert box(mei, "open")[0].id == box(bo, "open")[0].id == exchange
    for one, other in ((mei, bo), (bo, mei)):
        with pytest.raises(strangers.LetterRefused, match="write to each other already"):
            greet(one, other)
    assert Exchange.objects.unguarded("a test counts").count() == 1


def test_the_same_words_to_several_people_are_refused(mei: Person) -> None:
    people = [stranger(f"Neighbour {letter}") for letter in "ABCDE"]
    for number, one in enumerate(people[:3]):
        greet(mei, one, HELLO + "!" * number, hours=2 * number)
    with pytest.raises(SaidAlready):
        greet(mei, people[3], HELLO.upper(), hours=6)
    greet(mei, people[3], "Which of the dances do you like best?", hours=6)


def test_only_so_many_greetings(mei: Person) -> None:
    for number in range(2):
        greet(mei, stranger(f"Neighbour {number}x"), f"Hello number {number}, how is your garden?")
    with pytest.raises(TooFast):
        greet(mei, stranger("Neighbour 9x"), "What a nice dog you have there.")


# --- Declining -----------------------------------------------------------------------


def sight(person: Person, exchange: int, days: float) -> tuple[object, ...]:
    """All that the sender of a greeting can see of it."""
    looks = viewer(person, NOW + timedelta(days=days))
    return (
        outside.get_exchange(looks, exchange_id=exchange),
        outside.exchanges(looks, box="sent").items,
        outside.letters_of(looks, exchange_id=exchange).items,
        outside.unread_letters(looks),
        outside.outside_notices(looks).items,
    )


def test_a_decline_is_not_told(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    before = sight(mei, exchange, 1)
    strangers.decline(viewer(bo), exchange_id=exchange)
    assert sight(mei, exchange, 1) == before
    with pytest.raises(NotThere):
        outside.get_exchange(viewer(bo), exchange_id=exchange)
    assert not box(bo, "greetings")
    assert not outside.outside_notices(viewer(bo)).items
    with pytest.raises(strangers.LetterRefused, match="greeted them already"):
        greet(mei, bo, "Once more", days=89)


def attempts(declined_after: float | None) -> list[str]:
    """What somebody is told who greets again every ten days, declined or not."""
    mei, bo = stranger("Red Plum"), stranger("Old Oak")
    exchange = greet(mei, bo)
    told = []
    for day in range(10, 200, 10):
        if declined_after is not None and day - 10 <= declined_after < day:
            strangers.decline(viewer(bo, NOW + timedelta(days=declined_after)), exchange_id=exchange)
        try:
            greet(mei, bo, f"Good morning for the {day}th day", days=day)
            told.append("sent")
        except strangers.LetterRefused as refusal:
            told.append(str(refusal))
        told.append(box(mei, "sent", days=day)[0].words)
    return told


def test_greeting_again_tells_nothing_of_a_decline() -> None:
    first = attempts(None)
    Person.objects.all().delete()
    assert attempts(25) == first
    assert first.count("sent") == 2


def test_after_ninety_days_a_greeting_arrives_again_but_not_before(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    strangers.decline(viewer(bo, NOW + timedelta(days=50)), exchange_id=exchange)
    greet(mei, bo, "Into the void", days=GREETING_PAUSE.days)
    assert not box(bo, "greetings", days=91)
    assert not Notice.objects.unguarded("a test looks").filter(recipient=bo).exists()
    assert box(mei, "sent", days=91)[0].words == "Into the void"
    greet(mei, bo, "A new spring", days=GREETING_PAUSE.days * 2)
    assert [card.words for card in box(bo, "greetings", days=181)] == ["A new spring"]
    assert texts(bo, exchange) == ["A new spring"]


def test_whoever_declined_may_think_again(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    strangers.decline(viewer(bo), exchange_id=exchange)
    assert greet(bo, mei, "I was in a hurry. Yes, in March.", days=1) == exchange
    assert box(mei, "open")[0].words == "I was in a hurry. Yes, in March."


def test_what_is_answered_cannot_be_declined_nor_ones_own(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    with pytest.raises(NotThere):
        strangers.decline(viewer(mei), exchange_id=exchange)
    write(bo, exchange)
    with pytest.raises(strangers.LetterRefused):
        strangers.decline(viewer(bo), exchange_id=exchange)


# --- Letters -------------------------------------------------------------------------


def test_letters_go_both_ways_once_answered(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    write(bo, exchange, "In March, yes", hours=1)
    write(mei, exchange, "And the roses?", hours=2)
    write(mei, exchange, "Not too early", hours=3)
    assert (
        texts(mei, exchange)
        == texts(bo, exchange)
        == [
            "Not too early",
            "And the roses?",
            "In March, yes",
            HELLO,
        ]
    )
    [page] = [outside.letters_of(viewer(bo), exchange_id=exchange, size=3)]
    rest = outside.letters_of(viewer(bo), exchange_id=exchange, size=3, cursor=page.next)
    assert [card.text for card in rest.items] == [HELLO]
    assert [card.is_mine for card in (*page.items, *rest.items)] == [False, False, True, False]


def test_unread_until_it_is_opened(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    write(bo, exchange)
    assert outside.unread_letters(viewer(mei)) == 1
    strangers.mark_letters_read(viewer(mei), exchange_id=exchange)
    assert outside.unread_letters(viewer(mei)) == 0
    write(bo, exchange, "One more at the same instant")
    assert outside.unread_letters(viewer(mei)) == 1
    write(mei, exchange)  # who answers has read
    assert outside.unread_letters(viewer(mei)) == 0
    assert outside.unread_letters(viewer(bo)) == 1


def test_photos_are_ones_own_from_outside_and_three_at_most(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    photos = [outside_photo(bo).pk for _ in range(4)]
    with pytest.raises(strangers.TooManyPhotos):
        strangers.write_letter(viewer(bo), exchange_id=exchange, text="", photo_ids=photos)
    with pytest.raises(NotThere):
        strangers.write_letter(viewer(bo), exchange_id=exchange, text="", photo_ids=[outside_photo(mei).pk])
    letter = strangers.write_letter(viewer(bo), exchange_id=exchange, text="", photo_ids=photos[:3])
    [card, _greeting] = outside.letters_of(viewer(mei), exchange_id=exchange).items
    assert [photo.id for photo in card.photos] == photos[:3]
    found, _veiled = find_outside_photo(viewer(mei), photo_id=photos[0])
    assert found.pk == photos[0]
    with pytest.raises(NotThere):
        find_outside_photo(viewer(stranger("Grey Heron")), photo_id=photos[0])
    strangers.erase_letter(viewer(bo), letter_id=letter.pk)
    with pytest.raises(NotThere):
        find_outside_photo(viewer(mei), photo_id=photos[0])


def test_the_other_is_warned_of_a_letter_and_its_author_is_not(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    write(bo, exchange, "加我微信 plum1964，稳赚不赔，先转账")
    [card, _greeting] = outside.letters_of(viewer(mei), exchange_id=exchange).items
    [own, _greeting] = outside.letters_of(viewer(bo), exchange_id=exchange).items
    assert card.careful
    assert own.careful == ()


def test_an_erased_letter_is_gone_for_both(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    write(bo, exchange, "In March, yes")
    regret = write(mei, exchange, "I am very lonely", hours=1)
    with pytest.raises(NotThere):
        strangers.erase_letter(viewer(bo), letter_id=regret)
    strangers.erase_letter(viewer(mei), letter_id=regret)
    assert texts(mei, exchange) == texts(bo, exchange) == ["In March, yes", HELLO]
    assert box(bo, "open")[0].words == "In March, yes"


def test_ones_own_can_be_erased_while_it_cannot_be_seen_but_not_when_all_is_off(
    mei: Person, bo: Person
) -> None:
    letter = Letter.objects.unguarded("a test").get(exchange=greet(mei, bo)).pk
    with pytest.raises(NotThere):
        strangers.erase_letter(Viewer(mei.pk, NOW, outside=Side.SHUT), letter_id=letter)
    befriend(mei, bo)
    strangers.erase_letter(Viewer(mei.pk, NOW, outside=Side.OWN), letter_id=letter)
    assert not Letter.objects.unguarded("a test").exists()


def test_a_greeting_taken_back_leaves_nothing_to_answer_and_no_way_round_the_pause(
    mei: Person, bo: Person
) -> None:
    exchange = greet(mei, bo)
    strangers.erase_letter(viewer(mei), letter_id=Letter.objects.unguarded("a test").get().pk)
    assert not box(bo, "greetings") + box(mei, "sent")
    assert not outside.outside_notices(viewer(bo)).items
    with pytest.raises(NotThere):
        outside.get_exchange(viewer(bo), exchange_id=exchange)
    with pytest.raises(strangers.LetterRefused):
        greet(mei, bo, "Again", days=1)
    greet(mei, bo, "Again", days=91)
    assert [card.words for card in box(bo, "greetings", days=91)] == ["Again"]


@pytest.mark.parametrize("fact", ["friends", "contact", "avoids", "blocked", "shut"])
def test_letters_vanish_for_both_with_whatever_parts_them(mei: Person, bo: Person, fact: str) -> None:
    exchange = greet(mei, bo)
    write(bo, exchange)
    write(mei, exchange)
    if fact == "friends":
        befriend(mei, bo)
    elif fact != "shut":
        shut_out(mei, bo, **{fact: True})
    for person in (mei, bo):
        looks = Viewer(person.pk, NOW, outside=Side.SHUT) if fact == "shut" else viewer(person)
        assert not outside.exchanges(looks, box="open").items
        assert outside.unread_letters(looks) == 0
        assert not outside.outside_notices(looks).items
        with pytest.raises(NotThere):
            outside.letters_of(looks, exchange_id=exchange)
        with pytest.raises(NotThere):
            strangers.write_letter(looks, exchange_id=exchange, text="Are you there?")


def test_the_exchange_with_a_persona_is_found_from_its_page(mei: Person, bo: Person) -> None:
    exchange = greet(mei, bo)
    for one, other in ((mei, bo), (bo, mei)):
        found = outside.find_exchange_with(viewer(one), persona_id=mask(other))
        assert found is not None
        assert found.id == exchange
    assert outside.find_exchange_with(viewer(mei), persona_id=mask(mei)) is None
    assert outside.find_exchange_with(viewer(mei), persona_id=mask(stranger("Grey Heron"))) is None
    assert outside.find_exchange_with(Viewer(None, NOW), persona_id=mask(bo)) is None


def test_as_many_queries_for_three_as_for_nine(mei: Person) -> None:
    def cost(size: int) -> int:
        looks = viewer(mei, NOW + timedelta(days=9))
        with CaptureQueriesContext(connection) as ran:
            cards = outside.exchanges(looks, size=size).items
        assert len(cards) == size
        return len(ran)

    for number in range(9):
        exchange = greet(stranger(f"Neighbour {number}x"), mei, days=number)
        for hour in range(number + 1):
            write(mei, exchange, f"Letter {hour}", days=number, hours=hour)
    assert cost(3) == cost(9) <= 6
