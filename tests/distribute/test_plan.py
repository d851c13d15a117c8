"""The plan on a real server: every table has its place, every statement is right and in its order, and all
of it can be undone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from click.testing import CliRunner, Result
from django.db import DatabaseError, connection

from kith.cli import main
from kith.cli.check_database import indexes_are_there, values_are_unique
from kith.cli.distribution import places as declared
from kith.cli.distribution.places import LIES_WITH, LOOSENED, PEOPLE, WIDENED, Kind, places
from kith.cli.distribution.plan import NoPlace, make_plan, stands
from kith.core import steps
from kith.core.catalog import Table, distributed_tables, read_tables
from kith.core.steps import ACCOUNT
from kith.people.models import Person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def schema() -> dict[str, Table]:
    return {name: table for name, table in read_tables().items() if name != ACCOUNT}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["distribute", *arguments])


# --- What is declared -------------------------------------------------------------------


def test_every_table_has_one_place_and_no_other_has_one() -> None:
    assert set(places()) == set(schema())
    parts = (declared.BY_PERSON, declared.BY_KEY, declared.EVERYWHERE, declared.STAYING)
    assert sum(len(part) for part in parts) == len(places())


def test_every_table_is_cut_up_by_a_column_of_its_own() -> None:
    for name, place in places().items():
        if place.kind == Kind.DISTRIBUTED:
            assert place.by in schema()[name].columns, name
        assert place.why, name


def test_a_column_by_which_a_table_is_cut_up_is_never_empty() -> None:
    with connection.cursor() as cursor:
        for name, place in places().items():
            if place.kind == Kind.DISTRIBUTED:
                described = {
                    one.name: one for one in connection.introspection.get_table_description(cursor, name)
                }
                assert not described[place.by].null_ok, name


def test_what_is_declared_of_keys_is_there_and_needed() -> None:
    keys = {key.said: key for table in schema().values() for key in table.keys}
    foreign = {key.said: key for table in schema().values() for key in table.foreign}
    for said in (*WIDENED, *LOOSENED):
        assert places()[keys[said].table].by not in keys[said].columns, said
    for said in LIES_WITH:
        assert stands(foreign[said], places()) == (
            *foreign[said].columns,
            places()[foreign[said].table].by,
        ), said


def test_every_unique_key_of_a_table_that_is_cut_up_names_its_column_or_is_listed() -> None:
    for name, place in places().items():
        for key in schema()[name].keys if place.kind == Kind.DISTRIBUTED else ():
            assert place.by in key.columns or key.is_primary or key.said in {*WIDENED, *LOOSENED}, key.said


def test_what_is_new_is_noticed() -> None:
    tables = schema()
    with pytest.raises(NoPlace, match="strangers_song"):
        make_plan({**tables, "strangers_song": Table("strangers_song", frozenset(), (), ())}, places())
    circle = tables["ties_circle"]
    odd = replace(circle.keys[0], columns=("name",), is_primary=False)
    with pytest.raises(NoPlace, match=r"ties_circle\(name\)"):
        make_plan({**tables, "ties_circle": replace(circle, keys=(odd,))}, places())


# --- What is done -----------------------------------------------------------------------


def test_there_is_no_cluster_to_lay_it_out_over() -> None:
    told = run("--yes")
    assert told.exit_code == 1
    assert "CREATE EXTENSION citus" in told.output


def test_the_plan_is_printed_and_nothing_done(stub: None) -> None:
    before = schema()
    told = run("--plan")
    assert told.exit_code == 0, told.output
    assert (
        "create_distributed_table('sharing_delivery', 'viewer_id', colocate_with => 'people_person');"
        in told.output
    )
    assert "create_reference_table('shop_listing');" in told.output
    assert schema() == before
    assert distributed_tables() == set()


def test_it_is_laid_out_and_taken_back(stub: None) -> None:
    before = schema()
    told = run("--yes")
    assert told.exit_code == 0, told.output
    assert distributed_tables() == {name for name, one in places().items() if one.kind != Kind.LOCAL}
    assert run("--yes").output == "All lies where it belongs.\n"
    assert run("--plan").output == ""
    _foreign_keys_are_what_was_said(before)
    told = run("--undo", "--yes")
    assert told.exit_code == 0, told.output
    assert distributed_tables() == set()
    assert schema() == before


def _foreign_keys_are_what_was_said(before: dict[str, Table]) -> None:
    now = {key.name: key for table in schema().values() for key in table.foreign}
    for table in before.values():
        for key in table.foreign:
            columns = stands(key, places())
            assert (columns is None) == (key.name not in now), key.said
            assert columns is None or now[key.name].columns == columns, key.said


@pytest.mark.parametrize("after", [0, 1, 57, 130])
def test_cut_short_it_goes_on_where_it_was(stub: None, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    before = schema()
    whole = make_plan(before, places())
    steps.plan_steps(whole)
    running = steps.do_steps()
    for _ in range(after):
        next(running)
    running.close()
    assert len(steps.waiting_steps()) == len(whole) - after
    assert run("--yes").exit_code == 0
    assert distributed_tables() == {name for name, one in places().items() if one.kind != Kind.LOCAL}
    assert run("--undo", "--yes").exit_code == 0
    assert schema() == before


def test_half_done_it_can_be_taken_back(stub: None) -> None:
    before = schema()
    steps.plan_steps(make_plan(before, places()))
    running = steps.do_steps()
    for _ in range(100):
        next(running)
    running.close()
    assert run("--undo", "--yes").exit_code == 0
    assert schema() == before
    assert steps.waiting_steps() == []


def test_a_new_table_is_laid_out_later(stub: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema()
    assert run("--yes").exit_code == 0
    new = "CREATE TABLE ties_song (id bigint PRIMARY KEY, owner_id bigint NOT NULL{})"
    with connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="foreign key"):  # so a migration must do without it
            cursor.execute(new.format(" REFERENCES people_person"))
        cursor.execute(new.format(""))
    try:
        monkeypatch.setitem(declared.BY_PERSON, "ties_song", ("owner_id", "songs"))
        told = run("--yes")
        assert told.exit_code == 0, told.output
        assert "ties_song" in distributed_tables()
        assert run("--undo", "--yes").exit_code == 0
    finally:
        list(steps.undo_steps())
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE ties_song")
    assert schema() == before


def test_what_a_cluster_cannot_keep_unique_is_looked_for(stub: None) -> None:
    assert run("--yes").exit_code == 0
    assert [one.what for one in indexes_are_there()] == ["All indexes and constraints are there."]
    for handle in ("mei", "bo"):
        Person.objects.create_user(handle, display_name=handle)
    assert [one.remedy for one in values_are_unique()] == [""]
    Person.objects.filter(handle="bo").update(handle="mei")
    (found,) = values_are_unique()
    assert found.what == "1 values of people_person (handle) stand in several rows, and should in one."
    with pytest.raises(DatabaseError):  # nor can it be taken back until that is put right
        list(steps.undo_steps())
    Person.objects.all().delete()


# --- Citus' stand-in is as strict ----------------------------------------------------------


BROKEN: dict[str, tuple[str, str]] = {
    "a key that does not name the column": (
        r"^(ALTER TABLE ties_circle .* PRIMARY KEY) \(id, owner_id\)",
        r"\1 (id)",
    ),
    "a key of another owner": (
        r"FOREIGN KEY \(circle_id, owner_id\) REFERENCES ties_circle \(id, owner_id\)",
        "FOREIGN KEY (circle_id, person_id) REFERENCES ties_circle (id, owner_id)",
    ),
    "a table that does not lie beside": (
        r"create_distributed_table\('ties_member', 'owner_id', colocate_with => 'people_person'\)",
        "create_distributed_table('ties_member', 'owner_id', colocate_with => 'none')",
    ),
    "a table that does not lie everywhere": (
        r"create_reference_table\('shop_listing'\)",
        "create_distributed_table('shop_listing', 'id', colocate_with => 'none')",
    ),
    "beside what is no number": (
        r"create_distributed_table\('django_session', 'session_key', colocate_with => 'none'\)",
        "create_distributed_table('django_session', 'session_key', colocate_with => 'people_person')",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_wrong_plan_is_refused(stub: None, what: str) -> None:
    before = schema()
    pattern, instead = BROKEN[what]
    whole = make_plan(before, places())
    broken = [replace(step, do=re.sub(pattern, instead, step.do)) for step in whole]
    assert broken != whole
    steps.plan_steps(broken)
    with pytest.raises(DatabaseError):
        list(steps.do_steps())
    list(steps.undo_steps())
    assert schema() == before


@pytest.mark.parametrize("table", ["people_person", "ties_circle", "sharing_share"])
def test_a_plan_without_its_first_steps_is_refused(stub: None, table: str) -> None:
    """Foreign keys that are not taken away before, and keys that are not widened."""
    whole = make_plan(schema(), places())
    steps.plan_steps([step for step in whole if f"create_distributed_table('{table}'" in step.do])
    with pytest.raises(DatabaseError, match="citus"):
        list(steps.do_steps())


def test_everybody_lies_beside_people() -> None:
    assert all(places()[name].beside == PEOPLE for name in declared.BY_PERSON if name != PEOPLE)
