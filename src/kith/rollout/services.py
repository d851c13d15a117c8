"""Opening and closing features. It takes effect at everybody's next request."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kith.rollout.models import Feature, Listed


@transaction.atomic
def set_openness(name: str, openness: str, *, now: datetime, listed: Collection[int] | None = None) -> None:
    """Open a feature to all, to listed people, or to none.

    :param listed: replaces the list of people; None leaves it.
    """
    feature, _ = Feature.objects.update_or_create(
        name=name, defaults={"openness": Feature.Openness(openness), "changed_at": now}
    )
    if listed is not None:
        Listed.objects.filter(feature=feature).delete()
        Listed.objects.bulk_create(Listed(feature=feature, person_id=one) for one in set(listed))
