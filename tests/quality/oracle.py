"""The rules once more, as plain loops over plain rows, from what the law and the rules' own words say.

Nothing of the rules, the engine or the snapshot is used: what both say, is so.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

Row = dict[str, Any]
World = dict[str, list[Row]]
"""The tables that the rules look at, as rows."""

FIGURES = ("standard", "claimed", "figure", "bound", "other", "words")
GRAVEST_FIRST = (
    ("measured-below", "remove"),
    ("forbidden-claim", "remove"),
    ("evidence-of-another", "remove"),
    ("evidence-not-covering", "remove"),
    ("evidence-other-batch", "remove"),
    ("not-in-force", "remove"),
    ("unproven", "remove"),
    ("no-such-class", "suspect"),
    ("level-as-class", "suspect"),
    ("superseded", "suspect"),
    ("unknown-standard", "suspect"),
    ("evidence-expired", "suspect"),
    ("relisted-text", "suspect"),
    ("same-picture", "suspect"),
    ("returned-often", "suspect"),
    ("complained-of", "suspect"),
    ("marks-missing", "suspect"),
    ("price-too-low", "suspect"),
)
ALL = frozenset(code for code, _ in GRAVEST_FIRST)
COINS = {"CNY": 100, "EUR": 100, "JPY": 1, "KWD": 1000}


def findings(world: World, codes: Collection[str] = ALL) -> list[Row]:
    """What these rules find, once for each listing and rule, the gravest of each listing marked."""
    told: dict[int, list[Row]] = defaultdict(list)
    listings = {row["listing"]: row for row in world["listings"]}
    cleared = {(row["listing"], row["rule"], row["digest"]) for row in world["cleared"]}
    for code, act in GRAVEST_FIRST:
        if code not in codes:
            continue
        first: dict[int, Row] = {}
        for row in RULES[code](world):
            said = listings.get(row["listing"])
            if said is None or (row["listing"], code, said["digest"]) in cleared:
                continue
            if row["listing"] not in first or _in_order(row) < _in_order(first[row["listing"]]):
                first[row["listing"]] = row
        for pk, row in first.items():
            about = {"merchant": listings[pk]["merchant"], "digest": listings[pk]["digest"]}
            told[pk].append(row | about | {"rule": code, "act": act, "main": not told[pk]})
    return sorted(
        (row for rows in told.values() for row in rows), key=lambda row: (row["listing"], row["rule"])
    )


def _in_order(row: Row) -> tuple[Any, ...]:
    return tuple((row[name] is None, row[name]) for name in FIGURES)


def _found(listing: Row, **figures: Any) -> Row:
    empty: Row = {"standard": "", "claimed": "", "figure": None, "bound": None, "other": None, "words": ""}
    return {"listing": listing["listing"]} | empty | figures


# --- What a listing says, and what is meant by it --------------------------------------------


def _split(text: str) -> list[str]:
    return text.split("|") if text else []


def _today(world: World) -> date:
    day: date = world["calendar"][0]["day"]
    return day


def _day(world: World, listing: Row) -> date:
    return listing["produced_on"] or _today(world)


def _meant(world: World, listing: Row) -> set[str]:
    day = _day(world, listing)
    return {
        row["standard"]
        for said in _split(listing["standards"])
        for row in world["names"]
        if row["said"] == said and row["since"] <= day and (row["until"] is None or day < row["until"])
    }


def _grades(world: World, standard: str, *kinds: str) -> set[str]:
    rows = [row for row in world["limits"] if row["standard"] == standard and row["grade"]]
    return {row["grade"] for row in rows if not kinds or row["kind"] in kinds}


def _claims(listing: Row) -> list[str]:
    return _split(listing["grades"]) + _split(listing["levels"])


def _is_known(world: World, said: str) -> bool:
    return any(row["said"] == said for row in world["names"])


# --- What is measured and proven -------------------------------------------------------------


def _uses(world: World, listing: Row) -> list[Row]:
    return [row for row in world["reports"] if row["listing"] == listing["listing"]]


def _is_of_other_batch(listing: Row, report: Row) -> bool:
    return bool(listing["batch"] and report["batch"]) and listing["batch"] != report["batch"]


def measured_below(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        for report in _uses(world, listing):
            if report["covered"] is False or _is_of_other_batch(listing, report):
                continue
            standard = report["standard"]
            held_to = set(_claims(listing)) & _grades(world, standard)
            if not held_to and report["grade"]:
                held_to = {report["grade"]}
            for limit in world["limits"]:
                if limit["standard"] != standard or limit["grade"] not in {"", *held_to}:
                    continue
                for bound, value in _broken(world, report, limit):
                    yield _found(
                        listing, standard=standard, claimed=limit["grade"] or standard, figure=value,
                        bound=bound, other=report["report"], words=limit["quantity"],
                    )  # fmt: skip


def _broken(world: World, report: Row, limit: Row) -> Iterator[tuple[float, float]]:
    for measure in world["measures"]:
        if measure["report"] == report["report"] and measure["quantity"] == limit["quantity"]:
            value = measure["value"]
            if limit["at_least"] is not None and value < limit["at_least"]:
                yield limit["at_least"], value
            elif limit["at_most"] is not None and value > limit["at_most"]:
                yield limit["at_most"], value


def _bears(world: World, listing: Row, report: Row) -> bool:
    """Whether a report is about anything that the listing claims."""
    if _claims(listing):
        values = {row["quantity"] for row in world["measures"] if row["report"] == report["report"]}
        return any(
            row["standard"] == report["standard"] and row["grade"] in _claims(listing)
            and (not row["quantity"] or row["quantity"] in values)
            for row in world["limits"]
        )  # fmt: skip
    said = _split(listing["standards"])
    return any(row["said"] in said and row["standard"] == report["standard"] for row in world["names"])


def _faults(world: World, listing: Row, report: Row) -> set[str]:
    faults = {
        "another": report["owner"] != listing["merchant"] or not report["first"],
        "not-covering": report["covered"] is False,
        "other-batch": _is_of_other_batch(listing, report),
        "expired": report["valid_until"] is not None and report["valid_until"] < _today(world),
    }
    return {name for name, is_so in faults.items() if is_so}


def _wanting(world: World, fault: str, *graver: str) -> Iterator[Row]:
    for listing in world["listings"]:
        reports = [one for one in _uses(world, listing) if _bears(world, listing, one)]
        faults = [_faults(world, listing, report) for report in reports]
        if not all(faults):
            continue
        for report, wrong in zip(reports, faults, strict=True):
            if fault in wrong and not wrong & set(graver):
                claimed = report["grade"] or report["standard"]
                yield _found(listing, standard=report["standard"], claimed=claimed, other=report["report"],
                             words=report["batch"])  # fmt: skip


def evidence_of_another(world: World) -> Iterator[Row]:
    return _wanting(world, "another")


def evidence_not_covering(world: World) -> Iterator[Row]:
    return _wanting(world, "not-covering", "another")


def evidence_other_batch(world: World) -> Iterator[Row]:
    return _wanting(world, "other-batch", "another", "not-covering")


def evidence_expired(world: World) -> Iterator[Row]:
    return _wanting(world, "expired", "another", "not-covering", "other-batch")


def unproven(world: World) -> Iterator[Row]:
    for listing in _on_covered_shelves(world):
        known = sorted(said for said in _split(listing["standards"]) if _is_known(world, said))
        claims = [*_claims(listing), *known]
        proven = any(_bears(world, listing, report) for report in _uses(world, listing))
        if claims and not proven:
            yield _found(listing, standard=known[0] if known else "", claimed=claims[0])


def _on_covered_shelves(world: World) -> list[Row]:
    shelves = {row["category"] for row in world["covered"]}
    return [row for row in world["listings"] if row["category"] in shelves]


# --- What is said ----------------------------------------------------------------------------


def forbidden_claim(world: World) -> Iterator[Row]:
    forbidden = {(row["standard"], row["claim"]) for row in world["forbidden"]}
    for listing in world["listings"]:
        meant = _meant(world, listing)
        for claim in ("medical", "children"):
            if listing[claim] and all((standard, claim) in forbidden for standard in meant):
                for standard in meant:
                    yield _found(listing, standard=standard, claimed=claim, words=claim)


def not_in_force(world: World) -> Iterator[Row]:
    for listing, said, day in _out_of_force(world):
        if listing["produced_on"] is not None:
            yield _found(listing, standard=said, claimed=said, words=day.isoformat())


def superseded(world: World) -> Iterator[Row]:
    for listing, said, _today in _out_of_force(world):
        if listing["produced_on"] is None:
            yield _found(listing, standard=said, claimed=said)


def _out_of_force(world: World) -> Iterator[tuple[Row, str, date]]:
    for listing in world["listings"]:
        day = _day(world, listing)
        for said in _split(listing["standards"]):
            for edition in world["editions"]:
                begun = edition["since"] <= day
                ended = edition["until"] is not None and edition["until"] <= day
                if edition["standard"] == said and (not begun or ended):
                    yield listing, said, day


def no_such_class(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        meant = _meant(world, listing)
        for claim in _claims(listing):
            if not any(claim in _grades(world, standard) for standard in meant):
                for standard in meant:
                    yield _found(listing, standard=standard, claimed=claim)


def level_as_class(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        meant, classes = _meant(world, listing), _split(listing["grades"])
        for said in classes:
            if any(said in _grades(world, standard, "class") for standard in meant):
                continue
            for standard in meant:
                if said in _grades(world, standard, "level"):
                    yield _found(listing, standard=standard, claimed=said)
        for standard in meant:
            for level in _split(listing["levels"]):
                needed = {
                    row["grade"]
                    for row in world["needs"]
                    if row["standard"] == standard and row["level"] == level
                }
                for said in set(classes) & _grades(world, standard, "class"):
                    if needed and said not in needed:
                        yield _found(listing, standard=standard, claimed=level, words=said)


def unknown_standard(world: World) -> Iterator[Row]:
    for listing in _on_covered_shelves(world):
        said = _split(listing["standards"])
        if not any(_is_known(world, one) for one in said):
            for one in said:
                yield _found(listing, claimed=one)


def marks_missing(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        shown = _split(listing["marks"])
        for standard in _meant(world, listing):
            for row in world["marks"]:
                if row["standard"] == standard and row["mark"] not in shown:
                    yield _found(listing, standard=standard, words=row["mark"])


# --- What it is like, and what became of it --------------------------------------------------


def relisted_text(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        for gone in world["gone"]:
            if not (listing["text_print"] and gone["text_print"]):
                continue
            apart = listing["text_print"] ^ gone["text_print"]
            quarters = [(apart >> place) & 0xFFFF for place in (0, 16, 32, 48)]
            checked = (listing["text_check"] ^ gone["text_check"]).bit_count() <= 2
            if 0 in quarters and apart.bit_count() <= 5 and checked:
                yield _found(listing, other=gone["listing"])


def same_picture(world: World) -> Iterator[Row]:
    for listing in world["listings"]:
        for gone in world["gone"]:
            if listing["picture_print"] and listing["picture_print"] == gone["picture_print"]:
                yield _found(listing, other=gone["listing"])


def complained_of(world: World) -> Iterator[Row]:
    buyers = {row["listing"]: row["buyers"] for row in world["complaints"]}
    for listing in world["listings"]:
        if buyers.get(listing["listing"], 0) >= 3:
            yield _found(listing, figure=float(buyers[listing["listing"]]), bound=3.0)


def price_too_low(world: World) -> Iterator[Row]:
    groups: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in world["listings"]:
        if row["grades"] and row["price"] > 0 and row["pieces"] > 0:
            groups[row["category"], row["currency"], _split(row["grades"])[0]].append(row)
    for (_, currency, grade), group in groups.items():
        heights = [math.log(row["price"] / row["pieces"]) for row in group]
        middle = statistics.median(heights)
        spread = 1.4826 * statistics.median(abs(height - middle) for height in heights)
        for row, height in zip(group, heights, strict=True):
            if len(group) >= 30 and middle - height > 3.5 * max(spread, 0.05):
                yield _found(
                    row, claimed=grade, figure=row["price"] / row["pieces"] / COINS[currency],
                    bound=math.exp(middle) / COINS[currency], words=currency,
                )  # fmt: skip


def returned_often(world: World, *, share_of_false: float = 0.05) -> Iterator[Row]:
    listings = {row["listing"] for row in world["listings"]}
    sold = [row for row in world["sold"] if row["listing"] in listings and row["sold"] > 0]
    tested = []
    for row in sold:
        rest = [one for one in sold if one["category"] == row["category"] and one is not row]
        others, bad = sum(one["sold"] for one in rest), sum(one["bad"] for one in rest)
        usual = bad / others if others else 0.0
        tested.append((_chance(row["sold"], row["bad"], others, bad), usual, row))
    tested.sort(key=lambda one: one[0])
    passing = [place for place, one in enumerate(tested, 1) if one[0] <= share_of_false * place / len(tested)]
    for _, usual, row in tested[: max(passing, default=0)]:
        share = row["bad"] / row["sold"]
        yield _found(row, figure=share * 100, bound=usual * 100, words=str(row["bad"]))


def _chance(sold: int, bad: int, others: int, bad_others: int) -> float:
    """At most how likely it is that so many come back of one, if all on the shelf are alike."""
    if bad < 5 or not others or bad / sold <= bad_others / others:
        return 1.0
    whole = (bad + bad_others) / (sold + others)
    return math.exp(
        -max(sold * _divergence(bad / sold, whole), others * _divergence(bad_others / others, whole))
    )


def _divergence(share: float, whole: float) -> float:
    terms: Iterable[tuple[float, float]] = ((share, whole), (1 - share, 1 - whole))
    return sum(part * math.log(part / of) for part, of in terms if part > 0)


RULES = {
    "measured-below": measured_below,
    "forbidden-claim": forbidden_claim,
    "evidence-of-another": evidence_of_another,
    "evidence-not-covering": evidence_not_covering,
    "evidence-other-batch": evidence_other_batch,
    "not-in-force": not_in_force,
    "superseded": superseded,
    "unproven": unproven,
    "no-such-class": no_such_class,
    "level-as-class": level_as_class,
    "unknown-standard": unknown_standard,
    "evidence-expired": evidence_expired,
    "relisted-text": relisted_text,
    "same-picture": same_picture,
    "returned-often": returned_often,
    "complained-of": complained_of,
    "marks-missing": marks_missing,
    "price-too-low": price_too_low,
}
