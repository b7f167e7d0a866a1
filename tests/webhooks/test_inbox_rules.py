"""Which callbacks an inbox has handled, and which become dead letters."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import EventType, MemoryStore, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, Delivery, WebhookInbox
from sinch_numbers.webhooks import inbox as inbox_module

from .callbacks import SECRET, body_of, handled, receive, signed


async def test_a_handler_of_one_type_gets_its_events_and_others_are_dead_letters(
    inbox: WebhookInbox, letters: list[DeadLetter]
) -> None:
    taken: list[str] = []

    @inbox.on(EventType.DEPROVISIONING_FROM_SMS_PLATFORM)
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        taken.append(delivery.event_id)

    async with inbox:
        assert await receive(inbox, "id-1", eventType="DEPROVISIONING_FROM_SMS_PLATFORM") == "stored"
        assert await receive(inbox, "id-2") == "no handler"
        await handled(inbox)
    assert taken == ["id-1"]
    assert [letter.event_id for letter in letters] == ["id-2"]


async def test_each_callback_that_is_not_readable_is_kept(inbox: WebhookInbox) -> None:
    async with inbox:
        reasons = [(await inbox.receive(body, signed(body))).reason for body in (b"one", b"two", b"one")]
        kept = sorted([letter.raw for letter in await inbox.dead_letters()])
    assert reasons == ["unreadable", "unreadable", "repeat"]
    assert kept == [b"one", b"two"]


async def test_a_refusal_of_a_full_inbox_names_the_event(clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=MemoryStore(clock=clock), clock=clock, max_pending=1)
    go_on = asyncio.Event()

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        await go_on.wait()

    async with inbox:
        await receive(inbox, "id-1")
        refused = await inbox.receive(body_of("id-2"), signed(body_of("id-2")))
        go_on.set()
    assert (refused.status, refused.reason, refused.event_id) == (503, "full", "id-2")


async def test_a_dead_letter_that_is_replayed_is_handled_at_once(clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=MemoryStore(clock=clock), clock=clock, max_attempts=1)
    attempts: list[int] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise RuntimeError

    async with inbox:
        await receive(inbox, "id-1")
        await handled(inbox)
        assert await inbox.replay("id-1")
        for _ in range(200):  # not after the next look for what others left, in seconds
            await asyncio.sleep(0)
        assert len(attempts) == 2


async def test_secrets_that_do_not_come_are_not_waited_for(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "_SECRETS_TIMEOUT", 0.01)

    async def secrets() -> str:
        await asyncio.Event().wait()
        return SECRET

    inbox = WebhookInbox(secrets, store=MemoryStore(clock=clock), clock=clock)
    async with inbox:
        receipt = await asyncio.wait_for(inbox.receive(body_of(), signed(body_of())), 20)
    assert receipt.status == 503
