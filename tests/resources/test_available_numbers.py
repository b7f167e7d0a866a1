"""Searching, getting and renting available numbers."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import Capability, ConfigurationError, NumbersClient, NumberType, ServerError
from sinch_numbers.sandbox import Sandbox

from ..support import NUMBER, make_client
from .exchanges import ENCODED, FOREIGN, ROOT, Exchange, assert_refuses, assert_sends

EXCHANGES: dict[str, Exchange] = {
    "search": Exchange(
        lambda client: client.available_numbers.search(
            region_code="US", number_type=NumberType.LOCAL, number_pattern="+1202", search_pattern="START",
            capabilities=[Capability.SMS, "VOICE"], size=5,
        ),
        "GET",
        f"{ROOT}/availableNumbers?regionCode=US&type=LOCAL&numberPattern.pattern=%2B1202&numberPattern.searchPattern=START"
        "&capabilities=SMS&capabilities=VOICE&size=5",
    ),
    "get available": Exchange(lambda client: client.available_numbers.get(NUMBER), "GET", f"{ROOT}/availableNumbers/{ENCODED}"),
}  # fmt: skip


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_an_operation_sends_its_arguments_where_they_belong(
    httpx_mock: HTTPXMock, exchange: Exchange
) -> None:
    await assert_sends(httpx_mock, exchange)


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
async def test_a_200_that_is_not_about_what_was_asked_for_is_an_invalid_response(
    httpx_mock: HTTPXMock, exchange: Exchange, body: Any
) -> None:
    await assert_refuses(httpx_mock, exchange, body)


async def test_lists_that_are_null_are_empty(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"availableNumbers": None})

    assert await make_client().available_numbers.search(region_code="US", number_type="LOCAL") == []


async def test_an_offer_has_prices(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    same = await client.available_numbers.get(offer.phone_number)

    assert same == offer
    assert offer.monthly_price is not None
    assert offer.monthly_price.currency_code


async def test_a_number_is_available_until_it_is_rented(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    number = offer.phone_number

    assert await client.available_numbers.is_available(number)
    await client.available_numbers.rent(number)
    assert not await client.available_numbers.is_available(number)


async def test_is_available_raises_if_the_api_fails(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="GetAvailableNumber", times=None, status=500)
    with pytest.raises(ServerError):
        await sandbox.client().available_numbers.is_available(NUMBER)


async def test_rent_any_sends_its_criteria(client: NumbersClient) -> None:
    number = await client.available_numbers.rent_any(
        region_code="US",
        number_type="LOCAL",
        capabilities=["SMS"],
        number_pattern="+1206",
        search_pattern="START",
    )
    assert number.phone_number.startswith("+1206")
    assert "SMS" in number.capability


@pytest.mark.parametrize("size", [0, -1, True, "5"])
async def test_a_size_that_is_not_a_count_is_a_configuration_error(size: Any) -> None:
    with pytest.raises(ConfigurationError, match="size"):
        await make_client().available_numbers.search(region_code="US", number_type="LOCAL", size=size)


@pytest.mark.parametrize("operation", ["search", "rent_first", "rent_any", "quote", "rent_many"])
async def test_one_string_instead_of_several_capabilities_is_a_configuration_error(operation: str) -> None:
    extra = {"count": 1} if operation in {"quote", "rent_many"} else {}
    method = getattr(make_client().available_numbers, operation)
    with pytest.raises(ConfigurationError, match="capabilities"):
        await method(region_code="US", number_type="LOCAL", capabilities="SMS", **extra)
