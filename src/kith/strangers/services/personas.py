"""Who somebody is outside: making a persona, and changing it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kith.audience.viewer import STRANGERS
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.core.ids import random_id
from kith.media.models import Photo
from kith.media.queries import get_own_photo
from kith.media.services import erase_photos
from kith.people.locks import locked_people
from kith.people.models import Person, Purpose, grown_up_since
from kith.people.queries import has_consented
from kith.people.regions import is_region
from kith.people.services import record_consent
from kith.people.signed_in import myself
from kith.rollout.queries import is_open
from kith.strangers.models import LookingFor, OutsidePhoto, Persona, ShutOut
from kith.strangers.names import PersonaRefused, read_name, refuse_own_traces
from kith.strangers.queries.personas import TELLS
from kith.strangers.words import WordsRefused, read_words

OWN = "its owner writes their own persona"
SHOWING = "whether a persona may be seen is worked out for whoever it belongs to"
MOST_INTERESTS = 10
LONGEST_INTEREST = 20
LONGEST_INTRO = 500
PAUSE = timedelta(days=1)
"""After erasing all; otherwise limits could be got round by beginning anew."""
_NAME_TAKEN = _("Somebody else is called so here, or nearly so. Please choose another name.")


class MayNotGoOutside(Refused):
    """The channel is not open to them, or not to anybody."""

    code: ClassVar[str] = "may-not-go-outside"


class BirthYearWanted(MayNotGoOutside):
    """They have not said when they were born."""

    code: ClassVar[str] = "birth-year-wanted"


class PersonaSettings(TypedDict, total=False):
    """What a persona says beside its name. `tells`: of `TELLS`; `looks_for`: of `LookingFor`."""

    intro: str
    interests: Sequence[str]
    looks_for: Collection[str]
    region: str
    tells: Collection[str]
    veils_faces: bool
    avatar_id: int | None


class PersonaChanges(PersonaSettings, total=False):
    """What to change; what is left out stays."""

    name: str


@transaction.atomic
def make_persona(
    viewer: Viewer, *, text_version: str, surface: str, name: str, **more: Unpack[PersonaSettings]
) -> Persona:
    """Agree to the channel, and be somebody there.

    :param more: as `change_persona` takes it.
    :raises MayNotGoOutside: the channel is not open to them, they are not certainly 18, or they erased
        a persona less than a day ago, or one that the shop's staff had closed.
    :raises BirthYearWanted: nobody can tell whether they are 18.
    :raises PersonaRefused: they have a persona already, or something in it cannot be so.
    :raises NotThere: the picture is not theirs, or it is of the other side.
    """
    person = locked_people(myself(viewer))[myself(viewer)]
    require_may_go(person, viewer)
    persona = Persona.objects.unguarded(OWN).filter(person=person).first()
    if persona is not None and persona.name:
        raise PersonaRefused(_("You have a name outside already. You can change it."), field="name")
    persona = Persona(person=person) if persona is None else _begin_anew(persona, viewer)
    persona.created_at = viewer.now
    _write(viewer, persona, person, {"name": name, **more})
    agree(person, viewer, text_version=text_version, surface=surface)
    return persona


def _begin_anew(bare: Persona, viewer: Viewer) -> Persona:
    """Take what is left of a persona that was erased, under an id that nobody has seen.

    :raises MayNotGoOutside: the shop's staff closed it, or it was erased less than a day ago.
    """
    if bare.closed_at is not None:
        raise MayNotGoOutside(_("The shop has closed your place outside."))
    if viewer.now < bare.created_at + PAUSE:
        raise MayNotGoOutside(_("You have erased all you had here. You can come back a day after that."))
    new, old = random_id(), bare.pk
    Persona.objects.unguarded(OWN).filter(pk=old).update(id=new)
    ShutOut.objects.unguarded("whoever was shut out stays so").filter(persona=old).update(persona=new)
    return Persona.objects.unguarded(OWN).get(pk=new)


@transaction.atomic
def change_persona(viewer: Viewer, **changes: Unpack[PersonaChanges]) -> Persona:
    """Change what the viewer says of themselves outside; what is not named stays.

    :raises NotThere: they have no persona, or the picture is not theirs, or it is of the other side.
    :raises PersonaRefused: the first thing that cannot be so; nothing is changed then.
    """
    me = myself(viewer)
    person = locked_people(me)[me]
    persona = Persona.objects.visible_to(viewer).filter(person=me).exclude(name="").first()
    if persona is None:
        raise NotThere
    _write(viewer, persona, person, dict(changes))
    return persona


def require_may_go(person: Person, viewer: Viewer) -> None:
    """:raises MayNotGoOutside: it says why, and what to do."""
    if not is_open(STRANGERS, person.pk, viewer.now):
        raise MayNotGoOutside(_("This is not open to you yet. You can put yourself on the waiting list."))
    if person.suspended_at is not None or not person.is_active:
        raise MayNotGoOutside(_("The shop has closed this to your account."))
    if person.born is None:
        raise BirthYearWanted(_("Please say in your profile in which year you were born. Nobody sees it."))
    if person.born > grown_up_since(viewer.now):
        raise MayNotGoOutside(_("This is for people of 18 years and older."))


def agree(person: Person, viewer: Viewer, *, text_version: str, surface: str) -> None:
    """Note that somebody agrees to the channel, and let their persona be seen."""
    if not has_consented(person.pk, Purpose.STRANGERS):
        record_consent(
            person_id=person.pk, purpose=Purpose.STRANGERS, text_version=text_version, surface=surface,
            given=True, at=viewer.now,
        )  # fmt: skip
    write_shows(person)


def write_shows(person: Person) -> None:
    """Work out whether somebody's persona may be seen, and write it where the rule reads it."""
    persona = Persona.objects.unguarded(SHOWING).filter(person=person).first()
    if persona is None:
        return
    whole = bool(persona.name) and persona.closed_at is None
    shows = whole and has_consented(person.pk, Purpose.STRANGERS)
    if shows != persona.shows:
        persona.shows = shows
        persona.save(update_fields=["shows"])


