"""The document's own example of an operation's response, for the sandbox. What it does not give is made of its schema."""

from __future__ import annotations

import json
from typing import Any, cast

from .document import Node, resolve
from .pointers import ROOT

__all__ = ["example_of_response"]

BY_FORMAT = {
    "date-time": "2024-06-06T14:42:42.022227Z",
    "date-time-local": "2024-06-06T14:42:42.022227",
    "date": "2024-06-06",
    "decimal": "0.80",
}
BY_TYPE: Node = {"string": "string", "integer": 1, "number": 1.5, "boolean": True}
DEEPEST = 8
"""Objects within each other, before a schema that contains itself ends."""


def example_of_response(document: Node, operation: Node) -> str | None:
    """The example of the first 2xx response as JSON, of the corrected document. None if it has no JSON object."""
    responses: Node = operation.get("responses", {})
    successes = sorted(status for status in responses if str(status).startswith("2"))
    response: Node = responses[successes[0]] if successes else {}
    while "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    media: Node = response.get("content", {}).get("application/json", {})
    found = _given(document, media)
    if found is None and "schema" in media:
        found = _of_schema(document, media["schema"], 0)
    return json.dumps(found, ensure_ascii=False, indent=2) if isinstance(found, dict) else None


def _given(document: Node, media: Node) -> Any:
    if "example" in media:
        return media["example"]
    for example in media.get("examples", {}).values():
        while "$ref" in example:
            example = document["components"]["examples"][example["$ref"].rpartition("/")[2]]
        if "value" in example:
            return example["value"]
    return None


def _of_schema(document: Node, schema: Node, depth: int) -> Any:
    """An example that fits the schema: its own, or one made of the examples of its parts."""
    schema = resolve(document, schema, ROOT)
    given = [schema["example"]] if "example" in schema else cast("list[object]", schema.get("examples") or [])
    if given or depth > DEEPEST:
        return given[0] if given else None
    merged: Node = {}
    for part in schema.get("allOf", []):
        found = _of_schema(document, part, depth)
        if not isinstance(found, dict):
            return found
        merged |= cast(Node, found)
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            found = _of_schema(document, schema[key][0], depth)
            return (
                merged | cast(Node, found) | _discriminator(schema, key) if isinstance(found, dict) else found
            )
    for name, inner in schema.get("properties", {}).items():
        if (value := _of_schema(document, inner, depth + 1)) is not None:
            merged[name] = value
    if merged or schema.get("type") == "object":
        return merged
    return _plain(document, schema, depth)


def _plain(document: Node, schema: Node, depth: int) -> Any:
    values = [
        *(schema.get("enum") or schema.get("x-enumDescriptions") or schema.get("x-extensible-enum") or ())
    ]
    kind = schema.get("type")
    if kind == "array":
        item = _of_schema(document, schema.get("items", {}), depth + 1)
        return [] if item is None else [item]
    if values:
        return values[0]
    if schema.get("minimum") is not None and kind in ("integer", "number"):
        return schema["minimum"]
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(cast(str, kind)))


def _discriminator(schema: Node, key: str) -> Node:
    """What tells that an example of a union is of its first variant."""
    discriminator: Node = schema.get("discriminator", {})
    first = schema[key][0].get("$ref", "")
    for value, reference in discriminator.get("mapping", {}).items():
        if reference in (first, first.rpartition("/")[2]):
            return {discriminator["propertyName"]: value}
    return {}
