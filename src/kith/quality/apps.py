from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "kith.quality"
    verbose_name = _("Quality")

    def ready(self) -> None:
        from kith.quality.queries.notices import speak_for_notices  # noqa: PLC0415 (after the models)

        speak_for_notices()
