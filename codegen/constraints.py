"""Turns constraints and defaults into lines of descriptions: the API checks the one and applies the other, not the client."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .document import Node, each_schema, operations, resolve
from .pointers import ROOT, Pointer

__all__ = ["constraints_are_described"]

LINES = {
    "minimum": "At least {}.",
    "exclusiveMinimum": "More than {}.",
    "maximum": "At most {}.",
    "exclusiveMaximum": "Less than {}.",
    "multipleOf": "A multiple of {}.",
    "minLength": "At least {} characters.",
    "maxLength": "At most {} characters.",
    "minItems": "At least {} items.",
    "maxItems": "At most {} items.",
    "pattern": "Matches `{}`.",
}
PLACEHOLDER = "YOUR_"
"""How a default begins that is a text for people to replace."""


def constraints_are_described(document: Node) -> None:
    """Adds the constraints and the default of each parameter and property to its description."""
    parameters = [*document.get("components", {}).get("parameters", {}).values()]
    parameters += [own for item in document.get("paths", {}).values() for own in item.get("parameters", [])]
    parameters += [
        own for _, _, _, operation in operations(document) for own in operation.get("parameters", [])
    ]
    for parameter in parameters:
        if "schema" in parameter:
            _describe(parameter, resolve(document, parameter["schema"], ROOT / "parameters"))
    for place, schema in each_schema(document):
        if "$ref" not in schema and not _is_parameter(place):
            _describe(schema, schema)


def _is_parameter(place: Pointer) -> bool:
    return "/parameters/" in place.partition("/schema")[0]


def _describe(described: Node, schema: Node) -> None:
    lines = [*_lines(schema)]
    if lines:
        described["description"] = "\n".join(
            filter(None, [described.get("description", "").rstrip(), " ".join(lines)])
        )


def _lines(schema: Node) -> Iterator[str]:
    for key in LINES:
        # Of OpenAPI 3.0, where `exclusiveMinimum` is a flag beside `minimum`.
        exclusive = schema.get(f"exclusive{key.title()}") is True
        if key in schema and not isinstance(schema[key], bool):
            yield LINES[f"exclusive{key.title()}" if exclusive else key].format(schema[key])
    if schema.get("uniqueItems") is True:
        yield "No item twice."
    default = schema.get("default")
    if default is not None and not str(default).startswith(PLACEHOLDER):
        yield f"Default: `{default if isinstance(default, str) else json.dumps(default)}`."
