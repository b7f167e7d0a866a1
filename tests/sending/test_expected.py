"""A 200 that is not what was asked for is an error, and not an empty number or list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    Budget,
    Drift,
    HttpRequest,
    HttpResponse,
    InvalidResponseError,
    MockTransport,
    NumbersClient,
    OutcomeUnknownError,
    Refused,
    RetryPolicy,
    Unknown,
)
from sinch_numbers.sandbox import Sandbox

from ..support import CALLBACKS_URL, NUMBER, PROJECT, error_of, make_client

MESSAGE = {"message": "quota exceeded"}
ANOTHER = "+12025550199"


async def test_the_error_says_what_was_expected_what_came_and_what_it_says(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"phoneNumber": f"{ANOTHER}\x1b\n", "message": "quota\nexceeded"})
    error = await error_of(make_client())

    assert isinstance(error, InvalidResponseError)
    assert error.message == f"expected {NUMBER}, got {ANOTHER}\\x1b\\n; it says: quota\\nexceeded"
    assert error.__context__ is None


async def test_a_number_is_not_available_because_a_proxy_answers_200(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=MESSAGE)
    with pytest.raises(InvalidResponseError):
        await make_client().available_numbers.is_available(NUMBER)


async def test_a_number_is_not_provisioned_because_a_proxy_answers_200(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json=MESSAGE)
    with pytest.raises(InvalidResponseError):
        await make_client().active_numbers.wait_until_provisioned(NUMBER)


async def test_an_update_that_is_answered_with_another_number_may_have_happened(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(json={"phoneNumber": ANOTHER})
    [outcome] = await make_client().active_numbers.update_many([NUMBER], display_name="x")

    assert type(outcome).__name__ == "Unknown"


async def test_the_price_of_another_number_does_not_allow_a_rent(httpx_mock: HTTPXMock) -> None:
    cheap = {"currencyCode": "USD", "amount": "0.01"}
    httpx_mock.add_response(json={"phoneNumber": ANOTHER, "monthlyPrice": cheap, "setupPrice": cheap})
    client = make_client(budget=Budget(max_total=10, currency="USD"), retry=RetryPolicy(max_attempts=1))
    with pytest.raises(InvalidResponseError):
        await client.available_numbers.rent(NUMBER)

    assert [request.method for request in httpx_mock.get_requests()] == ["GET"]


async def test_odd_values_in_the_number_that_was_asked_for_are_tolerated(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"phoneNumber": NUMBER, "displayName": [], "capability": {}, "money": "x"})
    number = await make_client().active_numbers.get(NUMBER)

    assert (number.display_name, number.money) == (None, None)
    assert number.additional_properties == {"displayName": [], "capability": {}, "money": "x"}


async def test_odd_items_in_a_list_are_tolerated(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"activeNumbers": [{}, {"phoneNumber": "1"}, {"phoneNumber": 7}]})
    found = await make_client().active_numbers.list(region_code="US", number_type="LOCAL").collect()

    assert [number.phone_number for number in found] == ["", "1", ""]


@pytest.mark.parametrize(
    "body", [{"hmacSecret": "s"}, {"hmacSecret": "", "projectId": None}, {"projectId": PROJECT}]
)
async def test_a_callback_configuration_may_lack_its_secret_or_its_project(
    httpx_mock: HTTPXMock, body: dict[str, Any]
) -> None:
    httpx_mock.add_response(url=CALLBACKS_URL, json=body)
    configuration = await make_client().callback_configuration.get()

    assert configuration.hmac_secret == body.get("hmacSecret")


async def test_what_a_proxy_answers_is_not_reported_as_drift(httpx_mock: HTTPXMock) -> None:
    seen: list[Drift] = []
    httpx_mock.add_response(json=MESSAGE | {"phoneNumber": 7})
    await error_of(make_client(on_drift=seen.append))

    assert seen == []


async def test_list_all_does_not_take_a_proxys_answer_for_an_empty_project(httpx_mock: HTTPXMock) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        regions = {"availableRegions": [{"regionCode": "US", "types": ["LOCAL"]}]}
        return httpx.Response(200, json=regions if "availableRegions" in request.url.path else MESSAGE)

    httpx_mock.add_callback(respond, is_reusable=True)
    with pytest.raises(InvalidResponseError):
        [number async for number in make_client().active_numbers.list_all()]


async def test_a_rent_that_is_answered_with_a_message_asks_the_api(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=200, body=MESSAGE)
    number = await client.available_numbers.rent(offer.phone_number)

    assert number.phone_number == offer.phone_number
    assert len(sandbox.charges) == 1


ANY: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}
OPERATIONS: dict[str, Callable[[NumbersClient], Awaitable[object]]] = {
    "list": lambda client: client.active_numbers.list(**ANY).collect(),
    "list_all": lambda client: anext(client.active_numbers.list_all()),
    "get": lambda client: client.active_numbers.get(NUMBER),
    "update": lambda client: client.active_numbers.update(NUMBER, display_name="a"),
    "update_many": lambda client: client.active_numbers.update_many([NUMBER], display_name="a"),
    "unlink_sms": lambda client: client.active_numbers.unlink_sms(NUMBER),
    "release": lambda client: client.active_numbers.release(NUMBER),
    "release_many": lambda client: client.active_numbers.release_many([NUMBER]),
    "wait": lambda client: client.active_numbers.wait_until_provisioned(NUMBER),
    "search": lambda client: client.available_numbers.search(**ANY),
    "get an offer": lambda client: client.available_numbers.get(NUMBER),
    "is_available": lambda client: client.available_numbers.is_available(NUMBER),
    "rent": lambda client: client.available_numbers.rent(NUMBER),
    "rent_any": lambda client: client.available_numbers.rent_any(**ANY),
    "rent_first": lambda client: client.available_numbers.rent_first(**ANY),
    "rent_many": lambda client: client.available_numbers.rent_many(count=1, **ANY),
    "rent_many by number": lambda client: client.available_numbers.rent_many(phone_numbers=[NUMBER]),
    "quote": lambda client: client.available_numbers.quote(count=1, **ANY),
    "regions": lambda client: client.available_regions.list(),
    "callback configuration": lambda client: client.callback_configuration.get(),
    "hmac secret": lambda client: client.callback_configuration.update(hmac_secret="secret"),
}
OTHERS = [
    *(b"", b"{}", b"[]", b"null", b'"text"', b"<html>", b"\xff\xfe{}", b"{} {}"),
    *(b'{"message": "quota exceeded"}', b'{"error": {"code": 500, "message": "oops"}}'),
    *(b'{"phoneNumber": 7}', b'{"phoneNumber": ["+12025550134"]}', b'{"phoneNumber": null}'),
    b'{"activeNumbers": {}, "availableNumbers": {}, "availableRegions": {}}',
    b'{"activeNumbers": "", "availableNumbers": 0, "availableRegions": false}',
    b'{"projectId": "another", "hmacSecret": "secret"}',
]


def _respond(body: bytes, _: HttpRequest) -> HttpResponse:
    return HttpResponse(content=body)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_no_operation_takes_another_kind_of_200_for_its_own(operation: str) -> None:
    for body in OTHERS:
        client = make_client(transport=MockTransport(partial(_respond, body)))
        try:
            [outcome] = cast("list[Refused | Unknown]", await OPERATIONS[operation](client))
        except (InvalidResponseError, OutcomeUnknownError):
            continue
        assert isinstance(outcome, Refused | Unknown), body
        assert isinstance(outcome.error, InvalidResponseError | OutcomeUnknownError), body
