"""A bulk run that is stopped, left, cancelled or resumed, or that an error ends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from sinch_numbers import BulkProgress, BulkRun, ConfigurationError, NumbersClient

from .bulk_work import Closable, Gate, collected, items_of, square
from .support import make_client, turns, until


@pytest.fixture
def client() -> NumbersClient:
    return make_client()


# --- stopping and resuming ---


async def test_after_stop_no_item_is_started_and_those_under_way_have_their_outcomes(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()
    run = client.bulk(gate, range(100), concurrency=3)
    running = asyncio.ensure_future(collected(run))
    await until(lambda: len(gate.started) == 3)
    run.stop()
    gate.end(*range(100))

    assert items_of(await running) == [0, 1, 2]
    assert [*run.remaining] == [*range(3, 100)]


async def test_stop_before_the_start_leaves_all_items(client: NumbersClient) -> None:
    run = client.bulk(square, range(3))
    run.stop()

    assert await run == []
    assert [*run.remaining] == [0, 1, 2]


async def test_stop_ends_a_run_that_waits_for_its_next_item(client: NumbersClient, quiet_loop: None) -> None:
    async def numbers() -> AsyncGenerator[int]:
        yield 1
        await asyncio.Event().wait()

    run = client.bulk(square, numbers())
    found: list[int] = []
    async for outcome in run:
        found.append(outcome.item)
        run.stop()

    assert found == [1]


async def test_an_item_that_comes_after_stop_is_left(client: NumbersClient, quiet_loop: None) -> None:
    gate = Gate()
    more = asyncio.Event()

    async def numbers() -> AsyncGenerator[int]:
        yield 1
        await more.wait()
        yield 2

    run = client.bulk(gate, numbers())
    running = asyncio.ensure_future(collected(run))
    await until(lambda: gate.started == [1])
    await turns()
    run.stop()
    more.set()
    await turns()
    gate.end(1, 2)

    assert items_of(await running) == [1]
    assert [*run.remaining] == [2]


async def test_a_later_run_goes_on_with_what_remains_of_a_generator(client: NumbersClient) -> None:
    first = client.bulk(square, (number for number in range(10)), concurrency=2)
    before: list[int] = []
    async for outcome in first:
        before.append(outcome.item)
        if len(before) == 4:
            first.stop()
    after = items_of(await client.bulk(square, first.remaining))

    assert sorted(before + after) == [*range(10)]


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_checkpoint_leaves_out_what_has_its_outcome(client: NumbersClient, is_async: bool) -> None:
    def items() -> Any:
        return Closable(*range(10)) if is_async else range(10)

    gate = Gate()
    gate.end(0, 1, 3, 6)
    run = client.bulk(gate, items(), concurrency=7)
    found: list[int] = []
    async with aclosing(aiter(run)) as outcomes:
        async for outcome in outcomes:
            found.append(outcome.item)
            if len(found) == 4:
                break
    assert sorted(found) == [0, 1, 3, 6]
    assert run.checkpoint == "2+1+4"
    resumed = client.bulk(square, items(), checkpoint=run.checkpoint)

    assert items_of(await resumed) == [2, 4, 5, 7, 8, 9]
    assert resumed.checkpoint == "10"
    assert await client.bulk(square, items(), checkpoint=resumed.checkpoint) == []


async def test_a_checkpoint_in_the_loop_counts_the_outcome_in_hand_and_no_other(
    client: NumbersClient,
) -> None:
    run = client.bulk(square, range(3), concurrency=3)
    seen: list[str] = []
    async for _ in run:
        await turns()
        seen.append(run.checkpoint)

    assert seen == ["1", "2", "3"]


async def test_what_was_not_handed_over_remains(client: NumbersClient, quiet_loop: None) -> None:
    gate = Gate()
    gate.end(1, 3)
    run = client.bulk(gate, [1, 2, 3, 4, 5], concurrency=3)
    async for outcome in run:
        assert outcome.item == 1
        await turns()
        break  # 3 has ended, but nobody has seen its outcome

    assert [*run.remaining] == [2, 3, 4, 5]


async def test_progress_counts_what_an_earlier_run_did(client: NumbersClient) -> None:
    seen: list[BulkProgress] = []
    await client.bulk(square, [1, 2, -1, 3], checkpoint="1+1", concurrency=2, on_progress=seen.append)

    assert seen == [
        BulkProgress(done=3, failed=0, total=4, concurrency=2),
        BulkProgress(done=4, failed=0, total=4, concurrency=2),
    ]


@pytest.mark.parametrize("checkpoint", ["", "x", "1+", "+1", "-1", "1+0", "01", "1 ", "1+2\n", 1, b"1"])
def test_a_checkpoint_that_is_none_is_refused(client: NumbersClient, checkpoint: Any) -> None:
    with pytest.raises(ConfigurationError, match="checkpoint"):
        client.bulk(square, [], checkpoint=checkpoint)


# --- ends before the end ---


@pytest.mark.parametrize("is_async", [False, True])
async def test_if_the_iterable_raises_what_is_under_way_is_finished_first(
    client: NumbersClient, is_async: bool, quiet_loop: None
) -> None:
    def numbers() -> Iterator[int]:
        yield from (1, 2)
        raise KeyError("broken")

    source: Any = Closable(1, 2, error=KeyError("broken")) if is_async else numbers()
    found: list[int] = []

    async def read() -> None:
        async for outcome in client.bulk(square, source, concurrency=5):
            found.append(outcome.item)  # noqa: PERF401  an extension would be lost with the error

    with pytest.raises(KeyError, match="broken"):
        await read()
    assert found == [1, 2]


class Ending(BaseException):
    pass


@pytest.mark.parametrize("ending", [Ending, asyncio.CancelledError])
async def test_what_is_no_exception_cancels_the_others_and_is_raised(
    client: NumbersClient, ending: type[BaseException], quiet_loop: None
) -> None:
    gate = Gate()

    async def work(item: int) -> int:
        if item == 1:
            raise ending
        return await gate(item)

    run = client.bulk(work, range(5), concurrency=3)
    with pytest.raises(ending):
        await run

    assert sorted(gate.cancelled) == [0, 2]
    assert [*run.remaining] == [0, 1, 2, 3, 4]


async def test_a_cancelled_run_cancels_what_is_under_way_and_closes_its_iterable(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()
    source = Closable(*range(100))
    running = asyncio.ensure_future(collected(client.bulk(gate, source, concurrency=3)))
    await until(lambda: len(gate.started) == 3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert sorted(gate.cancelled) == [0, 1, 2]
    assert source.closed


async def test_leaving_the_loop_cancels_what_is_under_way_and_closes_the_iterable(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()
    gate.end(0)
    source = Closable(*range(100))
    async for _ in client.bulk(gate, source, concurrency=3):
        await turns()
        break
    await until(lambda: source.closed)

    assert gate.cancelled
    assert gate.cancelled == gate.started[1:]


async def test_an_item_that_comes_while_the_run_is_closed_is_not_started(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()

    async def numbers() -> AsyncGenerator[int]:
        yield 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            yield 2

    run = client.bulk(gate, numbers())
    running = asyncio.ensure_future(collected(run))
    await until(lambda: gate.started == [1])
    await turns()
    running.cancel()
    await asyncio.wait([running])

    assert gate.started == [1]
    assert [*run.remaining] == [1, 2]


async def test_work_that_takes_long_to_end_after_its_cancellation_is_waited_for(
    client: NumbersClient,
) -> None:
    ended: list[int] = []

    async def work(item: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await turns(50)
            ended.append(item)

    running = asyncio.ensure_future(collected(client.bulk(work, range(3))))  # type: ignore[arg-type]
    await turns()
    running.cancel()
    await asyncio.wait([running])

    assert sorted(ended) == [0, 1, 2]


@pytest.mark.parametrize("is_async", [False, True])
async def test_cancelled_at_any_moment_each_item_has_an_outcome_or_remains(
    client: NumbersClient, is_async: bool, quiet_loop: None
) -> None:
    for seed in range(100):
        draw = random.Random(seed)

        async def work(item: int, draw: random.Random = draw) -> int:
            await turns(draw.randrange(6))
            return item

        source: Any = Closable(*range(30)) if is_async else iter(range(30))
        run = client.bulk(work, source, concurrency=draw.randint(1, 8))
        found: list[int] = []

        async def read(run: BulkRun[int, int] = run, found: list[int] = found) -> None:
            async for outcome in run:
                found.append(outcome.item)
                await asyncio.sleep(0)

        reading = asyncio.ensure_future(read())
        await turns(draw.randrange(60))
        reading.cancel()
        await asyncio.wait([reading])
        await turns(3)
        rest = [*run.remaining]
        if is_async:
            rest += range(source.taken, 30) if source.closed or not found else ()
            assert {*found} | {*rest} == {*range(30)}
        else:
            assert sorted(found + rest) == [*range(30)]
