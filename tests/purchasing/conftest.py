"""What the tests of purchases share: a ledger in memory, and what is reported of purchases without a caller."""

from __future__ import annotations

import pytest

from sinch_numbers import MemoryStore, NumbersClient, OrphanedPurchase, PurchaseLedger
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def orphans() -> list[OrphanedPurchase]:
    """Where the hook `on_orphaned_purchase` puts what it is called with."""
    return []


@pytest.fixture
def store(sandbox: Sandbox) -> MemoryStore:
    return MemoryStore(clock=sandbox.clock)


@pytest.fixture
def ledger(store: MemoryStore) -> PurchaseLedger:
    return PurchaseLedger(store)


@pytest.fixture
def buyer(client: NumbersClient, ledger: PurchaseLedger) -> NumbersClient:
    """A client whose purchases are recorded in `ledger`."""
    return client.with_options(ledger=ledger)
