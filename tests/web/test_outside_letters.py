"""Letters: a greeting, its answer, what asks for care, and becoming friends. Nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.strangers import services as strangers
from kith.strangers.models import Exchange, Letter
from kith.ties.models import Relationship
from tests.conftest import Clock
from tests.strangers.cast import open_channel, stranger, viewer
from tests.web.cast import Answer, browser_of
from tests.web.circle_cast import a_photo
from tests.web.outside_people import WHY, greeting, is_at, letters_between, persona_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LETTERS = "/outside/letters/"


@pytest.fixture
def mei(clock: Clock) -> Person:
    open_channel()
    return stranger("Lotus Pond")


@pytest.fixture
def hua(mei: Person) -> Person:
    return stranger("River Stone")


def once_of(answer: Answer) -> str:
    found = re.search(r'name="once" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def box(reader: Person, name: str = "") -> str:
    return text_of(browser_of(reader).get(LETTERS, {"box": name}))


def letters_in(exchange: Exchange) -> list[str]:
    rows = Letter.objects.unguarded(WHY).filter(exchange=exchange).order_by("at", "pk")
    return list(rows.values_list("text", flat=True))


# --- Greeting ---------------------------------------------------------------------------------


def test_a_greeting_is_sent_once_and_stands_in_its_box(mei: Person, hua: Person) -> None:
    browser = browser_of(mei)
    page = reverse("outside:greet", args=[persona_of(hua).pk])
    sent = {"text": "Do your roses survive?", "once": once_of(browser.get(page))}
    first = browser.post(page, sent)
    assert (first.status_code, browser.post(page, sent).headers["Location"]) == (
        302,
        first.headers["Location"],
    )
    exchange = Exchange.objects.unguarded(WHY).get()
    assert letters_in(exchange) == ["Do your roses survive?"]
    assert "Do your roses survive?" in box(mei, "sent")
    assert "Do your roses survive?" in box(hua, "greetings")
    assert "1 greeting waits for you" in box(hua)
    assert browser.get(page).headers["Location"] == reverse("outside:exchange", args=[exchange.pk])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ring me at 139 8765 4321", "139 8765 4321"),
        ("Look at www.example.org, it is good", "has no numbers or links"),
        ("", "Write a few words first."),
        ("long " * 80, "300"),
    ],
)
def test_what_a_greeting_may_not_hold_is_said_and_stays_to_be_changed(
    mei: Person, hua: Person, text: str, words: str
) -> None:
    answer = browser_of(mei).post(reverse("outside:greet", args=[persona_of(hua).pk]), {"text": text})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert text.strip() in answer.content.decode()
    assert not Exchange.objects.unguarded(WHY).exists()


def test_a_greeting_can_be_about_a_post_of_theirs_and_of_nobody_else(mei: Person, hua: Person) -> None:
    theirs = strangers.write_post(viewer(hua), topic="meet", text="Who walks in the evenings?")
    mine = strangers.write_post(viewer(mei), topic="meet", text="I have a dog and like rivers.")
    page = reverse("outside:greet", args=[persona_of(hua).pk])
    browser = browser_of(mei)
    assert "Who walks" in text_of(browser.get(page, {"post": write_id(theirs.pk)}))
    assert "I have a dog" not in text_of(browser.get(page, {"post": write_id(mine.pk)}))
    assert browser.get(page, {"post": "nonsense"}).status_code == 200
    browser.post(f"{page}?post={write_id(theirs.pk)}", {"text": "I do."})
    assert Exchange.objects.unguarded(WHY).get().post_id == theirs.pk


def test_nobody_greets_themselves(mei: Person) -> None:
    page = reverse("outside:greet", args=[persona_of(mei).pk])
    for answer in (browser_of(mei).get(page), browser_of(mei).post(page, {"text": "Hello me"})):
        assert answer.headers["Location"] == reverse("outside:person", args=[persona_of(mei).pk])


# --- Letters ------------------------------------------------------------------------------------


def write(person: Person, exchange: Exchange, **sent: object) -> Answer:
    return browser_of(person).post(reverse("outside:write-letter", args=[exchange.pk]), sent)


def test_whoever_greeted_waits_until_it_is_answered(mei: Person, hua: Person) -> None:
    exchange = greeting(mei, hua)
    page = browser_of(mei).get(reverse("outside:exchange", args=[exchange.pk]))
    assert "has not answered yet" in text_of(page)
    assert "<textarea" not in page.content.decode()
    assert write(mei, exchange, text="And your peonies?").status_code == 422
    assert write(hua, exchange, text="Under straw they do.").status_code == 302
    assert write(mei, exchange, text="And your peonies?").status_code == 302
    assert letters_in(exchange)[1:] == ["Under straw they do.", "And your peonies?"]


def test_a_letter_is_read_by_looking_at_it(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    browser = browser_of(hua)
    assert 'class="badge"' in browser.get(reverse("outside:home")).content.decode()
    browser.get(reverse("outside:exchange", args=[exchange.pk]))
    browser.get(reverse("outside:notices"))
    assert 'class="badge"' not in browser.get(reverse("outside:home")).content.decode()


def test_a_letter_with_a_photo_comes_back_whole_when_something_is_wrong(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    refused = write(mei, exchange, text="x" * 2001, photos=a_photo())
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "x" * 2001 in html
    kept = html.split('name="kept_photos" value="')[1].split('"')[0]
    assert write(mei, exchange, text="", kept_photos=kept).status_code == 302
    page = browser_of(hua).get(reverse("outside:exchange", args=[exchange.pk])).content.decode()
    assert f"/outside/photo/{kept}/medium/" in page
    assert browser_of(hua).get(f"/outside/photo/{kept}/medium/").status_code == 200
    assert browser_of(stranger("Third One")).get(f"/outside/photo/{kept}/medium/").status_code == 404


def test_what_swindlers_write_is_said_to_whom_it_was_written(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    text = "加我微信 abc12345，我教你投资，稳赚不赔"
    assert write(mei, exchange, text=text).status_code == 302
    address = reverse("outside:exchange", args=[exchange.pk])
    theirs, mine = browser_of(hua).get(address), browser_of(mei).get(address)
    assert "Careful" in text_of(theirs)
    letter = Letter.objects.unguarded(WHY).get(text=text)
    assert reverse("outside:report", args=["letter", letter.pk]) in theirs.content.decode()
    assert "Careful" not in text_of(mine)


def test_declining_asks_once_more_and_tells_the_other_nothing(mei: Person, hua: Person) -> None:
    exchange = greeting(mei, hua)
    page = reverse("outside:decline", args=[exchange.pk])
    browser = browser_of(hua)
    receipt = browser.get(page).content.decode().split('name="receipt" value="')[1].split('"')[0]
    before = text_of(browser_of(mei).get(reverse("outside:exchange", args=[exchange.pk])))
    for _press in range(2):
        assert is_at(browser.post(page, {"receipt": receipt}), "outside:letters")
    assert "Nobody waits for an answer" in box(hua, "greetings")
    assert text_of(browser_of(mei).get(reverse("outside:exchange", args=[exchange.pk]))) == before
    assert browser_of(mei).post(page).headers["Location"] == reverse("outside:exchange", args=[exchange.pk])
    assert text_of(browser_of(mei).get(reverse("outside:exchange", args=[exchange.pk]))) == before


def test_a_letter_of_ones_own_is_erased_for_both(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    letter = Letter.objects.unguarded(WHY).get(text="I shall try that.")
    page = reverse("outside:erase-letter", args=[letter.pk])
    assert browser_of(hua).get(page).status_code == 404
    assert browser_of(hua).post(page).status_code == 404
    there = reverse("outside:exchange", args=[exchange.pk])
    asked = browser_of(mei).get(f"{page}?next={there}")
    assert "I shall try that." in text_of(asked)
    assert browser_of(mei).post(page, {"next": there}).headers["Location"] == there
    assert "I shall try that." not in letters_in(exchange)
    elsewhere = browser_of(mei).get(f"{page}?next=https://evil.example/")
    assert elsewhere.status_code == 404


def test_of_letters_between_two_others_there_is_nothing(mei: Person, hua: Person) -> None:
    exchange, third = letters_between(mei, hua), stranger("Third One")
    browser = browser_of(third)
    for name in ("exchange", "decline", "know"):
        assert browser.get(reverse(f"outside:{name}", args=[exchange.pk])).status_code == 404, name
    for name in ("write-letter", "decline", "know"):
        answer = browser.post(reverse(f"outside:{name}", args=[exchange.pk]), {"text": "Hello", "on": "1"})
        assert answer.status_code == 404, name


# --- Becoming friends -----------------------------------------------------------------------------


def know(person: Person, exchange: Exchange, **sent: object) -> Answer:
    return browser_of(person).post(reverse("outside:know", args=[exchange.pk]), sent)


def are_friends(one: Person, two: Person) -> bool:
    rows = Relationship.objects.unguarded(WHY).filter(owner=one, other=two, friend_at__isnull=False)
    return rows.exists()


def test_one_wish_alone_tells_nothing_and_can_be_taken_back(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    assert know(mei, exchange, on="1").status_code == 422  # without the tick
    assert know(mei, exchange, on="1", sure="on").status_code == 302
    page = text_of(browser_of(hua).get(reverse("outside:know", args=[exchange.pk])))
    assert "wishes it already" in page
    assert mei.display_name not in page
    assert know(mei, exchange, on="0").status_code == 302
    assert know(hua, exchange, on="1", sure="on").status_code == 302
    assert not are_friends(mei, hua)


def test_when_both_wish_it_they_meet_inside_and_vanish_outside(mei: Person, hua: Person) -> None:
    exchange = letters_between(mei, hua)
    receipt = {"receipt": ""}
    page = browser_of(hua).get(reverse("outside:know", args=[exchange.pk])).content.decode()
    receipt["receipt"] = page.split('name="receipt" value="')[1].split('"')[0]
    know(mei, exchange, on="1", sure="on")
    done = know(hua, exchange, on="1", sure="on", **receipt)
    assert done.headers["Location"] == reverse("friends:friend", args=[mei.pk])
    assert are_friends(mei, hua)
    assert are_friends(hua, mei)
    again = know(hua, exchange, on="1", sure="on", **receipt)
    assert again.headers["Location"] == reverse("friends:list")
    for person in (mei, hua):
        assert browser_of(person).get(reverse("outside:exchange", args=[exchange.pk])).status_code == 404
        assert "No letters yet" in box(person)


def test_before_letters_have_gone_both_ways_there_is_no_button(mei: Person, hua: Person) -> None:
    exchange = greeting(mei, hua)
    page = browser_of(hua).get(reverse("outside:know", args=[exchange.pk]))
    assert "Write to each other first" in text_of(page)
    assert 'name="sure"' not in page.content.decode()
    refused = know(hua, exchange, on="1", sure="on")
    assert refused.status_code == 422
    assert not are_friends(mei, hua)


# --- News ------------------------------------------------------------------------------------------


def test_news_lead_where_it_happened_and_are_read_by_looking(mei: Person, hua: Person) -> None:
    post = strangers.write_post(viewer(mei), topic="meet", text="Who walks in the evenings?")
    strangers.comment(viewer(hua), post_id=post.pk, text="I do, by the river.")
    exchange = letters_between(mei, hua)
    strangers.wish_to_know(viewer(hua), exchange_id=exchange.pk, on=True)
    browser = browser_of(mei)
    page = browser.get(reverse("outside:notices"))
    assert "River Stone said something about your post" in text_of(page)
    assert "would like the two of you to know each other" in text_of(page)
    for address in (
        reverse("outside:post", args=[post.pk]), reverse("outside:know", args=[exchange.pk]),
    ):  # fmt: skip
        assert address in page.content.decode()
    assert 'class="row new"' in page.content.decode()
    assert 'class="row new"' not in browser.get(reverse("outside:notices")).content.decode()
