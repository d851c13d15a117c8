"""The safety card: facts only, those its owner tells, in bands; upheld complaints always."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from kith.core.errors import NotThere
from kith.people.models import Person
from kith.shop.models import Category, LineStatus, Listing, Merchant, Order, OrderLine
from kith.strangers.models import Exchange, Persona
from kith.strangers.queries import newest
from kith.strangers.queries.safety import Fact, safety_card
from kith.strangers.services import write_post
from kith.strangers.services.personas import change_persona
from kith.strangers.services.standing import close_persona
from tests.strangers.cast import NOW, befriend, inside_only, open_channel, stranger, viewer

pytestmark = pytest.mark.django_db
LOOKING = "the test looks at all rows"
ALL = ("years", "region", "confirmed", "persona_age", "answers")
YEAR = timedelta(days=365)


@pytest.fixture
def eve() -> Person:
    open_channel()
    return stranger("Evergreen")


@pytest.fixture
def mei(eve: Person) -> Person:
    return stranger("Moonlight", tells=ALL)


def persona_of(person: Person) -> Persona:
    found: Persona = Persona.objects.unguarded(LOOKING).get(person=person)
    return found


def facts(looker: Person, person: Person, now: datetime = NOW) -> dict[str, tuple[str, str]]:
    card = safety_card(viewer(looker, now), persona_id=persona_of(person).pk)
    return {fact.kind: (fact.state, fact.value) for fact in card.facts}


def bought(buyer: Person, ship_to: str, *, lines: int = 1, **line: Any) -> Order:
    shelf = Category.objects.get_or_create(code="tea", defaults={"name_zh": "茶", "name_en": "Tea"})[0]
    shop = Merchant.objects.get_or_create(name="Lantern")[0]
    tea = Listing.objects.get_or_create(
        merchant=shop, title="Tea", defaults={"category": shelf, "price_minor": 900}
    )[0]
    order = Order.objects.create(buyer=buyer, placed_at=NOW, ship_to=ship_to, address="Lane 5, door 7")
    told = {"status": LineStatus.DELIVERED, "delivered_at": NOW - timedelta(days=9), **line}
    for number in range(lines):
        OrderLine.objects.create(
            order=order, buyer=buyer, merchant=shop, listing=tea, external_id=str(number), quantity=1,
            price_minor=900, status_at=NOW, placed_at=NOW, **told,
        )  # fmt: skip
    return order


def greeted(person: Person, *, answered: int, not_answered: int, age: timedelta = timedelta(days=4)) -> None:
    at = NOW - age
    for number in range(answered + not_answered):
        Exchange.objects.create(
            starter=inside_only(), greeted=person, started_at=at, last_at=at,
            answered_at=NOW if number < answered else None,
        )  # fmt: skip


def test_nothing_is_told_but_what_its_owner_tells_and_upheld_complaints(mei: Person, eve: Person) -> None:
    change_persona(viewer(mei), tells=[])
    Persona.objects.unguarded(LOOKING).filter(person=mei).update(upheld=2)
    card = safety_card(viewer(eve), persona_id=persona_of(mei).pk)
    kinds = ("years", "region", "phone", "second-factor", "persona-age", "answers")
    assert card.facts == tuple(Fact(kind, "not-told") for kind in kinds)
    assert card.upheld == 2


@pytest.mark.parametrize("told", ALL)
def test_each_fact_is_a_choice_of_its_own(mei: Person, eve: Person, told: str) -> None:
    change_persona(viewer(mei), tells=[told])
    shown = {kind for kind, (state, _value) in facts(eve, mei).items() if state != "not-told"}
    assert shown == ({"phone", "second-factor"} if told == "confirmed" else {told.replace("_", "-")})


def test_only_whom_one_sees_is_told_of(mei: Person, eve: Person) -> None:
    pk = persona_of(mei).pk
    befriend(mei, eve)
    for looker in (eve, inside_only(), None):
        with pytest.raises(NotThere):
            safety_card(viewer(looker), persona_id=pk)
    assert safety_card(viewer(mei), persona_id=pk).facts, "one sees what strangers are told"
    close_persona(persona_id=pk, now=NOW)
    with pytest.raises(NotThere):
        safety_card(viewer(stranger("Third")), persona_id=pk)


@pytest.mark.parametrize(
    ("joined", "band"),
    [(timedelta(0), "<1"), (YEAR - timedelta(1), "<1"), (YEAR, "1-3"), (3 * YEAR, "3-5"), (5 * YEAR, "5+")],
)
def test_years_as_a_shopper(mei: Person, eve: Person, joined: timedelta, band: str) -> None:
    Person.objects.filter(pk=mei.pk).update(joined_at=NOW - joined)
    assert facts(eve, mei)["years"] == ("yes", band)


def test_the_mark_is_for_those_who_have_been_here_long_and_say_so(mei: Person, eve: Person) -> None:
    long = NOW - 3 * YEAR
    silent, new, friend = stranger("Silent"), stranger("New one", tells=ALL), stranger("Friend", tells=ALL)
    Person.objects.filter(pk__in=[mei.pk, silent.pk, friend.pk]).update(joined_at=long)
    befriend(friend, eve)
    texts = {mei: "喜欢种花。", silent: "Who fishes here?", new: "包饺子", friend: "广场舞"}
    for person, text in texts.items():
        write_post(viewer(person), topic="hobbies", text=text)
    marked = {card.author.name: card.long_time for card in newest(viewer(eve)).items}
    assert marked == {"Moonlight": True, "Silent": False, "New one": False}


@pytest.mark.parametrize(
    ("region", "ship_to", "known"),
    [
        ("130600", "130600", True), ("130600", "130602", True), ("130600", "130100", False),
        ("130000", "130602", True), ("130000", "310000", False), ("310000", "310104", True),
        ("429004", "429004", True), ("429004", "429005", False), ("130600", "", False), ("", "130600", False),
    ],
)  # fmt: skip
def test_parcels_really_go_where_somebody_says_they_live(
    mei: Person, eve: Person, region: str, ship_to: str, known: bool
) -> None:
    change_persona(viewer(mei), region=region)
    for _ in range(2):
        bought(mei, ship_to)
    assert facts(eve, mei)["region"] == (("yes", region) if known else ("unknown", ""))


@pytest.mark.parametrize(
    "line",
    [
        {"is_gift": True}, {"status": LineStatus.SHIPPED, "delivered_at": None},
        {"status": LineStatus.CANCELLED}, {"delivered_at": NOW - 2 * YEAR - timedelta(days=1)},
    ],
)  # fmt: skip
def test_not_every_parcel_counts(mei: Person, eve: Person, line: dict[str, Any]) -> None:
    bought(mei, "130600")
    bought(mei, "130600", **line)
    assert facts(eve, mei)["region"] == ("unknown", "")
    bought(mei, "130600")
    assert facts(eve, mei)["region"] == ("yes", "130600")


def test_two_things_in_one_parcel_are_one_parcel(mei: Person, eve: Person) -> None:
    bought(mei, "130600", lines=2)
    bought(eve, "130600")
    assert facts(eve, mei)["region"] == ("unknown", "")


def test_phone_and_second_factor(mei: Person, eve: Person) -> None:
    assert (facts(eve, mei)["phone"], facts(eve, mei)["second-factor"]) == (("unknown", ""), ("unknown", ""))
    Person.objects.filter(pk=mei.pk).update(phone="+8613800138000", phone_verified=True)
    Authenticator.objects.create(user=mei, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert (facts(eve, mei)["phone"], facts(eve, mei)["second-factor"]) == (("yes", ""), ("unknown", ""))
    Authenticator.objects.create(user=mei, type=Authenticator.Type.TOTP, data={})
    assert facts(eve, mei)["second-factor"] == ("yes", "")


@pytest.mark.parametrize(("days", "band"), [(0, "<1m"), (30, "1-6m"), (180, "6-12m"), (365, "1y+")])
def test_how_long_the_persona_has_been_here(mei: Person, eve: Person, days: int, band: str) -> None:
    Persona.objects.unguarded(LOOKING).filter(person=mei).update(created_at=NOW - timedelta(days=days))
    assert facts(eve, mei)["persona-age"] == ("yes", band)


@pytest.mark.parametrize(
    ("answered", "not_answered", "told"),
    [
        (4, 0, ("unknown", "")), (5, 0, ("yes", "most")), (4, 2, ("yes", "most")), (3, 2, ("yes", "some")),
        (2, 4, ("yes", "some")), (1, 4, ("yes", "few")), (0, 5, ("yes", "few")),
    ],
)  # fmt: skip
def test_how_many_greetings_are_answered(
    mei: Person, eve: Person, answered: int, not_answered: int, told: tuple[str, str]
) -> None:
    greeted(mei, answered=answered, not_answered=not_answered)
    greeted(eve, answered=9, not_answered=0)
    assert facts(eve, mei)["answers"] == told


def test_a_greeting_may_wait_three_days_before_it_counts(mei: Person, eve: Person) -> None:
    greeted(mei, answered=5, not_answered=0)
    greeted(mei, answered=0, not_answered=9, age=timedelta(days=2))
    assert facts(eve, mei)["answers"] == ("yes", "most")
    assert facts(eve, mei, NOW + timedelta(days=2))["answers"] == ("yes", "some")


def test_the_card_says_no_number_no_date_and_no_address(mei: Person, eve: Person) -> None:
    for _ in range(3):
        bought(mei, "130602")
    greeted(mei, answered=5, not_answered=2)
    card = safety_card(viewer(eve), persona_id=persona_of(mei).pk)
    assert {value for fact in card.facts for value in [fact.value]} == {"", "<1", "130600", "<1m", "most"}


def test_a_card_costs_the_same_however_much_there_is(
    mei: Person, eve: Person, django_assert_num_queries: Any
) -> None:
    looker, pk = viewer(eve), persona_of(mei).pk
    for _ in range(2):
        with django_assert_num_queries(4):
            safety_card(looker, persona_id=pk)
        greeted(mei, answered=5, not_answered=5)
        for _ in range(5):
            bought(mei, "130600")
