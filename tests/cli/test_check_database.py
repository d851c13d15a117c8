"""`kith check` finds indexes that are wanting, tables read from end to end, and room taken for nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from kith.cli import check_database
from kith.cli.check_database import database_is_in_shape, indexes_are_there
from kith.core import health

FLUSH = ("SELECT pg_stat_force_next_flush()", "SELECT pg_stat_clear_snapshot()")
"""What was done is counted before anybody asks."""


def told(look: Any) -> list[str]:
    return [finding.what for finding in look()]


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.django_db
def test_all_that_is_declared_is_there() -> None:
    assert told(indexes_are_there) == ["All indexes and constraints are there."]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoiled", "name", "remedy"),
    [
        ("DROP INDEX share_newest_of_author", "share_newest_of_author", "share_newest_of_author"),
        ("DROP INDEX public_reviews_of_listing", "public_reviews_of_listing", "WHERE"),
    ],
)
def test_a_declared_index_that_is_gone(spoiled: str, name: str, remedy: str) -> None:
    run(spoiled)
    (found,) = indexes_are_there()
    assert found.what == f"The table sharing_share lacks {name}."
    assert remedy in found.remedy
    run(found.remedy.removeprefix("Make it: ").replace("CONCURRENTLY ", ""))  # a test is a transaction
    assert told(indexes_are_there) == ["All indexes and constraints are there."]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestOnPostgres:
    @pytest.mark.parametrize(
        ("table", "spoiled", "name"),
        [
            ("ties_relationship", "DROP CONSTRAINT relationship_pair", "relationship_pair"),
            ("ties_relationship", "DROP CONSTRAINT relationship_with_another", "relationship_with_another"),
            ("people_person", "DROP CONSTRAINT people_person_phone_key", "unique(phone)"),
        ],
    )
    def test_a_declared_constraint_that_is_gone(self, table: str, spoiled: str, name: str) -> None:
        run(f"ALTER TABLE {table} {spoiled}")
        found = list(indexes_are_there())
        assert [one.what for one in found] == [f"The table {table} lacks {name}."]
        run(found[0].remedy.removeprefix("Make it: "))
        assert told(indexes_are_there) == ["All indexes and constraints are there."]
        if name == "unique(phone)":  # as a constraint again, under the name that the next migration looks for
            run(
                "DROP INDEX people_person_phone_idx",
                "ALTER TABLE people_person ADD CONSTRAINT people_person_phone_key UNIQUE (phone)",
            )

    def test_the_index_of_a_foreign_key_that_is_gone(self) -> None:
        (name,) = (
            name
            for name, one in self._indexes("sharing_delivery").items()
            if one["columns"] == ["share_id"] and one["index"]
        )
        run(f"DROP INDEX {name}")
        (found,) = indexes_are_there()
        assert found.what == "The table sharing_delivery lacks index(share_id)."
        run(f"CREATE INDEX {name} ON sharing_delivery (share_id)")

    @staticmethod
    def _indexes(table: str) -> dict[str, Any]:
        with connection.cursor() as cursor:
            found: dict[str, Any] = connection.introspection.get_constraints(cursor, table)
            return found

    def test_an_index_that_was_cut_short(self) -> None:
        run("CREATE TABLE doubled (id int)", "INSERT INTO doubled VALUES (1), (1)")
        with pytest.raises(IntegrityError):
            run("CREATE UNIQUE INDEX CONCURRENTLY once ON doubled (id)")
        (found,) = indexes_are_there()
        assert found.what == "The index once was cut short when it was built, and is of no use."
        run("TRUNCATE doubled", found.remedy.rpartition(": ")[2])
        assert told(indexes_are_there) == ["All indexes and constraints are there."]
        run("DROP TABLE doubled")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts as large, in the tables of tests."""
    for name, value in (("LARGE", 1000), ("KNOWN", 500), ("DEAD", 400), ("SWOLLEN_PAGES", 20), ("SCANS", 10)):
        monkeypatch.setattr(check_database, name, value)


@pytest.fixture
def tables(small: None) -> Any:
    """A shop's things, and who liked them: large enough for the bounds above."""
    run(
        "DROP TABLE IF EXISTS liking, thing",
        "CREATE TABLE thing (id int PRIMARY KEY)",
        "CREATE TABLE liking (id int PRIMARY KEY, thing int REFERENCES thing, other int)",
        "INSERT INTO thing SELECT generate_series(1, 20)",
        "INSERT INTO liking SELECT n, 1 + n % 3, (n * 7919) % 10007 FROM generate_series(1, 10000) n",
        *FLUSH,
        "ANALYZE liking, thing",
    )
    yield
    run("DROP TABLE liking, thing")


def look(said: str, *, of: str = "liking") -> list[Any]:
    run(*FLUSH)
    return [one for one in database_is_in_shape() if said in one.what and of in one.what]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("tables")
class TestShape:
    def test_nothing_to_say(self) -> None:
        assert look("liking") == []

    def test_deleting_through_a_key_without_an_index(self) -> None:
        run(*["DELETE FROM thing WHERE id = (SELECT max(id) FROM thing)"] * 15)
        (found,) = look("is deleted")
        assert found.what == (
            "Whenever a row of thing is deleted (15 were), all 10,000 rows of liking are read: "
            "thing has no index."
        )
        run("CREATE INDEX ON liking (thing) WHERE thing IS NOT NULL")
        assert look("is deleted") == []

    def test_an_index_for_some_rows_serves_no_key(self) -> None:
        run(*["DELETE FROM thing WHERE id = (SELECT max(id) FROM thing)"] * 15)
        run("CREATE INDEX ON liking (thing) WHERE other > 5")
        assert look("is deleted")

    def test_a_large_table_read_from_end_to_end(self) -> None:
        run(*["SELECT count(*) FROM liking WHERE other = 5"] * 12)
        (found,) = look("end to end")
        assert found.what.startswith("liking, of 10,000 rows, was read from end to end 1")
        assert not found.grave

    def test_a_table_that_nobody_has_looked_at(self) -> None:
        run("CREATE TABLE unknown AS SELECT generate_series(1, 2000) AS id")
        (found,) = look("never looked", of="unknown")
        assert found.remedy.startswith("Let it look: ANALYZE unknown;")
        run("ANALYZE unknown")
        assert look("never looked", of="unknown") == []
        run("DROP TABLE unknown")

    def test_dead_rows(self) -> None:
        run("UPDATE liking SET other = 0 WHERE id > 4000")
        (found,) = look("dead rows")
        assert found.what == "liking carries 6,000 dead rows beside 10,000."
        run("VACUUM liking")
        assert look("dead rows") == []

    def test_an_index_that_takes_too_much_room(self) -> None:
        run("CREATE INDEX liking_other ON liking (other)", "VACUUM ANALYZE liking")
        assert look("would do") == []
        run("DELETE FROM liking WHERE id % 10 > 0", "VACUUM ANALYZE liking")
        found = {finding.what.split()[2]: finding for finding in look("would do")}
        assert "liking_other" in found
        run(found["liking_other"].remedy.rpartition(": ")[2])
        run("VACUUM ANALYZE liking")
        assert "liking_other" not in {one.index for one in health.find_swollen(pages=2, times=2.5)}
