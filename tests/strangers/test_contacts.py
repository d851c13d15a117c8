"""Hidden numbers: both sides vanish from each other, silently, and no answer tells whose number it is."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.guard import Side
from kith.people.locks import lock_people, locked_people
from kith.people.models import Person
from kith.people.services import remove_unfinished
from kith.people.signed_in import NeedsSignIn
from kith.rights.services import erase_person
from kith.sharing.intake import take_in
from kith.strangers.checks import count_lost_numbers, find_unlike_hidden_numbers
from kith.strangers.limits import HIDDEN_A_DAY, HIDDEN_AN_HOUR, MOST_HIDDEN
from kith.strangers.numbers import LONGEST_TEXT, find_numbers
from kith.strangers.queries.contacts import hidden_count
from kith.strangers.queries.personas import faces_outside
from kith.strangers.services.contacts import (
    ContactsRefused,
    HiddenSummary,
    claim_phone,
    forget_contact,
    forget_contacts,
    forget_hidings,
    give_up_lost_keys,
    hide_contacts,
    verify_phone,
)
from kith.ties.contacts import digests, mark_of
from kith.ties.models import HiddenContact, Relationship
from kith.ties.queries import friends
from tests.architecture.source import modules
from tests.strangers.cast import NOW, befriend, inside_only, stranger, viewer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("channel")]
LOOKING = "the test looks at all rows"
HERS, HIS, NOBODYS = "+8613800138000", "+8613900139000", "+8613700137000"


@pytest.fixture
def mei() -> Person:
    person = stranger("Moonlight")
    verify_phone(person, phone=HERS)
    return person


@pytest.fixture
def bo() -> Person:
    person = stranger("Bamboo")
    verify_phone(person, phone=HIS)
    return person


def meet(one: Person, two: Person) -> bool:
    """Whether two people see each other outside; they always do both, or neither."""
    sees = two.pk in faces_outside(viewer(one), [two.pk])
    assert sees == (one.pk in faces_outside(viewer(two), [one.pk]))
    assert list(find_unlike_hidden_numbers()) == []
    return sees


def numbers(count: int, start: int = 0) -> str:
    return "\n".join(f"1380013{number:04}" for number in range(start, start + count))


# --- Hiding ------------------------------------------------------------------------------------


def test_who_hides_from_a_number_and_its_owner_never_meet(mei: Person, bo: Person) -> None:
    third = stranger("Cedar")
    assert meet(mei, bo)
    hide_contacts(viewer(mei), text="139 0013 9000")
    assert not meet(mei, bo)
    assert meet(mei, third)
    assert meet(bo, third)
    forget_contact(viewer(mei), phone="+86 139-0013-9000")
    assert meet(mei, bo)


def test_no_answer_tells_whether_a_number_is_anybodys(mei: Person, bo: Person) -> None:
    other, same = stranger("Cedar"), stranger("Dahlia")
    answers = [
        hide_contacts(viewer(one), text=f"{number}\nnonsense")
        for one, number in ((other, HIS), (same, NOBODYS))
    ]
    assert answers[0] == answers[1] == HiddenSummary(1, 1, 0, ("nonsense",), has_own=False)
    assert hidden_count(viewer(other)) == hidden_count(viewer(same)) == 1
    assert hide_contacts(viewer(other), text=HIS) == hide_contacts(viewer(same), text=NOBODYS)
    assert forget_contact(viewer(other), phone=HIS) is forget_contact(viewer(same), phone=NOBODYS) is True
    assert forget_contact(viewer(other), phone=HIS) is forget_contact(viewer(same), phone=NOBODYS) is False


def test_whose_number_it_is_is_looked_up_only_where_it_matters(mei: Person, bo: Person) -> None:
    """Who measures how long an answer takes could else try numbers as often as they like."""
    hide_contacts(viewer(mei), text=f"{HIS}\n{NOBODYS}")
    costs = {number: _cost_of_trying(mei, number) for number in (HIS, NOBODYS)}
    assert costs[HIS] == costs[NOBODYS]
    forget_contacts(viewer(mei))
    assert _cost_of_forgetting(mei, HIS) == _cost_of_forgetting(mei, NOBODYS)


def _cost_of_trying(person: Person, number: str) -> int:
    looker = viewer(person)
    with CaptureQueriesContext(connection) as asked:
        hide_contacts(looker, text=number)
    return len(asked)


def _cost_of_forgetting(person: Person, number: str) -> int:
    looker = viewer(person)
    with CaptureQueriesContext(connection) as asked:
        assert not forget_contact(looker, phone=number)
    return len(asked)


def test_the_number_itself_is_nowhere_in_the_database(mei: Person, bo: Person) -> None:
    from tests.rights.test_rights import all_values

    hide_contacts(viewer(mei), text=NOBODYS)
    digits = NOBODYS.removeprefix("+86")
    assert [(table, column) for table, column, text in all_values() if digits in text] == []


def test_ones_own_number_is_left_out_kindly(mei: Person, bo: Person) -> None:
    with pytest.raises(ContactsRefused, match="your own number"):
        hide_contacts(viewer(mei), text=HERS)
    summary = hide_contacts(viewer(mei), text=f"{HERS}\n{HIS}")
    assert (summary.understood, summary.new, summary.has_own) == (1, 1, True)


def test_what_is_no_number_is_said(mei: Person) -> None:
    with pytest.raises(ContactsRefused, match="no mobile number"):
        hide_contacts(viewer(mei), text="Auntie Wang\n12345")
    with pytest.raises(ContactsRefused, match="too much"):
        hide_contacts(viewer(mei), text="1" * (LONGEST_TEXT + 1))
    with pytest.raises(ContactsRefused, match="no mobile number"):
        forget_contact(viewer(mei), phone="Auntie Wang")
    with pytest.raises(NeedsSignIn):
        hide_contacts(viewer(None), text=HIS)
    assert hidden_count(viewer(None)) == 0


def test_hiding_tells_nothing_inside(mei: Person, bo: Person) -> None:
    befriend(mei, bo)
    hide_contacts(viewer(mei), text=HIS)
    for one, two in ((mei, bo), (bo, mei)):
        assert [friend.face.id for friend in friends(viewer(one)).items] == [two.pk]
    forget_contacts(viewer(mei))
    assert Relationship.objects.unguarded(LOOKING).filter(friend_at__isnull=False).count() == 2
    assert not meet(mei, bo), "friends never meet outside"


def test_somebody_hides_before_going_outside(bo: Person) -> None:
    shopper = inside_only()
    hide_contacts(viewer(shopper), text=HIS)
    stranger("Evergreen", person=shopper)
    assert viewer(shopper).outside == Side.OPEN
    assert not meet(shopper, bo)


def test_the_list_can_be_emptied(mei: Person, bo: Person) -> None:
    hide_contacts(viewer(mei), text=f"{HIS}, {NOBODYS}")
    hide_contacts(viewer(bo), text=NOBODYS)
    assert forget_contacts(viewer(mei)) == 2
    assert meet(mei, bo)
    assert (hidden_count(viewer(mei)), hidden_count(viewer(bo))) == (0, 1)


def test_all_who_are_concerned_are_held_in_one_go(
    mei: Person, bo: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who hides from each other at the same instant would else wait for each other, each holding one."""
    held: list[set[int]] = []

    def noting(hold: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*person_ids: int) -> Any:
            held.append(set(person_ids))
            return hold(*person_ids)

        return noted

    for module in ("kith.strangers.services.contacts", "kith.ties.contacts"):
        monkeypatch.setattr(f"{module}.lock_people", noting(lock_people))
    monkeypatch.setattr("kith.ties.contacts.locked_people", noting(locked_people))
    for change in (
        lambda: hide_contacts(viewer(mei), text=f"{HIS}\n{NOBODYS}"),
        lambda: forget_contact(viewer(mei), phone=HIS),
        lambda: hide_contacts(viewer(mei), text=HIS),
        lambda: forget_contacts(viewer(mei)),
    ):
        held.clear()
        change()
        assert held[0] == {mei.pk, bo.pk}
        assert all(later <= held[0] for later in held)


