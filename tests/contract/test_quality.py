"""Holding listings to standards through the API: for staff who may, with a scope of its own."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from kith.core.clock import utc_now
from kith.core.guard import Viewer
from kith.core.ids import read_id, write_id
from kith.jobs.housekeeping import resume_sweeps
from kith.people.tokens import Scope
from kith.quality import services as quality
from kith.quality.models import Appeal, Complaint, Decision, LabReport, RecallClaim, Remedy, Sweep, SweepState
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import Listing, RefundReason
from tests.contract.cast import Program, Street, items, looks, problem, told
from tests.quality.cast import MEASURED, paper, sells, state_of
from tests.shop import goods

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


def much_that_waits(street: Street) -> dict[str, list[int]]:
    """Five of everything that waits for staff, by its ids, in the order in which it should be seen to.

    Some came at the same instant as another, and two of the listings are reported by two buyers.
    """
    made: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for number in range(5):
        at = utc_now().replace(minute=0) - timedelta(hours=9 - (number + 1) // 2)
        then = Viewer(street.mo.pk, at)
        listing = sells(street.merchant, f"KN95口罩 {number}")
        line = goods.bought(street.mei, listing, key=f"waits-{number}", now=at - timedelta(days=1))
        report = quality.hand_in_report(
            then, merchant_id=street.merchant.pk, listing_ids=[listing.pk], paper=paper(number=f"R{number}")
        )
        decision = decided(street, listing, Act.RECALL)
        appeal = quality.appeal(then, decision_id=decision.pk, words="No.")
        claim = RecallClaim.objects.create(
            line=line, person=street.mei, decision=decision, remedy=Remedy.REPLACEMENT, at=at
        )
        buyers = [street.mei, street.bo] if number < 2 else [street.mei]
        for buyer in buyers:
            said = {"line": line, "reason": RefundReason.UNSAFE, "at": at}
            Complaint.objects.create(listing=listing, person=buyer, **said)
        for name, row in (("reports", report), ("appeals", appeal), ("claims", claim)):
            made[name].append((at, row.pk))
        made["complaints"].append((-len(buyers), at, listing.pk))
    return {name: [place[-1] for place in sorted(places)] for name, places in made.items()}


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


def test_the_paper_of_a_report_is_for_staff_who_may_see_reports(
    street: Street, ada: Program, mask: Listing, settings: Any, tmp_path: Path
) -> None:
    settings.PAPERS_ROOT = tmp_path
    report, bare = handed_in(street, mask), handed_in(street, mask, number="2")
    quality.add_file(looks(street.mo), report_id=report.pk, file=io.BytesIO(b"%PDF-1.7 signed"))
    here = f"/quality/reports/{write_id(report.pk)}/file"
    answer = ada.get(here)
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7 signed")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    name = f"report-{write_id(report.pk)}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert "RateLimit" in answer
    assert problem(ada.get(f"/quality/reports/{write_id(bare.pk)}/file"), 404)
    assert problem(ada.get(f"/quality/reports/{'0' * 13}/file"), 404)
    assert problem(Program(street.mo).get(here), 404)
    assert problem(Program(street.ada, [Scope.ROLLOUT]).get(here), 403)
    may = Permission.objects.filter(content_type__app_label="quality").exclude(codename="view_labreport")
    street.ada.user_permissions.set(may)
    assert problem(ada.get(here), 404)


# --- Pages ------------------------------------------------------------------------------------


def pages_of(program: Program, path: str, key: str) -> list[list[str]]:
    """All pages of a list, two things on each."""
    pages, cursor = [], ""
    while True:
        page = told(program.get(f"{path}limit=2{cursor}"))
        pages.append([one[key] for one in page["items"]])
        if page["next"] is None:
            return pages
        cursor = f"&cursor={page['next']}"


def test_all_that_waits_comes_in_pages(street: Street, ada: Program) -> None:
    made = {name: [write_id(pk) for pk in ids] for name, ids in much_that_waits(street).items()}
    for path, name, key in (
        ("/quality/reports?", "reports", "id"),
        ("/quality/appeals?", "appeals", "id"),
        ("/quality/complaints?", "complaints", "listing_id"),
        ("/quality/claims?", "claims", "id"),
    ):
        first, second, third = pages_of(ada, path, key)
        assert (len(first), len(second), len(third)) == (2, 2, 1)
        assert [*first, *second, *third] == made[name], name
        assert 'rel="next"' in ada.get(f"{path}limit=2")["Link"]
        assert problem(ada.get(f"{path}cursor=x"), 400)
        assert problem(ada.get(f"{path}limit=101"), 422)
    cursor = told(ada.get("/quality/reports?limit=1"))["next"]
    assert problem(ada.get(f"/quality/complaints?cursor={cursor}"), 400)
    cursor = told(ada.get("/quality/complaints?limit=1"))["next"]
    assert problem(ada.get(f"/quality/claims?cursor={cursor}"), 400)


def test_sweeps_come_in_pages_the_newest_first(ada: Program) -> None:
    hour = utc_now().replace(minute=0)
    made = [(hour + timedelta(hours=number // 2), number) for number in range(5)]
    for at, number in made:
        Sweep.objects.create(pk=number + 1, created_at=at, state=SweepState.DROPPED)
    seen = [one for page in pages_of(ada, "/quality/sweeps?", "id") for one in page]
    assert seen == [write_id(number + 1) for _at, number in sorted(made, reverse=True)]
    assert problem(ada.get("/quality/sweeps?cursor=x"), 400)


def test_what_is_done_comes_in_pages_the_newest_first(street: Street, ada: Program) -> None:
    made = much_that_waits(street)
    done: dict[str, list[tuple[Any, int]]] = defaultdict(list)
    for number in range(5):
        at = utc_now().replace(minute=0) + timedelta(hours=(number + 1) // 2)
        report, appeal, claim = (made[name][number] for name in ("reports", "appeals", "claims"))
        quality.decide_report(report, actor_id=street.ada.pk, now=at, verified=True)
        quality.decide_appeal(appeal, actor_id=street.ada.pk, now=at, overturn=False, reasons="No.")
        quality.finish_claim(claim, now=at)
        for name, pk in (("reports", report), ("appeals", appeal), ("claims", claim)):
            done[name].append((at, pk))
    for path, name in (
        ("/quality/reports?state=verified&", "reports"),
        ("/quality/appeals?state=upheld&", "appeals"),
        ("/quality/claims?done=yes&", "claims"),
    ):
        seen = [one for page in pages_of(ada, path, "id") for one in page]
        assert seen == [write_id(pk) for _at, pk in sorted(done[name], reverse=True)], name


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
