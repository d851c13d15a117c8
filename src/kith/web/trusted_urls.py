"""Addresses under /trusted/."""

from __future__ import annotations

from django.urls import path

from kith.web import trusted

app_name = "trusted"

urlpatterns = [path("", trusted.merchants, name="merchants")]
