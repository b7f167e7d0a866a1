"""rent_many: an outcome for each slot, in order, and never one number too many."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import (
    ConfigurationError,
    NoOfferError,
    NotFoundError,
    NumbersClient,
    OrphanedPurchase,
    PermissionDeniedError,
    Refused,
    Rented,
    Unknown,
    voice,
)
from sinch_numbers.sandbox import Sandbox

from .steps import offered, offers, rents


async def test_rent_many_buys_as_many_numbers_as_count(sandbox: Sandbox, client: NumbersClient) -> None:
    outcomes = await client.available_numbers.rent_many(
        count=50, region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    bought = [outcome.number for outcome in outcomes if isinstance(outcome, Rented)]
    assert len(bought) == len(sandbox.charges) == 50
    pending = [voice.pending(number) for number in bought if number is not None]
    assert all(scheduled is not None for scheduled in pending)


async def test_an_offer_that_somebody_else_took_is_replaced_by_another(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="RentNumber", status=404, probability=0.5, times=None)
    outcomes = await client.available_numbers.rent_many(count=40, region_code="US", number_type="LOCAL")
    assert all(isinstance(outcome, Rented) for outcome in outcomes)
    assert len(sandbox.charges) == 40


async def test_slots_for_which_there_is_no_offer_are_refused(client: NumbersClient) -> None:
    number = await offered(client)
    outcomes = await client.available_numbers.rent_many(
        count=4, region_code="US", number_type="LOCAL", number_pattern=number, search_pattern="START"
    )
    assert [type(outcome) for outcome in outcomes] == [Rented, Refused, Refused, Refused]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert all(isinstance(outcome.error, NoOfferError) for outcome in refused)


async def test_named_numbers_have_one_outcome_each_in_order(sandbox: Sandbox, client: NumbersClient) -> None:
    numbers = await offers(client, 3)
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(numbers[1])
    sandbox.faults.add("drop_before_commit", operation="RentNumber", phone_number=numbers[2], times=None)
    outcomes = await client.available_numbers.rent_many(phone_numbers=numbers)
    assert [outcome.phone_number for outcome in outcomes] == numbers
    assert [type(outcome) for outcome in outcomes] == [Rented, Refused, Unknown]
    [_, refused, _] = outcomes
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, NotFoundError)


async def test_after_a_403_no_worker_sends_another_rent(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.options.trial = True
    outcomes = await client.available_numbers.rent_many(
        count=100, region_code="US", number_type="LOCAL", concurrency=5
    )
    assert len(outcomes) == 100
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert {type(outcome.error) for outcome in refused} == {PermissionDeniedError}
    assert rents(sandbox) <= 5


async def test_no_more_rents_than_concurrency_are_in_flight(sandbox: Sandbox, url: str) -> None:
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
    ("arguments", "what"),
    [
        ({}, "either count or phone_numbers"),
        ({"count": 1}, "count needs region_code and number_type"),
        ({"count": 1, "region_code": "US"}, "number_type"),
        ({"count": 0, "region_code": "US", "number_type": "LOCAL"}, "^count must be"),
        ({"count": 1, "phone_numbers": ["+12025550134"]}, "either count or phone_numbers"),
        ({"phone_numbers": ["+12025550134"], "region_code": "US", "number_type": "LOCAL"}, "takes neither"),
        ({"phone_numbers": ["+12025550134", "+12025550134"]}, "more than once"),
        ({"phone_numbers": ["12025550134"]}, "E.164"),
        ({"phone_numbers": "+12025550134"}, "phone_numbers"),
        ({"count": 1, "region_code": "US", "number_type": "LOCAL", "concurrency": 0}, "^concurrency must"),
        ({"count": 1, "region_code": "US", "number_type": "LOCAL", "batch": "order"}, "needs a ledger"),
    ],
)
async def test_arguments_that_do_not_fit_together_raise_before_anything_is_sent(
    sandbox: Sandbox, client: NumbersClient, arguments: dict[str, object], what: str
) -> None:
    with pytest.raises(ConfigurationError, match=what):
        await client.available_numbers.rent_many(**arguments)  # type: ignore[arg-type]
    assert not sandbox.requests


async def test_if_the_search_fails_the_outcome_is_refused_and_not_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="ListAvailableNumbers", times=None)
    [outcome] = await client.available_numbers.rent_many(count=1, region_code="US", number_type="LOCAL")
    assert isinstance(outcome, Refused)


async def test_a_search_that_gets_a_404_is_not_sent_again(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.faults.add("status", operation="ListAvailableNumbers", status=404, times=100)
    [outcome] = await client.available_numbers.rent_many(count=1, region_code="US", number_type="LOCAL")
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, NotFoundError)
    assert sum(request.operation == "ListAvailableNumbers" for request in sandbox.requests) == 1


async def test_what_a_cancelled_rent_many_had_bought_is_reported_as_orphans(
    sandbox: Sandbox, orphans: list[OrphanedPurchase]
) -> None:
    async with sandbox.client(on_orphaned_purchase=orphans.append) as client:
        held = sandbox.faults.hold("RentNumber", skip=20)
        buying = asyncio.ensure_future(
            client.available_numbers.rent_many(count=50, region_code="US", number_type="LOCAL")
        )
        await held.reached(8)
        buying.cancel()
        await asyncio.wait([buying])
        held.release()
    assert len(sandbox.charges) == 28
    told = sorted(orphan.phone_number or "" for orphan in orphans if orphan.number is not None)
    assert told == sorted(charge.phone_number for charge in sandbox.charges)
