"""Forward foreign keys go round the lock, so a row that is seen must not lead to one that is not.

Each key from one guarded model to another stands in one of three lists. Along those that may be
followed, everybody who sees the row sees what it points to; that is tried on the street where
everybody has everything. The others tie a row to something of its owner's alone, or to something
that may vanish from who sees the row: they may be written and filtered by, and never shown.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from kith.core.guard import Guarded
from tests.web.street import Street

pytestmark = pytest.mark.django_db

MAY_BE_FOLLOWED = {
    "sharing.Audience.circle", "sharing.Audience.share", "sharing.Comment.share",
    "sharing.Delivery.share", "sharing.Like.share", "shop.OrderLine.order", "ties.Invitation.circle",
    "ties.Member.circle", "sharing.SharePhoto.share", "strangers.Letter.exchange",
    "strangers.OutsidePhoto.comment", "strangers.OutsidePhoto.letter", "strangers.OutsidePhoto.post",
    "strangers.PostComment.post", "strangers.Reaction.post",
    "quality.Appeal.report", "quality.Complaint.line", "quality.RecallClaim.line",
}  # fmt: skip
OWNERS_ALONE = {
    "sharing.Share.line",  # the order line, with its price: its author sees it, others of the share do not
    "sharing.SharePhoto.photo",  # by itself a photo is its owner's: what is told is its size and address
    "strangers.OutsidePhoto.photo",  # and so outside
    "strangers.Persona.avatar",
    "ties.FriendRequest.circle",  # the sender's circle, of which the recipient never learns
    "ties.FriendRequest.suggested",  # the recipient's circle, of which the sender never learns
}
MAY_VANISH = {
    "strangers.Exchange.post",  # its author may have withdrawn it since
    "strangers.PostComment.answers",  # by somebody whom the reader knows
    "strangers.PostComment.root",
    "strangers.PostFollow.post",  # by somebody whom they have come to know
    "strangers.ShutOut.persona",  # that is what it was shut out for
}
"""What these point to is read through its own rule, or not at all."""


def keys() -> dict[str, tuple[Any, str, Any]]:
    """The foreign keys from a guarded model to a guarded model."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and issubclass(model, Guarded):
                other: Any = field.related_model
                if issubclass(other, Guarded):
                    found[f"{model._meta.label}.{field.name}"] = (model, field.name, other)
    return found


def test_every_key_between_guarded_models_is_in_one_list() -> None:
    assert keys().keys() == MAY_BE_FOLLOWED | OWNERS_ALONE | MAY_VANISH


@pytest.mark.parametrize("key", sorted(MAY_BE_FOLLOWED))
def test_what_is_seen_leads_to_nothing_unseen(key: str, street: Street) -> None:
    model, name, other = keys()[key]
    followed = 0
    for role in street.people:
        viewer = street.looks(role)
        pointed = set(model.objects.visible_to(viewer).order_by().values_list(name, flat=True)) - {None}
        assert pointed <= set(other.objects.visible_to(viewer).values_list("pk", flat=True)), role
        followed += len(pointed)
    assert followed, "there is nothing of the kind on the street"


@pytest.mark.parametrize("key", sorted(OWNERS_ALONE))
def test_what_is_its_owners_alone_would_tell_others(key: str, street: Street) -> None:
    """Or it belongs to the other list."""
    model, name, other = keys()[key]
    led_astray = False
    for role in street.people:
        viewer = street.looks(role)
        pointed = set(model.objects.visible_to(viewer).order_by().values_list(name, flat=True)) - {None}
        led_astray |= not pointed <= set(other.objects.visible_to(viewer).values_list("pk", flat=True))
    assert led_astray
