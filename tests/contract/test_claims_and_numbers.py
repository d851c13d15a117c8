"""The API of what is claimed and proven, what buyers complain of, and the public numbers."""

from __future__ import annotations

from typing import Any

import pytest

from kith.core.clock import utc_now
from kith.core.ids import write_id
from kith.people.tokens import Scope
from kith.quality import services as quality
from kith.quality.services import Grounds
from kith.quality.transitions import Act
from kith.shop.models import LineStatus, Listing, OrderLine
from tests.contract.cast import Program, Street, problem, told


def complaint(street: Street) -> str:
    return f"/listings/{write_id(street.kettle.pk)}/complaint"


def sent(street: Street) -> None:
    rows = OrderLine.objects.unguarded("a test writes what it looks at").filter(pk=street.line.pk)
    rows.update(status=LineStatus.DELIVERED, delivered_at=utc_now())


def test_claims_stand_with_the_listing(street: Street) -> None:
    path = f"/listings/{write_id(street.kettle.pk)}"
    assert told(Program(None).get(path))["claims"] == []
    row = Listing.objects.get(pk=street.kettle.pk)
    row.title, row.category_id, row.digest = "KN95 mask GB 2626-2019", "protection", 7
    row.save()
    [claim] = told(Program(None).get(path))["claims"]
    assert (claim["words"], claim["state"]) == ("KN95 · GB 2626-2019", "not-proven")
    assert claim["says"] == "No laboratory report proves this."


def test_a_complaint_is_said_changed_and_taken_back(street: Street) -> None:
    sent(street)
    mei, path = Program(street.mei), complaint(street)
    problem(mei.get(path), 404)
    for body in ({"reason": "unsafe", "words": "It sparks"}, {"reason": "broken"}):
        said = told(mei.send("PUT", path, body))
        assert (said["reason"], said["words"]) == (body["reason"], body.get("words", ""))
        assert said == told(mei.get(path))
    for other in (street.bo, street.eve, street.mo):
        problem(Program(other).get(path), 404)
        problem(Program(other).send("PUT", path, {"reason": "unsafe"}), 404)
        assert Program(other).send("DELETE", path).status_code == 204
    assert told(mei.get(path))["reason"] == "broken"
    for _again in range(2):
        assert mei.send("DELETE", path).status_code == 204
    problem(mei.get(path), 404)


@pytest.mark.parametrize("body", [{}, {"reason": "late"}, {"reason": "recalled"}, {"reason": None},
                                  {"reason": "unsafe", "words": "x" * 1001}, {"reason": "unsafe", "by": 1},
                                  {"reason": "unsafe", "words": "a\x00b"}])  # fmt: skip
def test_what_is_no_complaint(street: Street, body: dict[str, Any]) -> None:
    sent(street)
    problem(Program(street.mei).send("PUT", complaint(street), body), 422)


def test_a_key_that_does_not_allow_it(street: Street) -> None:
    sent(street)
    reads = Program(street.mei, [Scope.ORDERS_READ])
    problem(reads.send("PUT", complaint(street), {"reason": "unsafe"}), 403)
    problem(reads.send("DELETE", complaint(street)), 403)
    problem(Program(None).send("PUT", complaint(street), {"reason": "unsafe"}), 401)


def test_the_numbers_are_everybodys(street: Street) -> None:
    assert told(Program(None).get("/transparency"))["total"]["taken_down"] == 0
    grounds = Grounds(words="It burns.", standard="GB 4943.1-2022")
    quality.decide(act=Act.REMOVE, listing_id=street.kettle.pk, actor_id=None, now=utc_now(), grounds=grounds)
    for who in (None, street.mei):
        numbers = told(Program(who).get("/transparency"))
        assert (numbers["total"]["taken_down"], numbers["total"]["taken_back_share"]) == (1, 0.0)
        [month] = numbers["months"]
        [standard] = month["standards"]
        assert (standard["standard"], standard["numbers"]["taken_down"]) == ("GB 4943.1-2022", 1)
        assert "checked" not in standard["numbers"]
        assert str(street.merchant.name) not in str(numbers)
