"""Changes of schemas that are not supported: each is refused by the JSON pointer of its place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from codegen.document import Node
from codegen.errors import CodegenError
from codegen.generate import build

from .changing import (
    CHOICE,
    LEAF,
    SCHEMAS,
    STRING,
    STRINGS,
    UNION,
    VARIANTS,
    Change,
    prop,
    ref,
    schema,
    version,
)

pytestmark = pytest.mark.slow


def content(**media: Any) -> Node:
    return {"description": "x", "content": {name.replace("_", "/"): own for name, own in media.items()}}


def path(name: str, **own: Any) -> Change:
    """Adds a GET with these properties at this path."""
    found = {"operationId": "Y", "responses": {"200": {"description": "x"}}, **own}
    return lambda document: document["paths"].update({name: {"get": found}})


NUMERIC: Node = {"type": "object", "properties": {"kind": {"type": "integer"}}}
ELSEWHERE: Node = {"servers": [{"url": "https://eu.example.com"}]}
P = f"{SCHEMAS}/Odd/properties/p"

JSON_SCHEMA: Node = {
    "$defs": {},
    "$dynamicRef": "#x",
    "$id": "x",
    "if": {},
    "patternProperties": {},
    "dependentSchemas": {},
}
"""Keywords of JSON Schema that change the type."""

REFUSED: list[tuple[str, Change, str]] = [
    (
        "oneOf in allOf",
        schema(Leaf=LEAF, Odd={"allOf": [LEAF, {"oneOf": [{"$ref": f"{SCHEMAS}/Leaf"}, STRINGS]}]}),
        f"{SCHEMAS}/Odd/allOf/1",
    ),
    (
        "a named union in allOf",
        schema(Leaf=LEAF, Union=UNION, Odd={"allOf": [{"$ref": f"{SCHEMAS}/Union"}, LEAF]}),
        f"{SCHEMAS}/Odd/allOf/0",
    ),
    (
        "union of unions",
        schema(Leaf=LEAF, Union=UNION, Odd={**UNION, "oneOf": [{"$ref": f"{SCHEMAS}/Union"}]}),
        f"{SCHEMAS}/Odd/oneOf/0",
    ),
    (
        "a mapping to no variant",
        schema(
            Leaf=LEAF,
            Other=LEAF,
            Odd={**UNION, "discriminator": {"propertyName": "kind", "mapping": {"o": f"{SCHEMAS}/Other"}}},
        ),
        f"{SCHEMAS}/Odd/discriminator/mapping/o",
    ),
    (
        "a base schema with a discriminator",
        schema(
            Base={**LEAF, "discriminator": {"propertyName": "a"}},
            Child={"allOf": [{"$ref": f"{SCHEMAS}/Base"}, LEAF]},
        ),
        f"{SCHEMAS}/Base/discriminator",
    ),
    (
        "a map of models",
        schema(Leaf=LEAF, Odd={"type": "object", "additionalProperties": {"$ref": f"{SCHEMAS}/Leaf"}}),
        f"{SCHEMAS}/Odd/additionalProperties",
    ),
    (
        "an enum value with a control character",
        schema(Odd={"type": "string", "enum": ["a\u200b"]}),
        f"{SCHEMAS}/Odd/enum",
    ),
    *[
        (f"a schema named {name}", schema(**{name: LEAF}), f"the class '{name}'")
        for name in ("Request", "Any", "Mapping")
    ],
    (
        "two properties with one name",
        schema(
            Odd={"type": "object", "properties": {"class": {"type": "string"}, "class_": {"type": "string"}}}
        ),
        "Odd",
    ),
    (
        "a required property that is not there",
        schema(Odd={**LEAF, "required": ["b"]}),
        f"{SCHEMAS}/Odd/required",
    ),
    (
        "a required property that no part has",
        schema(Leaf=LEAF, Odd={"allOf": [ref("Leaf")], "required": ["b"]}),
        f"{SCHEMAS}/Odd/required",
    ),
    (
        "one property of two types",
        schema(Leaf=LEAF, Odd={"allOf": [ref("Leaf"), {"properties": {"a": {"type": "integer"}}}]}),
        f"{SCHEMAS}/Odd/allOf/1/properties/a",
    ),
    ("a list in allOf", schema(Odd={"allOf": [STRINGS, LEAF]}), f"{SCHEMAS}/Odd/allOf/0"),
    (
        "a union beside properties",
        schema(**VARIANTS, Odd={**LEAF, "oneOf": CHOICE["oneOf"]}),
        f"{SCHEMAS}/Odd/oneOf",
    ),
    (
        "a union beside allOf",
        schema(**VARIANTS, Leaf=LEAF, Odd={"allOf": [ref("Leaf")], "anyOf": CHOICE["oneOf"]}),
        f"{SCHEMAS}/Odd/anyOf",
    ),
    (
        "a discriminated union beside properties",
        schema(**VARIANTS, Odd={**CHOICE, "properties": {"c": STRING}}),
        f"{SCHEMAS}/Odd/properties/c",
    ),
    (
        "a discriminator that is a number",
        schema(A=NUMERIC, Odd={**CHOICE, "oneOf": [ref("A")]}),
        f"{SCHEMAS}/Odd/oneOf/0",
    ),
    (
        "a discriminator without a property",
        schema(**VARIANTS, Odd={**CHOICE, "discriminator": {}}),
        f"{SCHEMAS}/Odd/discriminator",
    ),
    (
        "a variant that is a text",
        schema(S=STRING, Odd={**CHOICE, "oneOf": [ref("S")]}),
        f"{SCHEMAS}/Odd/oneOf/0",
    ),
    (
        "a mapping to another file",
        schema(
            **VARIANTS,
            Odd={**CHOICE, "discriminator": {"propertyName": "kind", "mapping": {"a": "o.yaml#/A"}}},
        ),
        f"{SCHEMAS}/Odd/discriminator/mapping/a",
    ),
    (
        "a default of a discriminator",
        version(
            "3.2.0",
            schema(
                **VARIANTS, Odd={**CHOICE, "discriminator": {"propertyName": "kind", "defaultMapping": "A"}}
            ),
        ),
        f"{SCHEMAS}/Odd/discriminator/defaultMapping",
    ),
    ("the name of an unknown variant", schema(**VARIANTS, Odd=CHOICE, UnknownOdd=LEAF), f"{SCHEMAS}/Odd"),
    ("properties of a text", prop({**STRING, "properties": {"a": STRING}}), f"{P}/properties"),
    (
        "properties that are alike",
        schema(Odd={"type": "object", "properties": {"a-": STRING, "a+": STRING}}),
        f"{SCHEMAS}/Odd/properties/a+",
    ),
    ("a value twice", schema(Odd={"type": "string", "enum": ["A", "A"]}), f"{SCHEMAS}/Odd/enum"),
    ("no value", schema(Odd={"type": "string", "enum": []}), f"{SCHEMAS}/Odd/enum"),
    ("a schema without a name", schema(**{"": LEAF}), f"{SCHEMAS}/"),
    (
        "two schemas of one class",
        schema(**{"Odd-x": LEAF, "OddX": STRING, "oddX": LEAF}),
        "components/schemas",
    ),
    (
        "two schemas of one module",
        schema(HTTPThing=LEAF, HttpThing={"type": "object", "properties": {"b": STRING}}),
        "two schemas become the module 'http_thing'",
    ),
    ("a reference to a parameter", prop(ref("regionCode", "parameters")), P),
    ("references in a circle", schema(A1=ref("B1"), B1=ref("A1")), f"{SCHEMAS}/A1"),
    *[
        (
            f"{name} of JSON Schema",
            version("3.1.0", schema(Odd={**LEAF, name: value})),
            f"{SCHEMAS}/Odd/{name}",
        )
        for name, value in JSON_SCHEMA.items()
    ],
    ("a tuple", version("3.1.0", prop({"type": "array", "prefixItems": [STRING]})), f"{P}/prefixItems"),
    ("what never is", version("3.1.0", prop(False)), P),
    (
        "another dialect",
        version("3.1.0", lambda d: d.update(jsonSchemaDialect="https://example.com")),
        "#/jsonSchemaDialect",
    ),
    ("Swagger 2", version("2.0"), "#/openapi"),
    ("OpenAPI 4", version("4.0.0"), "#/openapi"),
]


@pytest.mark.parametrize(("change", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_would_be_lost_is_refused_by_its_place(
    change: Change, place: str, document: Node, tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    change(changed)
    with pytest.raises(CodegenError) as caught:
        build(changed, tmp_path / "package")
    assert place in str(caught.value)
