"""A copy of all that is held about somebody, and its erasure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from kith.core.copying import plain_row
from kith.core.guard import Viewer
from kith.core.ids import write_id
from kith.media.models import Photo
from kith.media.queries import open_photo
from kith.media.services import erase_photos
from kith.people.locks import locked_people
from kith.people.services import forget_traces
from kith.people.signed_in import myself
from kith.quality.services import rights as quality
from kith.rollout.models import Waiting
from kith.sharing.services import rights as inside
from kith.strangers.services import rights as outside
from kith.strangers.services.forgetting import forget_person

ERASE = "an account is erased"
OUTSIDE = "outside/"
"""Where the copy keeps what was said under another name, so that it can be kept apart."""

Tables = Iterable[tuple[str, list[dict[str, Any]]]]


def copy_of_data(viewer: Viewer, *, of: Literal["both", "inside", "outside"] = "both") -> bytes:
    """Everything held about a person, as a ZIP of JSON, photos and reports (PIPL art. 45, GDPR art. 15).

    What they are outside lies in a folder of its own, and joins to nothing beside it.

    :param of: both sides, or one of them, for a program that may see no more.
    """
    me = myself(viewer)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if of != "outside":
            _add_tables(archive, "", inside.tables(me))
            _add_tables(archive, "", quality.tables(me))
            _add_papers(archive, me)
            waiting = Waiting.objects.filter(person=me)
            _add_tables(archive, "", [("waiting", [plain_row(row, without={"id"}) for row in waiting])])
        if of != "inside":
            _add_tables(archive, OUTSIDE, outside.tables(viewer))
        for photo in Photo.objects.visible_to(viewer):
            if of in ("both", "outside" if photo.outside else "inside"):
                _add_photo(archive, OUTSIDE if photo.outside else "", photo)
    return out.getvalue()


def _add_tables(archive: zipfile.ZipFile, folder: str, tables: Tables) -> None:
    for name, rows in tables:
        text = json.dumps(rows, ensure_ascii=False, indent=1, default=str)
        archive.writestr(f"{folder}{name}.json", text)


def _add_papers(archive: zipfile.ZipFile, me: int) -> None:
    for paper in quality.files(me):
        archive.writestr(f"reports/{paper.name}", paper.read())


def _add_photo(archive: zipfile.ZipFile, folder: str, photo: Photo) -> None:
    with open_photo(photo, "large") as file:
        archive.writestr(f"{folder}photos/{write_id(photo.pk)}.webp", file.read())


@transaction.atomic
def erase_person(*, person_id: int, now: datetime) -> None:
    """Erase an account and all that it showed or said on both sides, from everybody's sight, at once.

    Orders stay with their merchants, without the person.
    """
    forget_person(person_id, now=now)
    person = locked_people(person_id)[person_id]
    inside.empty_orders(person_id)
    erase_photos(list(Photo.objects.unguarded(ERASE).filter(owner=person_id)))
    forget_traces(person)
    person.delete()
