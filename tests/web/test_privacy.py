"""Consent, preferences, the ledger, and one's data: Mei decides, Bo looks."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from kith.audience.viewer import CIRCLES
from kith.core.ids import write_id
from kith.people.consent_texts import TEXTS, current_text
from kith.people.models import Person, Purpose, SharingMode
from kith.people.queries import find_sharing_preference, has_consented, latest_consent
from kith.rollout.models import Feature, State
from kith.rollout.queries import standing_of
from kith.rollout.services import close, wind_down
from kith.sharing import services as sharing
from kith.shop.models import Category
from kith.ties import queries as ties
from kith.ties.models import Circle
from tests.conftest import Clock
from tests.web.cast import Answer, as_viewer, browser_of, circle_of, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]

PAGES = ["home", "open", "sharing", "withdraw", "ledger", "data", "delete"]
PASSWORD = "plum-lane-1955"
AGREE = {"version": "1", "agree": "on"}


@pytest.fixture
def new() -> Person:
    return somebody("New", consents=False)


@pytest.fixture
def shelves() -> None:
    for code, parent, sensitive in [
        ("kitchen", None, False),
        ("kettles", "kitchen", False),
        ("pans", "kitchen", False),
        ("toys", None, False),
        ("dolls", "toys", False),
        ("medicine", None, True),
    ]:
        Category.objects.create(
            code=code, parent_id=parent, name_zh=code, name_en=code.title(), sensitive=sensitive
        )


def page(person: Person, name: str, **query: str) -> str:
    return browser_of(person).get(reverse(f"privacy:{name}"), query).content.decode()


def post(person: Person | None, name: str, **data: Any) -> Answer:
    return browser_of(person).post(reverse(f"privacy:{name}"), data)


@pytest.mark.parametrize("name", [*PAGES, "pause", "resume", "copy"])
def test_who_is_not_signed_in_is_asked_to_sign_in(name: str) -> None:
    for answer in (browser_of(None).get(reverse(f"privacy:{name}")), post(None, name)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_however_one_stands(name: str, mei: Person, new: Person) -> None:
    for person in (mei, new):
        assert browser_of(person).get(reverse(f"privacy:{name}")).status_code == 200
    sharing.pause(as_viewer(mei))
    assert "paused" in page(mei, "home")
    sharing.suspend(person_id=mei.pk, now=as_viewer(mei).now)
    assert "The shop has closed your circle side" in page(mei, "home")
    Feature.objects.update(state=State.CLOSED)
    assert browser_of(mei).get(reverse(f"privacy:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["pause", "resume", "copy"])
def test_what_changes_something_is_not_done_by_a_link(name: str, mei: Person) -> None:
    assert browser_of(mei).get(reverse(f"privacy:{name}")).status_code == 405


# --- Opening -----------------------------------------------------------------------------


def test_what_is_agreed_to_is_said_before(new: Person) -> None:
    text = current_text(Purpose.SHARING)
    shown = page(new, "open")
    with override("en"):
        for line in (*text.seen, *text.never, *text.choices, text.agreement):
            assert str(line) in shown
    assert "checked" not in shown, "nobody agrees for them"


def test_opening_is_written_down_once_with_the_version_that_was_shown(new: Person) -> None:
    for _tap in range(2):
        assert post(new, "open", **AGREE).status_code == 302
    entry = latest_consent(new.pk, Purpose.SHARING)
    assert entry is not None
    assert (entry.given, entry.text_version, entry.surface) == (True, "1", "web")
    assert page(new, "ledger").count("agreed</span>") == 1
    assert find_sharing_preference(new.pk) is None, "opening shares nothing that is bought"


@pytest.mark.parametrize("wrong", [{"agree": ""}, {"version": "0"}, {"version": ""}])
def test_without_a_tick_or_with_other_words_nothing_is_opened(wrong: dict[str, str], new: Person) -> None:
    assert post(new, "open", **{**AGREE, **wrong}).status_code == 200
    assert latest_consent(new.pk, Purpose.SHARING) is None


def test_nothing_is_opened_while_the_feature_is_closed(new: Person) -> None:
    Feature.objects.update(state=State.CLOSED)
    assert post(new, "open", **AGREE).status_code == 200
    assert latest_consent(new.pk, Purpose.SHARING) is None


@pytest.mark.parametrize(
    ("target", "leads"), [("/circle/", "/circle/"), ("https://evil.example/", "/circles/"), ("", "/circles/")]
)
def test_after_opening_one_goes_on_where_one_was_going(target: str, leads: str, new: Person) -> None:
    assert 'name="next"' in page(new, "open", next="/circle/")
    assert post(new, "open", **AGREE, next=target)["Location"] == leads


# --- Pausing and closing -----------------------------------------------------------------


def test_pausing_and_going_on(mei: Person) -> None:
    for name, shows in [("pause", False), ("pause", False), ("resume", True), ("resume", True)]:
        assert post(mei, name).status_code == 302
        mei.refresh_from_db()
        assert mei.shows is shows


def test_closing_says_what_happens_and_twice_is_once(mei: Person) -> None:
    assert "see nothing of yours any more" in page(mei, "withdraw")
    assert has_consented(mei.pk, Purpose.SHARING)
    for _tap in range(2):
        assert post(mei, "withdraw").status_code == 302
    mei.refresh_from_db()
    assert (mei.shows, has_consented(mei.pk, Purpose.SHARING)) == (False, False)
    ledger = page(mei, "ledger")
    assert ledger.count("taken back</span>") == ledger.count("agreed</span>") == 1


def test_closing_stays_possible_when_the_feature_is_closed(mei: Person) -> None:
    Feature.objects.update(state=State.CLOSED)
    assert reverse("privacy:withdraw") in page(mei, "home")
    assert post(mei, "withdraw").status_code == 302
    assert not has_consented(mei.pk, Purpose.SHARING)


# --- The ledger --------------------------------------------------------------------------


def test_the_ledger_shows_the_words_and_where_they_were_said(mei: Person) -> None:
    shown = page(mei, "ledger")
    assert "What you paid" in shown
    assert "on these pages" in shown


def test_the_ledger_of_somebody_who_came_from_a_host_shop(new: Person) -> None:
    from kith.core.clock import utc_now
    from kith.people.services import record_consent

    record_consent(
        person_id=new.pk,
        purpose=Purpose.SHARING,
        text_version="shop-7",
        surface="import:corner-shop",
        given=True,
        at=utc_now(),
    )
    assert "at corner-shop" in page(new, "ledger")
    assert "shop-7" in page(new, "ledger")


def test_every_version_has_its_words() -> None:
    assert all((purpose, version) == key for key in TEXTS for purpose, version in [key])
    assert all(text.version == version for (_purpose, version), text in TEXTS.items())
    assert current_text(Purpose.SHARING).version in {version for _purpose, version in TEXTS}


# --- What I buy --------------------------------------------------------------------------


def choices(circle: Circle, **changed: Any) -> dict[str, Any]:
    key = write_id(circle.pk)
    return {"mode": "after_delivery", "hold": "120", "defaults": [key], f"window_{key}": "1m", **changed}


def test_all_choices_are_saved_together(mei: Person, family: Circle, shelves: None) -> None:
    for _tap in range(2):
        assert post(mei, "sharing", **choices(family, excluded=["kitchen"])).status_code == 302
    preference = find_sharing_preference(mei.pk)
    assert preference is not None
    assert (preference.mode, preference.hold) == (SharingMode.AFTER_DELIVERY, timedelta(hours=2))
    assert preference.excluded_categories == ["kettles", "kitchen", "pans"]
    (circle,) = ties.circles(as_viewer(mei))
    assert (circle.is_default, circle.window) == (True, "1m")
    assert "2 hours after it has arrived, to Family" in page(mei, "home")


def test_the_page_shows_what_was_chosen(mei: Person, family: Circle, shelves: None) -> None:
    sharing.set_sharing(as_viewer(mei), mode="ask", hold=timedelta(minutes=45), excluded_categories=["dolls"])
    shown = page(mei, "sharing")
    assert re.search(r'value="ask"[^>]* checked', shown)
    assert re.search(r'<option value="45" selected', shown), "a wait that no button offers stays"
    assert not re.search(r'value="toys"[^>]* checked', shown), "a part of a shelf is not the shelf"
    assert "Never shown in any case: Medicine" in shown
    assert 'value="medicine"' not in shown
    post(mei, "sharing", **choices(family, excluded=["kitchen"]))
    preference = find_sharing_preference(mei.pk)
    assert preference is not None
    assert set(preference.excluded_categories) == {"dolls", "kitchen", "kettles", "pans"}
    post(mei, "sharing", **choices(family, excluded=[]))
    assert find_sharing_preference(mei.pk).excluded_categories == ["dolls"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"mode": ""}, "Please choose one"),
        ({"mode": "always"}, "cannot be chosen any more"),
        ({"hold": "1"}, "cannot be chosen any more"),
        ({"defaults": []}, "Tick at least one circle"),
        ({"defaults": ["0000000000000"]}, "cannot be chosen any more"),
        ({"excluded": ["medicine"]}, "cannot be chosen any more"),
    ],
)
def test_choices_that_cannot_be_save_nothing(
    wrong: dict[str, Any], said: str, mei: Person, family: Circle, shelves: None
) -> None:
    answer = post(mei, "sharing", **choices(family, **wrong))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert find_sharing_preference(mei.pk) is None
    assert ties.circles(as_viewer(mei))[0].window == "all"


def test_the_circle_of_somebody_else_is_no_choice(mei: Person, bo: Person, family: Circle) -> None:
    theirs = circle_of(bo, "Bo's own")
    answer = post(mei, "sharing", **choices(family, defaults=[write_id(theirs.pk)]))
    assert answer.status_code == 200
    assert "Bo&#39;s own" not in answer.content.decode()


def test_nothing_is_shown_before_one_has_agreed(new: Person) -> None:
    circle = circle_of(new, "Family")
    answer = post(new, "sharing", **choices(circle))
    assert "Open your circles first" in answer.content.decode()
    assert find_sharing_preference(new.pk) is None
    assert ties.circles(as_viewer(new))[0].is_default is False


# --- My data -----------------------------------------------------------------------------


def test_the_copy_is_ones_own(mei: Person, bo: Person, family: Circle) -> None:
    circle_of(bo, "Bo's own")
    answer = post(mei, "copy")
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Family" in everything
    assert "Bo's own" not in everything


@pytest.fixture
def guarded() -> Person:
    """Somebody who signs in with a password."""
    return somebody("Guo", password=PASSWORD)


def test_who_has_a_password_is_asked_for_it(guarded: Person) -> None:
    shown = page(guarded, "delete")
    assert "type your password" in shown
    assert 'type="password"' in shown
    assert "type your Kith name" not in shown


@pytest.mark.parametrize("typed", ["", "kettle-1955", PASSWORD.upper(), "guo"])
def test_an_account_is_not_deleted_by_a_wrong_password(typed: str, guarded: Person) -> None:
    answer = post(guarded, "delete", password=typed, handle="guo").content.decode()
    assert ("Nothing has been deleted" if typed else "Please fill this in") in answer
    assert typed == "" or f'value="{typed}"' not in answer
    assert Person.objects.filter(pk=guarded.pk).exists()


def test_guessing_the_password_here_locks_as_guessing_it_at_the_door_does(guarded: Person) -> None:
    browser = browser_of(guarded)
    guesses = [browser.post(reverse("privacy:delete"), {"password": f"guess-{n}"}) for n in range(6)]
    assert guesses[0].status_code == 200
    assert guesses[-1].status_code == 429
    right = browser.post(reverse("privacy:delete"), {"password": PASSWORD})
    assert right.status_code == 429
    assert Person.objects.filter(pk=guarded.pk).exists()


@pytest.mark.parametrize("typed", ["", "yes", "bo", "delete my account"])
def test_who_has_none_is_asked_for_their_kith_name(typed: str, mei: Person) -> None:
    assert "type your Kith name: mei" in page(mei, "delete")
    answer = post(mei, "delete", handle=typed, password="anything")
    assert answer.status_code == 200
    assert typed in answer.content.decode()
    assert Person.objects.filter(pk=mei.pk).exists()


def test_deleting_the_account_with_the_password(guarded: Person) -> None:
    assert post(guarded, "delete", password=PASSWORD)["Location"] == reverse("privacy:gone")
    assert not Person.objects.filter(pk=guarded.pk).exists()


@pytest.mark.parametrize("typed", ["mei", " @Mei "])
def test_deleting_the_account(typed: str, mei: Person, bo: Person) -> None:
    browser = browser_of(mei)
    assert "cannot be undone" in browser.get(reverse("privacy:delete")).content.decode()
    answer = browser.post(reverse("privacy:delete"), {"handle": typed}, follow=True)
    assert "Your account is deleted" in answer.content.decode()
    assert not Person.objects.filter(pk=mei.pk).exists()
    assert ties.friends(as_viewer(bo)).items == ()
    again = browser.post(reverse("privacy:delete"), {"handle": typed})
    assert again["Location"].startswith(reverse("account_login"))


def test_who_is_not_let_in_yet_can_wait_for_their_turn(new: Person) -> None:
    Feature.objects.get(name=CIRCLES).batches.all().delete()
    now = as_viewer(new).now
    assert post(new, "wait", on="1").status_code == 302
    assert standing_of(CIRCLES, new.pk, now).place == 1
    assert post(new, "wait", on="0").status_code == 302
    assert standing_of(CIRCLES, new.pk, now).place is None


def test_the_page_says_how_the_circles_stand_and_no_day_that_is_past(new: Person, clock: Clock) -> None:
    def how(change: Any, **more: Any) -> str:
        change(CIRCLES, actor=None, why="a test", surface="cli", now=clock.now, **more)
        return page(new, "home")

    assert "Circles are closed for now" in how(close)
    assert "Until the end of 21 March" in how(wind_down, until=clock.now.date() + timedelta(days=7))
    clock.advance(days=8)
    over = page(new, "home")
    assert "Circles are over" in over
    assert "Until the end of" not in over
