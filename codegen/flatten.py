"""Flattening: an `allOf` becomes one object with all the properties, in the order of its parts."""

from __future__ import annotations

import copy

from .document import Node, each_schema, resolve
from .errors import CodegenError

__all__ = ["flatten_allof"]


def flatten_allof(document: Node) -> None:
    """Merges every `allOf` but the one that only lends a description or a flag to a single reference."""
    components = {id(schema) for schema in document["components"]["schemas"].values()}
    for place, schema in list(each_schema(document)):
        if "allOf" not in schema or _only_lends(document, schema, place, named=id(schema) in components):
            continue
        merged = _merged(document, schema, place, ())
        schema.clear()
        schema.update(merged)


def _only_lends(document: Node, schema: Node, place: str, *, named: bool) -> bool:
    """Whether the schema is a reference with a description, an example or a flag of its own.

    One with a name is a class of its own where it is an object.
    """
    if len(schema["allOf"]) != 1 or "$ref" not in schema["allOf"][0] or "properties" in schema:
        return False
    target = resolve(document, schema["allOf"][0], place)
    return not named or not ("properties" in target or "allOf" in target)


def _merged(document: Node, schema: Node, place: str, seen: tuple[int, ...]) -> Node:
    if id(schema) in seen:
        raise CodegenError(f"{place}: allOf leads back to itself")
    if "allOf" not in schema:
        return schema
    result: Node = {"type": "object", "properties": {}, "required": []}
    own = {key: value for key, value in schema.items() if key != "allOf"}
    parts = [
        _merged(document, resolve(document, part, place), f"{place}.allOf[{index}]", (*seen, id(schema)))
        for index, part in enumerate(schema["allOf"])
    ]
    for index, part in enumerate([*parts, own]):
        if part.get("type", "object") != "object" or "oneOf" in part or "anyOf" in part:
            raise CodegenError(f"{place}.allOf[{index}]: only objects can be merged")
        for name, value in part.get("properties", {}).items():
            result["properties"][name] = copy.deepcopy(_narrowed(result["properties"].get(name), value))
        result["required"] += [name for name in part.get("required", []) if name not in result["required"]]
    flags: Node = {key: value for key, value in own.items() if key not in ("properties", "required")}
    flags.update(result)
    return flags


def _narrowed(first: Node | None, second: Node) -> Node:
    """Of two descriptions of one property: the named one, where the other only narrows an enum to some of its values."""
    if first is not None and "enum" in second and ("$ref" in first or "allOf" in first):
        return first
    return second
