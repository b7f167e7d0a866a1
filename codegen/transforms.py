"""The general rules, which prepare the corrected document for the generator.

Each rule applies to every schema, so that it also applies to new ones. They run in the order of `RULES`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, cast

from .constraints import constraints_are_described
from .document import (
    SCHEMAS,
    Node,
    component_name,
    each_schema,
    is_constraint,
    operations,
    resolve,
    schema_roots,
)
from .errors import CodegenError
from .flatten import flatten_allof
from .inline_schemas import hoist_inline
from .operation_names import operations_are_named
from .pointers import SCHEMAS_PLACE, Pointer
from .reached import unreached_is_left_out

__all__ = ["RULES", "transformed"]

DESCRIBING = {"title", "description", "nullable", "readOnly", "writeOnly", "deprecated", "example", "default"}
"""Keywords that do not change the type of a schema."""


def transformed(document: Node) -> Node:
    """A copy of `document` with all rules applied. Raises CodegenError."""
    document = copy.deepcopy(document)
    for rule in RULES:
        rule(document)
    return document


def responses_are_2xx(document: Node) -> None:
    """Keeps the first 2xx response of each operation. Error bodies are parsed by hand-written code."""
    document["components"] = document.get("components", {})
    document["components"].setdefault("schemas", {})
    for place, _, _, operation in operations(document):
        for name, callback in operation.pop("callbacks", {}).items():
            if "$ref" not in callback:
                callbacks = document["components"].setdefault("callbacks", {})
                callbacks[f"{operation['operationId']}_{name}"] = callback
        successes = sorted(status for status in operation.get("responses", {}) if str(status).startswith("2"))
        if not successes:
            raise CodegenError(f"{place}: has no 2xx response")
        operation["responses"] = {successes[0]: operation["responses"][successes[0]]}


def titles_are_descriptions(document: Node) -> None:
    """A title does not name the class. It becomes the description if there is none."""
    for _, schema in each_schema(document):
        title = schema.pop("title", None)
        if isinstance(title, str) and "$ref" not in schema:
            schema.setdefault("description", title)


def types_are_plain(document: Node) -> None:
    """What has items is a list. Alternatives that only require properties are dropped, and so are parts that only describe."""
    for _, schema in each_schema(document):
        for key in ("oneOf", "anyOf"):
            if key in schema and is_constraint(schema, key):
                del schema[key]
        if "items" in schema and "$ref" not in schema:
            schema.setdefault("type", "array")
        parts = schema.get("allOf", [])
        described = [part for part in parts if part and set(part) <= DESCRIBING]
        if described and len(described) < len(parts):
            schema["allOf"] = [part for part in parts if part not in described]
            for part in described:
                schema.update({key: value for key, value in part.items() if key not in schema})


def required_is_declared(document: Node) -> None:
    """Raises CodegenError for a required property that the schema does not have: no code could require it."""
    problems = [
        f"{place / 'required'}: {name!r} is none of the properties"
        for place, schema in each_schema(document)
        for name in schema.get("required", [])
        if "properties" in schema and name not in schema["properties"]
    ]
    if problems:
        raise CodegenError("\n".join(problems))


def enums_are_promoted(document: Node) -> None:
    """A string with `x-enumDescriptions` (or `x-extensible-enum`) and no `enum` is an enum of those values."""
    for place, schema in each_schema(document):
        described = schema.get("x-enumDescriptions", schema.get("x-extensible-enum"))
        if described is None or schema.get("type", "string") != "string":
            continue
        values = list(cast("Node | list[object]", described)) if isinstance(described, dict | list) else []
        if not values or not all(isinstance(value, str) for value in values):
            raise CodegenError(f"{place}: x-enumDescriptions must be an object or a list of strings")
        schema.setdefault("type", "string")
        schema.setdefault("enum", values)


def null_is_absent(document: Node) -> None:
    """Removes `nullable` and variants that are only null: an optional property is None if it is null.

    Leaves `x-nullable`, so that a required string that can be null is not treated as always present.
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
            if not schema["enum"]:
                del schema["enum"]


def _only_null(schema: Node) -> bool:
    return schema.get("enum") == [None]


def defaults_are_documentation(document: Node) -> None:
    """Removes defaults: in a response they would invent a value, in a request the server applies them."""
    for _, schema in each_schema(document):
        schema.pop("default", None)


