"""The general rules: from the corrected document to one that the generator reads as we mean it.

Each rule holds for every schema, so that it holds as the document grows. They run in the order of `RULES`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, cast

from .document import SCHEMAS, Node, component_name, each_schema, operations, resolve, schema_roots
from .errors import CodegenError
from .flatten import flatten_allof
from .inline_schemas import hoist_inline

__all__ = ["RULES", "transformed"]


def transformed(document: Node) -> Node:
    """A copy of `document` after all rules."""
    document = copy.deepcopy(document)
    for rule in RULES:
        rule(document)
    return document


def answers_are_2xx(document: Node) -> None:
    """An operation's answer is its first 2xx; what an error's body says is read by hand, whatever the status."""
    document["components"] = document.get("components", {})
    document["components"].setdefault("schemas", {})
    for place, _, _, operation in operations(document):
        if "operationId" not in operation:
            raise CodegenError(f"{place}: has no operationId")
        operation.pop("callbacks", None)
        successes = sorted(status for status in operation.get("responses", {}) if str(status).startswith("2"))
        if not successes:
            raise CodegenError(f"{place}: declares no 2xx answer")
        operation["responses"] = {successes[0]: operation["responses"][successes[0]]}


def titles_are_no_names(document: Node) -> None:
    """A title names no class; where a description is missing, it is one."""
    for _, schema in each_schema(document):
        title = schema.pop("title", None)
        if isinstance(title, str) and "$ref" not in schema:
            schema.setdefault("description", title)


def enums_are_promoted(document: Node) -> None:
    """A string with `x-enumDescriptions` (or `x-extensible-enum`) and no `enum` is an enum of those values."""
    for place, schema in each_schema(document):
        described = schema.get("x-enumDescriptions", schema.get("x-extensible-enum"))
        if described is None or schema.get("type", "string") != "string":
            continue
        values = list(cast("Node | list[object]", described)) if isinstance(described, dict | list) else []
        if not values or not all(isinstance(value, str) for value in values):
            raise CodegenError(f"{place}: x-enumDescriptions has to be an object or a list of strings")
        schema.setdefault("type", "string")
        schema.setdefault("enum", values)


def null_is_absent(document: Node) -> None:
    """`nullable` goes: whatever is optional is None when it is null. A variant that is nothing but null goes too.

    What is left of it, `x-nullable`, keeps a required string from being one that is always there.
    """
    for place, schema in each_schema(document):
        for key in ("oneOf", "anyOf"):
            if key in schema:
                schema[key] = [
                    inner for inner in schema[key] if not _only_null(resolve(document, inner, place))
                ]
    schemas = document["components"]["schemas"]
    for name in [name for name, schema in schemas.items() if _only_null(schema)]:
        del schemas[name]
    for _, schema in each_schema(document):
        if schema.pop("nullable", False) is True:
            schema["x-nullable"] = True
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]


def _only_null(schema: Node) -> bool:
    return schema.get("enum") == [None]


def defaults_are_documentation(document: Node) -> None:
    """A default fills in nothing: in an answer it would invent a value, in a request it is the server's to apply."""
    for _, schema in each_schema(document):
        schema.pop("default", None)


def formats_are_known(document: Node) -> None:
    """Strings are plain but for times and decimals; a time without zone is a time; an enum of numbers is a number."""
    for _, schema in each_schema(document):
        if schema.get("format") == "date-time-local":
            schema["format"] = "date-time"
        if schema.get("format") == "decimal":  # a decimal may come as a string or as a number
            schema.pop("anyOf", None)
            schema["type"] = "string"
        if schema.get("type") == "string" and schema.get("format") not in ("date-time", "decimal"):
            schema.pop("format", None)
        if "enum" in schema and not all(isinstance(value, str) for value in schema["enum"]):
            del schema["enum"]


def unions_need_discriminators(document: Node) -> None:
    """A union without a discriminator is any value: to try its variants in turn is to guess."""
    for _, schema in each_schema(document):
        if ("oneOf" in schema or "anyOf" in schema) and "discriminator" not in schema:
            for key in ("oneOf", "anyOf", "type", "properties", "required"):
                schema.pop(key, None)


def read_only_is_inherited(document: Node) -> None:
    """A property that refers to a readOnly schema is readOnly."""
    for place, schema in each_schema(document):
        for name, inner in schema.get("properties", {}).items():
            target = inner["allOf"][0] if len(inner.get("allOf", [])) == 1 else inner
            if (
                "$ref" in target
                and resolve(document, target, f"{place}.properties.{name}").get("readOnly") is True
            ):
                wrapped = inner if "allOf" in inner else {"allOf": [inner]}
                schema["properties"][name] = {**wrapped, "readOnly": True}


def unions_are_named(document: Node) -> None:
    """A union becomes one class to the generator, which forgets discriminators; the templates write the variants."""
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if "discriminator" not in schema or "oneOf" not in schema:
            continue
        place = f"components.schemas.{name}"
        union = union_table(schemas, schema, place)
        for key in ("oneOf", "discriminator", "properties", "required", "x-discriminator-default"):
            schema.pop(key, None)
        schema["type"] = "object"
        schema["x-union"] = union
        _share_discriminator(document, union, place)


def union_table(schemas: Node, schema: Node, place: str) -> Node:
    """How a union is decoded: the property, the schema of each value, and the schema of an absent value."""
    property_name = schema["discriminator"].get("propertyName")
    if not isinstance(property_name, str):
        raise CodegenError(f"{place}.discriminator: has no propertyName")
    variants = [component_name(inner.get("$ref", ""), f"{place}.oneOf") for inner in schema["oneOf"]]
    mapping = {
        value: reference.removeprefix(SCHEMAS)
        for value, reference in schema["discriminator"].get("mapping", {}).items()
    } or {name: name for name in variants}
    for value, name in mapping.items():
        if name not in schemas:
            raise CodegenError(f"{place}.discriminator.mapping.{value}: the schema {name!r} does not exist")
    default = schema.get("x-discriminator-default")
    if default is not None and default not in mapping:
        raise CodegenError(f"{place}.x-discriminator-default: {default!r} is not in the mapping")
    return {"property": property_name, "mapping": mapping, "default": default}


def _share_discriminator(document: Node, union: Node, place: str) -> None:
    """Gives the discriminator the same type in every variant: the enum that the union shares, or a string."""
    schemas = document["components"]["schemas"]
    for name in union["mapping"].values():
        properties = schemas[name].setdefault("properties", {})
        current = properties.get(union["property"], {})
        lent: list[Node] = current.get("allOf", [])
        reference: Node = lent[0] if lent else current
        if "$ref" not in reference:
            properties[union["property"]] = {
                "type": "string",
                "description": f"Which variant this is: {name}.",
            }
        elif "enum" not in resolve(document, reference, place):
            raise CodegenError(f"{place}: the discriminator of {name!r} is neither a string nor an enum")


def unused_roots_are_kept_valid(document: Node) -> None:
    """Fails where a reference points to nothing, which the generator would report without a place."""
    for place, holder, key in schema_roots(document):
        if isinstance(holder[key], dict):
            resolve(document, holder[key], place)
    for place, schema in each_schema(document):
        if "$ref" in schema:
            resolve(document, schema, place)


RULES: tuple[Callable[[Any], None], ...] = (
    answers_are_2xx,
    unused_roots_are_kept_valid,
    titles_are_no_names,
    enums_are_promoted,
    null_is_absent,
    defaults_are_documentation,
    formats_are_known,
    unions_need_discriminators,
    flatten_allof,
    hoist_inline,
    read_only_is_inherited,
    unions_are_named,
)
