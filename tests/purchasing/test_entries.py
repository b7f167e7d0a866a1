"""A ledger entry as it stands in the store."""

from __future__ import annotations

import pytest

from sinch_numbers import ConfigurationError, MemoryStore, NumbersClient, PurchaseLedger


async def test_an_entry_that_cannot_be_read_is_named_in_the_error(
    buyer: NumbersClient, store: MemoryStore, ledger: PurchaseLedger
) -> None:
    await buyer.available_numbers.rent("+12025550134")
    [entry] = await ledger.entries()
    for content in (b"", b"[]", b"{}", b'{"price": null, "state": "sold"}'):
        await store.set(entry.key, content)
        with pytest.raises(ConfigurationError, match=f"unreadable ledger entry at {entry.key!r}"):
            await ledger.entries()
