"""The secret that signs callbacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import models

from ..support import HMAC_SECRET, make_client
from .exchanges import FOREIGN, ROOT, Exchange, assert_refuses, assert_sends

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
@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
async def test_a_200_that_is_not_about_what_was_asked_for_is_an_invalid_response(
    httpx_mock: HTTPXMock, exchange: Exchange, body: Any
) -> None:
    await assert_refuses(httpx_mock, exchange, body)


async def test_any_text_is_sent_as_a_secret(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"hmacSecret": "s"})
    configuration = await make_client().callback_configuration.update(hmac_secret="\u00fc" * 300)

    [request] = httpx_mock.get_requests()
    assert json.loads(request.content) == {"hmacSecret": "\u00fc" * 300}
    assert isinstance(configuration, models.CallbackConfiguration)
    assert configuration.hmac_secret == "s"
