"""Every form of Kith refuses in plain words, in both languages."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.utils.translation import override

from kith import web
from kith.web.plain_forms import PlainForm, PlainWords

STIFF = ("Ensure", "valid choice", "is required", "whole number", "valid date", "请确保", "有效", "必填")


def forms_of_kith() -> Iterator[type[forms.BaseForm]]:
    for path in sorted(Path(web.__path__[0]).glob("*_forms.py")):
        module = importlib.import_module(f"kith.web.{path.stem}")
        for it in vars(module).values():
            if isinstance(it, type) and issubclass(it, forms.BaseForm) and it.__module__ == module.__name__:
                yield it


def test_there_is_no_form_without_them() -> None:
    assert len(list(forms_of_kith())) > 20
    assert [form for form in forms_of_kith() if not issubclass(form, PlainWords)] == []


class Order(PlainForm):
    name = forms.CharField(max_length=5)
    pieces = forms.IntegerField(min_value=1, max_value=99)
    colour = forms.ChoiceField(choices=[("red", "Red")])
    circles = forms.TypedMultipleChoiceField(coerce=int, choices=[("1", "Family")])
    day = forms.DateField()
    agreed = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Write a few words first."})


def said(**sent: object) -> dict[str, str]:
    return {name: " ".join(map(str, sentences)) for name, sentences in Order(sent).errors.items()}


@pytest.mark.parametrize(
    ("sent", "field", "english", "chinese"),
    [
        ({}, "name", "Please fill this in.", "请填写"),
        ({"name": "kettles"}, "name", "at most 5 characters, and these are 7", "最多 5"),
        ({"pieces": "100"}, "pieces", "At most 99, please.", "最多填 99"),
        ({"pieces": "0"}, "pieces", "At least 1, please.", "最少填 1"),
        ({"pieces": "many"}, "pieces", "Please write a number, in digits.", "请填数字"),
        ({"colour": "blue"}, "colour", "cannot be chosen any more", "请重新选"),
        ({}, "colour", "Please choose one.", "请选一项"),
        ({"circles": ["2"]}, "circles", "cannot be chosen any more", "请重新选"),
        ({"day": "soon"}, "day", "2026-01-31", "2026-01-31"),
        ({}, "agreed", "Please tick this.", "勾选"),
        ({}, "own", "Write a few words first.", "Write a few words first."),
    ],
)
def test_it_says_what_to_do(sent: dict[str, object], field: str, english: str, chinese: str) -> None:
    for language, words in (("en", english), ("zh-hans", chinese)):
        with override(language):
            answer = said(**sent)
        assert words in answer[field]
        assert not [stiff for stiff in STIFF if stiff in " ".join(answer.values())]
