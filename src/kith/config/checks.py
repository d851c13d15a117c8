"""What an installation must have set before it may serve people in earnest.

Asked when the program starts (`config.apps`): with KITH_ENV=production and anything wanting it
does not start, whichever way it is started, and says all that is wanting at once.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

SHORTEST_SECRET = 32


def find_problems() -> list[str]:
    """Say, a sentence each, what of the settings is unfit for production and what to set instead."""
    parts = (_problems_of_secrets, _problems_of_address, _problems_of_cookies, _problems_of_messages)
    return [problem for part in parts for wanting, problem in part() if wanting]


def refuse_unfit_settings() -> None:
    """Refuse to start in production with settings that are made for one's own desk.

    :raises ImproperlyConfigured: naming all of them.
    """
    if settings.PRODUCTION and (problems := find_problems()):
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ImproperlyConfigured(
            f"KITH_ENV=production: Kith does not start until this is put right.\n{listed}"
        )


def _problems_of_secrets() -> list[tuple[bool, str]]:
    secret = settings.SECRET_KEY
    unfit = secret == settings.INSECURE_SECRET or len(secret) < SHORTEST_SECRET
    how = "such as what this prints: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
    keys = settings.CONTACT_KEYS
    weak = not settings.CONTACT_KEYS_ARE_SET or any(len(key) < SHORTEST_SECRET for key in keys)
    return [
        (unfit, f"SECRET_KEY: set it to a long text that nobody can guess, {how}"),
        (
            weak or secret in keys,
            f"KITH_CONTACT_KEYS: set it to a secret of its own, such as what this prints: {how}",
        ),
        (settings.DEBUG, "DEBUG: unset it; its error pages show what is private."),
    ]


def _problems_of_address() -> list[tuple[bool, str]]:
    site = urlsplit(settings.SITE_URL)
    hosts = settings.ALLOWED_HOSTS
    unnamed = "*" in hosts or set(hosts) <= {"127.0.0.1", "localhost"}
    elsewhere = not unnamed and not validate_host(site.hostname or "", hosts)
    return [
        (site.scheme != "https", "SITE_URL: set it to the address people use, beginning with https://"),
        (unnamed, "ALLOWED_HOSTS: set it to the host names people use, separated by commas, without *."),
        (elsewhere, f"ALLOWED_HOSTS: add the host of SITE_URL, {site.hostname}."),
    ]


def _problems_of_cookies() -> list[tuple[bool, str]]:
    plain = [name for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE") if not getattr(settings, name)]
    return [(bool(plain), f"{' and '.join(plain)}: unset, or set to true; cookies go over https only.")]


def _problems_of_messages() -> list[tuple[bool, str]]:
    gateway = urlsplit(settings.SMS_URL)
    in_the_open = gateway.scheme == "http" and gateway.hostname not in ("127.0.0.1", "localhost", "::1")
    printed = settings.SMS_SENDER != "http" or not settings.SMS_URL
    return [
        (printed, "SMS_URL: set it to your gateway's address; without it, sign-in codes end in the log."),
        (in_the_open, "SMS_URL: use an address beginning with https://; sign-in codes are secret."),
    ]


@checks.register()
def warn_of_sqlite(**options: Any) -> list[checks.CheckMessage]:
    """SQLite serves one machine well and cannot serve two: worth a thought before there are many people."""
    if not settings.PRODUCTION or "sqlite3" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    hint = "Set DATABASE_URL to a PostgreSQL when one machine's disk no longer suffices."
    return [checks.Warning("This installation runs in production on SQLite.", hint=hint, id="kith.W001")]
