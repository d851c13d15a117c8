"""The commands of those who run an installation."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kith.audience.viewer import CIRCLES
from kith.cli import COMMANDS, main
from kith.core.clock import utc_now
from kith.jobs.housekeeping import give_sign_of_life
from kith.people.models import Person
from kith.rollout.rules import Kind, Terms
from kith.rollout.services import close, open_batch
from kith.ties.models import HiddenContact, Relationship


def run(*arguments: str, **options: Any) -> Result:
    return CliRunner().invoke(main, arguments, **options)


def test_help_names_every_command() -> None:
    told = run("--help")
    assert told.exit_code == 0
    assert all(f"  {name}" in told.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    told = run(name, "--help")
    assert told.exit_code == 0, told.output


def test_unknown_command_is_refused() -> None:
    assert run("fly").exit_code == 2


def test_a_taken_port_is_said_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = run("serve", "--port", str(port))
    assert told.exit_code == 1
    assert f"Port {port} is taken" in told.output
    assert f"KITH_PORT={port + 1}" in told.output


@pytest.mark.django_db
class TestToken:
    def test_prints_a_token_that_opens_the_api(self) -> None:
        from kith.people.tokens import find_token

        mei = Person.objects.create_user("mei", display_name="Mei")
        told = run("token", "Mei", "--scope", "circle:read")
        assert told.exit_code == 0, told.output
        found = find_token(told.output.strip(), utc_now())
        assert found is not None
        assert (found.person, found.scopes) == (mei, ["circle:read"])

    def test_says_that_there_is_nobody(self) -> None:
        told = run("token", "nobody")
        assert told.exit_code == 1
        assert "nobody with the handle" in told.output


@pytest.mark.django_db
class TestCreateStaff:
    ASKED = ("createstaff", "--handle", "Mori", "--name", "Mo")

    def test_makes_an_account_that_may_use_the_staff_pages(self) -> None:
        told = run(*self.ASKED, "--password", "over the hills 17")
        assert told.exit_code == 0, told.output
        mo = Person.objects.get(handle="mori")
        assert mo.is_staff
        assert mo.check_password("over the hills 17")

    def test_refuses_a_taken_handle(self) -> None:
        Person.objects.create_user("mori", display_name="Another")
        told = run(*self.ASKED, "--password", "over the hills 17")
        assert told.exit_code == 1
        assert "Traceback" not in told.output

    @pytest.mark.parametrize("handle", ["mo", "m" * 21, "mo ri", "1mori", "森"])
    def test_refuses_what_is_no_handle(self, handle: str) -> None:
        told = run("createstaff", "--handle", handle, "--name", "Mo", "--password", "over the hills 17")
        assert told.exit_code == 1
        assert "3 to 20 letters" in told.output
        assert not Person.objects.exists()


@pytest.mark.django_db
class TestCheck:
    @pytest.fixture(autouse=True)
    def installation(self, settings: Any, tmp_path: Path) -> Path:
        """One in good order, for each test to spoil in one way."""
        settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "photos"
        settings.MEDIA_ROOT.mkdir()
        give_sign_of_life(now=utc_now())
        return tmp_path

    def test_all_is_well(self) -> None:
        told = run("check")
        assert told.exit_code == 0, told.output
        assert told.output.endswith("All is well.\n")
        assert "not open to anybody" in told.output

    @pytest.mark.parametrize(
        ("terms", "said"),
        [
            (Terms(Kind.EVERYONE), "open to all"),
            (Terms(Kind.REGION, region="130000"), "open to a part of all people: 1 now"),
        ],
    )
    def test_says_to_whom_the_circle_side_is_open(self, terms: Terms, said: str) -> None:
        for handle, region in (("mei", "130600"), ("bo", "310000")):
            Person.objects.create_user(handle, "pw", display_name=handle, region=region)
        how: dict[str, Any] = {"actor": None, "why": "the test", "surface": "cli", "now": utc_now()}
        open_batch(CIRCLES, terms, **how)
        assert f"The circle side is {said}." in run("check").output
        close(CIRCLES, **how)
        assert "The circle side is closed for all." in run("check").output

    def test_finds_a_silent_worker(self) -> None:
        give_sign_of_life(now=utc_now() - timedelta(minutes=10))
        told = run("check")
        assert told.exit_code == 1
        assert "silent for 10 minutes" in told.output

    def test_finds_a_folder_that_is_not_there(self, installation: Path) -> None:
        (installation / "photos").rmdir()
        told = run("check")
        assert told.exit_code == 1
        assert "No photos can be written" in told.output

    @pytest.mark.parametrize(
        "spoiled", [{"friend_at": None, "blocked": True}, {"muted_by": True}, {"shows": True}]
    )
    def test_finds_a_one_sided_relationship(self, spoiled: dict[str, Any]) -> None:
        mei, bo = (Person.objects.create_user(name, display_name=name) for name in ("mei", "bo"))
        at = utc_now()
        for owner, other in ((mei, bo), (bo, mei)):
            Relationship(owner=owner, other=other, friend_at=at).save()
        assert run("check").exit_code == 0
        rows = Relationship.objects.unguarded("the test spoils one side").filter(owner=mei)
        rows.update(**spoiled)
        told = run("check")
        assert told.exit_code == 1
        assert "Not so: Relationships" in told.output

    def test_finds_a_friendship_of_one_row(self) -> None:
        mei, bo = (Person.objects.create_user(name, display_name=name) for name in ("mei", "bo"))
        Relationship(owner=mei, other=bo, friend_at=utc_now()).save()
        assert run("check").exit_code == 1


@pytest.mark.django_db
def test_keys_that_are_gone_are_given_up_after_asking() -> None:
    mei = Person.objects.create_user("mei", display_name="Mei")
    HiddenContact.objects.create(owner=mei, digest="d" * 64, key="gone", added_at=utc_now())
    assert run("give-up-keys", input="n\n").exit_code == 1
    told = run("give-up-keys", "--yes")
    assert told.exit_code == 0
    assert "0 are known again under the first key, 1 are gone." in told.output
    assert not HiddenContact.objects.unguarded("a test looks").exists()
