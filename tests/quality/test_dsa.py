"""Statements as the DSA Transparency Database takes them: its schema, and nothing of anybody in them."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kith.cli.statements import statements
from kith.core.paging import BadCursor, write_cursor
from kith.people.models import Person
from kith.quality import services
from kith.quality.models import Decision
from kith.quality.queries import dsa
from kith.quality.rules import RULES
from kith.quality.services import Grounds
from kith.quality.standards import standards
from kith.quality.transitions import Act
from kith.shop.models import Merchant
from tests.quality.cast import MEASURED, NOW, carried_out, later, looks, paper, sells, shop, somebody
from tests.shop.goods import bought

pytestmark = pytest.mark.django_db

DAY = date(2020, 2, 5)
ONE_OF = {
    "decision_visibility": {
        "DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED",
        "DECISION_VISIBILITY_CONTENT_DEMOTED", "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
        "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED",
    },
    "decision_account": {"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"},
    "account_type": {"ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"},
    "decision_ground": {"DECISION_GROUND_INCOMPATIBLE_CONTENT"},
    "content_type": {"CONTENT_TYPE_PRODUCT", "CONTENT_TYPE_OTHER"},
    "category": {"STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS"},
    "category_addition": {"STATEMENT_CATEGORY_CONSUMER_INFORMATION"},
    "category_specification": {"KEYWORD_UNSAFE_PRODUCTS"},
    "territorial_scope": {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
        "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    },
    "content_language": {"ZH", "EN"},
    "source_type": {
        "SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY",
    },
    "automated_detection": {"Yes", "No"},
    "automated_decision": {
        "AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_NOT_AUTOMATED",
    },
}  # fmt: skip
LISTS = {
    "decision_visibility", "content_type", "category_addition", "category_specification", "territorial_scope",
}  # fmt: skip
LONGEST = {
    "decision_facts": 5000, "incompatible_content_ground": 500, "incompatible_content_explanation": 2000,
    "content_type_other": 500, "puid": 500,
}  # fmt: skip
DAYS = {
    "content_date", "application_date", "end_date_visibility_restriction", "end_date_account_restriction",
}  # fmt: skip
REQUIRED = {
    "decision_ground", "incompatible_content_ground", "incompatible_content_explanation", "content_type",
    "category", "territorial_scope", "content_date", "application_date", "decision_facts", "source_type",
    "automated_detection", "automated_decision", "puid",
}  # fmt: skip
MAY_BE_NONE = {"end_date_visibility_restriction", "end_date_account_restriction"}


def require_fit(record: dict[str, Any]) -> None:
    """What the documentation of the database's API asks of one statement."""
    assert set(record) <= ONE_OF.keys() | LONGEST.keys() | DAYS
    assert set(record) >= REQUIRED
    assert "decision_visibility" in record or "decision_account" in record
    assert ("content_type_other" in record) == ("CONTENT_TYPE_OTHER" in record["content_type"])
    for name, value in record.items():
        if value is None:
            assert name in MAY_BE_NONE
        elif name in ONE_OF:
            assert isinstance(value, list) == (name in LISTS), name
            assert set(value if isinstance(value, list) else [value]) <= ONE_OF[name], name
        elif name in DAYS:
            assert date.fromisoformat(value) >= date(2000, 1, 1)
        else:
            assert 0 < len(value) <= LONGEST[name]
    assert re.fullmatch(r"[A-Za-z0-9_-]+", record["puid"])
    assert record["application_date"] >= max("2020-01-01", record["content_date"])
    for name in MAY_BE_NONE:
        assert (record.get(name) or "9999") >= record["application_date"]


def export() -> list[dict[str, Any]]:
    return list(dsa.records(since=DAY))


def decided(act: Act, listing_id: int, by: Person, **grounds: Any) -> Decision:
    return services.decide(
        act=act, listing_id=listing_id, actor_id=by.pk, now=NOW, grounds=Grounds(**grounds)
    )


# --- The schema ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [rule.code for rule in RULES])
def test_every_rule_makes_a_statement_that_fits(rule: str, masks: Merchant, desk: Person) -> None:
    one = sells(masks)
    decided(
        Act.SUSPECT, one.pk, desk, rule=rule, standard="GB 2626-2019", claimed="KN95", figure=71, bound=95
    )
    Decision.objects.create(
        listing=one, merchant=masks, act=Act.REMOVE, at=NOW, rule=rule, standard="GB 2626-2019",
        claimed="KN95", figure=71.0, bound=95.0, words="filtration-salt", found_by_machine=True,
        decided_by_machine=True,
    )  # fmt: skip
    for record in export():
        require_fit(record)
    assert len(export()) == 2


