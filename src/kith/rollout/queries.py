from __future__ import annotations

from kith.rollout.models import Feature, Listed


def is_open(feature: str, person_id: int) -> bool:
    """Whether a feature is open to somebody now. One that nobody has set up is closed."""
    found = Feature.objects.filter(name=feature).first()
    if found is None or found.openness == Feature.Openness.NONE:
        return False
    if found.openness == Feature.Openness.ALL:
        return True
    return Listed.objects.filter(feature=found, person=person_id).exists()
