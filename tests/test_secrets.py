"""No error, log record or repr shows a secret, whatever the API responds with."""

from __future__ import annotations

import html
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    ConfigurationError,
    HttpResponse,
    InvalidResponseError,
    MockTransport,
    NumbersClient,
    OutcomeUnknownError,
    RetryPolicy,
)
from sinch_numbers.sandbox import Sandbox, SandboxOptions

from .exposure import leaks, recorded, shown
from .support import (
    BASIC,
    CALLBACKS_URL,
    HMAC_SECRET,
    KEY_ID,
    KEY_SECRET,
    NUMBER,
    PROJECT,
    TOKEN,
    TOKEN_URL,
    make_client,
    make_keyed_client,
)

ONCE = RetryPolicy(max_attempts=1)


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """All log records, down to DEBUG, in `logs.records`."""
    caplog.set_level(logging.DEBUG)
    return caplog


# --- what the API responds with ---


def _echo(request: httpx.Request) -> httpx.Response:
    """An unfriendly server, which echoes what it was sent everywhere in its response."""
    authorization = request.headers["authorization"]
    token = authorization.partition(" ")[2]
    body = {
        "error": {
            "message": f"bad credentials {authorization} ({token}) in {request.content.decode()} of {KEY_SECRET}",
            "status": token,
            "details": [{"type": "BadRequest", "fieldViolations": [{"field": "f", "description": authorization}]}],
        },
        "hmacSecret": HMAC_SECRET,
        "access_token": TOKEN,
    }  # fmt: skip
    headers = {
        "x-echo": authorization,
        "www-authenticate": f'Bearer error_description="{token} expired"',
        "x-request-id": f"id-of-{token}",
    }
    return httpx.Response(request.extensions.get("status", 418), json=body, headers=headers)


