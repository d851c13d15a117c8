"""The WSGI entrance, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from kith.config.serving import bound_requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kith.config.settings")
application = get_wsgi_application()
bound_requests()
