"""The same loop with a ledger: what a purchase left behind is also for calls of other processes."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from sinch_numbers import (
    ActiveNumber,
    EntryState,
    NumbersClient,
    NumberTakenError,
    OutcomeUnknownError,
    PurchaseLedger,
    Rented,
)
from sinch_numbers.sandbox import Sandbox

from .gated_store import GatedStore
from .steps import US, given_up, offered, settled


async def test_the_ledger_notes_that_an_abandoned_purchase_was_taken(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: buyer.available_numbers.rent(number), held)
    held.release()
    await settled()
    [entry] = await ledger.entries()
    assert (entry.state, entry.orphaned) == (EntryState.RENTED, True)
    await buyer.available_numbers.rent(number)
    [entry] = await ledger.entries()
    assert (entry.state, entry.orphaned) == (EntryState.RENTED, False)
    assert len(sandbox.charges) == 1


class Turns(GatedStore):
    """Each call takes a few turns of the loop, before and after it is carried out."""

    async def _pass(self, method: str, key: str, new: bytes = b"") -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        await super()._pass(method, key, new)


@pytest.mark.parametrize(
    ("method", "in_another_client"), [("rent", False), ("rent", True), ("rent_first", False)]
)
async def test_with_a_ledger_at_no_turn_of_the_loop_is_an_outcome_lost(
    method: str, in_another_client: bool
) -> None:
    for steps in range(0, 120, 2):
        sandbox = Sandbox()
        ledger = PurchaseLedger(Turns())
        clients = [sandbox.client(ledger=ledger) for _ in range(2 if in_another_client else 1)]
        number = await offered(clients[0])

        async def buy(client: NumbersClient, number: str = number) -> ActiveNumber:
            if method == "rent":
                return await client.available_numbers.rent(number)
            return await client.available_numbers.rent_first(**US)

        # Given up at each turn: while it is under way, while it is recorded, and while its outcome is taken.
        given: list[ActiveNumber] = []
        for client in [clients[0], clients[-1], clients[-1]]:
            call = asyncio.ensure_future(buy(client))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
            given += [] if call.cancelled() else [call.result()]
            if in_another_client:
                await settled()
            if given:
                break
        given = given or [await buy(clients[-1])]
        assert [found.phone_number for found in given] == [charge.phone_number for charge in sandbox.charges]
        for client in clients:
            await client.aclose()


async def test_an_outcome_is_taken_although_the_ledger_cannot_be_told(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    store = GatedStore()
    buyer = client.with_options(ledger=PurchaseLedger(store))
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: buyer.available_numbers.rent_first(**US), held)
    held.release()
    await settled()
    store.fails = lambda method, key, new: True
    assert (await buyer.available_numbers.rent_first(**US)).phone_number == sandbox.charges[0].phone_number
    assert len(sandbox.charges) == 1


async def test_what_another_process_took_from_the_ledger_is_not_taken_again(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: buyer.available_numbers.rent(number), held)
    held.release()
    await settled()
    await sandbox.client(ledger=ledger).available_numbers.rent(number)
    with pytest.raises(NumberTakenError):
        await buyer.available_numbers.rent(number)
    assert len(sandbox.charges) == 1


async def test_what_was_bought_without_a_ledger_is_for_a_call_with_one(
    sandbox: Sandbox, client: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    held.release()
    await settled()
    buyer = client.with_options(ledger=ledger)
    assert (await buyer.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


async def test_what_another_process_released_is_bought_anew(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: buyer.available_numbers.rent_first(**US), held)
    held.release()
    await settled()
    await sandbox.client(ledger=ledger).active_numbers.release(number)
    assert (await buyer.available_numbers.rent_first(**US)).phone_number != number


@pytest.mark.parametrize("ended", [False, True], ids=["under way", "ended"])
@pytest.mark.parametrize("batch", [None, "order"], ids=["without a name", "named"])
async def test_a_slot_of_a_cancelled_batch_is_for_the_next_rent_of_its_number_unless_the_batch_is_continued(
    sandbox: Sandbox, buyer: NumbersClient, batch: str | None, ended: bool
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1, skip=int(ended), after_commit=True)
    many = partial(buyer.available_numbers.rent_many, count=2, concurrency=1, batch=batch, **US)
    await given_up(many, held)
    number = sandbox.charges[0].phone_number
    held.release()
    if batch is None:
        assert (await buyer.available_numbers.rent(number)).phone_number == number
        return
    with pytest.raises(NumberTakenError, match="by slot 0 of the batch 'order'"):
        await buyer.available_numbers.rent(number)
    await settled()
    outcomes = await many()
    assert outcomes[0].phone_number == number
    assert {type(outcome) for outcome in outcomes} == {Rented}


async def abandoned(sandbox: Sandbox, buyer: NumbersClient) -> str:
    """A number whose rent lost its caller, and was recorded."""
    number = await offered(buyer)
    held = sandbox.faults.hold("RentNumber", times=1, after_commit=True)
    await given_up(lambda: buyer.available_numbers.rent(number), held)
    held.release()
    await settled()
    return number


async def test_another_process_waits_for_an_abandoned_number_that_the_api_shows_late(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    sandbox.options.visibility_delay = 12
    number = await abandoned(sandbox, buyer)
    assert (await sandbox.client(ledger=ledger).available_numbers.rent(number)).phone_number == number


@pytest.mark.parametrize("status", [404, 503])
async def test_an_abandoned_number_that_the_api_does_not_show_is_not_told_as_taken(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger, status: int
) -> None:
    number = await abandoned(sandbox, buyer)
    sandbox.faults.add("status", operation="GetActiveNumber", status=status, times=None)
    client = sandbox.client(ledger=ledger)
    with pytest.raises(OutcomeUnknownError, match="an earlier call rented") as caught:
        await client.available_numbers.rent(number)
    assert (caught.value.operation, caught.value.phone_number) == ("RentNumber", number)
    sandbox.faults.clear()
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1
