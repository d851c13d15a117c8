"""Keep the Chinese catalogue in step with the words of the source.

    python scripts/translations.py gather    take in new words, drop those that are gone
    python scripts/translations.py compile   write the .mo that the program reads
    python scripts/translations.py check     fail unless every word has a whole translation

English is in the source itself and needs no catalogue.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "kith"
LOCALE = "zh_Hans"
CATALOGUE = SOURCE / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = r"""# The words of Kith in Simplified Chinese. A no-break space stands between
# a number and what it counts.
msgid ""
msgstr ""
"Language: zh_Hans\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
"""Without names and times, which would change with every gathering."""
PLACEHOLDER = re.compile(r"%\((\w+)\)([sd])|%%|%")


def extract() -> Catalog:
    """Read every word that the source marks for translation."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = Catalog(locale=None, project="Kith", charset="utf-8")
    for path, line, message, comments, context in extract_from_dir(
        SOURCE, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, None, [(path, line)], auto_comments=comments, context=context)
    return found


def read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale=LOCALE, domain="django", charset="utf-8", fuzzy=False)
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def gather() -> int:
    """Bring the catalogue up to the source. What is new has no translation; nothing is guessed."""
    catalogue = read()
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        file.write(HEADER.encode())
        write_po(file, catalogue, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    untranslated = sum(1 for _ in _missing(catalogue))
    print(f"{len(catalogue)} messages, {untranslated} without a translation")
    return 0


def compile_catalogue() -> int:
    with CATALOGUE.with_suffix(".mo").open("wb") as file:
        write_mo(file, read())
    return 0


def check() -> int:
    """Say everything that is wrong with the catalogue; none of it may be."""
    catalogue = read()
    wrong = list(_wrong(catalogue))
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(catalogue)} messages, {len(wrong)} problems")
    return 1 if wrong else 0


def _wrong(catalogue: Catalog) -> Iterator[str]:
    source = extract()
    known = {(message.id, message.context) for message in catalogue if message.id}
    for message in source:
        if message.id and (message.id, message.context) not in known:
            yield f"not in the catalogue (run `make messages`): {_first(message.id)!r}"
    wanted = {(message.id, message.context) for message in source}
    for message in catalogue:
        if message.id and (message.id, message.context) not in wanted:
            yield f"not in the source any more (run `make messages`): {_first(message.id)!r}"
    for message in _missing(catalogue):
        yield f"no translation: {_first(message.id)!r}"
    for message in catalogue:
        if message.id and message.fuzzy:
            yield f"a guess (fuzzy): {_first(message.id)!r}"
        elif message.id and not _keeps_placeholders(message):
            yield f"other placeholders than in the source: {_first(message.id)!r}"


def _missing(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id and not all(_texts(message.string)))


def _keeps_placeholders(message: Message) -> bool:
    """Whether each translation names what the source names; the plural, where there is one."""
    expected = _placeholders(_texts(message.id)[-1])
    return all(_placeholders(text) == expected for text in _texts(message.string) if text)


def _placeholders(text: str) -> set[str]:
    """The placeholders of a text. A lone percent sign counts as one: it would break the sentence."""
    return {match.group(0) for match in PLACEHOLDER.finditer(text)}


def _texts(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def _first(text: str | Iterable[str]) -> str:
    return _texts(text)[0]


COMMANDS = {"gather": gather, "compile": compile_catalogue, "check": check}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        sys.exit(__doc__)
    sys.exit(COMMANDS[sys.argv[1]]())
