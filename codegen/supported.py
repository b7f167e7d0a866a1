"""Refuses what the templates would lose in silence, or write half, with the JSON pointer of each place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from .document import METHODS, Node, is_object, operations, resolve
from .errors import CodegenError
from .pointers import ROOT, Pointer
from .supported_schemas import problems_of_schemas

__all__ = ["check_supported", "problems_of"]

SERVER = "https://numbers.api.sinch.com"
"""What the client's default `base_url` is."""
SCHEMES = {("http", "basic"), ("oauth2", "")}
"""How the client authenticates: the type of the security scheme, and the scheme of http."""
JSON = re.compile(r"application/([\w.+-]+\+)?json")


def check_supported(document: Node) -> None:
    """Raises CodegenError that names everything in the corrected document that is not supported."""
    problems = problems_of(document)
    if problems:
        raise CodegenError(
            "\n".join(
                ["the document has what is not supported (skip it in config.yaml, with a reason):", *problems]
            )
        )


def problems_of(document: Node) -> list[str]:
    """Everything that is not supported, each with its place. Raises CodegenError for a reference to nothing."""
    return [*_of_api(document), *_of_operations(document), *problems_of_schemas(document)]


def _of_api(document: Node) -> Iterator[str]:
    yield from _of_servers(document, ROOT)
    for name, scheme in document.get("components", {}).get("securitySchemes", {}).items():
        place = ROOT / "components" / "securitySchemes" / name
        scheme = _followed(document, scheme, place)
        if (scheme.get("type"), scheme.get("scheme", "")) not in SCHEMES:
            yield f"{place}: the client does not authenticate with this"


def _of_servers(part: Node, place: Pointer) -> Iterator[str]:
    for index, server in enumerate(part.get("servers", [])):
        if server.get("url", "").rstrip("/") != SERVER:
            yield f"{place / 'servers' / index / 'url'}: {server.get('url')!r} is not the client's base_url {SERVER}"


def _of_operations(document: Node) -> Iterator[str]:
    for path, item in document["paths"].items():
        place = ROOT / "paths" / path
        if not path.startswith("/") or "?" in path or "#" in path:
            yield f"{place}: is not a path"
        yield from _of_servers(item, place)
        for key in item:
            if key not in (
                *METHODS,
                "parameters",
                "servers",
                "summary",
                "description",
            ) and not key.startswith("x-"):
                yield f"{place / key}: is nothing that a path has in OpenAPI 3.1"
        for index, parameter in enumerate(item.get("parameters", [])):
            yield from _of_parameter(document, parameter, place / "parameters" / index)
    for place, path, _, operation in operations(document):
        if "operationId" in operation and not str(operation["operationId"]).strip("_- ."):
            yield f"{place / 'operationId'}: does not become a name"
        yield from _of_servers(operation, place)
        for index, parameter in enumerate(operation.get("parameters", [])):
            yield from _of_parameter(document, parameter, place / "parameters" / index)
        yield from _of_names(document, operation, place)
        yield from _of_path(document, operation, path, place)
        yield from _of_body(document, operation, place)
        yield from _of_responses(document, operation, place)
        if "security" in operation and operation["security"] != document.get("security"):
            yield f"{place / 'security'}: an operation with its own authentication"


def _of_names(document: Node, operation: Node, place: Pointer) -> Iterator[str]:
    """Each parameter is there once."""
    seen: set[tuple[object, object]] = set()
    for index, parameter in enumerate(operation.get("parameters", [])):
        own = _followed(document, parameter, place / "parameters" / index)
        name = (own.get("in"), own.get("name"))
        if name in seen:
            yield f"{place / 'parameters' / index}: is there twice"
        seen.add(name)


