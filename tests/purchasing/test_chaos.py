"""Thousands of purchases through seeded random faults, over real loopback HTTP: the books agree with what was told."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from sinch_numbers import (
    NumbersClient,
    NumbersError,
    Refused,
    Rented,
    RetryPolicy,
    Timeout,
    Unknown,
)
from sinch_numbers.bulk import outcome_of
from sinch_numbers.sandbox import Sandbox

RENTS = 2_000
KINDS = (
    "status",
    "status_after_commit",
    "drop_before_commit",
    "drop_after_commit",
    "truncated",
    "reset_mid_headers",
    "html",
    "invalid_json",
)


def new_client(sandbox: Sandbox, url: str) -> NumbersClient:
    return NumbersClient(
        project_id="sandbox-project",
        key_id="key",
        key_secret="secret",
        base_url=url,
        auth_url=url,
        clock=sandbox.clock,
        timeout=Timeout(read=5),
        # A generous budget of repetitions: the faults are to test the outcomes, not the budget.
        retry=RetryPolicy(quota=100_000),
    )


def charged(sandbox: Sandbox) -> Counter[str]:
    return Counter(charge.phone_number for charge in sandbox.charges)


@pytest.mark.parametrize("seed", [1, 2])
async def test_2000_rents_through_faults_at_30_percent_are_charged_as_told(
    sandbox: Sandbox, url: str, seed: int
) -> None:
    sandbox.options.max_page_size = RENTS
    async with new_client(sandbox, url) as client:
        offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=RENTS)
        assert len(offers) == RENTS
        sandbox.faults.random(rate=0.3, kinds=KINDS, seed=seed)
        places = asyncio.Semaphore(50)
        told: dict[str, Rented | Refused | Unknown] = {}

        async def rent(phone_number: str) -> None:
            async with places:
                try:
                    number = await client.available_numbers.rent(phone_number)
                except NumbersError as error:
                    told[phone_number] = outcome_of(error, phone_number)
                else:
                    told[phone_number] = Rented(phone_number=phone_number, number=number)

        wanted = [offer.phone_number for offer in offers]
        await asyncio.gather(*(rent(phone_number) for phone_number in wanted))
    books = charged(sandbox)
    rented = {number for number, outcome in told.items() if isinstance(outcome, Rented)}
    unknown = {number for number, outcome in told.items() if isinstance(outcome, Unknown)}
    assert set(books.values()) <= {1}, "a number was charged twice"
    assert rented <= set(books), "a number was reported rented that was not"
    assert set(books) <= rented | unknown, "a number was charged of which the caller was not told"
    assert len(books) == len(rented) + len(unknown & set(books))
    # The faults did strike, and most purchases got through them.
    assert sum(fault.hits for fault in sandbox.faults) > RENTS * 0.3
    assert len(rented) > 0.9 * len(wanted)


@pytest.mark.parametrize("seed", range(3))
async def test_rent_many_never_buys_more_than_it_was_asked_for(sandbox: Sandbox, url: str, seed: int) -> None:
    sandbox.faults.random(rate=0.4, kinds=KINDS, operations=("RentNumber", "GetActiveNumber"), seed=seed)
    async with new_client(sandbox, url) as client:
        outcomes = await client.available_numbers.rent_many(
            count=200, region_code="US", number_type="LOCAL", concurrency=16
        )
    books = charged(sandbox)
    rented = {outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)}
    unknown = {outcome.phone_number for outcome in outcomes if isinstance(outcome, Unknown)}
    assert len(outcomes) == 200
    assert len(books) <= 200
    assert set(books.values()) <= {1}
    assert rented <= set(books) <= rented | unknown
