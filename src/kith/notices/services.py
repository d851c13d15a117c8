"""Writing and forgetting notices."""

from __future__ import annotations

from datetime import datetime

from kith.core.guard import Viewer
from kith.notices.models import Notice, NoticeKind


def tell(recipient_id: int, *, kind: NoticeKind, subject: int, actor: int | None, at: datetime) -> None:
    """Tell somebody of something once. Told again of the same thing, the notice is new again."""
    if recipient_id == actor:
        return
    Notice.objects.unguarded("writes a notice to its recipient").update_or_create(
        recipient_id=recipient_id,
        kind=kind,
        subject=subject,
        defaults={"actor_id": actor, "at": at, "read_at": None},
    )


def forget(*, kind: NoticeKind, subject: int) -> None:
    """Take notices back, since what they point to is gone or answered."""
    Notice.objects.unguarded("what it points to is gone").filter(kind=kind, subject=subject).delete()


def dismiss(viewer: Viewer, *, kind: NoticeKind, subject: int) -> None:
    """Take a notice away from the viewer, who does not want to hear of it. Nobody else's is touched."""
    Notice.objects.visible_to(viewer).filter(kind=kind, subject=subject).delete()


def mark_read(viewer: Viewer) -> None:
    """Mark all that the viewer has been told as read."""
    Notice.objects.visible_to(viewer).filter(read_at=None).update(read_at=viewer.now)
