"""The secret that signs callbacks."""

from __future__ import annotations

import json

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import models

from ..support import HMAC_SECRET, make_client
from .exchanges import ROOT, Exchange, assert_sends, assert_survives_an_empty_object

EXCHANGES: dict[str, Exchange] = {
    "get callbacks": Exchange(
        lambda client: client.callback_configuration.get(), "GET", f"{ROOT}/callbackConfiguration"
    ),
    "update callbacks": Exchange(
        lambda client: client.callback_configuration.update(hmac_secret=HMAC_SECRET),
        "PATCH",
        f"{ROOT}/callbackConfiguration",
        {"hmacSecret": HMAC_SECRET},
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


async def test_any_text_is_sent_as_a_secret(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"hmacSecret": "s"})
    configuration = await make_client().callback_configuration.update(hmac_secret="\u00fc" * 300)

    [request] = httpx_mock.get_requests()
    assert json.loads(request.content) == {"hmacSecret": "\u00fc" * 300}
    assert isinstance(configuration, models.CallbackConfiguration)
    assert configuration.hmac_secret == "s"
