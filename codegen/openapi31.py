"""Rewrites a document of OpenAPI 3.1 or 3.2 as one of 3.0, whose form all other modules read.

What has no form in 3.0 is left as it is, so that supported.py refuses it by its place.
"""

from __future__ import annotations

import copy
from typing import Any

from .document import Node, is_list, is_object, operations, schema_roots
from .errors import CodegenError
from .pointers import ROOT, Pointer

__all__ = ["VERSIONS", "as_openapi30"]

VERSIONS = ("3.0", "3.1", "3.2")
"""The versions of OpenAPI that are read."""
_DIALECTS = ("https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema")
_INNER = ("items", "additionalProperties", "not")
_COMBINED = ("allOf", "oneOf", "anyOf")
_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
_NULL: Node = {"enum": [None]}
"""How 3.0 says that a value is null."""


def as_openapi30(document: Node) -> Node:
    """`document`, or a copy of it as OpenAPI 3.0 if its version is newer. Raises CodegenError for another version."""
    version = str(document.get("openapi", ""))
    if version.rpartition(".")[0] not in VERSIONS:
        raise CodegenError(
            f"#/openapi: {version!r} is none of the versions that are read: {', '.join(VERSIONS)}"
        )
    document = copy.deepcopy(document)
    _inline_path_items(document)
    if version.startswith("3.0"):
        return document
    dialect = document.pop("jsonSchemaDialect", _DIALECTS[0])
    if not str(dialect).startswith(_DIALECTS):
        raise CodegenError(f"#/jsonSchemaDialect: {dialect!r} is not the dialect of OpenAPI")
    document["openapi"] = "3.0.3"
    _webhooks_are_callbacks(document)
    for place, holder, key in list(schema_roots(document)):
        holder[key] = _schema(holder[key], place)
    return document


def _inline_path_items(document: Node) -> None:
    """Puts the path item in the place of each reference to it."""
    items = document.get("components", {}).pop("pathItems", {})
    holders = [(ROOT / kind, document.get(kind, {})) for kind in ("paths", "webhooks")]
    for place, _, _, operation in operations(document):
        holders += [
            (place / "callbacks" / name, part) for name, part in operation.get("callbacks", {}).items()
        ]
    for name, part in document.get("components", {}).get("callbacks", {}).items():
        holders.append((ROOT / "components" / "callbacks" / name, part))
    for place, holder in holders:
        for path, item in holder.items():
            if not is_object(item) or "$ref" not in item:
                continue
            name = str(item["$ref"]).removeprefix("#/components/pathItems/")
            if name not in items:
                raise CodegenError(f"{place / path / '$ref'}: the path item {item['$ref']!r} does not exist")
            holder[path] = {**copy.deepcopy(items[name]), **{k: v for k, v in item.items() if k != "$ref"}}


def _webhooks_are_callbacks(document: Node) -> None:
    """Moves the webhooks to the components: no operation says when they are sent."""
    webhooks: Node = document.pop("webhooks", {})
    if webhooks:
        callbacks: Node = document.setdefault("components", {}).setdefault("callbacks", {})
        callbacks.update({name: {"webhook": item} for name, item in webhooks.items()})


def _schema(schema: Any, place: Pointer) -> Any:
    """One schema as 3.0 writes it."""
    if schema is True:
        return {}
    if not is_object(schema):
        return schema  # `false`, or no schema at all: refused by its place.
    result = {key: value for key, value in schema.items() if key not in ("$comment", "$schema")}
    _rewrite_inner(result, place)
    _types_without_null(result)
    _const_is_enum(result)
    for key in ("oneOf", "anyOf"):
        if is_list(result.get(key)):
            result = _union(result, key)
    if is_list(result.get("examples")):
        examples = result.pop("examples")
        result.update({"example": examples[0]} if examples and "example" not in result else {})
    for key, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(result.get(flag), int | float) and not isinstance(result[flag], bool):
            result[key] = result[flag]
            result[flag] = True
    if "$ref" in result and len(result) > 1:
        result["allOf"] = [{"$ref": result.pop("$ref")}, *result.get("allOf", [])]
    return result


def _rewrite_inner(schema: Node, place: Pointer) -> None:
    if is_object(schema.get("properties")):
        properties = schema["properties"]
        schema["properties"] = {
            name: _schema(inner, place / "properties" / name) for name, inner in properties.items()
        }
    for key in _COMBINED:
        if is_list(schema.get(key)):
            schema[key] = [_schema(inner, place / key / index) for index, inner in enumerate(schema[key])]
    for key in _INNER:
        if is_object(schema.get(key)) or (key == "items" and key in schema):
            schema[key] = _schema(schema[key], place / key)


def _types_without_null(schema: Node) -> None:
    """One type, and whether it may be null. A value of several types is any value."""
    types = schema.get("type")
    if types == "null":
        del schema["type"]
        schema.update(enum=[None], nullable=True)
    if not is_list(types):
        return
    others = [name for name in types if name != "null"]
    del schema["type"]
    if len(others) == 1:
        schema["type"] = others[0]
    if not others:
        schema["enum"] = [None]
    if len(others) < len(types):
        schema["nullable"] = True


def _const_is_enum(schema: Node) -> None:
    if "const" in schema:
        value = schema.pop("const")
        schema["enum"] = [value]
        if type(value) in _TYPES:
            schema.setdefault("type", _TYPES[type(value)])


def _union(schema: Node, key: str) -> Node:
    """A union without null; an enum if its variants are single values."""
    variants: list[Any] = [inner for inner in schema[key] if not _is_null(inner)]
    own = {name: value for name, value in schema.items() if name != key}
    if len(variants) < len(schema[key]):
        own["nullable"] = True
    if variants and all(_value_of(inner) is not None for inner in variants):
        texts = {
            _value_of(inner): str(inner.get("description", inner.get("title", ""))) for inner in variants
        }
        own.setdefault("x-enumDescriptions", texts)
        return {**own, "type": "string", "enum": list(texts)}
    if len(variants) == 1 and "discriminator" not in schema and not any(name in own for name in _COMBINED):
        if "$ref" in variants[0] or "$ref" in own:
            return {**own, "allOf": variants}
        return {**variants[0], **own}
    return {**own, key: variants} if variants else {**own, **_NULL}


def _is_null(schema: Any) -> bool:
    return is_object(schema) and schema.get("enum") == [None]


def _value_of(schema: Any) -> str | None:
    """The only value of a string schema."""
    values = schema.get("enum") if is_object(schema) else None
    return values[0] if is_list(values) and len(values) == 1 and isinstance(values[0], str) else None
