"""Flattens an `allOf` to one object with all the properties, in the order of its parts."""

from __future__ import annotations

import copy

from .document import Node, each_schema, resolve
from .errors import CodegenError
from .pointers import Pointer

__all__ = ["flatten_allof"]


def flatten_allof(document: Node) -> None:
    """Merges every `allOf`, except those that only add a description or a flag to a single reference."""
    components = {id(schema) for schema in document["components"]["schemas"].values()}
    for place, schema in list(each_schema(document)):
        if "allOf" not in schema or _only_lends(document, schema, place, named=id(schema) in components):
            continue
        merged = _merged(document, schema, place, ())
        schema.clear()
        schema.update(merged)


def _only_lends(document: Node, schema: Node, place: Pointer, *, named: bool) -> bool:
    """Whether the schema is a reference with its own description, example or flag.

    A named schema that refers to an object is not: it becomes its own class.
    """
    if (
        len(schema["allOf"]) != 1
        or "$ref" not in schema["allOf"][0]
        or "properties" in schema
        or schema.get("required")
    ):
        return False
    target = resolve(document, schema["allOf"][0], place)
    return not named or not ("properties" in target or "allOf" in target)


def _merged(document: Node, schema: Node, place: Pointer, seen: tuple[int, ...]) -> Node:
    if id(schema) in seen:
        raise CodegenError(f"{place}: allOf is circular")
    if "allOf" not in schema:
        return schema
    result: Node = {"type": "object", "properties": {}, "required": []}
    own = {key: value for key, value in schema.items() if key != "allOf"}
    parts = [
        _merged(document, resolve(document, part, place), place / "allOf" / index, (*seen, id(schema)))
        for index, part in enumerate(schema["allOf"])
    ]
    for index, part in enumerate([*parts, own]):
        if part.get("type", "object") != "object" or "oneOf" in part or "anyOf" in part:
            raise CodegenError(f"{place / 'allOf' / index}: only objects can be merged")
        for name, value in part.get("properties", {}).items():
            own_place = place / "allOf" / index / "properties" / name
            _check_same_type(document, result["properties"].get(name), value, own_place)
            result["properties"][name] = copy.deepcopy(_narrowed(result["properties"].get(name), value))
        result["required"] += [name for name in part.get("required", []) if name not in result["required"]]
    flags: Node = {key: value for key, value in own.items() if key not in ("properties", "required")}
    flags.update(result)
    return flags


def _check_same_type(document: Node, first: Node | None, second: Node, place: Pointer) -> None:
    """Raises CodegenError if two parts give a property different types."""
    if first is None:
        return
    types = {str(resolve(document, schema, place).get("type", "")) for schema in (first, second)} - {""}
    if len(types) > 1:
        raise CodegenError(f"{place}: is {' in one part and '.join(sorted(types))} in another")


def _narrowed(first: Node | None, second: Node) -> Node:
    """The definition of a property in two parts: the second, unless it only narrows a named enum to some values."""
    if first is not None and "enum" in second and ("$ref" in first or "allOf" in first):
        return first
    return second
