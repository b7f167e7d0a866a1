"""The ledger knows of each billable call before it is sent, and what became of it after."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from sinch_numbers import (
    Budget,
    BudgetExceededError,
    ConfigurationError,
    Entry,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumbersError,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    Rented,
    SQLiteStore,
    StoreError,
    Unknown,
)
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def store(sandbox: Sandbox) -> MemoryStore:
    return MemoryStore(clock=sandbox.clock)


@pytest.fixture
def ledger(store: MemoryStore) -> PurchaseLedger:
    return PurchaseLedger(store)


@pytest.fixture
def buyer(client: NumbersClient, ledger: PurchaseLedger) -> NumbersClient:
    return client.with_options(ledger=ledger)


async def offered(client: NumbersClient, count: int = 1) -> list[str]:
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=count)
    return [offer.phone_number for offer in offers]


async def states(ledger: PurchaseLedger) -> list[tuple[str, str | None, EntryState]]:
    return [(entry.operation, entry.phone_number, entry.state) for entry in await ledger.entries()]


async def test_the_intent_is_written_before_the_request_and_the_outcome_after(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    [number] = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    assert await states(ledger) == [("RentNumber", number, EntryState.INTENT)]
    held.release()
    await call
    assert await states(ledger) == [("RentNumber", number, EntryState.RENTED)]
    sandbox.clock.advance(1)
    await buyer.active_numbers.release(number)
    assert await states(ledger) == [
        ("RentNumber", number, EntryState.RENTED),
        ("ReleaseNumber", number, EntryState.RELEASED),
    ]


async def test_a_refusal_and_an_unknown_outcome_are_written_with_their_reason(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    with pytest.raises(NumbersError):
        await buyer.available_numbers.rent("+12025559999")
    sandbox.clock.advance(1)
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    refused, unknown = await ledger.entries()
    assert (refused.state, unknown.state) == (EntryState.REFUSED, EntryState.UNKNOWN)
    assert "404" in refused.detail
    assert "RentAnyNumber" in unknown.detail
    assert refused.is_settled
    assert not unknown.is_settled


async def test_rent_any_records_which_number_it_got(buyer: NumbersClient, ledger: PurchaseLedger) -> None:
    number = await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert await states(ledger) == [("RentAnyNumber", number.phone_number, EntryState.RENTED)]


@pytest.mark.parametrize(
    ("operation", "state"), [("Token", EntryState.REFUSED), ("RentNumber", EntryState.RENTED)]
)
async def test_a_cancelled_call_is_settled_as_what_it_came_to(
    sandbox: Sandbox, ledger: PurchaseLedger, operation: str, state: EntryState
) -> None:
    held = sandbox.faults.hold(operation)
    async with sandbox.client(ledger=ledger) as buyer:
        call = asyncio.ensure_future(buyer.available_numbers.rent("+12025550134"))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        held.release()
    assert [entry.state for entry in await ledger.entries()] == [state]


class CrashingStore(MemoryStore):
    """Loses everything that would settle an entry, as a killed process does."""

    crashes = True

    async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
        if self.crashes and b'"state": "intent"' not in new:
            return True
        return await super().replace(key, old, new, ttl=ttl)


async def left_open(store: MemoryStore, ledger: PurchaseLedger) -> None:
    """Makes the entries in the store those of a process that was killed."""
    if isinstance(store, CrashingStore):
        store.crashes = False
    for entry in await ledger.entries():
        left = entry.written(state=EntryState.INTENT, owner="another process")
        await MemoryStore.set(store, entry.key, left.raw)


@pytest.mark.parametrize(
    ("kind", "state"),
    [("drop_after_commit", EntryState.RENTED), ("drop_before_commit", EntryState.REFUSED)],
)
async def test_resume_settles_what_a_crash_left_open_by_asking(
    sandbox: Sandbox, client: NumbersClient, kind: str, state: EntryState
) -> None:
    store = CrashingStore(clock=sandbox.clock)
    [number] = await offered(client)
    sandbox.faults.add(kind, operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    crashed = client.with_options(ledger=PurchaseLedger(store))
    with pytest.raises(OutcomeUnknownError):
        await crashed.available_numbers.rent(number)
    sandbox.faults.clear()
    await left_open(store, PurchaseLedger(store))
    await settles_in_the_end(sandbox, client.with_options(ledger=PurchaseLedger(store)), number, state)
    # It bought nothing.
    assert len(sandbox.charges) == int(kind == "drop_after_commit")


@pytest.mark.parametrize(
    ("kind", "state"),
    [("drop_after_commit", EntryState.RELEASED), ("drop_before_commit", EntryState.REFUSED)],
)
async def test_resume_settles_releases(
    sandbox: Sandbox, client: NumbersClient, kind: str, state: EntryState
) -> None:
    store = CrashingStore(clock=sandbox.clock)
    [number] = await offered(client)
    await client.available_numbers.rent(number)
    sandbox.faults.add(kind, operation="ReleaseNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    crashed = client.with_options(ledger=PurchaseLedger(store))
    with pytest.raises(OutcomeUnknownError):
        await crashed.active_numbers.release(number)
    sandbox.faults.clear()
    await left_open(store, PurchaseLedger(store))
    await settles_in_the_end(sandbox, client.with_options(ledger=PurchaseLedger(store)), number, state)


async def settles_in_the_end(sandbox: Sandbox, client: NumbersClient, number: str, state: EntryState) -> None:
    """What the API shows settles at once; what it does not show, only once it has not shown it for ten minutes."""
    [entry] = await client.resume_purchases()
    assert entry.phone_number == number
    if state is EntryState.REFUSED:
        assert entry.state is EntryState.UNKNOWN
        sandbox.clock.advance(599)
        [entry] = await client.resume_purchases()
        assert entry.state is EntryState.UNKNOWN
        sandbox.clock.advance(1)
        [entry] = await client.resume_purchases()
    assert entry.state is state
    assert await client.resume_purchases() == []


async def test_resume_leaves_alone_what_a_task_of_this_process_is_at_work_on(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    [number] = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.INTENT
    assert await ledger.entries() == [entry]
    held.release()
    await call


async def test_resume_leaves_alone_what_another_process_renews(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    class Renewed(MemoryStore):
        """Another process renews the entry while this one watches it."""

        async def get(self, key: str) -> bytes | None:
            raw = await super().get(key)
            if raw is not None and "/call/" in key:
                await self.set(key, Entry.read(key, raw).written().raw)
            return await super().get(key)

    renewed = Renewed(clock=sandbox.clock)
    other = PurchaseLedger(renewed)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    [number] = await offered(buyer)
    with pytest.raises(OutcomeUnknownError):
        await buyer.with_options(ledger=other).available_numbers.rent(number)
    await left_open(renewed, other)
    [entry] = await buyer.with_options(ledger=other).resume_purchases()
    assert (entry.state, entry.owner) == (EntryState.INTENT, "another process")


async def test_resume_can_be_told_not_to_wait_for_signs_of_life(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    [number] = await offered(buyer)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    sandbox.faults.clear()
    await left_open(store, ledger)
    before = sandbox.clock.monotonic()
    [entry] = await buyer.resume_purchases(wait=False)
    assert entry.state is EntryState.INTENT
    assert sandbox.clock.monotonic() == before
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.RENTED
    assert sandbox.clock.monotonic() - before >= 30


async def test_resume_asks_in_vain_while_the_api_is_down_and_can_be_called_again(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    [number] = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    sandbox.faults.clear()
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.RENTED
    assert await buyer.resume_purchases() == []


async def test_resume_leaves_a_rent_that_names_no_number_to_people(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    [entry] = await buyer.resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    settled = await ledger.settle(entry, EntryState.RENTED, phone_number="+12025550134")
    assert (await ledger.entries()) == [settled]
    assert (settled.state, settled.phone_number) == (EntryState.RENTED, "+12025550134")
    with pytest.raises(ConfigurationError, match="has changed"):
        await ledger.settle(entry, EntryState.REFUSED)


async def test_nothing_is_sent_where_the_ledger_cannot_be_written(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FullDisk(MemoryStore):
        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            raise OSError("no space left on device")

    budget = Budget(max_numbers=1)
    buyer = client.with_options(ledger=PurchaseLedger(FullDisk()), budget=budget)
    [number] = await offered(client)
    with pytest.raises(StoreError, match="no space"):
        await buyer.available_numbers.rent(number)
    assert not sandbox.charges
    assert budget.numbers == 0


async def test_a_number_that_was_bought_is_returned_even_where_the_ledger_fails_after_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FailsLate(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"state": "rented"' in new:
                raise OSError("no space left on device")
            return await super().replace(key, old, new, ttl=ttl)

    buyer = client.with_options(ledger=PurchaseLedger(FailsLate()))
    [number] = await offered(client)
    assert (await buyer.available_numbers.rent(number)).phone_number == number


async def test_a_budget_holds_across_restarts(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    ledger = PurchaseLedger(store)
    first = client.with_options(ledger=ledger, budget=Budget(max_total=5, currency="USD"))
    await first.available_numbers.rent_many(count=2, region_code="US", number_type="LOCAL", batch="order")
    after_restart = Budget(max_total=5, currency="USD", max_numbers=10)
    after_restart.include(await PurchaseLedger(store).entries())
    assert after_restart.numbers == 2
    assert after_restart.spent == sum(Decimal(charge.amount) for charge in sandbox.charges)
    second = client.with_options(ledger=ledger, budget=after_restart)
    await second.available_numbers.rent_many(count=20, region_code="US", number_type="LOCAL", batch="order")
    assert sum(Decimal(charge.amount) for charge in sandbox.charges) <= 5
    with pytest.raises(BudgetExceededError):
        await second.available_numbers.rent_first(region_code="US", number_type="LOCAL")


async def test_a_place_that_was_left_open_is_counted_once_when_it_is_finished(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    order = {"count": 4, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    first = client.with_options(ledger=PurchaseLedger(store))
    outcomes = await first.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert {type(outcome) for outcome in outcomes} == {Unknown}
    sandbox.faults.clear()
    budget = Budget(max_total=6, currency="USD", max_numbers=4)
    budget.include(await PurchaseLedger(store).entries())
    assert budget.remaining == 0
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    outcomes = await second.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert {type(outcome) for outcome in outcomes} == {Rented}
    assert budget.spent == sum(Decimal(charge.amount) for charge in sandbox.charges) == 6


async def test_the_price_of_a_place_that_was_refused_after_all_is_given_back(
    sandbox: Sandbox, client: NumbersClient, store: MemoryStore
) -> None:
    order = {"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    await client.with_options(ledger=PurchaseLedger(store)).available_numbers.rent_many(**order)  # type: ignore[arg-type]
    sandbox.faults.clear()
    budget = Budget(max_total="1.50", currency="USD", max_numbers=1)
    budget.include(await PurchaseLedger(store).entries())
    sandbox.clock.advance(3_600)
    second = client.with_options(ledger=PurchaseLedger(store), budget=budget)
    [outcome] = await second.available_numbers.rent_many(**order)  # type: ignore[arg-type]
    assert isinstance(outcome, Rented)
    assert budget.spent == Decimal("1.50")
    assert budget.numbers == 1


async def test_a_budget_refuses_to_include_what_has_no_price(
    buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    await buyer.available_numbers.rent(*(await offered(buyer)))
    entries = await ledger.entries()
    with pytest.raises(ConfigurationError, match="no price"):
        Budget(max_total=5, currency="USD").include(entries)
    numbers = Budget(max_numbers=5)
    numbers.include(entries)
    assert numbers.numbers == 1


async def test_a_rent_with_a_budget_records_its_price(buyer: NumbersClient, ledger: PurchaseLedger) -> None:
    [number] = await offered(buyer)
    offer = await buyer.available_numbers.get(number)
    await buyer.with_options(budget=Budget(max_total=5, currency="USD")).available_numbers.rent(number)
    [entry] = await ledger.entries()
    assert offer.setup_price is not None
    assert offer.monthly_price is not None
    total = (offer.setup_price.amount or 0) + (offer.monthly_price.amount or 0)
    assert entry.price == Price(Decimal(total), "USD")


async def test_ledgers_of_two_names_share_a_store_and_nothing_else(
    client: NumbersClient, store: MemoryStore
) -> None:
    one, two = PurchaseLedger(store, name="one"), PurchaseLedger(store, name="two")
    await client.with_options(ledger=one).available_numbers.rent("+12025550134")
    assert len(await one.entries()) == 1
    assert await two.entries() == []


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_name_that_would_reach_into_another_ledger_is_refused(store: MemoryStore, name: str) -> None:
    with pytest.raises(ConfigurationError):
        PurchaseLedger(store, name=name)


async def test_a_batch_name_with_a_slash_is_refused(ledger: PurchaseLedger) -> None:
    with pytest.raises(ConfigurationError):
        await ledger.entries(batch="a/b")


async def test_an_entry_that_cannot_be_read_is_told_by_name(
    buyer: NumbersClient, store: MemoryStore, ledger: PurchaseLedger
) -> None:
    await buyer.available_numbers.rent("+12025550134")
    [entry] = await ledger.entries()
    for content in (b"", b"[]", b"{}", b'{"price": null, "state": "sold"}'):
        await store.set(entry.key, content)
        with pytest.raises(ConfigurationError, match=f"unreadable ledger entry at {entry.key!r}"):
            await ledger.entries()


async def test_a_file_keeps_the_ledger(tmp_path: Path, sandbox: Sandbox, client: NumbersClient) -> None:
    path = tmp_path / "ledger.sqlite"
    async with SQLiteStore(path) as file:
        buyer = client.with_options(ledger=PurchaseLedger(file))
        [number] = await offered(client)
        await buyer.available_numbers.rent(number)
    async with SQLiteStore(path) as file:
        assert await states(PurchaseLedger(file)) == [("RentNumber", number, EntryState.RENTED)]
