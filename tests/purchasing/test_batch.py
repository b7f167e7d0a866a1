"""Many at a time: an outcome for each, in order, and never one number too many."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import (
    Budget,
    BudgetExceededError,
    ConfigurationError,
    MemoryStore,
    NoOfferError,
    NotFoundError,
    NumbersClient,
    NumberTakenError,
    PermissionDeniedError,
    PurchaseLedger,
    Refused,
    Released,
    Rented,
    Unknown,
    Updated,
    voice,
)
from sinch_numbers.sandbox import Sandbox


async def offered(client: NumbersClient, count: int) -> list[str]:
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=count)
    return [offer.phone_number for offer in offers]


def rents(sandbox: Sandbox) -> int:
    return sum(request.operation == "RentNumber" for request in sandbox.requests)


async def test_count_buys_as_many_as_asked(sandbox: Sandbox, client: NumbersClient) -> None:
    outcomes = await client.available_numbers.rent_many(
        count=50, region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    bought = [outcome.number for outcome in outcomes if isinstance(outcome, Rented)]
    assert len(bought) == len(sandbox.charges) == 50
    pending = [voice.pending(number) for number in bought if number is not None]
    assert all(scheduled is not None for scheduled in pending)


async def test_offers_that_others_take_are_replaced(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.faults.add("status", operation="RentNumber", status=404, probability=0.5, times=None)
    outcomes = await client.available_numbers.rent_many(count=40, region_code="US", number_type="LOCAL")
    assert all(isinstance(outcome, Rented) for outcome in outcomes)
    assert len(sandbox.charges) == 40


async def test_what_is_not_on_offer_is_refused_place_by_place(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    [number] = await offered(client, 1)
    outcomes = await client.available_numbers.rent_many(
        count=4, region_code="US", number_type="LOCAL", number_pattern=number, search_pattern="START"
    )
    assert [type(outcome) for outcome in outcomes] == [Rented, Refused, Refused, Refused]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert all(isinstance(outcome.error, NoOfferError) for outcome in refused)


async def test_named_numbers_have_one_outcome_each_in_order(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await offered(client, 3)
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(numbers[1])
    sandbox.faults.add("drop_before_commit", operation="RentNumber", phone_number=numbers[2], times=None)
    outcomes = await client.available_numbers.rent_many(phone_numbers=numbers)
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Rented, Refused, Unknown]
    [_, refused, _] = outcomes
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NotFoundError)


async def test_an_account_that_may_not_rent_is_asked_once_a_worker_and_not_once_a_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.options.trial = True
    outcomes = await client.available_numbers.rent_many(
        count=100, region_code="US", number_type="LOCAL", concurrency=5
    )
    assert len(outcomes) == 100
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {type(outcome.error) for outcome in refused} == {PermissionDeniedError}
    assert rents(sandbox) <= 5


async def test_no_more_calls_are_in_flight_than_the_concurrency_allows(sandbox: Sandbox, url: str) -> None:
    async with NumbersClient(
        project_id="p", key_id="k", key_secret="s", base_url=url, auth_url=url, clock=sandbox.clock
    ) as client:
        held = sandbox.faults.hold("RentNumber")
        buying = asyncio.ensure_future(
            client.available_numbers.rent_many(count=20, region_code="US", number_type="LOCAL", concurrency=3)
        )
        await held.reached(3)
        await client.available_regions.list()
        assert rents(sandbox) == 3
        held.release()
        assert len(await buying) == 20


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"count": 1},
        {"count": 1, "region_code": "US"},
        {"count": 0, "region_code": "US", "number_type": "LOCAL"},
        {"count": 1, "phone_numbers": ["+12025550134"]},
        {"phone_numbers": ["+12025550134"], "region_code": "US", "number_type": "LOCAL"},
        {"phone_numbers": ["+12025550134", "+12025550134"]},
        {"phone_numbers": ["12025550134"]},
        {"phone_numbers": "+12025550134"},
        {"count": 1, "region_code": "US", "number_type": "LOCAL", "concurrency": 0},
        {"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"},
    ],
)
async def test_arguments_that_do_not_fit_are_refused_before_anything_is_sent(
    sandbox: Sandbox, client: NumbersClient, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConfigurationError):
        await client.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    assert not sandbox.requests


async def test_a_batch_goes_on_where_it_stopped(sandbox: Sandbox, client: NumbersClient) -> None:
    ledger = PurchaseLedger(MemoryStore(clock=sandbox.clock))
    client = client.with_options(ledger=ledger)
    sandbox.faults.add("status", operation="RentNumber", status=403, skip=10)
    first = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order", concurrency=1
    )
    assert sum(isinstance(outcome, Rented) for outcome in first) == 10
    second = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order"
    )
    assert [type(outcome) for outcome in second] == [Rented] * 30
    assert len(sandbox.charges) == 30
    again = await client.available_numbers.rent_many(
        count=30, region_code="US", number_type="LOCAL", batch="order"
    )
    assert [outcome.phone_number for outcome in again] == [outcome.phone_number for outcome in second]
    assert len(sandbox.charges) == 30


async def test_an_unknown_place_of_a_batch_is_finished_with_its_own_number(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)

    async def buy() -> list[object]:
        return [
            *await client.available_numbers.rent_many(
                count=2, region_code="US", number_type="LOCAL", batch="order"
            )
        ]

    first = await buy()
    assert [type(outcome) for outcome in first] == [Unknown, Unknown]
    sandbox.faults.clear()
    second = await buy()
    assert [type(outcome) for outcome in second] == [Rented, Rented]
    assert len(sandbox.charges) == 2
    assert {charge.phone_number for charge in sandbox.charges} == {
        outcome.phone_number for outcome in first if isinstance(outcome, Unknown)
    }


async def test_an_unknown_place_whose_number_somebody_else_has_is_filled_with_another_in_the_end(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)

    async def buy() -> object:
        [outcome] = await client.available_numbers.rent_many(
            count=1, region_code="US", number_type="LOCAL", batch="order"
        )
        return outcome

    first = await buy()
    assert isinstance(first, Unknown)
    sandbox.faults.clear()
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(first.phone_number or "")
    sandbox.clock.advance(3_600)
    second = await buy()
    assert isinstance(second, Rented)
    assert second.phone_number != first.phone_number


async def test_a_batch_within_a_budget_says_unknown_of_what_it_cannot_finish(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    arguments = {"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"}
    await client.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    poor = client.with_options(budget=Budget(max_numbers=0))
    [outcome] = await poor.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    assert isinstance(outcome, Unknown)
    assert isinstance(outcome.error, BudgetExceededError)


async def test_two_buyers_of_one_batch_buy_no_more_than_it_has_places(sandbox: Sandbox, url: str) -> None:
    store = MemoryStore(clock=sandbox.clock)

    async def buyer() -> int:
        async with NumbersClient(
            project_id="p",
            key_id="k",
            key_secret="s",
            base_url=url,
            auth_url=url,
            clock=sandbox.clock,
            ledger=PurchaseLedger(store),
        ) as client:
            outcomes = await client.available_numbers.rent_many(
                count=60, region_code="US", number_type="LOCAL", batch="order"
            )
        return sum(isinstance(outcome, Rented) and outcome.number is not None for outcome in outcomes)

    bought = await asyncio.gather(buyer(), buyer(), buyer())
    assert sum(bought) == len(sandbox.charges)
    assert len(sandbox.charges) == 60
    assert len({charge.phone_number for charge in sandbox.charges}) == 60


async def test_a_named_number_that_the_ledger_has_is_not_bought_again(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    client = client.with_options(ledger=PurchaseLedger(MemoryStore(clock=sandbox.clock)))
    [number] = await offered(client, 1)
    await client.available_numbers.rent_many(phone_numbers=[number], batch="one")
    [outcome] = await client.available_numbers.rent_many(phone_numbers=[number], batch="two")
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NumberTakenError)
    assert rents(sandbox) == 1


async def test_releasing_many_has_an_outcome_for_each(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await offered(client, 3)
    await client.available_numbers.rent_many(phone_numbers=numbers[:2])
    sandbox.faults.add("status", operation="ReleaseNumber", phone_number=numbers[1], times=None, status=503)
    outcomes = await client.active_numbers.release_many(numbers)
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Released, Unknown, Refused]


async def test_updating_many_has_an_outcome_for_each(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await offered(client, 3)
    await client.available_numbers.rent_many(phone_numbers=numbers[:2])
    sandbox.faults.add(
        "drop_after_commit", operation="UpdateActiveNumber", phone_number=numbers[1], times=None
    )
    outcomes = await client.active_numbers.update_many(numbers, display_name="fleet")
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Updated, Unknown, Refused]
    with pytest.raises(ConfigurationError, match="nothing to change"):
        await client.active_numbers.update_many(numbers)
