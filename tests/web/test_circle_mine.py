"""What Mei shows: seeing who sees it, changing that, hiding, deleting, one at a time and many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import queries as circle
from kith.sharing import services as sharing
from kith.sharing.models import Share
from kith.ties.models import Circle
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, somebody
from tests.web.circle_cast import bought, listing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]
MINE = reverse("circle:mine")
PAST = reverse("circle:past")


@pytest.fixture
def tip(mei: Person, family: Circle) -> int:
    return int(sharing.give_tip(as_viewer(mei), text="a tip", circle_ids=[family.pk]).pk)


def at(name: str, share: int) -> str:
    return reverse(f"circle:{name}", args=[share])


def seen_by(person: Person) -> list[str]:
    return [card.text for card in circle.circle_feed(as_viewer(person)).items]


def page(person: Person, address: str = MINE) -> str:
    return browser_of(person).get(address).content.decode()


def test_each_says_who_sees_it(mei: Person, tip: int) -> None:
    assert "Family · 1 person" in page(mei)
    sharing.hide_share(as_viewer(mei), share_id=tip)
    assert "Hidden. Only you see this." in page(mei)
    assert "a tip" in page(mei, MINE + "?state=withdrawn")
    assert "a tip" not in page(mei, MINE + "?state=shown")


def test_what_is_held_says_when_it_will_be_seen_and_can_be_cancelled(
    mei: Person, bo: Person, family: Circle
) -> None:
    line = bought(mei, listing())
    share = sharing.share_purchase(as_viewer(mei), line_id=line.pk, circle_ids=[family.pk], text="held")
    later = as_viewer(mei).now + timedelta(hours=1)
    Share.objects.unguarded("a test holds it").filter(pk=share.pk).update(visible_from=later)
    html = page(mei, MINE + "?state=held")
    assert "Only you see this. Family · 1 person will, from" in html
    assert at("delete", share.pk) in html
    assert "Nobody has seen it yet" in page(mei, at("delete", share.pk))
    browser_of(mei).post(at("delete", share.pk))
    assert circle.my_shares(as_viewer(mei)).items == ()


def test_its_audience_is_changed_at_once(mei: Person, bo: Person, family: Circle, tip: int) -> None:
    chen = somebody("Chen")
    befriend(mei, chen)
    school = circle_of(mei, "School", chen)
    assert f'value="{write_id(family.pk)}" checked' in page(mei, at("audience", tip))
    answer = browser_of(mei).post(at("audience", tip), {"circles": write_id(school.pk)})
    assert answer.status_code == 302
    assert (seen_by(bo), seen_by(chen)) == ([], ["a tip"])


def test_an_audience_of_nobody_is_asked_about(mei: Person, bo: Person, tip: int) -> None:
    answer = browser_of(mei).post(at("audience", tip))
    assert answer.status_code == 422
    assert "hide it" in answer.content.decode()
    assert seen_by(bo) == ["a tip"]


def test_only_a_review_can_be_for_everyone(mei: Person, tip: int) -> None:
    assert 'name="everyone"' not in page(mei, at("audience", tip))
    assert browser_of(mei).post(at("audience", tip), {"everyone": "1"}).status_code == 422


def test_another_persons_circle_is_no_audience(mei: Person, bo: Person, tip: int) -> None:
    of_bo = circle_of(bo, "Home", mei)
    assert browser_of(mei).post(at("audience", tip), {"circles": write_id(of_bo.pk)}).status_code == 422


def test_hidden_and_shown_again(mei: Person, bo: Person, tip: int) -> None:
    browser = browser_of(mei)
    browser.post(at("hide", tip))
    assert seen_by(bo) == []
    browser.post(at("hide", tip))  # a second tap
    browser.post(at("show", tip))
    assert seen_by(bo) == ["a tip"]
    assert browser.get(at("hide", tip)).status_code == 405


def test_deleted_after_a_second_question(mei: Person, bo: Person, tip: int) -> None:
    browser = browser_of(mei)
    html = browser.get(at("delete", tip)).content.decode()
    assert "cannot be brought back" in html
    assert seen_by(bo) == ["a tip"]
    assert browser.post(at("delete", tip))["Location"] == MINE
    assert seen_by(bo) == []


# --- Many at once ---------------------------------------------------------------------------


def test_many_are_hidden_after_a_second_question(mei: Person, bo: Person, family: Circle, tip: int) -> None:
    sharing.ask_question(as_viewer(mei), text="a question", circle_ids=[family.pk])
    form = {"action": "hide", "kinds": ["tip"]}
    asked = browser_of(mei).post(PAST, form)
    assert "Shall it be done?" in asked.content.decode()
    assert len(seen_by(bo)) == 2
    done = browser_of(mei).post(PAST, {**form, "sure": "1"}, follow=True)
    assert "1 thing was changed." in done.content.decode()
    assert seen_by(bo) == ["a question"]


def test_the_second_question_carries_all_that_was_chosen(mei: Person, family: Circle, tip: int) -> None:
    form = {
        "action": "audience",
        "kinds": ["tip", "review"],
        "before": "2020-02-20",
        "circles": write_id(family.pk),
    }
    html = browser_of(mei).post(PAST, form).content.decode()
    assert "Family" in html
    assert "20 February 2020" in html
    for name, value in [
        ("kinds", "tip"),
        ("kinds", "review"),
        ("before", "2020-02-20"),
        ("action", "audience"),
    ]:
        assert f'name="{name}" value="{value}"' in html


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"kinds": ["tip"]}, "Choose what to do with them."),
        ({"action": "hide"}, "Choose at least one kind."),
        ({"action": "audience", "kinds": ["tip"]}, "Choose who may see it."),
        ({"action": "hide", "kinds": ["tip"], "before": "soon"}, "2026-01-31"),
    ],
)
def test_a_form_that_is_not_whole_changes_nothing(
    mei: Person, bo: Person, tip: int, form: dict[str, str], sentence: str
) -> None:
    answer = browser_of(mei).post(PAST, {**form, "sure": "1"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert seen_by(bo) == ["a tip"]