def test_both_may_hide_from_each_other(mei: Person, bo: Person) -> None:
    hide_contacts(viewer(mei), text=HIS)
    hide_contacts(viewer(bo), text=HERS)
    forget_contacts(viewer(mei))
    assert not meet(mei, bo)
    forget_contacts(viewer(bo))
    assert meet(mei, bo)


# --- Bounds ------------------------------------------------------------------------------------------


def test_an_hour_a_day_and_a_list_have_their_bounds(mei: Person) -> None:
    first = hide_contacts(viewer(mei), text=numbers(HIDDEN_AN_HOUR + 20))
    assert (first.understood, first.new, first.left) == (HIDDEN_AN_HOUR + 20, HIDDEN_AN_HOUR, 20)
    with pytest.raises(ContactsRefused, match="tomorrow"):
        hide_contacts(viewer(mei), text=numbers(1, 500))
    assert hide_contacts(viewer(mei), text=numbers(10)).new == 0, "what is on the list already needs no room"
    at = NOW
    for step in (2, 3):
        at += timedelta(hours=1)
        assert hide_contacts(viewer(mei, at), text=numbers(HIDDEN_AN_HOUR, step * 100)).new == HIDDEN_AN_HOUR
    assert hidden_count(viewer(mei)) == HIDDEN_A_DAY
    at += timedelta(hours=1)
    with pytest.raises(ContactsRefused, match="tomorrow"):
        hide_contacts(viewer(mei, at), text=numbers(1, 500))
    tomorrow = viewer(mei, NOW + timedelta(hours=24))
    assert hide_contacts(tomorrow, text=numbers(200, 600)).new == HIDDEN_AN_HOUR


