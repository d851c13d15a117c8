from __future__ import annotations

from django.apps import AppConfig


class KithConfig(AppConfig):
    """Looks at the settings once all of Django is there."""

    name = "kith.config"
    label = "kith_config"

    def ready(self) -> None:
        from kith.config.checks import refuse_unfit_settings  # noqa: PLC0415 (after the settings)

        refuse_unfit_settings()
