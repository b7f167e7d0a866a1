"""Listing the regions that have numbers to rent."""

from __future__ import annotations

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import ConfigurationError, NumberType

from ..support import make_client
from .exchanges import ROOT, Exchange, assert_sends, assert_survives_an_empty_object

EXCHANGES: dict[str, Exchange] = {
    "regions": Exchange(lambda client: client.available_regions.list(), "GET", f"{ROOT}/availableRegions"),
    "regions of types": Exchange(
        lambda client: client.available_regions.list(number_types=["MOBILE", NumberType.TOLL_FREE]),
        "GET",
        f"{ROOT}/availableRegions?types=MOBILE&types=TOLL_FREE",
    ),
}


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_an_operation_sends_its_arguments_where_they_belong(
    httpx_mock: HTTPXMock, exchange: Exchange
) -> None:
    await assert_sends(httpx_mock, exchange)


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_an_operation_survives_an_empty_response_object(
    httpx_mock: HTTPXMock, exchange: Exchange
) -> None:
    await assert_survives_an_empty_object(httpx_mock, exchange)


async def test_lists_that_are_null_are_empty(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"availableRegions": None})

    assert await make_client().available_regions.list() == []


async def test_one_string_instead_of_several_types_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="number_types"):
        await make_client().available_regions.list(number_types="LOCAL")
