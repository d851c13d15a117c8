"""What becomes of records: who then sees what, and what is answered."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.notices.models import Notice
from kith.people.models import Consent, Person, SharingPreference
from kith.sharing.deliver import find_differences
from kith.sharing.intake import BadSource
from kith.sharing.models import Comment, Share
from kith.sharing.services import change_audience, delete_share, hide_share, set_sharing, withdraw_consent
from kith.shop.models import Category, Listing, Order, OrderLine
from kith.ties.models import Circle, Member, Relationship
from tests.intake.test_records import GOOD, JSON, STRANGE, _places
from tests.intake.told import (
    CONSENT,
    NEIGHBOURHOOD,
    NOW,
    at,
    circle,
    everything,
    friends,
    listing,
    merchant,
    open_to_all,
    order,
    person,
    review,
    send,
    send_all,
    shown_to,
    who,
)

pytestmark = pytest.mark.django_db
LOOKING = "a test looks at what was written"


@pytest.fixture
def told() -> None:
    open_to_all()
    answers = send_all(NEIGHBOURHOOD)
    assert [answer.reason for answer in answers if answer.outcome != "taken"] == []


def outcomes(*records: Any, **how: Any) -> list[str]:
    return [answer.outcome for answer in send(*records, **how)]


def reason(*records: Any) -> str:
    last = send(*records)[-1]
    assert last.outcome == "rejected"
    return last.reason


# --- The whole of it ----------------------------------------------------------------


def test_bo_in_her_family_sees_what_mei_bought_and_thought_and_nobody_else_does(told: None) -> None:
    assert shown_to("bo") == [("purchase", "l1"), ("purchase", "l2"), ("review", "l1")]
    for name in ("chen", "dan", "eve", "mei"):
        assert shown_to(name) == []
    assert find_differences() == []


def test_sent_again_every_record_is_unchanged_and_nothing_is_doubled(told: None) -> None:
    before = everything()
    assert set(outcomes(*NEIGHBOURHOOD)) == {"unchanged"}
    assert everything() == before


def test_taken_in_again_on_purpose_nothing_is_doubled_either(told: None) -> None:
    before = everything()
    assert "rejected" not in outcomes(*NEIGHBOURHOOD, again=True)
    assert everything() == before
    assert find_differences() == []


def test_answers_come_in_the_order_of_their_records_and_name_them() -> None:
    answers = send(person("mei"), {"type": "person", "id": "x"}, "junk", merchant(), 5)
    assert [answer.index for answer in answers] == [0, 1, 2, 3, 4]
    assert [answer.id for answer in answers] == ["mei", "x", "", "m1", ""]
    assert [answer.outcome for answer in answers] == ["taken", "rejected", "rejected", "taken", "rejected"]


def test_two_sources_keep_their_ids_apart() -> None:
    send(person("mei"))
    send(person("mei", name="Another"), source="elsewhere")
    assert Person.objects.filter(external_id="mei").count() == 2
    assert send(friends("mei", "bo"), source="elsewhere")[0].reason == "unknown person bo"


@pytest.mark.parametrize("source", ["", "  ", "x" * 41])
def test_a_source_has_a_name(source: str) -> None:
    with pytest.raises(BadSource):
        send(source=source)


def test_the_same_record_twice_in_a_row_is_taken_once(told: None) -> None:
    new = order("o9", "mei")
    assert outcomes(new, new, order("o9", "mei", status="refunded", day=12)) == [
        "taken",
        "unchanged",
        "taken",
    ]
    assert Order.objects.unguarded(LOOKING).filter(external_id="o9").count() == 1


# --- People and consent ---------------------------------------------------------------


def test_a_new_person_shows_nothing_without_consent_or_without_choosing_to() -> None:
    open_to_all()
    send(person("mei", consent=None), person("bo"), person("dan", sharing=None))
    send(friends("mei", "bo"), friends("dan", "bo"), circle("mei", "bo"), circle("dan", "bo"))
    send(merchant(), listing(), order("o1", "mei"), order("o2", "dan"))
    assert shown_to("bo") == []
    assert not Person.objects.get(external_id="mei").shows


def test_nothing_is_shared_from_before_consent_or_from_before_it_was_chosen() -> None:
    open_to_all()
    send(person("mei", sharing_since=at(8)), person("bo"), friends("mei", "bo"), circle("mei", "bo"))
    early, between, late = order("o1", "mei"), order("o2", "mei"), order("o3", "mei")
    early["placed_at"], between["placed_at"], late["placed_at"] = at(-1), at(5), at(9)
    send(merchant(), listing(), early, between, late)
    assert shown_to("bo") == [("purchase", "l1")]
    assert reason(review("r0", "mei", day=-1)) == "from before mei agreed to sharing"


def test_consent_withdrawn_here_is_not_given_back_by_an_older_record(told: None) -> None:
    withdraw_consent(who("mei"), surface="web")
    assert shown_to("bo") == []
    send(person("mei", name="Mei Lin"))
    assert shown_to("bo") == []
    assert Person.objects.get(external_id="mei").display_name == "Mei Lin"
    assert Consent.objects.filter(person__external_id="mei").count() == 2


def test_consent_withdrawn_at_the_source_takes_everything_back_at_once(told: None) -> None:
    send(person("mei", consent={"sharing": {"version": "1", "at": at(30), "given": False}}))
    assert shown_to("bo") == []
    assert not Relationship.objects.unguarded(LOOKING).get(owner__external_id="bo").shows


def test_given_anew_consent_does_not_bring_the_past_back(told: None) -> None:
    send(person("mei", consent={"sharing": {"version": "1", "at": at(30), "given": False}}))
    send(person("mei", consent={"sharing": {"version": "2", "at": at(40)}}))
    assert shown_to("bo") == []
    assert Person.objects.get(external_id="mei").shows


def test_a_choice_made_here_stands_against_an_older_one_from_the_source(told: None) -> None:
    set_sharing(who("mei"), mode="off")
    send(person("mei", name="Mei Lin", sharing="after_delivery"))
    assert SharingPreference.objects.get(person__external_id="mei").mode == "off"


def test_a_newer_choice_at_the_source_wins(told: None) -> None:
    send(person("mei", sharing="off", sharing_since=at(50)))
    assert SharingPreference.objects.get(person__external_id="mei").mode == "off"


def test_paused_or_suspended_at_the_source_hides_everything(told: None) -> None:
    for fact in ("paused", "suspended"):
        send(person("mei", **{fact: True}))
        assert shown_to("bo") == []
        send(person("mei", **{fact: False}))
        assert len(shown_to("bo")) == 3


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (
            person("x", consent={"sharing": {"version": "1", "at": "2026-03-15T00:00:00Z"}}),
            "consent is in the future",
        ),
        (person("x", born=2020), "born is not between"),
        (person("x", region="999999"), "there is no region 999999"),
        (person("x", handle="Kith"), "handle is not 3 to 20 letters"),
        (person("x", name="\u200b\u200b"), "name has signs that cannot be shown"),
    ],
)
def test_a_person_who_cannot_be_so_is_rejected(record: dict[str, Any], why: str) -> None:
    assert reason(record).startswith(why)
    assert not Person.objects.filter(external_id="x").exists()


def test_a_number_or_a_handle_belongs_to_one_account() -> None:
    phone = "+8613800138000"
    assert outcomes(person("mei", phone=phone, handle="mei_lin")) == ["taken"]
    assert reason(person("eve", phone="138 0013 8000")) == "phone belongs to another account"
    assert reason(person("eve", handle="mei_lin")) == "handle belongs to another account"
    assert outcomes(person("a", phone="+8613800138001"), person("b", phone="+8613800138001")) == [
        "taken",
        "rejected",
    ]
    assert outcomes(person("mei", phone=phone, name="Mei Lin")) == ["taken"]


def test_a_place_is_kept_no_finer_than_its_city() -> None:
    send(person("mei", region="130602"))
    assert Person.objects.get(external_id="mei").region == "130600"


def test_nobody_can_sign_in_with_an_imported_accounts_password() -> None:
    send(person("mei"))
    assert not Person.objects.get(external_id="mei").has_usable_password()


# --- Ties -----------------------------------------------------------------------------


def test_friends_have_a_row_each_and_are_friends_once(told: None) -> None:
    rows = Relationship.objects.unguarded(LOOKING).filter(friend_at__isnull=False)
    assert rows.count() == 4
    assert outcomes(friends("bo", "mei") | {"at": at(9)}) == ["unchanged"]


def test_who_has_blocked_whom_does_not_become_friends_by_a_record(told: None) -> None:
    assert reason(friends("dan", "mei")) == "one of them has blocked the other"


def test_a_block_ends_a_friendship_and_what_it_showed(told: None) -> None:
    send({"type": "block", "owner": "bo", "other": "mei", "at": at(60)})
    assert shown_to("bo") == []
    assert not Member.objects.unguarded(LOOKING).exists()
    assert find_differences() == []


def test_a_circle_is_its_whole_list(told: None) -> None:
    send(circle("mei", "chen"))
    assert shown_to("bo") == []
    assert len(shown_to("chen")) == 3
    assert find_differences() == []


def test_a_circles_window_counts_for_the_past_too(told: None) -> None:
    send(circle("mei", "bo", window="3d"))
    assert shown_to("bo") == []
    send(circle("mei", "bo", window="all"))
    assert len(shown_to("bo")) == 3
    assert find_differences() == []


def test_only_friends_come_into_a_circle(told: None) -> None:
    assert reason(circle("mei", "bo", "eve")) == "eve is not a friend of mei"
    assert reason(circle("mei", "bo", "nobody")) == "unknown person nobody"
    assert len(shown_to("bo")) == 3


def test_the_bounds_hold(told: None, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"Circle {number}" for number in range(20)]
    answers = send_all([circle("mei", name=name) for name in names])
    assert [answer.outcome for answer in answers] == ["taken"] * 19 + ["rejected"]
    assert answers[-1].reason == "mei has 20 circles, the most there can be"
    assert reason(circle("mei", *(f"u{n}" for n in range(151)))) == "members has more than 150 entries"
    monkeypatch.setattr("kith.sharing.intake.ties.MOST_FRIENDS", 3)
    send(person("fay"), person("gus"))
    assert outcomes(friends("mei", "fay"), friends("mei", "gus"), friends("fay", "gus")) == [
        "taken",
        "rejected",
        "taken",
    ]


def test_what_one_says_of_a_friend_stays_with_them(told: None) -> None:
    send({"type": "tie", "owner": "bo", "other": "mei", "muted": True, "alias": "Sis"})
    assert shown_to("bo") == []
    row = Relationship.objects.unguarded(LOOKING).get(owner__external_id="bo", other__external_id="mei")
    assert (row.alias, row.muted) == ("Sis", True)
    assert reason({"type": "tie", "owner": "bo", "other": "eve", "muted": True}) == "they are not friends"


# --- The shop ---------------------------------------------------------------------------


def test_a_listing_on_an_unknown_shelf_makes_the_shelf() -> None:
    send(merchant(), listing(category="strange-things"))
    assert Category.objects.get(pk="strange-things").name_en == "strange-things"
    assert Listing.objects.get(external_id="l1").price.minor == 1990


def test_a_shelf_once_sensitive_is_not_opened_by_a_record() -> None:
    shelf = {"type": "category", "id": "things", "name_en": "Things"}
    send(shelf | {"sensitive": True}, shelf | {"sensitive": False})
    assert Category.objects.get(pk="things").sensitive


def test_what_is_sensitive_or_a_gift_is_never_shown(told: None) -> None:
    send({"type": "category", "id": "secret", "sensitive": True}, listing("l3", category="secret"))
    send(order("o3", "mei", what="l3"), order("o4", "mei", gift=True))
    assert shown_to("bo") == [("purchase", "l1"), ("purchase", "l2"), ("review", "l1")]
    assert "sensitive" in reason(review("r3", "mei", what="l3"))
    assert OrderLine.objects.unguarded(LOOKING).get(order__external_id="o4").is_gift


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (listing("x", merchant="m9"), "unknown merchant m9"),
        (listing("x", price="1.999"), "'1.999' is not an amount in CNY"),
        (listing("x", price="1.5", currency="JPY"), "'1.5' is not an amount in JPY"),
        (order("x", "nobody"), "unknown person nobody"),
        (order("x", "mei", what="l9"), "unknown listing l9"),
        (order("o1", "bo"), "this order has another buyer"),
    ],
)
def test_what_refers_to_nothing_or_cannot_be_paid_is_rejected(told: None, record: Any, why: str) -> None:
    assert reason(record) == why


STATES = [("placed", 6), ("shipped", 7), ("delivered", 8), ("refund_requested", 9), ("refunded", 10)]


@pytest.mark.parametrize("seed", range(12))
def test_states_may_come_late_out_of_order_and_more_than_once(told: None, seed: int) -> None:
    states = [order("o9", "mei", status=status, day=day) for status, day in STATES]
    lot = random.Random(seed)
    shuffled = lot.sample(states + states[:3], 8)
    send_all(shuffled)
    line = OrderLine.objects.unguarded(LOOKING).get(order__external_id="o9")
    assert (line.status, line.delivered_at) == ("refunded", CONSENT + timedelta(days=8))
    share = Share.objects.unguarded(LOOKING).get(line=line)
    assert share.outcome == "returned"
    assert find_differences() == []


def test_an_older_state_of_an_order_changes_nothing(told: None) -> None:
    assert outcomes(order("o1", "mei", status="shipped", day=7)) == ["unchanged"]


def test_a_refund_corrects_the_purchase_and_the_review(told: None) -> None:
    send(order("o1", "mei", status="refunded", day=40, reason="too small"))
    outcomes_of_l1 = Share.objects.unguarded(LOOKING).filter(listing__external_id="l1")
    assert set(outcomes_of_l1.values_list("outcome", flat=True)) == {"returned"}
    assert find_differences() == []


def test_what_was_rejected_goes_in_once_what_it_needs_is_there(told: None) -> None:
    early = order("o7", "mei", what="l7")
    assert reason(early) == "unknown listing l7"
    assert outcomes(listing("l7"), early) == ["taken", "taken"]
    assert ("purchase", "l7") in shown_to("bo")


# --- What is said -----------------------------------------------------------------------


def test_a_review_belongs_to_the_newest_line_that_had_arrived(told: None) -> None:
    share = Share.objects.unguarded(LOOKING).get(external_id="r1")
    assert share.line is not None
    assert share.line.listing.external_id == "l1"
    send(review("r2", "mei"))
    assert Share.objects.unguarded(LOOKING).get(external_id="r2").line is None


def test_a_review_from_before_it_arrived_belongs_to_no_line(told: None) -> None:
    send(listing("l7"), order("o7", "mei", what="l7", day=40), review("r7", "mei", what="l7", day=30))
    assert Share.objects.unguarded(LOOKING).get(external_id="r7").line is None


def test_of_two_reviews_of_a_thing_bought_twice_each_has_its_line(told: None) -> None:
    send(order("o5", "mei", day=30), review("r5", "mei", day=31), review("r6", "mei", day=32))
    lines = {
        name: Share.objects.unguarded(LOOKING).get(external_id=name).line_id for name in ("r1", "r5", "r6")
    }
    assert lines["r6"] is None
    assert len(set(lines.values())) == 3


def test_a_review_goes_to_the_circles_named_or_to_those_by_default(told: None) -> None:
    send(circle("mei", "chen", name="Work", default=False))
    send(review("r2", "mei", circles=["Work"]), review("r3", "mei", what="l2", circles=[]))
    assert shown_to("chen") == [("review", "l1")]
    assert len(shown_to("bo")) == 3
    send(review("r5", "mei", what="l2"))
    assert shown_to("chen") == [("review", "l1")]
    assert len(shown_to("bo")) == 4
    assert reason(review("r4", "mei", circles=["Friends"])) == "mei has no circle Friends"


def test_a_review_to_everyone_is_seen_by_strangers_and_not_by_who_is_shut_out(told: None) -> None:
    send(review("r2", "mei", everyone=True, circles=[]))
    seen = {
        name: Share.objects.visible_to(who(name)).filter(external_id="r2").exists()
        for name in ("bo", "eve", "dan")
    }
    assert seen == {"bo": True, "eve": True, "dan": False}


def test_a_review_that_changes_keeps_what_its_author_did_with_it_here(told: None) -> None:
    share = Share.objects.unguarded(LOOKING).get(external_id="r1")
    hide_share(who("mei"), share_id=share.pk)
    send(review("r1", "mei", rating=1, text="Broke."))
    share.refresh_from_db()
    assert (share.rating, share.text) == (1, "Broke.")
    assert share.withdrawn_at is not None
    assert ("review", "l1") not in shown_to("bo")


def test_a_review_that_changes_stays_with_the_circles_its_author_has_chosen_here(told: None) -> None:
    send(circle("mei", "chen", name="Work", default=False))
    work = Circle.objects.unguarded(LOOKING).get(name="Work")
    share = Share.objects.unguarded(LOOKING).get(external_id="r1")
    change_audience(who("mei"), share_id=share.pk, circle_ids=[work.pk])
    send(review("r1", "mei", rating=1))
    assert ("review", "l1") not in shown_to("bo")
    assert shown_to("chen") == [("review", "l1")]
    send(review("r1", "mei", rating=2, circles=["Family"]))
    assert ("review", "l1") in shown_to("bo")
    assert find_differences() == []


def test_what_its_author_has_deleted_here_does_not_come_back(told: None) -> None:
    share = Share.objects.unguarded(LOOKING).get(external_id="r1")
    delete_share(who("mei"), share_id=share.pk)
    assert outcomes(review("r1", "mei")) == ["unchanged"]
    assert ("review", "l1") not in shown_to("bo")


def test_an_id_stays_with_its_author_and_its_thing(told: None) -> None:
    assert "another author's" in reason(review("r1", "bo"))
    assert reason(review("r1", "mei", what="l2")) == "this share is of another listing"


def test_a_purchase_can_be_shown_by_hand(told: None) -> None:
    send(person("chen", sharing="ask", sharing_since=at(2)), circle("chen", "mei"), order("o7", "chen"))
    assert Notice.objects.unguarded(LOOKING).filter(kind="may_share").count() == 1
    shown = {"type": "purchase", "id": "p1", "author": "chen", "order": "o7", "line": "1", "at": at(15)}
    assert outcomes(shown | {"circles": ["Family"], "text": "Bought this."}) == ["taken"]
    assert shown_to("mei") == [("purchase", "l1")]
    assert not Notice.objects.unguarded(LOOKING).filter(kind="may_share").exists()
    assert reason(shown | {"id": "p3", "order": "o1"}) == "chen has not bought this"
    assert reason(shown | {"id": "p4"}) == "there is a purchase of this order line already"


def test_questions_tips_comments_and_likes(told: None) -> None:
    question = {
        "type": "question",
        "id": "q1",
        "author": "mei",
        "text": "Which?",
        "at": at(20),
        "category": "things",
    }
    tip = {"type": "tip", "id": "t1", "author": "mei", "text": "Soak it.", "at": at(21), "listing": "l1"}
    answer = {"type": "comment", "id": "c1", "share": "q1", "author": "bo", "text": "This one.", "at": at(22)}
    like = {"type": "like", "share": "t1", "person": "bo", "at": at(22)}
    assert outcomes(question, tip, answer, like) == ["taken"] * 4
    assert outcomes(question, tip, answer, like, again=True) == ["taken", "taken", "unchanged", "unchanged"]
    assert len(shown_to("bo")) == 5
    assert Comment.objects.unguarded(LOOKING).count() == 1
    assert reason(answer | {"id": "c2", "share": "nothing"}) == "unknown share nothing"
    assert reason(like | {"person": "mei"}) == "it is their own"


def test_a_review_of_tomorrow_is_seen_tomorrow(told: None) -> None:
    send(review("r8", "mei", what="l2") | {"at": (NOW + timedelta(days=1)).isoformat()})
    assert ("review", "l2") not in shown_to("bo")


# --- Whatever comes ---------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(JSON | st.sampled_from([*NEIGHBOURHOOD, *GOOD]), max_size=8), st.data())
def test_whatever_comes_is_answered_and_leaves_everything_exact(
    db: None, records: list[Any], data: st.DataObject
) -> None:
    records = [_spoiled(record, data) for record in records]
    answers = send_all(records)
    assert [answer.index for answer in answers] == list(range(len(records)))
    assert find_differences() == []
    rows = Relationship.objects.unguarded(LOOKING)
    assert all(rows.filter(owner=row.other, other=row.owner).exists() for row in rows.all())


def _spoiled(record: Any, data: st.DataObject) -> Any:
    if not isinstance(record, dict) or "type" not in record or not data.draw(st.booleans()):
        return record
    copied = {**record}
    parent, key = data.draw(st.sampled_from([place for place in _places(copied) if place[0] is copied]))
    parent[key] = data.draw(STRANGE)
    return copied


@pytest.mark.parametrize("spoiled", range(6))
def test_a_record_that_the_database_refuses_does_not_take_its_neighbours_along(
    spoiled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import DataError

    from kith.sharing.intake import taking

    plain = taking.TAKERS["person"]

    def refuse(records: Any, origin: Any) -> Any:
        verdicts = plain(records, origin)
        if any(record.id == f"u{spoiled}" for record in records):
            raise DataError("invalid byte")
        return verdicts

    monkeypatch.setitem(taking.TAKERS, "person", refuse)
    answers = send_all([person(f"u{number}") for number in range(6)])
    assert [answer.outcome for answer in answers].count("taken") == 5
    assert answers[spoiled].reason == "it cannot be kept: invalid byte"
    assert Person.objects.count() == 5
