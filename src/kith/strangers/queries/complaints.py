"""What somebody is about to report."""

from __future__ import annotations

from dataclasses import dataclass

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.strangers.models import Complaint
from kith.strangers.queries.personas import PersonaFace, faces_outside
from kith.strangers.reportable import look_at


@dataclass(frozen=True, slots=True)
class Reportable:
    """A persona, or something it wrote, that the viewer sees and that is not their own."""

    about: str
    """Of `Complaint.About`."""
    id: int
    author: PersonaFace
    words: str
    """What it says, as it will be kept."""
    is_reported: bool
    """By the viewer, before."""


def get_reportable(viewer: Viewer, *, about: str, subject_id: int) -> Reportable:
    """What the page about reporting shows.

    :raises NotThere: the viewer does not see it, or it is their own.
    """
    accused, words = look_at(viewer, about, subject_id)
    face = faces_outside(viewer, [accused]).get(accused)
    if face is None or face.is_me:
        raise NotThere
    before = Complaint.objects.visible_to(viewer).filter(about=about, subject=subject_id)
    return Reportable(about, subject_id, face, words, before.exists())
