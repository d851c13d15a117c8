"""What was taken in before, so that a record that comes again word for word changes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from kith.sharing.models import TakenIn


def key_hash(source: str, kind: str, about: tuple[str, ...]) -> int:
    """A 63-bit hash of what a record is about."""
    return _hash(json.dumps((source, kind, *about), ensure_ascii=False))


def digest_of(record: Mapping[str, Any]) -> int:
    """A 63-bit hash of all that a record says; the order of its fields does not matter."""
    return _hash(json.dumps(record, sort_keys=True, ensure_ascii=False))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def recall(keys: Collection[int]) -> dict[int, int]:
    """The digests remembered under these keys."""
    return dict(TakenIn.objects.filter(key__among=keys).values_list("key", "digest"))


def remember(digests: Iterable[tuple[int, int]]) -> None:
    """Keep digests under their keys; called in the transaction that writes what they stand for."""
    TakenIn.objects.bulk_create(
        [TakenIn(key=key, digest=digest) for key, digest in digests],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["digest"],
    )
