"""The staff's pages about the channel: what they can do there, and whom they do not learn of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from kith.core.clock import utc_now
from kith.core.errors import NotThere
from kith.core.ids import write_id
from kith.people.models import Person
from kith.strangers import queries as outside
from kith.strangers import services as strangers
from kith.strangers.models import Complaint, Persona, Post, Topic
from kith.strangers.queries.personas import get_persona
from tests.strangers.cast import open_channel, outside_photo, stranger, viewer
from tests.web.cast import Answer, browser_of

pytestmark = pytest.mark.django_db

MODELS = ("complaint", "post", "persona", "topic")


class Stage:
    """Mei and Eve have reported Bo's post, and Mei his persona. Mo may do all, Lin decides, Pan looks."""

    def __init__(self) -> None:
        self.now = utc_now()
        open_channel(now=self.now)
        self.bo = self.stranger("Old Oak", intro="I sell oak to everybody")
        self.mei, self.eve = self.stranger("Red Plum"), self.stranger("Grey Heron")
        photo = outside_photo(self.bo, now=self.now)
        self.post = strangers.write_post(
            self.viewer(self.bo), topic="money", text="Oak always rises in price.", photo_ids=[photo.pk]
        )
        self.first, self.second = (
            strangers.report(
                self.viewer(one), about="post", subject_id=self.post.pk, why="fraud", words=words
            )
            for one, words in ((self.mei, "He asked me for money."), (self.eve, "Me too."))
        )
        self.persona = Persona.objects.unguarded("a test looks").get(person=self.bo)
        self.third = strangers.report(
            self.viewer(self.mei), about="persona", subject_id=self.persona.pk, why="fraud"
        )
        self.mo = self.staff("mo", superuser=True)
        self.lin = self.staff("lin", *(f"{verb}_{model}" for verb in ("view", "change") for model in MODELS))
        self.pan = self.staff("pan", *(f"view_{model}" for model in MODELS))

    def stranger(self, name: str, **persona: Any) -> Person:
        return stranger(name, now=self.now, **persona)

    def viewer(self, person: Person) -> Any:
        return viewer(person, self.now + timedelta(minutes=5))

    def staff(self, handle: str, *codenames: str, superuser: bool = False) -> Person:
        person = Person.objects.create_user(
            handle, display_name=handle, language="en", is_staff=True, is_superuser=superuser
        )
        ours = Permission.objects.filter(content_type__app_label="strangers")
        person.user_permissions.set(ours.filter(codename__in=codenames))
        return person

    def run(self, who: Person, model: str, action: str, *ids: int) -> Answer:
        given = {"action": action, "_selected_action": [str(pk) for pk in ids]}
        return browser_of(who).post(reverse(f"admin:strangers_{model}_changelist"), given, follow=True)

    def pages(self, who: Person) -> dict[str, Answer]:
        """All that somebody of the staff can open about what was reported."""
        browser = browser_of(who)
        things = {"complaint": self.first.pk, "post": self.post.pk, "persona": self.persona.pk}
        lists = {model: browser.get(reverse(f"admin:strangers_{model}_changelist")) for model in MODELS}
        ones = {
            f"one {model}": browser.get(reverse(f"admin:strangers_{model}_change", args=[pk]))
            for model, pk in things.items()
        }
        found = {
            f"found {model}": browser.get(reverse(f"admin:strangers_{model}_changelist"), {"q": "oak"})
            for model in things
        }
        return lists | ones | found

    def states(self) -> set[str]:
        return set(Complaint.objects.unguarded("a test looks").values_list("state", flat=True))


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_staff_read_what_was_said_and_not_who_stands_behind(stage: Stage) -> None:
    for name, page in stage.pages(stage.pan).items():
        assert page.status_code == 200, name
        text = page.content.decode()
        for person in (stage.bo, stage.mei, stage.eve):
            for secret in (person.handle, person.display_name, str(person.pk), write_id(person.pk)):
                assert secret not in text, name
        for reporter in ("Red Plum", "Grey Heron"):
            assert reporter not in text or "persona" in name, f"{name} tells who reported"
    one = stage.pages(stage.pan)["one complaint"].content.decode()
    assert "Old Oak" in one
    assert "Oak always rises in price." in one
    assert "He asked me for money." in one
    assert "data:image/webp;base64," in one


def test_who_may_look_at_people_is_led_to_the_person(stage: Stage) -> None:
    address = reverse("admin:people_person_change", args=[stage.bo.pk])
    for name, page in stage.pages(stage.mo).items():
        assert (address in page.content.decode()) == name.startswith("one"), name


@pytest.mark.parametrize("who", ["lin", "pan", "mo"])
def test_no_address_asks_whose_it_is_or_who_has_reported_it(stage: Stage, who: str) -> None:
    browser = browser_of(getattr(stage, who))
    asked = {
        "persona": {"person": stage.bo.pk}, "post": {"author": stage.bo.pk},
        "complaint": {"accused": stage.bo.pk, "reporter": stage.mei.pk},
    }  # fmt: skip
    for model, columns in asked.items():
        for column, pk in columns.items():
            for lookup in (column, f"{column}__exact", f"{column}__id__exact", f"{column}__handle"):
                query = {lookup: str(pk)}
                answer = browser.get(reverse(f"admin:strangers_{model}_changelist"), query)
                assert answer.status_code == 400, (model, lookup)
    filtered = {"state__exact": "open", "why__exact": "fraud"}
    answer = browser.get(reverse("admin:strangers_complaint_changelist"), filtered)
    assert answer.status_code == 200
    assert "Old Oak" in answer.content.decode()
    hidden = browser.get(reverse("admin:strangers_post_changelist"), {"hidden_at__isempty": "1"})
    assert hidden.status_code == 200


