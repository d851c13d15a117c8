"""The two ways in which a call into the domain fails that people have to be told of."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise


class NotThere(LookupError):
    """It does not exist, or may not be seen. The caller cannot tell which, and must not."""


class Refused(Exception):
    """The request was understood and may not be done.

    Its text is a sentence for the person who asked, in their language; `code` is for
    programs and never changes.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)
