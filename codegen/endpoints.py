"""The values for an operation's template: names, parameters, body and response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.any import AnyProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.strings import PythonIdentifier

from .document import Node, operations
from .errors import CodegenError
from .fields import fields_of
from .kinds import kind_of
from .literals import literal, literal_in_f_string
from .pointers import ROOT, Pointer
from .safety import safety_of
from .tables import Tables

__all__ = ["Operation", "Paging", "Parameter", "operation_index", "operation_of"]


RESERVED = {"body", "datetime", "decimal", "json_body", "json_object", "path_segment", "query_string"}
"""Names that the template uses, so that no parameter can have them."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    name: str
    json: str
    annotation: str
    required: bool
    text: str
    classes: tuple[str, ...]
    place: str
    """`path` or `query`."""
    kind: str
    """What a value is in a URL: `string`, `integer`, `number`, `boolean` or `time`."""
    is_list: bool
    enum: str | None
    """The enum of its values."""


@dataclass(frozen=True)
class Paging:
    """How a listing is read page by page: the attribute of a page with its items, its JSON name, and the type of an item."""

    attribute: str
    json: str
    item: str


@dataclass(frozen=True)
class Operation:
    """The values for the template of one operation."""

    name: str
    function: str
    """The name of its module, and of its method of `client.operations`."""
    tag: str
    method: str
    safety: str
    deprecated: bool
    paging: Paging | None
    classes: list[str]
    """All generated classes that it needs."""
    template: str
    text: str
    path: str
    """The Python expression that builds the path."""
    parameters: list[Parameter]
    query: list[Parameter]
    has_path_parameters: bool
    body: str | None
    body_required: bool
    response: str | None
    decoder: str | None
    imports: list[str]


def operation_index(document: Node, field_prefix: str) -> dict[str, tuple[str, str, Node]]:
    """Path, method and definition of each operation, by the generator's name for it.

    Raises CodegenError if two operations have the same name.
    """
    index: dict[str, tuple[str, str, Node]] = {}
    for place, path, method, operation in operations(document):
        name = str(PythonIdentifier(operation["operationId"], field_prefix))
        if name in index:
            raise CodegenError(f"{place}: the name {name!r} is taken by {index[name][1]} {index[name][0]}")
        index[name] = (path, method, operation)
    return index


def operation_of(
    endpoint: Endpoint, tag: str, document: Node, index: dict[str, tuple[str, str, Node]], tables: Tables
) -> Operation:
    """The template's values for one endpoint of the generator. Raises CodegenError for what no template supports."""
    template, method, definition = index[str(endpoint.name)]
    place = ROOT / "paths" / template / method
    if endpoint.header_parameters or endpoint.cookie_parameters:
        raise CodegenError(f"{place}: parameters in headers or cookies are not supported")
    texts = _parameter_texts(document, template, definition)
    path = [_parameter(prop, texts, tables, "path") for prop in endpoint.path_parameters]
    query = [_parameter(prop, texts, tables, "query") for prop in endpoint.query_parameters]
    for parameter in (*path, *query):
        if parameter.name in RESERVED:
            raise CodegenError(
                f"{place / 'parameters'}: {parameter.json!r} is a name that the generated code uses"
            )
    body = _body(endpoint, place)
    response, decoder = _response(endpoint, place, tables)
    classes = {name for parameter in [*path, *query] for name in parameter.classes} | {
        name for name in (body, response) if name
    }
    imports = [f"from ...models.{tables.module(name)} import {name}" for name in sorted(classes)]
    if decoder is not None and not decoder.endswith(".from_dict"):
        imports.append(f"from ...models.{tables.module(response or '')} import {decoder}")
    paging = paging_of(endpoint, tables)
    return Operation(
        name=definition["operationId"],
        function=str(endpoint.name),
        tag=tag,
        method=method.upper(),
        deprecated=definition.get("deprecated") is True,
        paging=paging,
        classes=sorted(classes | ({paging.item} if paging is not None else set[str]())),
        safety=safety_of(method, definition, place),
        template=template,
        text="\n\n".join(filter(None, [definition.get("summary"), definition.get("description")]))
        or "No description.",
        path=_path_expression(endpoint),
        parameters=[*path, *query],
        query=query,
        has_path_parameters=bool(path),
        body=body,
        body_required=bool(endpoint.bodies and endpoint.bodies[0].prop.required),
        response=response,
        decoder=decoder,
        imports=imports,
    )


