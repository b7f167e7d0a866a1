"""Several calls that wait for the outcome of one abandoned purchase."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sinch_numbers import ActiveNumber, NumbersClient, OrphanedPurchase, OutcomeUnknownError
from sinch_numbers.sandbox import Sandbox

from .steps import given_up, settled

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}


def waiting(client: NumbersClient, calls: int) -> list[asyncio.Task[ActiveNumber]]:
    return [asyncio.create_task(client.available_numbers.rent_first(**US)) for _ in range(calls)]


async def test_one_that_is_cancelled_leaves_the_outcome_to_the_next(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
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
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
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
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
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
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
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
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
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