def test_what_the_database_is_told_of_a_takedown(masks: Merchant, lin: Person, desk: Person) -> None:
    one = sells(masks)
    report = services.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[one.pk], paper=paper(measures={MEASURED: 71.0})
    )
    services.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=True, covers=[one.pk])
    carried_out(by=desk)
    [record] = export()
    require_fit(record)
    assert record["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert record["decision_facts"] == (
        "It claims KN95, but a laboratory measured filtration of salt particles of 71 %, where "
        "GB 2626-2006 asks for 95 %. A program found it when it went through the listings."
    )
    assert "Product Quality Law, art. 26" in record["incompatible_content_ground"]
    assert "GB 2626-2006" in record["incompatible_content_ground"]
    assert record["application_date"] == "2020-02-05"
    assert (record["content_language"], record["end_date_visibility_restriction"]) == ("ZH", None)
    assert (record["automated_detection"], record["automated_decision"]) == (
        "Yes", "AUTOMATED_DECISION_PARTIALLY",
    )  # fmt: skip
    assert record["puid"] == f"kith-{Decision.objects.get().pk}"


def test_in_english_whatever_the_reader_speaks(masks: Merchant, desk: Person) -> None:
    sells(masks)
    carried_out(by=desk)
    english = export()
    with translation.override("zh-hans"):
        assert export() == english


def test_what_was_taken_back_has_an_end(masks: Merchant, desk: Person) -> None:
    one = sells(masks)
    decided(Act.REMOVE, one.pk, desk, words="So.")
    services.decide(
        act=Act.REINSTATE,
        listing_id=one.pk,
        actor_id=desk.pk,
        now=later(days=4),
        grounds=Grounds(words="No."),
    )
    [record] = export()
    assert record["end_date_visibility_restriction"] == "2020-02-09"


