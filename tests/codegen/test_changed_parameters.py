"""Changes of parameters that are right in the generated code, as running it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .changing import (
    ID,
    NOON,
    STRING,
    STRINGS,
    Change,
    Generated,
    Row,
    both,
    operation,
    parameter,
    part,
    ref,
)

pytestmark = pytest.mark.slow


ROWS: list[Row] = [
    ("string", parameter(schema=STRING), lambda g: g.query(p="a b&c"), "p=a%20b%26c"),
    ("integer", parameter(schema={"type": "integer"}), lambda g: g.query(p=5), "p=5"),
    ("number", parameter(schema={"type": "number"}), lambda g: g.query(p=1.5), "p=1.5"),
    ("boolean", parameter(schema={"type": "boolean"}), lambda g: g.query(p=True), "p=true"),
    ("list", parameter(schema=STRINGS), lambda g: g.query(p=["a", "b"]), "p=a&p=b"),
    (
        "exploded list",
        parameter(schema=STRINGS, explode=True, style="form"),
        lambda g: g.query(p=["a", "b"]),
        "p=a&p=b",
    ),
    ("explode of one value", parameter(schema=STRING, explode=False), lambda g: g.query(p="a"), "p=a"),
    (
        "date-time",
        parameter(schema={**STRING, "format": "date-time"}),
        lambda g: g.query(p=NOON),
        "p=2026-01-02T12%3A00%3A00%2B00%3A00",
    ),
    (
        "date",
        parameter(schema={**STRING, "format": "date"}),
        lambda g: g.query(p="2026-01-02"),
        "p=2026-01-02",
    ),
    ("inline enum", parameter(schema={**STRING, "enum": ["A", "B"]}), lambda g: g.query(p="C"), "p=C"),
    (
        "list of an enum",
        parameter(schema={"type": "array", "items": ref("NumberType")}),
        lambda g: g.query(p=[g.models.NumberType.LOCAL, "X"]),
        "p=LOCAL&p=X",
    ),
    (
        "odd name",
        parameter(name="filter[a.b]", schema=STRING),
        lambda g: g.query(filtera_b="x"),
        "filter%5Ba.b%5D=x",
    ),
    ("keyword", parameter(name="from", schema=STRING), lambda g: g.query(from_="x"), "from=x"),
    ("default", parameter(schema={**STRING, "default": "d"}), lambda g: g.query(), ""),
    ("nullable", parameter(schema={**STRING, "nullable": True}), lambda g: g.query(p=None), ""),
    ("allowReserved", parameter(schema=STRING, allowReserved=True), lambda g: g.query(p="a/b"), "p=a%2Fb"),
    ("empty", parameter(schema=STRING, allowEmptyValue=True), lambda g: g.query(p=""), "p="),
    (
        "integer in the path",
        parameter("path", schema={"type": "integer"}),
        lambda g: g.request(id=7).path,
        "/x/7",
    ),
    (
        "enum in the path",
        parameter("path", schema=ref("NumberType")),
        lambda g: g.request(id=g.models.NumberType.LOCAL).path,
        "/x/LOCAL",
    ),
    ("slash in the path", parameter("path", schema=STRING), lambda g: g.request(id="a/b").path, "/x/a%2Fb"),
    (
        "component",
        both(
            part("parameters", P={"name": "p", "in": "query", "schema": STRING}),
            operation(parameters=[ref("P", "parameters"), ID]),
        ),
        lambda g: g.query(p="a"),
        "p=a",
    ),
    (
        "of the path",
        both(operation(parameters=[]), lambda d: d["paths"]["/x/{id}"].update(parameters=[ID])),
        lambda g: g.request(id="b").path,
        "/x/b",
    ),
    (
        "union of primitives",
        parameter(schema={"oneOf": [STRING, {"type": "integer"}]}),
        lambda g: (g.query(p=1), g.query(p="a")),
        ("p=1", "p=a"),
    ),
    (
        "one name in the path and the query",
        operation(parameters=[ID, {"name": "id", "in": "query", "schema": STRING}]),
        lambda g: g.operation("x").build_request(id_path="a", id_query="b").query,
        "id=b",
    ),
    (
        "names that are alike",
        operation(parameters=[ID, *({"name": n, "in": "query", "schema": STRING} for n in ("a-b", "a_b"))]),
        lambda g: g.query(ab="1", a_b="2"),
        "a-b=1&a_b=2",
    ),
    ("named self", parameter(name="self", schema=STRING), lambda g: g.query(self_="x"), "self=x"),
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
