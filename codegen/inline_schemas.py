"""Gives inline objects, unions and enums a name, and moves them to `components.schemas`."""

from __future__ import annotations

from openapi_python_client.strings import pascal_case

from .document import SCHEMAS, Node, operations
from .errors import CodegenError
from .pointers import SCHEMAS_PLACE, Pointer

__all__ = ["hoist_inline"]


def hoist_inline(document: Node) -> None:
    """Moves every inline object, union and enum to `components.schemas`, named after its place."""
    schemas: Node = document["components"]["schemas"]
    for name in list(schemas):
        _hoist_within(schemas, schemas[name], name, SCHEMAS_PLACE / name)
    for place, _, _, operation in operations(document):
        name = operation["operationId"]
        for part, suffix in ((operation.get("requestBody", {}), "Request"), *_responses(operation)):
            for media in part.get("content", {}).values():
                if "schema" in media:
                    media["schema"] = _hoisted(schemas, media["schema"], f"{name}{suffix}", place)


def _responses(operation: Node) -> list[tuple[Node, str]]:
    return [(response, "Response") for response in operation["responses"].values()]


def _hoist_within(schemas: Node, schema: Node, name: str, place: Pointer) -> None:
    for key, inner in schema.get("properties", {}).items():
        schema["properties"][key] = _hoisted(schemas, inner, f"{name}_{key}", place / "properties" / key)
    if isinstance(schema.get("items"), dict):
        schema["items"] = _hoisted(schemas, schema["items"], f"{name}_item", place / "items")


def _hoisted(schemas: Node, schema: Node, name: str, place: Pointer) -> Node:
    """A reference to `schema` under its new name, or `schema` itself if it needs no name."""
    _hoist_within(schemas, schema, name, place)
    if not ("properties" in schema or "enum" in schema or "discriminator" in schema):
        return schema
    title = pascal_case(name)
    if schemas.setdefault(title, schema) != schema:
        raise CodegenError(f"{place}: the name {title!r} for the inline schema is already taken")
    return {"$ref": SCHEMAS + title}
