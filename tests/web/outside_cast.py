"""What the tests of the pages outside need beside people (conftest.py has these)."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kith.audience.viewer import STRANGERS
from kith.people.models import Person
from kith.rollout import services as rollout
from kith.strangers import services as outside
from kith.strangers.models import Persona, Post
from tests.strangers.cast import NOW, viewer

SAID = "the test asks for what was made"
ROSES = "Who else grows roses in pots on a balcony?"


def of_some_time(person: Person) -> Person:
    """Whoever has been there a while, with a confirmed telephone, may write more in an hour."""
    Persona.objects.unguarded(SAID).filter(person=person).update(created_at=NOW - timedelta(days=60))
    Person.objects.filter(pk=person.pk).update(phone_verified=True)
    person.refresh_from_db()
    return person


def write(person: Person, text: str = ROSES, topic: str = "hobbies", **more: Any) -> Post:
    return outside.write_post(viewer(person), topic=topic, text=text, **more)


def say(person: Person, post: Post, text: str, answers: Any = None, now: datetime = NOW, **more: Any) -> Any:
    answers_id = answers.pk if answers else None
    return outside.comment(viewer(person, now), post_id=post.pk, text=text, answers_id=answers_id, **more)


def close(now: Any = NOW) -> None:
    rollout.close(STRANGERS, actor=None, why="a test", surface="cli", now=now)


def wind_down() -> None:
    close()
    rollout.wind_down(
        STRANGERS, until=(NOW + timedelta(days=30)).date(), actor=None, why="a test", surface="cli", now=NOW
    )


def noise(name: str = "rose.png") -> SimpleUploadedFile:
    """A photo that looks like no other."""
    return as_upload(Image.effect_noise((160, 120), 90).convert("RGB"), name)


def as_upload(image: Image.Image, name: str = "photo.png") -> SimpleUploadedFile:
    file = io.BytesIO()
    image.save(file, "PNG")
    return SimpleUploadedFile(name, file.getvalue(), content_type="image/png")