def test_nobody_else_gets_in(stage: Stage) -> None:
    outsider = stage.staff("qi")
    for browser in (browser_of(None), browser_of(stage.mei), browser_of(outsider)):
        for model in MODELS:
            assert browser.get(reverse(f"admin:strangers_{model}_changelist")).status_code in {302, 403}


def test_nothing_is_added_changed_or_removed_by_hand(stage: Stage) -> None:
    browser = browser_of(stage.mo)
    for model, pk in (("complaint", stage.first.pk), ("post", stage.post.pk), ("persona", stage.persona.pk)):
        assert browser.get(reverse(f"admin:strangers_{model}_add")).status_code == 403
        assert browser.post(reverse(f"admin:strangers_{model}_delete", args=[pk])).status_code == 403
        changed = browser.post(reverse(f"admin:strangers_{model}_change", args=[pk]), {"text": "Changed"})
        assert changed.status_code == 403


def test_who_may_only_look_decides_nothing(stage: Stage) -> None:
    stage.run(stage.pan, "complaint", "uphold_and_hide", stage.first.pk)
    stage.run(stage.pan, "post", "hide", stage.post.pk)
    stage.run(stage.pan, "persona", "close", stage.persona.pk)
    assert stage.states() == {"open"}
    outside.get_post(stage.viewer(stage.eve), post_id=stage.post.pk)
    assert not LogEntry.objects.exists()


def test_upholding_hides_it_answers_all_and_is_logged(stage: Stage) -> None:
    stage.run(stage.lin, "complaint", "uphold_and_hide", stage.first.pk, stage.second.pk)
    states = Complaint.objects.unguarded("a test looks").filter(about="post").values_list("state", flat=True)
    assert list(states) == ["upheld", "upheld"]
    with pytest.raises(NotThere):
        outside.get_post(stage.viewer(stage.eve), post_id=stage.post.pk)
    stage.persona.refresh_from_db(from_queryset=Persona.objects.unguarded("a test looks"))
    assert stage.persona.upheld == 1
    logged = LogEntry.objects.filter(user_id=stage.lin.pk)
    assert {entry.get_change_message() for entry in logged} == {"upheld and hidden"}
    stage.run(stage.lin, "post", "show", stage.post.pk)
    outside.get_post(stage.viewer(stage.eve), post_id=stage.post.pk)


def test_dismissing_lets_it_rise_again(stage: Stage) -> None:
    stage.run(stage.lin, "complaint", "dismiss", stage.second.pk)
    assert Post.objects.unguarded("a test looks").get(pk=stage.post.pk).open_reports == 0
    outside.get_post(stage.viewer(stage.eve), post_id=stage.post.pk)
    assert stage.states() == {"dismissed", "open"}


def test_staff_do_not_decide_what_they_have_reported(stage: Stage) -> None:
    Person.objects.filter(pk=stage.mei.pk).update(is_staff=True, is_superuser=True)
    answer = stage.run(Person.objects.get(pk=stage.mei.pk), "complaint", "dismiss", stage.first.pk)
    assert "Somebody else has to decide" in answer.content.decode()
    assert stage.states() == {"open"}
    assert not LogEntry.objects.exists()


def test_a_persona_is_closed_and_opened_again(stage: Stage) -> None:
    stage.run(stage.lin, "persona", "close", stage.persona.pk)
    with pytest.raises(NotThere):
        get_persona(stage.viewer(stage.eve), persona_id=stage.persona.pk)
    stage.run(stage.lin, "persona", "reopen", stage.persona.pk)
    get_persona(stage.viewer(stage.eve), persona_id=stage.persona.pk)
    assert LogEntry.objects.count() == 2


def test_what_its_author_shows_to_nobody_staff_do_not_read(stage: Stage) -> None:
    strangers.set_withdrawn(stage.viewer(stage.bo), post_id=stage.post.pk, on=True)
    browser = browser_of(stage.pan)
    listed = reverse("admin:strangers_post_changelist")
    for address in (listed, reverse("admin:strangers_post_change", args=[stage.post.pk])):
        page = browser.get(address).content.decode()
        assert "rises in price" not in page
        assert "base64" not in page
    assert write_id(stage.post.pk) not in browser.get(listed, {"q": "rises"}).content.decode()
    assert write_id(stage.post.pk) in browser.get(listed, {"q": write_id(stage.post.pk)}).content.decode()


def test_the_oldest_that_waits_comes_first(stage: Stage) -> None:
    stage.run(stage.lin, "complaint", "dismiss", stage.first.pk)
    page = browser_of(stage.pan).get(reverse("admin:strangers_complaint_changelist")).content.decode()
    assert page.index(write_id(stage.third.pk)) < page.index(write_id(stage.first.pk))


def test_topics_are_added_and_closed_but_not_removed(stage: Stage) -> None:
    browser = browser_of(stage.mo)
    garden = {"code": "garden", "name_zh": "种花", "name_en": "Gardening", "position": "50"}
    assert browser.post(reverse("admin:strangers_topic_add"), garden).status_code == 302
    address = reverse("admin:strangers_topic_change", args=["garden"])
    browser.post(address, garden | {"code": "other", "closed": "on"})
    assert Topic.objects.get(pk="garden").closed
    assert not Topic.objects.filter(pk="other").exists()
    assert browser.post(reverse("admin:strangers_topic_delete", args=["garden"])).status_code == 403