def test_a_full_list_says_so(mei: Person) -> None:
    HiddenContact.objects.bulk_create(
        HiddenContact(owner=mei, digest=str(number), key="key", added_at=NOW - timedelta(days=9))
        for number in range(MOST_HIDDEN - 1)
    )
    assert hide_contacts(viewer(mei), text=numbers(3)).left == 2
    with pytest.raises(ContactsRefused, match="full"):
        hide_contacts(viewer(mei), text=numbers(3))


def test_taking_numbers_off_gives_no_new_tries(mei: Person) -> None:
    hide_contacts(viewer(mei), text=numbers(HIDDEN_AN_HOUR))
    forget_contacts(viewer(mei))
    with pytest.raises(ContactsRefused, match="tomorrow"):
        hide_contacts(viewer(mei), text=numbers(1, 500))
    assert forget_hidings(now=NOW + timedelta(hours=23)) == 0
    assert forget_hidings(now=NOW + timedelta(hours=24)) == 1


# --- Whose number it is --------------------------------------------------------------------------------


def test_a_number_that_changes_hands_is_followed(mei: Person, bo: Person) -> None:
    hide_contacts(viewer(mei), text=NOBODYS)
    assert meet(mei, bo)
    verify_phone(bo, phone=NOBODYS)
    assert not meet(mei, bo)
    verify_phone(bo, phone=HIS)
    assert meet(mei, bo)


def test_whoever_signs_up_later_is_hidden_from_at_once(mei: Person) -> None:
    hide_contacts(viewer(mei), text=NOBODYS)
    late = inside_only()
    claim_phone(late, phone=NOBODYS)
    stranger("Latecomer", person=late)
    assert not meet(mei, late)


def test_a_sign_up_that_was_not_finished_gives_its_number_up(mei: Person, bo: Person) -> None:
    half = inside_only(joined_at=NOW)
    half.set_unusable_password()
    half.save()
    hide_contacts(viewer(mei), text=NOBODYS)
    claim_phone(half, phone=NOBODYS)
    claims = Relationship.objects.unguarded(LOOKING).filter(owner=mei, contact=True)
    assert claims.get().other_id == half.pk
    verify_phone(bo, phone=NOBODYS)
    assert claims.get().other_id == bo.pk
    assert list(find_unlike_hidden_numbers()) == []


def test_removing_the_unfinished_leaves_nothing_behind(mei: Person) -> None:
    half = inside_only(joined_at=NOW - timedelta(days=2))
    half.set_unusable_password()
    half.save()
    hide_contacts(viewer(mei), text=NOBODYS)
    claim_phone(half, phone=NOBODYS)
    assert remove_unfinished(now=NOW) == 1
    assert not Relationship.objects.unguarded(LOOKING).exists()
    assert hidden_count(viewer(mei)) == 1


