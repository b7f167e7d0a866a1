"""Refuses what the templates would lose in silence, or write half, with the JSON pointer of each place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from .document import Node, each_schema, operations, resolve
from .errors import CodegenError
from .pointers import ROOT, Pointer

__all__ = ["check_supported"]

SERVER = "https://numbers.api.sinch.com"
"""What the client's default `base_url` is."""
SCHEMES = {("http", "basic"), ("oauth2", "")}
"""How the client authenticates: the type of the security scheme, and the scheme of http."""


def check_supported(document: Node) -> None:
    """Raises CodegenError that names everything in the corrected document that is not supported."""
    problems = [*_of_api(document), *_of_operations(document), *_of_schemas(document)]
    if problems:
        raise CodegenError(
            "\n".join(
                ["the document has what is not supported (skip it in config.yaml, with a reason):", *problems]
            )
        )


def _of_api(document: Node) -> Iterator[str]:
    for index, server in enumerate(document.get("servers", [])):
        if server.get("url", "").rstrip("/") != SERVER:
            yield f"{ROOT / 'servers' / index / 'url'}: {server.get('url')!r} is not the client's base_url {SERVER}"
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        if (scheme.get("type"), scheme.get("scheme", "")) not in SCHEMES:
            yield f"{ROOT / 'components' / 'securitySchemes' / name}: the client does not authenticate with this"


def _of_operations(document: Node) -> Iterator[str]:
    for path, item in document["paths"].items():
        for index, parameter in enumerate(item.get("parameters", [])):
            yield from _of_parameter(document, parameter, ROOT / "paths" / path / "parameters" / index)
    for place, _, _, operation in operations(document):
        for index, parameter in enumerate(operation.get("parameters", [])):
            yield from _of_parameter(document, parameter, place / "parameters" / index)
        content = _followed(document, operation.get("requestBody", {})).get("content", {})
        for media_type in content:
            if media_type.partition(";")[0].strip().lower() != "application/json":
                yield f"{place / 'requestBody' / 'content' / media_type}: only application/json is sent"
        if "security" in operation and operation["security"] != document.get("security"):
            yield f"{place / 'security'}: an operation with its own authentication"


def _of_parameter(document: Node, parameter: Node, place: Pointer) -> Iterator[str]:
    own = _followed(document, parameter)
    where = own.get("in")
    if "content" in own:
        yield f"{place / 'content'}: a parameter that is serialized as a media type"
        return
    schema = resolve(document, own.get("schema", {}), place / "schema")
    several = schema.get("type") in ("array", "object")
    if where == "query" and own.get("style", "form") != "form":
        yield f"{place / 'style'}: only the style `form` is written"
    if where == "query" and several and own.get("explode", True) is not True:
        yield f"{place / 'explode'}: a list is written as repeated keys only"
    if where == "query" and schema.get("type") == "object":
        yield f"{place / 'schema'}: an object in a query"
    if where == "path" and (several or schema.get("format") in ("date", "date-time")):
        yield f"{place / 'schema'}: only strings, numbers and booleans are written into a path"
    if where == "path" and own.get("style", "simple") != "simple":
        yield f"{place / 'style'}: only the style `simple` is written"


def _of_schemas(document: Node) -> Iterator[str]:
    for place, schema in each_schema(document):
        unions: list[str] = [key for key in ("oneOf", "anyOf") if key in schema]
        if "discriminator" in schema and not unions:
            yield f"{place / 'discriminator'}: a base schema, whose variants are not listed in oneOf"
        if "discriminator" in schema:
            yield from _of_union(document, schema, place, unions)
        for index, part in enumerate(schema.get("allOf", [])):
            target = resolve(document, part, place)
            if len(schema["allOf"]) + len(schema.get("properties", {})) > 1 and _is_union(target):
                yield f"{place / 'allOf' / index}: a union cannot be merged with other properties"
        for key in ("enum", "x-enumDescriptions", "x-extensible-enum"):
            values = schema.get(key) if isinstance(schema.get(key), dict | list) else ()
            for value in cast("Iterable[object]", values):
                if isinstance(value, str) and not value.isprintable():
                    yield f"{place / key}: {value!r} has characters that are not printable"
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict) and _is_object(document, cast(Node, inner), place):
            yield f"{place / 'additionalProperties'}: a map of objects, which would not be decoded"


def _of_union(document: Node, schema: Node, place: Pointer, unions: list[str]) -> Iterator[str]:
    variants = [inner for key in unions for inner in schema[key]]
    references = {inner.get("$ref") for inner in variants}
    for index, inner in enumerate(variants):
        if _is_union(resolve(document, inner, place)):
            yield f"{place / 'oneOf' / index}: a union of unions"
    for value, reference in schema["discriminator"].get("mapping", {}).items():
        full = reference if "/" in reference else f"#/components/schemas/{reference}"
        if unions and full not in references:
            yield f"{place / 'discriminator' / 'mapping' / value}: {reference} is not one of the variants"


def _is_union(schema: Node) -> bool:
    return "oneOf" in schema or "anyOf" in schema


def _is_object(document: Node, schema: Node, place: Pointer) -> bool:
    target = resolve(document, schema, place)
    return "properties" in target or "allOf" in target or _is_union(target)


def _followed(document: Node, part: Any) -> Node:
    while "$ref" in part:
        _, _, kind, name = part["$ref"].split("/", 3)
        part = document["components"][kind][name]
    return cast(Node, part)