def formats_are_known(document: Node) -> None:
    """Keeps only the formats of times and decimals; a time without zone is a time.

    An enum of numbers is a number, and its description names them: the next version of the API may add one.
    """
    for _, schema in each_schema(document):
        if schema.get("format") == "date-time-local":
            schema["format"] = "date-time"
        if schema.get("format") == "decimal":  # The API sends a decimal as a string or a number.
            schema.pop("anyOf", None)
            schema["type"] = "string"
        if schema.get("type") == "string" and schema.get("format") not in ("date-time", "decimal"):
            schema.pop("format", None)
        if "enum" in schema and not all(isinstance(value, str) for value in schema["enum"]):
            values = ", ".join(str(value) for value in schema.pop("enum") if value is not None)
            schema["description"] = f"{schema.get('description', '')}\nOne of {values}.".strip()


def unions_need_discriminators(document: Node) -> None:
    """A union without a discriminator becomes any value: trying its variants in turn would be guessing."""
    for _, schema in each_schema(document):
        if ("oneOf" in schema or "anyOf" in schema) and "discriminator" not in schema:
            for key in ("oneOf", "anyOf", "type", "properties", "required"):
                schema.pop(key, None)


def read_only_is_inherited(document: Node) -> None:
    """Makes a property readOnly if it refers to a readOnly schema."""
    for place, schema in each_schema(document):
        for name, inner in schema.get("properties", {}).items():
            target = inner["allOf"][0] if len(inner.get("allOf", [])) == 1 else inner
            if (
                "$ref" in target
                and resolve(document, target, place / "properties" / name).get("readOnly") is True
            ):
                wrapped = inner if "allOf" in inner else {"allOf": [inner]}
                schema["properties"][name] = {**wrapped, "readOnly": True}


def unions_are_named(document: Node) -> None:
    """Turns a union into one class for the generator, which drops discriminators. The templates write the variants."""
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if "discriminator" not in schema:
            continue
        schema["oneOf"] = [*schema.get("oneOf", []), *schema.pop("anyOf", [])]
        place = SCHEMAS_PLACE / name
        union = union_table(schemas, schema, place)
        for key in ("oneOf", "discriminator", "properties", "required", "x-discriminator-default"):
            schema.pop(key, None)
        schema["type"] = "object"
        schema["x-union"] = union
        _share_discriminator(document, union, place)


def union_table(schemas: Node, schema: Node, place: Pointer) -> Node:
    """How to decode a union: the discriminator's property, the schema for each value, and the value if it is absent."""
    property_name = schema["discriminator"].get("propertyName")
    if not isinstance(property_name, str):
        raise CodegenError(f"{place / 'discriminator'}: has no propertyName")
    variants = [component_name(inner.get("$ref", ""), place / "oneOf") for inner in schema["oneOf"]]
    mapping = {
        value: reference.removeprefix(SCHEMAS)
        for value, reference in schema["discriminator"].get("mapping", {}).items()
    }
    # The standard: a variant that the mapping does not name is named by its schema.
    mapping |= {name: name for name in variants if name not in mapping.values()}
    for value, name in mapping.items():
        if name not in schemas:
            raise CodegenError(
                f"{place / 'discriminator' / 'mapping' / value}: the schema {name!r} does not exist"
            )
    default = schema.get("x-discriminator-default")
    if default is not None and default not in mapping:
        raise CodegenError(f"{place / 'x-discriminator-default'}: {default!r} is not in the mapping")
    return {"property": property_name, "mapping": mapping, "default": default}


def _share_discriminator(document: Node, union: Node, place: str) -> None:
    """Gives the discriminator the same type in every variant: the shared enum, or a string."""
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


def references_are_valid(document: Node) -> None:
    """Raises CodegenError for a reference to a missing schema; the generator's error would not name its place."""
    for place, holder, key in schema_roots(document):
        if isinstance(holder[key], dict):
            resolve(document, holder[key], place)
    for place, schema in each_schema(document):
        if "$ref" in schema:
            resolve(document, schema, place)


RULES: tuple[Callable[[Any], None], ...] = (
    operations_are_named,
    responses_are_2xx,
    references_are_valid,
    titles_are_descriptions,
    types_are_plain,
    enums_are_promoted,
    null_is_absent,
    constraints_are_described,
    defaults_are_documentation,
    formats_are_known,
    unions_need_discriminators,
    flatten_allof,
    required_is_declared,
    hoist_inline,
    unreached_is_left_out,
    read_only_is_inherited,
    unions_are_named,
)
