"""What Sentry and rich show of an error: all frames of its chain of causes, with their local variables."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import sentry_sdk
from rich.traceback import Traceback
from sentry_sdk.scrubber import EventScrubber
from sentry_sdk.utils import event_from_exception

from sinch_numbers import (
    ConfigurationError,
    HttpRequest,
    HttpxTransport,
    NumbersClient,
    NumbersError,
    RetryPolicy,
    Sent,
    TransportError,
)
from sinch_numbers.transports.aiohttp import AiohttpTransport
from sinch_numbers.transports.httpx2 import Httpx2Transport
from sinch_numbers.transports.httpx_client import HttpxClientTransport

from .raw_server import Respond, http_response, raw_server
from .support import KEY_ID, KEY_SECRET, NUMBER, PROJECT, TOKEN, closed_port, make_client

PASSWORD = "canary-proxy-password-2Tv"
SECRETS = (PASSWORD, base64.b64encode(f"user:{PASSWORD}".encode()).decode(), TOKEN, KEY_SECRET)
_LONGEST = 10_000
"""Characters of a variable that are shown."""
ONCE = RetryPolicy(max_attempts=1)


def _sentry(error: BaseException) -> str:
    """The event that Sentry would send, without its own search for secrets, which goes by the names of variables."""
    options: dict[str, Any] = {"include_local_variables": True, "include_source_context": False}
    client = sentry_sdk.Client(
        dsn="http://key@127.0.0.1:9/1",
        default_integrations=False,
        event_scrubber=EventScrubber(denylist=[], pii_denylist=[]),
        max_value_length=_LONGEST,
        before_send=lambda event, _: events.append(event),
    )
    events: list[Any] = []
    event, hint = event_from_exception(error, client_options={**client.options, **options})
    client.capture_event(event, hint)
    client.close(timeout=0)
    return json.dumps(events, default=repr)


def _rich(error: BaseException) -> str:
    """What rich.traceback prints, without the lines of code."""
    trace = Traceback.extract(
        type(error),
        error,
        error.__traceback__,
        show_locals=True,
        locals_max_length=_LONGEST,
        locals_max_string=_LONGEST,
        locals_hide_dunder=False,
    )
    shown: list[str] = []
    for stack in trace.stacks:
        shown += [stack.exc_type, stack.exc_value]
        for frame in stack.frames:
            shown += [f"{name} = {value}" for name, value in (frame.locals or {}).items()]
    return "\n".join(shown)


def leaks(error: BaseException) -> list[str]:
    """The trackers that show a secret of `error`, and which. The frames of tests are left out: they hold the secrets."""
    while error.__traceback__ is not None and "/tests/" in error.__traceback__.tb_frame.f_code.co_filename:
        error.__traceback__ = error.__traceback__.tb_next
    shown = {"Sentry": _sentry(error), "rich": _rich(error)}
    assert all(type(error).__name__ in text for text in shown.values())
    return [f"{name}: {secret}" for name, text in shown.items() for secret in SECRETS if secret in text]


@asynccontextmanager
async def default(proxy: str) -> AsyncGenerator[dict[str, Any]]:
    transport = HttpxTransport(proxy=proxy)
    yield {"transport": transport}
    await transport.aclose()


@asynccontextmanager
async def on_httpx2(proxy: str) -> AsyncGenerator[dict[str, Any]]:
    transport = Httpx2Transport(proxy=proxy)
    yield {"transport": transport}
    await transport.aclose()


@asynccontextmanager
async def client_of_the_user(proxy: str) -> AsyncGenerator[dict[str, Any]]:
    async with httpx.AsyncClient(proxy=proxy) as http_client:
        yield {"http_client": http_client}


@asynccontextmanager
async def aiohttp_transport(proxy: str) -> AsyncGenerator[dict[str, Any]]:
    transport = AiohttpTransport(proxy=proxy)
    yield {"transport": transport}
    await transport.aclose()


async def _drop(_: bytes) -> None:
    return None


async def _refuse(_: bytes) -> bytes:
    return http_response(407)


async def _babble(_: bytes) -> bytes:
    return b"what?\r\n\r\n"


@pytest.mark.parametrize("through", [default, on_httpx2, client_of_the_user, aiohttp_transport])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("respond", [_drop, _refuse, _babble, None])
async def test_the_password_of_a_proxy_that_fails_is_not_shown(
    through: Callable[[str], Any], scheme: str, respond: Respond | None
) -> None:
    async with raw_server(respond or _drop) as server:
        address = server.url.removeprefix("http://") if respond else f"127.0.0.1:{closed_port()}"
        async with through(f"http://user:{PASSWORD}@{address}") as options:
            client = make_client(
                base_url=f"{scheme}://numbers.example", allow_insecure=True, retry=ONCE, **options
            )
            # After an unclear end, it also asks for the number.
            with pytest.raises(NumbersError) as caught:
                await client.available_numbers.rent(NUMBER)

    assert leaks(caught.value) == []


@pytest.mark.parametrize("through", [default, on_httpx2, client_of_the_user, aiohttp_transport])
async def test_the_password_of_a_proxy_is_not_shown_if_a_request_is_stopped_before_it_is_sent(
    through: Callable[[str], Any],
) -> None:
    async def stop() -> None:
        raise TransportError("the lease was lost", sent=Sent.NEVER)

    async with (
        raw_server(_refuse) as server,
        through(server.url.replace("//", f"//user:{PASSWORD}@")) as options,
    ):
        transport = options.get("transport") or HttpxClientTransport(options["http_client"])
        with pytest.raises(TransportError, match="the lease was lost") as caught:
            await transport.send(
                HttpRequest(method="GET", url="http://numbers.example", headers={}, before_send=stop)
            )

    assert server.requests == []
    assert leaks(caught.value) == []


@pytest.mark.parametrize("through", [default, on_httpx2, aiohttp_transport])
@pytest.mark.parametrize("proxy", ["gopher://user:{}@127.0.0.1:1", "http://user:{}@[::1", "user:{}"])
async def test_the_password_of_a_proxy_that_cannot_be_used_is_not_shown(
    through: Callable[[str], Any], proxy: str
) -> None:
    async with through(proxy.format(PASSWORD)) as options:
        client = make_client(base_url="http://numbers.example", allow_insecure=True, retry=ONCE, **options)
        with pytest.raises(NumbersError) as caught:
            await client.active_numbers.get(NUMBER)

    assert leaks(caught.value) == []


async def test_the_token_that_a_server_echoes_in_a_header_that_is_not_valid_is_not_shown() -> None:
    async def echo(message: bytes) -> bytes:
        authorization = next(line for line in message.split(b"\r\n") if line.startswith(b"Authorization"))
        return b"HTTP/1.1 200 OK\r\n" + authorization.replace(b":", b"") + b"\x1b[31m\r\n\r\n"

    async with raw_server(echo) as server:
        with pytest.raises(NumbersError, match=r"illegal header line.*Bearer \*\*\*") as caught:
            await make_client(base_url=server.url, retry=ONCE).active_numbers.get(NUMBER)

    assert leaks(caught.value) == []


@pytest.mark.parametrize(
    "wrong", [{"base_url": "http://api.example"}, {"max_connections": 0}, {"headers": {"a b": "c"}}]
)
def test_the_key_of_a_client_with_a_wrong_option_is_not_shown(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINCH_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SINCH_KEY_ID", KEY_ID)
    monkeypatch.setenv("SINCH_KEY_SECRET", KEY_SECRET)
    secret: dict[str, Any] = {"X-Api-Key": KEY_SECRET}
    options: dict[str, Any] = {"headers": secret, **wrong}
    with pytest.raises(ConfigurationError) as caught:
        NumbersClient.from_env(**options)
    with pytest.raises(ConfigurationError) as made:
        make_client(**{"headers": secret, "key_secret": KEY_SECRET, **wrong})
    with pytest.raises(ConfigurationError) as copied:
        make_client(headers=secret).with_options(headers={"a b": "c"})

    assert leaks(caught.value) == []
    assert leaks(made.value) == []
    assert leaks(copied.value) == []


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("PATCH", "/callbackConfiguration", {}),
        ("POST", "/../x", {}),
        ("GET", "/x", {}),
        ("POST", "/x", {"broken": "\ud800"}),
        ("POST", "/x", {"broken": {1}}),
    ],
)
async def test_the_body_of_a_request_of_the_users_own_is_not_shown(
    method: str, path: str, more: dict[str, Any]
) -> None:
    async with raw_server(_drop) as server:
        client = make_client(base_url=server.url, retry=ONCE)
        with pytest.raises(NumbersError) as caught:
            await client.request(method, path, body={"hmacSecret": PASSWORD, **more})

    assert leaks(caught.value) == []
