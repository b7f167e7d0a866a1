"""The ledger: its options, its entries, its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    EntryState,
    MemoryStore,
    NumbersClient,
    PurchaseLedger,
    SQLiteStore,
)

from .steps import offered


async def states(ledger: PurchaseLedger) -> list[tuple[str, str | None, EntryState]]:
    return [(entry.operation, entry.phone_number, entry.state) for entry in await ledger.entries()]


async def test_ledgers_with_different_names_in_one_store_have_different_entries(
    client: NumbersClient, store: MemoryStore
) -> None:
    one, two = PurchaseLedger(store, name="one"), PurchaseLedger(store, name="two")
    await client.with_options(ledger=one).available_numbers.rent("+12025550134")
    assert len(await one.entries()) == 1
    assert await two.entries() == []


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_ledger_name_that_is_empty_or_has_a_slash_is_a_configuration_error(
    store: MemoryStore, name: str
) -> None:
    with pytest.raises(ConfigurationError):
        PurchaseLedger(store, name=name)


@pytest.mark.parametrize("option", ["lease", "store_timeout", "settle_after"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan"), True, "5"])
def test_an_option_that_is_not_a_number_of_seconds_above_0_is_named_in_the_error(
    store: MemoryStore, option: str, seconds: Any
) -> None:
    with pytest.raises(ConfigurationError, match=option):
        PurchaseLedger(store, **{option: seconds})


def test_a_store_timeout_has_to_be_less_than_an_eighth_of_the_lease(store: MemoryStore) -> None:
    PurchaseLedger(store, lease=8, store_timeout=0.99)
    with pytest.raises(ConfigurationError, match="an eighth of the lease"):
        PurchaseLedger(store, lease=8, store_timeout=1)


async def test_a_batch_name_with_a_slash_is_a_configuration_error(ledger: PurchaseLedger) -> None:
    with pytest.raises(ConfigurationError):
        await ledger.entries(batch="a/b")


async def test_a_ledger_in_a_file_is_kept_after_the_file_is_closed(
    tmp_path: Path, client: NumbersClient
) -> None:
    path = tmp_path / "ledger.sqlite"
    async with SQLiteStore(path) as file:
        buyer = client.with_options(ledger=PurchaseLedger(file))
        number = await offered(client)
        await buyer.available_numbers.rent(number)
    async with SQLiteStore(path) as file:
        assert await states(PurchaseLedger(file)) == [("RentNumber", number, EntryState.RENTED)]
