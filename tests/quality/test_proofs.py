"""What everybody sees of a listing's claims agrees with what a sweep would find."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kith.core.errors import NotThere
from kith.people.models import Person
from kith.quality import proving
from kith.quality import services as quality
from kith.quality.models import Reading
from kith.quality.proving import Evidence, Said, Verdict
from kith.quality.queries import get_proof, proofs_of
from kith.quality.readings import read_listings
from kith.quality.rules import RULES
from kith.quality.services import Grounds
from kith.quality.standards import Forbidden, Grade, Limit, Standard, key_of
from kith.quality.transitions import Act
from kith.shop.models import Listing, Merchant
from tests.quality import oracle
from tests.quality.cast import GOOD, LAB, NOW, PLAIN, carried_out, later, looks, paper, proven, sells, shop
from tests.quality.oracle import Row, World
from tests.quality.worlds import by_chance

TODAY = date(2020, 2, 5)
PROOF = (
    "unproven",
    "evidence-of-another",
    "evidence-not-covering",
    "evidence-other-batch",
    "evidence-expired",
)


# --- The page and the sweep say the same -------------------------------------------------------


def standards_of(world: World) -> list[Standard]:
    """The standards of a world, as a file would give them."""
    return [_standard(world, row["standard"]) for row in world["editions"]]


def _standard(world: World, key: str) -> Standard:
    [by_code] = [row for row in world["names"] if row["standard"] == key and row["said"] != key]
    [edition] = [row for row in world["editions"] if row["standard"] == key]
    rows = [row for row in world["limits"] if row["standard"] == key]
    kinds = {row["grade"]: row["kind"] for row in rows if row["grade"]}
    needs = defaultdict(list)
    for row in world["needs"]:
        if row["standard"] == key:
            needs[row["level"]].append(row["grade"])
    claims = {row["claim"] for row in world["forbidden"] if row["standard"] == key}
    one = Standard(
        code=by_code["said"], edition=key[len(by_code["said"]) + 1 :], title_zh="", title_en="",
        in_force_from=by_code["since"], in_force_until=by_code["until"],
        allowed_until=edition["until"] if edition["until"] != by_code["until"] else None,
        covers=tuple(row["category"] for row in world["covered"] if row["standard"] == key),
        medical="medical" not in claims, children="children" not in claims,
        grades=tuple(
            Grade(name, kind, (), (), _limits(rows, name), tuple(needs[name])) for name, kind in kinds.items()
        ),
        limits=_limits(rows, ""), marks=(),
        forbidden=tuple(Forbidden(claim, "", "", "") for claim in claims - {"medical"}), source="",
    )  # fmt: skip
    assert key_of(one.code, one.edition) == key
    return one


def _limits(rows: list[Row], grade: str) -> tuple[Limit, ...]:
    return tuple(
        Limit(row["quantity"], row["at_least"], row["at_most"], "%", "", "")
        for row in rows if row["grade"] == grade and row["quantity"]
    )  # fmt: skip


def judged(world: World, listing: Row) -> tuple[Verdict, ...]:
    reports = [
        Evidence(
            row["owner"], row["standard"], row["grade"], row["batch"], row["valid_until"], row["covered"],
            row["first"], values={
                measure["quantity"]: measure["value"]
                for measure in world["measures"] if measure["report"] == row["report"]
            },
        )
        for row in world["reports"] if row["listing"] == listing["listing"]
    ]  # fmt: skip
    said = Said(
        listing["merchant"], listing["category"], _split(listing["standards"]), _split(listing["grades"]),
        _split(listing["levels"]), listing["medical"], listing["children"], listing["produced_on"],
        listing["batch"],
    )  # fmt: skip
    cleared = {row["rule"] for row in world["cleared"]
               if (row["listing"], row["digest"]) == (listing["listing"], listing["digest"])}  # fmt: skip
    today = world["calendar"][0]["day"]
    return proving.judge(said, reports, standards_of(world), today=today, cleared=cleared)


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


def found(world: World, listing: Row, *codes: str, **instead: str) -> list[Row]:
    """What the rules find against one listing, were it to say something else."""
    alone = world | {"listings": [listing | instead]}
    rows = [row | {"rule": code} for code in codes for row in oracle.RULES[code](alone)]
    cleared = {(row["listing"], row["rule"], row["digest"]) for row in world["cleared"]}
    return [row for row in rows if (row["listing"], row["rule"], listing["digest"]) not in cleared]


def against(world: World, listing: Row, verdict: Verdict) -> list[Row]:
    """What the rules have against one claim, told without `proving`."""
    claim = verdict.claim
    if claim.kind == "purpose":
        rows = [row for row in found(world, listing, "forbidden-claim") if row["claimed"] == claim.name]
        return rows or ([] if oracle._meant(world, listing) else found(world, listing))
    field = {"class": "grades", "level": "levels"}.get(claim.kind, "standards")
    only = {"grades": "", "levels": "", "standards": ""} | {field: claim.name}
    rows = found(world, listing, *PROOF, **only)
    rows += [row for row in found(world, listing, "measured-below") if concerns(world, listing, claim, row)]
    if claim.kind == "standard":
        editions = {claim.name}
    else:
        rows += [row for row in found(world, listing, "no-such-class", "level-as-class")
                 if row["claimed"] == claim.name]  # fmt: skip
        editions = {row["standard"] for row in world["editions"]
                    if claim.name in oracle._grades(world, row["standard"])}  # fmt: skip
    rows += [row for row in found(world, listing, "not-in-force", "superseded") if row["claimed"] in editions]
    return rows


def concerns(world: World, listing: Row, claim: proving.Claim, row: Row) -> bool:
    """Whether too low a value speaks of this claim: of this class, or of none that is claimed."""
    classes = _split(listing["grades"]) + _split(listing["levels"])
    [report] = [one for one in world["reports"] if one["report"] == row["other"]]
    if row["claimed"] in classes and row["claimed"] in oracle._grades(world, report["standard"]):
        return row["claimed"] == claim.name and claim.kind != "standard"
    bears = {each: oracle._bears(world, one, report) for each, one in _alone(world, listing)}
    return bears[claim.kind, claim.name] or not any(bears.values())


def _alone(world: World, listing: Row) -> list[tuple[tuple[str, str], Row]]:
    bare = listing | {"grades": "", "levels": "", "standards": ""}
    claims = [(verdict.claim.kind, verdict.claim.name) for verdict in judged(world, listing)]
    fields = {"class": "grades", "level": "levels", "standard": "standards"}
    return [((kind, name), bare | {fields[kind]: name}) for kind, name in claims if kind in fields]


def test_the_order_of_what_is_grave_is_that_of_the_rules() -> None:
    assert [rule.code for rule in RULES if rule.code in proving.ORDER] == list(proving.ORDER)


@given(random=st.randoms(use_true_random=False))
def test_in_any_world_a_claim_is_proven_where_the_rules_find_nothing(random: Random) -> None:
    world = by_chance(random)
    for listing in world["listings"]:
        for verdict in judged(world, listing):
            rules = {row["rule"] for row in against(world, listing, verdict)}
            unknown = verdict.claim.kind == "standard" and not oracle._is_known(world, verdict.claim.name)
            nameless = verdict.claim.kind == "purpose" and not oracle._meant(world, listing)
            if not (unknown or nameless):
                assert (verdict.state == "proven") == (not rules), (listing, verdict, rules)
            assert (verdict.state == "contradicted") == ("measured-below" in rules), (listing, verdict)


@given(random=st.randoms(use_true_random=False))
def test_in_any_world_nothing_is_all_proven_that_the_sweep_takes_down(random: Random) -> None:
    world = by_chance(random)
    for listing in world["listings"]:
        taken = found(world, listing, *PROOF, "measured-below", "not-in-force", "forbidden-claim")
        verdicts = judged(world, listing)
        if taken and verdicts:
            assert {verdict.state for verdict in verdicts} != {"proven"}, (listing, verdicts, taken)
        for row in taken:
            for verdict in verdicts:
                claims_it = verdict.claim.name == row["claimed"] and row["rule"] in (
                    "unproven",
                    "measured-below",
                )
                assert not (claims_it and verdict.state == "proven"), (listing, verdict, row)


# --- In the catalogue ------------------------------------------------------------------------


def cards(listing: Listing, today: date = TODAY) -> list[tuple[str, str]]:
    return [(card.words, card.state) for card in get_proof(listing.pk, today=today).claims]


def says(listing: Listing) -> str:
    [card] = get_proof(listing.pk, today=TODAY).claims
    return card.says


CLAIM = "KN95 · GB 2626-2006"


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def test_what_claims_nothing_has_no_card(masks: Merchant) -> None:
    assert cards(sells(masks, PLAIN)) == []


def test_a_claim_goes_from_nothing_to_waiting_to_proven(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    assert cards(mask) == [(CLAIM, "not-proven")]
    assert says(mask) == "No laboratory report proves this."
    report = quality.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[mask.pk], paper=paper(number="7")
    )
    assert cards(mask) == [(CLAIM, "waiting")]
    assert says(mask) == "A laboratory report has been handed in. We have not looked at it yet."
    quality.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=True, covers=[mask.pk])
    assert cards(mask) == [(CLAIM, "proven")]
    assert says(mask) == (
        f"{LAB} measured filtration of salt particles: 97.2 % on 20 January 2020 (report 7). "
        "KN95 (GB 2626-2006) needs at least 95 %."
    )
    quality.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=False, reason="forged")
    assert cards(mask) == [(CLAIM, "not-proven")]


def test_a_report_that_measured_less_contradicts(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    proven(lin, mask, by=desk, measures={"filtration-salt": 71.0})
    assert cards(mask) == [(CLAIM, "contradicted")]
    assert "71 %" in says(mask)
    assert "95 %" in says(mask)
    quality.hand_in_report(
        looks(lin), merchant_id=masks.pk, listing_ids=[mask.pk], paper=paper(number="better")
    )
    assert cards(mask) == [(CLAIM, "contradicted")]


def test_no_name_of_a_person_is_told(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    proven(lin, mask, by=desk, measures={"filtration-salt": 71.0})
    text = repr(get_proof(mask.pk, today=TODAY))
    assert lin.display_name not in text
    assert desk.display_name not in text


@pytest.mark.parametrize(
    ("title", "said", "sentence"),
    [
        (GOOD, {"valid_until": date(2020, 2, 4)}, "was valid until 4 February 2020"),
        (f"{GOOD} 批号 A1", {"batch": "B2"}, "is of batch B2"),
    ],
)
def test_reports_that_do_not_prove_it(
    masks: Merchant, lin: Person, desk: Person, title: str, said: dict[str, Any], sentence: str
) -> None:
    mask = sells(masks, title)
    proven(lin, mask, by=desk, **said)
    assert cards(mask) == [(CLAIM, "not-proven")]
    assert sentence in says(mask)


def test_a_report_that_another_shop_handed_in_before_proves_nothing(
    masks: Merchant, lin: Person, desk: Person, mei: Person
) -> None:
    wang = shop("王记口罩", mei)
    theirs, mine = sells(wang, name="theirs"), sells(masks, name="mine")
    proven(mei, theirs, by=desk)
    proven(lin, mine, by=desk, now=later(hours=1))
    assert (cards(theirs), cards(mine)) == ([(CLAIM, "proven")], [(CLAIM, "not-proven")])
    assert "another shop" in says(mine)


def test_a_report_found_to_be_about_another_thing(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    report = quality.hand_in_report(looks(lin), merchant_id=masks.pk, listing_ids=[mask.pk], paper=paper())
    quality.decide_report(report.pk, actor_id=desk.pk, now=NOW, verified=True)
    assert cards(mask) == [(CLAIM, "not-proven")]
    assert "about another thing" in says(mask)


@pytest.mark.parametrize(
    ("title", "expected", "sentence"),
    [
        ("医用口罩 KN95 GB 2626-2006", ("for medical use", "not-proven"), "GB 2626-2006 is not for that."),
        ("医用口罩", ("for medical use", "not-proven"), "names no standard"),
        ("口罩 GB 9999-2001", ("GB 9999-2001", "not-proven"), "We know of no standard"),
        ("口罩 GB 2626-2019", ("GB 2626-2019", "not-proven"), "old edition"),
    ],
)
def test_what_nobody_could_prove(
    masks: Merchant, title: str, expected: tuple[str, str], sentence: str
) -> None:
    mask = sells(masks, title)
    assert expected in cards(mask)
    [card] = [card for card in get_proof(mask.pk, today=TODAY).claims if card.words == expected[0]]
    assert sentence in card.says or card.says == "No laboratory report proves this."


def test_what_lies_on_a_shelf_without_standards_has_to_prove_nothing(masks: Merchant) -> None:
    assert cards(sells(masks, "KN95 口罩 GB 2626-2006 的故事", category="tea")) == []


def test_what_was_reinstated_is_not_said_to_be_false(masks: Merchant, lin: Person, desk: Person) -> None:
    """An appeal found it in order, whatever the first report said; said otherwise, it is looked at anew."""
    mask = sells(masks)
    proven(lin, mask, by=desk, measures={"filtration-salt": 71.0})
    carried_out(by=desk)
    grounds = Grounds(rule="measured-below", words="the sample was another")
    quality.decide(act=Act.REINSTATE, listing_id=mask.pk, actor_id=desk.pk, now=NOW, grounds=grounds)
    assert cards(mask) == [(CLAIM, "proven")]
    assert says(mask) == "Our staff have looked at this once more and found nothing wrong."
    again = sells(masks, f"{GOOD} 新", name=GOOD)
    assert again.pk == mask.pk
    assert cards(again) == [(CLAIM, "contradicted")]


def test_a_reading_that_is_behind_is_made_anew_and_not_kept(masks: Merchant) -> None:
    mask = sells(masks)
    read_listings()
    sells(masks, PLAIN, name=GOOD)
    kept = Reading.objects.values_list("digest", "grades").get(pk=mask.pk)
    assert cards(mask) == []
    assert Reading.objects.values_list("digest", "grades").get(pk=mask.pk) == kept
    Reading.objects.all().delete()
    assert cards(mask) == []
    assert not Reading.objects.exists()


def test_a_reading_by_an_older_reader_is_made_anew(masks: Merchant) -> None:
    mask = sells(masks)
    read_listings()
    Reading.objects.update(reader=0, grades="FFP2")
    assert cards(mask) == [(CLAIM, "not-proven")]


def test_as_many_queries_for_many_as_for_one(
    masks: Merchant, lin: Person, desk: Person, django_assert_num_queries: Any
) -> None:
    some = [sells(masks, f"{GOOD} 第{number}款", name=str(number)) for number in range(12)]
    for number, mask in enumerate(some):
        proven(lin, mask, by=desk, number=f"N{number}")
    with django_assert_num_queries(4):
        assert cards(some[0]) == [(CLAIM, "proven")]
    with django_assert_num_queries(4):
        found_of_all = proofs_of([mask.pk for mask in some], today=TODAY)
    assert {card.state for proof in found_of_all.values() for card in proof.claims} == {"proven"}


def test_what_is_not_there(db: None) -> None:
    with pytest.raises(NotThere):
        get_proof(1, today=TODAY)
    assert proofs_of([], today=TODAY) == {}


def test_in_chinese_too(masks: Merchant, lin: Person, desk: Person) -> None:
    mask = sells(masks)
    proven(lin, mask, by=desk)
    with translation.override("zh-hans"):
        assert "2020年1月20日" in says(mask)
