"""What cannot be sent is refused before anything is sent or recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import reduce
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    HttpResponse,
    HttpxTransport,
    MemoryStore,
    MockTransport,
    NumbersClient,
    PurchaseLedger,
    sms,
    voice,
)
from sinch_numbers.models import VoiceConfigurationRTC

from ..exposure import leaks, shown
from ..raw_server import http_response, raw_server
from ..support import ANSWER_BODY, HMAC_SECRET, NUMBER, make_client

WHERE: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}
LONG = "1" * 70_000
DEEP = reduce(lambda inner, _: {"a": inner}, range(100_000), dict[str, Any]())

Call = Callable[[NumbersClient], Awaitable[object]]

WITH_TEXT: dict[str, Callable[[NumbersClient, str], Awaitable[object]]] = {
    "region of a listing": lambda client, text: client.active_numbers.list(
        region_code=text, number_type="LOCAL"
    ).collect(),
    "type of a listing": lambda client, text: client.active_numbers.list(
        region_code="US", number_type=text
    ).collect(),
    "pattern of a listing": lambda client, text: client.active_numbers.list(
        **WHERE, number_pattern=text
    ).collect(),
    "capability of a listing": lambda client, text: client.active_numbers.list(
        **WHERE, capabilities=["SMS", text]
    ).collect(),
    "order of a listing": lambda client, text: client.active_numbers.list(**WHERE, order_by=text).collect(),
    "region of list_all": lambda client, text: anext(client.active_numbers.list_all(region_codes=[text])),
    "type of a region": lambda client, text: client.available_regions.list(number_types=[text]),
    "pattern of a search": lambda client, text: client.available_numbers.search(**WHERE, number_pattern=text),
    "capability of a quote": lambda client, text: client.available_numbers.quote(
        **WHERE, count=2, capabilities=[text]
    ),
    "pattern of rent_first": lambda client, text: client.available_numbers.rent_first(
        **WHERE, number_pattern=text
    ),
    "region of rent_many": lambda client, text: client.available_numbers.rent_many(
        region_code=text, number_type="LOCAL", count=2, batch="b"
    ),
}
WITH_BODY: dict[str, Callable[[NumbersClient, str], Awaitable[object]]] = {
    "callback URL of rent": lambda client, text: client.available_numbers.rent(NUMBER, callback_url=text),
    "app of rent": lambda client, text: client.available_numbers.rent(
        NUMBER, voice_configuration=voice.rtc(text)
    ),
    "mapping of rent": lambda client, text: client.available_numbers.rent(
        NUMBER, sms_configuration={"service_plan_id": text}
    ),
    "callback URL of rent_first": lambda client, text: client.available_numbers.rent_first(
        **WHERE, callback_url=text
    ),
    "service plan of rent_many": lambda client, text: client.available_numbers.rent_many(
        **WHERE, count=2, batch="b", sms_configuration=sms.link(text)
    ),
    "pattern of rent_any": lambda client, text: client.available_numbers.rent_any(
        **WHERE, number_pattern=text
    ),
    "callback URL of rent_any": lambda client, text: client.available_numbers.rent_any(
        **WHERE, callback_url=text
    ),
    "name of update": lambda client, text: client.active_numbers.update(NUMBER, display_name=text),
    "name of update_many": lambda client, text: client.active_numbers.update_many(
        [NUMBER, NUMBER], display_name=text
    ),
    "callback URL of update": lambda client, text: client.active_numbers.update(NUMBER, callback_url=text),
}


async def refused(call: Call) -> ConfigurationError:
    """The error of a call that sends nothing, and writes nothing to the ledger."""
    transport = MockTransport(lambda _: HttpResponse(content=ANSWER_BODY))
    store = MemoryStore()
    client = make_client(transport=transport, ledger=PurchaseLedger(store))
    with pytest.raises(ConfigurationError) as caught:
        await call(client)

    assert transport.requests == []
    assert await store.items("") == []
    return caught.value


@pytest.mark.parametrize("where", [*WITH_TEXT, *WITH_BODY])
@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
async def test_half_of_a_character_is_refused(where: str, code: int) -> None:
    half = chr(code)
    error = await refused(lambda client: (WITH_TEXT | WITH_BODY)[where](client, f"caf{half}"))

    assert f"{half!r} is half of a character" in str(error)
    assert str(error).isprintable()


@pytest.mark.parametrize("where", WITH_TEXT)
async def test_an_argument_that_makes_the_url_too_long_is_refused(where: str) -> None:
    error = await refused(lambda client: WITH_TEXT[where](client, LONG))

    assert "more than 60,000" in str(error)


async def test_the_longest_path_and_query_is_sent() -> None:
    transport = HttpxTransport()
    async with raw_server(_respond) as server:
        base_url = f"{server.url}/{'b' * (2_000 - len(server.url) - 1)}"
        client = make_client(base_url=base_url, transport=transport)
        await client.available_numbers.search(**WHERE, number_pattern="1")
        rest = 60_000 - (len(server.requests[0].split(b" ")[1]) - len("/" + base_url.rpartition("/")[2]))
        await client.available_numbers.search(**WHERE, number_pattern="1" + "2" * (rest + 1))
        with pytest.raises(ConfigurationError, match="60,001"):
            await client.available_numbers.search(**WHERE, number_pattern="12" + "2" * (rest + 1))
    await transport.aclose()

    assert len(server.requests) == 2


async def _respond(_: bytes) -> bytes:
    return http_response()


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {"a": [float("nan")]}, {1, 2}, DEEP],
    ids=["nan", "inf", "nan within", "set", "too deep"],
)
@pytest.mark.parametrize("call", ["rent", "update", "rent_first"])
async def test_a_configuration_with_a_value_that_is_not_json_is_refused(value: object, call: str) -> None:
    configuration = VoiceConfigurationRTC.from_dict({"type": "RTC", "appId": "app", "ratio": value})
    calls: dict[str, Call] = {
        "rent": lambda client: client.available_numbers.rent(NUMBER, voice_configuration=configuration),
        "update": lambda client: client.active_numbers.update(NUMBER, voice_configuration=configuration),
        "rent_first": lambda client: client.available_numbers.rent_first(
            **WHERE, voice_configuration=configuration
        ),
    }
    error = await refused(calls[call])

    assert "cannot be sent" in str(error)
    assert error.__context__ is None


async def test_a_nan_that_came_from_the_api_is_not_sent_back() -> None:
    body = b'{"phoneNumber": "+12025550134", "voiceConfiguration": {"type": "RTC", "appId": "a", "x": NaN}}'
    transport = MockTransport(lambda _: HttpResponse(content=body))
    client = make_client(transport=transport)
    number = await client.active_numbers.get(NUMBER)
    with pytest.raises(ConfigurationError, match="cannot be sent"):
        await client.active_numbers.update(NUMBER, voice_configuration=number.voice_configuration)

    assert len(transport.requests) == 1


@pytest.mark.parametrize("text", ["\U0001f600", "caf\u00e9", "\\ud800", '"\\ud800"', "\\\\ud83d"])
async def test_whole_characters_are_sent(text: str) -> None:
    transport = MockTransport(lambda _: HttpResponse(content=ANSWER_BODY))
    client = make_client(transport=transport)
    for call in (WITH_TEXT["pattern of a search"], WITH_BODY["name of update"]):
        await call(client, text)

    assert len(transport.requests) == 2


async def test_a_secret_that_cannot_be_sent_shows_nowhere() -> None:
    error = await refused(
        lambda client: client.callback_configuration.update(hmac_secret=HMAC_SECRET + "\ud800")
    )

    assert leaks(shown(error)) == []
