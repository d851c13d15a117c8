"""One share and what is said under it. Mei asks her Family, which holds Bo. Eve is a stranger."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import Comment, Like, Share
from tests.web.cast import as_viewer, browser_of, circle_of, somebody
from tests.web.circle_cast import bought, listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def question(mei: Person, bo: Person) -> int:
    family = circle_of(mei, "Family", bo)
    asked = sharing.ask_question(as_viewer(mei), text="Which kettle?", circle_ids=[family.pk])
    return int(asked.pk)


def at(name: str, *ids: int) -> str:
    return reverse(f"circle:{name}", args=ids)


def token(browser: Client, share: int) -> str:
    (found,) = re.findall(r'name="once" value="([^"]+)"', browser.get(at("share", share)).content.decode())
    return str(found)


def said(share: int) -> list[str]:
    rows = Comment.objects.unguarded("a test counts").filter(share=share).order_by("at", "pk")
    return [comment.text for comment in rows]


def test_its_author_reads_the_circle_and_others_do_not(mei: Person, bo: Person, question: int) -> None:
    assert "Family · 1 person" in browser_of(mei).get(at("share", question)).content.decode()
    seen = browser_of(bo).get(at("share", question)).content.decode()
    assert "Family" not in seen
    assert "Only people in Mei's circles see this" in seen


@pytest.mark.parametrize("name", ["share", "comment", "useful", "audience", "hide", "show", "delete"])
def test_for_a_stranger_it_is_not_there(question: int, name: str) -> None:
    eve = browser_of(somebody("Eve"))
    send = eve.get if name in {"share", "audience", "delete"} else eve.post
    assert send(at(name, question), {"text": "hello", "on": "1"}).status_code == 404


@pytest.mark.parametrize("name", ["audience", "hide", "show", "delete"])
def test_who_may_see_it_may_not_change_it(bo: Person, question: int, name: str) -> None:
    assert browser_of(bo).post(at(name, question)).status_code == 404


# --- Saying something ----------------------------------------------------------------------


def test_an_answer_without_a_script_leads_to_where_it_stands(bo: Person, question: int) -> None:
    answer = browser_of(bo).post(at("comment", question), {"text": "The steel one."})
    assert answer.status_code == 302
    assert answer["Location"].startswith(at("share", question) + "#c-")
    assert said(question) == ["The steel one."]


def test_an_answer_with_htmx_brings_the_talk_back_with_an_empty_box(bo: Person, question: int) -> None:
    answer = browser_of(bo).post(at("comment", question), {"text": "The steel one."}, headers=HTMX)
    html = answer.content.decode()
    assert "<html" not in html
    assert "The steel one.</p>" in html
    assert "></textarea>" in html


def test_the_same_form_sent_twice_says_it_once(bo: Person, question: int) -> None:
    browser = browser_of(bo)
    form = {"text": "The steel one.", "once": token(browser, question)}
    first, second = browser.post(at("comment", question), form), browser.post(at("comment", question), form)
    assert first["Location"] == second["Location"]
    assert said(question) == ["The steel one."]
    browser.post(at("comment", question), {**form, "once": token(browser, question)})
    assert len(said(question)) == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_was_typed_is_kept_when_it_is_too_long(
    bo: Person, question: int, headers: dict[str, str]
) -> None:
    text = "kettle " * 200
    answer = browser_of(bo).post(at("comment", question), {"text": text, "once": "t"}, headers=headers)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert text.strip() in html
    assert 'role="alert"' in html
    assert ("<html" in html) == (not headers)
    assert said(question) == []


def test_a_form_from_elsewhere_is_not_taken(bo: Person, question: int) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(bo)
    answer = browser.post(at("comment", question), {"text": "forged"})
    assert answer.status_code == 403
    assert "Nothing was sent" in answer.content.decode()


def test_ones_own_words_are_deleted_after_a_second_question(mei: Person, bo: Person, question: int) -> None:
    comment = sharing.comment(as_viewer(bo), share_id=question, text="The steel one.")
    browser = browser_of(bo)
    address = at("delete-comment", question, comment.pk)
    assert browser.get(address).status_code == 200
    assert said(question) == ["The steel one."]
    assert browser.post(address).status_code == 302
    assert said(question) == []
    assert browser.post(address).status_code == 302  # a second tap has done nothing wrong


def test_words_of_others_are_not_deleted(mei: Person, bo: Person, question: int) -> None:
    mine = sharing.comment(as_viewer(mei), share_id=question, text="Anybody?")
    assert "Anybody?" in browser_of(bo).get(at("share", question)).content.decode()
    assert (
        at("delete-comment", question, mine.pk)
        not in browser_of(bo).get(at("share", question)).content.decode()
    )
    browser_of(bo).post(at("delete-comment", question, mine.pk))
    assert said(question) == ["Anybody?"]


def test_words_are_shown_as_words(bo: Person, question: int) -> None:
    browser_of(bo).post(at("comment", question), {"text": "<script>alert(1)</script> & <b>"})
    html = browser_of(bo).get(at("share", question)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;" in html


# --- Useful --------------------------------------------------------------------------------


def test_useful_is_said_and_taken_back(mei: Person, bo: Person, question: int) -> None:
    browser = browser_of(bo)
    part = browser.post(at("useful", question), {"on": "1"}, headers=HTMX).content.decode()
    assert 'aria-pressed="true"' in part
    assert 'name="on" value="0"' in part
    assert browser.post(at("useful", question), {"on": "1"}).status_code == 302
    assert Like.objects.unguarded("a test counts").count() == 1
    browser.post(at("useful", question), {"on": "0"})
    assert Like.objects.unguarded("a test counts").count() == 0


def test_it_leads_back_to_the_page_it_was_said_on_and_nowhere_else(bo: Person, question: int) -> None:
    browser = browser_of(bo)
    back = browser.post(at("useful", question), {"on": "1", "next": "/circle/?kind=question#s-1"})
    assert back["Location"] == "/circle/?kind=question#s-1"
    away = browser.post(at("useful", question), {"on": "1", "next": "https://elsewhere.example/"})
    assert away["Location"] == at("share", question)


def test_ones_own_cannot_be_useful(mei: Person, question: int) -> None:
    assert at("useful", question) not in browser_of(mei).get(at("share", question)).content.decode()
    browser_of(mei).post(at("useful", question), {"on": "1"})
    assert Like.objects.unguarded("a test counts").count() == 0


# --- With a friend's eyes --------------------------------------------------------------------


def test_ones_own_page_is_seen_as_a_friend_sees_it(mei: Person, bo: Person, question: int) -> None:
    sharing.set_alias(as_viewer(bo), other_id=mei.pk, alias="Bossy")
    others = circle_of(mei, "Others")
    sharing.give_tip(as_viewer(mei), text="not for Bo", circle_ids=[others.pk])
    circle_of(bo, "People I avoid", mei)
    html = browser_of(mei).get(at("view-as", bo.pk)).content.decode()
    assert "You see this as Bo does" in html
    assert "Which kettle?" in html
    assert "not for Bo" not in html
    assert "Family" not in html
    assert "Bossy" not in html
    assert "People I avoid" not in html
    one = browser_of(mei).get(at("view-share-as", bo.pk, question)).content.decode()
    assert "Which kettle?" in one
    assert "<textarea" not in one


def test_a_friends_choices_are_not_told_by_looking_with_their_eyes(
    mei: Person, bo: Person, question: int
) -> None:
    sharing.set_muted(as_viewer(bo), other_id=mei.pk, on=True)
    assert "Which kettle?" in browser_of(mei).get(at("view-as", bo.pk)).content.decode()


def test_nobody_looks_with_a_strangers_eyes(mei: Person, question: int) -> None:
    eve = somebody("Eve")
    assert browser_of(mei).get(at("view-as", eve.pk)).status_code == 404
    assert browser_of(mei).get(at("view-share-as", eve.pk, question)).status_code == 404


# --- Notices -------------------------------------------------------------------------------


def test_a_notice_leads_to_the_answer_and_is_read_by_being_seen(
    mei: Person, bo: Person, question: int
) -> None:
    sharing.comment(as_viewer(bo), share_id=question, text="The steel one.")
    browser = browser_of(mei)
    assert (
        'class="badge">2<' in browser.get(reverse("circle:feed")).content.decode()
    )  # and that Bo is a friend now
    html = browser.get(at("notices")).content.decode()
    assert "Bo answered your question" in html
    assert at("share", question) in html
    assert 'class="badge"' not in html
    assert 'class="badge"' not in browser.get(reverse("circle:feed")).content.decode()


def test_a_notice_goes_with_what_it_points_to(mei: Person, bo: Person, question: int) -> None:
    sharing.comment(as_viewer(bo), share_id=question, text="The steel one.")
    sharing.block(as_viewer(mei), other_id=bo.pk)
    assert "Nothing has happened yet" in browser_of(mei).get(at("notices")).content.decode()


def test_not_now_ends_the_question_whether_to_show_it(mei: Person, bo: Person) -> None:
    from kith.notices.models import NoticeKind
    from kith.notices.services import tell

    circle_of(mei, "Family", bo)
    line = bought(mei, listing())
    viewer = as_viewer(mei)
    tell(mei.pk, kind=NoticeKind.MAY_SHARE, subject=line.pk, actor=None, at=viewer.now)
    assert "Shall your circles know?" in browser_of(mei).get(reverse("circle:feed")).content.decode()
    assert write_id(line.pk) in browser_of(mei).get(at("notices")).content.decode()
    assert browser_of(bo).post(at("not-now", line.pk)).status_code == 404
    assert circle.lines_to_ask_about(viewer)
    assert browser_of(mei).post(at("not-now", line.pk)).status_code == 302
    assert not circle.lines_to_ask_about(viewer)


def test_nobody_is_asked_to_speak_where_nobody_would_hear(mei: Person, question: int) -> None:
    assert circle.get_card(as_viewer(mei), share_id=question).can_comment
    tomorrow = utc_now() + timedelta(days=1)
    Share.objects.unguarded("a test holds it").filter(pk=question).update(visible_from=tomorrow)
    assert not circle.get_card(as_viewer(mei), share_id=question).can_comment
    with pytest.raises(sharing.CommentRefused):
        sharing.comment(as_viewer(mei), share_id=question, text="Anybody?")
    assert 'id="talk"' not in browser_of(mei).get(at("share", question)).content.decode()
    assert "#talk" not in browser_of(mei).get(reverse("circle:mine")).content.decode()


def test_what_was_said_stays_with_the_author_of_what_is_hidden(
    mei: Person, bo: Person, question: int
) -> None:
    sharing.comment(as_viewer(bo), share_id=question, text="The steel one")
    browser_of(mei).post(at("hide", question))
    assert not circle.get_card(as_viewer(mei), share_id=question).can_comment
    page = browser_of(mei).get(at("share", question)).content.decode()
    assert "The steel one" in page
    assert "Nobody else can read this while it is hidden" in page
    assert "<textarea" not in page
    browser_of(mei).post(at("show", question))
    assert circle.get_card(as_viewer(mei), share_id=question).can_comment