def test_erasing_an_account_shortens_nobodys_list(mei: Person, bo: Person) -> None:
    hide_contacts(viewer(mei), text=f"{HIS} {NOBODYS}")
    erase_person(person_id=bo.pk, now=NOW)
    assert not Relationship.objects.unguarded(LOOKING).exists()
    assert hidden_count(viewer(mei)) == 2, "it would tell that the number had an account"
    again = inside_only()
    verify_phone(again, phone=HIS)
    stranger("Bamboo", person=again)
    assert not meet(mei, again)


def test_numbers_that_come_by_an_import_are_followed(mei: Person) -> None:
    hide_contacts(viewer(mei), text=NOBODYS)
    record = {"type": "person", "id": "1", "name": "Imported", "phone": NOBODYS, "born": 1964}
    list(take_in([record], source="mall", now=NOW))
    imported = Person.objects.get(source="mall")
    stranger("Newcomer", person=imported)
    assert not meet(mei, imported)
    list(take_in([{**record, "phone": HIS}], source="mall", now=NOW))
    assert meet(mei, imported)


def test_two_who_write_at_the_same_instant_find_each_other(
    mei: Person, bo: Person, django_capture_on_commit_callbacks: Any
) -> None:
    """Neither sees what the other has not committed yet: each looks once more when it has itself."""
    with django_capture_on_commit_callbacks(execute=True):
        hide_contacts(viewer(mei), text=NOBODYS)
        Person.objects.filter(pk=bo.pk).update(phone=NOBODYS)
    assert not meet(mei, bo)
    with django_capture_on_commit_callbacks(execute=True):
        verify_phone(bo, phone=HIS)
        digest = next(iter(digests(HIS).values()))
        key = mark_of(django_settings.CONTACT_KEYS[0])
        HiddenContact.objects.create(owner=mei, digest=digest, key=key, added_at=NOW)
    assert not meet(mei, bo)


WRITES_NUMBERS = {"kith.people.services", "kith.sharing.intake.people"}
"""Who writes `Person.phone`, and lets those who hide from the number follow it."""
WRITING = {"update", "create", "create_user", "get_or_create", "update_or_create", "Person"}
OTHER_NUMBERS = {"kith.sharing.services.rights"}
"""Who writes the number on a parcel."""


def test_nobody_else_writes_a_number() -> None:
    """A new writer has to let `ties.contacts` follow; then it may stand above."""
    found = {module.name for module in modules() if _writes_a_number(module.tree)}
    assert found == WRITES_NUMBERS | OTHER_NUMBERS


