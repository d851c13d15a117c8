"""Making what people show who they are by: tokens for the API, and sessions for pages.

A process of its own, on the stage's database: `signed_in(stage, people)` starts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.contest import Stage
from benchmarks.stages import ROOT

STEP = "import django; django.setup(); from benchmarks.signing_in import main; main()"
NAME = "the bench"
SCOPES = ("circle:read", "circle:write", "friends:read", "friends:write")


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: int
    token: str
    session: str = ""
    """Of the cookie "sessionid"; empty unless asked for."""

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"sessionid={self.session}"}


def signed_in(stage: Stage, people: Sequence[int], *, sessions: bool = False) -> list[SignedIn]:
    """Make a token for each, and a session if that is asked for; in the order of the people."""
    told = json.dumps({"people": list(people), "sessions": sessions})
    done = subprocess.run(  # noqa: S603 (ourselves)
        [sys.executable, "-c", STEP], cwd=ROOT, env={**os.environ, **stage.environment()},
        input=told, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return [SignedIn(**one) for one in json.loads(done.stdout.splitlines()[-1])]


def main() -> None:
    given: dict[str, Any] = json.load(sys.stdin)
    print(json.dumps([_sign_in(person_id, **given) for person_id in given.pop("people")]))


def _sign_in(person_id: int, *, sessions: bool) -> dict[str, Any]:
    from django.test import Client  # noqa: PLC0415 (Django is set up by now)

    from kith.core.clock import utc_now  # noqa: PLC0415
    from kith.core.guard import Viewer  # noqa: PLC0415
    from kith.people.models import AccessToken, Person  # noqa: PLC0415
    from kith.people.tokens import make_token  # noqa: PLC0415

    AccessToken.objects.filter(person=person_id, name=NAME).delete()
    _token, text = make_token(Viewer(person_id, utc_now()), name=NAME, scopes=SCOPES)
    made = {"person": person_id, "token": text}
    if sessions:
        client = Client()
        client.force_login(Person.objects.get(pk=person_id), "kith.web.sessions.SignedIn")
        made["session"] = client.cookies["sessionid"].value
    return made
