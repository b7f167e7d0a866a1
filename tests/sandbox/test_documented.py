"""What the sandbox does not know by hand: a valid request gets the document's own example."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest

from sinch_numbers import (
    AuthenticationError,
    BadRequestError,
    NumbersClient,
    NumberType,
    RentAnyNumberRequest,
    Safety,
    UpdateActiveNumberRequest,
)
from sinch_numbers._generated import operations as documented
from sinch_numbers._generated.operation import Operation, Parameter
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.sandbox.operations import BY_HAND, OPERATIONS, operation_of

EXAMPLE = {"orderId": "o-1", "numbers": ["+12025550134"]}
PLACE = Operation(
    name="PlaceNumberOrder",
    method="POST",
    path="/v1/projects/{projectId}/numberOrders/{order.id}:place",
    safety=Safety.ONCE,
    parameters=(
        Parameter(name="projectId", place="path", required=True),
        Parameter(name="order.id", place="path", required=True, kind="integer"),
        Parameter(name="types", place="query", many=True, values=NumberType),
        Parameter(name="pageSize", place="query", kind="integer"),
        Parameter(name="ratio", place="query", kind="number"),
        Parameter(name="dryRun", place="query", kind="boolean"),
        Parameter(name="since", place="query", kind="time"),
        Parameter(name="regionCode", place="query", required=True),
    ),
    body=RentAnyNumberRequest,
    body_required=True,
    example=json.dumps(EXAMPLE),
)
CANCEL = Operation(
    name="CancelNumberOrder",
    method="DELETE",
    path="/v1/projects/{projectId}/numberOrders/{orderId}",
    safety=Safety.IDEMPOTENT,
    parameters=(
        Parameter(name="projectId", place="path", required=True),
        Parameter(name="orderId", place="path", required=True),
    ),
    body=UpdateActiveNumberRequest,
)
BODY: dict[str, Any] = {"regionCode": "US", "type": "LOCAL"}
QUERY: dict[str, Any] = {"regionCode": "US"}


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[NumbersClient]:
    """A client of a sandbox whose document has two operations more."""
    for row in (PLACE, CANCEL):
        monkeypatch.setitem(OPERATIONS, row.name, operation_of(row))
    async with Sandbox().client() as client:
        yield client


async def place(client: NumbersClient, order: str = "7", **options: Any) -> Any:
    arguments: dict[str, Any] = {"query": QUERY, "body": BODY, **options}
    response = await client.request("POST", f"/numberOrders/{order}:place", **arguments)
    return json.loads(response.content)


async def test_a_valid_request_gets_the_example(client: NumbersClient) -> None:
    query = {
        **QUERY,
        "types": ["LOCAL", "MOBILE"],
        "pageSize": 3,
        "ratio": 1.5,
        "dryRun": True,
        "since": "2024-06-06T14:42:42Z",
        "unknown": "x",
    }
    assert await place(client) == EXAMPLE
    assert await place(client, query=query) == EXAMPLE


async def test_without_an_example_and_a_body_it_answers_with_an_empty_object(client: NumbersClient) -> None:
    response = await client.request("DELETE", "/numberOrders/o-1")
    assert (response.status_code, response.content) == (200, b"{}")


async def test_the_example_of_a_page_is_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    row = attrs.evolve(CANCEL, method="GET", example='{"orders": [], "nextPageToken": "abc"}')
    monkeypatch.setitem(OPERATIONS, row.name, operation_of(row))
    async with Sandbox().client() as client:
        response = await client.request("GET", "/numberOrders/o-1")
    assert json.loads(response.content) == {"orders": [], "nextPageToken": ""}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"query": {}}, "region_code: region_code is required"),
        ({"query": {"regionCode": ""}}, "region_code: region_code is required"),
        ({"query": {"regionCode": ["US", "GB"]}}, "region_code: region_code is given more than once"),
        ({"query": {**QUERY, "types": ["LOCAL", "CELL"]}}, '"types": "CELL" is not a valid value'),
        ({"query": {**QUERY, "pageSize": "many"}}, '"pageSize": "many" is not a valid value'),
        ({"query": {**QUERY, "pageSize": 1.5}}, '"pageSize": "1.5" is not a valid value'),
        ({"query": {**QUERY, "ratio": "x"}}, '"ratio": "x" is not a valid value'),
        ({"query": {**QUERY, "dryRun": "yes"}}, '"dryRun": "yes" is not a valid value'),
        ({"query": {**QUERY, "since": "yesterday"}}, '"since": "yesterday" is not a valid value'),
        ({"order": "seven"}, '"order.id": "seven" is not a valid value'),
        ({"body": {"type": "LOCAL"}}, "region_code: region_code is required"),
        ({"body": {**BODY, "type": "CELL"}}, '"type": "CELL" is not a valid value'),
        ({"body": {**BODY, "type": 5}}, "type: type cannot be number"),
        ({"body": {**BODY, "numberPattern": "1"}}, "number_pattern: number_pattern cannot be string"),
        ({"body": {**BODY, "numberPattern": {"pattern": 5}}}, "pattern: pattern cannot be number"),
        ({"body": {**BODY, "smsConfiguration": {}}}, "service_plan_id: service_plan_id is required"),
        ({"body": None}, "The request body is missing"),
    ],
)
async def test_an_invalid_request_is_a_400_that_names_the_field(
    client: NumbersClient, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadRequestError) as caught:
        await place(client, **options)
    violations = [
        f"{violation.field}: {violation.description}" for violation in caught.value.field_violations
    ]
    assert problem in "; ".join([str(caught.value), *violations])


async def test_a_body_that_may_be_absent_is_checked_if_it_is_there(client: NumbersClient) -> None:
    await client.request("DELETE", "/numberOrders/o-1", body={"displayName": "x"})
    with pytest.raises(BadRequestError):
        await client.request("DELETE", "/numberOrders/o-1", body={"displayName": 5})


async def test_a_request_without_valid_credentials_is_a_401(client: NumbersClient) -> None:
    sandbox = Sandbox()
    sandbox.options.key_id = "another"
    async with sandbox.client(auth="basic") as stranger:
        with pytest.raises(AuthenticationError):
            await place(stranger)


async def test_a_request_to_it_is_in_the_log_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPERATIONS, PLACE.name, operation_of(PLACE))
    sandbox = Sandbox()
    async with sandbox.client() as client:
        await place(client)
    assert [request.operation for request in sandbox.requests] == ["Token", "PlaceNumberOrder"]


def test_every_operation_of_the_document_is_served_and_all_of_them_by_hand() -> None:
    assert set(BY_HAND) == set(OPERATIONS)


@pytest.mark.parametrize("name", [name for name, row in documented.OPERATIONS.items() if row.example])
async def test_the_documents_example_would_do_for_what_is_served_by_hand(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = attrs.evolve(documented.OPERATIONS[name], name=f"Other{name}", body=None, parameters=())
    monkeypatch.setitem(OPERATIONS, name, operation_of(row))
    async with Sandbox().client() as client:
        path = row.path.removeprefix("/v1/projects/{projectId}").replace("{phoneNumber}", "+12025550134")
        response = await client.request(
            row.method, path, body={} if row.method in ("POST", "PATCH") else None
        )
    expected = json.loads(row.example or "")
    if "nextPageToken" in expected:
        expected["nextPageToken"] = ""
    assert json.loads(response.content) == expected
