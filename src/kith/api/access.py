"""Who asks: a bearer token's person, within the token's scopes, as often as the limits allow.

Every operation names an `Access`. It runs before anything of the request is read, and leaves
`request.viewer` behind: whoever the token speaks for, never whoever a cookie is signed in as.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kith.api.limits import ADDRESS, FINDING, PERSON, WRITES, address_of, count
from kith.api.problems import Problem
from kith.audience.viewer import viewer_of
from kith.core.clock import utc_now
from kith.core.guard import Side, Viewer
from kith.people.models import AccessToken, Person
from kith.people.tokens import find_token

MOST_JSON = 64 * 1024
"""Bytes of a JSON body, where an operation does not allow more."""


class ApiRequest(HttpRequest):
    """A request that has passed its operation's `Access`."""

    viewer: Viewer
    token: AccessToken | None
    language: str | None
    """What the answer is written in."""


@dataclass(frozen=True)
class Access:
    """What it takes to call one operation.

    :param scope: what the token must allow; None: open to everybody, a token is welcome.
    :param writes: whether it changes anything, which is limited more strictly.
    :param finding: whether it finds people by what is known of them, most strictly of all.
    :param takes: the media type of the body, if there is one.
    :param conflicts: whether it can be refused for how things stand (409).
    :param signed: whether a host shop's signature stands in the place of a token.
    :param outside: whether it is of the strangers' channel: nothing is there while that is switched off.
    :param permission: what it is for the shop's staff alone who have been given this; for others it is
        not there.
    """

    scope: str | None
    writes: bool = False
    finding: bool = False
    takes: str | None = None
    signed: bool = False
    conflicts: bool = False
    outside: bool = False
    permission: str | None = None
    most_bytes: int = MOST_JSON

    def __call__(self, request: ApiRequest) -> bool:
        now = utc_now()
        request.viewer, request.token = Viewer(None, now), None
        self._require_plain_query(request)
        text = _bearer(request)
        if text is None:
            self._admit_unknown(request)
        else:
            self._admit(request, text)
        request.language = translation.get_language()
        self._require_body(request)
        return True

    def _admit_unknown(self, request: ApiRequest) -> None:
        count(request, (ADDRESS, address_of(request)))
        if self.scope is not None:
            raise Problem("sign-in-first", _("Send a token as “Authorization: Bearer kith_…”."))

    def _admit(self, request: ApiRequest, text: str) -> None:
        token = find_token(text, request.viewer.now)
        viewer = viewer_of(token.person if token else None, request.viewer.now)
        if token is None or not viewer.is_known:
            count(request, (ADDRESS, address_of(request)))
            raise Problem("bad-token", headers={"WWW-Authenticate": _challenge(error="invalid_token")})
        request.viewer, request.token = viewer, token
        if "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(token.person.language)
        self._charge(request)
        if self.scope is not None and self.scope not in token.scopes:
            challenge = _challenge(error="insufficient_scope", scope=self.scope)
            detail = _("It would need the scope “%(scope)s”.") % {"scope": self.scope}
            raise Problem("scope-missing", detail, headers={"WWW-Authenticate": challenge})
        self._require_standing(viewer, token.person)

    def _require_standing(self, viewer: Viewer, person: Person) -> None:
        if self.outside and viewer.outside == Side.SHUT:
            raise Problem("not-there")
        if self.permission and not (person.is_staff and person.has_perm(self.permission)):
            raise Problem("not-there")

    def _charge(self, request: ApiRequest) -> None:
        who = str(request.viewer.person_id)
        extra = [name for name, on in ((WRITES, self.writes), (FINDING, self.finding)) if on]
        count(request, *((name, who) for name in (PERSON, *extra)))

    def _require_plain_query(self, request: HttpRequest) -> None:
        # PostgreSQL takes no NUL in text, and nobody types one.
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise Problem("bad-request")

    def _require_body(self, request: HttpRequest) -> None:
        if self.takes is None:
            return
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            raise Problem("length-missing")  # WSGI reads no further than a length, which this has not
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes:
            raise Problem("too-large")
        if request.content_type != self.takes:
            raise Problem("wrong-content-type", _("Send %(type)s.") % {"type": self.takes})


def charge_finding(request: ApiRequest) -> None:
    """Count what finds a person by their handle, where an operation does not always."""
    count(request, (FINDING, str(request.viewer.person_id)))


def _bearer(request: HttpRequest) -> str | None:
    """The token that was sent; None if none was, and "" if something else stands in its place."""
    header = request.META.get("HTTP_AUTHORIZATION")
    if header is None:
        return None
    scheme, _space, text = header.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _challenge(**parts: str) -> str:
    return ", ".join(['Bearer realm="kith"', *(f'{name}="{value}"' for name, value in parts.items())])
