"""Every table that belongs to somebody is guarded, and nothing leads into a guarded one from behind."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from kith.core.guard import Guarded, GuardedManager
from kith.people.models import Person

OPEN_TABLES = {
    "people.Consent": "read for one person at a time, to say whether the circle side is open to them",
    "people.SharingPreference": "read for one person at a time, when their order arrives",
    "people.AccessToken": "found by its digest before anybody is known to look",
    "rollout.Listed": "asked to make the viewer, before there is one",
    "rollout.Waiting": "asked for one's own place in it, and by staff for how many wait",
    "rollout.Change": "names who changed a feature: staff in their work, for staff to read",
    "web.SentForm": "found by a token that only the sent form holds, with its sender's id",
    "quality.Sweep": "names staff in their work, for staff to read",
    "quality.SampleItem": "names staff in their work, for staff to read",
    "quality.Decision": "names staff in their work; what its merchant is told of it does not",
    "shop.MerchantStaff": "asked by the rule of orders; who acts for a shop is the shop's to know",
}
"""Tables with somebody's id in them that have no guard, and why."""


def _ours() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if model.__module__.startswith("kith."))


def _foreign_keys(model: type[models.Model]) -> Iterator[models.ForeignKey[models.Model, models.Model]]:
    return (field for field in model._meta.local_fields if isinstance(field, models.ForeignKey))


def test_tables_of_somebody_are_guarded() -> None:
    of_somebody = {
        model._meta.label
        for model in _ours()
        if any(key.related_model is Person for key in _foreign_keys(model)) and not issubclass(model, Guarded)
    }
    assert of_somebody == set(OPEN_TABLES)


def test_guarded_tables_have_a_rule_and_no_other_manager() -> None:
    for model in _ours():
        if issubclass(model, Guarded):
            assert "sees" in vars(model), f"{model.__name__} has no rule"
            assert [type(manager) for manager in model._meta.managers] == [GuardedManager], model.__name__


def test_nothing_leads_back_into_a_guarded_table() -> None:
    backwards = [
        f"{model._meta.label}.{key.name}"
        for model in _ours()
        if issubclass(model, Guarded)
        for key in _foreign_keys(model)
        if key.remote_field.related_name != "+"
    ]
    assert backwards == []


def test_nothing_leads_back_from_a_guarded_table_by_many_to_many() -> None:
    guarded = {model._meta.label for model in _ours() if issubclass(model, Guarded)}
    many = [
        f"{model._meta.label}.{field.name}"
        for model in _ours()
        for field in model._meta.local_many_to_many
        if issubclass(model, Guarded) or field.related_model._meta.label in guarded
    ]
    assert many == []
