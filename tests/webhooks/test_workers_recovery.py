"""What a process left in the store when it died is taken up by the next one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sinch_numbers import MemoryStore, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import Delivery, WebhookInbox
from sinch_numbers.webhooks.records import Record

from .callbacks import PROJECT, SECRET, body_of, handled


@pytest.fixture
def store(clock: VirtualClock) -> MemoryStore:
    return MemoryStore(clock=clock)


async def leave(store: MemoryStore, event_id: str, **fields: Any) -> None:
    """Leaves an event in the store, with what was written of its attempts."""
    record = Record(received_at=0.0, body=body_of(event_id), **fields)
    await store.set(f"sinch-numbers/inbox/default/pending/{PROJECT}/{event_id}", record.to_bytes())


async def test_events_that_a_process_died_on_are_handled_one_at_a_time_beside_the_others(
    store: MemoryStore, clock: VirtualClock
) -> None:
    """One of them may have killed it, and would use up the attempts of those that it is handled with."""
    inbox = WebhookInbox(SECRET, store=store, clock=clock, concurrency=8)
    running: set[str] = set()
    together: list[set[str]] = []
    attempts: dict[str, int] = {}

    @inbox.on(name="take")
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        running.add(delivery.event_id)
        together.append({*running})
        for _ in range(50):
            await asyncio.sleep(0)
        running.discard(delivery.event_id)
        attempts[delivery.event_id] = delivery.attempt

    for index in range(12):
        await leave(store, f"died-{index}", attempts={"take": 1})
        await leave(store, f"fresh-{index}")
    async with inbox:
        await handled(inbox)
    assert attempts == {f"died-{i}": 2 for i in range(12)} | {f"fresh-{i}": 1 for i in range(12)}
    assert max(sum(each.startswith("died") for each in group) for group in together) == 1
    assert max(len(group) for group in together) > 2


async def test_an_event_whose_process_died_in_the_last_attempt_is_a_dead_letter_that_says_so(
    store: MemoryStore, clock: VirtualClock
) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_attempts=3)
    called: list[str] = []

    @inbox.on(name="kills")
    async def kills(event: NumberEvent, delivery: Delivery) -> None:
        called.append("kills")

    @inbox.on(name="works")
    async def works(event: NumberEvent, delivery: Delivery) -> None:
        called.append("works")

    await leave(store, "id-1", attempts={"kills": 3}, errors={"kills": "RuntimeError: before"})
    async with inbox:
        await handled(inbox)
    [letter] = await inbox.dead_letters()
    assert (letter.reason, letter.errors) == ("failed", {"kills": "the process ended during the attempt"})
    assert called == ["works"]


async def test_a_handler_that_was_not_called_yet_does_not_wait_for_the_pause_of_another(
    store: MemoryStore, clock: VirtualClock
) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock)
    began = clock.time()
    called: dict[str, float] = {}

    @inbox.on(name="failed")
    async def failed(event: NumberEvent, delivery: Delivery) -> None:
        called["failed"] = clock.time() - began

    @inbox.on(name="waits")
    async def waits(event: NumberEvent, delivery: Delivery) -> None:
        called["waits"] = clock.time() - began

    await leave(
        store, "id-1", attempts={"failed": 1}, errors={"failed": "RuntimeError"}, due={"failed": began + 600}
    )
    async with inbox:
        await handled(inbox)
    assert called["waits"] == 0
    assert called["failed"] >= 600


async def test_of_a_long_error_the_beginning_is_kept(store: MemoryStore, clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_attempts=1)

    @inbox.on(name="take")
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        raise RuntimeError("x" * 1_000_000)

    await leave(store, "id-1")
    async with inbox:
        await handled(inbox)
    [letter] = await inbox.dead_letters()
    assert letter.errors == {"take": "RuntimeError: " + "x" * 986}
