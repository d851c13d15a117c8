"""Writing and forgetting notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from kith.core.guard import Viewer
from kith.notices.models import OUTSIDE, Notice, NoticeKind


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


def tell_many(
    recipient_ids: Collection[int], *, kind: NoticeKind, subject: int, actor: int | None, at: datetime
) -> None:
    """Tell several people of something new, in one go. Who has been told of it already is not told again."""
    Notice.objects.bulk_create(
        [
            Notice(recipient_id=recipient_id, kind=kind, subject=subject, actor_id=actor, at=at)
            for recipient_id in set(recipient_ids) - {actor}
        ],
        ignore_conflicts=True,
    )


def tell_each(subjects: Mapping[int, int], *, kind: NoticeKind, at: datetime) -> None:
    """Tell people of something of their own, in one go: by its id, whom. Told again, it is new again."""
    Notice.objects.bulk_create(
        [
            Notice(recipient_id=recipient_id, kind=kind, subject=subject, at=at)
            for subject, recipient_id in subjects.items()
        ],
        update_conflicts=True,
        unique_fields=["recipient", "kind", "subject"],
        update_fields=["at", "read_at"],
        batch_size=1000,
    )


def forget(*, kind: NoticeKind, subject: int) -> None:
    """Take notices back, since what they point to is gone or answered."""
    Notice.objects.unguarded("what it points to is gone").filter(kind=kind, subject=subject).delete()


def forget_many(*, kinds: Collection[NoticeKind], subjects: Collection[int]) -> None:
    """Take all notices of several things back at once."""
    rows = Notice.objects.unguarded("what they point to is gone")
    rows.filter(kind__in=kinds, subject__in=subjects).delete()


def dismiss(viewer: Viewer, *, kind: NoticeKind, subject: int) -> None:
    """Take a notice away from the viewer, who does not want to hear of it. Nobody else's is touched."""
    Notice.objects.visible_to(viewer).filter(kind=kind, subject=subject).delete()


def mark_read(viewer: Viewer, *, outside: bool = False) -> None:
    """Mark all that the viewer has been told on one side as read."""
    unread = Notice.objects.visible_to(viewer).filter(read_at=None)
    here = unread.filter(kind__in=OUTSIDE) if outside else unread.exclude(kind__in=OUTSIDE)
    here.update(read_at=viewer.now)
