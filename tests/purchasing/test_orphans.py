"""The loop that everybody writes: a timeout around a purchase, and the same purchase again."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    NotFoundError,
    NumbersClient,
    NumberTakenError,
    OrphanedPurchase,
    OutcomeUnknownError,
    Rented,
    Unknown,
    voice,
)
from sinch_numbers.sandbox import Sandbox

from .steps import US, given_up, offered, offers, rents, settled


@pytest.fixture
def told() -> list[OrphanedPurchase]:
    return []


# --- the same call again ---


@pytest.mark.parametrize("after_commit", [False, True])
@pytest.mark.parametrize("ended", [False, True], ids=["under way", "ended"])
async def test_a_rent_of_the_same_number_returns_what_an_abandoned_one_bought(
    sandbox: Sandbox, client: NumbersClient, after_commit: bool, ended: bool
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1, after_commit=after_commit)
    await given_up(lambda: client.available_numbers.rent(number), held)
    if ended:
        held.release()
        await settled()
    again = asyncio.ensure_future(client.available_numbers.rent(number))
    await settled()
    held.release()
    assert (await again).phone_number == number
    assert [charge.phone_number for charge in sandbox.charges] == [number]
    assert rents(sandbox) == 1


async def test_the_usual_loop_around_rent_and_the_next_offer_buys_one_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    offers = await client.available_numbers.search(**US, size=3)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(offers[0].phone_number), held)
    held.release()
    bought: ActiveNumber | None = None
    for offer in offers:
        try:
            bought = await client.available_numbers.rent(offer.phone_number)
            break
        except NotFoundError:
            continue
    assert bought is not None
    assert [charge.phone_number for charge in sandbox.charges] == [bought.phone_number]


async def test_rent_first_returns_what_an_abandoned_rent_first_with_the_same_arguments_bought(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    again = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await settled()
    held.release()
    number = (await again).phone_number
    assert [charge.phone_number for charge in sandbox.charges] == [number]


async def test_rent_first_with_other_arguments_buys_another_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    held.release()
    await settled()
    await client.available_numbers.rent_first(**US, voice_configuration=voice.rtc("app"))
    await client.available_numbers.rent_first(**US, capabilities=["SMS"])
    assert len(sandbox.charges) == 3


async def test_rent_any_returns_what_an_abandoned_rent_any_bought(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentAnyNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_any(**US), held)
    held.release()
    assert (await client.available_numbers.rent_any(**US)).phone_number == sandbox.charges[0].phone_number
    assert len(sandbox.charges) == 1


async def test_rent_any_with_other_arguments_buys_another_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentAnyNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_any(**US), held)
    held.release()
    await settled()
    await client.available_numbers.rent_any(**US, voice_configuration=voice.rtc("app"))
    assert len(sandbox.charges) == 2


async def test_a_number_of_another_name_does_not_fill_the_slot_of_a_named_one(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    one, two = await offers(client, 2)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_many(phone_numbers=[one]), held)
    held.release()
    await settled()
    [outcome] = await client.available_numbers.rent_many(phone_numbers=[two])
    assert isinstance(outcome, Rented)
    assert outcome.phone_number == two
    assert [charge.phone_number for charge in sandbox.charges] == [one, two]


async def test_rent_many_fills_its_slots_with_what_an_abandoned_one_bought(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1, skip=2)
    await given_up(lambda: client.available_numbers.rent_many(count=5, concurrency=1, **US), held)
    held.release()
    outcomes = await client.available_numbers.rent_many(count=5, concurrency=3, **US)
    bought = [outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)]
    assert len(set(bought)) == 5
    assert sorted(bought) == sorted(charge.phone_number for charge in sandbox.charges)


@pytest.mark.parametrize("callers", [2, 5])
async def test_an_outcome_is_adopted_by_one_caller(
    sandbox: Sandbox, client: NumbersClient, callers: int
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    again = [asyncio.ensure_future(client.available_numbers.rent(number)) for _ in range(callers)]
    await settled()
    held.release()
    outcomes = await asyncio.gather(*again, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ActiveNumber] + [NumberTakenError] * (callers - 1)
    assert len(sandbox.charges) == 1


async def test_a_rent_with_another_configuration_is_told_who_has_the_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    held.release()
    with pytest.raises(NumberTakenError, match="by another call of this client at 2025-01-15"):
        await client.available_numbers.rent(number, voice_configuration=voice.rtc("app"))


async def test_a_number_that_was_released_meanwhile_is_not_adopted(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    held.release()
    await settled()
    await client.active_numbers.release(number)
    with pytest.raises((NumberTakenError, NotFoundError, OutcomeUnknownError)):
        await client.available_numbers.rent(number)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize("end", ["under way", "rented", "refused"])
async def test_the_release_of_another_number_leaves_an_abandoned_purchase_as_it_is(
    sandbox: Sandbox, client: NumbersClient, end: str
) -> None:
    other, number = [offer.phone_number for offer in await client.available_numbers.search(**US, size=2)]
    await client.available_numbers.rent(other)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    sandbox.options.trial = end == "refused"
    if end != "under way":
        held.release()
        await settled()
    assert (await client.active_numbers.release(other)).phone_number == other
    held.release()
    sandbox.options.trial = False
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert [charge.phone_number for charge in sandbox.charges] == [other, number]


async def test_what_was_refused_is_tried_anew(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent(number), held)
    sandbox.options.trial = True
    again = asyncio.ensure_future(client.available_numbers.rent(number))
    held.release()
    await settled()
    sandbox.options.trial = False
    with pytest.raises(Exception, match="Trial account"):
        await again
    assert (await client.available_numbers.rent(number)).phone_number == number


async def test_a_call_that_waits_for_an_unclear_outcome_gets_it_and_buys_nothing(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber")
    held = sandbox.faults.hold("GetActiveNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    again = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await settled()
    held.release()
    with pytest.raises(OutcomeUnknownError):
        await again
    assert not sandbox.charges
    await client.available_numbers.rent_first(**US)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize("method", ["rent_first", "rent_any", "rent_many"])
async def test_an_unclear_outcome_that_nobody_was_told_is_told_before_another_number_is_bought(
    sandbox: Sandbox, client: NumbersClient, method: str
) -> None:
    async def buy() -> Any:
        arguments = {**US, "count": 1} if method == "rent_many" else US
        return await getattr(client.available_numbers, method)(**arguments)

    for operation in ("RentNumber", "RentAnyNumber"):
        sandbox.faults.add("hang_after_commit", operation=operation)
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    call = asyncio.ensure_future(buy())
    while not sandbox.charges:
        await asyncio.sleep(0)
    call.cancel()
    await settled()
    sandbox.faults.clear()
    if method == "rent_many":
        [outcome] = await buy()
        assert isinstance(outcome, Unknown)
    else:
        with pytest.raises(OutcomeUnknownError):
            await buy()
    assert len(sandbox.charges) == 1
    await buy()
    assert len(sandbox.charges) == 2


async def test_an_unclear_slot_of_a_cancelled_batch_is_told_by_the_next(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    many = partial(client.available_numbers.rent_many, count=2, concurrency=1, **US)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    unreachable = sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    held = sandbox.faults.hold("RentNumber", times=1, skip=0)
    await given_up(many, held)
    assert unreachable.hits
    sandbox.faults.clear()
    await settled()
    outcomes = await many()
    assert {type(outcome) for outcome in outcomes} == {Unknown, Rented}
    assert {outcome.phone_number for outcome in outcomes} == {c.phone_number for c in sandbox.charges}


async def test_after_an_hour_an_abandoned_purchase_is_not_adopted_any_more(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    held.release()
    await settled()
    sandbox.clock.advance(3601)
    await client.available_numbers.rent_first(**US)
    assert len(sandbox.charges) == 2


# --- the hook ---


async def test_an_adopted_outcome_is_not_told_to_the_hook(
    sandbox: Sandbox, client: NumbersClient, told: list[OrphanedPurchase]
) -> None:
    client = client.with_options(on_orphaned_purchase=told.append)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    again = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await settled()
    held.release()
    await again
    await settled()
    assert told == []


async def test_what_the_hook_was_told_is_not_given_to_a_call_that_names_no_number(
    sandbox: Sandbox, client: NumbersClient, told: list[OrphanedPurchase]
) -> None:
    client = client.with_options(on_orphaned_purchase=told.append)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    held.release()
    await settled()
    [orphan] = told
    another = await client.available_numbers.rent_first(**US)
    assert another.phone_number != orphan.phone_number
    assert orphan.phone_number is not None
    same = await client.available_numbers.rent(orphan.phone_number)
    assert same == orphan.number


async def test_if_the_call_that_waits_for_an_outcome_is_cancelled_too_the_hook_is_told(
    sandbox: Sandbox, client: NumbersClient, told: list[OrphanedPurchase]
) -> None:
    client = client.with_options(on_orphaned_purchase=told.append)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    again = asyncio.ensure_future(client.available_numbers.rent_first(**US))
    await settled()
    again.cancel()
    await asyncio.wait([again])
    held.release()
    await settled()
    [orphan] = told
    bought = sandbox.charges[0].phone_number
    assert orphan.phone_number == bought
    # Only a call that names the number gets it.
    assert (await client.available_numbers.rent_first(**US)).phone_number != bought
    assert await client.available_numbers.rent(bought) == orphan.number


async def test_if_all_calls_that_wait_for_an_outcome_are_cancelled_the_hook_is_told_once(
    sandbox: Sandbox, client: NumbersClient, told: list[OrphanedPurchase]
) -> None:
    client = client.with_options(on_orphaned_purchase=told.append)
    held = sandbox.faults.hold("RentNumber", times=1)
    await given_up(lambda: client.available_numbers.rent_first(**US), held)
    waiting = [asyncio.ensure_future(client.available_numbers.rent_first(**US)) for _ in range(2)]
    await settled()
    for call in waiting:
        call.cancel()
        await asyncio.wait([call])
    assert told == []
    held.release()
    await settled()
    assert [orphan.phone_number for orphan in told] == [sandbox.charges[0].phone_number]


async def test_what_the_hook_was_told_of_a_cancelled_batch_does_not_fill_another(
    sandbox: Sandbox, client: NumbersClient, told: list[OrphanedPurchase]
) -> None:
    client = client.with_options(on_orphaned_purchase=told.append)
    held = sandbox.faults.hold("RentNumber", times=1, skip=2)
    await given_up(lambda: client.available_numbers.rent_many(count=3, concurrency=1, **US), held)
    held.release()
    await settled()
    assert len(told) == 3
    outcomes = await client.available_numbers.rent_many(count=3, **US)
    bought = {outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)}
    assert bought.isdisjoint(orphan.phone_number for orphan in told)
    assert len(bought) == 3
    assert (await client.available_numbers.rent(told[0].phone_number or "")) == told[0].number
