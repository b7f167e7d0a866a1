"""Documents of OpenAPI 3.1 and 3.2 are right in the generated code, as running it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.document import Node

from .changing import (
    CHOICE,
    LEAF,
    NOON,
    STRING,
    VARIANTS,
    Change,
    Generated,
    Row,
    json_of,
    operation,
    part,
    prop,
    ref,
    schema,
    version,
)

pytestmark = pytest.mark.slow


def texts(*values: str) -> list[Node]:
    return [{"const": value, "description": f"About {value}."} for value in values]


ROWS: list[Row] = [
    ("3.1", version("3.1.0", prop(STRING)), lambda g: g.p("x"), "x"),
    ("3.1.1", version("3.1.1", prop(STRING)), lambda g: g.p("x"), "x"),
    ("3.2", version("3.2.0", prop(STRING)), lambda g: g.p("x"), "x"),
    (
        "dialect",
        version(
            "3.1.0", lambda d: d.update(jsonSchemaDialect="https://spec.openapis.org/oas/3.1/dialect/base")
        ),
        lambda g: g.models.Money.__name__,
        "Money",
    ),
    (
        "type with null",
        version("3.1.0", prop({"type": ["string", "null"]})),
        lambda g: (g.p("x"), g.p(None)),
        ("x", None),
    ),
    (
        "list with null",
        version("3.1.0", prop({"type": ["array", "null"], "items": {"type": ["string"]}})),
        lambda g: g.p(["x"]),
        ("x",),
    ),
    (
        "types",
        version("3.1.0", prop({"type": ["string", "integer"]})),
        lambda g: (g.p("x"), g.p(1)),
        ("x", 1),
    ),
    ("only null", version("3.1.0", prop({"type": "null"})), lambda g: g.p(None), None),
    (
        "const",
        version("3.1.0", prop({"const": "A"})),
        lambda g: (g.p("A").is_known, g.p("B").is_known),
        (True, False),
    ),
    ("const of a number", version("3.1.0", prop({"const": 1})), lambda g: g.p(1), 1),
    (
        "anyOf with null",
        version("3.1.0", prop({"anyOf": [ref("Leaf"), {"type": "null"}]})),
        lambda g: (g.p({"a": "x"}).a, g.p(None)),
        ("x", None),
    ),
    (
        "oneOf with null",
        version("3.1.0", prop({"oneOf": [{"type": "null"}, {**STRING, "format": "date-time"}]})),
        lambda g: g.p("2026-01-02T12:00:00Z"),
        NOON,
    ),
    (
        "union with null",
        version("3.1.0", schema(**VARIANTS), prop({**CHOICE, "oneOf": [*CHOICE["oneOf"], {"type": "null"}]})),
        lambda g: g.p({"kind": "A", "a": "x"}).a,
        "x",
    ),
    (
        "described values",
        version("3.1.0", prop({"oneOf": texts("A", "B")})),
        lambda g: (
            g.p("A").is_known,
            "About A." in Path(g.module("models.odd_p").__file__).read_text("utf-8"),
        ),
        (True, True),
    ),
    (
        "siblings of a reference",
        version("3.1.0", prop({**ref("Leaf"), "description": "Own.", "readOnly": True})),
        lambda g: (g.p({"a": "x"}).a, g.decoded({"p": {"a": "x"}}).to_request()),
        ("x", {}),
    ),
    (
        "properties beside a reference",
        version("3.1.0", schema(Leaf=LEAF, Odd={**ref("Leaf"), "properties": {"b": STRING}})),
        lambda g: g.decoded({"a": "1", "b": "2"}).a,
        "1",
    ),
    ("examples", version("3.1.0", prop({**STRING, "examples": ["a", "b"]})), lambda g: g.p("x"), "x"),
    ("bounds", version("3.1.0", prop({"type": "integer", "exclusiveMinimum": 0})), lambda g: g.p(1), 1),
    ("any as true", version("3.1.0", prop(True)), lambda g: g.p([1]), [1]),
    (
        "webhook",
        version(
            "3.1.0",
            lambda d: d.update(
                webhooks={
                    "changed": {
                        "post": {
                            "operationId": "Changed",
                            "requestBody": json_of(LEAF),
                            "responses": {"200": {"description": "x"}},
                        }
                    }
                }
            ),
        ),
        lambda g: g.decoded({"a": "x"}, "ChangedPayload").a,
        "x",
    ),
    (
        "webhook of a union",
        version(
            "3.1.0",
            schema(**VARIANTS),
            lambda d: d.update(
                webhooks={
                    "changed": {
                        "post": {"requestBody": json_of(CHOICE), "responses": {"200": {"description": "x"}}}
                    }
                }
            ),
        ),
        lambda g: g.module("models.changed_payload").decode_changed_payload({"kind": "A", "a": "x"}).a,
        "x",
    ),
    (
        "path item by reference",
        version(
            "3.1.0",
            operation(),
            part("pathItems", Item={"get": {"operationId": "Y", "responses": {"200": {"description": "x"}}}}),
            lambda d: d["paths"].update({"/y": ref("Item", "pathItems")}),
        ),
        lambda g: g.operation("y").build_request().path,
        "/y",
    ),
    (
        "without paths of its own words",
        version(
            "3.1.0",
            lambda d: d["info"].update(summary="s"),
            schema(Odd={**LEAF, "$comment": "c"}),
        ),
        lambda g: g.decoded({"a": "x"}).a,
        "x",
    ),
]


@pytest.mark.parametrize(
    ("change", "found", "right"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_change_is_right_in_the_generated_code(
    change: Change,
    found: Callable[[Generated], object],
    right: object,
    generated: Callable[[Change], Generated],
) -> None:
    assert found(generated(change)) == right
