"""Personas as the viewer sees them, whom they have answered, and photos outside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from kith.core.compiled import compiled
from kith.core.errors import NotThere
from kith.core.guard import Side, Viewer
from kith.media.models import Photo
from kith.strangers.models import Letter, OutsidePhoto, Persona

OLDEST_BAND = 80
SEEN = "the photo hangs on what the viewer may see, or belongs to a persona they may see"


class FaceRow(NamedTuple):
    """What `face_of` needs of a persona."""

    pk: int
    person_id: int
    name: str
    avatar_id: int | None
    tells_age: bool
    region: str
    looks_for: Sequence[str]
    born: int | None


TELLS = ("age", "years", "region", "confirmed", "persona_age", "answers")
"""What an owner may choose to tell: each stands in the column `tells_…`."""


@dataclass(frozen=True, slots=True)
class PersonaFace:
    """A persona beside something it wrote. It joins to nothing inside."""

    id: int
    name: str
    avatar: int | None
    """The id of a photo."""
    age_band: str
    """As "50-59"; "" if its owner does not tell it."""
    region: str
    """The code of a province or a city; "" if none was chosen."""
    looks_for: tuple[str, ...]
    is_me: bool

    @property
    def initial(self) -> str:
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class Choices:
    """What only its owner sees of a persona."""

    tells: frozenset[str]
    """Of `TELLS`."""
    veils_faces: bool
    shows: bool
    """Others can see it, as far as it depends on its owner and on the shop's staff."""
    is_closed: bool
    """By the shop's staff."""


@dataclass(frozen=True, slots=True)
class PersonaCard:
    """The page of a persona. `choices` is None to everybody but its owner."""

    face: PersonaFace
    intro: str
    interests: tuple[str, ...]
    choices: Choices | None


def faces_outside(viewer: Viewer, person_ids: Collection[int]) -> dict[int, PersonaFace]:
    """The personas of these people that the viewer may see, their own among them, by the people's ids.

    The ids of people are for whoever builds a card; they do not go into it.
    """
    return {row.person_id: face_of(row, viewer) for row in personas_of(viewer, people=set(person_ids))}


@compiled(outside=True)
def personas_of(viewer: Viewer, people: Collection[int]) -> QuerySet[Any, Any]:
    """What stands beside the names of these people, as far as the viewer may see them."""
    return _personas(viewer).filter(person__among=people).values_list(*FaceRow._fields)


def my_persona(viewer: Viewer) -> PersonaCard | None:
    """The viewer's own persona, as long as the channel is not switched off; None if they have none."""
    if viewer.person_id is None:
        return None
    persona = _personas(viewer).filter(person=viewer.person_id).first()
    return _card(persona, viewer) if persona else None


def has_persona(viewer: Viewer) -> bool:
    """Whether `my_persona` finds one. Each page of somebody to whom the channel is not open asks this."""
    return viewer.person_id is not None and bool(faces_outside(viewer, [viewer.person_id]))


def get_persona(viewer: Viewer, *, persona_id: int) -> PersonaCard:
    """A persona's page.

    :raises NotThere: there is none, or the viewer may not see it.
    """
    persona = _personas(viewer).filter(pk=persona_id).first()
    if persona is None:
        raise NotThere
    return _card(persona, viewer)


def _personas(viewer: Viewer) -> QuerySet[Persona]:
    """Those that the viewer may see. One without a name is the rest of one whose owner erased it."""
    seen: QuerySet[Persona] = Persona.objects.visible_to(viewer).exclude(name="")
    return seen.annotate(born=F("person__born"))


def face_of(persona: Any, viewer: Viewer) -> PersonaFace:
    """:param persona: one of `_personas`, or a `FaceRow`."""
    return PersonaFace(
        id=persona.pk,
        name=persona.name,
        avatar=persona.avatar_id,
        age_band=age_band(persona.born, viewer.now) if persona.tells_age else "",
        region=persona.region,
        looks_for=tuple(persona.looks_for),
        is_me=persona.person_id == viewer.person_id,
    )


def _card(persona: Persona, viewer: Viewer) -> PersonaCard:
    face = face_of(persona, viewer)
    choices = Choices(
        tells=frozenset(name for name in TELLS if getattr(persona, f"tells_{name}")),
        veils_faces=persona.veils_faces,
        shows=persona.shows,
        is_closed=persona.closed_at is not None,
    )
    return PersonaCard(face, persona.intro, tuple(persona.interests), choices if face.is_me else None)


def age_band(born: int | None, now: datetime) -> str:
    """The ten years of age that somebody of a year of birth is in: "50-59". The oldest are "80+"."""
    if born is None:
        return ""
    decade = (now.year - born) // 10 * 10
    if decade < 20:
        return "18-19"
    return f"{OLDEST_BAND}+" if decade >= OLDEST_BAND else f"{decade}-{decade + 9}"


def has_answered(viewer: Viewer, person_ids: Collection[int]) -> set[int]:
    """Those of these people who have written a letter to the viewer: their faces are no longer veiled."""
    letters = Letter.objects.visible_to(viewer).filter(author__in=set(person_ids))
    return set(letters.values_list("author", flat=True)) - {viewer.person_id}


def find_outside_photo(viewer: Viewer, *, photo_id: int) -> tuple[Photo, bool]:
    """A photo from outside that the viewer may see, and whether its faces are veiled to them.

    It is their own, it hangs on something that they may see, or it is the picture of a persona that they
    may see. A photo from the circle side never is.

    :raises NotThere: none of these.
    """
    if viewer.person_id is None or viewer.outside == Side.SHUT:
        raise NotThere
    photo = Photo.objects.unguarded(SEEN).filter(pk=photo_id, outside=True).first()
    if photo is None:
        raise NotThere
    if photo.owner_id == viewer.person_id:
        return photo, False
    hangs = OutsidePhoto.objects.visible_to(viewer).filter(photo=photo)
    personas = Persona.objects.visible_to(viewer).filter(person=photo.owner_id)
    if not (hangs.exists() or personas.filter(avatar=photo).exists()):
        raise NotThere
    veils = personas.filter(veils_faces=False).first() is None
    return photo, veils and not has_answered(viewer, [photo.owner_id])
