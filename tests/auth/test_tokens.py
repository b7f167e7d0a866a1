"""An access token: how long it lasts, and how it is kept in a store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import MemoryStore
from sinch_numbers._defaults import MAX_TOKEN_LIFETIME
from sinch_numbers.sandbox import Sandbox, SandboxOptions, VirtualClock

from ..support import ANSWER, REGIONS_URL, TOKEN_URL, arrived, make_keyed_client


async def test_a_token_with_a_short_lifetime_is_used_for_most_of_it() -> None:
    sandbox = Sandbox(SandboxOptions(token_lifetime=10))
    async with sandbox.client() as client:
        for _ in range(8):
            await client.available_regions.list()
            sandbox.clock.advance(1)

    assert arrived(sandbox, "Token") == 1


ODD: list[Any] = [None, "", "soon", 0, -1, True, [], 10**400, 1e300, "9" * 400]


@pytest.mark.parametrize(
    ("told", "lifetime"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": 3600.5}, 3600.5),
        ({"expires_in": "3600"}, 3600),
        ({}, 300),
        *[({"expires_in": odd}, 300) for odd in ODD],
    ],
)  # fmt: skip
async def test_a_token_is_used_for_its_stated_lifetime_or_five_minutes_if_that_makes_no_sense(
    httpx_mock: HTTPXMock, told: dict[str, Any], lifetime: float
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", **told}, is_reusable=True)
    httpx_mock.add_response(url=REGIONS_URL, json=ANSWER, is_reusable=True)
    store = MemoryStore()
    client = make_keyed_client(token_store=store)
    clock = client._context.clock
    await client.available_regions.list()
    await clock.sleep(lifetime - 10 - 0.2 * lifetime)
    await client.available_regions.list()
    before = len(httpx_mock.get_requests(url=TOKEN_URL))
    await clock.sleep(0.2 * lifetime + 10)
    await client.available_regions.list()

    assert (before, len(httpx_mock.get_requests(url=TOKEN_URL))) == (1, 2)


NOW = VirtualClock().time()
BAD_TIMES: list[Any] = [float("nan"), float("inf"), float("-inf"), 1e300, -1e300, 10**400, "soon", [], None]


def _stored(value: object = "x", issued_at: object = NOW, expires_at: object = NOW + 3600) -> bytes:
    return json.dumps({"value": value, "issued_at": issued_at, "expires_at": expires_at}).encode()


@pytest.mark.parametrize(
    "rubbish",
    [
        *(b"", b"{}", b"[]", b"\xff", b'{"value": "x", "issued_at": null}', b"[" * 100_000),
        *(_stored(value) for value in ("", " ", "a\nb", "a b", "\u00e9", "\ud800", 7, None, ["x"])),
        *(_stored(expires_at=time) for time in BAD_TIMES),
        *(_stored(issued_at=time) for time in [*BAD_TIMES, NOW + 7200]),
    ],
)
async def test_a_stored_value_that_is_not_a_token_is_replaced(sandbox: Sandbox, rubbish: bytes) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    [(key, _)] = await store.items("sinch-numbers/token/")
    await store.set(key, rubbish)
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2
    assert [request.status for request in sandbox.requests].count(401) == 0
    assert await store.get(key) != rubbish


@pytest.mark.parametrize(
    ("lifetime", "issued"), [(1, 0), (MAX_TOKEN_LIFETIME, 0), (MAX_TOKEN_LIFETIME + 1, 1)]
)
async def test_a_stored_token_is_used_if_it_lasts_no_longer_than_a_token_may(
    httpx_mock: HTTPXMock, lifetime: float, issued: int
) -> None:
    httpx_mock.add_response(url=REGIONS_URL, json=ANSWER, is_reusable=True)
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600}, is_reusable=True)
    store = MemoryStore()
    await make_keyed_client(token_store=store)._context.auth.credentials()
    [(key, _)] = await store.items("sinch-numbers/token/")
    await store.set(key, _stored(expires_at=NOW + lifetime))
    before = len(httpx_mock.get_requests(url=TOKEN_URL))
    await make_keyed_client(token_store=store).available_regions.list()

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) - before == issued


async def test_a_stored_token_is_used(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(
        url=REGIONS_URL, json=ANSWER, match_headers={"Authorization": "Bearer x"}, is_reusable=True
    )
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600})
    store = MemoryStore()
    client = make_keyed_client(token_store=store)
    await client._context.auth.credentials()
    [(key, _)] = await store.items("sinch-numbers/token/")
    await store.set(key, _stored())
    await make_keyed_client(token_store=store).available_regions.list()

    assert len(httpx_mock.get_requests(url=TOKEN_URL)) == 1
