"""One access token for several processes, through a store."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import MemoryStore
from sinch_numbers.sandbox import Sandbox

from ..support import arrived
from .calls import LIFETIME, regions


async def test_two_clients_with_one_store_share_a_token(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    one, two = sandbox.client(token_store=store), sandbox.client(token_store=store)
    await one.available_regions.list()
    await two.available_regions.list()

    assert arrived(sandbox, "Token") == 1


async def test_clients_with_different_keys_do_not_share_a_token_in_one_store(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    await sandbox.client(token_store=store, key_id="another").available_regions.list()
    await sandbox.client(token_store=store, auth_url="https://another.example").available_regions.list()

    assert arrived(sandbox, "Token") == 3


async def test_a_client_takes_the_token_that_another_process_renewed_after_a_revocation(
    sandbox: Sandbox,
) -> None:
    store = MemoryStore(clock=sandbox.clock)
    one, two = sandbox.client(token_store=store), sandbox.client(token_store=store)
    await one.available_regions.list()
    await two.available_regions.list()
    sandbox.revoke_tokens()
    await one.available_regions.list()
    await two.available_regions.list()

    assert arrived(sandbox, "Token") == 2
    assert arrived(sandbox, "ListAvailableRegions", 401) == 2


async def test_a_client_that_starts_with_a_revoked_token_from_the_store_renews_it(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    sandbox.revoke_tokens()
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2


async def test_a_stored_token_that_is_due_for_renewal_is_not_used(sandbox: Sandbox) -> None:
    store = MemoryStore(clock=sandbox.clock)
    await sandbox.client(token_store=store).available_regions.list()
    sandbox.clock.advance(LIFETIME - 299)
    await sandbox.client(token_store=store).available_regions.list()

    assert arrived(sandbox, "Token") == 2


class BrokenStore(MemoryStore):
    async def get(self, key: str) -> bytes | None:
        raise OSError("the store is down")

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        raise OSError("the store is down")


async def test_if_the_store_fails_one_token_is_requested_and_no_call_fails(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with sandbox.client(token_store=BrokenStore()) as client:
        await asyncio.gather(*regions(client, 20))
        await client.available_regions.list()

    assert arrived(sandbox, "Token") == 1
    assert "token store" in caplog.text
