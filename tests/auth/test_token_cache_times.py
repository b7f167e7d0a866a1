"""To the second: from when a token is renewed in the background, and from when calls wait for the next."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import AuthenticationError, MemoryStore, NumbersClient
from sinch_numbers._defaults import MAX_TOKEN_LIFETIME, TOKEN_FAILURE_PAUSE
from sinch_numbers.sandbox import VirtualClock

from ..support import REGIONS_URL, TOKEN_URL, make_keyed_client


class Api:
    """Counts the tokens that it issues, and notes which of them calls use."""

    def __init__(self, httpx_mock: HTTPXMock, expires_in: object) -> None:
        self.issued = 0
        self.used: list[str] = []
        self.rejects = False
        self._expires_in = expires_in
        httpx_mock.add_callback(self._token, url=TOKEN_URL, is_reusable=True)
        httpx_mock.add_callback(self._regions, url=REGIONS_URL, is_reusable=True)

    def _token(self, request: httpx.Request) -> httpx.Response:
        self.issued += 1
        body: dict[str, Any] = {"access_token": f"token-{self.issued}", "expires_in": self._expires_in}
        return httpx.Response(200, json=body)

    def _regions(self, request: httpx.Request) -> httpx.Response:
        self.used.append(request.headers["authorization"].removeprefix("Bearer "))
        return httpx.Response(401 if self.rejects else 200, json={"availableRegions": []})


async def call(client: NumbersClient) -> None:
    await client.available_regions.list()
    for _ in range(20):  # for what goes on in the background
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("expires_in", "seconds", "issued", "used"),
    [
        (3600, 3299, 1, "token-1"),
        (3600, 3300, 2, "token-1"),
        (3600, 3589, 2, "token-1"),
        (3600, 3590, 2, "token-2"),
        (100, 79, 1, "token-1"),
        (100, 80, 2, "token-1"),
        (100, 94, 2, "token-1"),
        (100, 95, 2, "token-2"),
        (1, 0.75, 1, "token-1"),
        (1, 1, 2, "token-2"),
        (MAX_TOKEN_LIFETIME, 3600, 1, "token-1"),
        (MAX_TOKEN_LIFETIME + 1, 3600, 2, "token-2"),
    ],
)
async def test_a_token_is_renewed_and_waited_for_at_its_times(
    httpx_mock: HTTPXMock, expires_in: object, seconds: float, issued: int, used: str
) -> None:
    api, clock = Api(httpx_mock, expires_in), VirtualClock()
    async with make_keyed_client(clock=clock) as client:
        await call(client)
        clock.advance(seconds)
        await call(client)
    assert (api.issued, api.used) == (issued, ["token-1", used])


@pytest.mark.parametrize(("seconds", "issued"), [(3299, 1), (3300, 2)])
async def test_a_token_from_a_store_is_used_until_it_is_due_for_renewal_and_kept_until_it_expires(
    httpx_mock: HTTPXMock, seconds: float, issued: int
) -> None:
    api, clock = Api(httpx_mock, 3600), VirtualClock()
    store = MemoryStore(clock=clock)
    await call(make_keyed_client(clock=clock, token_store=store))
    clock.advance(seconds)
    assert len(await store.items("")) == 1
    await call(make_keyed_client(clock=clock, token_store=store))
    assert api.issued == issued
    clock.advance(3600)
    assert await store.items("") == []


async def test_while_every_token_is_rejected_a_new_one_is_tried_once_in_a_while(
    httpx_mock: HTTPXMock,
) -> None:
    api, clock = Api(httpx_mock, 36_000), VirtualClock()
    clock.advance(1_000)
    client = make_keyed_client(clock=clock)
    api.rejects = True

    async def rejected() -> int:
        """How often one call is sent."""
        before = len(api.used)
        with pytest.raises(AuthenticationError):
            await client.available_regions.list()
        return len(api.used) - before

    assert (await rejected(), api.issued) == (2, 2)
    assert (await rejected(), api.issued) == (1, 2)
    clock.advance(TOKEN_FAILURE_PAUSE - 1)
    assert (await rejected(), api.issued) == (1, 2)
    clock.advance(1)
    assert (await rejected(), api.issued) == (2, 3)
    api.rejects = False
    await call(client)
    # The token was accepted, so when it is rejected later, the next one is tried at once.
    api.rejects = True
    assert (await rejected(), api.issued) == (2, 4)


async def test_the_token_is_requested_from_auth_url(httpx_mock: HTTPXMock) -> None:
    elsewhere = "http://127.0.0.1:10"
    httpx_mock.add_response(url=f"{elsewhere}/oauth2/token", json={"access_token": "abc"})
    httpx_mock.add_response(url=REGIONS_URL, json={"availableRegions": []})
    assert await make_keyed_client(auth_url=elsewhere).available_regions.list() == []
