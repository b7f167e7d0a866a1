"""Listing the regions that have numbers to rent."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import ConfigurationError, NumberType

from ..support import make_client
from .exchanges import FOREIGN, ROOT, Exchange, assert_refuses, assert_sends

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
@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
async def test_a_200_that_is_not_about_what_was_asked_for_is_an_invalid_response(
    httpx_mock: HTTPXMock, exchange: Exchange, body: Any
) -> None:
    await assert_refuses(httpx_mock, exchange, body)


async def test_lists_that_are_null_are_empty(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"availableRegions": None})

    assert await make_client().available_regions.list() == []


async def test_one_string_instead_of_several_types_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="number_types"):
        await make_client().available_regions.list(number_types="LOCAL")
