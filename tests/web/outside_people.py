"""What the tests of letters, personas and the door share: first letters, and reading a page."""

from __future__ import annotations

import re

from django.urls import reverse

from kith.people.models import Person
from kith.strangers import services as strangers
from kith.strangers.models import Exchange, Persona
from tests.strangers.cast import viewer
from tests.web.cast import Answer

WHY = "the test asks for what was made"


def persona_of(person: Person) -> Persona:
    return Persona.objects.unguarded(WHY).get(person=person)


def greeting(sender: Person, to: Person, text: str = "Do your roses survive the winter?") -> Exchange:
    return strangers.greet(viewer(sender), persona_id=persona_of(to).pk, text=text)


def letters_between(one: Person, two: Person) -> Exchange:
    """An exchange in which each has written a letter."""
    exchange = greeting(one, two)
    strangers.write_letter(viewer(two), exchange_id=exchange.pk, text="They do, under straw.")
    strangers.write_letter(viewer(one), exchange_id=exchange.pk, text="I shall try that.")
    exchange.refresh_from_db()
    return exchange


def text_of(answer: Answer) -> str:
    """What a page says, without its markup."""
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(page.split())


def is_at(answer: Answer, name: str) -> bool:
    """Whether an answer sends on to this page."""
    return answer.status_code == 302 and answer.headers["Location"].split("?")[0] == reverse(name)
