"""Handlers get every event at least once, each on its own, with the order told and failures retried."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sinch_numbers import ConfigurationError, EventType, MemoryStore, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, Delivery, WebhookInbox
from sinch_numbers.webhooks.events import kind_of, nanoseconds

from .callbacks import SECRET, body_of, signed

Take = Callable[[NumberEvent, Delivery], Awaitable[None]]


@pytest.fixture
def letters() -> list[DeadLetter]:
    return []


@pytest.fixture
def inbox(clock: VirtualClock, letters: list[DeadLetter]) -> WebhookInbox:
    return WebhookInbox(SECRET, clock=clock, on_dead_letter=letters.append)


async def handled(inbox: WebhookInbox) -> None:
    while await inbox.pending():
        await asyncio.sleep(0)


async def receive(inbox: WebhookInbox, event_id: str = "id-1", **fields: object) -> str:
    body = body_of(event_id, **fields)
    return (await inbox.receive(body, signed(body))).reason


# --- at least once ---


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


# --- registration ---


def test_a_handler_has_to_be_async_and_have_a_name_of_its_own(inbox: WebhookInbox) -> None:
    def not_async(event: NumberEvent, delivery: Delivery) -> None: ...

    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    with pytest.raises(ConfigurationError, match="async function"):
        inbox.on()(not_async)  # type: ignore[type-var]
    with pytest.raises(ConfigurationError, match="types of events"):
        inbox.on(7)(take)  # type: ignore[arg-type]
    assert inbox.on()(take) is take
    with pytest.raises(ConfigurationError, match="already"):
        inbox.on("ANOTHER")(take)
    inbox.on("ANOTHER", name="the second")(take)


async def test_an_object_with_an_async_call_is_a_handler(inbox: WebhookInbox) -> None:
    class Counting:
        count = 0

        async def __call__(self, event: NumberEvent, delivery: Delivery) -> None:
            self.count += 1

    counting = Counting()
    inbox.on()(counting)
    async with inbox:
        await receive(inbox)
        await handled(inbox)
    assert counting.count == 1


# --- lifecycle ---


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


# --- order ---


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1970-01-01T00:00:01", 1_000_000_000),
        ("1970-01-01T00:00:01.5", 1_500_000_000),
        ("1970-01-01T00:00:00.123456789", 123_456_789),
        ("1970-01-01T00:00:00.1234567891", 123_456_789),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-0030", 0),
        ("2025-04-07T09:38:04.85408760", 1_744_018_684_854_087_600),
        ("2025-02-30", None),
        ("2025-02-01T24:00:00Z", None),
        ("2025-00-01T00:00:00Z", None),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_all_nine_digits_of_a_timestamp_count(timestamp: object, expected: int | None) -> None:
    assert nanoseconds(timestamp) == expected


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("PROVISIONING_TO_VOICE_PLATFORM", "voice"),
        ("DEPROVISIONING_FROM_VOICE_PLATFORM", "voice"),
        ("PROVISIONING_TO_SMS_PLATFORM", "sms"),
        ("DEPROVISIONING_TO_SMS_PLATFORM", "sms"),
        ("PROVISIONING_TO_CAMPAIGN", "campaign"),
        ("LINK_TO_10DLC_CAMPAIGN", "campaign"),
        ("NUMBER_ORDER_PROCESSING", "order"),
        ("HOSTING_PROCESS", "order"),
    ],
)
def test_events_of_one_kind_follow_each_other(event_type: str, kind: str) -> None:
    assert kind_of(event_type) == kind


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
