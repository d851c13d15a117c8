from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrangersConfig(AppConfig):
    name = "kith.strangers"
    verbose_name = _("Strangers' channel")
