"""The ledger knows of each billable call before it is sent, and what became of it after."""

from __future__ import annotations

import asyncio
import os
import sys
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from sinch_numbers import (
    Budget,
    BudgetExceededError,
    ConfigurationError,
    EntryState,
    MemoryStore,
    NumbersClient,
    NumbersError,
    OutcomeUnknownError,
    Price,
    PurchaseLedger,
    Rented,
    SQLiteStore,
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

    async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
        if b'"state": "intent"' in value or "/number/" in key:
            await super().set(key, value, ttl=ttl)


async def left_open(store: MemoryStore, ledger: PurchaseLedger, *, age: float) -> None:
    """Makes the intents in the store those of a process that was killed `age` seconds ago."""
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    for entry in await ledger.entries():
        host, _, word = entry.owner.rsplit(" ", 2)
        left = attrs.evolve(entry, owner=f"{host} {dead.pid} not-{word}", began_at=entry.began_at - age)
        await MemoryStore.set(store, entry.key, left.to_bytes())


@pytest.mark.parametrize(
    ("kind", "age", "state"),
    [
        ("drop_after_commit", 0, EntryState.RENTED),
        ("drop_after_commit", 1_000, EntryState.RENTED),
        ("drop_before_commit", 0, EntryState.INTENT),
        ("drop_before_commit", 1_000, EntryState.REFUSED),
    ],
)
async def test_resume_settles_what_a_crash_left_open_by_asking(
    sandbox: Sandbox, client: NumbersClient, kind: str, age: float, state: EntryState
) -> None:
    store = CrashingStore(clock=sandbox.clock)
    [number] = await offered(client)
    sandbox.faults.add(kind, operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    crashed = client.with_options(ledger=PurchaseLedger(store))
    with pytest.raises(OutcomeUnknownError):
        await crashed.available_numbers.rent(number)
    sandbox.faults.clear()
    ledger = PurchaseLedger(store)
    await left_open(store, ledger, age=age)
    [entry] = await client.with_options(ledger=ledger).resume_purchases()
    assert entry.phone_number == number
    assert entry.state is state
    # It bought nothing.
    assert len(sandbox.charges) == int(kind == "drop_after_commit")


@pytest.mark.parametrize(
    ("kind", "age", "state"),
    [
        ("drop_after_commit", 0, EntryState.RELEASED),
        ("drop_before_commit", 0, EntryState.INTENT),
        ("drop_before_commit", 1_000, EntryState.REFUSED),
    ],
)
async def test_resume_settles_releases(
    sandbox: Sandbox, client: NumbersClient, kind: str, age: float, state: EntryState
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
    ledger = PurchaseLedger(store)
    await left_open(store, ledger, age=age)
    [settled] = await client.with_options(ledger=ledger).resume_purchases()
    assert settled.state is state


async def test_resume_leaves_alone_what_a_living_process_is_at_work_on(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, store: MemoryStore
) -> None:
    [number] = await offered(buyer)
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.ensure_future(buyer.available_numbers.rent(number))
    await held.reached()
    assert await buyer.with_options(ledger=ledger).resume_purchases() == []
    [entry] = await ledger.entries()
    host, _, _ = entry.owner.rsplit(" ", 2)
    for owner, at_work in (
        (f"{host} {os.getppid()} another", True),
        ("another-host 1 another", True),
        ("nonsense", True),
    ):
        foreign = attrs.evolve(entry, owner=owner, key=entry.key + "x")
        now = entry.began_at
        assert ledger.is_at_work(foreign, now=now) is at_work
        # Nothing takes ten minutes: whoever it was is gone.
        assert not ledger.is_at_work(foreign, now=now + 601)
    held.release()
    await call


async def test_resume_asks_in_vain_while_the_api_is_down_and_can_be_called_again(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    [number] = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    [entry] = await buyer.with_options(ledger=ledger).resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    sandbox.faults.clear()
    [entry] = await buyer.with_options(ledger=ledger).resume_purchases()
    assert entry.state is EntryState.RENTED
    assert await buyer.with_options(ledger=ledger).resume_purchases() == []


async def test_resume_leaves_a_rent_that_names_no_number_to_people(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.faults.add("drop_after_commit", operation="RentAnyNumber")
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    [entry] = await buyer.with_options(ledger=ledger).resume_purchases()
    assert entry.state is EntryState.UNKNOWN
    settled = await ledger.settle(entry, EntryState.RENTED, now=1.0, phone_number="+12025550134")
    assert (await ledger.entries()) == [settled]


async def test_nothing_is_sent_where_the_ledger_cannot_be_written(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FullDisk(MemoryStore):
        async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
            raise OSError("no space left on device")

    budget = Budget(max_numbers=1)
    buyer = client.with_options(ledger=PurchaseLedger(FullDisk()), budget=budget)
    [number] = await offered(client)
    with pytest.raises(OSError, match="no space"):
        await buyer.available_numbers.rent(number)
    assert not sandbox.charges
    assert budget.numbers == 0


async def test_a_number_that_was_bought_is_returned_even_where_the_ledger_fails_after_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    class FailsLate(MemoryStore):
        async def set(self, key: str, value: bytes, *, ttl: float | None = None) -> None:
            if b'"state": "rented"' in value:
                raise OSError("no space left on device")
            await super().set(key, value, ttl=ttl)

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


async def test_ledgers_of_two_names_share_a_store_and_nothing_else(store: MemoryStore) -> None:
    one, two = PurchaseLedger(store, name="one"), PurchaseLedger(store, name="two")
    await one.open_call("RentNumber", "+12025550134", price=None, now=1.0)
    assert len(await one.entries()) == 1
    assert await two.entries() == []


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_name_that_would_reach_into_another_ledger_is_refused(store: MemoryStore, name: str) -> None:
    with pytest.raises(ConfigurationError):
        PurchaseLedger(store, name=name)


async def test_a_batch_name_with_a_slash_is_refused(ledger: PurchaseLedger) -> None:
    with pytest.raises(ConfigurationError):
        await ledger.entries(batch="a/b")


async def test_a_store_that_holds_something_else_is_told_by_name(
    store: MemoryStore, ledger: PurchaseLedger
) -> None:
    entry = await ledger.open_call("RentNumber", "+12025550134", price=None, now=1.0)
    for content in (b"", b"[]", b"{}", b'{"price": null, "state": "sold"}'):
        await store.set(entry.key, content)
        with pytest.raises(ConfigurationError, match="something else"):
            await ledger.entries()


async def test_a_file_keeps_the_ledger(tmp_path: Path, sandbox: Sandbox, client: NumbersClient) -> None:
    path = tmp_path / "ledger.sqlite"
    async with SQLiteStore(path) as file:
        buyer = client.with_options(ledger=PurchaseLedger(file))
        [number] = await offered(client)
        await buyer.available_numbers.rent(number)
    async with SQLiteStore(path) as file:
        assert await states(PurchaseLedger(file)) == [("RentNumber", number, EntryState.RENTED)]
