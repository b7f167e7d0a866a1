"""Refuses schemas that the templates would lose in silence, or write half, with the JSON pointer of each place."""

from __future__ import annotations

from collections.abc import Iterator

from openapi_python_client.strings import PythonIdentifier

from .document import Node, each_schema, is_constraint, is_list, is_object, resolve
from .pointers import SCHEMAS_PLACE, Pointer

__all__ = ["problems_of_schemas"]

KEYWORDS = {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependentRequired",
    "deprecated",
    "description",
    "discriminator",
    "enum",
    "example",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "format",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "oneOf",
    "pattern",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "xml",
}
"""The keywords of a schema that are generated, or that only constrain or describe its values. Others could change its type."""
UNION_KEYS = {"propertyName", "mapping"}
"""What a discriminator has in OpenAPI 3.1."""


def problems_of_schemas(document: Node) -> Iterator[str]:
    """What is not supported, each with its place."""
    for name in document.get("components", {}).get("schemas", {}):
        if not any(character.isalnum() for character in name):
            yield f"{SCHEMAS_PLACE / name}: the name does not become a class"
    for place, schema in each_schema(document):
        for key in schema:
            if key not in KEYWORDS and not key.startswith("x-"):
                yield f"{place / key}: this keyword of schemas is not understood"
        yield from _of_union(document, schema, place)
        yield from _of_enum(schema, place)
        yield from _of_properties(schema, place)
        inner = schema.get("additionalProperties")
        if is_object(inner) and _is_object(document, inner, place):
            yield f"{place / 'additionalProperties'}: a map of objects, which would not be decoded"


def _of_properties(schema: Node, place: Pointer) -> Iterator[str]:
    if "properties" in schema and schema.get("type", "object") != "object":
        yield f"{place / 'properties'}: only an object has properties"
    taken: dict[str, str] = {}
    for name in schema.get("properties", {}):
        other = taken.setdefault(str(PythonIdentifier(name, "field_")), name)
        if other != name:
            yield f"{place / 'properties' / name}: becomes the same attribute as {other!r}"


def _of_enum(schema: Node, place: Pointer) -> Iterator[str]:
    for key in ("enum", "x-enumDescriptions", "x-extensible-enum"):
        values = schema.get(key)
        for value in values if is_list(values) or is_object(values) else ():
            if isinstance(value, str) and not value.isprintable():
                yield f"{place / key}: {value!r} has characters that are not printable"
    values = schema.get("enum")
    if is_list(values) and (not values or len(set(map(repr, values))) < len(values)):
        yield f"{place / 'enum'}: must have values, each once"


def _of_union(document: Node, schema: Node, place: Pointer) -> Iterator[str]:
    unions: list[str] = [
        key for key in ("oneOf", "anyOf") if key in schema and not is_constraint(schema, key)
    ]
    yield from _of_parts(document, schema, place)
    if unions and "allOf" in schema:
        yield f"{place / unions[0]}: a union cannot be merged with allOf"
    discriminator = schema.get("discriminator")
    if discriminator is None:
        if unions and "properties" in schema:
            yield f"{place / unions[0]}: a union cannot be merged with other properties"
        return
    for key in discriminator:
        if key not in UNION_KEYS and not key.startswith("x-"):
            yield f"{place / 'discriminator' / key}: is not understood"
    if not unions:
        yield f"{place / 'discriminator'}: a base schema, whose variants are not listed in oneOf"
    for name in schema.get("properties", {}):
        if name != discriminator.get("propertyName"):
            yield f"{place / 'properties' / name}: is beside the variants, which may lack it"
    yield from _of_variants(document, schema, place, unions)


def _of_parts(document: Node, schema: Node, place: Pointer) -> Iterator[str]:
    for index, part in enumerate(schema.get("allOf", [])):
        target = resolve(document, part, place)
        if len(schema["allOf"]) + len(schema.get("properties", {})) > 1 and _is_union(target):
            yield f"{place / 'allOf' / index}: a union cannot be merged with other properties"


def _of_variants(document: Node, schema: Node, place: Pointer, unions: list[str]) -> Iterator[str]:
    variants = [(place / key / index, inner) for key in unions for index, inner in enumerate(schema[key])]
    references = {inner.get("$ref") for _, inner in variants}
    key = schema["discriminator"].get("propertyName")
    for own, inner in variants:
        target = resolve(document, inner, place)
        if _is_union(target):
            yield f"{own}: a union of unions"
        elif not _only_null(target) and "$ref" in inner and not _is_object(document, target, own):
            yield f"{own}: a variant must be an object"
        kind = resolve(document, target.get("properties", {}).get(key, {}), own)
        if kind.get("type", "string") != "string":
            yield f"{own}: the discriminator {key!r} is not a string"
    for value, reference in schema["discriminator"].get("mapping", {}).items():
        full = reference if "/" in reference else f"#/components/schemas/{reference}"
        if unions and full not in references:
            yield f"{place / 'discriminator' / 'mapping' / value}: {reference} is not one of the variants"


def _only_null(schema: Node) -> bool:
    return schema.get("enum") == [None]


def _is_union(schema: Node) -> bool:
    return any(key in schema and not is_constraint(schema, key) for key in ("oneOf", "anyOf"))


def _is_object(document: Node, schema: Node, place: Pointer) -> bool:
    target = resolve(document, schema, place)
    return "properties" in target or "allOf" in target or _is_union(target)
