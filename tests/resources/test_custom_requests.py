"""`client.request`: a request of the user's own, which cannot leave the project or go around the accounts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    Budget,
    ConfigurationError,
    MemoryStore,
    NotFoundError,
    NumbersClient,
    PurchaseLedger,
    RentNumberRequest,
    Safety,
    ServerError,
)
from sinch_numbers._generated.operation import Operation
from sinch_numbers._generated.operations import OPERATIONS
from sinch_numbers.resources import custom_requests
from sinch_numbers.sandbox import Sandbox

from ..support import BASE, NUMBER, PROJECT, TOKEN, make_client
from .exchanges import ROOT


async def sent(httpx_mock: HTTPXMock, method: str, path: str, **arguments: Any) -> Any:
    """The request that was sent."""
    httpx_mock.add_response(json={"a": 1})
    await make_client().request(method, path, **arguments)
    return httpx_mock.get_requests()[-1]


async def test_it_returns_the_raw_response(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(201, json={"a": 1}, headers={"x-request-id": "r"})
    response = await make_client().request("POST", "/numberOrders", body={"b": [None, "ü"]})

    [request] = httpx_mock.get_requests()
    assert (request.method, str(request.url)) == ("POST", f"{ROOT}/numberOrders")
    assert json.loads(request.content) == {"b": [None, "ü"]}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert (response.status_code, response.content, response.request_id) == (201, b'{"a":1}', "r")
    assert response.operation == "POST /numberOrders"


async def test_a_query_is_encoded(httpx_mock: HTTPXMock) -> None:
    query: dict[str, Any] = {
        "pattern": "+1&x=y#z",
        "types": ["A", "B"],
        "size": 2,
        "deep": True,
        "since": datetime(2024, 6, 6, tzinfo=UTC),
        "absent": None,
        "ratio": 0.5,
    }
    request = await sent(httpx_mock, "GET", "/numberOrders", query=query)
    assert request.url.query == (
        b"pattern=%2B1%26x%3Dy%23z&types=A&types=B&size=2&deep=true&since=2024-06-06T00%3A00%3A00%2B00%3A00&ratio=0.5"
    )


GOOD_PATHS = [
    "/numberOrders",
    "/numberOrders/o-1:confirm",
    "/activeNumbers/+12025550134",
    "/activeNumbers/%2B12025550134/emergencyAddress:validate",
    "/a/b.c/~d/...",
    "/caf%C3%A9/x%20y",
    "/a;b=c/d,e",
]


@pytest.mark.parametrize("path", GOOD_PATHS)
async def test_a_path_is_sent_as_it_is_below_the_project(httpx_mock: HTTPXMock, path: str) -> None:
    request = await sent(httpx_mock, "GET", path)
    assert request.url.raw_path.decode() == f"/v1/projects/{PROJECT}{path}"


ATTACKS: list[Any] = [
    "", "/", "numberOrders", "..", "/..", "/.", "/a/..", "/a/../../other/activeNumbers", "/a/./b", "//evil.example/a",
    "/a//b", "/a/", "https://evil.example/a", "https:/evil.example", "//", "///a", "\\evil.example", "/\\evil.example",
    "/a\\..\\b", "/a?x=y", "/a#b", "/%2e%2e/other", "/%2E%2E/other", "/.%2e/other", "/a/%2e", "/%252e%252e/other",
    "/%25252e%25252e", "/a%2fb", "/a%2F..%2Fb", "/a%255cb", "/a%5Cb", "/a%252fb", "/..;/other", "/..;x=y/other",
    "/%2e%2e;x/other", "/ ..", "/a b", "/%20", "/..%20/x", "/a\nb", "/a\r\nHost: evil.example",
    "/a%0d%0aHost:%20evil.example", "/a%00", "/\x00", "/a\t", "/%c0%ae%c0%ae/x", "/%E2%80%A5/x",
    "/%EF%BC%8E%EF%BC%8E/x", "/a%EF%BC%8Fb", "/\uff052e\uff052e/x", "/\uff0e\uff0e/x", "/é", "/a%", "/a%2", "/a%zz",
    "/@evil.example/%2e%2e", "/a\u2028b", "/v1/projects/other/activeNumbers", "/v1/projects", "/v2beta/projects/x",
    " /a", "/[::1]", "/{projectId}", '/"', "/<a>", "/a|b", "/a^b", "/\ud800", None, 5, b"/a", ["/a"],
]  # fmt: skip


@pytest.mark.parametrize("path", ATTACKS, ids=repr)
async def test_a_path_that_could_lead_elsewhere_is_not_sent(httpx_mock: HTTPXMock, path: Any) -> None:
    with pytest.raises(ConfigurationError, match="path"):
        await make_client().request("GET", path)
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize("method", ["OPTIONS", "CONNECT", "get", "", "GET /evil HTTP/1.1\r\n", None, b"GET"])
async def test_a_method_that_is_not_allowed_is_not_sent(method: Any) -> None:
    with pytest.raises(ConfigurationError, match="method must be one of GET"):
        await make_client().request(method, "/a")


@pytest.mark.parametrize(
    ("method", "options", "problem"),
    [
        ("GET", {"body": {}}, "a GET request has no body"),
        ("HEAD", {"body": {}}, "a HEAD request has no body"),
        ("POST", {"body": [1]}, "body must be a mapping, not list"),
        ("POST", {"body": "{}"}, "body must be a mapping, not str"),
        ("POST", {"body": {"a": {1, 2}}}, "cannot be sent"),
        ("POST", {"body": {"a": float("nan")}}, "cannot be sent"),
        ("POST", {"body": {"a": "\ud800"}}, "not valid Unicode"),
        ("GET", {"query": "a=b"}, "query must be a mapping, not str"),
        ("GET", {"query": {"a": {"b": 1}}}, r"query\['a'\] must be a string.*not dict"),
        ("GET", {"query": {"a": [b"x"]}}, r"query\['a'\] must be a string.*not bytes"),
        ("GET", {"query": {5: "x"}}, r"query\[5\] must be a string"),
        ("GET", {"query": {"a": "x" * 100_000}}, "more than"),
        ("POST", {"safety": "sometimes"}, "safety must be one of read, idempotent, once, billable"),
        ("POST", {"safety": 5}, "safety must be one of"),
    ],
)
async def test_an_argument_that_cannot_be_sent_is_a_configuration_error(
    method: str, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        await make_client().request(method, "/numberOrders", **options)


@pytest.mark.parametrize(
    ("method", "safety", "requests"),
    [
        ("GET", None, 3),
        ("HEAD", None, 3),
        ("PUT", None, 3),
        ("DELETE", None, 3),
        ("POST", None, 1),
        ("PATCH", None, 1),
        ("POST", "read", 3),
        ("POST", Safety.IDEMPOTENT, 3),
        ("GET", "once", 1),
        ("PUT", Safety.BILLABLE, 1),
    ],
)
async def test_it_is_retried_if_that_is_safe(
    httpx_mock: HTTPXMock, method: str, safety: Safety | str | None, requests: int
) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    with pytest.raises(ServerError):
        await make_client().request(method, "/numberOrders", safety=safety)
    assert len(httpx_mock.get_requests()) == requests


async def test_a_documented_operation_has_its_documented_safety(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    with pytest.raises(ServerError):
        await make_client().request("PATCH", f"/activeNumbers/{NUMBER}", body={"displayName": "x"})
    assert len(httpx_mock.get_requests()) == 3


BILLABLE_PATHS = [
    f"/availableNumbers/{NUMBER}:rent",
    "/availableNumbers/%2B12025550134:rent",
    f"/availableNumbers/{NUMBER}%3Arent",
    f"/availableNumbers/{NUMBER}%253Arent",
    f"/availableNumbers/{NUMBER}:rent;x=y",
    f"/availableNumbers/{NUMBER}:%72ent",
    f"/AvailableNumbers/{NUMBER}:Rent",
    "/availableNumbers:rentAny",
    f"/activeNumbers/{NUMBER}:release",
]


@pytest.mark.parametrize("path", BILLABLE_PATHS)
@pytest.mark.parametrize("safety", [None, "read", Safety.IDEMPOTENT])
async def test_a_purchase_is_one_whatever_it_is_called(
    httpx_mock: HTTPXMock, path: str, safety: Safety | str | None
) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    with pytest.raises(ServerError):
        await make_client().request("POST", path, body={}, safety=safety)
    assert len(httpx_mock.get_requests()) == 1
    for options in ({"budget": Budget(max_numbers=1)}, {"ledger": PurchaseLedger(MemoryStore())}):
        with pytest.raises(
            ConfigurationError, match=r"use client\.(available|active)_numbers\.\w+, which does"
        ):
            await make_client(**options).request("POST", path, body={}, safety=safety)
    assert len(httpx_mock.get_requests()) == 1


async def test_an_operation_is_known_by_its_method_too(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    with pytest.raises(ServerError):
        await make_client().request("GET", f"/availableNumbers/{NUMBER}:rent")
    assert len(httpx_mock.get_requests()) == 3


async def test_a_purchase_is_one_even_if_another_operation_matches_its_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = "/v1/projects/{projectId}/availableNumbers/{phoneNumber}"
    other = Operation(name="TouchNumber", method="POST", path=path, safety=Safety.READ)
    monkeypatch.setattr(custom_requests, "OPERATIONS", {"TouchNumber": other, **OPERATIONS})
    with pytest.raises(
        ConfigurationError, match=r"RentNumber is billable.*use client\.available_numbers\.rent"
    ):
        await make_client(budget=Budget(max_numbers=1)).request("POST", f"/availableNumbers/{NUMBER}:rent")


async def test_what_the_user_calls_billable_is_refused_by_a_client_with_accounts() -> None:
    client = make_client(budget=Budget(max_numbers=1))
    with pytest.raises(ConfigurationError, match="use a client without them"):
        await client.request("POST", "/numberOrders", safety=Safety.BILLABLE)


async def test_it_works_against_the_sandbox(sinch_sandbox: Sandbox, sinch_client: NumbersClient) -> None:
    response = await sinch_client.request("GET", "/availableRegions", query={"types": ["TOLL_FREE"]})
    assert {region["regionCode"] for region in json.loads(response.content)["availableRegions"]} == {
        "GB",
        "US",
    }
    with pytest.raises(NotFoundError) as caught:
        await sinch_client.request("GET", "/numberOrders")
    assert caught.value.url.endswith("/v1/projects/sandbox-project/numberOrders")


async def test_a_project_of_strange_characters_stays_within_its_segment(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={})
    await make_client(project_id="p/../q").request("GET", "/a")
    [request] = httpx_mock.get_requests()
    assert str(request.url) == f"{BASE}/v1/projects/p%2F..%2Fq/a"


async def test_an_operation_says_the_same_as_a_request_for_it(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"phoneNumber": NUMBER}, is_reusable=True)
    client = make_client()
    await client.operations.rent_number(phone_number=NUMBER, body=RentNumberRequest())
    await client.request("POST", "/availableNumbers/%2B12025550134:rent", body={})
    first, second = httpx_mock.get_requests()
    assert (first.method, first.url, first.content) == (second.method, second.url, second.content)
