"""What the shop's staff do about quality on their pages: with the permission for it, once, and no more."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from kith.core.clock import utc_now
from kith.core.ids import random_id
from kith.jobs.housekeeping import resume_sweeps
from kith.people.models import Person
from kith.quality import scanning
from kith.quality import services as quality
from kith.quality.models import (
    Appeal,
    Complaint,
    Decision,
    Finding,
    LabReport,
    RecallClaim,
    Remedy,
    ReportUse,
    SampleItem,
    Sweep,
    SweepState,
)
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import LineStatus, Listing, Merchant, Order, OrderLine, RefundReason, Source
from tests.quality.cast import LIVE, MEASURED, REMOVED, paper, sells, shop, state_of
from tests.shop import goods
from tests.web.cast import as_viewer, browser_of, open_to_all, somebody

pytestmark = pytest.mark.django_db

EVIL = "<script>alert(1)</script>"
SEEN = "a test looks behind the pages"


class Stage:
    """Lin sells masks, Mei has bought one. Mo may do everything, Wei only look, Xu is staff with nothing."""

    def __init__(self) -> None:
        open_to_all()
        self.lin, self.mei = somebody("Lin"), somebody("Mei", phone="+8613912345678")
        self.mo = somebody("Mo", consents=False, is_staff=True, is_superuser=True)
        self.wei = somebody("Wei", consents=False, is_staff=True)
        self.xu = somebody("Xu", consents=False, is_staff=True)
        may_look = Permission.objects.filter(content_type__app_label="quality", codename__startswith="view_")
        self.wei.user_permissions.set(may_look)
        self.masks = shop(f"林记 {EVIL}", self.lin)
        self.mask = sells(self.masks, f"KN95口罩 GB2626-2019 {EVIL}", name="mask", description=EVIL)
        self.browser, self.looker = browser_of(self.mo), browser_of(self.wei)

    def bought(self, key: str = "k1") -> OrderLine:
        line = goods.bought(self.mei, self.mask, key=key, now=utc_now() - timedelta(days=3))
        rows = OrderLine.objects.unguarded(SEEN).filter(pk=line.pk)
        rows.update(status=LineStatus.DELIVERED, delivered_at=utc_now() - timedelta(days=1))
        return rows.get()

    def handed_in(self, *listings: Listing, **said: Any) -> LabReport:
        told = {"standard": "GB 2626-2019"} | said
        return quality.hand_in_report(
            as_viewer(self.lin), merchant_id=self.masks.pk, paper=paper(**told),
            listing_ids=[one.pk for one in listings or (self.mask,)],
        )  # fmt: skip

    def decided(self, act: Act, by: Person | None = None, words: str = "Looked at.") -> Decision:
        return quality.decide(
            act=act, listing_id=self.mask.pk, actor_id=(by or self.wei).pk, now=utc_now(),
            grounds=Grounds(words=words),
        )  # fmt: skip

    def appealed(self, decision: Decision, report: LabReport | None = None) -> Appeal:
        return quality.appeal(
            as_viewer(self.lin), decision_id=decision.pk, words=f"It is good {EVIL}",
            report_id=report.pk if report else None,
        )  # fmt: skip

    def scanned(self, **scope: Any) -> Sweep:
        planned = quality.plan_sweep(actor_id=self.wei.pk, now=utc_now(), **scope)
        return quality.scan(planned.pk, now=utc_now())


@pytest.fixture
def stage() -> Stage:
    return Stage()


def at(name: str, *places: Any) -> str:
    return reverse(f"admin:quality_{name}", args=places)


def page(client: Client, address: str, status: int = 200) -> str:
    """What a page says, on which nothing of a merchant's runs."""
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    text = answer.content.decode()
    assert EVIL not in text
    return unescape(text)


def posted(client: Client, address: str, status: int = 302, **given: Any) -> str:
    answer = client.post(address, given)
    assert answer.status_code == status, (address, answer.status_code, answer.content[-3000:])
    text = answer.content.decode()
    assert EVIL not in text
    return unescape(text)


def one_sweep() -> Sweep:
    return Sweep.objects.get()


# --- Who may ------------------------------------------------------------------------------------


