"""Changes of operations that are right in the generated code, as running it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.document import Node

from .changing import (
    CHOICE,
    ID,
    LEAF,
    STRING,
    VARIANTS,
    Change,
    Generated,
    Row,
    answer,
    both,
    json_of,
    operation,
    part,
    ref,
    schema,
)

pytestmark = pytest.mark.slow


SECURITY: list[Node] = [{"Basic": []}, {"OAuth2.0": []}]

ROWS: list[Row] = [
    (
        "inline body",
        operation(requestBody=json_of(LEAF)),
        lambda g: g.request(body=g.models.XRequest(a="b")).body,
        b'{"a":"b"}',
    ),
    ("no body", operation(requestBody=json_of(LEAF)), lambda g: g.request().body, None),
    (
        "required body",
        operation(requestBody={**json_of(LEAF), "required": True}),
        lambda g: g.request(body=g.models.XRequest()).body,
        b"{}",
    ),
    (
        "body by reference",
        both(part("requestBodies", Make=json_of(LEAF)), operation(requestBody=ref("Make", "requestBodies"))),
        lambda g: g.request(body=g.models.MakeRequest(a="b")).body,
        b'{"a":"b"}',
    ),
    (
        "union as body",
        both(schema(**VARIANTS, U=CHOICE), operation(requestBody=json_of(ref("U")))),
        lambda g: g.request(body=g.models.A(a="x")).body,
        b'{"kind":"A","a":"x"}',
    ),
    (
        "readOnly in a body",
        operation(
            requestBody=json_of(
                {"type": "object", "properties": {"a": STRING, "r": {**STRING, "readOnly": True}}}
            )
        ),
        lambda g: g.request(body=g.models.XRequest.from_dict({"a": "b", "r": "c"})).body,
        b'{"a":"b"}',
    ),
    (
        "body of allOf",
        both(
            schema(Leaf=LEAF),
            operation(
                requestBody=json_of({"allOf": [ref("Leaf"), {"type": "object", "properties": {"b": STRING}}]})
            ),
        ),
        lambda g: g.request(body=g.models.XRequest(a="1", b="2")).body,
        b'{"a":"1","b":"2"}',
    ),
    (
        "one of two ways",
        operation(
            requestBody=json_of(
                {
                    "type": "object",
                    "properties": {"a": STRING, "b": STRING},
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                }
            )
        ),
        lambda g: g.request(body=g.models.XRequest(b="2")).body,
        b'{"b":"2"}',
    ),
    ("201", operation(responses={"201": answer(LEAF)}), lambda g: g.response(b'{"a":"b"}').a, "b"),
    ("204", operation(responses={"204": {"description": "x"}}), lambda g: g.response(b""), None),
    (
        "200 and 204",
        operation(responses={"200": answer(LEAF), "204": {"description": "x"}}),
        lambda g: g.response(b'{"a":"b"}').a,
        "b",
    ),
    (
        "200 and 201 alike",
        both(
            schema(Leaf=LEAF), operation(responses={"200": answer(ref("Leaf")), "201": answer(ref("Leaf"))})
        ),
        lambda g: g.response(b'{"a":"b"}').a,
        "b",
    ),
    ("2XX", operation(responses={"2XX": answer(LEAF)}), lambda g: g.response(b'{"a":"b"}').a, "b"),
    (
        "response by reference",
        both(part("responses", Made=answer(LEAF)), operation(responses={"200": ref("Made", "responses")})),
        lambda g: g.response(b'{"a":"b"}').a,
        "b",
    ),
    (
        "union as response",
        both(schema(**VARIANTS, U=CHOICE), operation(responses={"200": answer(ref("U"))})),
        lambda g: g.response(b'{"kind":"B","b":"x"}').b,
        "x",
    ),
    (
        "map as response",
        operation(responses={"200": answer({"type": "object", "additionalProperties": STRING})}),
        lambda g: g.response(b'{"x":"y"}').to_dict(),
        {"x": "y"},
    ),
    (
        "JSON or text",
        operation(
            responses={
                "200": {
                    "description": "x",
                    "content": {"application/json": {"schema": LEAF}, "text/plain": {"schema": STRING}},
                }
            }
        ),
        lambda g: g.response(b'{"a":"b"}').a,
        "b",
    ),
    ("tag", operation(tags=["New Things", "other"]), lambda g: g.request("new_things.x").method, "POST"),
    (
        "odd operationId",
        operation(operationId="things.make-it"),
        lambda g: g.request("things_make_it").operation,
        "things.make-it",
    ),
    (
        "keyword as operationId",
        operation(operationId="import"),
        lambda g: g.request("import_").path,
        "/x/1",
    ),
    (
        "PUT",
        lambda d: d["paths"].update(
            {
                "/x/{id}": {
                    "put": {
                        "operationId": "X",
                        "parameters": [ID],
                        "responses": {"200": {"description": "x"}},
                    }
                }
            }
        ),
        lambda g: g.request().method,
        "PUT",
    ),
    (
        "verb in the path",
        lambda d: d["paths"].update(
            {
                "/x/{id}:go": {
                    "post": {
                        "operationId": "X",
                        "parameters": [ID],
                        "responses": {"200": {"description": "x"}},
                    }
                }
            }
        ),
        lambda g: g.request().path,
        "/x/1:go",
    ),
    (
        "payload of a callback",
        operation(
            callbacks={
                "done": {
                    "{$request.body#/url}": {
                        "post": {
                            "operationId": "Done",
                            "requestBody": json_of(LEAF),
                            "responses": {"200": {"description": "x"}},
                        }
                    }
                }
            }
        ),
        lambda g: g.decoded({"a": "b"}, "DonePayload").a,
        "b",
    ),
    ("same security", operation(security=SECURITY), lambda g: g.request().method, "POST"),
    (
        "server with a slash",
        lambda d: d.update(servers=[{"url": "https://numbers.api.sinch.com/"}]),
        lambda g: g.models.Money.__name__,
        "Money",
    ),
    (
        "another JSON type in a response",
        operation(
            responses={"200": {"description": "x", "content": {"application/hal+json": {"schema": LEAF}}}}
        ),
        lambda g: g.response(b'{"a":"b"}').a,
        "b",
    ),
    (
        "body of any keys",
        operation(requestBody=json_of({"type": "object", "additionalProperties": STRING})),
        lambda g: g.request(body=g.models.XBody.from_dict({"k": "v"})).body,
        b'{"k":"v"}',
    ),
    ("a tag of dots", operation(tags=[".."]), lambda g: g.request("tag.x").method, "POST"),
    ("a tag that is a keyword", operation(tags=["class"]), lambda g: g.request("class_.x").method, "POST"),
    ("no servers", both(operation(), lambda d: d.pop("servers")), lambda g: g.request().path, "/x/1"),
    (
        "GET with a body",
        lambda d: d["paths"].update(
            {
                "/x": {
                    "get": {
                        "operationId": "X",
                        "requestBody": json_of(LEAF),
                        "responses": {"200": {"description": "x"}},
                    }
                }
            }
        ),
        lambda g: g.operation("x").build_request(body=g.models.XRequest(a="b")).body,
        b'{"a":"b"}',
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
