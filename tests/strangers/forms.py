"""What a page asks for in its forms and the API in its description, and something to answer it with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

from kith.cli.demo_pictures import draw
from kith.core.ids import write_id

SAYS = ("谢谢你写下这些，我慢慢读。", "Thank you for writing this down.")
SAYS_NUMBER = "13912345678"


# --- Pages ------------------------------------------------------------------------------


@dataclass(slots=True)
class Form:
    """A form in a page, with what its fields hold."""

    action: str
    method: str
    fields: dict[str, list[Any]] = field(default_factory=dict)

    def filled(self) -> dict[str, Any]:
        return {name: values[0] if len(values) == 1 else values for name, values in self.fields.items()}


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._choice: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get", "data-src"):
            if told.get(name, "").startswith(("/", "?")):
                self.links.append(urljoin(self._path, told[name]))
        match tag:
            case "form":
                action = urljoin(self._path, told.get("action", "") or self._path)
                self._form = Form(action, told.get("method", "get").lower())
                self.forms.append(self._form)
            case "input" | "textarea" | "select" | "button" if self._form is not None and told.get("name"):
                self._fill(self._form, tag, told)
            case "option" if self._form is not None and self._choice is not None and told.get("value"):
                self._form.fields.setdefault(self._choice, [told["value"]])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._choice = None

    def _fill(self, form: Form, tag: str, told: dict[str, str]) -> None:
        name = told["name"]
        kind = tag if tag != "input" else told.get("type", "text")
        match kind:
            case "hidden":
                form.fields.setdefault(name, []).append(told.get("value", ""))
            case "select":
                self._choice = name
            case "radio" | "button" | "submit":
                form.fields.setdefault(name, [told.get("value", "on")])
            case "checkbox":
                form.fields.setdefault(name, []).append(told.get("value", "on"))
            case "file":
                form.fields[name] = [_picture()]
            case _:
                form.fields[name] = [told.get("value") or SAYS[len(form.fields) % 2]]


def _picture() -> Any:
    file = draw("boat")
    file.name = "boat.png"
    return file


# --- The API ----------------------------------------------------------------------------


def written_id(value: Any) -> str:
    return write_id(value) if isinstance(value, int) else str(value)


def queries_of(parameters: list[Any]) -> list[str]:
    """No query at all, and each choice that the description names."""
    queries = [""]
    for one in parameters:
        said = one["schema"]
        choices = [part for part in (said, *said.get("anyOf", [])) if "enum" in part]
        given = {"q": "月季", "topic": "food", "region": "130000", "near": "true"}.get(one["name"])
        values = choices[0]["enum"] if choices else [given] if given else []
        if one.get("required") and values:
            queries = [f"?{urlencode({one['name']: values[0]})}"]
            values = values[1:]
        queries += [f"?{urlencode({one['name']: value})}" for value in values]
    return queries


@dataclass(frozen=True, slots=True)
class Made:
    """What a program sends, made up from the description."""

    description: Any
    things: dict[str, list[Any]]

    def bodies(self, path: str, operation: Any) -> Iterator[dict[str, Any]]:
        """What it must be sent, and all that it may be sent; nothing, if it takes nothing."""
        content = operation.get("requestBody", {}).get("content", {})
        for media_type, said in content.items():
            for whole in (False, True):
                made = self._value(said["schema"], path, whole)
                as_json = {"data": json.dumps(made, default=str), "content_type": media_type}
                yield {"data": made} if media_type.startswith("multipart") else as_json
        if not content:
            yield {}

    def _value(self, schema: Any, name: str, whole: bool) -> Any:
        """Something that a schema allows."""
        if "$ref" in schema:
            known = self.description["components"]["schemas"]
            return self._value(known[schema["$ref"].rsplit("/", 1)[1]], name, whole)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return self._value(schema[several][0], name, whole)
        if "enum" in schema or "const" in schema:
            return schema.get("const", schema.get("enum", [None])[0])
        match schema.get("type"):
            case "object":
                wanted = schema.get("properties", {}) if whole else schema.get("required", [])
                numbers = "/hidden" in name
                return {
                    one: SAYS_NUMBER if numbers else self._value(schema["properties"][one], one, whole)
                    for one in wanted
                }
            case "array":
                return []
            case "boolean":
                return name != "erase"
            case "integer":
                return schema.get("minimum", 1)
            case "null":
                return None
        return self._text(schema, name)

    def _text(self, schema: Any, name: str) -> Any:
        if schema.get("format") == "binary" or schema.get("contentMediaType") or name in {"file", "photo"}:
            return _picture()
        if name in self.things:
            return written_id(self.things[name][0])
        return {"region": "130600", "topic": "food", "text_version": "1"}.get(name, SAYS[0])
