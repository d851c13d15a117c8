"""Nothing of somebody's circles stands in anything that another person can open.

Mei's words about Bo (circles, alias, weight, who else is in) are written so that they are
found wherever they might slip through; then Bo and Eve follow every link there is.
"""

from __future__ import annotations

import re
from collections import deque
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from kith.core.ids import write_id
from kith.people.models import Person
from kith.sharing import services as sharing
from tests.web.cast import as_viewer, befriend, browser_of, circle_of, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("circles_open")]

MOST = 400
LEAVE_ALONE = re.compile(r"/(logout|static|api|staff|accounts)/")


@pytest.fixture
def secrets(mei: Person) -> list[str]:
    """Make Mei's circles and say what of them must not be read by others."""
    bo, hidden_friend = somebody("Bo"), somebody("Zorro")
    for friend in (bo, hidden_friend):
        befriend(mei, friend)
    circle = circle_of(mei, "Walrus-Circle", bo, hidden_friend, weight=1, window="3d", is_default=True)
    sharing.set_alias(as_viewer(mei), other_id=bo.pk, alias="Grumpy-Alias")
    sharing.give_tip(as_viewer(mei), text="A tip from Mei", circle_ids=[circle.pk])
    sharing.ask_question(as_viewer(mei), text="A question of Mei's", circle_ids=[circle.pk])
    invitation = sharing.make_invitation(as_viewer(mei), circle_id=circle.pk)
    return ["Walrus-Circle", "Grumpy-Alias", "Zorro", write_id(circle.pk), invitation.token]


def everything_within_reach(browser: Client, *starts: str) -> dict[str, str]:
    """Open the pages and follow their links; what each address answered."""
    seen: dict[str, str] = {}
    waiting = deque(starts)
    while waiting and len(seen) < MOST:
        address = waiting.popleft()
        if address in seen or LEAVE_ALONE.search(address):
            continue
        answer = browser.get(address)
        if answer.status_code in (301, 302):
            seen[address] = ""
            waiting.append(answer["Location"])
            continue
        body = answer.getvalue().decode(errors="replace")
        seen[address] = body
        waiting.extend(unescape(link) for link in re.findall(r'(?:href|hx-get|src)="(/[^"#]*)', body))
    return seen


STARTS = ["/", *(reverse(name) for name in ("me:home", "friends:list", "circles:list", "privacy:home"))]


@pytest.mark.parametrize("reader", ["bo", "eve", "nobody"])
def test_no_page_tells_of_another_persons_circles(reader: str, mei: Person, secrets: list[str]) -> None:
    eve = somebody("Eve")
    people = {"bo": Person.objects.get(handle="bo"), "eve": eve, "nobody": None}
    pages = everything_within_reach(browser_of(people[reader]), *STARTS)
    told = [(address, secret) for address, body in pages.items() for secret in secrets if secret in body]
    assert told == []
    if reader == "bo":
        assert any("A tip from Mei" in body for body in pages.values()), "the walk came to what Mei shows Bo"


def test_the_walk_would_find_it(mei: Person, secrets: list[str]) -> None:
    bodies = "".join(everything_within_reach(browser_of(mei), *STARTS).values())
    assert [secret for secret in secrets if secret not in bodies] == []
