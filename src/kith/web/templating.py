"""How templates call and write: as Python does, for a page of the feed does each some eight hundred times.

Jinja asks of whatever it calls, each time, whether it wants to be given the context. None of ours does, nor
do macros; a phrase went through three such calls until it was said. It also makes new markup of whatever is
written, though most of it is markup already.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro
from jinja2.utils import missing
from markupsafe import Markup, escape


class PlainCode(CodeGenerator):
    """Writes `f(x)` as `f(x)`. What is called may not be marked with `pass_context` or the like."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        self.writeline(f"from {__name__} import PlainMacro, written")
        super().visit_Template(node, frame)

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

    def macro_def(self, macro_ref: MacroRef, _frame: Frame) -> None:
        node, about = macro_ref.node, (macro_ref.accesses_kwargs, macro_ref.accesses_varargs)
        names = tuple(given.name for given in node.args)
        self.write(
            f"PlainMacro(environment, macro, {getattr(node, 'name', None)!r}, {names!r}, {about[0]!r},"
            f" {about[1]!r}, {macro_ref.accesses_caller!r}, context.eval_ctx.autoescape)"
        )

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")


class PlainMacro(Macro):
    """A macro whose arguments go straight to its function, unless its caller gives it a body or the like."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        left = self.arguments[len(args) :]
        if self.caller or self.catch_kwargs or self.catch_varargs or len(args) > len(self.arguments):
            return super().__call__(*args, **kwargs)
        if kwargs:
            args += tuple(kwargs.pop(name, missing) for name in left)
            if kwargs:
                raise TypeError(f"macro {self.name!r} takes no argument {next(iter(kwargs))!r}")
        elif left:
            args += (missing,) * len(left)
        drawn = self._func(*args)
        return Markup(drawn) if self._default_autoescape else drawn  # noqa: S704 (it escapes what it writes)


def written(value: Any) -> str:
    """Escape what is no markup."""
    return value if type(value) is Markup else escape(value)


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
