"""Keys to the API for one person's programs.

A token is shown once; what is kept is its SHA-256 digest. That needs no salt and no slow hash, since
a token has 256 bits of chance in it and cannot be guessed from its digest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kith.core.compiled import columns_of, compiled, instance_of
from kith.core.errors import NotThere, Refused
from kith.core.guard import Viewer
from kith.people.models import AccessToken, Person

PREFIX = "kith_"
"""Makes a token that slipped into the open easy to find."""
MOST = 20
LONGEST_NAME = 60
LONGEST_LIFE = timedelta(days=366)


class Scope(models.TextChoices):
    """What a token lets a program do, on its owner's behalf and never beyond what the owner may."""

    PROFILE_READ = "profile:read", _("See my profile, my choices about sharing and what I agreed to")
    PROFILE_WRITE = "profile:write", _("Change my profile and my choices about sharing")
    CIRCLE_READ = "circle:read", _("See what my circles show me, the evidence they give, and my notices")
    CIRCLE_WRITE = "circle:write", _("Share, comment and mark things as useful in my name")
    FRIENDS_READ = "friends:read", _("See my friends, circles, requests and invitations")
    FRIENDS_WRITE = "friends:write", _("Change my friends and circles")
    ORDERS_READ = "orders:read", _("See what I bought")
    ORDERS_WRITE = "orders:write", _("Buy in my name, confirm, and ask for refunds")
    MERCHANT_READ = "merchant:read", _("See the orders, reports and decisions of the shops that I act for")
    MERCHANT_WRITE = (
        "merchant:write",
        _("Ship, deliver, answer refunds, hand in reports and appeal for those shops"),
    )
    OUTSIDE_READ = "outside:read", _("See what I see outside, who I am there, and my letters")
    OUTSIDE_WRITE = "outside:write", _("Write, react and greet outside in my name, and change who I am there")
    ROLLOUT = "rollout", _("Open and close features, if I am one of the shop's staff who may")
    QUALITY = "quality", _("Hold listings to standards, if I am one of the shop's staff who may")
    ACCOUNT = "account", _("Make and take away keys, copy all my data, and delete my account")


FOR_STAFF = frozenset({Scope.ROLLOUT, Scope.QUALITY})


class TokenRefused(Refused):
    code: ClassVar[str] = "token-refused"

    def __init__(self, sentence: str | Promise, *, field: str) -> None:
        super().__init__(sentence)
        self.field = field


def make_token(
    viewer: Viewer, *, name: str, scopes: Collection[str], expires_at: datetime | None = None
) -> tuple[AccessToken, str]:
    """Make a token and return it with its text, which cannot be had again.

    :param expires_at: up to a year from now; a year when left out.
    :raises TokenRefused: no name, no known scope, an end in the past or too far, or twenty tokens already.
    """
    if viewer.person_id is None:
        raise NotThere
    name, ends = name.strip(), expires_at or viewer.now + LONGEST_LIFE
    if not 0 < len(name) <= LONGEST_NAME:
        raise TokenRefused(_("Give it a name of 60 characters at most."), field="name")
    if not scopes or not set(scopes) <= set(Scope.values):
        raise TokenRefused(_("Choose what it may do."), field="scopes")
    if not viewer.now < ends <= viewer.now + LONGEST_LIFE:
        raise TokenRefused(_("It must end within a year from now."), field="expires_at")
    if AccessToken.objects.filter(person=viewer.person_id).count() >= MOST:
        raise TokenRefused(_("You have 20 keys already. Take one away first."), field="name")
    text = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        person_id=viewer.person_id,
        name=name,
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        created_at=viewer.now,
        expires_at=ends,
    )
    return token, text


def tokens_of(viewer: Viewer) -> tuple[AccessToken, ...]:
    """The viewer's tokens, newest first."""
    return tuple(AccessToken.objects.filter(person=viewer.person_id).order_by("-created_at"))


def revoke_token(viewer: Viewer, *, token_id: int) -> None:
    """Take a token away; it opens nothing from now on.

    :raises NotThere: it is not one of the viewer's.
    """
    removed, _by_model = AccessToken.objects.filter(person=viewer.person_id, pk=token_id).delete()
    if not removed:
        raise NotThere


def find_token(text: str, now: datetime) -> AccessToken | None:
    """Find the living token that this text is, with its person, and note the day of its use."""
    if not text.startswith(PREFIX):
        return None
    row = next(iter(_tokens(digest=_digest(text))), None)
    if row is None:
        return None
    found = instance_of(AccessToken, row)
    found.person = instance_of(Person, row, at="person__")
    if not found.person.is_active or (found.expires_at and found.expires_at <= now):
        return None
    if found.last_used_on != now.date():
        AccessToken.objects.filter(pk=found.pk).update(last_used_on=now.date())
        found.last_used_on = now.date()
    return found


@compiled()
def _tokens(digest: str) -> QuerySet[Any, Any]:
    named = columns_of(AccessToken), columns_of(Person, at="person__")
    return AccessToken.objects.filter(digest=digest).values_list(*named[0], *named[1])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
