"""How templates call: as Python does, for a page of the feed makes some eight hundred calls.

Jinja asks of whatever it calls, each time, whether it wants to be given the context. None of ours does, nor
do macros; a phrase went through three such calls until it was said.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup


class PlainCalls(CodeGenerator):
    """Writes `f(x)` as `f(x)`. What is called may not be marked with `pass_context` or the like."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")


def say(message: str, /, **values: Any) -> Markup:
    """Say it in the reader's language. :param values: what the phrase names; what is no markup is escaped."""
    phrase = _phrase(get_language(), message)
    return phrase % values if values else _alone(phrase)


def say_number(one: str, many: str, num: int, /, **values: Any) -> Markup:
    return Markup(ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704 (our own phrases)


def say_about(about: str, message: str, /, **values: Any) -> Markup:
    return Markup(pgettext(about, message)) % {"context": about, **values}  # noqa: S704


def say_number_about(about: str, one: str, many: str, num: int, /, **values: Any) -> Markup:
    phrase = Markup(npgettext(about, one, many, num))  # noqa: S704
    return phrase % {"context": about, "num": num, **values}


PHRASES = {
    "_": say,
    "gettext": say,
    "ngettext": say_number,
    "pgettext": say_about,
    "npgettext": say_number_about,
}


@lru_cache(maxsize=4096)
def _phrase(_language: str | None, message: str) -> Markup:
    return Markup(gettext(message))  # noqa: S704


@lru_cache(maxsize=4096)
def _alone(phrase: Markup) -> Markup:
    """A phrase with nothing to fill in is written as one that has: its "%%" is one sign."""
    return phrase % {}