# --- What a persona may say ----------------------------------------------------------


def _write(viewer: Viewer, persona: Persona, person: Person, changes: dict[str, Any]) -> None:
    """Check and save what is said of a persona. A picture that is no longer its picture is erased."""
    before = persona.avatar
    for name, value in _read(viewer, persona, person, changes).items():
        setattr(persona, name, value)
    try:
        with transaction.atomic():
            persona.save()
    except IntegrityError:
        raise PersonaRefused(_NAME_TAKEN, field="name") from None
    if before is not None and before.pk != persona.avatar_id:
        erase_photos([before])


def _read(viewer: Viewer, persona: Persona, person: Person, changes: dict[str, Any]) -> dict[str, Any]:
    """The columns to write. :raises PersonaRefused: the first thing that cannot be so."""
    written: dict[str, Any] = {}
    for field, value in changes.items():
        match field:
            case "name":
                written["name"], written["name_key"] = read_name(value, owner=person)
            case "intro":
                written["intro"] = _read_intro(value, person)
            case "interests":
                written["interests"] = _read_interests(value, person)
            case "looks_for":
                written["looks_for"] = _read_choices(value, LookingFor.values, field)
            case "region":
                written["region"] = _read_region(value)
            case "tells":
                told = _read_choices(value, TELLS, field)
                written |= {f"tells_{name}": name in told for name in TELLS}
            case "veils_faces":
                written["veils_faces"] = bool(value)
            case "avatar_id":
                written["avatar"] = _read_avatar(viewer, persona, value)
    if "name_key" in written and _is_taken(written["name_key"], persona):
        raise PersonaRefused(_NAME_TAKEN, field="name")
    return written


def _is_taken(key: str, persona: Persona) -> bool:
    others = Persona.objects.unguarded("two personas must not look alike").exclude(pk=persona.pk)
    return others.filter(name_key=key).exists()


def _read_intro(text: str, person: Person) -> str:
    if not text.strip():
        return ""
    intro = _settle(text, most=LONGEST_INTRO, field="intro")
    refuse_own_traces(intro, owner=person, field="intro")
    return intro


def _read_interests(words: Sequence[str], person: Person) -> list[str]:
    read = (_settle(word, most=LONGEST_INTEREST, field="interests") for word in words if word.strip())
    interests = list(dict.fromkeys(" ".join(word.split()) for word in read))
    if len(interests) > MOST_INTERESTS:
        raise PersonaRefused(_("At most ten interests."), field="interests")
    for text in (*interests, " ".join(interests)):
        refuse_own_traces(text, owner=person, field="interests")
    return interests


def _settle(text: str, *, most: int, field: str) -> str:
    try:
        return read_words(text, most=most)
    except WordsRefused as refusal:
        raise PersonaRefused(refusal.sentence, field=field) from None


def _read_choices(wanted: Collection[str], known: Sequence[str], field: str) -> list[str]:
    if not set(wanted) <= set(known):
        raise PersonaRefused(_("That is not one of the choices."), field=field)
    return [choice for choice in known if choice in wanted]


def _read_region(code: str) -> str:
    if code and not is_region(code):
        raise PersonaRefused(_("Please choose a province or a city from the list."), field="region")
    return code


def _read_avatar(viewer: Viewer, persona: Persona, photo_id: int | None) -> Photo | None:
    """:raises NotThere: not a photo of theirs for outside, or it hangs on something already."""
    if photo_id is None:
        return None
    photo = get_own_photo(viewer, photo_id=photo_id, outside=True)
    if OutsidePhoto.objects.unguarded(OWN).filter(photo=photo).exists():
        raise NotThere
    return photo
