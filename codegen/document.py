"""The document as plain dicts and lists: reads and writes YAML, resolves references, visits every schema."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard, cast

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from .errors import CodegenError
from .pointers import ROOT, SCHEMAS_PLACE, Pointer

__all__ = [
    "METHODS",
    "Node",
    "component_name",
    "dump",
    "each_schema",
    "is_constraint",
    "is_list",
    "is_object",
    "load",
    "operations",
    "references",
    "resolve",
    "schema_roots",
]

Node: TypeAlias = dict[str, Any]
"""One JSON object of the document."""


def is_object(part: object) -> TypeGuard[Node]:
    """Whether a part of the document is a JSON object."""
    return isinstance(part, dict)


def is_list(part: object) -> TypeGuard[list[Any]]:
    """Whether a part of the document is a list."""
    return isinstance(part, list)


def is_constraint(schema: Node, key: str) -> bool:
    """Whether the alternatives under `key` only say which properties are required together: the type is the same for all."""
    return bool(schema[key]) and all(
        set(inner) <= {"required", "not", "title", "description"} for inner in schema[key]
    )


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SCHEMAS = "#/components/schemas/"


class _Constructor(SafeConstructor):
    """Keeps dates in examples as text."""


_Constructor.add_constructor(  # pyright: ignore[reportUnknownMemberType]
    "tag:yaml.org,2002:timestamp",
    SafeConstructor.construct_yaml_str,  # pyright: ignore[reportUnknownMemberType]
)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 120
    return yaml


def load(path: Path) -> Node:
    """The document in `path`. Raises CodegenError with file, line and column if it is not YAML or not an object."""
    try:
        content: object = _yaml().load(path.read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType]
    except (OSError, YAMLError, ValueError) as error:
        raise CodegenError(f"{path}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise CodegenError(f"{path}: the top level is not an object")
    return cast(Node, content)


def dump(document: Node) -> str:
    """The document as YAML."""
    text = io.StringIO()
    _yaml().dump(document, text)  # pyright: ignore[reportUnknownMemberType]
    return text.getvalue()


def component_name(reference: str, place: str) -> str:
    """The name of the schema that `reference` points to. Raises CodegenError if it does not point to a schema."""
    if not reference.startswith(SCHEMAS):
        raise CodegenError(f"{place}: the reference {reference!r} does not point into {SCHEMAS}")
    return reference.removeprefix(SCHEMAS)


def resolve(document: Node, schema: Node, place: str) -> Node:
    """The schema that `schema` refers to, through any number of references; `schema` itself if it is not a reference.

    Raises CodegenError for a circular reference or a missing schema.
    """
    seen: set[str] = set()
    while "$ref" in schema:
        name = component_name(schema["$ref"], place)
        if name in seen:
            raise CodegenError(f"{place}: the reference to {name!r} is circular")
        seen.add(name)
        try:
            schema = document["components"]["schemas"][name]
        except KeyError:
            raise CodegenError(f"{place}: the schema {name!r} does not exist") from None
    return schema


def references(part: Any) -> Iterator[str]:
    """Every reference in `part`, in document order."""
    if isinstance(part, dict):
        for key, value in cast(Node, part).items():
            if key == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for item in cast(list[object], part):
            yield from references(item)


def operations(document: Node) -> Iterator[tuple[Pointer, str, str, Node]]:
    """Every operation: its place, path, method and definition."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item, dict) and method in item:
                yield ROOT / "paths" / path / method, path, method, cast(Node, item[method])


def schema_roots(document: Node) -> Iterator[tuple[Pointer, Node, str]]:
    """Every schema that is not part of another one: its place, and the object and key that contain it."""
    components = document.get("components", {})
    for name in list(components.get("schemas", {})):
        yield SCHEMAS_PLACE / name, components["schemas"], name
    for kind in ("parameters", "requestBodies", "responses"):
        for name, part in components.get(kind, {}).items():
            yield from _roots_of_part(ROOT / "components" / kind / name, part)
    for path, item in document.get("paths", {}).items():
        for index, parameter in enumerate(item.get("parameters", [])):
            yield from _roots_of_part(ROOT / "paths" / path / "parameters" / index, parameter)
    for name, callback in components.get("callbacks", {}).items():
        yield from _roots_of_callback(ROOT / "components" / "callbacks" / name, callback)
    for place, _, _, operation in operations(document):
        yield from _roots_of_operation(place, operation)
        for name, callback in operation.get("callbacks", {}).items():
            yield from _roots_of_callback(place / "callbacks" / name, callback)


def _roots_of_operation(place: Pointer, operation: Node) -> Iterator[tuple[Pointer, Node, str]]:
    for index, parameter in enumerate(operation.get("parameters", [])):
        yield from _roots_of_part(place / "parameters" / index, parameter)
    yield from _roots_of_part(place / "requestBody", operation.get("requestBody", {}))
    for status, response in operation.get("responses", {}).items():
        yield from _roots_of_part(place / "responses" / status, response)


def _roots_of_callback(place: Pointer, callback: Node) -> Iterator[tuple[Pointer, Node, str]]:
    for expression, item in callback.items():
        for method in METHODS:
            if is_object(item) and method in item:
                yield from _roots_of_operation(place / expression / method, item[method])


def _roots_of_part(place: Pointer, part: Node) -> Iterator[tuple[Pointer, Node, str]]:
    """The schemas of one parameter, request body or response."""
    if "schema" in part:
        yield place / "schema", part, "schema"
    for media_type, media in part.get("content", {}).items():
        if "schema" in media:
            yield place / "content" / media_type / "schema", media, "schema"


def each_schema(document: Node) -> Iterator[tuple[Pointer, Node]]:
    """Every schema with its place, outer ones first. References are not followed."""
    for place, holder, key in schema_roots(document):
        yield from _within(place, holder[key])


def _within(place: Pointer, schema: Node) -> Iterator[tuple[Pointer, Node]]:
    if not isinstance(schema, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise CodegenError(f"{place}: a schema must be an object, not {schema!r}")
    yield place, schema
    for name, inner in list(schema.get("properties", {}).items()):
        yield from _within(place / "properties" / name, inner)
    for key in ("allOf", "oneOf", "anyOf"):
        for index, inner in enumerate(schema.get(key, [])):
            yield from _within(place / key / index, inner)
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            yield from _within(place / key, schema[key])