def everything(stage: Stage) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Every page there is, and everything that can be done, with something for each to be about."""
    line, sweep = stage.bought(), stage.scanned()
    quality.draw_sample(sweep.pk, number=1)
    report = stage.handed_in()
    appeal = stage.appealed(stage.decided(Act.SUSPECT), report)
    quality.report_listing(as_viewer(stage.mei), listing_id=stage.mask.pk, reason=RefundReason.UNSAFE)
    claim = RecallClaim.objects.create(
        line=line, person=stage.mei, decision=appeal.decision, remedy=Remedy.REPLACEMENT, at=utc_now()
    )
    looks = [
        at("sweep_changelist"), at("sweep_change", sweep.pk), at("sweep_findings", sweep.pk),
        at("sweep_judge", sweep.pk, stage.mask.pk), at("labreport_changelist"),
        at("labreport_change", report.pk), at("appeal_changelist"), at("appeal_change", appeal.pk),
        at("complaint_changelist"), at("complaint_change", stage.mask.pk), at("recallclaim_changelist"),
        at("decision_changelist"), at("decision_change", appeal.decision_id), at("listing", stage.mask.pk),
        at("shops"), at("shop", stage.masks.pk), at("refunds"),
    ]  # fmt: skip
    words = {"why": "So", "words": "So", "reasons": "So", "reason": "So"}
    acts = {
        at("sweep_changelist"): {},
        at("sweep_judge", sweep.pk, stage.mask.pk): {"right": "yes"},
        at("sweep_do", sweep.pk, "apply"): words,
        at("labreport_change", report.pk): {"decision": "refuse", **words},
        at("appeal_change", appeal.pk): {"decision": "overturn", **words},
        at("complaint_change", stage.mask.pk): {},
        at("recallclaim_changelist"): {"claim": claim.pk},
        at("listing_do", stage.mask.pk, "remove"): words,
        at("shop_do", stage.masks.pk, "close"): words,
    }
    return looks, acts


def test_each_page_is_for_who_has_been_given_it(stage: Stage) -> None:
    looks, acts = everything(stage)
    for address in looks:
        assert page(stage.browser, address)
        assert page(stage.looker, address)
        assert browser_of(stage.xu).get(address).status_code == 403
        assert browser_of(stage.lin).get(address).status_code == 302
        assert browser_of(None).get(address).status_code == 302
    for address, given in acts.items():
        for nobody in (stage.looker, browser_of(stage.xu)):
            assert nobody.post(address, given).status_code == 403
        for other in (browser_of(stage.lin), browser_of(None)):
            assert other.post(address, given).status_code == 302
    assert one_sweep().state == SweepState.SCANNED
    assert Decision.objects.count() == 1
    assert Appeal.objects.unguarded(SEEN).get().state == "open"
    assert LabReport.objects.unguarded(SEEN).get().state == "submitted"
    assert RecallClaim.objects.unguarded(SEEN).get().done_at is None
    assert Complaint.objects.unguarded(SEEN).get().dismissed_at is None
    for address, given in acts.items():
        assert stage.browser.post(address, given).status_code in {200, 302}


def test_each_permission_opens_its_own_pages_alone(stage: Stage) -> None:
    everything(stage)
    stage.xu.user_permissions.set(Permission.objects.filter(codename="view_appeal"))
    text = page(browser_of(stage.xu), at("appeal_changelist"))
    assert at("sweep_changelist") not in text
    assert browser_of(stage.xu).get(at("labreport_changelist")).status_code == 403


def test_no_page_says_who_complained_or_bought(stage: Stage) -> None:
    looks, _acts = everything(stage)
    for address in looks:
        text = page(stage.browser, address)
        for secret in ("Mei", "mei", "13912345678", goods.HOME.address, goods.HOME.recipient):
            assert not re.search(rf"\b{secret}\b", text), (address, secret)


def test_each_page_opens_in_chinese_too(stage: Stage) -> None:
    looks, _acts = everything(stage)
    Person.objects.filter(pk=stage.mo.pk).update(language="zh-hans")
    chinese = browser_of(Person.objects.get(pk=stage.mo.pk))
    del chinese.defaults["HTTP_ACCEPT_LANGUAGE"]
    for address in looks:
        assert 'lang="zh' in page(chinese, address)
    for act in ("suspect", "remove", "recall"):
        assert page(chinese, at("listing_do", sells(stage.masks, "KN95 棉").pk, act))


def test_what_is_not_there(stage: Stage) -> None:
    for address in (
        at("sweep_change", 1), at("sweep_findings", 1), at("sweep_judge", 1, 1), at("labreport_change", 1),
        at("labreport_file", 1), at("appeal_change", 1), at("complaint_change", 1), at("decision_change", 1),
        at("listing", 1), at("listing_do", 1, "remove"), at("shop", 1), at("shop_do", 1, "close"),
        at("listing_do", stage.mask.pk, "close"), at("shop_do", stage.masks.pk, "remove"),
        at("sweep_change", "x"), at("sweep_change", 2**63), at("sweep_do", 1, "eat"),
        at("labreport_changelist") + "?state=eaten", at("labreport_history", 1), at("recallclaim_change", 1),
    ):  # fmt: skip
        assert stage.browser.get(address).status_code == 404, address
    assert stage.browser.post(at("recallclaim_changelist"), {"claim": "1"}).status_code == 404
    for model in ("sweep", "labreport", "appeal", "complaint", "decision", "recallclaim"):
        assert stage.browser.get(at(f"{model}_add")).status_code == 403
        assert stage.browser.get(at(f"{model}_delete", 1)).status_code in {302, 403}


# --- Sweeps -------------------------------------------------------------------------------------


def test_a_sweep_from_its_beginning_to_its_undoing(stage: Stage) -> None:
    posted(stage.browser, at("sweep_changelist"), standard="GB 2626-2019")
    sweep = one_sweep()
    assert (sweep.state, sweep.by_worker, sweep.created_by) == (SweepState.PLANNED, True, stage.mo)
    here = at("sweep_change", sweep.pk)
    assert "within a minute" in page(stage.browser, here)
    assert stage.browser.get(here)["Refresh"].startswith("5; url=")
    resume_sweeps()
    assert "1 of 1 listings break a rule" in page(stage.browser, here)
    assert "Refresh" not in stage.browser.get(here)

    posted(stage.browser, at("sweep_do", sweep.pk, "sample"), number="5")
    assert "drawn already" in posted(stage.browser, at("sweep_do", sweep.pk, "sample"), 200, number="5")
    judging = at("sweep_judge", sweep.pk, stage.mask.pk)
    assert "no laboratory report proves it" in page(stage.browser, judging)
    posted(stage.browser, judging, right="yes", note=EVIL)
    assert "1 of 1 are looked at, 1 are right" in page(stage.browser, here)
    said = SampleItem.objects.get()
    assert (said.right, said.by, said.note) == (True, stage.mo, EVIL)

    assert "says too little" in posted(stage.browser, at("sweep_do", sweep.pk, "apply"), 200, why="")
    posted(stage.browser, at("sweep_do", sweep.pk, "apply"), why=EVIL)
    assert one_sweep().state == SweepState.APPLYING
    assert "0 of 1 listings" in page(stage.browser, here)
    resume_sweeps()
    assert (one_sweep().state, state_of(stage.mask)) == (SweepState.APPLIED, REMOVED)
    assert "1 listing was taken down" in page(stage.browser, here)
    assert "cannot be done" in posted(stage.browser, judging, 200, right="no")
    assert "cannot be done" in posted(stage.browser, at("sweep_do", sweep.pk, "drop"), 200, why="late")

    assert "fill this in" in posted(stage.browser, at("sweep_do", sweep.pk, "undo"), 200, why=" ")
    posted(stage.browser, at("sweep_do", sweep.pk, "undo"), why="A mistake of ours")
    resume_sweeps()
    assert (one_sweep().state, state_of(stage.mask)) == (SweepState.UNDONE, LIVE)
    assert "A mistake of ours" in page(stage.browser, here)
    assert "cannot be done" in posted(stage.browser, at("sweep_do", sweep.pk, "undo"), 200, why="Again")


def test_the_worker_leaves_alone_what_somebody_else_scans(stage: Stage) -> None:
    planned = quality.plan_sweep(actor_id=None, now=utc_now())
    resume_sweeps()
    assert one_sweep().state == SweepState.PLANNED
    assert "command line" in page(stage.browser, at("sweep_change", planned.pk))
    assert quality.scan(planned.pk, now=utc_now()).state == SweepState.SCANNED


def test_what_was_dropped_meanwhile_is_not_scanned(stage: Stage) -> None:
    posted(stage.browser, at("sweep_changelist"))
    posted(stage.browser, at("sweep_do", one_sweep().pk, "drop"), why="Not now")
    resume_sweeps()
    assert (one_sweep().state, one_sweep().flagged) == (SweepState.DROPPED, 0)


def test_a_scan_that_was_cut_short_is_done_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    posted(stage.browser, at("sweep_changelist"))
    with monkeypatch.context() as patched:
        patched.setattr("kith.quality.scanning.run_rules", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            quality.scan_waiting(now=utc_now())
    assert "Scanning" in page(stage.browser, at("sweep_change", one_sweep().pk))
    assert quality.scan_waiting(now=utc_now()) == 1
    assert quality.scan_waiting(now=utc_now()) == 0
    assert one_sweep().state == SweepState.SCANNED


def test_two_workers_scan_it_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    posted(stage.browser, at("sweep_changelist"))
    run_rules = scanning.run_rules
    others: list[str] = []

    def run_while_another_scans(*given: Any) -> Any:
        seen = run_rules(*given)
        if not others:
            others.append("began")
            quality.scan(one_sweep().pk, now=utc_now())
        return seen

    monkeypatch.setattr(scanning, "run_rules", run_while_another_scans)
    assert quality.scan_waiting(now=utc_now()) == 0
    assert one_sweep().state == SweepState.SCANNED
    assert Finding.objects.filter(listing=stage.mask, main=True).count() == 1


def test_a_dry_run_is_looked_at_only(stage: Stage) -> None:
    posted(stage.browser, at("sweep_changelist"), dry_run="on")
    resume_sweeps()
    here = page(stage.browser, at("sweep_change", one_sweep().pk))
    assert at("sweep_do", one_sweep().pk, "apply") not in here
    assert "dry run" in posted(stage.browser, at("sweep_do", one_sweep().pk, "apply"), 200, why="Do it")


def test_it_says_when_no_worker_runs(stage: Stage) -> None:
    posted(stage.browser, at("sweep_changelist"))
    here = at("sweep_change", one_sweep().pk)
    assert "no worker runs" not in page(stage.browser, here)
    Sweep.objects.update(created_at=utc_now() - timedelta(minutes=4))
    assert "no worker runs" in page(stage.browser, here)
    quality.scan(one_sweep().pk, now=utc_now())
    quality.decide_sweep(one_sweep().pk, actor_id=stage.mo.pk, now=utc_now(), why="Go")
    long_ago = int((utc_now() - timedelta(minutes=4)).timestamp())
    assert "no worker runs" not in page(stage.browser, f"{here}?seen=waits.0&at={long_ago}")
    assert "no worker runs" in page(stage.browser, f"{here}?seen=applying.0&at={long_ago}")
    for broken in ("seen=applying.0&at=x", "seen=applying.0&at=9999999999999999999999", "at=1", "seen=%00"):
        assert "no worker runs" not in page(stage.browser, f"{here}?{broken}")


def test_what_was_found_is_listed_by_rule_and_in_pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        sells(stage.masks, f"KN95口罩 GB2626-2019 {number} 号")
    listed = at("sweep_findings", stage.scanned().pk)
    first = page(stage.browser, f"{listed}?rule=unproven")
    assert first.count("no laboratory report proves it") == 50
    (more,) = re.findall(r'href="([^"]*cursor=[^"]*)"', first)
    assert page(stage.browser, more).count("no laboratory report proves it") == 11
    for broken in ("rule=none", "cursor=x"):
        assert stage.browser.get(f"{listed}?{broken}").status_code == 404


# --- Reports ------------------------------------------------------------------------------------


def test_a_report_is_verified_for_what_is_ticked(stage: Stage) -> None:
    other = sells(stage.masks, "KN95口罩 另一款")
    report = stage.handed_in(stage.mask, other, measures={MEASURED: 71.5}, sample=EVIL)
    here = at("labreport_change", report.pk)
    text = page(stage.browser, here)
    for said in ("71.50", "at least 95", "does not", "5.3", at("listing", stage.mask.pk)):
        assert said in text
    assert "tick what it is about" in posted(stage.browser, here, 200, decision="verify")
    assert "chosen any more" in posted(stage.browser, here, 200, decision="verify", covers=["1"])
    posted(stage.browser, here, decision="verify", covers=[str(stage.mask.pk)])
    kept = LabReport.objects.unguarded(SEEN).get()
    assert (kept.state, kept.decided_by) == ("verified", stage.mo)
    assert dict(ReportUse.objects.values_list("listing", "covered")) == {stage.mask.pk: True, other.pk: False}
    assert str(report.pk) not in page(stage.browser, at("labreport_changelist"))
    assert str(report.pk) in page(stage.browser, at("labreport_changelist") + "?state=verified")


def test_a_report_is_refused_with_a_reason(stage: Stage) -> None:
    here = at("labreport_change", stage.handed_in().pk)
    assert "Please say why" in posted(stage.browser, here, 200, decision="refuse", reason=" ")
    assert stage.browser.post(here, {"decision": "eat", "reason": "x"}).status_code == 200
    assert LabReport.objects.unguarded(SEEN).get().state == "submitted"
    posted(stage.browser, here, decision="refuse", reason=f"Forged {EVIL}")
    assert "Forged" in page(stage.browser, here)


def test_who_else_handed_it_in_is_said(stage: Stage) -> None:
    report, bo = stage.handed_in(), somebody("Bo")
    bos = shop("波记", bo)
    quality.hand_in_report(
        as_viewer(bo), merchant_id=bos.pk, listing_ids=[sells(bos).pk], paper=paper(standard="GB 2626-2019")
    )
    assert "also handed in by: 波记" in page(stage.browser, at("labreport_change", report.pk))


def test_the_paper_is_saved_and_never_shown(stage: Stage, settings: Any, tmp_path: Any) -> None:
    settings.PAPERS_ROOT = tmp_path
    report = stage.handed_in()
    (tmp_path / "abc.pdf").write_bytes(b"%PDF-1.4 what the laboratory wrote")
    LabReport.objects.unguarded(SEEN).update(file="abc.pdf")
    here = at("labreport_file", report.pk)
    answer = stage.looker.get(here)
    assert answer.getvalue() == b"%PDF-1.4 what the laboratory wrote"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser_of(stage.xu).get(here).status_code == 403
    assert browser_of(stage.lin).get(here).status_code == 302
    LabReport.objects.unguarded(SEEN).update(file="../../etc/passwd")
    assert stage.browser.get(here).status_code == 404


# --- Appeals ------------------------------------------------------------------------------------


def test_an_appeal_is_decided_by_somebody_else(stage: Stage) -> None:
    decision = stage.decided(Act.REMOVE, by=stage.mo)
    appeal = stage.appealed(decision, stage.handed_in(measures={MEASURED: 97.0}))
    here = at("appeal_change", appeal.pk)
    assert "Somebody else has to decide" in page(stage.browser, here)
    refused = posted(stage.browser, here, 200, decision="overturn", reasons="I was right")
    assert "you had a part" in refused
    assert state_of(stage.mask) == REMOVED

    other = browser_of(somebody("Yan", consents=False, is_staff=True, is_superuser=True))
    text = page(other, here)
    for said in ("It is good", "97", "Nobody has verified it yet", "Looked at."):
        assert said in text
    assert "fill this in" in posted(other, here, 200, decision="overturn", reasons=" ")
    posted(other, here, decision="overturn", reasons=f"The report proves it {EVIL}")
    assert state_of(stage.mask) == LIVE
    assert "The report proves it" in page(other, here)
    assert "decided already" in posted(other, here, 200, decision="uphold", reasons="No")
    assert str(appeal.pk) in page(other, at("appeal_changelist") + "?state=overturned")


def test_who_acts_for_the_merchant_decides_nothing(stage: Stage) -> None:
    appeal = stage.appealed(stage.decided(Act.REMOVE))
    Person.objects.filter(pk=stage.lin.pk).update(is_staff=True, is_superuser=True)
    lins = browser_of(Person.objects.get(pk=stage.lin.pk))
    assert "Somebody else" in page(lins, at("appeal_change", appeal.pk))
    posted(lins, at("appeal_change", appeal.pk), 200, decision="overturn", reasons="Mine")
    assert state_of(stage.mask) == REMOVED


# --- Complaints, listings, shops ---------------------------------------------------------------


def test_complaints_are_counted_by_buyer_and_put_away(stage: Stage) -> None:
    for number, name in enumerate(("Mei2", "Bo2", "Fay2")):
        buyer = somebody(name)
        goods.bought(buyer, stage.mask, key=f"k{number}", now=utc_now() - timedelta(days=3))
        OrderLine.objects.unguarded(SEEN).update(status=LineStatus.DELIVERED)
        reason = RefundReason.UNSAFE if number else RefundReason.NOT_GENUINE
        quality.report_listing(
            as_viewer(buyer), listing_id=stage.mask.pk, reason=reason, words=f"Itches {EVIL}"
        )
    listed = page(stage.browser, at("complaint_changelist"))
    assert "protect (2)" in listed
    assert "fake (1)" in listed
    here = at("complaint_change", stage.mask.pk)
    assert "3 different buyers" in page(stage.browser, here)
    posted(stage.browser, here)
    assert stage.browser.get(here).status_code == 404
    assert "Nobody reports anything" in page(stage.browser, at("complaint_changelist"))
    posted(stage.browser, here)


def test_only_legal_steps_are_offered_and_taken(stage: Stage) -> None:
    steps = {"": ("suspect", "remove", "recall"), "suspected": ("remove", "recall", "reinstate"),
             "removed": ("recall", "reinstate"), "recalled": ("reinstate",)}  # fmt: skip
    ways = {"": (), "suspected": (Act.SUSPECT,), "removed": (Act.REMOVE,), "recalled": (Act.RECALL,)}
    for state, offered in steps.items():
        if state_of(stage.mask):
            stage.decided(Act.REINSTATE)
        for step in ways[state]:
            stage.decided(step)
        text, before = page(stage.browser, at("listing", stage.mask.pk)), Decision.objects.count()
        for act in ("suspect", "remove", "recall", "reinstate"):
            there = at("listing_do", stage.mask.pk, act)
            assert (there in text) == (act in offered), (state, act)
            if act not in offered:
                assert stage.browser.get(there).status_code == 302
                posted(stage.browser, there, words="Now")
        assert Decision.objects.count() == before
        assert state_of(stage.mask) == state


def test_a_recall_shows_what_buyers_will_read_and_does_nothing_yet(stage: Stage) -> None:
    line = stage.bought()
    stage.scanned()
    there = at("listing_do", stage.mask.pk, "recall")
    assert "the danger in plain words" in page(stage.browser, there)
    words = f"The strap tears. Stop wearing it. {EVIL}"
    read = posted(stage.browser, there, 200, preview="1", ground="unproven", words=words)
    for said in ("What its buyers will read", "The strap tears", "may not protect you", "report proves it"):
        assert said in read
    assert state_of(stage.mask) == LIVE
    assert "fill this in" in posted(stage.browser, there, 200, ground="unproven", words="")
    posted(stage.browser, there, ground="unproven", words=words)
    decision = Decision.objects.get()
    assert (decision.act, decision.rule, decision.claimed, decision.words, decision.actor) == (
        "recall", "unproven", "KN95", words, stage.mo,
    )  # fmt: skip
    assert decision.found_by_machine
    assert not decision.decided_by_machine
    told = browser_of(stage.mei).get(reverse("recalls:recall", args=[line.pk])).content.decode()
    assert "The strap tears" in told
    assert EVIL not in told
    assert "The strap tears" in page(stage.browser, at("decision_change", decision.pk))


def test_what_was_not_found_is_no_ground(stage: Stage) -> None:
    stage.scanned()
    there = at("listing_do", stage.mask.pk, "remove")
    posted(stage.browser, there, 200, ground="measured-below", words="I say so")
    sells(stage.masks, "棉布口罩 可清洗", name="mask")
    posted(stage.browser, there, words="In my own words")
    assert (Decision.objects.get().rule, state_of(stage.mask)) == ("", REMOVED)


def test_a_shop_is_closed_and_opened_again(stage: Stage) -> None:
    for number in range(3):
        bad = sells(stage.masks, f"假口罩 {number}")
        quality.decide(
            act=Act.REMOVE,
            listing_id=bad.pk,
            actor_id=stage.wei.pk,
            now=utc_now(),
            grounds=Grounds(words="x"),
        )
    assert "林记" in page(stage.browser, at("shops"))
    here = at("shop", stage.masks.pk)
    assert page(stage.browser, here).count("taken down") >= 3
    assert "fill this in" in posted(stage.browser, at("shop_do", stage.masks.pk, "close"), 200, words="")
    posted(stage.browser, at("shop_do", stage.masks.pk, "close"), words=f"All false {EVIL}")
    assert Merchant.objects.get(pk=stage.masks.pk).closed_at is not None
    posted(stage.browser, at("shop_do", stage.masks.pk, "close"), words="Twice")
    assert Decision.objects.filter(act=Act.CLOSE).count() == 1
    assert "All false" in page(stage.browser, here)
    assert "Closed" in page(stage.browser, at("shops"))
    posted(stage.browser, at("shop_do", stage.masks.pk, "reopen"), words="They have put it right")
    assert Merchant.objects.get(pk=stage.masks.pk).closed_at is None


# --- Claims and refunds ---------------------------------------------------------------------------


def test_claims_are_those_that_the_shop_has_to_see_to(stage: Stage) -> None:
    Source.objects.create(name="host", secret="whsec_x")
    lines = [stage.bought(key=f"claim-{number}") for number in range(4)]
    decision, claims = stage.decided(Act.RECALL), {}
    for number, (remedy, source) in enumerate(
        [(Remedy.REPLACEMENT, "storefront"), (Remedy.REFUND, "host"), (Remedy.REFUND, "storefront"),
         (Remedy.DISPOSAL, "host")]
    ):  # fmt: skip
        Order.objects.unguarded(SEEN).filter(pk=lines[number].order_id).update(
            source=source, external_id=f"ORDER-{number}"
        )
        claims[number] = RecallClaim.objects.create(
            line=lines[number], person=stage.mei, decision=decision, remedy=remedy, at=utc_now()
        )
    listed = page(stage.browser, at("recallclaim_changelist"))
    assert [f"ORDER-{number}" in listed for number in range(4)] == [True, True, False, False]
    assert "Claims after recalls (2)" in listed
    posted(stage.browser, at("recallclaim_changelist"), claim=claims[1].pk)
    first = RecallClaim.objects.unguarded(SEEN).get(pk=claims[1].pk).done_at
    posted(stage.browser, at("recallclaim_changelist"), claim=claims[1].pk)
    assert first is not None
    assert RecallClaim.objects.unguarded(SEEN).get(pk=claims[1].pk).done_at == first
    assert stage.browser.post(at("recallclaim_changelist"), {"claim": claims[2].pk}).status_code == 404
    assert "ORDER-1" not in page(stage.browser, at("recallclaim_changelist"))
    assert "ORDER-1" in page(stage.browser, at("recallclaim_changelist") + "?state=done")


def test_refunds_are_drawn_and_said(stage: Stage) -> None:
    assert "nothing can be compared yet" in page(stage.browser, at("refunds"))
    line = stage.bought()
    for number, (status, days) in enumerate((("refunded", 8), ("refunded", 8 + 364), ("delivered", 8 + 364))):
        copy = OrderLine.objects.unguarded(SEEN).get(pk=line.pk)
        copy.pk, copy.external_id, copy.status = line.pk + 1 + number, f"x{number}", status
        copy.refund_reason = RefundReason.UNSAFE if status == "refunded" else ""
        copy.placed_at = copy.status_at = utc_now() - timedelta(days=days)
        copy.save(force_insert=True)
    text = page(stage.browser, at("refunds"))
    for said in ('<svg class="drawing" role="img"', "<title", "<desc", "far more came back", "<table>"):
        assert said in text
    assert "1 refunds from" in text
    chinese = Client(headers={"accept-language": "zh-hans"})
    Person.objects.filter(pk=stage.wei.pk).update(language="zh-hans")
    chinese.force_login(Person.objects.get(pk=stage.wei.pk))
    assert chinese.get(at("refunds")).status_code == 200


def test_a_listing_in_the_shops_list_leads_to_its_decisions(stage: Stage) -> None:
    there = reverse("admin:shop_listing_change", args=[stage.mask.pk])
    assert at("listing", stage.mask.pk) in page(stage.browser, there)
    stage.xu.user_permissions.set(Permission.objects.filter(codename__in=["view_listing", "change_listing"]))
    assert at("listing", stage.mask.pk) not in page(browser_of(stage.xu), there)
    assert stage.browser.get(reverse("admin:shop_listing_add")).status_code == 200


def test_nobody_looks_by_way_of_a_filter(stage: Stage) -> None:
    stage.decided(Act.REMOVE)
    for query in ("merchant__merchantstaff__person__handle=lin", "actor__phone__startswith=%2B86"):
        assert stage.browser.get(f"{at('decision_changelist')}?{query}").status_code in {302, 400}


# --- More than a page -------------------------------------------------------------------------------


def fifty_three_of_each(stage: Stage) -> None:
    """So many reports, appeals, complaints and claims that each list takes two pages."""
    report, line, decision = stage.handed_in(), stage.bought(), stage.decided(Act.RECALL)
    appeal = stage.appealed(decision)
    claim = {"person": stage.mei, "decision": decision, "remedy": Remedy.REPLACEMENT}
    quality.report_listing(as_viewer(stage.mei), listing_id=stage.mask.pk, reason=RefundReason.UNSAFE)
    complaint = Complaint.objects.unguarded(SEEN).get()
    RecallClaim.objects.create(line=line, at=utc_now(), **claim)
    for number in range(52):
        at = utc_now() - timedelta(hours=1, minutes=number // 2)
        listing = sells(stage.masks, f"Another {number}")
        for row, changed in (
            (report, {"number": f"N{number}", "submitted_at": at}),
            (line, {"external_id": f"L{number}", "listing": listing}),
            (decision, {"pk": None, "listing": listing}),
        ):
            again(row, **changed)
        again(appeal, decision=Decision.objects.latest("pk"), at=at)
        bought = OrderLine.objects.unguarded(SEEN).get(external_id=f"L{number}")
        RecallClaim.objects.create(line=bought, at=at, **claim)
        again(complaint, listing=listing, line=bought, at=at)


def again(row: Any, **changed: Any) -> None:
    """Write a row once more, somewhat changed."""
    copy = type(row)(**{one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields})
    copy.pk = random_id()
    for name, value in changed.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)


def test_older_sweeps_and_closed_shops_are_on_the_next_page(stage: Stage) -> None:
    for number in range(53):
        then = utc_now() - timedelta(minutes=number // 2)
        Sweep.objects.create(created_at=then, state=SweepState.DROPPED)
        Merchant.objects.create(name=f"Closed {number}", closed_at=then)
    for name, row in (("sweep_changelist", "<tr>"), ("shops", "<li><a")):
        first = page(stage.looker, at(name))
        [more] = re.findall(r'href="([^"]*cursor=[^"]*)"', first)
        rest = page(stage.looker, more)
        assert first.count(row) - rest.count(row) == 50 - 3, name
        assert "cursor=" not in rest
        assert stage.looker.get(f"{at(name)}?cursor=x").status_code == 404


def test_whatever_waits_beyond_the_first_page_is_on_the_next(stage: Stage) -> None:
    fifty_three_of_each(stage)
    for name, query in (
        ("labreport_changelist", "?state=submitted"), ("appeal_changelist", ""),
        ("complaint_changelist", ""), ("recallclaim_changelist", ""),
    ):  # fmt: skip
        first = page(stage.looker, at(name) + query)
        [more] = re.findall(r'href="([^"]*cursor=[^"]*)"', first)
        rest = page(stage.looker, more)
        assert (first.count("<tr>"), rest.count("<tr>")) == (51, 4), name
        assert "cursor=" not in rest
        assert query.lstrip("?") in more
        for broken in ("cursor=x", "cursor="):
            assert stage.looker.get(f"{at(name)}?{broken}").status_code == 404
