"""Changes of operations that are not supported: each is refused by the JSON pointer of its place."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from codegen.document import Node
from codegen.errors import CodegenError
from codegen.generate import build

from .changing import (
    CHOICE,
    ID,
    LEAF,
    SCHEMAS,
    STRING,
    STRINGS,
    VARIANTS,
    Change,
    X,
    answer,
    both,
    json_of,
    operation,
    parameter,
    part,
    ref,
    schema,
    version,
)

pytestmark = pytest.mark.slow


def content(**media: Any) -> Node:
    return {"description": "x", "content": {name.replace("_", "/"): own for name, own in media.items()}}


def path(name: str, **own: Any) -> Change:
    """Adds a GET with these properties at this path."""
    found = {"operationId": "Y", "responses": {"200": {"description": "x"}}, **own}
    return lambda document: document["paths"].update({name: {"get": found}})


NUMERIC: Node = {"type": "object", "properties": {"kind": {"type": "integer"}}}
ELSEWHERE: Node = {"servers": [{"url": "https://eu.example.com"}]}
P = f"{SCHEMAS}/Odd/properties/p"

REFUSED: list[tuple[str, Change, str]] = [
    ("explode false", parameter(schema=STRINGS, explode=False), f"{X}/parameters/0/explode"),
    ("pipeDelimited", parameter(schema=STRINGS, style="pipeDelimited"), f"{X}/parameters/0/style"),
    ("spaceDelimited", parameter(schema=STRINGS, style="spaceDelimited"), f"{X}/parameters/0/style"),
    ("deepObject", parameter(schema=LEAF, style="deepObject"), f"{X}/parameters/0/style"),
    ("object in a query", parameter(schema=LEAF), f"{X}/parameters/0/schema"),
    ("content", parameter(content={"application/json": {"schema": LEAF}}), f"{X}/parameters/0/content"),
    ("list in a path", parameter("path", schema=STRINGS), f"{X}/parameters/0/schema"),
    (
        "time in a path",
        parameter("path", schema={"type": "string", "format": "date-time"}),
        f"{X}/parameters/0/schema",
    ),
    (
        "date in a path",
        parameter("path", schema={"type": "string", "format": "date"}),
        f"{X}/parameters/0/schema",
    ),
    ("matrix", parameter("path", schema={"type": "string"}, style="matrix"), f"{X}/parameters/0/style"),
    ("cookie", parameter("cookie", schema={"type": "string"}), f"{X}/parameters/0/in"),
    ("parameter named body", parameter(name="body", schema={"type": "string"}), f"{X}/parameters"),
    (
        "parameter named query_string",
        parameter(name="queryString", schema={"type": "string"}),
        f"{X}/parameters",
    ),
    (
        "merge patch",
        operation(requestBody={"content": {"application/merge-patch+json": {"schema": LEAF}}}),
        f"{X}/requestBody/content/application~1merge-patch+json",
    ),
    (
        "another JSON type",
        operation(requestBody={"content": {"application/vnd.x+json": {"schema": LEAF}}}),
        f"{X}/requestBody/content/application~1vnd.x+json",
    ),
    (
        "multipart beside JSON",
        operation(
            requestBody={
                "content": {"application/json": {"schema": LEAF}, "multipart/form-data": {"schema": LEAF}}
            }
        ),
        f"{X}/requestBody/content/multipart~1form-data",
    ),
    ("own security", operation(security=[]), f"{X}/security"),
    (
        "api key",
        lambda d: d["components"]["securitySchemes"].update(
            Key={"type": "apiKey", "in": "header", "name": "k"}
        ),
        "#/components/securitySchemes/Key",
    ),
    ("another server", lambda d: d.update(servers=[{"url": "https://eu.example.com"}]), "#/servers/0/url"),
    ("prefix", lambda d: d["servers"][0].update(url="https://numbers.api.sinch.com/v2"), "#/servers/0/url"),
    ("a reference to no parameter", operation(parameters=[ref("No", "parameters"), ID]), f"{X}/parameters/0"),
    ("a parameter in another file", operation(parameters=[{"$ref": "o.yaml#/x"}, ID]), f"{X}/parameters/0"),
    ("a reference to no body", operation(requestBody=ref("No", "requestBodies")), f"{X}/requestBody"),
    (
        "a reference to no response",
        operation(responses={"200": ref("No", "responses")}),
        f"{X}/responses/200",
    ),
    ("header", parameter("header", schema=STRING), f"{X}/parameters/0/in"),
    (
        "the query as a whole",
        version("3.2.0", parameter("querystring", content={"application/json": {}})),
        f"{X}/parameters/0/content",
    ),
    ("a parameter without a schema", parameter(), f"{X}/parameters/0"),
    (
        "a list of objects in a query",
        parameter(schema={"type": "array", "items": LEAF}),
        f"{X}/parameters/0/schema/items",
    ),
    (
        "a list of lists in a query",
        parameter(schema={"type": "array", "items": STRINGS}),
        f"{X}/parameters/0/schema/items",
    ),
    (
        "one parameter twice",
        operation(parameters=[ID, *[{"name": "a", "in": "query", "schema": STRING}] * 2]),
        f"{X}/parameters/2",
    ),
    ("an object in a path", parameter("path", schema=LEAF), f"{X}/parameters/0/schema"),
    ("an optional part of a path", parameter("path", required=False), f"{X}/parameters/0/required"),
    ("a path without its parameter", path("/y/{z}"), "#/paths/~1y~1{z}/get/parameters: 'z'"),
    ("a parameter without its path", path("/y", parameters=[ID]), "#/paths/~1y/get/parameters: 'id'"),
    (
        "a parameter twice in a path",
        path("/y/{id}/{id}", parameters=[ID]),
        "#/paths/~1y~1{id}~1{id}/get/parameters: 'id'",
    ),
    ("a query in a path", path("/y?a=1"), "#/paths/~1y?a=1"),
    ("a path without a slash", path("y"), "#/paths/y"),
    (
        "a path in another file",
        lambda d: d["paths"].update({"/y": {"$ref": "other.yaml"}}),
        "#/paths/~1y/$ref",
    ),
    (
        "a server of a path",
        both(operation(), lambda d: d["paths"]["/x/{id}"].update(ELSEWHERE)),
        "#/paths/~1x~1{id}/servers/0/url",
    ),
    ("a server of an operation", operation(**ELSEWHERE), f"{X}/servers/0/url"),
    ("a name without letters", operation(operationId="_"), f"{X}/operationId"),
    ("a name that is taken", operation(operationId="rentNumber"), f"{X}: the name 'rent_number' is taken"),
    ("a list as body", operation(requestBody=json_of(STRINGS)), f"{X}/requestBody"),
    ("a text as body", operation(requestBody=json_of(STRING)), f"{X}/requestBody"),
    ("anything as body", operation(requestBody=json_of({})), f"{X}/requestBody"),
    (
        "a body without a schema",
        operation(requestBody=content(application_json={})),
        f"{X}/requestBody/content/application~1json",
    ),
    (
        "a form",
        operation(requestBody={"content": {"application/x-www-form-urlencoded": {"schema": LEAF}}}),
        f"{X}/requestBody/content",
    ),
    (
        "a union without a discriminator as body",
        both(schema(**VARIANTS), operation(requestBody=json_of({"oneOf": CHOICE["oneOf"]}))),
        f"{X}/requestBody",
    ),
    ("a list as response", operation(responses={"200": answer(STRINGS)}), f"{X}/responses"),
    (
        "a text as response",
        operation(responses={"200": content(text_plain={"schema": STRING})}),
        f"{X}/responses/200/content",
    ),
    (
        "a file as response",
        operation(responses={"200": content(application_pdf={"schema": STRING})}),
        f"{X}/responses/200/content",
    ),
    (
        "a response without a schema",
        operation(responses={"200": content(application_json={})}),
        f"{X}/responses/200/content/application~1json",
    ),
    (
        "a stream",
        version("3.2.0", operation(responses={"200": content(application_jsonl={"itemSchema": LEAF})})),
        f"{X}/responses/200/content",
    ),
    (
        "a stream of JSON",
        version("3.2.0", operation(responses={"200": content(application_json={"itemSchema": LEAF})})),
        f"{X}/responses/200/content/application~1json",
    ),
    (
        "two successes",
        operation(responses={"200": answer(LEAF), "201": answer({"type": "object"})}),
        f"{X}/responses/201",
    ),
    ("only an error", operation(responses={"404": {"description": "x"}}), X),
    (
        "bearer",
        part("securitySchemes", B={"type": "http", "scheme": "bearer"}),
        "#/components/securitySchemes/B",
    ),
    (
        "mutualTLS",
        version("3.1.0", part("securitySchemes", B={"type": "mutualTLS"})),
        "#/components/securitySchemes/B",
    ),
    ("QUERY", version("3.2.0", lambda d: d["paths"].update({"/y": {"query": {}}})), "#/paths/~1y/query"),
    (
        "other methods",
        version("3.2.0", lambda d: d["paths"].update({"/y": {"additionalOperations": {}}})),
        "#/paths/~1y/additionalOperations",
    ),
]


@pytest.mark.parametrize(("change", "place"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_would_be_lost_is_refused_by_its_place(
    change: Change, place: str, document: Node, tmp_path: Path
) -> None:
    changed = copy.deepcopy(document)
    change(changed)
    with pytest.raises(CodegenError) as caught:
        build(changed, tmp_path / "package")
    assert place in str(caught.value)


def test_all_that_is_not_supported_is_named_at_once(document: Node, tmp_path: Path) -> None:
    changed = copy.deepcopy(document)
    parameter(schema=STRINGS, explode=False)(changed)
    schema(Leaf=LEAF, Odd={"type": "object", "additionalProperties": {"$ref": f"{SCHEMAS}/Leaf"}})(changed)
    with pytest.raises(CodegenError) as caught:
        build(changed, tmp_path / "package")
    assert f"{X}/parameters/0/explode: " in str(caught.value)
    assert f"{SCHEMAS}/Odd/additionalProperties: " in str(caught.value)
