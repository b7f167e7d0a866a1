"""list_all: the numbers of many regions and types, read concurrently."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from sinch_numbers import ActiveNumber, ConfigurationError, NumberType, RetryPolicy, ServerError
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def everywhere(sandbox: Sandbox) -> set[str]:
    """Active numbers in several regions and of several types."""
    return {
        *sandbox.seed_active(7, region_code="US", number_type="LOCAL"),
        *sandbox.seed_active(5, region_code="US", number_type="TOLL_FREE"),
        *sandbox.seed_active(3, region_code="GB", number_type="MOBILE"),
    }


def listed(sandbox: Sandbox) -> list[str]:
    return sorted(request.query for request in sandbox.requests if request.operation == "ListActiveNumbers")


async def test_all_numbers_of_all_regions_and_types_are_listed(
    sandbox: Sandbox, everywhere: set[str]
) -> None:
    async with sandbox.client() as client:
        found = [number.phone_number async for number in client.active_numbers.list_all(page_size=2)]

    assert len(found) == 15
    assert set(found) == everywhere


async def test_only_the_regions_and_types_that_are_named_are_listed(
    sandbox: Sandbox, everywhere: set[str]
) -> None:
    async with sandbox.client() as client:
        found = [
            number.phone_number
            async for number in client.active_numbers.list_all(
                region_codes=["US", "GB", "US"],
                number_types=["LOCAL", NumberType.LOCAL],
                capabilities=["SMS"],
            )
        ]

    assert len(found) == 7
    assert listed(sandbox) == [
        "regionCode=GB&type=LOCAL&capability=SMS",
        "regionCode=US&type=LOCAL&capability=SMS",
    ]


async def test_only_types_that_a_region_has_are_requested(sandbox: Sandbox, everywhere: set[str]) -> None:
    async with sandbox.client() as client:
        regions = await client.available_regions.list(number_types=["TOLL_FREE"])
        found = [
            number.phone_number async for number in client.active_numbers.list_all(number_types=["TOLL_FREE"])
        ]

    assert len(found) == 5
    assert len(listed(sandbox)) == len(regions)


async def test_no_more_listings_than_concurrency_are_read_at_a_time(sandbox: Sandbox) -> None:
    held = sandbox.faults.hold("ListActiveNumbers")
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(concurrency=2)
        first = asyncio.ensure_future(anext(everything, None))
        await held.reached(2)
        for _ in range(50):
            await asyncio.sleep(0)
        assert held.hits == 2
        held.release()
        assert await first is None


async def test_the_readers_wait_for_a_slow_consumer(sandbox: Sandbox) -> None:
    sandbox.seed_active(100)
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(
            region_codes=["US"], number_types=["LOCAL"], page_size=1, concurrency=2
        )
        async with aclosing(everything):
            await anext(everything)
            for _ in range(500):
                await asyncio.sleep(0)
            assert len(listed(sandbox)) < 6


async def test_an_error_in_one_listing_is_raised_once_and_without_a_group(
    sandbox: Sandbox, everywhere: set[str], quiet_loop: None
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=2, times=None, status=500)
    async with sandbox.client(retry=RetryPolicy(max_attempts=1)) as client:
        with pytest.raises(ServerError) as caught:
            [number async for number in client.active_numbers.list_all()]

    assert caught.value.status_code == 500


async def test_an_error_while_the_regions_are_listed_is_raised_unchanged(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    sandbox.faults.add("status", operation="ListAvailableRegions", times=None, status=500)
    async with sandbox.client() as client:
        with pytest.raises(ServerError):
            [number async for number in client.active_numbers.list_all()]


async def test_closing_the_generator_early_ends_the_readers(sandbox: Sandbox, quiet_loop: None) -> None:
    sandbox.seed_active(100)
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(region_codes=["US"], number_types=["LOCAL"], page_size=1)
        async with aclosing(everything):
            async for _ in everything:
                break
        before = len(listed(sandbox))
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(listed(sandbox)) == before


async def test_a_consumer_that_breaks_without_closing_leaves_no_task(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    sandbox.seed_active(100)
    async with sandbox.client() as client:
        async for _ in client.active_numbers.list_all(
            region_codes=["US"], number_types=["LOCAL"], page_size=1
        ):
            break
        for _ in range(50):
            await asyncio.sleep(0)


async def test_an_error_after_the_consumer_has_left_is_dropped_without_a_complaint(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    sandbox.seed_active(2)
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, times=None, status=500)
    async with sandbox.client(retry=RetryPolicy(max_attempts=1)) as client:
        everything = client.active_numbers.list_all(region_codes=["US"], number_types=["LOCAL"], page_size=1)
        async with aclosing(everything):
            await anext(everything)
            for _ in range(200):
                await asyncio.sleep(0)


async def test_cancelling_the_consumer_ends_the_readers(sandbox: Sandbox, quiet_loop: None) -> None:
    held = sandbox.faults.hold("ListActiveNumbers")
    async with sandbox.client() as client:

        async def consume() -> list[ActiveNumber]:
            return [number async for number in client.active_numbers.list_all(region_codes=["US"])]

        consumer = asyncio.create_task(consume())
        await held.reached(3)
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        held.release()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [({"region_codes": "US"}, "region_codes"), ({"number_types": "LOCAL"}, "number_types"),
     ({"capabilities": "SMS"}, "capabilities")],
)  # fmt: skip
def test_one_string_instead_of_several_values_is_a_configuration_error(
    sandbox: Sandbox, arguments: Any, named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        sandbox.client().active_numbers.list_all(**arguments)


@pytest.mark.parametrize("concurrency", [0, -1, True, 1.5])
async def test_a_concurrency_that_is_not_a_count_is_a_configuration_error(
    sandbox: Sandbox, concurrency: Any
) -> None:
    with pytest.raises(ConfigurationError, match="concurrency"):
        [number async for number in sandbox.client().active_numbers.list_all(concurrency=concurrency)]
