"""Tasks that outlive their callers: what a caller gets of one, and how a group of them ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sinch_numbers import (
    ConfigurationError,
    MemoryStore,
    NumbersClient,
    PurchaseLedger,
    _defaults,
)
from sinch_numbers._sending.tasks import TaskClosed, TaskGroup, shielded
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.stores import SQLiteStore
from sinch_numbers.webhooks import WebhookInbox

from ..support import NUMBER

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}
CALLS: dict[str, Callable[[NumbersClient], Awaitable[object]]] = {
    "enter": lambda client: client.__aenter__(),
    "search": lambda client: client.available_numbers.search(**US),
    "rent": lambda client: client.available_numbers.rent(NUMBER),
    "rent_first": lambda client: client.available_numbers.rent_first(**US),
    "rent_any": lambda client: client.available_numbers.rent_any(**US),
    "rent_many": lambda client: client.available_numbers.rent_many(count=2, **US),
    "quote": lambda client: client.available_numbers.quote(count=2, **US),
    "list": lambda client: client.active_numbers.list(**US).first(),
    "list_all": lambda client: anext(client.active_numbers.list_all()),
    "get": lambda client: client.active_numbers.get(NUMBER),
    "update": lambda client: client.active_numbers.update(NUMBER, display_name="x"),
    "update_many": lambda client: client.active_numbers.update_many([NUMBER], display_name="x"),
    "release": lambda client: client.active_numbers.release(NUMBER),
    "release_many": lambda client: client.active_numbers.release_many([NUMBER]),
    "wait": lambda client: client.active_numbers.wait_until_provisioned(NUMBER),
    "regions": lambda client: client.available_regions.list(),
    "resume": lambda client: client.resume_purchases(),
    "close": lambda client: client.aclose(),
    "serve": lambda _: Sandbox().serve().__aenter__(),
    "sqlite": lambda _: SQLiteStore("unused.db").get("key"),
    "inbox": lambda _: WebhookInbox("secret").start(),
}


async def run(event: asyncio.Event) -> str:
    await event.wait()
    return "done"


# --- the event loop ---


@pytest.mark.parametrize("call", CALLS, ids=CALLS)
def test_without_asyncio_every_call_says_that_it_supports_asyncio_only(call: str) -> None:
    client = Sandbox().client(ledger=PurchaseLedger(MemoryStore()))
    # What trio does with a coroutine first.
    with pytest.raises(ConfigurationError, match=r"supports asyncio only.*not with trio"):
        next(CALLS[call](client).__await__())


# --- shielded ---


async def test_a_caller_gets_what_the_task_returns() -> None:
    event = asyncio.Event()
    event.set()
    assert await shielded(TaskGroup().start(run(event), name="a")) == "done"


async def test_a_caller_gets_what_the_task_raises() -> None:
    async def fail() -> None:
        raise KeyError("a")

    with pytest.raises(KeyError, match="a"):
        await shielded(TaskGroup().start(fail(), name="a"))


async def test_cancelling_the_caller_does_not_cancel_the_task(quiet_loop: None) -> None:
    event = asyncio.Event()
    task = TaskGroup().start(run(event), name="a")
    caller = asyncio.create_task(shielded(task))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert not task.done()
    event.set()
    assert await task == "done"


@pytest.mark.parametrize("survived", [0, 1])
async def test_if_the_task_is_cancelled_its_caller_is_told_and_not_cancelled(survived: int) -> None:
    task = TaskGroup().start(run(asyncio.Event()), name="a")

    async def call() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await shielded(task)
        return "never"

    caller: asyncio.Task[str]
    if survived:
        caller = asyncio.create_task(call())
        await asyncio.sleep(0)
        caller.cancel()  # caught, but asyncio still counts it
    else:
        caller = asyncio.create_task(shielded(task))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(TaskClosed):
        await caller


# --- a group ---


async def test_draining_waits_for_tasks_and_for_those_that_they_start(quiet_loop: None) -> None:
    group = TaskGroup()
    finished: list[str] = []

    async def second() -> None:
        await asyncio.sleep(0)
        finished.append("second")

    async def first() -> None:
        await asyncio.sleep(0)
        group.start(second(), name="second")
        finished.append("first")

    group.start(first(), name="first")
    await group.drain(60)
    assert finished == ["first", "second"]


async def test_draining_ends_after_its_timeout_and_leaves_the_tasks_alone() -> None:
    event = asyncio.Event()
    group = TaskGroup()
    task = group.start(run(event), name="a")
    await group.drain(0)
    assert not task.done()
    event.set()
    assert await task == "done"


async def test_a_failed_task_without_a_caller_leaves_no_unretrieved_exception(quiet_loop: None) -> None:
    async def fail() -> None:
        raise KeyError("a")

    group = TaskGroup()
    group.start(fail(), name="a")
    await group.drain(60)


async def test_cancelling_ends_a_task_that_catches_the_first_cancellation(
    quiet_loop: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_defaults, "ABANDONED_GRACE", 0.01)
    seen: list[str] = []

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            await asyncio.Event().wait()  # writes its outcome to a store that hangs, for example

    group = TaskGroup()
    task = group.start(stubborn(), name="a")
    await asyncio.sleep(0)
    await group.cancel()
    await asyncio.wait([task])
    assert seen == ["cancelled"]
    assert task.cancelled()


async def test_a_task_that_drains_its_own_group_does_not_wait_for_itself() -> None:
    group = TaskGroup()
    await group.start(group.drain(60), name="a")


def test_the_tasks_of_a_closed_event_loop_are_not_waited_for() -> None:
    group = TaskGroup()

    async def start() -> None:
        group.start(run(asyncio.Event()), name="a")

    loop = asyncio.new_event_loop()
    loop.run_until_complete(start())
    asyncio.run(group.drain(60))
    loop.run_until_complete(group.cancel())
    loop.close()
