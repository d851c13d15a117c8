from __future__ import annotations

from waffle.apps import WaffleConfig


class WaffleWithoutCache(WaffleConfig):
    """django-waffle without the signals that keep its cache: `Feature` is read anew each time."""

    def ready(self) -> None:
        """Connect nothing: those signals want a flag with lists of users and groups of its own."""
