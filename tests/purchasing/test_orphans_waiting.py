"""Several calls that wait for the outcome of one abandoned purchase."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import (
    ActiveNumber,
    NumbersClient,
    OrphanedPurchase,
    OutcomeUnknownError,
    PurchaseLedger,
)
from sinch_numbers.sandbox import Fault, Sandbox

from .steps import US, offered, rents, settled


async def given_up(client: NumbersClient, held: Fault) -> None:
    """A rent whose caller is cancelled once its request has arrived at the fault."""
    call = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])


@pytest.fixture
def told() -> list[OrphanedPurchase]:
    return []


def waiting(client: NumbersClient, calls: int) -> list[asyncio.Task[ActiveNumber]]:
    return [asyncio.create_task(client.available_numbers.rent_first(**US)) for _ in range(calls)]


async def test_one_that_is_cancelled_leaves_the_outcome_to_the_next(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.clock.advance(3_600)  # what counts is the age of the purchase, not of the client
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(client, held)
    [first] = waiting(client, 1)
    await settled()
    first.cancel()
    await asyncio.wait([first])
    [second] = waiting(client, 1)
    await settled()
    held.release()
    number = await second
    assert [charge.phone_number for charge in sandbox.charges] == [number.phone_number]


async def test_all_of_them_buy_for_themselves_if_it_was_refused(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(client, held)
    calls = waiting(client, 3)
    await settled()
    sandbox.options.trial = True
    held.release()
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert ["Trial account" in str(outcome) for outcome in outcomes] == [True] * 3
    sandbox.options.trial = False
    await client.available_numbers.rent_first(**US)
    assert len(sandbox.charges) == 1


async def test_one_of_them_is_told_of_an_unclear_outcome_and_the_other_buys_for_itself(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=1)
    held = sandbox.faults.hold("GetActiveNumber", times=1)
    await given_up(client, held)
    calls = waiting(client, 2)
    await settled()
    held.release()
    first, second = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(first, OutcomeUnknownError)
    assert isinstance(second, ActiveNumber)
    assert [charge.phone_number for charge in sandbox.charges] == [second.phone_number]


async def test_the_first_call_after_an_unclear_outcome_is_told_of_it_and_the_next_buys_for_itself(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=1)
    held = sandbox.faults.hold("GetActiveNumber", times=1)
    await given_up(client, held)
    held.release()
    await settled()
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent_first(**US)
    number = await client.available_numbers.rent_first(**US)
    assert [charge.phone_number for charge in sandbox.charges] == [number.phone_number]


async def test_a_call_that_names_the_number_of_an_unclear_outcome_finishes_it(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    [offer] = await client.available_numbers.search(**US, size=1)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=1)
    held = sandbox.faults.hold("GetActiveNumber", times=1)
    call = asyncio.ensure_future(client.available_numbers.rent(offer.phone_number))
    await held.reached()
    call.cancel()
    await asyncio.wait([call])
    held.release()
    await settled()
    await client.available_numbers.rent(offer.phone_number)
    assert [charge.phone_number for charge in sandbox.charges] == [offer.phone_number]


@pytest.mark.parametrize("refused", [False, True])
async def test_the_outcome_of_an_abandoned_purchase_is_logged(
    sandbox: Sandbox, client: NumbersClient, caplog: pytest.LogCaptureFixture, refused: bool
) -> None:
    for operation in ("RentNumber", "RentAnyNumber"):
        caplog.clear()
        told: list[OrphanedPurchase] = []
        buyer = client.with_options(on_orphaned_purchase=told.append)
        held = sandbox.faults.hold(operation, times=1)
        rent = (
            buyer.available_numbers.rent_first
            if operation == "RentNumber"
            else buyer.available_numbers.rent_any
        )
        call = asyncio.ensure_future(rent(**US))
        await held.reached()
        call.cancel()
        await asyncio.wait([call])
        sandbox.options.trial = refused
        held.release()
        await settled()
        sandbox.options.trial = False
        [orphan] = told
        outcome = f"{orphan.error}" if refused else "succeeded"
        what = orphan.phone_number or operation
        assert f"{operation} {what} outlived its cancelled caller: {outcome}" in caplog.messages


# --- they wait for the lock of the number ---


async def test_a_rent_that_waits_for_its_turn_gets_what_the_one_before_it_left(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    first = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    second = asyncio.ensure_future(client.available_numbers.rent(number))
    await settled()
    first.cancel()
    held.release()
    assert (await second).phone_number == number
    assert rents(sandbox) == 1


@pytest.mark.parametrize("has_ledger", [False, True])
async def test_what_the_hook_was_told_is_not_given_to_a_call_that_was_offered_the_same_number(
    sandbox: Sandbox,
    client: NumbersClient,
    ledger: PurchaseLedger,
    told: list[OrphanedPurchase],
    has_ledger: bool,
) -> None:
    client = (client.with_options(ledger=ledger) if has_ledger else client).with_options(
        on_orphaned_purchase=told.append
    )
    held = sandbox.faults.hold("RentNumber", times=1, after_commit=True)
    calls = [asyncio.ensure_future(client.available_numbers.rent_first(**US)) for _ in range(2)]
    await held.reached()
    calls[0].cancel()
    held.release()
    await asyncio.wait(calls)
    await settled()
    assert [orphan.phone_number for orphan in told] == [sandbox.charges[0].phone_number]
    assert calls[1].result().phone_number == sandbox.charges[1].phone_number


async def test_a_call_that_waits_for_the_outcome_of_its_number_is_told_that_it_is_unclear(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    [offer] = await client.available_numbers.search(**US, size=1)
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=1)
    held = sandbox.faults.hold("GetActiveNumber", times=1)
    calls: list[asyncio.Task[ActiveNumber]] = []
    for _ in range(2):
        calls.append(asyncio.create_task(client.available_numbers.rent(offer.phone_number)))
        await held.reached()
        await settled()
        calls[0].cancel()
        await settled()
    held.release()
    with pytest.raises(OutcomeUnknownError):
        await calls[1]
    assert not sandbox.charges


@pytest.mark.parametrize("steps", range(40))
async def test_at_no_turn_of_the_loop_is_an_outcome_lost_or_told_twice(
    sandbox: Sandbox, client: NumbersClient, orphans: list[OrphanedPurchase], steps: int
) -> None:
    client = client.with_options(on_orphaned_purchase=orphans.append)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(client, held)
    again = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await settled()
    held.release()
    for _ in range(steps):
        await asyncio.sleep(0)
    again.cancel()
    await asyncio.wait([again])
    await settled()
    returned = [] if again.cancelled() else [again.result().phone_number]
    assert returned + [orphan.phone_number for orphan in orphans] == [
        charge.phone_number for charge in sandbox.charges
    ]
    for orphan in orphans:  # only a call that names the number gets it now
        assert (await client.available_numbers.rent_first(**US)).phone_number != orphan.phone_number
        assert await client.available_numbers.rent(orphan.phone_number or "") == orphan.number
