"""The rules, each in a module of its own. The order says which is the gravest of those that do the same."""

from __future__ import annotations

from kith.quality.rules import (
    complained_of,
    evidence_expired,
    evidence_not_covering,
    evidence_of_another,
    evidence_other_batch,
    forbidden_claim,
    level_as_class,
    marks_missing,
    measured_below,
    no_such_class,
    not_in_force,
    price_too_low,
    relisted_text,
    returned_often,
    same_picture,
    superseded,
    unknown_standard,
    unproven,
)
from kith.quality.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    measured_below.RULE,
    forbidden_claim.RULE,
    evidence_of_another.RULE,
    evidence_not_covering.RULE,
    evidence_other_batch.RULE,
    not_in_force.RULE,
    unproven.RULE,
    no_such_class.RULE,
    level_as_class.RULE,
    superseded.RULE,
    unknown_standard.RULE,
    evidence_expired.RULE,
    relisted_text.RULE,
    same_picture.RULE,
    returned_often.RULE,
    complained_of.RULE,
    marks_missing.RULE,
    price_too_low.RULE,
)
BY_CODE = {rule.code: rule for rule in RULES}

__all__ = ["BY_CODE", "RULES", "Rule"]
