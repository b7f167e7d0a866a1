"""Many items: bounded concurrency, and an outcome for each, in order."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import ConfigurationError, NumbersClient, Refused, Released, Unknown, Updated
from sinch_numbers.bulk import gather_bounded
from sinch_numbers.sandbox import Sandbox

from .purchasing.steps import offers

# --- an outcome for each number ---


async def test_release_many_returns_an_outcome_for_each_number_in_order(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await offers(client, 3)
    await client.available_numbers.rent_many(phone_numbers=numbers[:2])
    sandbox.faults.add("status", operation="ReleaseNumber", phone_number=numbers[1], times=None, status=503)
    outcomes = await client.active_numbers.release_many(numbers)
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Released, Unknown, Refused]


async def test_update_many_returns_an_outcome_for_each_number_in_order(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = await offers(client, 3)
    await client.available_numbers.rent_many(phone_numbers=numbers[:2])
    sandbox.faults.add(
        "drop_after_commit", operation="UpdateActiveNumber", phone_number=numbers[1], times=None
    )
    outcomes = await client.active_numbers.update_many(numbers, display_name="fleet")
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Updated, Unknown, Refused]
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await client.active_numbers.update_many(numbers)


async def test_update_many_applies_the_change_to_all_numbers(sandbox: Sandbox) -> None:
    wanted = sandbox.seed_active(5)[::-1]
    outcomes = await sandbox.client().active_numbers.update_many(wanted, display_name="ours")

    assert [outcome.phone_number for outcome in outcomes] == wanted
    assert {number["displayName"] for number in sandbox.active_numbers()} == {"ours"}


# --- gathering ---


async def test_results_are_in_the_order_of_the_items_and_concurrency_is_bounded() -> None:
    running: list[int] = []
    most = 0

    async def work(item: int) -> int:
        nonlocal most
        running.append(item)
        most = max(most, len(running))
        for _ in range(10 - item):
            await asyncio.sleep(0)
        running.remove(item)
        return item * item

    assert await gather_bounded(range(10), work, concurrency=3) == [item * item for item in range(10)]
    assert most == 3


async def test_gathering_no_items_returns_an_empty_list() -> None:
    async def work(item: int) -> int:
        raise AssertionError

    assert await gather_bounded([], work, concurrency=3) == []


async def test_the_first_error_cancels_the_rest_and_is_raised_without_a_group(
    quiet_loop: None,
) -> None:
    cancelled: list[int] = []

    async def work(item: int) -> int:
        if item == 1:
            raise KeyError(item)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise
        return item

    with pytest.raises(KeyError):
        await gather_bounded(range(10), work, concurrency=3)
    assert sorted(cancelled) == [0, 2]


async def test_of_a_group_that_the_work_raises_the_first_error_is_raised() -> None:
    async def work(item: int) -> int:
        raise ExceptionGroup("several", [KeyError(item), ValueError(item)])

    with pytest.raises(KeyError):
        await gather_bounded(range(1), work, concurrency=3)
