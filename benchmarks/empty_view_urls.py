"""Kith's addresses, and one that answers with nothing."""

from __future__ import annotations

from django.urls import path

from benchmarks.empty_view import PATH, nothing
from kith.config.urls import *  # noqa: F403 (the pages of errors too)
from kith.config.urls import urlpatterns as those_of_kith

urlpatterns = [path(PATH.lstrip("/"), nothing), *those_of_kith]
