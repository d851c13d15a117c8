from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from PIL import Image

from kith.core.guard import Viewer
from kith.media.models import Photo
from kith.media.services import path_of, take_in_photo
from kith.people.models import Person
from kith.sharing.models import Share, SharePhoto
from kith.sharing.services import erase_unused_photos

pytestmark = pytest.mark.django_db(transaction=True)


def photo_of(mei: Person, at: datetime, *, outside: bool = False) -> Photo:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return take_in_photo(Viewer(mei.pk, at), file=file, outside=outside)


def test_only_photos_that_nothing_shows_are_erased(now: datetime) -> None:
    mei = Person.objects.create_user("mei", display_name="Mei")
    shown, left, fresh = (
        photo_of(mei, now - timedelta(days=2)),
        photo_of(mei, now - timedelta(days=2)),
        photo_of(mei, now),
    )
    share = Share.objects.create(author=mei, kind="tip", text="!", created_at=now, visible_from=now)
    SharePhoto.objects.create(author=mei, share=share, photo=shown, position=0)
    assert erase_unused_photos(now=now) == 1
    here = Photo.objects.unguarded("counts what is left").values_list("pk", flat=True)
    assert set(here) == {shown.pk, fresh.pk}
    assert not path_of(left.name, "small").exists()
    assert path_of(shown.name, "small").exists()


def test_photos_of_the_strangers_channel_are_not_cleared_away_here(now: datetime) -> None:
    mei = Person.objects.create_user("mei", display_name="Mei")
    photo = photo_of(mei, now - timedelta(days=2), outside=True)
    assert erase_unused_photos(now=now) == 0
    assert path_of(photo.name, "small").exists()