def _writes_a_number(tree: ast.Module) -> bool:
    knows_people = any(
        isinstance(node, ast.ImportFrom) and "Person" in {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
    return knows_people and any(_writes(node) for node in ast.walk(tree))


def _writes(node: ast.AST) -> bool:
    """`x.phone = …`, `….update(phone=…)` and the like, `Person(phone=…)`, or a `phone` beside `setattr`."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(
            isinstance(part, ast.Attribute) and part.attr == "phone"
            for target in targets
            for part in ast.walk(target)
        )
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func).rpartition(".")[2]
        names = {keyword.arg for keyword in node.keywords}
        return (
            called
            in {
                "update",
                "create",
                "create_user",
                "get_or_create",
                "update_or_create",
                "Person",
            }
            and "phone" in names
        )
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        body = ast.unparse(node)
        return "setattr(person" in body and "'phone'" in body
    return False


@pytest.mark.parametrize(
    "text",
    [
        "person.phone = '1'", "person.phone, person.phone_verified = phone, True",
        "Person.objects.filter(pk=1).update(phone=None)", "Person(phone='1').save()",
        "def f(person, told):\n    told['phone'] = 1\n    for at in told: setattr(person, at, 1)",
    ],
)  # fmt: skip
def test_a_writer_is_recognised(text: str) -> None:
    assert _writes_a_number(ast.parse(f"from kith.people.models import Person\n{text}"))


# --- Keys --------------------------------------------------------------------------------------------------


def test_a_new_key_in_front_changes_nothing_for_old_numbers(mei: Person, bo: Person, settings: Any) -> None:
    hide_contacts(viewer(mei), text=HIS)
    settings.CONTACT_KEYS = ["a new key", *settings.CONTACT_KEYS]
    assert not meet(mei, bo)
    assert hide_contacts(viewer(mei), text=HIS).new == 0
    verify_phone(bo, phone=NOBODYS)
    assert meet(mei, bo)
    verify_phone(bo, phone=HIS)
    assert not meet(mei, bo)
    forget_contact(viewer(mei), phone=HIS)
    assert meet(mei, bo)
    assert hidden_count(viewer(mei)) == 0


def test_a_key_that_is_gone_is_said_and_takes_nothing_by_itself(
    mei: Person, bo: Person, settings: Any
) -> None:
    hide_contacts(viewer(mei), text=HIS)
    keys = settings.CONTACT_KEYS
    settings.CONTACT_KEYS = ["another key"]
    assert count_lost_numbers() == 1
    settings.CONTACT_KEYS = keys
    assert count_lost_numbers() == 0
    assert not meet(mei, bo)


def test_a_key_that_is_given_up_opens_nothing_that_was_closed(mei: Person, bo: Person, settings: Any) -> None:
    hide_contacts(viewer(mei), text=f"{HIS}\n{NOBODYS}")
    settings.CONTACT_KEYS = ["another key"]
    assert give_up_lost_keys(now=NOW) == (1, 1)
    assert count_lost_numbers() == 0
    assert not meet(mei, bo)
    assert hidden_count(viewer(mei)) == 1
    assert give_up_lost_keys(now=NOW) == (0, 0)
    forget_contact(viewer(mei), phone=HIS)
    assert meet(mei, bo)


# --- Reading numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "13800138000\n13900139000", "138 0013 8000, 139-0013-9000", "妈妈：13800138000；老王 139 0013 9000",
        "13800138000 13900139000", "+86 138 0013 8000、0086 13900139000",
        "１３８００１３８０００\t13900139000",
        "Mum 13800138000 (old), 13900139000", "\ufeff13800138000\r\n13900139000\r\n13800138000",
        "\u202a13800138000\u202c\n139 0013 9000",
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    assert find_numbers(text).phones == (HERS, HIS)


def test_lines_without_a_number_are_named_each_once_and_not_too_many() -> None:
    found = find_numbers(
        "Wang\n12345\nWang\n010-12345678\n" + "\n".join(f"line {number}" for number in range(50))
    )
    assert found.phones == ()
    assert found.not_numbers[:3] == ("Wang", "12345", "010-12345678")
    assert len(found.not_numbers) == 20
    assert find_numbers("y" * 90).not_numbers == ("y" * 40,)


VCARD = """BEGIN:VCARD
VERSION:3.0
FN:Wang Xiuying
TEL;TYPE=CELL,VOICE:138 0013 8000
item1.TEL:+86 139 0013
  9000
TEL;VALUE=uri;TYPE=home:tel:+86-10-1234-5678;ext=5
NOTE:13700137000
END:VCARD
BEGIN:VCARD
VERSION:4.0
TEL;VALUE=uri:tel:+86-137-0013-7001
END:VCARD
"""


@pytest.mark.parametrize("text", [VCARD, VCARD.replace("\n", "\r\n"), VCARD.lower()])
def test_a_vcard_is_read(text: str) -> None:
    found = find_numbers(text)
    assert found.phones == (HERS, HIS, "+8613700137001")
    assert found.not_numbers == ("+86-10-1234-5678",)


@pytest.mark.parametrize(
    "text",
    [
        "Name,Phone 1 - Type,Phone 1 - Value,Notes\nA,Cell,13800138000 ::: 139 0013 9000,13700137000\nB,,,\n",
        'First Name,Last Name,Mobile Phone,Home Phone,Business Fax\n"A, B",,13800138000,13900139000,1\n',
        "姓名;手机;传真\n王;13800138000;1\n李;13900139000;\n",
        "Name\tTel\nA\t13800138000\nB\t13900139000",
        "Name,Phone 1 - Label,Phone 1 - Value\nA,Mobile,13800138000\nB,Work,+86 13900139000\n",
    ],
)  # fmt: skip
def test_an_address_book_is_read(text: str) -> None:
    assert find_numbers(text).phones == (HERS, HIS)


def test_a_heading_is_no_table() -> None:
    assert find_numbers("My phone numbers\n13800138000").phones == (HERS,)
    assert find_numbers("phone 13800138000, 13900139000").phones == (HERS, HIS)
    assert find_numbers('Name,Phone\n"unclosed,13800138000').phones == ()
