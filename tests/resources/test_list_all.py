"""list_all: the numbers of many regions and types, read concurrently."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    BadRequestError,
    ConfigurationError,
    IncompleteListingError,
    ListingProgress,
    NumberType,
    RetryPolicy,
    ServerError,
)
from sinch_numbers.sandbox import Sandbox


@pytest.fixture
def everywhere(sandbox: Sandbox) -> set[str]:
    """Active numbers in several regions and of several types."""
    return {
        *sandbox.seed_active(7, region_code="US", number_type="LOCAL"),
        *sandbox.seed_active(5, region_code="US", number_type="TOLL_FREE"),
        *sandbox.seed_active(3, region_code="GB", number_type="MOBILE"),
    }


@pytest.fixture
def strict(sandbox: Sandbox) -> None:
    """The API refuses a listing without region and type, as its document says."""
    sandbox.options.missing_filters = "reject"


def listed(sandbox: Sandbox) -> list[str]:
    return sorted(request.query for request in sandbox.requests if request.operation == "ListActiveNumbers")


async def test_all_numbers_come_in_one_listing(sandbox: Sandbox, everywhere: set[str]) -> None:
    async with sandbox.client() as client:
        found = [number.phone_number async for number in client.active_numbers.list_all(page_size=10)]

    assert len(found) == 15
    assert set(found) == everywhere
    assert len(listed(sandbox)) == 2
    assert listed(sandbox)[0] == "pageSize=10"


@pytest.mark.parametrize("missing_filters", ["reject", "mobile"])
async def test_all_numbers_are_listed_by_region_and_type_where_the_api_refuses_one_listing(
    sandbox: Sandbox, everywhere: set[str], missing_filters: Any
) -> None:
    sandbox.options.missing_filters = missing_filters
    async with sandbox.client() as client:
        found = [number.phone_number async for number in client.active_numbers.list_all(page_size=2)]

    assert len(found) == 15
    assert set(found) == everywhere


async def test_a_region_without_types_is_listed_type_by_type(sandbox: Sandbox, everywhere: set[str]) -> None:
    # An older server takes a missing type for MOBILE.
    async with sandbox.client() as client:
        found = [number async for number in client.active_numbers.list_all(region_codes=["US"])]

    assert len(found) == 12
    assert [query.rpartition("=")[2] for query in listed(sandbox)] == sorted(NumberType)


async def test_a_refusal_in_the_middle_of_the_one_listing_is_no_reason_to_begin_again(
    sandbox: Sandbox, everywhere: set[str], quiet_loop: None
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=1, status=400)
    async with sandbox.client() as client:
        with pytest.raises(BadRequestError) as caught:
            [number async for number in client.active_numbers.list_all(page_size=10)]
        rest = await client.active_numbers.list(cursor=caught.value.cursor).collect()

    assert len(rest) == 5


# --- progress and failures ---


@pytest.mark.usefixtures("strict")
async def test_progress_counts_numbers_partitions_and_the_total(
    sandbox: Sandbox, everywhere: set[str]
) -> None:
    seen: list[ListingProgress] = []
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(
            region_codes=["US"], number_types=["LOCAL", "TOLL_FREE"], page_size=5, concurrency=1,
            on_progress=seen.append,
        )  # fmt: skip
        assert len([number async for number in everything]) == 12

    assert [(each.numbers, each.total, each.partitions_done, each.partitions) for each in seen] == [
        (5, 7, 0, 2),
        (7, 7, 0, 2),
        (7, 7, 1, 2),
        (12, 12, 1, 2),
        (12, 12, 2, 2),
    ]


async def test_progress_of_one_listing_has_its_total_from_the_beginning(
    sandbox: Sandbox, everywhere: set[str]
) -> None:
    seen: list[ListingProgress] = []
    async with sandbox.client() as client:
        _ = [_ async for _ in client.active_numbers.list_all(page_size=10, on_progress=seen.append)]

    assert [(each.numbers, each.total, each.partitions_done, each.partitions) for each in seen] == [
        (10, 15, 0, 1),
        (15, 15, 0, 1),
        (15, 15, 1, 1),
    ]


async def test_a_progress_hook_that_raises_is_logged_and_ends_nothing(
    sandbox: Sandbox, everywhere: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    def hook(progress: ListingProgress) -> None:
        raise KeyError(progress)

    async with sandbox.client() as client:
        found = [number async for number in client.active_numbers.list_all(on_progress=hook)]

    assert len(found) == 15
    assert "a hook raised" in caplog.text


async def test_with_keep_going_the_other_partitions_are_read_and_the_failures_are_raised_at_the_end(
    sandbox: Sandbox, everywhere: set[str], quiet_loop: None
) -> None:
    sandbox.faults.add("status", operation="ListActiveNumbers", skip=2, status=400)  # US LOCAL, page 2
    found: list[ActiveNumber] = []
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(
            region_codes=["US", "GB"], page_size=2, keep_going=True, concurrency=1
        )

        async def read() -> None:
            async for number in everything:
                found.append(number)  # noqa: PERF401  an extension would be lost with the error

        with pytest.raises(IncompleteListingError, match=r"^1 listing of \d+ could not be read") as caught:
            await read()
        [failure] = caught.value.failures
        assert (failure.region_code, failure.number_type) == ("US", "LOCAL")
        assert isinstance(failure.error, BadRequestError)
        rest = await client.active_numbers.list(
            region_code=failure.region_code, number_type=failure.number_type, cursor=failure.cursor
        ).collect()

    assert {number.phone_number for number in found + rest} == everywhere
    assert len(found) == 10


# --- how much at a time ---


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
        "capability=SMS&regionCode=GB&type=LOCAL",
        "capability=SMS&regionCode=US&type=LOCAL",
    ]


async def test_only_types_that_a_region_has_are_requested(sandbox: Sandbox, everywhere: set[str]) -> None:
    async with sandbox.client() as client:
        regions = await client.available_regions.list(number_types=["TOLL_FREE"])
        found = [
            number.phone_number async for number in client.active_numbers.list_all(number_types=["TOLL_FREE"])
        ]

    assert len(found) == 5
    assert len(listed(sandbox)) == len(regions)


@pytest.mark.usefixtures("strict")
async def test_no_more_listings_than_concurrency_are_read_at_a_time(sandbox: Sandbox) -> None:
    held = sandbox.faults.hold("ListActiveNumbers")
    async with sandbox.client() as client:
        everything = client.active_numbers.list_all(number_types=["LOCAL"], concurrency=2)
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
            [number async for number in client.active_numbers.list_all(number_types=["LOCAL"])]

    assert caught.value.status_code == 500


async def test_an_error_while_the_regions_are_listed_is_raised_unchanged(
    sandbox: Sandbox, quiet_loop: None
) -> None:
    sandbox.options.missing_filters = "reject"
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
