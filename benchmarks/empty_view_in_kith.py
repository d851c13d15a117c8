"""Kith's settings with the empty view among its addresses: what all of Kith's middleware costs."""

from __future__ import annotations

from kith.config.settings import *  # noqa: F403 (all of them)

ROOT_URLCONF = "benchmarks.empty_view_urls"
