"""All reads about quality."""

from kith.quality.queries.recalls import RecallCard, get_recall, recalls_of
from kith.quality.queries.shops import ShopInQuestion, shops_to_decide_on
from kith.quality.queries.sweeps import (
    RuleCount,
    Sampled,
    found_by_rule,
    get_sweep,
    newest_sweeps,
    sample_of,
)

__all__ = [
    "RecallCard",
    "RuleCount",
    "Sampled",
    "ShopInQuestion",
    "found_by_rule",
    "get_recall",
    "get_sweep",
    "newest_sweeps",
    "recalls_of",
    "sample_of",
    "shops_to_decide_on",
]
