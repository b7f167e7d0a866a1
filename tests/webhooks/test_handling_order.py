"""`stale` says that something newer has been received; no event is kept from its handlers."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from sinch_numbers import NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import Delivery, WebhookInbox

from .callbacks import SECRET, body_of, handled, receive, signed

Take = Callable[[NumberEvent, Delivery], Awaitable[None]]


async def test_stale_says_that_something_newer_of_the_same_number_and_kind_was_received(
    inbox: WebhookInbox,
) -> None:
    stale: dict[str, bool] = {}

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        stale[delivery.event_id] = delivery.stale

    events: list[tuple[str, dict[str, Any], bool]] = [
        ("first", {"timestamp": "2025-01-15T09:20:00.000000005"}, False),
        ("tie", {"timestamp": "2025-01-15T09:20:00.000000005Z"}, False),
        ("a nanosecond older", {"timestamp": "2025-01-15T09:20:00.000000004"}, True),
        ("older, another kind", {"timestamp": "2025-01-15T09:10:00", "eventType": "PROVISIONING_TO_SMS_PLATFORM"}, False),
        ("older, another number", {"timestamp": "2025-01-15T09:10:00", "resourceId": "+12025550135"}, False),
        ("older, another resource", {"timestamp": "2025-01-15T09:10:00", "resourceType": "NUMBER_ORDER"}, False),
        ("older, another project", {"timestamp": "2025-01-15T09:10:00", "projectId": "project-2"}, False),
        ("from the future", {"timestamp": "2026-01-15T09:20:00"}, False),
        ("after it", {"timestamp": "2025-01-15T09:21:00"}, False),
        ("without a time", {"timestamp": None}, False),
    ]  # fmt: skip
    async with inbox:
        for index, (name, fields, _) in enumerate(events):
            await receive(inbox, f"{index}-{name}".replace(" ", "-").replace(",", ""), **fields)
            await handled(inbox)
    assert [*stale.values()] == [expected for _, _, expected in events]


async def test_stale_is_judged_anew_before_each_attempt(inbox: WebhookInbox) -> None:
    seen: list[bool] = []
    failed = asyncio.Event()

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        if event.event_id != "older":
            return
        seen.append(delivery.stale)
        if delivery.attempt == 1:
            failed.set()
            newer = body_of("newer", timestamp="2025-01-15T09:29:30")
            await inbox.receive(newer, signed(newer))
            raise RuntimeError

    async with inbox:
        await receive(inbox, "older", timestamp="2025-01-15T09:29:00")
        await handled(inbox)
    assert seen == [False, True]


async def test_1000_numbers_shuffled_tripled_and_lost_until_retried(clock: VirtualClock) -> None:
    dice = random.Random(7)
    inbox = WebhookInbox(SECRET, clock=clock, max_pending=100_000)
    events: list[tuple[str, str, int, bytes]] = []
    for index in range(1_000):
        number = f"+1202555{index:04d}"
        for turn in range(3):
            event_id = f"event-{index}-{turn}"
            timestamp = f"2025-01-15T09:20:00.{turn:09d}"
            events.append((event_id, number, turn, body_of(event_id, resourceId=number, timestamp=timestamp)))
    calls: dict[str, Counter[str]] = {"one": Counter(), "two": Counter()}
    newest: defaultdict[str | None, int] = defaultdict(lambda: -1)
    wrong: list[str] = []

    def handler(name: str) -> Take:
        async def take(event: NumberEvent, delivery: Delivery) -> None:
            calls[name][delivery.event_id] += 1
            turn = int(delivery.event_id.rpartition("-")[2])
            # What was received by the time of the attempt; it may have been received meanwhile, too.
            if delivery.stale != (turn < newest[event.resource_id]):
                wrong.append(delivery.event_id)

        return take

    for name in calls:
        inbox.on(name=name)(handler(name))
    queue = [event for event in events for _ in range(3)]
    dice.shuffle(queue)
    acknowledged: set[str] = set()
    async with inbox:
        while queue:
            event_id, number, turn, body = queue.pop()
            if dice.random() < 0.1:
                queue.insert(
                    dice.randrange(len(queue) + 1), (event_id, number, turn, body)
                )  # lost, and retried
                continue
            receipt = await inbox.receive(body, signed(body))
            assert receipt.status == 200
            newest[number] = max(newest[number], turn)
            acknowledged.add(event_id)
        await handled(inbox)
    assert acknowledged == {event_id for event_id, *_ in events}
    for counter in calls.values():
        assert set(counter) == acknowledged
        assert set(counter.values()) == {1}
    assert wrong == []
