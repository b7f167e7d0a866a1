"""Handlers run in the inbox's own tasks, from its start to its close."""

from __future__ import annotations

import asyncio
import contextvars

import pytest

from sinch_numbers import MemoryStore, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import Delivery, WebhookInbox, workers

from .callbacks import SECRET, handled, receive


async def test_handlers_run_in_a_context_of_their_own(inbox: WebhookInbox) -> None:
    user: contextvars.ContextVar[str] = contextvars.ContextVar("user", default="nobody")
    seen: list[str] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        seen.append(user.get())
        user.set("the first event's")

    user.set("the request's")
    async with inbox:
        for index in range(3):
            await receive(inbox, f"id-{index}")
            await handled(inbox)
    # Of the inbox's own tasks, and not of the request that happened to come.
    assert seen[0] == "nobody"
    assert "the request's" not in seen


@pytest.mark.usefixtures("quiet_loop")
async def test_closing_waits_for_the_handlers_that_run_and_starts_no_other(clock: VirtualClock) -> None:
    store = MemoryStore(clock=clock)
    inbox = WebhookInbox(SECRET, store=store, clock=clock, concurrency=1)
    begun, go_on = asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        begun.set()
        await go_on.wait()
        ended.append(delivery.event_id)

    await inbox.start()
    await receive(inbox, "id-1")
    await receive(inbox, "id-2")
    await begun.wait()
    closing = asyncio.ensure_future(inbox.aclose())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    await closing
    assert ended == ["id-1"]
    assert [event.event_id for event in await inbox.pending()] == ["id-2"]


@pytest.mark.usefixtures("quiet_loop")
async def test_a_handler_that_does_not_end_is_cut_off_and_its_event_given_back(clock: VirtualClock) -> None:
    store = MemoryStore(clock=clock)
    inbox = WebhookInbox(SECRET, store=store, clock=clock, close_timeout=0.01)
    begun = asyncio.Event()
    attempts: list[int] = []

    async def take(event: NumberEvent, delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        begun.set()
        if len(attempts) == 1:
            await asyncio.Event().wait()

    inbox.on(name="take")(take)
    await inbox.start()
    await receive(inbox)
    await begun.wait()
    await inbox.aclose()
    [event] = await inbox.pending()
    assert event.attempts.get("take", 0) == 0
    # Another one takes it up at once: its lease was given back, and the attempt does not count.
    successor = WebhookInbox(SECRET, store=store, clock=clock)
    successor.on(name="take")(take)
    async with successor:
        await handled(successor)
    assert attempts == [1, 1]


async def test_an_inbox_can_be_started_again(inbox: WebhookInbox) -> None:
    taken: list[str] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        taken.append(delivery.event_id)

    for index in range(2):
        async with inbox:
            await receive(inbox, f"id-{index}")
            await handled(inbox)
        assert not inbox.is_running
    assert taken == ["id-0", "id-1"]


async def test_other_tasks_run_between_two_events_in_memory(clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, clock=clock, concurrency=1)
    rounds = 0
    seen: list[int] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        seen.append(rounds)

    async with inbox:
        for index in range(20):
            await receive(inbox, f"id-{index}")
        while len(seen) < 20:
            rounds += 1
            await asyncio.sleep(0)
    assert len(set(seen)) == 20


async def test_each_event_that_was_handled_makes_room_for_one(clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=MemoryStore(clock=clock), clock=clock, max_pending=2)
    go_on = asyncio.Event()

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        if delivery.event_id != "id-1":
            await go_on.wait()

    async with inbox:
        for _ in range(20):  # the look for what a predecessor left ends
            await asyncio.sleep(0)
        assert [await receive(inbox, "id-1"), await receive(inbox, "id-2")] == ["stored", "stored"]
        while len(await inbox.pending()) == 2:
            await asyncio.sleep(0)
        assert [await receive(inbox, "id-3"), await receive(inbox, "id-4")] == ["stored", "full"]
        go_on.set()
        await handled(inbox)


async def test_the_log_names_an_event_that_will_not_be_handled(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = WebhookInbox(SECRET, store=MemoryStore(clock=clock), clock=clock, max_attempts=1)

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        raise RuntimeError

    async with inbox:
        await receive(inbox, "id-1")
        await handled(inbox)
    assert "the event id-1 will not be handled: failed" in caplog.messages


@pytest.mark.usefixtures("quiet_loop")
async def test_closing_does_not_wait_for_a_handler_that_ignores_its_cancellation(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_GRACE", 0.0)
    inbox = WebhookInbox(SECRET, store=MemoryStore(clock=clock), clock=clock, close_timeout=0.01)
    begun, go_on = asyncio.Event(), asyncio.Event()

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        begun.set()
        while not go_on.is_set():
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                continue

    await inbox.start()
    await receive(inbox)
    await begun.wait()
    await asyncio.wait_for(inbox.aclose(), 20)
    go_on.set()
    await asyncio.sleep(0)