def _parameter_texts(document: Node, template: str, definition: Node) -> dict[str, str]:
    """The description of each parameter, which the generator drops."""
    texts: dict[str, str] = {}
    for parameter in [*document["paths"][template].get("parameters", []), *definition.get("parameters", [])]:
        if "$ref" in parameter:
            parameter = document["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[-1]]
        texts[parameter["name"]] = parameter.get("description", "")
    return texts


def _parameter(prop: PropertyProtocol, texts: dict[str, str], tables: Tables, place: str) -> Parameter:
    inner: Any = prop.inner_property if isinstance(prop, ListProperty) else prop
    kind = kind_of(inner, None, tables)
    annotation = f"{kind.annotation} | str" if kind.shape == "enum" else kind.annotation
    return Parameter(
        name=str(prop.python_name),
        json=literal(prop.name.get_untrusted_value()),
        annotation=f"Sequence[{annotation}]" if isinstance(prop, ListProperty) else annotation,
        required=prop.required,
        text=texts.get(prop.name.get_untrusted_value(), ""),
        classes=kind.classes,
        place=place,
        kind=IN_URL.get(kind.annotation, "string"),
        is_list=isinstance(prop, ListProperty),
        enum=kind.annotation if kind.shape == "enum" else None,
    )


IN_URL = {"int": "integer", "float": "number", "bool": "boolean", "datetime.datetime": "time"}


def paging_of(endpoint: Endpoint, tables: Tables) -> Paging | None:
    """How the listing is read page by page, if the four conditions of AIP-4233 hold, and None otherwise.

    The request has an integer `pageSize` and a string `pageToken`; the response has a string `nextPageToken` and exactly one
    list.
    """
    query = {prop.name.get_untrusted_value(): prop for prop in endpoint.query_parameters}
    (response,) = endpoint.responses.patterns
    if not isinstance(response.prop, ModelProperty) or str(response.prop.class_info.name) in tables.unions:
        return None
    fields = fields_of(response.prop, tables)
    tokens = [field for field in fields if field.json == "nextPageToken" and field.kind.annotation == "str"]
    lists = [field for field in fields if field.annotation.startswith("tuple[")]
    is_paged = isinstance(query.get("pageSize"), IntProperty) and isinstance(
        query.get("pageToken"), StringProperty
    )
    if not is_paged or not tokens or len(lists) != 1:
        return None
    return Paging(lists[0].attribute, lists[0].json, lists[0].kind.annotation)


def _path_expression(endpoint: Endpoint) -> str:
    """The f-string that builds the path, in which the generator has put the parameters' Python names."""
    path = endpoint.path.get_untrusted_value()
    pieces: list[str] = []
    for parameter in endpoint.path_parameters:
        before, _, path = path.partition(f"{{{parameter.python_name}}}")
        value = (
            parameter.python_name
            if parameter.get_base_type_string().as_unembedded_code() == "str"
            else f"str({parameter.python_name})"
        )
        pieces += [literal_in_f_string(before), f"{{path_segment({value})}}"]
    return f'f"{"".join(pieces)}{literal_in_f_string(path)}"' if pieces else f'"{literal(path)}"'


def _body(endpoint: Endpoint, place: Pointer) -> str | None:
    if not endpoint.bodies:
        return None
    prop = endpoint.bodies[0].prop
    if (
        len(endpoint.bodies) > 1
        or endpoint.bodies[0].body_type != "json"
        or not isinstance(prop, ModelProperty)
    ):
        raise CodegenError(f"{place / 'requestBody'}: only a single JSON object is supported")
    return str(prop.class_info.name)


def _response(endpoint: Endpoint, place: Pointer, tables: Tables) -> tuple[str | None, str | None]:
    """The class of the response and the function that decodes it; None and None for a response without a body."""
    (response,) = endpoint.responses.patterns
    if isinstance(response.prop, AnyProperty) and response.source["return_type"] == "None":
        return None, None
    if not isinstance(response.prop, ModelProperty) or response.source["attribute"] != "response.json()":
        raise CodegenError(f"{place / 'responses'}: only a JSON object is supported")
    kind = kind_of(response.prop, None, tables)
    return kind.annotation, kind.decoder
