"""A merchant's pages about standards: what is proven, reports, decisions with their reasons, appeals."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from kith.core.clock import local_day, utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.quality import services as quality
from kith.quality.models import Appeal, Decision, LabReport, Sweep
from kith.quality.services import Grounds, Paper
from kith.quality.transitions import Act
from kith.shop.models import Listing, ListingHold
from kith.shop.services import set_merchant_staff
from tests.shop import goods
from tests.web.cast import as_viewer, browser_of, open_to_all, somebody

pytestmark = pytest.mark.django_db
LOOK = "a test looks at what was written"
XSS = '"><script>alert(1)</script>'
PDF = b"%PDF-1.7\n%%EOF\n"
STANDARD = "GB 2626-2019"


class Stage:
    """Chen sells a mask that claims KN95, and a kettle; Wang has another shop; Mo and Wei are staff."""

    def __init__(self) -> None:
        open_to_all()
        self.chen, self.wang, self.mei = (somebody(name) for name in ("Chen", "Wang", "Mei"))
        self.mo, self.wei = somebody("Mo", is_staff=True), somebody("Wei", is_staff=True)
        self.shop = goods.merchant("Lantern", staff=(self.chen,))
        self.other = goods.merchant("Another", staff=(self.wang,))
        self.mask = goods.listing("KN95 mask GB 2626-2019", of=self.shop, category="protection")
        self.kettle = goods.listing("A kettle", of=self.shop)
        self.foreign = goods.listing("Their KN95 mask", of=self.other, category="protection")

    def decide(self, act: Act = Act.REMOVE, listing: Listing | None = None, words: str = "So.") -> Decision:
        one = listing or self.mask
        return quality.decide(
            act=act, listing_id=one.pk, actor_id=self.mo.pk, now=utc_now(), grounds=Grounds(words=words)
        )

    def report(self, person: Person | None = None, number: str = "R-1", **said: Any) -> LabReport:
        mine = person or self.chen
        shop, one = (self.shop, self.mask) if mine == self.chen else (self.other, self.foreign)
        told: dict[str, Any] = {"measures": {"filtration-salt": 96.0}} | said
        paper = Paper(STANDARD, "A laboratory", number, "A mask", local_day(utc_now()), **told)
        return quality.hand_in_report(
            as_viewer(mine), merchant_id=shop.pk, listing_ids=[one.pk], paper=paper, file=io.BytesIO(PDF)
        )

    def page(self, name: str, *args: Any, person: Person | None = None, query: str = "") -> str:
        address = reverse(f"merchant:{name}", args=[self.shop.pk, *args]) + query
        response = browser_of(person or self.chen).get(address)
        assert response.status_code == 200, response.status_code
        return html.unescape(response.content.decode())


@pytest.fixture
def stage(settings: Any, tmp_path: Path) -> Stage:
    settings.PAPERS_ROOT = tmp_path / "papers"
    return Stage()


def text_of(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


def upload(content: bytes = PDF, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def sent(stage: Stage, **changed: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "laboratory": "A laboratory", "number": "R-1", "sample": "A mask", "grade": "KN95",
        "tested_on": local_day(utc_now()).isoformat(), "measure-filtration-salt": "96.5",
        "listings": [write_id(stage.mask.pk)], "file": upload(), "once": "a-token",
    }  # fmt: skip
    return {name: value for name, value in (said | changed).items() if value is not None}


def form_of(stage: Stage, standard: str = STANDARD, **query: str) -> str:
    asked = {"standard": standard, **query}
    return (
        reverse("merchant:hand-in", args=[stage.shop.pk])
        + "?"
        + "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in asked.items())
    )


def reports() -> Any:
    return LabReport.objects.unguarded(LOOK)


# --- What is proven --------------------------------------------------------------------------------


def test_what_each_claims_and_what_is_proven(stage: Stage) -> None:
    page = text_of(stage.page("quality"))
    assert re.search(r"KN95 mask GB 2626-2019 Lantern KN95.*\? not proven", page)
    assert "Nothing to prove What these say of themselves nobody has to prove. A kettle" in page
    report = stage.report()
    assert "… being checked" in text_of(stage.page("quality"))
    quality.decide_report(
        report.pk, actor_id=stage.mo.pk, now=utc_now(), verified=True, covers=[stage.mask.pk]
    )
    page = stage.page("quality")
    assert "✓ proven" in text_of(page)
    assert "?listing=" not in page


def test_it_leads_to_why_something_is_held(stage: Stage) -> None:
    made = stage.decide()
    page = stage.page("quality")
    assert reverse("merchant:decision", args=[stage.shop.pk, made.pk]) in page
    assert "✕ taken down" in text_of(page)


def test_the_desk_counts_what_waits(stage: Stage) -> None:
    assert "decided about your listings" not in stage.page("desk")
    stage.decide()
    stage.decide(Act.SUSPECT, stage.kettle)
    assert "Something was decided about your listings Read why, and what you can do 2" in text_of(
        stage.page("desk")
    )
    quality.appeal(as_viewer(stage.chen), decision_id=Decision.objects.earliest("pk").pk, words="No.")
    assert "what you can do 1" in text_of(stage.page("desk"))
    quality.decide(
        act=Act.REINSTATE, listing_id=stage.kettle.pk, actor_id=stage.mo.pk, now=utc_now(),
        grounds=Grounds(words="So."),
    )  # fmt: skip
    assert "decided about your listings" not in stage.page("desk")


# --- A report is handed in -----------------------------------------------------------------------


def test_first_its_standard_then_its_fields(stage: Stage) -> None:
    first = stage.page("hand-in", query=f"?listing={write_id(stage.mask.pk)}")
    assert "By which standard was it tested?" in first
    address = html.unescape(re.search(r'href="([^"]*GB\+2626-2019[^"]*)"', first)[1])  # type: ignore[index]
    second = browser_of(stage.chen).get(
        reverse("merchant:hand-in", args=[stage.shop.pk]) + address[address.index("?") :]
    )
    page = html.unescape(second.content.decode())
    assert "Measured: filtration of salt particles, in %" in page
    assert re.search(rf'<input[^>]*value="{write_id(stage.mask.pk)}"[^>]*checked', page)
    assert "A kettle" not in text_of(page)
    assert "Their KN95 mask" not in page


@pytest.mark.parametrize(
    "standard", ["GB 2626-2006", "GB/T 32610-2016", "EN 149:2001+A1:2009", "GB 4943.1-2022"]
)
def test_each_standard_asks_for_its_own(stage: Stage, standard: str) -> None:
    quoted = standard.replace("+", "%2B")
    page = browser_of(stage.chen).get(form_of(stage, quoted)).content.decode()
    assert html.escape(standard) in page
    assert ("filtration of oil" in page) == (standard != "GB 4943.1-2022")


def test_no_such_standard_asks_again(stage: Stage) -> None:
    response = browser_of(stage.chen).post(form_of(stage, "GB 0-0"), sent(stage))
    assert response.status_code == 200
    assert not reports().exists()


def test_all_that_stands_in_it_is_kept(stage: Stage) -> None:
    answer = browser_of(stage.chen).post(
        form_of(stage), sent(stage, accreditation="CNAS L1", batch="b7", valid_until="2999-01-01")
    )
    made = reports().get()
    assert answer["Location"] == reverse("merchant:report", args=[stage.shop.pk, made.pk])
    assert (made.grade, made.accreditation, made.batch, made.file[-4:]) == ("KN95", "CNAS L1", "B7", ".pdf")
    page = text_of(stage.page("report", made.pk))
    assert "Somebody will look at this report." in page
    assert "96.5 %" in page


def test_pressed_twice_it_is_handed_in_once(stage: Stage) -> None:
    browser = browser_of(stage.chen)
    answers = [browser.post(form_of(stage), sent(stage)) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {
        reverse("merchant:report", args=[stage.shop.pk, reports().get().pk])
    }
    assert len(list(Path(conf.PAPERS_ROOT).iterdir())) == 1
    again = browser.post(form_of(stage), sent(stage, once="another"))
    assert again.status_code == 422
    assert "This report was handed in already." in again.content.decode()
    assert len(list(Path(conf.PAPERS_ROOT).iterdir())) == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"file": None}, "Please fill this in."),
        ({"file": upload(b"")}, "This file is empty."),
        ({"file": upload(b"MZ no report")}, "This file could not be read."),
        ({"file": upload(b"<html><script>", "x.pdf")}, "This file could not be read."),
        ({"listings": None}, "Please choose one."),
        ({"measure-filtration-salt": ""}, "at least one value"),
        ({"measure-filtration-salt": "120"}, "a number as the report gives it"),
        ({"measure-filtration-salt": "nan"}, "Please write a number"),
        ({"tested_on": "2999-01-01"}, "still to come"),
        ({"tested_on": "yesterday"}, "Please write the day like this"),
        ({"produced_on": "2999-01-01"}, "before it was made"),
        ({"valid_until": "2001-01-01"}, "before it was tested"),
        ({"grade": "KN99"}, "cannot be chosen any more"),
        ({"number": "x" * 61}, "too long"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(stage: Stage, changed: dict[str, Any], says: str) -> None:
    answer = browser_of(stage.chen).post(form_of(stage), sent(stage, **changed))
    assert answer.status_code == 422
    [error] = re.findall(r'class="error"[^>]*>([^<]*)', answer.content.decode())
    assert says in error
    assert not reports().exists()
    folder = Path(conf.PAPERS_ROOT)
    assert not folder.exists() or not list(folder.iterdir())


def test_other_peoples_listings_are_not_proven(stage: Stage) -> None:
    answer = browser_of(stage.chen).post(form_of(stage), sent(stage, listings=[write_id(stage.foreign.pk)]))
    assert answer.status_code == 422
    assert browser_of(stage.chen).get(form_of(stage, listing="nonsense")).status_code == 404
    page = browser_of(stage.chen).get(form_of(stage, listing=write_id(stage.foreign.pk))).content.decode()
    assert "Their KN95" not in page


# --- The file ------------------------------------------------------------------------------------


def test_its_file_is_only_ever_saved(stage: Stage) -> None:
    report = stage.report()
    answer = browser_of(stage.chen).get(reverse("merchant:report-file", args=[stage.shop.pk, report.pk]))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


def test_nobody_else_reads_a_report_or_its_file(stage: Stage) -> None:
    report = stage.report()
    for person in (stage.wang, stage.mei, stage.mo):
        for name in ("report", "report-file"):
            for shop in (stage.shop, stage.other):
                address = reverse(f"merchant:{name}", args=[shop.pk, report.pk])
                assert browser_of(person).get(address).status_code == 404
    address = reverse("merchant:report-file", args=[stage.other.pk, report.pk])
    assert browser_of(stage.chen).get(address).status_code == 404


def test_why_a_report_was_refused(stage: Stage) -> None:
    report = stage.report()
    quality.decide_report(
        report.pk, actor_id=stage.mo.pk, now=utc_now(), verified=False, reason=f"Forged {XSS}"
    )
    assert "A report was refused Read why" in text_of(stage.page("desk"))
    for raw in (stage.page("reports"), stage.page("report", report.pk)):
        assert "Forged" in raw
    response = browser_of(stage.chen).get(reverse("merchant:report", args=[stage.shop.pk, report.pk]))
    assert b"<script>alert" not in response.content


# --- Decisions -----------------------------------------------------------------------------------


def test_the_statement_has_every_heading(stage: Stage) -> None:
    made = stage.decide(words="Two buyers sent photos.")
    page = text_of(stage.page("decision", made.pk))
    for words in (
        "What is decided", "The listing is taken down.", "Since", "Where", "How long", "The facts",
        "Two buyers sent photos.", "Who found it, and who decided", "A person decided it.",
        "What it rests on", "The shop's terms", "If you think it is wrong", "You may appeal until",
        "What else you can do", "Digital Services Act, art. 21", "You may go to court",
    ):  # fmt: skip
        assert words in page, words
    assert "Mo" not in re.findall(r"\w+", page)


def test_both_languages_draw_it(stage: Stage) -> None:
    made = stage.decide()
    address = reverse("merchant:decision", args=[stage.shop.pk, made.pk])
    Person.objects.filter(pk=stage.chen.pk).update(language="zh-hans")
    answer = browser_of(Person.objects.get(pk=stage.chen.pk)).get(address)
    assert answer.status_code == 200
    assert "年" in answer.content.decode()


def test_an_appeal_and_its_answer(stage: Stage) -> None:
    made, report = stage.decide(), stage.report()
    address = reverse("merchant:decision", args=[stage.shop.pk, made.pk])
    browser = browser_of(stage.chen)
    said = {"words": f"It was another batch. {XSS}", "report": write_id(report.pk)}
    for _ in range(2):
        answer = browser.post(address, said)
        assert (answer.status_code, answer["Location"]) == (302, address + "#appeal")
    appeal = Appeal.objects.unguarded(LOOK).get()
    assert appeal.report_id == report.pk
    page = browser.get(address).content.decode()
    assert "<script>alert" not in page
    shown = text_of(html.unescape(page))
    assert "You have appealed. It waits for an answer." in shown
    assert "It was another batch." in shown
    assert "Send the appeal" not in shown
    quality.decide_appeal(
        appeal.pk, actor_id=stage.wei.pk, now=utc_now(), overturn=True, reasons=f"You are right. {XSS}"
    )
    page = browser.get(address).content.decode()
    assert "<script>alert" not in page
    shown = text_of(html.unescape(page))
    assert "This decision does not stand any more." in shown
    assert "You are right." in shown
    assert not ListingHold.objects.exists()
    back = Decision.objects.latest("pk")
    page = text_of(stage.page("decision", back.pk))
    assert "The listing is in order again." in page
    assert "You are right." in page
    assert "appeal until" not in page


@pytest.mark.parametrize("words", ["", "   "])
def test_an_appeal_without_words(stage: Stage, words: str) -> None:
    address = reverse("merchant:decision", args=[stage.shop.pk, stage.decide().pk])
    answer = browser_of(stage.chen).post(address, {"words": words})
    assert answer.status_code == 422
    assert "Please fill this in." in answer.content.decode()


def test_a_second_appeal_in_other_words_is_refused(stage: Stage) -> None:
    address = reverse("merchant:decision", args=[stage.shop.pk, stage.decide().pk])
    browser = browser_of(stage.chen)
    browser.post(address, {"words": "No."})
    answer = browser.post(address, {"words": "And besides."})
    assert answer.status_code == 422
    assert "An appeal was made already." in answer.content.decode()


def test_no_appeal_against_what_does_not_stand_or_is_too_old(stage: Stage) -> None:
    first = stage.decide(Act.SUSPECT)
    stage.decide(Act.REMOVE)
    long_ago = utc_now() - timedelta(days=conf.QUALITY_APPEAL_DAYS + 1)
    old = quality.decide(
        act=Act.SUSPECT, listing_id=stage.kettle.pk, actor_id=stage.mo.pk, now=long_ago,
        grounds=Grounds(words="So."),
    )  # fmt: skip
    for made, says in ((first, "does not stand any more"), (old, "The time to appeal here was over on")):
        page = text_of(stage.page("decision", made.pk))
        assert says in page
        assert "Send the appeal" not in page
        address = reverse("merchant:decision", args=[stage.shop.pk, made.pk])
        answer = browser_of(stage.chen).post(address, {"words": "No."})
        assert answer.status_code == 422
    assert not Appeal.objects.unguarded(LOOK).exists()


def test_a_report_of_another_shop_is_no_evidence(stage: Stage) -> None:
    made, theirs = stage.decide(), stage.report(stage.wang)
    address = reverse("merchant:decision", args=[stage.shop.pk, made.pk])
    page = browser_of(stage.chen).get(address).content.decode()
    assert write_id(theirs.pk) not in page
    answer = browser_of(stage.chen).post(address, {"words": "No.", "report": write_id(theirs.pk)})
    assert answer.status_code == 422
    assert not Appeal.objects.unguarded(LOOK).exists()


def test_handed_in_on_the_way_to_an_appeal_it_is_chosen_there(stage: Stage) -> None:
    made = stage.decide()
    page = stage.page("decision", made.pk)
    link = re.search(r'href="([^"]*/reports/new/\?decision=[^"]*)"', page)
    assert link is not None
    query = link[1].split("?")[1]
    answer = browser_of(stage.chen).post(form_of(stage) + "&" + query, sent(stage))
    assert answer["Location"].endswith(f"?report={write_id(reports().get().pk)}#appeal")
    page = browser_of(stage.chen).get(answer["Location"]).content.decode()
    assert re.search(rf'<option value="{write_id(reports().get().pk)}" selected', page)


def test_other_shops_decisions_are_not_there(stage: Stage) -> None:
    mine, theirs = stage.decide(), stage.decide(listing=stage.foreign)
    for person, shop, made in (
        (stage.wang, stage.shop, mine), (stage.wang, stage.other, mine), (stage.chen, stage.shop, theirs),
        (stage.mei, stage.shop, mine), (stage.mo, stage.shop, mine),
    ):  # fmt: skip
        browser: Client = browser_of(person)
        address = reverse("merchant:decision", args=[shop.pk, made.pk])
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"words": "No."}).status_code == 404
    assert browser_of(stage.chen).get(reverse("merchant:decided", args=[theirs.pk])).status_code == 404
    assert "Their KN95" not in stage.page("decisions")


# --- Notices ---------------------------------------------------------------------------------------


def test_a_notice_leads_to_the_decision(stage: Stage) -> None:
    made = stage.decide()
    page = browser_of(stage.chen).get(reverse("circle:notices")).content.decode()
    address = reverse("merchant:decided", args=[made.pk])
    assert address in page
    assert browser_of(stage.chen).get(address)["Location"] == reverse(
        "merchant:decision", args=[stage.shop.pk, made.pk]
    )
    assert address not in browser_of(stage.mei).get(reverse("circle:notices")).content.decode()


def test_a_notice_of_a_sweep_leads_to_all_that_it_decided(stage: Stage) -> None:
    stage.decide(Act.SUSPECT, stage.kettle)
    sweep = quality.scan(quality.plan_sweep(actor_id=None, now=utc_now()).pk, now=utc_now())
    quality.decide_sweep(sweep.pk, actor_id=stage.mo.pk, now=utc_now(), why="the test")
    quality.carry_out(sweep.pk, now=utc_now())
    page = browser_of(stage.chen).get(reverse("circle:notices")).content.decode()
    address = reverse("merchant:swept", args=[sweep.pk])
    assert address in page
    leads = browser_of(stage.chen).get(address)["Location"]
    shown = text_of(html.unescape(browser_of(stage.chen).get(leads).content.decode()))
    assert "KN95 mask" in shown
    assert "A kettle" not in shown
    assert "Their KN95" not in shown
    assert "A kettle" in text_of(stage.page("decisions"))
    assert browser_of(stage.mei).get(address).status_code == 404
    both = somebody("Both")
    set_merchant_staff(merchant_id=stage.shop.pk, person_ids=[both.pk, stage.chen.pk])
    set_merchant_staff(merchant_id=stage.other.pk, person_ids=[both.pk, stage.wang.pk])
    page = browser_of(both).get(address).content.decode()
    for shop in (stage.shop, stage.other):
        query = f"?sweep={write_id(sweep.pk)}"
        assert reverse("merchant:decisions", args=[shop.pk]) + query in page
    empty = Sweep.objects.create(created_at=utc_now())
    assert browser_of(stage.chen).get(reverse("merchant:swept", args=[empty.pk])).status_code == 404
    nonsense = reverse("merchant:decisions", args=[stage.shop.pk]) + "?sweep=x"
    assert browser_of(stage.chen).get(nonsense).status_code == 404


def test_a_photo_instead_of_a_pdf(stage: Stage) -> None:
    file = io.BytesIO()
    Image.new("RGB", (90, 120), "white").save(file, "JPEG")
    browser_of(stage.chen).post(form_of(stage), sent(stage, file=upload(file.getvalue(), "r.jpg")))
    assert reports().get().file.endswith(".webp")
