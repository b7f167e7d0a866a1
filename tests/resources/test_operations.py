"""`client.operations`: every operation of the document is a method, and every row of the table is one."""

from __future__ import annotations

import inspect
import json
from typing import Any
from urllib.parse import quote

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    ActiveNumber,
    ConfigurationError,
    NumbersClient,
    Pager,
    RentNumberRequest,
    Safety,
    UpdateActiveNumberRequest,
)
from sinch_numbers._generated.operation import Operation
from sinch_numbers._generated.operations import OPERATIONS
from sinch_numbers.resources.operations import Operations

from ..support import ANSWER, NUMBER, make_client
from .exchanges import ENCODED, ROOT

WITHOUT_RESOURCE: set[str] = set()
"""Operations that only `client.operations` offers."""


def method_of(operation: str) -> str:
    """The name of an operation's method: RentNumber is rent_number."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")


def body_of(row: Operation) -> Any:
    """A body with what the request requires."""
    assert row.body is not None
    values = {
        "RentAnyNumberRequest": {"regionCode": "US", "type": "LOCAL"},
        "EmergencyAddressRequest": {"displayName": "x", "address": {"streetNumber": "600"}},
    }
    return row.body.from_dict(values.get(row.body.__name__, {"displayName": "x", "hmacSecret": "y"}))


def test_every_operation_has_a_method_and_every_method_an_operation() -> None:
    methods = {name for name in vars(Operations) if not name.startswith("_")}
    assert methods == {method_of(name) for name in OPERATIONS}


def test_every_operation_has_a_resource_or_is_listed() -> None:
    assert {name for name, row in OPERATIONS.items() if row.resource is None} == WITHOUT_RESOURCE


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_the_resource_of_an_operation_exists(row: Operation) -> None:
    if row.resource is not None:
        attribute, _, method = row.resource.partition(".")
        assert callable(getattr(getattr(NumbersClient, attribute), method))


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
async def test_a_method_sends_what_the_table_says(httpx_mock: HTTPXMock, row: Operation) -> None:
    httpx_mock.add_response(json=ANSWER)
    arguments: dict[str, Any] = {} if row.body is None else {"body": body_of(row)}
    for parameter in row.parameters:
        if parameter.required and parameter.name != "projectId":
            name = {"phoneNumber": "phone_number", "regionCode": "region_code", "type": "type_"}[
                parameter.name
            ]
            arguments[name] = {"phoneNumber": NUMBER, "regionCode": "US", "type": "LOCAL"}[parameter.name]
    await getattr(make_client().operations, method_of(row.name))(**arguments)

    [request] = httpx_mock.get_requests()
    path = row.path.replace("{phoneNumber}", quote(NUMBER, safe="")).replace("/v1/projects/{projectId}", ROOT)
    assert (request.method, str(request.url).partition("?")[0]) == (row.method, path)
    assert bool(request.content) is (row.body is not None)


def test_the_safety_of_each_operation() -> None:
    safeties = {name: row.safety for name, row in OPERATIONS.items()}
    assert {name for name, safety in safeties.items() if safety is Safety.BILLABLE} == {
        "RentNumber", "RentAnyNumber", "ReleaseNumber",
    }  # fmt: skip
    assert {name for name, safety in safeties.items() if safety is Safety.IDEMPOTENT} == {
        "UpdateActiveNumber", "UpdateCallbackConfiguration",
    }  # fmt: skip
    assert {name for name, safety in safeties.items() if safety is Safety.ONCE} == {
        "ProvisionEmergencyAddress", "DeprovisionEmergencyAddress",
    }  # fmt: skip
    assert {row.name for row in OPERATIONS.values() if row.method != "GET" and row.safety is Safety.READ} == {
        "ValidateEmergencyAddress"
    }


async def test_the_response_is_decoded(httpx_mock: HTTPXMock) -> None:
    drifts: list[Any] = []
    httpx_mock.add_response(json={"phoneNumber": NUMBER, "paymentIntervalMonths": "one"})
    number = await make_client(on_drift=drifts.append).operations.get_active_number(phone_number=NUMBER)
    assert isinstance(number, ActiveNumber)
    assert [drift.field for drift in drifts] == ["paymentIntervalMonths"]


async def test_a_body_is_a_model(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=ANSWER)
    body = UpdateActiveNumberRequest(display_name="x")
    await make_client().operations.update_active_number(phone_number=NUMBER, body=body)
    [request] = httpx_mock.get_requests()
    assert (request.method, str(request.url)) == ("PATCH", f"{ROOT}/activeNumbers/{ENCODED}")
    assert json.loads(request.content) == {"displayName": "x"}


@pytest.mark.parametrize("phone_number", ["", ".", "..", None, 5, "\ud800"])
async def test_what_cannot_be_a_part_of_a_path_is_not_sent(phone_number: Any) -> None:
    with pytest.raises(ConfigurationError, match="cannot be sent"):
        await make_client().operations.get_active_number(phone_number=phone_number)


async def test_a_slash_stays_within_its_segment(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=ANSWER)
    await make_client().operations.get_active_number(phone_number="+1/../../other?x#y")
    [request] = httpx_mock.get_requests()
    assert request.url.raw_path.endswith(b"/activeNumbers/%2B1%2F..%2F..%2Fother%3Fx%23y")


def test_only_the_listing_with_page_tokens_is_a_pager() -> None:
    returned = {
        name: inspect.signature(method).return_annotation
        for name, method in vars(Operations).items()
        if not name.startswith("_")
    }
    assert [name for name, kind in returned.items() if kind.startswith("Pager")] == ["list_active_numbers"]
    assert isinstance(make_client().operations.list_active_numbers(), Pager)
    assert inspect.iscoroutinefunction(Operations.list_available_numbers)


def test_every_method_says_what_it_does_and_where_it_is_in_the_api() -> None:
    for name, row in OPERATIONS.items():
        text = inspect.getdoc(getattr(Operations, method_of(name))) or ""
        assert text.endswith(f"`{row.method} {row.path}`")
        assert len(text.splitlines()[0]) > 10


def test_a_billable_method_names_the_one_to_use_instead() -> None:
    text = " ".join((inspect.getdoc(Operations.rent_number) or "").split())
    assert "A client with a budget or a ledger refuses it. Use `client.available_numbers.rent`." in text


async def test_a_copy_of_a_client_has_operations_with_its_options(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=ANSWER)
    copy = make_client().with_options(headers={"X-Copy": "yes"})
    await copy.operations.rent_number(phone_number=NUMBER, body=RentNumberRequest())
    [request] = httpx_mock.get_requests()
    assert request.headers["x-copy"] == "yes"
