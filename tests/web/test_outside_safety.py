"""Reporting, shutting out, and hidden numbers: nobody is told, and no answer says who has a number."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kith.people.models import Person
from kith.strangers import services as strangers
from kith.strangers.models import Complaint, Letter
from tests.conftest import Clock
from tests.strangers.cast import inside_only, open_channel, stranger, viewer
from tests.web.cast import Answer, browser_of
from tests.web.outside_people import WHY, is_at, letters_between, persona_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CONTACTS = "/outside/me/hidden/"


@pytest.fixture
def mei(clock: Clock) -> Person:
    open_channel()
    return stranger("Lotus Pond")


@pytest.fixture
def hua(mei: Person) -> Person:
    return stranger("River Stone")


# --- Reporting -------------------------------------------------------------------------------


def things_of(mei: Person, hua: Person) -> dict[str, int]:
    """One of each kind that Mei can report of Hua."""
    post = strangers.write_post(viewer(hua), topic="meet", text="Buy my tea, it heals everything!")
    comment = strangers.comment(viewer(hua), post_id=post.pk, text="Really everything.")
    exchange = letters_between(mei, hua)
    letter = Letter.objects.unguarded(WHY).filter(exchange=exchange, author=hua).first()
    assert letter is not None
    return {
        "persona": persona_of(hua).pk, "post": post.pk, "comment": comment.pk, "letter": letter.pk,
    }  # fmt: skip


@pytest.mark.parametrize("about", ["persona", "post", "comment", "letter"])
def test_anything_can_be_reported_with_a_reason(mei: Person, hua: Person, about: str) -> None:
    subject = things_of(mei, hua)[about]
    page = reverse("outside:report", args=[about, subject])
    browser = browser_of(mei)
    assert "River Stone" in text_of(browser.get(page))
    wrong = browser.post(page, {"words": "She sells things"})
    assert wrong.status_code == 422
    assert "She sells things" in wrong.content.decode()
    assert browser.post(page, {"why": "selling", "words": "She sells things"}).status_code == 302
    complaint = Complaint.objects.unguarded(WHY).get()
    assert (complaint.about, complaint.subject, complaint.why) == (about, subject, "selling")
    assert "You have reported this already" in text_of(browser.get(page))


def test_from_a_report_one_goes_back_to_where_it_was_read(mei: Person, hua: Person) -> None:
    things = things_of(mei, hua)
    post = reverse("outside:post", args=[things["post"]])
    for about, back in (
        ("persona", reverse("outside:person", args=[things["persona"]])),
        ("post", post),
        ("comment", f"{post}#talk"),
        ("letter", reverse("outside:letters")),
    ):
        html = browser_of(mei).get(reverse("outside:report", args=[about, things[about]])).content.decode()
        assert f'class="act back" href="{back}"' in html, about


def test_what_is_ones_own_not_seen_or_nothing_cannot_be_reported(mei: Person, hua: Person) -> None:
    things = things_of(mei, hua)
    strangers.avoid(viewer(hua), persona_id=persona_of(mei).pk)
    addresses = [["post", things["post"]], ["persona", persona_of(mei).pk], ["person", 1], ["post", 1]]
    for place in addresses:
        page = reverse("outside:report", args=place)
        assert browser_of(mei).get(page).status_code == 404, place
        assert browser_of(mei).post(page, {"why": "selling"}).status_code == 404, place


def test_reporting_can_shut_out_at_once(mei: Person, hua: Person) -> None:
    page = reverse("outside:report", args=["persona", persona_of(hua).pk])
    browser_of(mei).post(page, {"why": "fraud", "also_avoid": "on"})
    assert browser_of(mei).get(reverse("outside:person", args=[persona_of(hua).pk])).status_code == 404
    assert browser_of(hua).get(reverse("outside:person", args=[persona_of(mei).pk])).status_code == 404


# --- Shutting out -----------------------------------------------------------------------------


def test_shutting_out_and_letting_back_in(mei: Person, hua: Person) -> None:
    browser, page = browser_of(mei), reverse("outside:avoid", args=[persona_of(hua).pk])
    receipt = browser.get(page).content.decode().split('name="receipt" value="')[1].split('"')[0]
    for _press in range(2):
        assert is_at(browser.post(page, {"receipt": receipt}), "outside:avoided")
    listed = browser.get(reverse("outside:avoided"))
    assert "River Stone" in text_of(listed)
    for secret in (hua.display_name, hua.handle, str(hua.pk)):
        assert secret not in listed.content.decode()
    assert "River Stone" not in text_of(browser.get(reverse("friends:blocked")))
    assert hua.display_name not in text_of(browser.get(reverse("friends:blocked")))
    mark = persona_of(hua).pk
    assert browser_of(hua).post(reverse("outside:stop-avoiding", args=[mark])).status_code == 404
    assert is_at(browser.post(reverse("outside:stop-avoiding", args=[mark])), "outside:avoided")
    assert browser.get(reverse("outside:person", args=[mark])).status_code == 200


def test_nobody_shuts_themselves_out(mei: Person) -> None:
    page = reverse("outside:avoid", args=[persona_of(mei).pk])
    assert browser_of(mei).post(page).headers["Location"] == reverse(
        "outside:person", args=[persona_of(mei).pk]
    )


# --- Hidden numbers ---------------------------------------------------------------------------


def hide(person: Person, **sent: object) -> Answer:
    return browser_of(person).post(CONTACTS, sent)


def test_the_answer_is_the_same_whether_anybody_has_the_number(mei: Person, hua: Person) -> None:
    Person.objects.filter(pk=hua.pk).update(phone="+8613987654321", phone_verified=True)
    twin = stranger("Evening Wind")
    known, unknown = hide(mei, text="139 8765 4321"), hide(twin, text="139 8765 4399")
    assert text_of(known) == text_of(unknown)
    assert "1 number understood" in text_of(known)
    assert browser_of(mei).get(reverse("outside:person", args=[persona_of(hua).pk])).status_code == 404
    assert browser_of(twin).get(reverse("outside:person", args=[persona_of(hua).pk])).status_code == 200
    first = browser_of(mei).post(reverse("outside:forget-contact"), {"phone": "13987654321"}, follow=True)
    never = browser_of(twin).post(reverse("outside:forget-contact"), {"phone": "13987654377"}, follow=True)
    assert "not on your list any more" in text_of(first)
    assert "not on your list any more" in text_of(never)


def test_numbers_come_typed_and_from_a_file_and_what_was_not_understood_stays() -> None:
    open_channel()
    mei = inside_only()  # before she has ever been outside
    book = "BEGIN:VCARD\nFN:二姨\nTEL;TYPE=CELL:+86 139 8765 4321\nEND:VCARD\n"
    answer = hide(
        mei, text="13987654322\nthe plumber\n", file=SimpleUploadedFile("book.vcf", book.encode("utf-8-sig"))
    )
    page = text_of(answer)
    assert "2 numbers understood" in page
    assert "You hide from 2 numbers" in page
    assert "the plumber</textarea>" in answer.content.decode()
    again = text_of(hide(mei, text="13987654322"))
    assert "All of them were on your list already." in again
    assert "1398765" not in browser_of(mei).get(CONTACTS).content.decode()


def test_an_address_book_of_an_older_computer_is_read() -> None:
    open_channel()
    book = "姓名,手机\n二姨,13987654321\n".encode("gb18030")
    answer = hide(inside_only(), file=SimpleUploadedFile("book.csv", book))
    assert "1 number understood" in text_of(answer)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "at least one number"),
        ({"text": "only words"}, "no mobile number"),
        ({"file": SimpleUploadedFile("x.vcf", b"\xff\xff\x81")}, "could not be read"),
        ({"file": SimpleUploadedFile("x.csv", b"1" * (2 * 1024 * 1024 + 1))}, "too large"),
    ],
    ids=["nothing", "words", "broken", "too large"],
)
def test_what_cannot_be_read_is_said_at_the_form(sent: dict[str, object], words: str) -> None:
    open_channel()
    answer = hide(inside_only(), **sent)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_if_one_half_cannot_be_done_neither_is() -> None:
    open_channel()
    mei = inside_only()
    refused = hide(mei, text="only words", file=SimpleUploadedFile("x.txt", b"13987654321"))
    assert refused.status_code == 422
    assert "You hide from" not in text_of(refused)


def test_emptying_the_list_asks_once_more(mei: Person) -> None:
    hide(mei, text="13987654321, 13987654322")
    browser = browser_of(mei)
    assert "2 numbers are on your list" in text_of(browser.get(reverse("outside:empty-contacts")))
    assert is_at(browser.post(reverse("outside:empty-contacts")), "outside:contacts")
    assert "Hide from people you know" in text_of(browser.get(CONTACTS))