def test_a_closed_shop(masks: Merchant, desk: Person) -> None:
    grounds = Grounds(words="So.")
    services.decide_shop(act=Act.CLOSE, merchant_id=masks.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    services.decide_shop(
        act=Act.REOPEN, merchant_id=masks.pk, actor_id=desk.pk, now=later(days=1), grounds=grounds,
        ends=Decision.objects.get().pk,
    )  # fmt: skip
    [record] = export()
    require_fit(record)
    assert record["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert record["end_date_account_restriction"] == "2020-02-06"


def test_reports_of_buyers_are_a_notification(masks: Merchant, desk: Person) -> None:
    decided(Act.SUSPECT, sells(masks).pk, desk, rule="complained-of", figure=12)
    [record] = export()
    assert record["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION"


# --- Nothing of anybody ----------------------------------------------------------------------------

SIGN = "Zzyx"
"""Stands in everything that somebody wrote or is called."""
PHONE = "13912345678"


def everything_said() -> set[str]:
    """Every text that stands in any table, but for the codes and names that standards and we have given."""
    ours = {rule.code for rule in RULES} | dsa._known_claims() | {one.key for one in standards()}
    ours |= {mark.code for one in standards() for mark in one.marks}
    ours |= {"filtration-salt", "protection", "host", "CNY", "en", "zh-hans", "KN95"}
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label not in {"people", "shop", "quality", "sharing"}:
            continue
        texts = [
            field.attname for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]  # fmt: skip
        objects: Any = model.objects  # type: ignore[attr-defined]
        rows = objects.unguarded("the test looks at all") if hasattr(objects, "unguarded") else objects.all()
        for row in rows.values_list(*texts) if texts else ():
            found |= {text for text in row if text}
    shelves = {name for row in apps.get_model("shop.Category").objects.values_list() for name in row}
    return {text for text in found - ours - shelves if len(text) > 3}


def test_nothing_that_anybody_wrote_or_is_called(desk: Person, wei: Person) -> None:
    lin = somebody(f"Lin{SIGN}", phone=f"+86{PHONE}")
    mei = somebody(f"Mei{SIGN}")
    masks = shop(f"林记{SIGN}口罩", lin)
    one = sells(
        masks, f"KN95口罩 GB 13912345678 批号 {SIGN}1 找林姐 {PHONE}", description=f"{SIGN} 加微信 lin_{SIGN}"
    )
    odd = sells(masks, f"口罩 {SIGN} GB {PHONE[:5]}-1999", name="odd")
    bought(mei, one, key="m", now=later(days=-3))
    report = services.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[one.pk],
        paper=paper(laboratory=f"{SIGN} Lab", number=f"{SIGN}-9", sample=SIGN, batch=f"{SIGN}2"),
    )  # fmt: skip
    services.decide_report(
        report.pk, actor_id=desk.pk, now=NOW, verified=True, covers=[one.pk], reason=f"{SIGN} called me"
    )
    carried_out(by=desk)
    for number, rule in enumerate(RULES):
        Decision.objects.create(
            listing=(one, odd)[number % 2], merchant=masks, act=Act.REMOVE, at=NOW, rule=rule.code,
            standard=f"GB {SIGN}", claimed=f"GB {PHONE}", other=report.pk, words=f"{SIGN}3 {PHONE}",
            found_by_machine=True, decided_by_machine=bool(number % 3), actor=desk,
        )  # fmt: skip
    decided(Act.RECALL, odd.pk, desk, words=f"{SIGN} of {PHONE} admitted it.")
    made = services.appeal(
        looks(lin), decision_id=Decision.objects.latest("pk").pk, words=f"I am {SIGN}, call {PHONE}"
    )
    services.decide_appeal(made.pk, actor_id=wei.pk, now=NOW, overturn=True, reasons=f"{SIGN} is right")
    services.decide_shop(
        act=Act.CLOSE,
        merchant_id=masks.pk,
        actor_id=desk.pk,
        now=NOW,
        grounds=Grounds(words=f"Enough, {SIGN}"),
    )
    written = json.dumps(export(), ensure_ascii=False)
    assert len(export()) > len(RULES)
    assert SIGN.lower() not in written.lower()
    assert PHONE[:5] not in written
    assert {text for text in everything_said() if text in written} == set()
    for record in export():
        require_fit(record)


# --- In pieces -----------------------------------------------------------------------------------


def test_in_pages_and_in_one_stream_it_is_the_same(
    masks: Merchant, desk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        sells(masks, f"KN95口罩 {number}")
    carried_out(by=desk)
    whole = export()
    assert len(whole) == 7
    monkeypatch.setattr(dsa, "AT_ONCE", 3)
    assert export() == whole
    paged: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = dsa.record_page(since=DAY, cursor=cursor, size=3)
        paged += page.items
        cursor = page.next
        if cursor is None:
            break
    assert paged == whole
    for bad in ("nonsense", write_cursor("x"), write_cursor(1, 2)):
        with pytest.raises(BadCursor):
            dsa.record_page(since=DAY, cursor=bad)


def test_days_are_those_of_the_shop(masks: Merchant, desk: Person) -> None:
    sells(masks)
    carried_out(by=desk, now=later(hours=13))  # one in the morning of the next day, in Beijing
    assert list(dsa.records(since=DAY, until=DAY)) == []
    [record] = dsa.records(since=date(2020, 2, 6), until=date(2020, 2, 6))
    assert record["application_date"] == "2020-02-06"
    assert list(dsa.records(since=date(2020, 2, 7))) == []


def test_as_many_queries_for_many_as_for_one(masks: Merchant, desk: Person) -> None:
    for number in range(8):
        sells(masks, f"KN95口罩 {number}")
    carried_out(by=desk)
    counts = []
    for size in (1, 7):
        with CaptureQueriesContext(connection) as asked:
            dsa.record_page(since=DAY, size=size)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- By command ------------------------------------------------------------------------------------


def test_the_command_writes_a_line_for_each(masks: Merchant, desk: Person, tmp_path: Path) -> None:
    sells(masks)
    carried_out(by=desk)
    out = tmp_path / "statements.jsonl"
    done = CliRunner().invoke(
        statements, ["--since", "2020-02-05", "--out", str(out)], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    assert [json.loads(line) for line in out.read_text().splitlines()] == export()
    said = CliRunner().invoke(statements, ["--since", "2020-02-05"], catch_exceptions=False).stdout
    assert [json.loads(line) for line in said.splitlines()] == export()


@pytest.mark.parametrize(
    "words", [[], ["--since", "yesterday"], ["--since", "2020-02-05", "--until", "2020-02-04"]]
)
def test_the_command_refuses_days_that_are_none(words: list[str], tmp_path: Path) -> None:
    out = tmp_path / "none"
    assert CliRunner().invoke(statements, [*words, "--out", str(out)]).exit_code != 0
    assert not out.exists()
