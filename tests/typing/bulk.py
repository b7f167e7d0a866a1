"""How users write bulk operations. Only type-checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import assert_never, assert_type

from sinch_numbers import (
    ActiveNumber,
    BulkOutcomes,
    BulkProgress,
    BulkRun,
    Completed,
    Failed,
    NumbersClient,
    RateLimit,
    WaitTimeoutError,
)

NUMBER = "+12025550134"


async def rename(number: ActiveNumber) -> str:
    return number.display_name or ""


def on_progress(progress: BulkProgress) -> None:
    assert_type(progress.done, int)
    assert_type(progress.total, int | None)


async def run(client: NumbersClient) -> None:
    numbers = client.bulk(client.active_numbers.get, [NUMBER], concurrency=50, on_progress=on_progress)
    assert_type(numbers, BulkRun[str, ActiveNumber])
    async for outcome in numbers:
        match outcome:
            case Completed(item, result):
                assert_type(item, str)
                assert_type(result, ActiveNumber)
            case Failed(item, error):
                assert_type(item, str)
                assert_type(error, Exception)
            case _:
                assert_never(outcome)
    numbers.stop()
    assert_type(numbers.checkpoint, str)
    assert_type(numbers.remaining, Iterator[str])
    client.bulk(client.active_numbers.get, numbers.remaining, checkpoint=numbers.checkpoint)
    listed = client.bulk(rename, client.active_numbers.list_all())
    assert_type(listed, BulkRun[ActiveNumber, str])
    assert_type(await listed, list[Completed[ActiveNumber, str] | Failed[ActiveNumber]])
    client.bulk(rename, client.active_numbers.list(region_code="US", number_type="LOCAL"))
    client.bulk(rename, [NUMBER])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.bulk(str, [NUMBER])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def many(client: NumbersClient) -> None:
    assert_type(client.active_numbers.get_many([NUMBER]), BulkRun[str, ActiveNumber])
    await client.active_numbers.update_many([NUMBER], display_name="x", on_progress=on_progress)
    await client.active_numbers.release_many([NUMBER], on_progress=on_progress)
    await client.available_numbers.rent_many(phone_numbers=[NUMBER], on_progress=on_progress)


async def wait(client: NumbersClient) -> None:
    outcomes = client.active_numbers.wait_until_all_provisioned([NUMBER], timeout=600)
    assert_type(outcomes, BulkOutcomes[str, ActiveNumber])
    try:
        assert_type(await outcomes, list[Completed[str, ActiveNumber] | Failed[str]])
    except WaitTimeoutError as error:
        assert_type(error.pending, tuple[str, ...])
    iterator: AsyncIterator[Completed[str, ActiveNumber] | Failed[str]] = aiter(outcomes)
    print(iterator)


async def limited() -> None:
    async with NumbersClient.from_env(rate_limit=RateLimit(per_second=10, burst=20)):
        RateLimit(10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
