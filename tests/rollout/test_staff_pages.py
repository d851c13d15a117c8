"""The staff's pages of features: who may do what, and that each change asks why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from kith.core.clock import utc_now
from kith.people.models import Person
from kith.rollout import services
from kith.rollout.models import Batch, Change, Feature
from kith.rollout.queries import is_open
from kith.web.admin_rollout import ACTS
from tests.rollout.cast import CIRCLES, how, let_in, somebody

pytestmark = pytest.mark.django_db

WHY: dict[str, Any] = {"why": "the test"}


def signed_in(person: Person, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(person, backend="kith.web.sessions.SignedIn")
    return client


@pytest.fixture
def mo() -> Person:
    return somebody("mo", is_staff=True, is_superuser=True, language="en")


@pytest.fixture
def browser(mo: Person) -> Client:
    return signed_in(mo)


def page(browser: Client, feature: str = CIRCLES) -> str:
    answer = browser.get(reverse("admin:rollout_feature_change", args=[feature]))
    assert answer.status_code == 200
    return answer.content.decode()


def do(browser: Client, act: str, batch: int | None = None, *, feature: str = CIRCLES, **given: Any) -> Any:
    return browser.post(address(act, batch, feature=feature), given)


def address(act: str, batch: int | None = None, *, feature: str = CIRCLES) -> str:
    place = reverse("admin:rollout_feature_do", args=[feature, act])
    return f"{place}?batch={batch}" if batch else place


def is_in(person: Person) -> bool:
    return is_open(CIRCLES, person.pk, utc_now())


def test_all_features_are_listed_set_up_or_not(browser: Client) -> None:
    shown = browser.get(reverse("admin:rollout_feature_changelist")).content.decode()
    assert "Circles of trust" in shown
    assert "Strangers&#39; channel" in shown
    assert shown.count("Open to nobody yet") == 2
    assert not Feature.objects.exists()


def test_a_page_says_how_a_feature_stands(browser: Client, mo: Person) -> None:
    mei, bo = somebody("mei", region="130600"), somebody("bo")
    batch = let_in("region", region="130000", note="Hebei first")
    services.join_waiting(bo.pk, CIRCLES, now=utc_now())
    services.pause_batch(let_in("age", age_from=60).pk, **how(actor=mo, why="too many letters"))
    shown = page(browser)
    for words in (
        "Open to a part: 1 person.", "1 person waits.", f"{batch.pk}: who lives in Hebei", "for 1 person",
        "runs since 14 Mar 2026", "Hebei first", "who is 60 or older", "paused since", "too many letters",
        "batch paused", "mo (cli)",
    ):  # fmt: skip
        assert words in shown, words
    for secret in (mei, bo):
        assert str(secret.pk) not in shown


def test_a_batch_is_simulated_and_then_opened(browser: Client, mo: Person) -> None:
    people = [somebody(f"p{number}", region="130600", born=1970) for number in range(6)]
    asked: dict[str, Any] = {"kind": "region", "region": "130000"}
    simulated = do(browser, "open", simulate="1", **asked).content.decode()
    assert "6 more would come in." in simulated
    assert "Hebei" in simulated
    assert not Batch.objects.exists()
    assert do(browser, "open", **asked).status_code == 200, "the form again: no reason was given"
    assert not Batch.objects.exists()
    assert do(browser, "open", **asked, **WHY).status_code == 302
    assert all(is_in(one) for one in people)
    entry = Change.objects.get()
    assert (entry.actor, entry.surface, entry.why) == (mo, "web", "the test")


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ({"kind": "share", "share": "0.25"}, {"per_ten_thousand": 25}),
        ({"kind": "age", "age_from": "50", "age_to": "59"}, {"age_from": 50, "age_to": 59}),
        ({"kind": "joined", "joined_before": "2026-01-01T00:00"}, {}),
        ({"kind": "everyone", "starts_at": "2999-01-01T08:00", "note": "n"}, {"note": "n"}),
        ({"kind": "people", "people": "Mei，bo"}, {}),
    ],
    ids=str,
)
def test_each_way_to_say_whom(browser: Client, asked: dict[str, Any], stored: dict[str, Any]) -> None:
    people = [somebody("mei"), somebody("bo")]
    assert do(browser, "open", **asked, **WHY).status_code == 302
    batch = Batch.objects.get()
    assert {name: getattr(batch, name) for name in stored} == stored
    if batch.joined_before:
        assert batch.joined_before.isoformat() == "2025-12-31T16:00:00+00:00", "midnight in Shanghai"
    if batch.note:
        assert batch.starts_at.isoformat() == "2999-01-01T00:00:00+00:00"
    if batch.kind == "people":
        assert all(is_in(one) for one in people)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "share", "share": "101"}, "at most 100 per cent"),
        ({"kind": "people", "people": "nobody"}, "Nobody has the Kith name nobody."),
        ({"kind": "region"}, "There is no such province or city."),
        ({"kind": "everyone", "starts_at": "2020-01-01T08:00"}, "The beginning lies in the past."),
        ({"kind": "friends"}, "This cannot be chosen any more."),
        ({"kind": "share", "share": "0.255"}, "at most two digits"),
        ({"kind": "share", "share": "much"}, "Please write a number"),
        ({"kind": "everyone", "starts_at": "soon"}, "Please write the time like this"),
        ({"kind": "joined"}, "Say before when"),
    ],
    ids=str,
)
@pytest.mark.parametrize("button", [{"simulate": "1"}, {}], ids=["simulate", "open"])
def test_what_makes_no_sense_is_said_at_the_form(
    browser: Client, asked: dict[str, Any], said: str, button: dict[str, Any]
) -> None:
    answer = do(browser, "open", **asked, **button, **WHY)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Batch.objects.exists()


def test_the_kill_switch_asks_first_and_acts_at_once(browser: Client) -> None:
    mei = somebody("mei")
    let_in("everyone")
    assert address("close") in page(browser)
    asked = browser.get(address("close")).content.decode()
    assert "nobody sees anything of it" in asked
    assert "bg-red-600" in asked
    assert is_in(mei)
    assert do(browser, "close", why="").status_code == 200
    assert is_in(mei)
    assert do(browser, "close", **WHY).status_code == 302
    assert not is_in(mei)
    assert "Closed for all." in page(browser)
    do(browser, "reopen", **WHY)
    assert is_in(mei)


def test_batches_are_paused_go_on_and_are_removed(browser: Client) -> None:
    mei, batch = somebody("mei"), let_in("everyone")
    for act, inside in (("pause", False), ("resume", True), ("remove", False)):
        assert address(act, batch.pk) in page(browser)
        assert do(browser, act, batch.pk, **WHY).status_code == 302
        assert is_in(mei) == inside


def test_a_batch_is_changed_from_what_it_is(browser: Client) -> None:
    mei, bo = somebody("mei", region="130600"), somebody("bo", region="310000")
    batch = let_in("region", region="130000")
    begun = batch.starts_at
    assert address("change", batch.pk) in page(browser)
    form = browser.get(address("change", batch.pk)).content.decode()
    assert '<option value="130000" selected>' in form
    told = do(browser, "change", batch.pk, kind="region", region="310000", simulate="1").content.decode()
    assert "1 more would come in. 1 would be out." in told
    assert is_in(mei)
    asked = {"kind": "people", "people": "bo", "note": "only Bo", **WHY}
    assert do(browser, "change", batch.pk, **asked).status_code == 302
    assert (is_in(mei), is_in(bo)) == (False, True)
    batch.refresh_from_db()
    assert batch.starts_at == begun
    form = browser.get(address("change", batch.pk)).content.decode()
    assert re.search(r"<textarea name=\"people\"[^>]*>\s*</textarea>", form), "a list tells no names"
    assert "Write all of it anew." in form
    assert 'value="only Bo"' in form


def test_winding_down_and_letting_in_from_the_waiting_list(browser: Client) -> None:
    mei = somebody("mei")
    services.join_waiting(mei.pk, CIRCLES, now=utc_now())
    assert do(browser, "admit", count="3", **WHY).status_code == 302
    assert is_in(mei)
    refused = do(browser, "wind-down", until="2999-01-01", **WHY)
    assert "Close it first" in refused.content.decode()
    do(browser, "close", **WHY)
    assert do(browser, "wind-down", until="2999-01-01", **WHY).status_code == 302
    assert "until the end of 1 January 2999" in page(browser)


@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_look_changes_nothing(act: str) -> None:
    lin = somebody("lin", is_staff=True, language="en")
    batch = let_in("everyone")
    browser = signed_in(lin)
    assert browser.get(reverse("admin:rollout_feature_changelist")).status_code == 403
    lin.user_permissions.add(Permission.objects.get(codename="view_feature"))
    assert "/do/" not in page(browser)
    number = batch.pk if ACTS[act].of_batch else None
    given = {"kind": "everyone", "count": "1", "until": "2999-01-01", **WHY}
    assert browser.get(address(act, number)).status_code == 403
    assert do(browser, act, number, **given).status_code == 403
    assert Change.objects.count() == 1
    lin.user_permissions.add(Permission.objects.get(codename="change_feature"))
    assert signed_in(Person.objects.get(pk=lin.pk)).get(address(act, number)).status_code == 200


def test_shoppers_and_strangers_are_kept_out() -> None:
    for browser in (Client(), signed_in(somebody("mei"))):
        for place in (address("close"), reverse("admin:rollout_feature_change", args=[CIRCLES])):
            assert browser.get(place).status_code == 302
        assert browser.post(address("close"), WHY).status_code == 302
    assert not Change.objects.exists()


def test_what_is_not_there(browser: Client) -> None:
    other = let_in("everyone", feature="strangers")
    missing = [
        reverse("admin:rollout_feature_change", args=["teleport"]),
        address("fly"),
        address("close", feature="teleport"),
        address("pause"),
        address("pause", 999),
        address("pause", other.pk),
    ]
    assert [browser.get(place).status_code for place in missing] == [404] * len(missing)


def test_neither_log_nor_features_are_written_by_hand(browser: Client) -> None:
    services.close(CIRCLES, **how())
    entry = Change.objects.get()
    for name in ("add", "delete"):
        args = [] if name == "add" else [entry.pk]
        assert browser.get(reverse(f"admin:rollout_change_{name}", args=args)).status_code == 403
        assert (
            browser.get(reverse(f"admin:rollout_feature_{name}", args=[CIRCLES] if args else [])).status_code
            == 403
        )
    changed = browser.post(reverse("admin:rollout_change_change", args=[entry.pk]), {"why": "else"})
    assert changed.status_code == 403
    assert browser.post(reverse("admin:rollout_feature_change", args=[CIRCLES]), {}).status_code == 403
    assert browser.get(reverse("admin:rollout_change_changelist"), {"q": "test"}).status_code == 200
