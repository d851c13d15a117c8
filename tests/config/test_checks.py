"""In production Kith starts only with settings that are fit for it, and says all that is wanting."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from kith.config.checks import find_problems, refuse_unfit_settings, warn_of_sqlite

FIT_SECRET = "a long secret of an installation that people use"
FIT: dict[str, Any] = {
    "PRODUCTION": True,
    "SECRET_KEY": FIT_SECRET,
    "CONTACT_KEYS": ["another long secret, for numbers that people hide from"],
    "CONTACT_KEYS_ARE_SET": True,
    "DEBUG": False,
    "SITE_URL": "https://kith.example.org",
    "ALLOWED_HOSTS": ["kith.example.org"],
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SMS_SENDER": "http",
    "SMS_URL": "https://sms.example.org/send",
}


@pytest.fixture
def production(settings: Any) -> Any:
    for name, value in FIT.items():
        setattr(settings, name, value)
    return settings


def test_fit_settings_start(production: Any) -> None:
    refuse_unfit_settings()
    production.SMS_URL = "http://127.0.0.1:9000/send"
    refuse_unfit_settings()


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("SECRET_KEY", "kith-development-only", "SECRET_KEY"),
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("CONTACT_KEYS_ARE_SET", False, "KITH_CONTACT_KEYS"),
        ("CONTACT_KEYS", ["a key that is long enough to be of some use", "short"], "KITH_CONTACT_KEYS"),
        ("CONTACT_KEYS", [FIT_SECRET], "KITH_CONTACT_KEYS"),
        ("DEBUG", True, "DEBUG"),
        ("SITE_URL", "http://kith.example.org", "SITE_URL"),
        ("ALLOWED_HOSTS", ["127.0.0.1", "localhost"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["shop.example.org"], "ALLOWED_HOSTS"),
        ("SESSION_COOKIE_SECURE", False, "SESSION_COOKIE_SECURE"),
        ("CSRF_COOKIE_SECURE", False, "CSRF_COOKIE_SECURE"),
        ("SMS_SENDER", "console", "SMS_URL"),
        ("SMS_URL", "", "SMS_URL"),
        ("SMS_URL", "http://sms.example.org/send", "SMS_URL"),
    ],
)
def test_one_unfit_setting_is_named(production: Any, name: str, value: object, named: str) -> None:
    setattr(production, name, value)
    (problem,) = find_problems()
    assert named in problem
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_unfit_settings()


def test_all_that_is_wanting_is_said_at_once(production: Any) -> None:
    production.DEBUG, production.SITE_URL = True, "http://kith.example.org"
    with pytest.raises(ImproperlyConfigured) as refusal:
        refuse_unfit_settings()
    assert "DEBUG" in str(refusal.value)
    assert "SITE_URL" in str(refusal.value)


def test_ones_own_desk_needs_none_of_it(settings: Any) -> None:
    settings.PRODUCTION = False
    assert find_problems()
    refuse_unfit_settings()


def test_sqlite_in_production_is_a_warning(production: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", "django.db.backends.sqlite3")
    assert [message.id for message in warn_of_sqlite()] == ["kith.W001"]
    monkeypatch.setitem(production.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert warn_of_sqlite() == []
