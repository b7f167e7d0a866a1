"""Constraints and defaults are lines of docstrings."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.constraints import constraints_are_described
from codegen.document import Node


def description(**schema: Any) -> str:
    """That of a property with this schema."""
    document: Node = {"paths": {}, "components": {"schemas": {"A": {"properties": {"a": schema}}}}}
    constraints_are_described(document)
    return str(schema.get("description", ""))


@pytest.mark.parametrize(
    ("schema", "lines"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, "At least 1. At most 100. Default: `10`."),
        ({"type": "integer", "minimum": 0}, "At least 0."),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, "More than 0."),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, "Less than 9."),
        ({"type": "number", "exclusiveMinimum": 0.5, "multipleOf": 0.5}, "More than 0.5. A multiple of 0.5."),
        ({"type": "string", "minLength": 32, "maxLength": 64}, "At least 32 characters. At most 64 characters."),
        ({"type": "string", "pattern": "^[a-z]+$"}, "Matches `^[a-z]+$`."),
        ({"type": "array", "items": {}, "minItems": 1, "maxItems": 5, "uniqueItems": True},
         "At least 1 items. At most 5 items. No item twice."),
        ({"type": "string", "default": "US"}, "Default: `US`."),
        ({"type": "string", "default": ""}, "Default: ``."),
        ({"type": "boolean", "default": False}, "Default: `false`."),
        ({"type": "array", "items": {}, "default": ["SMS"]}, 'Default: `["SMS"]`.'),
        ({"type": "string", "default": None}, ""),
        ({"type": "string", "default": "YOUR_selected_phoneNumber"}, ""),
        ({"type": "string", "description": "Text.\n", "maxLength": 3}, "Text.\nAt most 3 characters."),
        ({"type": "string", "description": "Text."}, "Text."),
    ],
)  # fmt: skip
def test_a_property_says_what_the_api_checks_and_applies(schema: Node, lines: str) -> None:
    assert description(**schema) == lines


def test_a_parameter_says_it_wherever_it_is_defined() -> None:
    size: Node = {"name": "size", "in": "query", "schema": {"$ref": "#/components/schemas/Size"}}
    page: Node = {"name": "page", "in": "query", "description": "Which.", "schema": {"minimum": 1}}
    shared: Node = {"name": "shared", "in": "query", "schema": {"maximum": 3}}
    document: Node = {
        "paths": {"/x": {"parameters": [shared], "get": {"parameters": [size, {"$ref": "#/components/parameters/P"}]}}},
        "components": {
            "schemas": {"Size": {"type": "integer", "maximum": 7}},
            "parameters": {"P": page},
        },
    }  # fmt: skip
    constraints_are_described(document)
    assert [part.get("description") for part in (size, page, shared)] == [
        "At most 7.", "Which.\nAt least 1.", "At most 3.",
    ]  # fmt: skip
    assert "description" not in shared["schema"]
