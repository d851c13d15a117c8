"""A view that answers with nothing, as a Django application of its own with nothing else in it.

`application` is that; `urlpatterns` puts the same view among Kith's addresses (`empty_view_in_kith`).
"""

from __future__ import annotations

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

PATH = "/empty/"


def nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path(PATH.lstrip("/"), nothing)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], SECRET_KEY="none")

application = get_wsgi_application()
