"""What many tests share: names, URLs, and a client without ceremony."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from sinch_numbers import NumbersClient, NumbersError
from sinch_numbers.sandbox import Sandbox, VirtualClock

PROJECT = "project-1"
KEY_ID = "key-id-1"
KEY_SECRET = "canary-key-secret-7Qz"
TOKEN = "canary.access.token-9Xw"
HMAC_SECRET = "canary-hmac-secret-4Lp"
BASIC = base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()

BASE = "http://127.0.0.1:9"
"""Where requests are sent to which pytest-httpx responds: plain http, so that no test loads certificates."""
NUMBER = "+12025550134"
NUMBER_URL = f"{BASE}/v1/projects/{PROJECT}/activeNumbers/%2B12025550134"
RENT_URL = f"{BASE}/v1/projects/{PROJECT}/availableNumbers/%2B12025550134:rent"
REGIONS_URL = f"{BASE}/v1/projects/{PROJECT}/availableRegions"
CALLBACKS_URL = f"{BASE}/v1/projects/{PROJECT}/callbackConfiguration"
TOKEN_URL = f"{BASE}/oauth2/token"

ANSWER: dict[str, Any] = {
    "phoneNumber": NUMBER,
    "projectId": PROJECT,
    "activeNumbers": [],
    "availableNumbers": [],
    "availableRegions": [],
    "streetNumber": "600",
    "validationResult": "EXACT_MATCH",
}
"""A response that every operation accepts, if it is about `NUMBER`."""
ANSWER_BODY = json.dumps(ANSWER).encode()


_made: list[NumbersClient] = []


def make_client(**options: Any) -> NumbersClient:
    """A client of `BASE` on a virtual clock; unless told otherwise it requests no token. The end of the test closes it."""
    defaults: dict[str, Any] = {
        "project_id": PROJECT,
        "base_url": BASE,
        "auth_url": BASE,
        "auth": lambda: TOKEN,
        "clock": VirtualClock(),
    }
    client = NumbersClient(**(defaults | options))
    _made.append(client)
    return client


def close_made_clients() -> None:
    """Closes the clients of `make_client`, so that none is collected unclosed."""
    if _made:
        loop = asyncio.new_event_loop()
        while _made:
            loop.run_until_complete(_made.pop().aclose())
        loop.close()


def make_keyed_client(**options: Any) -> NumbersClient:
    """The same with the key of these tests, by OAuth2."""
    return make_client(**({"auth": "oauth2", "key_id": KEY_ID, "key_secret": KEY_SECRET} | options))


def closed_port() -> int:
    """A loopback port without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def arrived(sandbox: Sandbox, operation: str, status: int | None = None) -> int:
    """How many requests of an operation the sandbox has received, or how many of them got a response with `status`."""
    return sum(
        request.operation == operation and status in (None, request.status) for request in sandbox.requests
    )


async def error_of(client: NumbersClient) -> NumbersError:
    """What a read raises."""
    with pytest.raises(NumbersError) as caught:
        await client.active_numbers.get(NUMBER)
    return caught.value


async def turns(count: int = 10) -> None:
    """Lets the other tasks of the loop run that many times."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Lets the other tasks of the loop run until `condition` holds. Raises TimeoutError if it never does."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)
