"""Forms about what one writes to strangers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kith.core.ids import read_id
from kith.people.regions import full_name_of, is_region, province_of, provinces
from kith.strangers.models import LONGEST_COMMENT, LONGEST_POST, MOST_PHOTOS, WhoComments
from kith.strangers.queries import TopicCard
from kith.web.plain_forms import PlainForm

Choices = tuple[tuple[str, Any], ...]


class WithPhotos(PlainForm):
    """A form whose photos of an earlier try are kept while they are ticked."""

    kept_photos = forms.TypedMultipleChoiceField(coerce=read_id, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whose photos they are is asked by the service; here they need only be ids.
        sent = list(self.data.getlist("kept_photos")) if hasattr(self.data, "getlist") else []
        field = cast(forms.ChoiceField, self.fields["kept_photos"])
        field.choices = [(value, value) for value in sent[:MOST_PHOTOS]]


class CommentForm(WithPhotos):
    text = forms.CharField(
        max_length=LONGEST_COMMENT, error_messages={"required": _("Write a few words first.")}
    )


class PostForm(WithPhotos):
    topic = forms.ChoiceField(error_messages={"required": _("Choose what it is about.")})
    text = forms.CharField(
        max_length=LONGEST_POST, error_messages={"required": _("Write a few words first.")}
    )
    region = forms.ChoiceField(required=False)
    who_comments = forms.ChoiceField(choices=WhoComments.choices)

    def __init__(
        self, *args: Any, topics: Sequence[TopicCard], home: str, reader_language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose_from("topic", tuple((topic.code, topic.name) for topic in topics if not topic.closed))
        self._choose_from("region", region_choices(home, reader_language))

    def _choose_from(self, name: str, choices: Choices) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices


def region_choices(home: str, language: str) -> Choices:
    """Where a post may say it is from: where its author lives, first; then every province, or nowhere."""
    near = [code for code in dict.fromkeys((home, province_of(home) if home else "")) if is_region(code)]
    others = [(code, name) for code, name in provinces(language) if code not in near]
    return (("", _("No place")), *((code, full_name_of(code, language)) for code in near), *others)
