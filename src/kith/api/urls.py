"""Where the API's addresses lead. Everything under /api/ answers as the API does, there or not."""

from __future__ import annotations

from django.urls import path

from kith.api.intake import records_schema
from kith.api.server import api, not_there

urlpatterns = [
    path("v1/records.schema.json", records_schema, name="records-schema"),
    path("v1/", api.urls),
    path("", not_there),
    path("<path:path>", not_there),
]
