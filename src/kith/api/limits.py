"""How often one may ask, and how an answer says what is left.

Headers as in draft-ietf-httpapi-ratelimit-headers-10. Counted in memory by each process,
or in Redis for all of them where settings name one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.storage.memory import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from kith.api.problems import Problem

ADDRESS, PERSON, WRITES, FINDING, INTAKE = "address", "person", "writes", "finding", "intake"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one caller stands with one limit, after this request."""

    name: str
    quota: int
    window: int
    left: int
    wait: int
    """Seconds until the window is empty again."""


class InMemory(MemoryStorage):
    """Counts in memory, and forgets what is over once a minute.

    The library's own starts a thread for that with nearly every request, which goes through all counters.
    """

    STORAGE_SCHEME = ["in-memory"]
    _next_sweep = 0.0

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 (its name, as Python hides it)
        now = time.monotonic()
        if now >= self._next_sweep:
            self._next_sweep = now + 60
            self._MemoryStorage__expire_events()  # type: ignore[attr-defined]


@lru_cache(maxsize=1)
def _limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(storage_from_string(settings.API_LIMITS_STORAGE))


@lru_cache(maxsize=32)
def _item(rate: str) -> RateLimitItem:
    return parse(rate)


def count(request: HttpRequest, *charges: tuple[str, str]) -> None:
    """Charge this request to limits, each by its name and by whom it counts for.

    :raises Problem: 429, when one of them is used up; how long to wait is in Retry-After.
    """
    standings: list[Standing] = list(getattr(request, "standings", ()))
    allowed = True
    for name, who in charges:
        item = _item(settings.API_LIMITS[name])
        allowed = _limiter().hit(item, name, who) and allowed
        standings.append(_standing(name, item, who))
    request.standings = standings  # type: ignore[attr-defined]
    if not allowed:
        wait = max(one.wait for one in standings if one.left == 0)
        raise Problem("too-many-requests", headers={"Retry-After": str(wait)})


def _standing(name: str, item: RateLimitItem, who: str) -> Standing:
    stats = _limiter().get_window_stats(item, name, who)
    wait = max(1, round(stats.reset_time - time.time()))
    return Standing(name, item.amount, item.get_expiry(), max(0, stats.remaining), wait)


def write_limits(response: HttpResponse, standings: Sequence[Standing]) -> None:
    """Say on an answer which limits hold and what is left of each."""
    if standings:
        policies = (f'"{one.name}";q={one.quota};w={one.window}' for one in standings)
        response["RateLimit-Policy"] = ", ".join(policies)
        response["RateLimit"] = ", ".join(f'"{one.name}";r={one.left};t={one.wait}' for one in standings)


def address_of(request: HttpRequest) -> str:
    """The address that a signed-out caller is counted under.

    Behind proxies of our own, the last address that they themselves have written down.
    """
    hops = settings.TRUSTED_PROXIES
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if hops and said:
        return str(said[-min(hops, len(said))])
    return str(request.META.get("REMOTE_ADDR", ""))


def forget_counts() -> None:
    """Begin counting anew."""
    _limiter().storage.reset()
