"""Facts that the generator drops, by class: discriminators, request or response, descriptions of enum values, cycles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import Class
from openapi_python_client.strings import PythonIdentifier, in_double_quote_literal

from .document import SCHEMAS, Node, operations, references, resolve
from .errors import CodegenError
from .pointers import SCHEMAS_PLACE

__all__ = ["Tables", "Union", "tables"]

Names: TypeAlias = set[str]


@dataclass(frozen=True)
class Union:
    """How to decode one union, with class names instead of schema names."""

    name: str
    key: str
    """The discriminator's JSON name."""
    variants: dict[str, str]
    """The class for each value of the discriminator."""
    default: str | None
    """The value of an absent discriminator."""
    read_only: Names

    @property
    def unknown(self) -> str:
        """The class for a value that has no variant."""
        return f"Unknown{self.name}"

    @property
    def classes(self) -> list[str]:
        """The classes of the variants, each once."""
        return list(dict.fromkeys(self.variants.values()))


@dataclass(frozen=True)
class Tables:
    """The facts, by class name."""

    modules: dict[str, str]
    classes: dict[str, str] = field(default_factory=dict[str, str])
    """The class of each schema."""
    unions: dict[str, Union] = field(default_factory=dict[str, Union])
    discriminators: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """The property and the value that identify a variant."""
    siblings: dict[str, Names] = field(default_factory=dict[str, Names])
    """The properties that only other variants of the same union have."""
    request_only: Names = field(default_factory=Names)
    nullable: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Pairs of a class and the JSON name of a property that may be null."""
    enum_texts: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    cyclic: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Pairs (a, b): class a refers to b, and b refers back to a, directly or through others."""

    def module(self, class_name: str) -> str:
        """The module of a class, including one that the generator named itself."""
        return self.modules.get(class_name) or str(PythonIdentifier(class_name, "field_"))

    def is_default(self, class_name: str) -> bool:
        """Whether it is the variant of a union whose discriminator may be absent."""
        return any(
            union.default is not None and union.variants[union.default] == class_name
            for union in self.unions.values()
        )


def tables(document: Node, config: Config) -> Tables:
    """The tables of a transformed document."""
    schemas: Node = document["components"]["schemas"]
    classes = {name: Class.from_string(string=name, config=config) for name in schemas}
    names = {name: str(class_.name) for name, class_ in classes.items()}
    modules = {str(class_.name): str(class_.module_name) for class_ in classes.values()}
    result = Tables(modules=modules, classes=names)
    for name, schema in schemas.items():
        if "x-union" in schema:
            _add_union(result, schemas, names, name)
            if result.unions[names[name]].unknown in names.values():
                raise CodegenError(
                    f"{SCHEMAS_PLACE / name}: its class for an unknown variant has the name of another schema"
                )
        for key, inner in schema.get("properties", {}).items():
            if _may_be_null(document, inner, SCHEMAS_PLACE / name / "properties" / key):
                result.nullable.add((names[name], key))
        described = schema.get("x-enumDescriptions")
        if "enum" in schema and isinstance(described, dict):
            result.enum_texts[names[name]] = {
                in_double_quote_literal(value): str(text) for value, text in cast(Node, described).items()
            }
    edges = {name: _references(schema) & set(schemas) for name, schema in schemas.items()}
    sent, received = _directions(document, edges)
    result.request_only.update(names[name] for name in sent - received)
    for name, targets in edges.items():
        for target in targets:
            if target != name and name in _reachable({target}, edges):
                result.cyclic.add((names[name], names[target]))
    return result


def _add_union(result: Tables, schemas: Node, names: dict[str, str], name: str) -> None:
    table = schemas[name]["x-union"]
    properties = {variant: schemas[variant].get("properties", {}) for variant in table["mapping"].values()}
    read_only = {
        key for own in properties.values() for key, schema in own.items() if schema.get("readOnly") is True
    }
    result.unions[names[name]] = Union(
        name=names[name],
        key=table["property"],
        variants={value: names[variant] for value, variant in table["mapping"].items()},
        default=table["default"],
        read_only=read_only,
    )
    for value, variant in table["mapping"].items():
        result.discriminators.setdefault(names[variant], (table["property"], value))
        others = {key for other, own in properties.items() if other != variant for key in own}
        result.siblings.setdefault(names[variant], set()).update(others - set(properties[variant]))


def _may_be_null(document: Node, schema: Node, place: str) -> bool:
    return any(
        resolve(document, part, place).get("x-nullable") is True
        for part in (schema, *schema.get("allOf", ()))
    )


def _references(part: Any) -> Names:
    """The schemas that a part of the document refers to directly. A union refers to its variants."""
    union: Node = part.get("x-union", {})
    return {name.removeprefix(SCHEMAS) for name in references(part) if name.startswith(SCHEMAS)} | set(
        union.get("mapping", {}).values()
    )


def _reachable(start: Names, edges: dict[str, Names]) -> Names:
    seen: Names = set()
    todo = list(start)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += edges.get(name, ())
    return seen


def _directions(document: Node, edges: dict[str, Names]) -> tuple[Names, Names]:
    """The schemas that requests can contain, and those that responses can contain.

    A schema that no operation refers to, such as an event's, counts as received.
    """
    sent: Names = set()
    received: Names = set()
    components: Node = document["components"]
    for _, _, _, operation in operations(document):
        sent |= _references(_followed(components, operation.get("requestBody", {})))
        for response in operation["responses"].values():
            received |= _references(_followed(components, response))
    sent, received = _reachable(sent, edges), _reachable(received, edges)
    parents = {target for targets in edges.values() for target in targets}
    loose = {name for name in edges if name not in sent | received | parents}
    return sent, received | _reachable(loose, edges)


def _followed(components: Node, part: Node) -> Node:
    """The request body or response that `part` refers to, or `part` itself."""
    while "$ref" in part:
        _, _, kind, name = part["$ref"].split("/", 3)
        part = components[kind][name]
    return part
