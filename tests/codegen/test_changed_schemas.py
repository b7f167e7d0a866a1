"""Changes of schemas that are right in the generated code, as running it shows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from .changing import (
    CHOICE,
    LEAF,
    NOON,
    STRING,
    STRINGS,
    VARIANTS,
    Change,
    Generated,
    Row,
    both,
    prop,
    ref,
    schema,
)

pytestmark = pytest.mark.slow


NAMES = ("_id", "1st", "class", "@type", "a.b", "_wire", "_get", "_self", "raw", "_KNOWN", "_set_a")

ROWS: list[Row] = [
    ("string", prop(STRING), lambda g: g.p("x"), "x"),
    ("integer", prop({"type": "integer", "format": "int64"}), lambda g: g.p(2**60), 2**60),
    ("number", prop({"type": "number"}), lambda g: g.p(1.5), 1.5),
    ("boolean", prop({"type": "boolean"}), lambda g: g.p(True), True),
    ("date-time", prop({**STRING, "format": "date-time"}), lambda g: g.p("2026-01-02T12:00:00Z"), NOON),
    ("date", prop({**STRING, "format": "date"}), lambda g: g.p("2026-01-02"), "2026-01-02"),
    ("decimal", prop({**STRING, "format": "decimal"}), lambda g: g.p("1.50"), Decimal("1.50")),
    ("binary", prop({**STRING, "format": "byte"}), lambda g: g.p("YQ=="), "YQ=="),
    ("any", prop({}), lambda g: g.p([1, {"a": None}]), [1, {"a": None}]),
    (
        "object without properties",
        prop({"type": "object"}),
        lambda g: g.decoded({"p": {"x": 1}}).to_dict(),
        {"p": {"x": 1}},
    ),
    (
        "map of strings",
        prop({"type": "object", "additionalProperties": STRING}),
        lambda g: g.decoded({"p": {"x": "y"}}).to_dict(),
        {"p": {"x": "y"}},
    ),
    (
        "map of lists",
        prop({"type": "object", "additionalProperties": STRINGS}),
        lambda g: g.decoded({"p": {"x": ["y"]}}).to_dict(),
        {"p": {"x": ["y"]}},
    ),
    ("list", prop(STRINGS), lambda g: g.p(["a"]), ("a",)),
    (
        "list of lists",
        prop({"type": "array", "items": STRINGS}),
        lambda g: g.decoded({"p": [["a"], []]}).to_dict(),
        {"p": [["a"], []]},
    ),
    ("list of models", prop({"type": "array", "items": ref("Leaf")}), lambda g: g.p([{"a": "x"}])[0].a, "x"),
    (
        "list of anything",
        prop({"type": "array", "items": {}}),
        lambda g: g.decoded({"p": [1, "a"]}).to_dict(),
        {"p": [1, "a"]},
    ),
    ("items without a type", prop({"items": STRING}), lambda g: g.p(["a"]), ("a",)),
    ("inline object", prop(LEAF), lambda g: type(g.p({"a": "x"})).__name__, "OddP"),
    ("object without a type", prop({"properties": {"a": STRING}}), lambda g: g.p({"a": "x"}).a, "x"),
    ("alias of a string", both(schema(Id=STRING), prop(ref("Id"))), lambda g: g.p("x"), "x"),
    ("alias of a list", both(schema(Ids=STRINGS), prop(ref("Ids"))), lambda g: g.p(["x"]), ("x",)),
    (
        "alias of an enum",
        both(schema(Kind={**STRING, "enum": ["A"]}, Alias={"allOf": [ref("Kind")]}), prop(ref("Alias"))),
        lambda g: g.p("A"),
        "A",
    ),
    ("nullable", prop({**STRING, "nullable": True}), lambda g: g.p(None), None),
    ("default", prop({**STRING, "default": "d"}), lambda g: g.decoded({}).p, None),
    (
        "described reference",
        prop({"allOf": [ref("Leaf")], "description": "d"}),
        lambda g: g.p({"a": "x"}).a,
        "x",
    ),
    ("constraints", prop({**STRING, "minLength": 3, "pattern": "^a"}), lambda g: g.p("b"), "b"),
    ("not", prop({"not": {"type": "string"}}), lambda g: g.p(5), 5),
    (
        "enum",
        prop({**STRING, "enum": ["A"]}),
        lambda g: (g.p("A").is_known, g.p("B").is_known),
        (True, False),
    ),
    (
        "enum with null",
        prop({**STRING, "nullable": True, "enum": ["A", None]}),
        lambda g: (g.p("A"), g.p(None)),
        ("A", None),
    ),
    (
        "enum of odd values",
        prop({**STRING, "enum": ["a-b", "1", "x y", "é"]}),
        lambda g: [g.p(v).is_known for v in ("a-b", "1", "x y", "é")],
        [True] * 4,
    ),
    ("enum of integers", prop({"type": "integer", "enum": [1, 2]}), lambda g: g.p(3), 3),
    ("enum without a type", prop({"enum": ["A"]}), lambda g: g.p("A"), "A"),
    (
        "union of primitives",
        prop({"oneOf": [STRING, {"type": "integer"}]}),
        lambda g: (g.p("a"), g.p(1)),
        ("a", 1),
    ),
    ("union of objects", prop({"oneOf": [ref("Leaf"), STRING]}), lambda g: g.p({"a": "x"}), {"a": "x"}),
    (
        "union",
        both(schema(**VARIANTS), prop(CHOICE)),
        lambda g: (g.p({"kind": "A", "a": "x"}).a, g.p({"kind": "C", "c": 1}).raw),
        ("x", {"kind": "C", "c": 1}),
    ),
    (
        "list of a union",
        both(schema(**VARIANTS), prop({"type": "array", "items": CHOICE})),
        lambda g: g.p([{"kind": "B", "b": "x"}])[0].b,
        "x",
    ),
    (
        "mapping by name",
        schema(
            **VARIANTS,
            Odd={
                **CHOICE,
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"a": "A", "b": "#/components/schemas/B"},
                },
            },
        ),
        lambda g: (g.decoded({"kind": "a", "a": "x"}).a, type(g.decoded({"kind": "b"})).__name__),
        ("x", "B"),
    ),
    (
        "two values of one variant",
        schema(
            **VARIANTS,
            Odd={
                **CHOICE,
                "discriminator": {
                    "propertyName": "kind",
                    "mapping": {"a": "#/components/schemas/A", "aa": "#/components/schemas/A"},
                },
            },
        ),
        lambda g: g.decoded({"kind": "aa", "a": "x"}).a,
        "x",
    ),
    (
        "allOf of three",
        schema(
            Leaf=LEAF,
            Odd={"allOf": [ref("Leaf"), {"properties": {"b": STRING}}], "properties": {"c": STRING}},
        ),
        lambda g: g.decoded({"a": "1", "b": "2", "c": "3"}).c,
        "3",
    ),
    (
        "narrowed enum",
        schema(
            Kind={**STRING, "enum": ["A", "B"]},
            Base={"type": "object", "properties": {"k": ref("Kind")}},
            Odd={"allOf": [ref("Base"), {"type": "object", "properties": {"k": {**STRING, "enum": ["A"]}}}]},
        ),
        lambda g: g.decoded({"k": "B"}).k.is_known,
        True,
    ),
    (
        "itself",
        schema(Odd={"type": "object", "properties": {"p": ref("Odd"), "a": STRING}}),
        lambda g: g.p({"a": "x"}).a,
        "x",
    ),
    (
        "names",
        schema(Odd={"type": "object", "properties": dict.fromkeys(NAMES, STRING)}),
        lambda g: g.decoded(dict.fromkeys(NAMES, "v")).additional_properties,
        {},
    ),
    (
        "a schema with a dot",
        schema(**{"odd.name-x": LEAF}),
        lambda g: g.decoded({"a": "x"}, "OddNameX").a,
        "x",
    ),
    ("extensions", prop({**STRING, "x-own": {"a": 1}}), lambda g: g.p("x"), "x"),
    ("writeOnly", prop({**STRING, "writeOnly": True}), lambda g: g.p("x"), "x"),
    (
        "a described part",
        prop({"allOf": [ref("Leaf"), {"description": "d", "nullable": True}]}),
        lambda g: g.p({"a": "x"}).a,
        "x",
    ),
    (
        "a requirement in allOf",
        schema(Odd={"allOf": [LEAF, {"oneOf": [{"required": ["a"]}]}]}),
        lambda g: g.decoded({"a": "x"}).a,
        "x",
    ),
    ("an empty enum value", prop({**STRING, "enum": ["", "A"]}), lambda g: g.p("").is_known, True),
    ("a mixed enum", prop({"enum": ["A", 1]}), lambda g: (g.p("A"), g.p(1)), ("A", 1)),
    (
        "names of schemas that the code uses",
        schema(str=LEAF, Int=LEAF, Model=LEAF, datetime=LEAF, TYPE_CHECKING=LEAF, Unknown=LEAF),
        lambda g: [g.decoded({"a": "x"}, name).a for name in ("Str", "Int", "Model", "Datetime", "Unknown")],
        ["x"] * 5,
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
