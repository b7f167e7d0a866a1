"""Handlers get every event at least once, each on its own, and failures are retried."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from sinch_numbers import EventType, MemoryStore, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, Delivery, WebhookInbox

from .callbacks import PROJECT, SECRET, body_of, handled, receive


async def test_each_handler_of_an_event_gets_it_once(inbox: WebhookInbox) -> None:
    calls: list[tuple[str, str | None, int, bytes]] = []

    @inbox.on(EventType.PROVISIONING_TO_VOICE_PLATFORM, "PROVISIONING_TO_SMS_PLATFORM")
    async def some(event: NumberEvent, delivery: Delivery) -> None:
        calls.append(("some", event.event_id, delivery.attempt, delivery.raw))

    @inbox.on()
    async def every(event: NumberEvent, delivery: Delivery) -> None:
        calls.append(("every", delivery.event_id, delivery.attempt, delivery.raw))

    async with inbox:
        await receive(inbox)
        await handled(inbox)
        assert await receive(inbox) == "repeat"
        await receive(inbox, "id-2", eventType="PROVISIONING_TO_CAMPAIGN")
        await handled(inbox)
    assert calls == [
        ("some", "id-1", 1, body_of("id-1")),
        ("every", "id-1", 1, body_of("id-1")),
        ("every", "id-2", 1, body_of("id-2", eventType="PROVISIONING_TO_CAMPAIGN")),
    ]


async def test_only_the_handler_that_failed_is_called_again_with_growing_pauses(
    inbox: WebhookInbox, clock: VirtualClock
) -> None:
    calls: list[tuple[str, int]] = []
    moments: list[float] = []

    @inbox.on()
    async def works(event: NumberEvent, delivery: Delivery) -> None:
        calls.append(("works", delivery.attempt))

    @inbox.on()
    async def fails_thrice(event: NumberEvent, delivery: Delivery) -> None:
        calls.append(("fails", delivery.attempt))
        moments.append(clock.monotonic())
        if delivery.attempt <= 3:
            raise RuntimeError("not yet")

    async with inbox:
        await receive(inbox)
        await handled(inbox)
    assert calls == [("works", 1), *[("fails", attempt) for attempt in (1, 2, 3, 4)]]
    pauses = [after - before for before, after in itertools.pairwise(moments)]
    for pause, bound in zip(pauses, (1, 4, 16), strict=True):
        assert bound / 2 <= pause <= bound


async def test_what_keeps_failing_is_a_dead_letter_with_its_reason_and_holds_nothing_else_up(
    inbox: WebhookInbox, letters: list[DeadLetter]
) -> None:
    done: list[str] = []

    @inbox.on(name="works")
    async def works(event: NumberEvent, delivery: Delivery) -> None:
        done.append(delivery.event_id)

    @inbox.on(name="fails")
    async def fails(event: NumberEvent, delivery: Delivery) -> None:
        if event.event_id == "id-3":
            raise RuntimeError(f"attempt {delivery.attempt}")

    async with inbox:
        for index in range(10):
            await receive(inbox, f"id-{index}")
        await handled(inbox)
    assert sorted(done) == [f"id-{index}" for index in range(10)]
    [letter] = letters
    assert (letter.event_id, letter.reason) == ("id-3", "failed")
    assert letter.attempts == {"works": 1, "fails": 8}
    assert letter.errors == {"fails": "RuntimeError: attempt 8"}
    assert await inbox.dead_letters() == letters


async def test_a_dead_letter_can_be_replayed_and_repeats_of_it_are_known(
    inbox: WebhookInbox, letters: list[DeadLetter]
) -> None:
    broken = True
    calls: list[str] = []

    @inbox.on(name="works")
    async def works(event: NumberEvent, delivery: Delivery) -> None:
        calls.append("works")

    @inbox.on(name="mended")
    async def mended(event: NumberEvent, delivery: Delivery) -> None:
        if broken:
            raise RuntimeError
        calls.append(f"mended, attempt {delivery.attempt}")

    async with inbox:
        await receive(inbox)
        await handled(inbox)
        assert await receive(inbox) == "repeat"
        broken = False
        assert not await inbox.replay("another")
        assert await inbox.replay("id-1")
        await handled(inbox)
        assert await inbox.dead_letters() == []
        assert await receive(inbox) == "repeat"
        assert not await inbox.replay("id-1")
    assert calls == ["works", "mended, attempt 1"]


async def test_a_handler_that_takes_too_long_has_failed(clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, clock=clock, handler_timeout=0.01, max_attempts=1)

    @inbox.on(name="hangs")
    async def hangs(event: NumberEvent, delivery: Delivery) -> None:
        await asyncio.Event().wait()

    async with inbox:
        await receive(inbox)
        await handled(inbox)
        [letter] = await inbox.dead_letters()
    assert letter.errors == {"hangs": "the handler took too long"}


@pytest.mark.parametrize("error", [TimeoutError("of its own"), asyncio.CancelledError()])
async def test_a_handlers_own_timeout_or_cancellation_is_a_failure(
    clock: VirtualClock, error: BaseException
) -> None:
    inbox = WebhookInbox(SECRET, clock=clock, max_attempts=1)

    @inbox.on(name="fails")
    async def fails(event: NumberEvent, delivery: Delivery) -> None:
        raise error

    async with inbox:
        await receive(inbox)
        await handled(inbox)
        [letter] = await inbox.dead_letters()
    assert ("TimeoutError: of its own" if isinstance(error, TimeoutError) else "cancelled") in letter.errors[
        "fails"
    ]


async def test_a_hook_that_raises_harms_no_event(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def hook(letter: DeadLetter) -> None:
        raise RuntimeError("the pager is broken")

    inbox = WebhookInbox(SECRET, clock=clock, on_dead_letter=hook)

    @inbox.on("SOMETHING")
    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    async with inbox:
        assert await receive(inbox) == "no handler"
    assert "on_dead_letter raised" in caplog.text


async def test_a_record_that_cannot_be_read_holds_nothing_else_up(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore(clock=clock)
    inbox = WebhookInbox(SECRET, store=store, clock=clock, concurrency=1)
    taken: list[str] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        taken.append(delivery.event_id)

    async with inbox:
        await store.set(f"sinch-numbers/inbox/default/pending/{PROJECT}/id-1", b"by nobody")
        assert await receive(inbox, "id-1") == "repeat"
        await receive(inbox, "id-2")
        await handled(inbox)
    assert taken == ["id-2"]
    assert "a record at project-1/id-1 that cannot be read" in caplog.text


# --- leases ---


def renewing() -> list[str]:
    return [name for task in asyncio.all_tasks() if "inbox lease" in (name := task.get_name())]


async def test_a_handler_that_takes_long_keeps_its_lease_and_no_longer_than_it_runs() -> None:
    class Renewed(MemoryStore):
        renewals = 0

        async def replace(self, key: str, old: bytes, new: bytes, *, ttl: float | None = None) -> bool:
            replaced = await super().replace(key, old, new, ttl=ttl)
            if "/lease/" in key:
                assert replaced, "it had expired"
                self.renewals += 1
                if self.renewals == 6:
                    enough.set()
            return replaced

    enough = asyncio.Event()
    store = Renewed()
    inbox = WebhookInbox(SECRET, store=store, lease=0.2, max_age=timedelta(days=36_500))
    seen: list[list[str]] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        seen.append(renewing())
        await enough.wait()
        seen.append(renewing())

    async with inbox:
        await receive(inbox, "id-1")
        await handled(inbox)
        assert seen == [[], [f"sinch-numbers inbox lease {PROJECT}/id-1"]]
        while renewing():
            await asyncio.sleep(0)
    assert [key for key, _ in await store.items("") if "/lease/" in key] == []


async def test_the_lease_of_what_was_handled_is_not_renewed(
    inbox: WebhookInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    later, timers = loop.call_later, list[asyncio.TimerHandle]()

    def call_later(delay: float, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
        timer = later(delay, *arguments, **options)
        if delay == 30 / 4:
            timers.append(timer)
        return timer

    monkeypatch.setattr(loop, "call_later", call_later)

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        assert [timer.cancelled() for timer in timers] == [False]

    async with inbox:
        await receive(inbox, "id-1")
        await handled(inbox)
    assert [timer.cancelled() for timer in timers] == [True]


# --- several processes ---


async def test_two_inboxes_on_one_store_handle_each_event_once(clock: VirtualClock) -> None:
    store = MemoryStore(clock=clock)
    taken: Counter[str] = Counter()

    async def take(event: NumberEvent, delivery: Delivery) -> None:
        await asyncio.sleep(0)
        taken[delivery.event_id] += 1

    inboxes = [WebhookInbox(SECRET, store=store, clock=clock) for _ in range(2)]
    for one in inboxes:
        one.on(name="take")(take)
    async with inboxes[0], inboxes[1]:
        for index in range(200):
            await receive(inboxes[index % 2], f"id-{index}")
            await receive(inboxes[(index + 1) % 2], f"id-{index}")
        await handled(inboxes[0])
    assert set(taken.values()) == {1}
    assert len(taken) == 200


async def test_an_event_whose_lease_expired_is_handled_by_another_and_the_late_one_is_refused(
    clock: VirtualClock,
) -> None:
    store = MemoryStore(clock=clock)
    slow, quick = (WebhookInbox(SECRET, store=store, clock=clock) for _ in range(2))
    begun, go_on = asyncio.Event(), asyncio.Event()
    taken: list[tuple[str, int]] = []

    async def sleeps(event: NumberEvent, delivery: Delivery) -> None:
        begun.set()
        await go_on.wait()
        taken.append(("slow", delivery.attempt))

    async def works(event: NumberEvent, delivery: Delivery) -> None:
        taken.append(("quick", delivery.attempt))

    slow.on(name="take")(sleeps)
    quick.on(name="take")(works)
    async with slow:
        await receive(slow)
        await begun.wait()
        clock.advance(31)  # as if its process had been stopped for longer than a lease
        async with quick:
            await handled(quick)
            go_on.set()
            await asyncio.sleep(0)
    assert taken == [("quick", 2), ("slow", 1)]
    assert await slow.pending() == []
    assert await slow.dead_letters() == []
