"""The API of a merchant's side of quality, and the statements for the DSA Transparency Database."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.contrib.auth.models import Permission
from django.test.client import MULTIPART_CONTENT, encode_multipart

from kith.core.clock import local_day, utc_now
from kith.core.ids import write_id
from kith.people.models import Person
from kith.people.tokens import Scope
from kith.quality import services as quality
from kith.quality.models import Appeal, Decision, LabReport
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from tests.contract import cast
from tests.contract.cast import Program, Street, items, told
from tests.shop import goods

PDF = b"%PDF-1.7\n%%EOF\n"
LOOK = "a test looks at what was written"


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path / "papers"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    said = cast.problem(answer, status)
    assert said["type"] == f"/problems/{code}"
    return said


def desk(street: Street, what: str) -> str:
    return f"/desk/merchants/{write_id(street.merchant.pk)}/{what}"


def said(street: Street, **changed: Any) -> dict[str, Any]:
    today = local_day(utc_now())
    return {
        "standard": "GB 2626-2019", "grade": "KN95", "laboratory": "A laboratory", "number": "R-1",
        "sample": "A mask", "tested_on": today.isoformat(), "measures": {"filtration-salt": 96.5},
        "listings": [write_id(street.kettle.pk)],
    } | changed  # fmt: skip


def handed_in(street: Street, **changed: Any) -> dict[str, Any]:
    return told(Program(street.mo).send("POST", desk(street, "reports"), said(street, **changed)), 201)


def decided(street: Street, act: Act = Act.REMOVE, **when: float) -> str:
    made = quality.decide(
        act=act, listing_id=street.kettle.pk, actor_id=None, now=utc_now() - timedelta(**when),
        grounds=Grounds(words="It burns."),
    )  # fmt: skip
    return write_id(made.pk)


def send_file(street: Street, report: str, content: bytes = PDF, person: Person | None = None) -> Any:
    file = io.BytesIO(content)
    file.name = "report.pdf"
    body = encode_multipart("BoUnDaRyStRiNg", {"file": file})
    return Program(person or street.mo).send(
        "POST", f"/desk/reports/{report}/file", body, content_type=MULTIPART_CONTENT
    )


# --- What is proven --------------------------------------------------------------------------------


def test_listings_with_their_claims(street: Street) -> None:
    mask = goods.listing("KN95 mask GB 2626-2019", of=street.merchant, category="protection")
    rows = items(Program(street.mo).get(desk(street, "quality")))
    claims = {row["listing"]["title"]: row["claims"] for row in rows}
    assert [claim["state"] for claim in claims[mask.title]] == ["not-proven"]
    first = told(Program(street.mo).get(desk(street, "quality") + "?limit=1"))
    assert len(first["items"]) == 1
    assert first["next"]


# --- Reports -----------------------------------------------------------------------------------


def test_a_report_is_handed_in_and_its_file_after_it(street: Street) -> None:
    made = handed_in(street, produced_on="2020-01-31", batch="b7")
    assert (made["state"], made["has_file"], made["batch"]) == ("submitted", False, "B7")
    assert made["measures"] == [
        {"quantity": "filtration-salt", "name": "filtration of salt particles", "value": 96.5, "unit": "%"}
    ]
    assert told(send_file(street, made["id"]))["has_file"]
    assert told(send_file(street, made["id"]))["has_file"]
    assert len(list(Path(conf.PAPERS_ROOT).iterdir())) >= 1
    answer: Any = Program(street.mo).get(f"/desk/reports/{made['id']}/file")
    assert answer.content == PDF
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    listed = items(Program(street.mo).get(desk(street, "reports")))
    assert [row["id"] for row in listed] == [made["id"]]
    assert told(Program(street.mo).get(f"/desk/reports/{made['id']}")) == listed[0]


def test_sent_twice_under_one_key_it_is_one_report(street: Street) -> None:
    program = Program(street.mo)
    path = desk(street, "reports")
    one, two = (told(program.send("POST", path, said(street), idempotency_key='"k"'), 201) for _ in range(2))
    assert one == two
    refused = problem(program.send("POST", path, said(street)), 422, "report-refused")
    assert [wrong["at"] for wrong in refused["errors"]] == ["number"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"standard": "GB 0-0"}, "standard"),
        ({"grade": "KN99"}, "grade"),
        ({"laboratory": " "}, "laboratory"),
        ({"measures": {}}, "measures"),
        ({"measures": {"filtration-salt": 101.0}}, "filtration-salt"),
        ({"measures": {"warmth": 5.0}}, "warmth"),
        ({"tested_on": "2999-01-01"}, "tested_on"),
        ({"valid_until": "2001-01-01"}, "valid_until"),
        ({"listings": []}, "listings"),
    ],
)
def test_a_refusal_names_its_field(street: Street, changed: dict[str, Any], field: str) -> None:
    refused = problem(
        Program(street.mo).send("POST", desk(street, "reports"), said(street, **changed)),
        422,
        "report-refused",
    )
    assert [wrong["at"] for wrong in refused["errors"]] == [field]


@pytest.mark.parametrize(
    "changed",
    [
        {"tested_on": "31.1.2020"},
        {"tested_on": "20200131"},
        {"measures": {"filtration-salt": "96"}},
        {"listings": ["x"]},
        {"more": 1},
    ],
)
def test_what_is_no_report_at_all(street: Street, changed: dict[str, Any]) -> None:
    problem(
        Program(street.mo).send("POST", desk(street, "reports"), said(street, **changed)), 422, "not-valid"
    )


@pytest.mark.parametrize("content", [b"", b"MZ", b"<html>"])
def test_a_file_that_is_none_is_refused(street: Street, content: bytes) -> None:
    made = handed_in(street)
    refused = problem(send_file(street, made["id"], content), 422, "paper-refused")
    assert [wrong["at"] for wrong in refused["errors"]] == ["file"]
    problem(Program(street.mo).get(f"/desk/reports/{made['id']}/file"), 404, "not-there")


def test_a_file_is_not_changed_any_more_once_somebody_has_decided(street: Street) -> None:
    made = handed_in(street)
    row = LabReport.objects.unguarded(LOOK).get()
    quality.decide_report(row.pk, actor_id=street.mei.pk, now=utc_now(), verified=False, reason="A copy.")
    problem(send_file(street, made["id"]), 422, "report-refused")
    assert told(Program(street.mo).get(f"/desk/reports/{made['id']}"))["reason"] == "A copy."


# --- Decisions -----------------------------------------------------------------------------------


def test_a_decision_with_its_reasons(street: Street) -> None:
    number = decided(street)
    [row] = items(Program(street.mo).get(desk(street, "decisions")))
    assert items(Program(street.mo).get(desk(street, "decisions") + f"?sweep={write_id(7)}")) == []
    problem(Program(street.mo).get(desk(street, "decisions") + "?sweep=x"), 422, "not-valid")
    one = told(Program(street.mo).get(f"/desk/decisions/{number}"))
    assert row == one
    assert (one["act"], one["words"], one["stands"], one["may_appeal"]) == ("remove", "It burns.", True, True)
    assert one["found_by_machine"] is one["decided_by_machine"] is False
    assert one["provision"].startswith("The shop's terms")
    assert len(one["elsewhere"]) == 2


def test_an_appeal_with_new_evidence_is_made_once(street: Street) -> None:
    number, report = decided(street), handed_in(street)
    path, body = f"/desk/decisions/{number}/appeal", {"words": "Not ours.", "report_id": report["id"]}
    program = Program(street.mo)
    one, two = (told(program.send("POST", path, body, idempotency_key='"k"'), 201) for _ in range(2))
    assert one == two
    assert (one["appeal"]["state"], one["appeal"]["report_id"]) == ("open", report["id"])
    assert not one["may_appeal"]
    problem(program.send("POST", path, body), 409, "appeal-refused")
    assert Appeal.objects.unguarded(LOOK).count() == 1


def test_no_appeal_when_its_time_is_over(street: Street) -> None:
    number = decided(street, days=conf.QUALITY_APPEAL_DAYS + 1)
    assert not told(Program(street.mo).get(f"/desk/decisions/{number}"))["may_appeal"]
    refused = problem(
        Program(street.mo).send("POST", f"/desk/decisions/{number}/appeal", {"words": "No."}), 409,
        "appeal-refused",
    )  # fmt: skip
    assert refused["detail"] == "The time to appeal is over."


# --- Not for others --------------------------------------------------------------------------------


def test_other_peoples_shops_are_not_there(street: Street) -> None:
    number, report = decided(street), handed_in(street)
    told(send_file(street, report["id"]))
    goods.merchant("Another shop", staff=(street.eve,))
    for person in (street.mei, street.eve):
        program = Program(person)
        for what in ("quality", "reports", "decisions"):
            problem(program.get(desk(street, what)), 404, "not-there")
        for path in (f"/desk/reports/{report['id']}", f"/desk/reports/{report['id']}/file",
                     f"/desk/decisions/{number}"):  # fmt: skip
            problem(program.get(path), 404, "not-there")
        problem(program.send("POST", desk(street, "reports"), said(street, number="R-2")), 404, "not-there")
        problem(program.send("POST", f"/desk/decisions/{number}/appeal", {"words": "No."}), 404, "not-there")
        problem(send_file(street, report["id"], person=person), 404, "not-there")


def test_each_needs_its_scope(street: Street) -> None:
    number = decided(street)
    reads = Program(street.mo, [Scope.MERCHANT_READ])
    told(reads.get(f"/desk/decisions/{number}"))
    problem(reads.send("POST", f"/desk/decisions/{number}/appeal", {"words": "No."}), 403, "scope-missing")
    writes = Program(street.mo, [Scope.MERCHANT_WRITE])
    problem(writes.get(f"/desk/decisions/{number}"), 403, "scope-missing")


# --- For the DSA Transparency Database -------------------------------------------------------------


def test_statements_are_for_staff_who_may(street: Street) -> None:
    decided(street)
    decided(street, Act.RECALL)
    today = local_day(utc_now()).isoformat()
    path = f"/statements?since={today}"
    problem(Program(street.mo).get(path), 404, "not-there")
    ada, codename = street.ada, "view_decision"
    may = Permission.objects.get(content_type__app_label="quality", codename=codename)
    ada.user_permissions.remove(may)
    problem(Program(ada).get(path), 404, "not-there")
    ada.user_permissions.add(may)
    problem(Program(ada, [Scope.ROLLOUT]).get(path), 403, "scope-missing")
    program = Program(Person.objects.get(pk=ada.pk), [Scope.QUALITY])
    rows = items(program.get(path))
    assert [row["puid"] for row in rows] == [f"kith-{one.pk}" for one in Decision.objects.order_by("pk")]
    first = told(program.get(path + "&limit=1"))
    second = told(program.get(f"{path}&limit=1&cursor={first['next']}"))
    assert [*first["items"], *second["items"]] == rows
    assert second["next"] is None
    assert items(program.get("/statements?since=2999-01-01")) == []
    for bad in ("", "?since=soon", f"?since={today}&until=x"):
        assert program.get(f"/statements{bad}").status_code == 422
    assert program.get(f"{path}&cursor=x").status_code == 400
    assert "It burns" not in program.get(path).content.decode()
