"""What takes the database too long ends as a clear page or problem, and leaves nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from kith.core.busy import is_busy
from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing.models import Audience, Delivery, Share
from kith.ties.models import Circle
from kith.web.models import SentForm
from kith.web.once import FIELD
from tests.contract.cast import Program, problem, told
from tests.web.cast import befriend, browser_of, circle_of, open_to_all, somebody

ALL_OF = "a test looks at what was written"
QUESTION = {"kind": "question", "text": "Which pan?"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mei() -> Person:
    open_to_all()
    mei, bo = somebody("Mei"), somebody("Bo")
    befriend(mei, bo)
    circle_of(mei, "Family", bo, is_default=True)
    return mei


@pytest.fixture
def short() -> Iterator[None]:
    """The bounds of requests, so short that a test can wait for them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 300; SET lock_timeout = 200")
        else:
            cursor.execute("PRAGMA busy_timeout = 200")
    yield
    connection.close()


@pytest.fixture
def slow_deliveries() -> Iterator[None]:
    """The last thing that sharing writes takes far too long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN PERFORM pg_sleep(5); RETURN NEW; END';"
            "CREATE TRIGGER slowly BEFORE INSERT ON sharing_delivery EXECUTE FUNCTION be_slow()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER slowly ON sharing_delivery; DROP FUNCTION be_slow")


def _written() -> int:
    return sum(model.objects.unguarded(ALL_OF).count() for model in (Share, Audience, Delivery))


@pytest.mark.postgres
def test_a_slow_statement_is_a_problem_and_the_same_request_does_it_later(
    mei: Person, slow_deliveries: None, short: None
) -> None:
    program = Program(mei)
    asked = {**QUESTION, "circle_ids": []}
    asked["circle_ids"] = [one["id"] for one in told(program.get("/circles"))["items"]]
    answer = program.post("/shares", asked, idempotency_key='"one"')
    assert problem(answer, 503)["type"] == "/problems/busy"
    assert answer.headers["Retry-After"] == "5"
    assert _written() == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sharing_delivery DISABLE TRIGGER slowly")
    assert program.post("/shares", asked, idempotency_key='"one"').status_code == 201
    assert _written() == 3


@contextmanager
def held(person: Person) -> Iterator[None]:
    """Somebody else has locked a person (SQLite: everything), and does not let go."""
    there, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=person.pk)
            there.set()
            done.wait(timeout=20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    there.wait(timeout=20)
    yield
    done.set()
    other.join()


def test_a_form_that_waits_too_long_for_somebody_else_changed_nothing(mei: Person, short: None) -> None:
    client = browser_of(mei)
    client.raise_request_exception = False
    family = Circle.objects.unguarded(ALL_OF).get(owner=mei)
    form = {"text": "Which pan?", "circles": write_id(family.pk), FIELD: "t" * 22}
    with held(mei):
        answer = client.post("/circle/write/question/", form)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Please try again in a few seconds" in answer.content.decode()
    assert _written() == 0
    assert not SentForm.objects.exists()
    assert client.post("/circle/write/question/", form).status_code == 302
    assert _written() == 3


def _wrong_statement() -> DatabaseError:
    with pytest.raises(DatabaseError) as refused, connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM people_person")
    return refused.value


def test_a_wrong_statement_is_no_business_of_the_databases() -> None:
    assert not is_busy(_wrong_statement())
    assert not is_busy(OperationalError("of nobody"))
    assert not is_busy(ValueError("something else"))
    assert not is_busy(None)
