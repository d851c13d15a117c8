"""Every statement that the main journeys ask goes to one shard of a cluster, or its module is listed with the
reason why it does not; and what is hot goes to one, whoever asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import pytest

from kith.cli.distribution.places import WIDENED, Kind, places
from kith.core.catalog import read_tables
from tests.distribute.crossing import CROSSING, HOT
from tests.distribute.journeys import Asked, listening, operations, pages
from tests.distribute.routing import Route, Verdict, route_of
from tests.web.street import Street

pytestmark = pytest.mark.postgres


def unique_keys() -> dict[str, set[frozenset[str]]]:
    """What is unique in tables that are cut up, once they are."""
    found: dict[str, set[frozenset[str]]] = defaultdict(set)
    for name, table in read_tables().items():
        place = places()[name]
        for key in table.keys if place.kind == Kind.DISTRIBUTED else ():
            if place.by in key.columns:
                found[name].add(frozenset(key.columns))
            elif key.is_primary or key.said in WIDENED:
                found[name].add(frozenset((*key.columns, place.by)))
    return found


@pytest.mark.slow
@pytest.mark.django_db
def test_every_statement_of_the_journeys_goes_to_one_shard_or_is_listed(
    street: Street, record_property: Callable[[str, object], None]
) -> None:
    keys = unique_keys()
    with listening() as heard:
        pages(street)
        operations(street)
    routes = {asked: _route(statement, keys) for asked, statement in heard.items()}
    cut = {asked: route for asked, route in routes.items() if route and route.verdict > Verdict.NONE}
    record_property("told", _summary(cut))
    assert {route.main for route in cut.values()} >= set(HOT)
    assert {f"{asker}: {route.key}" for (asker, _), route in cut.items() if _is_slow_and_hot(route)} == set()
    assert _worst_of_modules(cut) == {module: verdict for module, (verdict, _) in CROSSING.items()}


def _route(statement: Asked, keys: dict[str, set[frozenset[str]]]) -> Route | None:
    return route_of(*statement, places(), keys)


def _is_slow_and_hot(route: Route) -> bool:
    return route.verb == "select" and route.main in HOT and route.verdict > Verdict.STEPS


def _worst_of_modules(cut: dict[tuple[str, str], Route]) -> dict[str, Verdict]:
    worst: dict[str, Verdict] = {}
    for (asker, _), route in cut.items():
        if route.verdict > Verdict.STEPS:
            module = asker.rpartition(".")[0]
            worst[module] = max(route.verdict, worst.get(module, route.verdict))
    return worst


def _summary(cut: dict[tuple[str, str], Route]) -> str:
    counts = {verdict: sum(route.verdict == verdict for route in cut.values()) for verdict in Verdict}
    return (
        f"Of {len(cut)} statements about tables that are cut up, {counts[Verdict.ONE]} go to one shard, "
        f"{counts[Verdict.STEPS]} to one after the other, {counts[Verdict.MANY]} to all, "
        f"and {counts[Verdict.REFUSED]} Citus would refuse."
    )


# --- The reading itself ---------------------------------------------------------------------

ONE, STEPS, MANY, REFUSED, NONE = Verdict.ONE, Verdict.STEPS, Verdict.MANY, Verdict.REFUSED, Verdict.NONE
READ: list[tuple[Verdict, str, tuple[object, ...]]] = [
    (NONE, "SELECT * FROM shop_listing WHERE id = %s", (5,)),
    (ONE, "SELECT * FROM ties_circle WHERE owner_id = %s", (5,)),
    (ONE, 'SELECT * FROM "ties_circle" U0 WHERE (U0."owner_id" = (%s) AND NOT U0.is_default)', (5,)),
    (ONE, "SELECT * FROM ties_circle WHERE owner_id IN (%s)", (5,)),
    (MANY, "SELECT * FROM ties_circle WHERE owner_id IN (%s, %s)", (5, 6)),
    (MANY, "SELECT * FROM ties_circle WHERE id = %s", (5,)),
    (MANY, "SELECT * FROM ties_circle WHERE owner_id = %s OR is_default", (5,)),
    (MANY, "SELECT * FROM ties_circle WHERE NOT (owner_id = %s)", (5,)),
    (ONE, "SELECT * FROM ties_circle c JOIN shop_listing l ON l.id = c.id WHERE c.owner_id = %s", (5,)),
    (
        ONE,
        "SELECT * FROM ties_circle c JOIN ties_member m ON m.owner_id = c.owner_id WHERE c.owner_id = %s",
        (5,),
    ),
    (ONE, "SELECT * FROM ties_circle c, ties_member m WHERE m.owner_id = %s AND c.owner_id = %s", (5, 5)),
    (REFUSED, "SELECT * FROM ties_circle c, ties_member m WHERE m.owner_id = %s AND c.owner_id = %s", (5, 6)),
    (
        REFUSED,
        "SELECT * FROM ties_circle c JOIN ties_member m ON m.circle_id = c.id WHERE c.owner_id = %s",
        (5,),
    ),
    (MANY, "SELECT * FROM ties_circle c JOIN ties_member m ON m.owner_id = c.owner_id", ()),
    (REFUSED, "SELECT * FROM shop_order o JOIN people_person p ON p.id = o.id WHERE p.id = %s", (5,)),
    (
        ONE,
        (
            "SELECT * FROM sharing_delivery d WHERE viewer_id = %s"
            " AND EXISTS (SELECT 1 FROM ties_relationship U0"
            " WHERE U0.owner_id = %s AND U0.other_id = d.author_id)"
        ),
        (5, 5),
    ),
    (
        REFUSED,
        (
            "SELECT * FROM sharing_delivery d WHERE d.viewer_id = %s"
            " AND EXISTS (SELECT 1 FROM ties_relationship U0"
            " WHERE U0.owner_id = d.author_id AND U0.other_id = %s)"
        ),
        (5, 5),
    ),
    (
        ONE,
        (
            "SELECT * FROM strangers_post p WHERE p.author_id = %s"
            " AND NOT EXISTS (SELECT 1 FROM ties_relationship U0"
            " WHERE U0.owner_id = p.author_id AND U0.other_id = %s)"
        ),
        (5, 6),
    ),
    (
        MANY,
        (
            "SELECT * FROM strangers_post p WHERE NOT EXISTS (SELECT 1 FROM ties_relationship U0 "
            " WHERE U0.owner_id = p.author_id AND U0.other_id = %s)"
        ),
        (6,),
    ),
    (
        STEPS,
        (
            "SELECT * FROM sharing_share s WHERE s.author_id = %s AND s.id IN (SELECT U0.share_id FROM "
            "sharing_delivery U0 WHERE U0.viewer_id = %s)"
        ),
        (5, 6),
    ),
    (
        REFUSED,
        (
            "SELECT * FROM shop_listing l"
            " WHERE EXISTS (SELECT 1 FROM sharing_delivery d WHERE d.listing_id = l.id)"
        ),
        (),
    ),
    (MANY, "UPDATE ties_circle SET name = %s WHERE ties_circle.id = %s", ("x", 5)),
    (ONE, "DELETE FROM ties_circle WHERE ties_circle.owner_id = %s AND ties_circle.id = %s", (5, 6)),
    (ONE, "SELECT * FROM people_person WHERE id = %s FOR NO KEY UPDATE", (5,)),
    (REFUSED, "SELECT * FROM people_person WHERE id IN (%s, %s) FOR NO KEY UPDATE", (5, 6)),
    (ONE, "INSERT INTO ties_circle (owner_id, name) VALUES (%s, %s), (%s, %s)", (5, "a", 5, "b")),
    (MANY, "INSERT INTO ties_circle (owner_id, name) VALUES (%s, %s), (%s, %s)", (5, "a", 6, "b")),
    (ONE, "INSERT INTO ties_circle (owner_id, name) VALUES (%s, %s) ON CONFLICT DO NOTHING", (5, "a")),
    (
        ONE,
        (
            "INSERT INTO ties_circle (owner_id, name) VALUES (%s, %s) "
            "ON CONFLICT (owner_id, name) DO UPDATE SET name = excluded.name"
        ),
        (5, "a"),
    ),
    (
        REFUSED,
        "INSERT INTO ties_circle (owner_id, id) VALUES (%s, %s) ON CONFLICT (id) DO UPDATE SET name = 'x'",
        (5, 6),
    ),
    (
        MANY,
        (
            "INSERT INTO sharing_delivery (viewer_id, share_id) SELECT m.person_id, s.id FROM sharing_share s"
            " JOIN ties_member m ON m.owner_id = s.author_id WHERE s.author_id = %s"
        ),
        (5,),
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("verdict", "statement", "given"), READ, ids=[one[1][:70] for one in READ])
def test_reads_where_a_statement_goes(verdict: Verdict, statement: str, given: tuple[object, ...]) -> None:
    found = route_of(statement, given, places(), unique_keys())
    assert found is not None
    assert found.verdict == verdict, found.why
