"""Gives inline objects, unions and enums a name, and moves them to `components.schemas`."""

from __future__ import annotations

from openapi_python_client.strings import pascal_case

from .document import SCHEMAS, Node, is_object, operations
from .errors import CodegenError
from .pointers import ROOT, SCHEMAS_PLACE, Pointer

__all__ = ["hoist_inline"]


def hoist_inline(document: Node) -> None:
    """Moves every inline object, union and enum to `components.schemas`, named after its place."""
    schemas: Node = document["components"]["schemas"]
    for name in list(schemas):
        _hoist_within(schemas, schemas[name], name, SCHEMAS_PLACE / name)
    for place, _, _, operation in operations(document):
        name = operation["operationId"]
        _hoist_content(schemas, operation.get("requestBody", {}), f"{name}Request", place)
        for response in operation["responses"].values():
            _hoist_content(schemas, response, f"{name}Response", place)
    components: Node = document["components"]
    for kind, suffix in (("requestBodies", "Request"), ("responses", "Response")):
        for name, part in components.get(kind, {}).items():
            _hoist_content(schemas, part, f"{name}{suffix}", ROOT / "components" / kind / name)
    for name, callback in components.get("callbacks", {}).items():
        for item in callback.values():
            for operation in item.values() if is_object(item) else ():
                if is_object(operation):
                    own = operation.get("operationId", name)
                    place = ROOT / "components" / "callbacks" / name
                    _hoist_content(schemas, operation.get("requestBody", {}), f"{own}Payload", place)


def _hoist_content(schemas: Node, part: Node, name: str, place: Pointer) -> None:
    """Names the inline schemas of a request body or response."""
    for media in part.get("content", {}).values():
        if "schema" in media:
            media["schema"] = _hoisted(schemas, media["schema"], name, place)


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
