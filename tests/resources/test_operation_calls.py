"""How the calls of `client.operations` are sent: retries, purchases, and pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    Budget,
    ConfigurationError,
    InvalidResponseError,
    MemoryStore,
    NumbersClient,
    NumbersError,
    NumberTakenError,
    PaginationError,
    PurchaseLedger,
    RateLimitError,
    RentAnyNumberRequest,
    RentNumberRequest,
    Sent,
    ServerError,
)
from sinch_numbers._generated.api.active_number import update_active_number
from sinch_numbers.resources.operations import Operations
from sinch_numbers.retry import Safety
from sinch_numbers.sandbox import Sandbox

from ..support import ANSWER, NUMBER, arrived, make_client, turns, until

BILLABLE: dict[str, Callable[[Operations], Awaitable[object]]] = {
    "available_numbers.rent": lambda own: own.rent_number(phone_number=NUMBER, body=RentNumberRequest()),
    "available_numbers.rent_any": lambda own: own.rent_any_number(
        body=RentAnyNumberRequest(region_code="US", type="LOCAL")
    ),
    "active_numbers.release": lambda own: own.release_number(phone_number=NUMBER),
}


# --- what costs money ---


@pytest.mark.parametrize(("instead", "call"), BILLABLE.items(), ids=BILLABLE)
@pytest.mark.parametrize("accounts", ["budget", "ledger"])
async def test_a_client_with_accounts_refuses_it_and_names_the_method_to_use(
    httpx_mock: HTTPXMock, instead: str, call: Callable[[Operations], Awaitable[object]], accounts: str
) -> None:
    options: dict[str, Any] = {
        "budget": {"budget": Budget(max_numbers=1)},
        "ledger": {"ledger": PurchaseLedger(MemoryStore())},
    }
    for client in (make_client(**options[accounts]), make_client().with_options(**options[accounts])):
        with pytest.raises(ConfigurationError, match=rf"use client\.{instead}, which does"):
            await call(client.operations)
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize("call", BILLABLE.values(), ids=BILLABLE)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_it_is_not_repeated_whatever_the_api_says(
    httpx_mock: HTTPXMock, call: Callable[[Operations], Awaitable[object]], status: int
) -> None:
    httpx_mock.add_response(status, is_reusable=True)
    with pytest.raises(NumbersError) as caught:
        await call(make_client().operations)
    assert len(httpx_mock.get_requests()) == len(caught.value.attempts) == 1


async def test_it_is_not_repeated_after_a_lost_connection(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadError("x"), is_reusable=True)
    with pytest.raises(APIConnectionError) as caught:
        await make_client().operations.rent_number(phone_number=NUMBER, body=RentNumberRequest())
    assert caught.value.sent is Sent.UNKNOWN
    assert len(httpx_mock.get_requests()) == 1


async def test_it_is_tried_again_if_no_connection_was_made(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("x"))
    httpx_mock.add_response(json=ANSWER)
    number = await make_client().operations.rent_number(phone_number=NUMBER, body=RentNumberRequest())
    assert number.phone_number == NUMBER
    assert len(httpx_mock.get_requests()) == 2


async def test_it_runs_to_its_end_if_its_caller_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox()
    async with sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        held = sandbox.faults.hold("RentNumber")
        call = client.operations.rent_number(phone_number=offer.phone_number, body=RentNumberRequest())
        task = asyncio.create_task(call)
        await held.reached()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.release()
        with caplog.at_level(logging.WARNING, logger="sinch_numbers"):
            await until(lambda: "after its caller had been cancelled" in caplog.text)
        assert len(sandbox.charges) == 1
    assert "RentNumber was performed (200) after its caller had been cancelled" in caplog.text


async def test_its_failure_after_its_caller_was_cancelled_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sandbox = Sandbox()
    async with sandbox.client() as client:
        held = sandbox.faults.hold("ReleaseNumber")
        task = asyncio.create_task(client.operations.release_number(phone_number=NUMBER))
        await held.reached()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.release()
        with caplog.at_level(logging.WARNING, logger="sinch_numbers"):
            await until(lambda: "after its caller had been cancelled" in caplog.text)
    assert "ReleaseNumber failed (NotFoundError) after its caller had been cancelled" in caplog.text


async def test_it_is_not_sent_if_its_caller_is_cancelled_before(sinch_sandbox: Sandbox) -> None:
    async with sinch_sandbox.client() as client:
        held = sinch_sandbox.faults.hold("Token")
        task = asyncio.create_task(client.operations.release_number(phone_number=NUMBER))
        await held.reached()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        held.release()
    assert arrived(sinch_sandbox, "ReleaseNumber") == 0


async def test_closing_the_client_ends_it_and_says_whether_it_was_sent() -> None:
    sandbox = Sandbox()
    client = sandbox.client(close_timeout=0)
    held = sandbox.faults.hold("ReleaseNumber")
    task = asyncio.create_task(client.operations.release_number(phone_number=NUMBER))
    await held.reached()
    await client.aclose()
    with pytest.raises(APIConnectionError, match="the client was closed") as caught:
        await task
    assert caught.value.sent is Sent.UNKNOWN
    held.release()


async def test_what_it_bought_no_other_call_takes_for_its_own(sinch_sandbox: Sandbox) -> None:
    async with sinch_sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        bought = await client.operations.rent_number(
            phone_number=offer.phone_number, body=RentNumberRequest()
        )
        with pytest.raises(NumberTakenError):
            await client.available_numbers.rent(offer.phone_number)
        await client.operations.release_number(phone_number=bought.phone_number)
    assert len(sinch_sandbox.charges) == 1


async def test_it_waits_for_another_purchase_of_the_same_number(sinch_sandbox: Sandbox) -> None:
    async with sinch_sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        number = offer.phone_number
        results = await asyncio.gather(
            client.operations.rent_number(phone_number=number, body=RentNumberRequest()),
            client.available_numbers.rent(number),
            client.request("POST", f"/availableNumbers/{number.replace('+', '%2B')}:rent", body={}),
            return_exceptions=True,
        )
    assert [type(result).__name__ for result in results] == [
        "ActiveNumber",
        "NumberTakenError",
        "NotFoundError",
    ]
    assert len(sinch_sandbox.charges) == 1


async def test_another_purchase_of_the_same_number_waits_for_it(sinch_sandbox: Sandbox) -> None:
    async with sinch_sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        number = offer.phone_number
        held = sinch_sandbox.faults.hold("RentNumber", after_commit=True, times=1)
        first = asyncio.create_task(
            client.operations.rent_number(phone_number=number, body=RentNumberRequest())
        )
        await held.reached()
        second = asyncio.create_task(client.available_numbers.rent(number))
        await turns(100)
        held.release()
        assert (await first).phone_number == number
        with pytest.raises(NumberTakenError):
            await second


async def test_what_it_bought_for_a_cancelled_caller_a_rent_of_the_same_number_returns(
    sinch_sandbox: Sandbox,
) -> None:
    async with sinch_sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        number = offer.phone_number
        held = sinch_sandbox.faults.hold("RentNumber", after_commit=True, times=1)
        first = asyncio.create_task(
            client.operations.rent_number(phone_number=number, body=RentNumberRequest())
        )
        await held.reached()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        held.release()
        assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sinch_sandbox.charges) == 1


async def test_a_released_number_can_be_bought_again(sinch_sandbox: Sandbox) -> None:
    async with sinch_sandbox.client() as client:
        [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
        number = await client.available_numbers.rent(offer.phone_number)
        assert client._context.number_locks.was_returned(number.phone_number)
        await client.operations.release_number(phone_number=number.phone_number)
        assert not client._context.number_locks.was_returned(number.phone_number)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"<html>"])
async def test_a_raw_response_of_any_form_is_returned(httpx_mock: HTTPXMock, content: bytes) -> None:
    httpx_mock.add_response(content=content)
    response = await make_client().request("POST", "/numberOrders", body={}, safety=Safety.BILLABLE)
    assert response.content == content


async def test_closing_the_client_before_it_was_sent_says_so() -> None:
    sandbox = Sandbox()
    client = sandbox.client(close_timeout=0)
    held = sandbox.faults.hold("Token")
    task = asyncio.create_task(client.operations.release_number(phone_number=NUMBER))
    await held.reached()
    await client.aclose()
    with pytest.raises(APIConnectionError) as caught:
        await task
    assert caught.value.sent is Sent.NEVER
    held.release()


# --- what does not ---


@pytest.mark.parametrize("status", [429, 503])
async def test_what_may_have_another_effect_twice_is_sent_once(httpx_mock: HTTPXMock, status: int) -> None:
    httpx_mock.add_response(status, is_reusable=True)
    with pytest.raises((RateLimitError, ServerError)):
        await make_client().operations.deprovision_emergency_address(phone_number=NUMBER)
    assert len(httpx_mock.get_requests()) == 1


async def test_the_resources_have_the_safety_of_the_endpoint_modules_too(
    httpx_mock: HTTPXMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_active_number, "SAFETY", Safety.ONCE)
    httpx_mock.add_response(503, is_reusable=True)
    client = make_client()
    with pytest.raises(ServerError):
        await client.active_numbers.update(NUMBER, display_name="x")
    assert len(httpx_mock.get_requests()) == 1


# --- pages ---


async def test_a_listing_reads_all_pages_and_continues_at_a_cursor(sinch_sandbox: Sandbox) -> None:
    numbers = sinch_sandbox.seed_active(5)
    async with sinch_sandbox.client() as client:
        listing = client.operations.list_active_numbers(page_size=2, region_code="US", type_="LOCAL")
        assert [number.phone_number async for number in listing] == numbers
        first = await client.operations.list_active_numbers(page_size=2, region_code="US", type_="LOCAL")
        assert (len(first.items), first.total_size) == (2, 5)
        rest = client.operations.list_active_numbers(
            page_size=3, region_code="US", type_="LOCAL", cursor=first.cursor
        )
        assert [number.phone_number async for number in rest] == numbers[2:]


async def test_a_cursor_belongs_to_the_same_filters(sinch_sandbox: Sandbox) -> None:
    sinch_sandbox.seed_active(3)
    async with sinch_sandbox.client() as client:
        first = await client.operations.list_active_numbers(page_size=2, region_code="US")
        with pytest.raises(ConfigurationError, match="other filters"):
            client.operations.list_active_numbers(page_size=2, region_code="GB", cursor=first.cursor)


async def test_a_listing_has_no_more_pages_than_allowed(sinch_sandbox: Sandbox) -> None:
    sinch_sandbox.seed_active(5)
    async with sinch_sandbox.client() as client:
        with pytest.raises(PaginationError, match="more than 2 pages"):
            await client.operations.list_active_numbers(page_size=1, max_pages=2).collect()


async def test_an_argument_that_cannot_be_sent_is_refused_before_the_first_page() -> None:
    client: NumbersClient = make_client()
    with pytest.raises(ConfigurationError, match="cannot be sent"):
        client.operations.list_active_numbers(order_by="\ud800")


async def test_a_page_without_its_list_is_an_invalid_response(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"message": "quota exceeded"})
    with pytest.raises(InvalidResponseError, match="activeNumbers"):
        await make_client().operations.list_active_numbers()


async def test_a_cursor_belongs_to_the_same_project(sinch_sandbox: Sandbox) -> None:
    sinch_sandbox.seed_active(3)
    async with sinch_sandbox.client() as client, sinch_sandbox.client(project_id="other") as other:
        first = await client.operations.list_active_numbers(page_size=2)
        with pytest.raises(ConfigurationError, match="of another project"):
            other.operations.list_active_numbers(page_size=2, cursor=first.cursor)


async def test_a_total_size_that_is_not_a_number_is_left_out(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"activeNumbers": [], "totalSize": "many"})
    page = await make_client().operations.list_active_numbers()
    assert page.total_size is None
