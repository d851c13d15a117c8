"""Where each address leads."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, register_converter

from kith.core.ids import IdConverter

register_converter(IdConverter, "id")

urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", admin.site.urls),
]
