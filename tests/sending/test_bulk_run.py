"""A bulk run: outcomes in order or as they come, and items that are taken as they are needed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from sinch_numbers import BulkProgress, Completed, ConfigurationError, Failed, NumbersClient

from ..support import make_client, turns, until
from .bulk_work import Closable, Gate, collected, items_of, square


@pytest.fixture
def client() -> NumbersClient:
    return make_client()


# --- outcomes ---


async def test_awaited_it_gives_an_outcome_for_each_item_in_their_order(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()
    running = asyncio.ensure_future(collected(client.bulk(gate, [1, 2, 3], concurrency=3)))
    await until(lambda: len(gate.started) == 3)
    for item in (3, 1, 2):
        gate.end(item)
        await turns()

    assert await running == [Completed(1, 1), Completed(2, 4), Completed(3, 9)]


async def test_iterated_it_gives_each_outcome_once_it_is_known(
    client: NumbersClient, quiet_loop: None
) -> None:
    gate = Gate()
    gate.end(3)
    found: list[int] = []
    async for outcome in client.bulk(gate, [1, 2, 3], concurrency=3):
        found.append(outcome.item)
        gate.end(*{3: [2], 2: [1], 1: []}[outcome.item])

    assert found == [3, 2, 1]


async def test_an_item_whose_work_raises_is_failed_and_the_others_go_on(client: NumbersClient) -> None:
    first, failed, last = await client.bulk(square, [2, -1, 3])

    assert (first, last) == (Completed(2, 4), Completed(3, 9))
    assert isinstance(failed, Failed)
    assert failed.item == -1
    assert isinstance(failed.error, ValueError)


@pytest.mark.parametrize("items", [[], iter(()), Closable()])
async def test_without_items_there_are_no_outcomes(client: NumbersClient, items: Any) -> None:
    run = client.bulk(square, items)

    assert await run == []
    assert run.checkpoint == "0"


async def test_each_of_two_equal_items_has_its_outcome(client: NumbersClient) -> None:
    assert items_of(await client.bulk(square, [2, 2, 2], concurrency=2)) == [2, 2, 2]


async def test_items_can_come_from_an_asynchronous_iterable(client: NumbersClient, quiet_loop: None) -> None:
    source = Closable(*range(20))

    assert items_of(await client.bulk(square, source, concurrency=3)) == [*range(20)]
    assert source.closed


async def test_no_more_items_are_worked_on_at_once_than_concurrency(client: NumbersClient) -> None:
    at_once: list[int] = []
    most = 0

    async def work(item: int) -> None:
        nonlocal most
        at_once.append(item)
        most = max(most, len(at_once))
        await turns(1 + item % 5)
        at_once.remove(item)

    await client.bulk(work, range(50), concurrency=4)

    assert most == 4


async def test_outcomes_come_only_once(client: NumbersClient) -> None:
    run = client.bulk(square, [1])
    await run
    with pytest.raises(ConfigurationError, match="only once"):
        await run
    with pytest.raises(ConfigurationError, match="only once"):
        _ = [_ async for _ in run]


# --- items are taken as they are needed ---


@pytest.mark.parametrize("is_async", [False, True])
async def test_items_are_taken_no_faster_than_outcomes_are(client: NumbersClient, is_async: bool) -> None:
    taken = 0

    def numbers() -> Iterator[int]:
        nonlocal taken
        for number in itertools.count():
            taken += 1
            yield number

    async def later() -> AsyncGenerator[int]:
        for number in numbers():
            yield number

    run = client.bulk(square, later() if is_async else numbers(), concurrency=5)
    got = 0
    async for _ in run:
        got += 1
        await turns(30)  # a slow consumer
        assert taken <= got + 5
        if got == 1000:
            run.stop()

    assert got <= 1005
    assert taken <= 1005


async def test_an_outcome_does_not_wait_for_the_next_item(client: NumbersClient, quiet_loop: None) -> None:
    async def numbers() -> AsyncGenerator[int]:
        yield 1
        await asyncio.Event().wait()

    async with aclosing(aiter(client.bulk(square, numbers(), concurrency=5))) as outcomes:
        assert await anext(outcomes) == Completed(1, 1)


# --- progress ---


async def test_progress_is_told_after_each_outcome(client: NumbersClient) -> None:
    seen: list[BulkProgress] = []
    await client.bulk(square, iter([1, -1]), concurrency=1, on_progress=seen.append)

    assert [(each.done, each.failed, each.total) for each in seen] == [(1, 0, None), (2, 1, None)]


async def test_a_progress_hook_that_raises_is_logged_and_changes_nothing(
    client: NumbersClient, caplog: pytest.LogCaptureFixture
) -> None:
    def hook(_: BulkProgress) -> None:
        raise KeyError("mine")

    assert len(await client.bulk(square, [1, 2], on_progress=hook)) == 2
    assert caplog.text.count("a hook raised") == 2


# --- arguments ---


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"items": "+12025550134"}, "items"),
        ({"items": 5}, "items"),
        ({"items": None}, "items"),
        ({"items": b"12"}, "items"),
        ({"work": None}, "work"),
        ({"concurrency": 0}, "concurrency"),
        ({"concurrency": True}, "concurrency"),
        ({"concurrency": 2.5}, "concurrency"),
    ],
)
def test_wrong_arguments_are_refused_at_once(
    client: NumbersClient, arguments: dict[str, Any], named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named):
        client.bulk(**({"work": square, "items": []} | arguments))  # type: ignore[arg-type]


async def test_work_that_returns_no_awaitable_is_a_mistake_and_no_failure(
    client: NumbersClient, quiet_loop: None
) -> None:
    called: list[int] = []
    wrong: Callable[[int], Any] = called.append

    with pytest.raises(ConfigurationError, match="returns an awaitable, and it returned None"):
        await client.bulk(wrong, range(10), concurrency=1)
    assert called == [0]


def test_outside_of_an_event_loop_it_is_a_configuration_error(client: NumbersClient) -> None:
    with pytest.raises(ConfigurationError, match="asyncio only"):
        client.bulk(square, []).__await__().send(None)
