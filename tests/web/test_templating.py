"""What templates call: phrases in the reader's language, escaped, and calls without a context."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from kith.web.jinja import environment


def draw(text: str, **values: object) -> str:
    return environment(autoescape=True).from_string(text).render(**values)


def test_a_phrase_follows_the_reader_from_one_drawing_to_the_next() -> None:
    said = []
    for language in ("en", "zh-hans", "en"):
        with override(language):
            said.append(draw("{{ _('Useful') }}"))
    assert said[0] == said[2] == "Useful"
    assert said[1] != "Useful"


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("{{ _('for %(name)s', name=it) }}", "for &lt;b&gt;"),
        ("{{ ngettext('%(num)s <i>%(name)s', '%(num)s <u>%(name)s', 2, name=it) }}", "2 <u>&lt;b&gt;"),
        ("{{ pgettext('here', 'for %(name)s', name=it) }}", "for &lt;b&gt;"),
        ("{{ npgettext('here', '%(num)s', '%(num)s of %(name)s', 3, name=it) }}", "3 of &lt;b&gt;"),
        ("{{ _('100%%') }}", "100%"),
        (
            "{% macro f(x) %}<{{ x }}{{ caller() }}>{% endmacro %}{% call f(it) %}!{% endcall %}",
            "<&lt;b&gt;!>",
        ),
        ("{% macro f(x, y=1) %}{{ x }}{{ y }}{% endmacro %}{{ f(*[2], **{'y': 3}) }}", "23"),
    ],
)
def test_what_is_filled_in_is_escaped_and_calls_come_as_written(text: str, drawn: str) -> None:
    with override("en"):
        assert draw(text, it="<b>") == drawn
