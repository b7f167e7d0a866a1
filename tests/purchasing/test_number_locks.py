"""Calls of one client never get the same number."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import (
    ActiveNumber,
    APIConnectionError,
    MemoryStore,
    NumbersClient,
    NumberTakenError,
    PurchaseLedger,
    _defaults,
)
from sinch_numbers.purchasing.number_locks import NumberLocks
from sinch_numbers.sandbox import Sandbox, VirtualClock

from .steps import US, cancelled_after, offered


@pytest.mark.parametrize("seed", range(3))
async def test_concurrent_calls_never_get_the_same_number(
    sandbox: Sandbox, client: NumbersClient, seed: int
) -> None:
    kinds = ("drop_before_commit", "drop_after_commit", "status", "status_after_commit")
    sandbox.faults.random(0.3, kinds=kinds, operations=("RentNumber",), seed=seed)
    number = await offered(client)
    told = await asyncio.gather(
        *(client.available_numbers.rent_first(region_code="US", number_type="LOCAL") for _ in range(20)),
        # As a web application does that searches and then rents the first offer, for two visitors at a time.
        *(client.available_numbers.rent(number) for _ in range(5)),
        return_exceptions=True,
    )
    rented = [outcome.phone_number for outcome in told if isinstance(outcome, ActiveNumber)]
    assert len(set(rented)) == len(rented)
    assert sorted(rented) == sorted(charge.phone_number for charge in sandbox.charges)


async def test_a_call_that_waits_for_another_of_the_same_number_can_be_cancelled(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber")
    first = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    assert await cancelled_after(10, asyncio.ensure_future(client.available_numbers.rent(number)))
    held.release()
    assert (await first).phone_number == number
    assert sum(request.operation == "RentNumber" for request in sandbox.requests) == 1


async def test_a_number_counts_as_taken_before_the_ledger_has_its_outcome(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    writing, written = asyncio.Event(), asyncio.Event()

    class Slow(MemoryStore):
        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            if b'"rented"' in new:
                writing.set()
                await written.wait()
            return await super().replace(key, old, new, ttl=ttl)

    booked = client.with_options(ledger=PurchaseLedger(Slow(clock=sandbox.clock)))
    held = sandbox.faults.hold("RentAnyNumber", after_commit=True)
    first = asyncio.ensure_future(booked.available_numbers.rent_any(region_code="US", number_type="LOCAL"))
    await held.reached()
    held.release()
    await writing.wait()
    number = sandbox.charges[0].phone_number
    sandbox.faults.add("drop_before_commit", operation="RentNumber")
    with pytest.raises(NumberTakenError):
        await client.available_numbers.rent(number)
    written.set()
    assert (await first).phone_number == number


async def test_a_number_can_be_rented_again_after_it_was_released(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    await client.available_numbers.rent(number)
    await client.active_numbers.release(number)
    sandbox.clock.advance(40 * 24 * 3_600)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    assert (await client.available_numbers.rent(number)).phone_number == number


async def test_a_number_counts_as_returned_for_a_while_and_is_then_forgotten(clock: VirtualClock) -> None:
    locks = NumberLocks(clock)
    locks.record(ActiveNumber(phone_number="+12025550134"))
    clock.advance(_defaults.RETURNED_FOR)
    assert locks.was_returned("+12025550134")
    assert locks.is_taken("+12025550134")
    clock.advance(1)
    assert not locks.was_returned("+12025550134")
    assert not locks.is_taken("+12025550134")
    locks.record(ActiveNumber(phone_number="+12025550135"))
    assert [*locks._returned] == ["+12025550135"]


async def test_a_number_is_taken_while_a_call_holds_it(clock: VirtualClock) -> None:
    locks = NumberLocks(clock)
    async with locks.hold("+12025550134"):
        assert locks.is_taken("+12025550134")
        assert not locks.is_taken("+12025550135")
    assert not locks.is_taken("+12025550134")


async def test_a_number_for_which_two_calls_were_refused_at_once_is_bought_later(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("refused", operation="RentNumber", times=None)
    rent = client.available_numbers.rent
    refused = await asyncio.gather(*(rent(number) for _ in range(3)), return_exceptions=True)
    assert {type(error) for error in refused} == {APIConnectionError}
    sandbox.faults.clear()
    bought = await client.available_numbers.rent_first(**US, number_pattern=number, search_pattern="START")
    assert bought.phone_number == number