async def test_an_error_shows_no_secret_even_if_the_response_echoes_all_of_them(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": TOKEN, "expires_in": 3600})
    httpx_mock.add_callback(_echo, url=CALLBACKS_URL, is_reusable=True)
    client = make_keyed_client()

    with pytest.raises(APIStatusError) as read:
        await client.callback_configuration.get()
    with pytest.raises(APIStatusError) as written:
        await client.callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(read.value)) == []
    assert leaks(shown(written.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize(
    "notation", [json.dumps, quote, quote_plus, html.escape, "<p>{}</p>".format, "a={}&b=1".format]
)
async def test_a_2xx_that_cannot_be_read_shows_no_secret_even_if_it_echoes_all_of_them(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture, notation: Callable[[str], str]
) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        authorization = request.headers["authorization"]
        text = notation(
            f"{authorization} {request.content.decode()} {KEY_SECRET} {request.headers['x-api-key']}"
        )
        headers = {"x-request-id": authorization, "server": authorization, "content-type": authorization}
        return httpx.Response(200, text=text, headers=headers)

    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": TOKEN, "expires_in": 3600})
    httpx_mock.add_callback(echo, url=CALLBACKS_URL)
    client = make_keyed_client(headers={"X-Api-Key": BASIC})
    with pytest.raises(InvalidResponseError) as caught:
        await client.callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert "***" in caught.value.body.decode()
    assert caught.value.request_id == "Bearer ***"
    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize("body", [f"<p>{TOKEN}</p>", f'{{"phoneNumber": "{TOKEN}"}}'])
async def test_the_200_of_a_rent_that_cannot_be_read_shows_no_secret(
    logs: pytest.LogCaptureFixture, body: str
) -> None:
    transport = MockTransport(lambda _: HttpResponse(content=body.encode()))
    with pytest.raises(OutcomeUnknownError) as caught:
        await make_client(transport=transport).available_numbers.rent(NUMBER)

    assert isinstance(caught.value.__cause__, InvalidResponseError)
    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


async def test_the_key_shows_nowhere_even_if_the_token_endpoint_echoes_it(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_callback(_echo, url=TOKEN_URL)
    with pytest.raises(APIStatusError) as caught:
        await make_keyed_client().active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize(
    "body",
    [
        f'{{"token": "{TOKEN}"}}',
        f'{{"access_token": ["{TOKEN}"]}}',
        f'{{"access_token": "{TOKEN}\\n"}}',
        f'["{TOKEN}"]',
        f'{{"access_token": "{TOKEN}',
    ],
)
async def test_a_token_in_a_response_that_cannot_be_read_shows_nowhere(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture, body: str
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, text=body, is_reusable=True)
    with pytest.raises(InvalidResponseError) as caught:
        await make_keyed_client().active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize(
    "exception", [httpx.ReadError("lost"), httpx.ConnectError("no"), httpx.ReadTimeout("")]
)
async def test_a_lost_connection_shows_no_secret(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture, exception: Exception
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": TOKEN, "expires_in": 3600})
    httpx_mock.add_exception(exception, url=CALLBACKS_URL)
    with pytest.raises(APIConnectionError) as caught:
        await make_keyed_client(retry=ONCE).callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize("body", [f'{{"hmacSecret": "{HMAC_SECRET}"', f'[{{"hmacSecret": "{HMAC_SECRET}"}}]'])
async def test_a_callback_configuration_that_cannot_be_read_shows_no_secret(
    httpx_mock: HTTPXMock, body: str
) -> None:
    httpx_mock.add_response(url=CALLBACKS_URL, text=body)
    with pytest.raises(InvalidResponseError) as caught:
        await make_client().callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(caught.value)) == []


async def test_no_log_record_of_a_successful_call_over_a_socket_shows_a_secret(
    logs: pytest.LogCaptureFixture,
) -> None:
    sandbox = Sandbox(SandboxOptions(key_id=KEY_ID, key_secret=KEY_SECRET))
    async with sandbox.serve() as url, make_keyed_client(base_url=url, auth_url=url) as client:
        with client.raw_responses() as responses:
            await client.callback_configuration.update(hmac_secret=HMAC_SECRET)
        configuration = await client.callback_configuration.get()
        text = repr((client, vars(client), responses, configuration))

    assert configuration.hmac_secret == HMAC_SECRET
    assert {"httpcore.http11", "sinch_numbers"} <= {record.name for record in logs.records}
    assert leaks(recorded(logs.records)) == []
    assert leaks(iter([text])) == []


# --- what the user passes ---


@pytest.mark.parametrize("secret", [b"canary-hmac-secret-4Lp", ["canary-hmac-secret-4Lp"], " ", "", None])
async def test_the_error_of_a_wrong_hmac_secret_does_not_show_it(secret: Any) -> None:
    with pytest.raises(ConfigurationError, match="hmac_secret") as caught:
        await make_client().callback_configuration.update(hmac_secret=secret)

    assert leaks(shown(caught.value)) == []


def _options_that_fail() -> list[dict[str, Any]]:
    return [
        {"base_url": "http://api.example"},
        {"project_id": ""},
        {"auth": "digest"},
        {"key_id": ""},
        {"max_connections": 0},
        {"key_secret": KEY_SECRET.encode()},
        {"key_secret": f"{KEY_SECRET}\udc80"},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
    ]


@pytest.mark.parametrize("options", _options_that_fail(), ids=lambda options: next(iter(options)))
def test_the_error_of_a_wrong_option_shows_no_secret(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINCH_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SINCH_KEY_ID", KEY_ID)
    monkeypatch.setenv("SINCH_KEY_SECRET", KEY_SECRET)
    with pytest.raises(ConfigurationError) as made:
        make_keyed_client(**options)
    with pytest.raises(ConfigurationError) as from_environment:
        NumbersClient.from_env(**options)

    assert leaks(shown(made.value)) == []
    assert leaks(shown(from_environment.value)) == []


async def test_a_providers_token_that_no_header_can_carry_shows_nowhere() -> None:
    with pytest.raises(ConfigurationError, match="token provider") as caught:
        await make_client(auth=lambda: f"{TOKEN}\r\nX-Injected: 1").active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []
