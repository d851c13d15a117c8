"""What the API says of itself: the published description, the docs page, the guide's examples."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pydantic import BaseModel
from pytest_django.live_server_helper import LiveServer

from kith.api.fields import In, Out
from kith.api.openapi import write_description
from kith.api.problems import TITLES
from kith.api.server import api
from kith.people.tokens import Scope
from tests.contract.cast import SECRET, build_street, token_of

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
DESCRIPTION, GUIDE = REFERENCE / "openapi.json", REFERENCE / "api.md"


def test_the_published_description_is_that_of_this_api() -> None:
    published = DESCRIPTION.read_text(encoding="utf-8")
    assert published == write_description(api.get_openapi_schema()), "run: python scripts/describe_api.py"


def test_the_served_description_is_the_published_one(client: Client) -> None:
    served = client.get("/api/v1/openapi.json", headers={"accept-language": "zh-hans"})
    assert served.json() == json.loads(DESCRIPTION.read_text(encoding="utf-8"))


def test_no_two_schemas_have_one_name() -> None:
    def below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    modules: dict[str, set[str]] = {}
    for schema in (*below(Out), *below(In)):
        if schema.__module__.startswith("kith.api."):
            modules.setdefault(schema.__name__, set()).add(schema.__module__)
    assert [name for name, homes in modules.items() if len(homes) > 1] == []


def test_the_docs_page_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert not re.search(r"""(src|href)=["'](https?:)?//""", text)
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy
    for address in re.findall(r"""(?:src|href)=["']([^"']+)["']""", text):
        served = client.get(address)
        assert served.status_code == 200, address
        assert served.getvalue()  # read to its end, a file is closed as the test client closes it


def test_the_guide_names_every_scope_and_every_problem() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [scope for scope in Scope.values if f"`{scope}`" not in text] == []
    assert [code for code in TITLES if f"`{code}`" not in text] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not shutil.which("curl"), reason="the guide's examples need curl")
def test_the_guides_examples_do_what_they_say(live_server: LiveServer) -> None:
    street = build_street()
    examples = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    around = {
        **os.environ, "KITH": f"{live_server.url}/api/v1", "TOKEN": token_of(street.bo), "SECRET": SECRET,
        "no_proxy": "*",
    }  # fmt: skip
    script = "set -eu\ncurl() { command curl --fail-with-body --max-time 20 -w '\\n' \"$@\"; }\n" + "".join(
        examples
    )
    run = ["/bin/bash", "-c", script]
    done = subprocess.run(run, env=around, capture_output=True, text=True, check=False)  # noqa: S603
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert done.returncode == 0, done.stdout + done.stderr
    me, feed, trusted, found, at_source, new, circle, taken = answers
    assert me["handle"] == "bo"
    assert len(feed["items"]) == 3
    assert trusted["items"][0]["external_id"] == "m1"
    assert found["items"][0]["title"] == at_source["items"][0]["title"] == "A steel kettle"
    assert new == {"count": 0}
    assert circle["summary"]["name"] == "Reading group"
    assert taken["answers"] == [
        {"index": 0, "type": "merchant", "id": "m1", "outcome": "taken", "reason": ""}
    ]
