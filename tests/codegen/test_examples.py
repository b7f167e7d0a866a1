"""The example of a response, of which the sandbox makes its answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from codegen.document import Node, operations
from codegen.examples import example_of_response

SCHEMAS: Node = {
    "Named": {"type": "string", "example": "n"},
    "Kind": {"type": "string", "x-enumDescriptions": {"A": "a", "B": "b"}},
    "Self": {"type": "object", "properties": {"name": {"type": "string"}, "inner": {"$ref": "#/components/schemas/Self"}}},
    "One": {"type": "object", "properties": {"type": {"type": "string"}, "one": {"type": "integer", "minimum": 5}}},
    "Two": {"type": "object", "properties": {"type": {"type": "string"}}},
    "Union": {
        "oneOf": [{"$ref": "#/components/schemas/One"}, {"$ref": "#/components/schemas/Two"}],
        "discriminator": {"propertyName": "type", "mapping": {"FIRST": "#/components/schemas/One"}},
    },
}  # fmt: skip


def example(media: Node, status: str = "200") -> Any:
    document: Node = {"components": {"schemas": SCHEMAS, "examples": {"E": {"value": {"shared": 1}}}}}
    operation = {
        "responses": {"404": {}, status: {"description": "x", "content": {"application/json": media}}}
    }
    found = example_of_response(document, operation)
    return None if found is None else json.loads(found)


def of(**properties: Any) -> Any:
    return example({"schema": {"type": "object", "properties": properties}})


@pytest.mark.parametrize(
    ("media", "found"),
    [
        ({"example": {"a": 1}, "schema": {"type": "object", "example": {"a": 2}}}, {"a": 1}),
        ({"examples": {"first": {"value": {"a": 1}}, "second": {"value": {"a": 2}}}}, {"a": 1}),
        ({"examples": {"first": {"$ref": "#/components/examples/E"}}}, {"shared": 1}),
        ({"examples": {"far": {"externalValue": "https://x"}}, "schema": {"type": "object"}}, {}),
        ({"schema": {"type": "object", "example": {"a": 2}}}, {"a": 2}),
        ({"schema": {"type": "object", "examples": [{"a": 3}]}}, {"a": 3}),
        ({"schema": {"type": "array", "items": {}}}, None),
        ({"schema": {"type": "string"}}, None),
        ({}, None),
    ],
)
def test_the_document_s_own_example_comes_first(media: Node, found: Any) -> None:
    assert example(media) == found
    assert example(media, "201") == found


def test_what_has_no_example_is_made_of_its_parts() -> None:
    assert of(
        named={"$ref": "#/components/schemas/Named"},
        kind={"$ref": "#/components/schemas/Kind"},
        enum={"type": "string", "enum": ["X", "Y"]},
        kinds={"type": "array", "items": {"$ref": "#/components/schemas/Kind"}},
        nothing={"type": "array", "items": {}},
        at={"type": "string", "format": "date-time"},
        price={"anyOf": [{"type": "string"}, {"type": "number"}], "format": "decimal"},
        count={"type": "integer"},
        least={"type": "integer", "minimum": 3},
        flag={"type": "boolean"},
        free={},
        zero={"type": "integer", "example": 0},
    ) == {
        "named": "n",
        "kind": "A",
        "enum": "X",
        "kinds": ["A"],
        "nothing": [],
        "at": "2024-06-06T14:42:42.022227Z",
        "price": "string",
        "count": 1,
        "least": 3,
        "flag": True,
        "zero": 0,
    }


def test_parts_are_merged_and_unions_are_of_their_first_variant() -> None:
    both = {"allOf": [{"$ref": "#/components/schemas/Two"}, {"properties": {"more": {"type": "boolean"}}}]}
    assert of(both=both, union={"$ref": "#/components/schemas/Union"}) == {
        "both": {"type": "string", "more": True},
        "union": {"type": "FIRST", "one": 5},
    }
    assert of(text={"allOf": [{"$ref": "#/components/schemas/Named"}]}) == {"text": "n"}


def test_a_schema_that_contains_itself_ends() -> None:
    found = of(a={"$ref": "#/components/schemas/Self"})
    assert found["a"]["inner"]["inner"]["name"] == "string"


def test_a_response_can_be_a_reference_or_missing() -> None:
    document: Node = {
        "components": {
            "responses": {"R": {"description": "x", "content": {"application/json": {"example": {"a": 1}}}}}
        }
    }
    responses = {"201": {"$ref": "#/components/responses/R"}}
    assert json.loads(example_of_response(document, {"responses": responses}) or "") == {"a": 1}
    assert example_of_response(document, {"responses": {"404": {"description": "x"}}}) is None
    assert example_of_response(document, {"responses": {"204": {"description": "x"}}}) is None


def test_every_example_of_the_document_fits_its_schema(document: Node) -> None:
    checked = 0
    for place, _, _, operation in operations(document):
        found = example_of_response(document, operation)
        response = next(
            operation["responses"][status] for status in ("200", "201") if status in operation["responses"]
        )
        if "$ref" in response:
            response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
        media = response.get("content", {}).get("application/json")
        assert (found is None) is (media is None), place
        if media is not None:
            schema = {**media["schema"], "components": document["components"]}
            assert [
                error.message for error in OAS30Validator(schema).iter_errors(json.loads(found or ""))
            ] == [], place
            checked += 1
    assert checked == 14
