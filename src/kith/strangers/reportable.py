"""What can be reported: a persona, and whatever it wrote, as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.core.errors import NotThere
from kith.core.guard import Viewer
from kith.strangers.models import Complaint, Letter, Persona, Post, PostComment

About = Complaint.About


def look_at(viewer: Viewer, about: str, subject_id: int) -> tuple[int, str]:
    """Whose it is, and what it says, if the viewer sees it. :raises NotThere: they don't."""
    find = _FIND.get(about)
    found = find(viewer, subject_id) if find else None
    if found is None:
        raise NotThere
    return found


def _persona(viewer: Viewer, pk: int) -> tuple[int, str] | None:
    persona = Persona.objects.visible_to(viewer).filter(pk=pk).first()
    if persona is None:
        return None
    said = (persona.name, persona.intro, " · ".join(persona.interests))
    return persona.person_id, "\n".join(part for part in said if part)


def _post(viewer: Viewer, pk: int) -> tuple[int, str] | None:
    return Post.objects.visible_to(viewer).filter(pk=pk).values_list("author", "text").first()


def _comment(viewer: Viewer, pk: int) -> tuple[int, str] | None:
    return PostComment.objects.visible_to(viewer).filter(pk=pk).values_list("author", "text").first()


def _letter(viewer: Viewer, pk: int) -> tuple[int, str] | None:
    return Letter.objects.visible_to(viewer).filter(pk=pk).values_list("author", "text").first()


_FIND: Mapping[str, Callable[[Viewer, int], tuple[int, str] | None]] = {
    About.PERSONA: _persona,
    About.POST: _post,
    About.COMMENT: _comment,
    About.LETTER: _letter,
}
