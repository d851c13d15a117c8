"""Holding listings to standards through the API: for staff who may, with a scope of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from kith.core.clock import utc_now
from kith.core.ids import read_id, write_id
from kith.jobs.housekeeping import resume_sweeps
from kith.people.tokens import Scope
from kith.quality import services as quality
from kith.quality.models import Appeal, Complaint, Decision, LabReport, RecallClaim, Remedy, Sweep
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import Listing, RefundReason
from tests.contract.cast import Program, Street, items, looks, problem, told
from tests.quality.cast import MEASURED, paper, sells, state_of

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
WHY = {"why": "We looked at all of it"}


@pytest.fixture
def ada(street: Street) -> Program:
    return Program(street.ada, [Scope.QUALITY])


@pytest.fixture
def mask(street: Street) -> Listing:
    return sells(street.merchant, "KN95口罩 GB2626-2019", name="mask")


def handed_in(street: Street, mask: Listing, **said: Any) -> LabReport:
    return quality.hand_in_report(
        looks(street.mo), merchant_id=street.merchant.pk, listing_ids=[mask.pk],
        paper=paper(standard="GB 2626-2019", **said),
    )  # fmt: skip


def decided(street: Street, mask: Listing, act: Act, by: Any = None) -> Decision:
    return quality.decide(
        act=act, listing_id=mask.pk, actor_id=by.pk if by else None, now=utc_now(),
        grounds=Grounds(words="Looked at."),
    )  # fmt: skip


LISTS = ("sweeps", "reports", "appeals", "complaints", "claims", "shops", "refunds")


def test_it_is_for_staff_who_may_and_their_tokens_that_may(street: Street, ada: Program) -> None:
    others = Program(street.ada, [scope for scope in Scope if scope != Scope.QUALITY])
    for name in LISTS:
        assert ada.get(f"/quality/{name}").status_code == 200
        assert problem(others.get(f"/quality/{name}"), 403)["type"] == "/problems/scope-missing"
        assert problem(Program(street.mo).get(f"/quality/{name}"), 404)
        assert problem(Program(None).get(f"/quality/{name}"), 401)
    street.ada.is_staff = False
    street.ada.save()
    assert problem(ada.get("/quality/sweeps"), 404)


def test_each_permission_opens_its_own_alone(street: Street, ada: Program, mask: Listing) -> None:
    street.ada.user_permissions.set(Permission.objects.filter(codename__in=["view_sweep", "view_decision"]))
    assert {name: ada.get(f"/quality/{name}").status_code for name in LISTS} == {
        "sweeps": 200, "shops": 200, "refunds": 200, "reports": 404, "appeals": 404, "complaints": 404,
        "claims": 404,
    }  # fmt: skip
    assert problem(ada.post("/quality/sweeps", {}), 404)
    where = f"/quality/listings/{write_id(mask.pk)}"
    assert ada.get(where).status_code == 200
    assert problem(ada.post(f"{where}/decisions", {"act": "remove", "words": "x"}), 404)
    assert not Sweep.objects.exists()
    assert state_of(mask) == ""


def test_a_sweep_from_its_beginning_to_its_undoing(street: Street, ada: Program, mask: Listing) -> None:
    begun = told(ada.post("/quality/sweeps", {"standard": "GB 2626"}, idempotency_key=KEY), 201)
    again = told(ada.post("/quality/sweeps", {"standard": "GB 2626"}, idempotency_key=KEY), 201)
    assert (begun, begun["stage"], begun["by_worker"]) == (again, "waits", True)
    here = f"/quality/sweeps/{begun['id']}"
    assert problem(ada.post(f"{here}/sample", {"number": 1}), 409)["type"] == "/problems/sweep-refused"
    resume_sweeps()
    scanned = told(ada.get(here))
    assert (scanned["stage"], scanned["listings"], scanned["flagged"]) == ("scanned", 1, 1)
    assert next(one["rule"] for one in scanned["by_rule"]) == "unproven"
    (found, *_more) = items(ada.get(f"{here}/findings?rule=unproven"))
    assert (found["listing_id"], found["act"], found["main"]) == (write_id(mask.pk), "remove", True)
    assert problem(ada.get(f"{here}/findings?rule=eaten"), 422)
    (drawn,) = told(ada.post(f"{here}/sample", {"number": 9}), 201)["items"]
    assert problem(ada.post(f"{here}/sample", {"number": 9}), 409)
    assert drawn["right"] is None
    judged = told(ada.send("PUT", f"{here}/sample/{write_id(mask.pk)}", {"right": True, "note": "so"}))
    assert (judged["sample"]["judged"], judged["sample"]["right"]) == (1, 1)
    assert problem(ada.send("PUT", f"{here}/sample/{write_id(street.kettle.pk)}", {"right": True}), 404)
    assert problem(ada.post(f"{here}/apply", {}), 409)
    assert problem(ada.post(f"{here}/undo", WHY), 409)
    assert told(ada.post(f"{here}/apply", WHY))["stage"] == "applying"
    resume_sweeps()
    applied = told(ada.get(here))
    assert (applied["stage"], applied["decisions"], state_of(mask)) == ("applied", 1, "removed")
    assert problem(ada.post(f"{here}/drop", WHY), 409)
    assert problem(ada.post(f"{here}/undo", {"why": "  "}), 409)
    assert told(ada.post(f"{here}/undo", WHY))["stage"] == "undoing"
    resume_sweeps()
    assert (told(ada.get(here))["stage"], state_of(mask)) == ("undone", "")


def test_what_a_sweep_cannot_be_about(ada: Program) -> None:
    for body in ({"standard": "GB 1"}, {"category": "no-shelf"}):
        assert problem(ada.post("/quality/sweeps", body), 409)["type"] == "/problems/sweep-refused"
    assert problem(ada.post("/quality/sweeps", {"standard": 7}), 422)
    for path in ("", "/findings", "/sample"):
        assert problem(ada.get(f"/quality/sweeps/{'0' * 13}{path}"), 404)
    assert not Sweep.objects.exists()


def test_findings_come_in_pages(street: Street, ada: Program) -> None:
    for number in range(5):
        sells(street.merchant, f"KN95口罩 GB2626-2019 {number} 号")
    sweep = quality.scan(quality.plan_sweep(actor_id=None, now=utc_now()).pk, now=utc_now())
    here = f"/quality/sweeps/{write_id(sweep.pk)}/findings?rule=unproven&limit=2"
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = told(ada.get(f"{here}{cursor}"))
        seen += [one["listing_id"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert page["next"] is None
    assert len(seen) == len(set(seen)) == 5
    assert problem(ada.get(f"{here}&cursor=x"), 400)


def test_reports_are_verified_or_refused(street: Street, ada: Program, mask: Listing) -> None:
    report = handed_in(street, mask, measures={MEASURED: 71.0})
    (waiting,) = items(ada.get("/quality/reports"))
    here = f"/quality/reports/{waiting['id']}"
    shown = told(ada.get(here))
    (limit,) = [one for one in shown["limits"] if one["quantity"] == MEASURED]
    assert (limit["at_least"], limit["value"], limit["keeps"], limit["grade"]) == (95.0, 71.0, False, "KN95")
    assert "submitted_by" not in shown
    assert problem(ada.post(f"{here}/refuse", {"reason": " "}), 422)["type"] == "/problems/report-refused"
    assert told(ada.post(f"{here}/refuse", {"reason": "Not legible"}))["state"] == "refused"
    verified = told(ada.post(f"{here}/verify", {"covers": [write_id(mask.pk)]}))
    assert (verified["state"], verified["decided_by"]) == ("verified", "ada")
    assert verified["listings"] == [
        {"listing_id": write_id(mask.pk), "title": mask.title, "covered": True}
    ]  # fmt: skip
    assert items(ada.get("/quality/reports")) == []
    assert len(items(ada.get("/quality/reports?state=verified"))) == 1
    assert problem(ada.get(f"/quality/reports/{write_id(report.pk + 1)}"), 404)


def test_an_appeal_is_answered_by_somebody_else_once(street: Street, ada: Program, mask: Listing) -> None:
    decision = decided(street, mask, Act.REMOVE, by=street.ada)
    appeal = quality.appeal(looks(street.mo), decision_id=decision.pk, words="It is good.")
    here = f"/quality/appeals/{write_id(appeal.pk)}"
    shown = told(ada.get(here))
    assert (shown["had_a_part"], shown["stands"], shown["words"]) == (True, True, "It is good.")
    answer = {"overturn": True, "reasons": "It is proven."}
    assert problem(ada.post(f"{here}/answer", answer), 409)["type"] == "/problems/appeal-refused"
    assert state_of(mask) == "removed"
    street.eve.is_staff = True
    street.eve.save()
    street.eve.user_permissions.set(Permission.objects.filter(content_type__app_label="quality"))
    eve = Program(street.eve)
    assert problem(eve.post(f"{here}/answer", {"overturn": True, "reasons": " "}), 409)
    assert told(eve.post(f"{here}/answer", answer))["state"] == "overturned"
    assert state_of(mask) == ""
    assert problem(eve.post(f"{here}/answer", answer), 409)
    assert items(eve.get("/quality/appeals")) == []
    assert Appeal.objects.unguarded("a test looks behind it").get().decided_by == street.eve


def test_complaints_name_nobody(street: Street, ada: Program) -> None:
    listing = street.kettle.pk
    quality.report_listing(looks(street.mei), listing_id=listing, reason=RefundReason.UNSAFE, words="Burns")
    answer = ada.get("/quality/complaints")
    (one,) = items(answer)
    assert (one["buyers"], one["why"][0]["code"], one["state"]) == (1, "unsafe", "")
    for trace in ("mei", "Mei", write_id(street.mei.pk), "13800138000", "Burns"):
        assert trace not in answer.content.decode()
    there = f"/quality/complaints/{write_id(listing)}/dismiss"
    assert [told(ada.post(there))["dismissed"] for _ in range(2)] == [1, 0]
    assert items(ada.get("/quality/complaints")) == []
    assert Complaint.objects.unguarded("a test looks behind it").get().dismissed_at is not None


def test_claims_are_done_once(street: Street, ada: Program, mask: Listing) -> None:
    decision = decided(street, street.kettle, Act.RECALL)
    claim = RecallClaim.objects.create(
        line=street.line, person=street.mei, decision=decision, remedy=Remedy.DISPOSAL, at=utc_now()
    )
    there = f"/quality/claims/{write_id(claim.pk)}/done"
    assert items(ada.get("/quality/claims")) == []
    assert problem(ada.post(there), 404)
    RecallClaim.objects.unguarded("they choose otherwise").update(remedy=Remedy.REPLACEMENT)
    answer = ada.get("/quality/claims")
    (one,) = items(answer)
    assert (one["remedy"], one["order"]) == ("replacement", street.line.order.external_id)
    for trace in ('"mei"', "Mei", write_id(street.mei.pk), "13800138000", "李梅"):
        assert trace not in answer.content.decode()
    assert [items(ada.post(there)) for _ in range(2)] == [[], []]
    assert len(items(ada.get("/quality/claims?done=yes"))) == 1


def test_a_listing_is_decided_about_by_legal_steps(street: Street, ada: Program, mask: Listing) -> None:
    quality.scan(quality.plan_sweep(actor_id=None, now=utc_now()).pk, now=utc_now())
    here = f"/quality/listings/{write_id(mask.pk)}"
    live = told(ada.get(here))
    assert (live["state"], live["acts"]) == ("", ["suspect", "remove", "recall"])
    assert "unproven" in [one["rule"] for one in live["grounds"]]
    recall = {"act": "recall", "rule": "unproven", "words": "It does not protect."}
    made = told(ada.post(f"{here}/decisions", recall, idempotency_key=KEY), 201)
    assert told(ada.post(f"{here}/decisions", recall, idempotency_key=KEY), 201) == made
    assert (made["state"], made["acts"], len(made["steps"])) == ("recalled", ["reinstate"], 1)
    step = made["steps"][0]
    assert (step["act"], step["who"], step["words"], step["rule"]) == (
        "recall", "ada", "It does not protect.", "unproven",
    )  # fmt: skip
    for body, status in (
        ({"act": "remove", "words": "Now"}, 409), ({"act": "reinstate", "words": "  "}, 409),
        ({"act": "reinstate"}, 422), ({"act": "close", "words": "x"}, 422),
        ({"act": "reinstate", "rule": "eaten", "words": "x"}, 422),
    ):  # fmt: skip
        assert problem(ada.post(f"{here}/decisions", body), status)
    assert Decision.objects.count() == 1
    assert problem(ada.get(f"/quality/listings/{'0' * 13}"), 404)
    assert problem(ada.post(f"/quality/listings/{'0' * 13}/decisions", recall), 404)


def test_a_shop_is_closed_and_opened_again(street: Street, ada: Program) -> None:
    for number in range(3):
        decided(street, sells(street.merchant, f"假 {number}"), Act.REMOVE)
    (proposed,) = items(ada.get("/quality/shops"))
    assert (proposed["taken_down"], proposed["listings"]) == (3, 4)
    here = f"/quality/shops/{proposed['merchant_id']}"
    assert read_id(proposed["merchant_id"]) == street.merchant.pk
    assert told(ada.get(here))["acts"] == ["close"]
    assert problem(ada.post(f"{here}/decisions", {"act": "close", "words": " "}), 409)
    closed = told(ada.post(f"{here}/decisions", {"act": "close", "words": "All false"}), 201)
    assert (closed["acts"], len(closed["takedowns"]), closed["closed_at"] is None) == (["reopen"], 3, False)
    assert problem(ada.post(f"{here}/decisions", {"act": "close", "words": "All false"}), 409)
    assert told(ada.post(f"{here}/decisions", {"act": "reopen", "words": "Mended"}), 201)["closed_at"] is None
    assert problem(ada.get(f"/quality/shops/{'0' * 13}"), 404)


def test_refunds_in_figures(street: Street, ada: Program) -> None:
    figures = told(ada.get("/quality/refunds?weeks=4"))
    assert len(figures["weeks"]) == 4
    assert figures["weeks"][-1]["count"]["orders"] == 1
    assert figures["weeks"][-1]["is_whole"] is False
    assert figures["knows_year_before"] is False
    for weeks in ("1", "53", "x"):
        assert problem(ada.get(f"/quality/refunds?weeks={weeks}"), 422)


def test_no_signed_in_browser_and_no_other_way_in(street: Street) -> None:
    client = Client()
    client.force_login(street.ada)
    assert client.get("/api/v1/quality/sweeps").status_code == 401
    assert json.loads(client.get("/api/v1/quality/sweeps").content)["type"] == "/problems/sign-in-first"
