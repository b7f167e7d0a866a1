"""get_many, update_many, release_many and rent_many run on one engine: progress, 429s, and outcomes as they come."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sinch_numbers import (
    BulkProgress,
    Completed,
    ConfigurationError,
    Failed,
    MemoryStore,
    NotFoundError,
    NumbersClient,
    PurchaseLedger,
    RateLimitError,
    Refused,
    Rented,
)
from sinch_numbers.sandbox import Sandbox

from .support import NUMBER, arrived


def counts(seen: list[BulkProgress]) -> list[tuple[int, int, int | None]]:
    return [(each.done, each.failed, each.total) for each in seen]


async def test_get_many_has_an_outcome_for_each_number_in_order(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = sandbox.seed_active(3)
    seen: list[BulkProgress] = []
    first, missing, *others = await client.active_numbers.get_many(
        [numbers[2], NUMBER, *numbers[:2]], on_progress=seen.append
    )

    assert isinstance(first, Completed)
    assert first.result.phone_number == first.item == numbers[2]
    assert isinstance(missing, Failed)
    assert missing.item == NUMBER
    assert isinstance(missing.error, NotFoundError)
    assert [outcome.item for outcome in others] == numbers[:2]
    assert counts(seen)[-1] == (4, 1, 4)


async def test_get_many_gives_numbers_as_they_come_and_can_be_stopped(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = sandbox.seed_active(50)
    run = client.active_numbers.get_many(numbers, concurrency=2)
    found: list[str] = []
    async for outcome in run:
        found.append(outcome.item)
        run.stop()

    assert 1 <= len(found) <= 2
    assert {*found, *run.remaining} == {*numbers}
    assert arrived(sandbox, "GetActiveNumber") == len(found)


@pytest.mark.parametrize("numbers", [[NUMBER, NUMBER], ["12025550134"], NUMBER])
def test_get_many_checks_all_numbers_before_it_sends_anything(sandbox: Sandbox, numbers: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        sandbox.client().active_numbers.get_many(numbers)
    assert sandbox.requests == []


async def test_update_many_and_release_many_tell_their_progress(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    numbers = [*sandbox.seed_active(2), NUMBER]
    seen: list[BulkProgress] = []
    await client.active_numbers.update_many(
        numbers, display_name="fleet", concurrency=1, on_progress=seen.append
    )
    await client.active_numbers.release_many(numbers, concurrency=1, on_progress=seen.append)

    assert counts(seen) == [(1, 0, 3), (2, 0, 3), (3, 1, 3)] * 2


@pytest.mark.parametrize("ledger", [None, PurchaseLedger(MemoryStore())], ids=["alone", "with a ledger"])
async def test_rent_many_tells_its_progress_and_counts_what_was_not_bought_as_failed(
    sandbox: Sandbox, ledger: PurchaseLedger | None
) -> None:
    sandbox.faults.add("status", operation="RentNumber", status=400, skip=2, times=1)
    seen: list[BulkProgress] = []
    async with sandbox.client(ledger=ledger) as client:
        outcomes = await client.available_numbers.rent_many(
            count=4, region_code="US", number_type="LOCAL", concurrency=1, on_progress=seen.append
        )

    assert [type(outcome) for outcome in outcomes] == [Rented, Rented, Refused, Rented]
    assert counts(seen) == [(1, 0, 4), (2, 0, 4), (3, 1, 4), (4, 1, 4)]


async def test_a_progress_hook_that_raises_does_not_stop_a_purchase(sandbox: Sandbox) -> None:
    def hook(progress: BulkProgress) -> None:
        raise KeyError(progress)

    async with sandbox.client() as client:
        outcomes = await client.available_numbers.rent_many(
            count=3, region_code="US", number_type="LOCAL", on_progress=hook
        )

    assert [type(outcome) for outcome in outcomes] == [Rented] * 3
    assert sum((charge.amount for charge in sandbox.charges), Decimal()) > 0


@pytest.mark.parametrize("ledger", [None, PurchaseLedger(MemoryStore())], ids=["alone", "with a ledger"])
async def test_rent_many_buys_what_was_asked_for_while_the_api_limits_it(
    sandbox: Sandbox, ledger: PurchaseLedger | None
) -> None:
    sandbox.faults.add(
        "status",
        operation="RentNumber",
        status=429,
        headers={"Retry-After": "3"},
        probability=0.2,
        times=None,
    )
    seen: list[BulkProgress] = []
    async with sandbox.client(ledger=ledger) as client:
        outcomes = await client.available_numbers.rent_many(
            count=60, region_code="US", number_type="LOCAL", concurrency=20, on_progress=seen.append
        )

    rented = [outcome for outcome in outcomes if isinstance(outcome, Rented)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(rented) == len(sandbox.charges) == len({outcome.phone_number for outcome in rented})
    assert len(rented) + len(refused) == 60
    assert {type(outcome.error) for outcome in refused} <= {RateLimitError}
    assert min(each.concurrency for each in seen) < 20


async def test_list_all_waits_as_the_api_asks_before_it_reads_another_region(sandbox: Sandbox) -> None:
    numbers = {*sandbox.seed_active(5, region_code="US"), *sandbox.seed_active(5, region_code="GB")}
    sandbox.faults.add("status", operation="ListActiveNumbers", status=429, headers={"Retry-After": "9"})
    async with sandbox.client() as client:
        found = [
            number.phone_number
            async for number in client.active_numbers.list_all(region_codes=["US", "GB"], concurrency=1)
        ]
    times = [request.at for request in sandbox.requests if request.operation == "ListActiveNumbers"]

    assert {*found} == numbers
    assert times[1] - times[0] >= 9