def _of_path(document: Node, operation: Node, path: str, place: Pointer) -> Iterator[str]:
    """The placeholders of the path are its parameters, each once."""
    given = [*document["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    followed = [_followed(document, parameter, place / "parameters") for parameter in given]
    declared = {parameter.get("name") for parameter in followed if parameter.get("in") == "path"}
    names = re.findall(r"{([^{}]*)}", path)
    for name in sorted({*declared, *names}, key=str):
        if names.count(name) != 1 or name not in declared:
            yield f"{place / 'parameters'}: {name!r} must be once in the path and among its parameters"


def _of_parameter(document: Node, parameter: Node, place: Pointer) -> Iterator[str]:
    own = _followed(document, parameter, place)
    where = own.get("in")
    if "content" in own:
        yield f"{place / 'content'}: a parameter that is serialized as a media type"
        return
    if where not in ("query", "path"):
        yield f"{place / 'in'}: only parameters in the path and the query are sent"
        return
    if "schema" not in own:
        yield f"{place}: a parameter without a schema"
        return
    schema = resolve(document, own["schema"], place / "schema")
    yield from (_of_query if where == "query" else _of_segment)(document, own, schema, place)


def _of_query(document: Node, own: Node, schema: Node, place: Pointer) -> Iterator[str]:
    items = resolve(document, schema.get("items", {}), place / "schema")
    if own.get("style", "form") != "form":
        yield f"{place / 'style'}: only the style `form` is written"
    if schema.get("type") in ("array", "object") and own.get("explode", True) is not True:
        yield f"{place / 'explode'}: a list is written as repeated keys only"
    if _has_no_text(schema):
        yield f"{place / 'schema'}: an object in a query"
    if _has_no_text(items) or items.get("type") == "array":
        yield f"{place / 'schema' / 'items'}: only strings, numbers and booleans are written into a query"


def _of_segment(_: Node, own: Node, schema: Node, place: Pointer) -> Iterator[str]:
    if schema.get("type") == "array" or _has_no_text(schema) or schema.get("format") in ("date", "date-time"):
        yield f"{place / 'schema'}: only strings, numbers and booleans are written into a path"
    if own.get("style", "simple") != "simple":
        yield f"{place / 'style'}: only the style `simple` is written"
    if own.get("required") is not True:
        yield f"{place / 'required'}: a part of a path is required"


def _has_no_text(schema: Node) -> bool:
    return schema.get("type") == "object" or "properties" in schema or "allOf" in schema


def _of_body(document: Node, operation: Node, place: Pointer) -> Iterator[str]:
    own = place / "requestBody"
    for media_type, media in (
        _followed(document, operation.get("requestBody", {}), own).get("content", {}).items()
    ):
        if media_type.partition(";")[0].strip().lower() != "application/json":
            yield f"{own / 'content' / media_type}: only application/json is sent"
        elif "schema" not in media:
            yield f"{own / 'content' / media_type}: a body without a schema"


def _of_responses(document: Node, operation: Node, place: Pointer) -> Iterator[str]:
    """Of the successes only the first is decoded, and only as JSON."""
    first: Any = None
    for status, response in sorted(operation.get("responses", {}).items(), key=lambda pair: str(pair[0])):
        if not str(status).startswith("2"):
            continue
        own = place / "responses" / status
        content = _followed(document, response, own).get("content", {})
        read = [media_type for media_type in content if JSON.match(media_type.lower())]
        if content and not read:
            yield f"{own / 'content'}: only JSON is read"
        for media_type in read:
            if "schema" not in content[media_type]:
                yield f"{own / 'content' / media_type}: a body without a schema"
        schema = content[read[0]].get("schema") if read else None
        if first is not None and schema is not None and schema != first:
            yield f"{own}: another body than that of the first success"
        first = first or schema


def _followed(document: Node, part: Any, place: Pointer) -> Node:
    """The component that `part` refers to, or `part` itself."""
    while is_object(part) and "$ref" in part:
        reference = str(part["$ref"])
        match reference.split("/"):
            case ["#", "components", kind, name]:
                part = cast(Node, document.get("components", {})).get(kind, {}).get(name)
            case _:
                part = None
        if part is None:
            raise CodegenError(
                f"{place}: the reference {reference!r} does not lead to anything in the document"
            )
    if not is_object(part):
        raise CodegenError(f"{place}: is not an object")
    return part
