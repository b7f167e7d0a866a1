"""What an inbox responds to a callback, and what it keeps of it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from sinch_numbers import ConfigurationError, EventType, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import DeadLetter, Delivery, Receipt, WebhookInbox

from .callbacks import NUMBER, PROJECT, SECRET, body_of, handled, receive, signed
from .durable import Durable

VOICE = EventType.PROVISIONING_TO_VOICE_PLATFORM


@pytest.fixture
def store(clock: VirtualClock) -> Durable:
    return Durable(clock)


@pytest.fixture
def letters() -> list[DeadLetter]:
    return []


@pytest.fixture
def inbox(store: Durable, clock: VirtualClock, letters: list[DeadLetter]) -> WebhookInbox:
    return WebhookInbox(SECRET, store=store, clock=clock, project_id=PROJECT, on_dead_letter=letters.append)


# --- the receipt ---


async def test_a_signed_callback_is_kept_and_a_repeat_is_told_as_one(inbox: WebhookInbox) -> None:
    body = body_of()
    first = await inbox.receive(body, signed(body))
    assert first == Receipt(status=200, reason="stored", event_id="01jr7stexp0znky34pj07dwp41")
    assert await inbox.receive(body, signed(body)) == Receipt(
        status=200, reason="repeat", event_id=first.event_id
    )
    [pending] = await inbox.pending()
    assert (pending.event_id, pending.raw, pending.attempts) == (first.event_id, body, {})


async def test_pairs_from_a_generator_are_headers_as_well(inbox: WebhookInbox) -> None:
    body = body_of()
    pairs = ((name.encode(), value.encode()) for name, value in signed(body).items())
    assert (await inbox.receive(body, pairs)).status == 200


async def test_a_body_that_is_said_not_to_be_encoded_is_received(inbox: WebhookInbox) -> None:
    headers = signed(body_of()) | {"Content-Encoding": "Identity"}
    assert (await inbox.receive(body_of(), headers)).status == 200


@pytest.mark.parametrize(
    ("headers", "status", "reason"),
    [
        ({}, 401, "missing"),
        ({"x-sinch-signature": "nonsense"}, 401, "malformed"),
        ({"x-sinch-signature": "0" * 40}, 401, "mismatch"),
        ([("x-sinch-signature", "0" * 40), ("x-sinch-signature", "0" * 40)], 401, "several"),
        ({"content-encoding": "gzip"}, 415, "encoded"),
    ],
)
async def test_what_is_not_authenticated_is_refused_and_not_kept(
    inbox: WebhookInbox, headers: Any, status: int, reason: str
) -> None:
    assert await inbox.receive(body_of(), headers) == Receipt(status=status, reason=reason)
    assert await inbox.pending() == []
    assert await inbox.dead_letters() == []


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json", "unreadable"),
        (b"[1]", "unreadable"),
        (b"[" * 60_000, "unreadable"),
        (body_of(projectId="another"), "another project"),
        (body_of(projectId=None), "another project"),
        (body_of(timestamp="2025-01-08T09:29:59"), "too old"),
        (body_of(padding="x" * 65_536), "too large"),
    ],
    ids=range(7),
)
async def test_what_is_signed_is_never_lost_to_a_status(
    inbox: WebhookInbox, letters: list[DeadLetter], body: bytes, reason: str
) -> None:
    receipt = await inbox.receive(body, signed(body))
    assert (receipt.status, receipt.reason) == (200, reason)
    assert (await inbox.receive(body, signed(body))).reason == "repeat"
    assert [(letter.reason, letter.raw) for letter in letters] == [(reason, body)]
    assert await inbox.dead_letters() == letters
    assert await inbox.pending() == []


async def test_an_event_at_the_edge_of_its_age_is_kept(inbox: WebhookInbox) -> None:
    body = body_of(timestamp="2025-01-08T09:30:00.000000000Z")
    assert (await inbox.receive(body, signed(body))).reason == "stored"


@pytest.mark.parametrize("timestamp", [None, 7, "yesterday", "", "2025-13-01T00:00:00Z"])
async def test_an_event_whose_time_cannot_be_read_is_kept_all_the_same(
    inbox: WebhookInbox, timestamp: Any
) -> None:
    body = body_of(timestamp=timestamp)
    assert (await inbox.receive(body, signed(body))).reason == "stored"


@pytest.mark.parametrize("event_id", [None, "", 7, {"a": 1}, "x" * 129, "a b", "a/b", "\u00e9", ["x"]])
async def test_an_event_without_a_usable_id_is_known_by_a_digest_of_its_body(
    inbox: WebhookInbox, event_id: Any
) -> None:
    body = body_of(eventId=event_id)
    receipt = await inbox.receive(body, signed(body))
    assert (receipt.status, receipt.reason) == (200, "stored")
    assert (receipt.event_id or "").startswith("sha256-")
    assert (await inbox.receive(body, signed(body))).reason == "repeat"
    other = body_of(eventId=event_id, status="FAILED")
    assert (await inbox.receive(other, signed(other))).reason == "stored"


async def test_two_projects_may_use_one_id(store: Durable, clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock)
    for project in ("a", "b"):
        body = body_of(projectId=project)
        assert (await inbox.receive(body, signed(body))).reason == "stored"


async def test_a_full_inbox_refuses_what_is_new_and_knows_what_it_has(
    store: Durable, clock: VirtualClock
) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_pending=2)
    bodies = [body_of(f"id-{index}") for index in range(3)]
    receipts = [await inbox.receive(body, signed(body)) for body in bodies]
    assert [receipt.status for receipt in receipts] == [200, 200, 503]
    assert receipts[2].reason == "full"
    assert (await inbox.receive(bodies[0], signed(bodies[0]))).status == 200

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    async with inbox:
        await handled(inbox)
        assert (await inbox.receive(bodies[0], signed(bodies[0]))).reason == "repeat"
        assert (await inbox.receive(bodies[2], signed(bodies[2]))).reason == "stored"


async def test_of_a_crowd_one_reads_how_much_is_pending(store: Durable, clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_pending=3)
    bodies = [body_of(f"id-{index}") for index in range(9)]

    async def crowd(bodies: list[bytes]) -> list[str]:
        receipts = await asyncio.gather(*(inbox.receive(body, signed(body)) for body in bodies))
        return [receipt.reason for receipt in receipts]

    assert await crowd(bodies[:3]) == ["stored"] * 3
    assert store.looks == 1
    assert await crowd(bodies[3:]) == ["full"] * 6
    assert store.looks == 2


async def test_a_look_at_what_is_pending_that_failed_is_made_again(
    store: Durable, clock: VirtualClock
) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_pending=1)
    await WebhookInbox(SECRET, store=store, clock=clock).receive(body_of("old"), signed(body_of("old")))
    store.fail = "before"
    assert (await inbox.receive(body_of(), signed(body_of()))).reason == "store"
    store.fail = ""
    assert (await inbox.receive(body_of(), signed(body_of()))).reason == "full"


async def test_an_inbox_that_only_accepts_knows_what_others_have_left_and_handled(
    store: Durable, clock: VirtualClock
) -> None:
    bodies = [body_of(f"id-{index}") for index in range(4)]
    before = WebhookInbox(SECRET, store=store, clock=clock)
    for body in bodies[:2]:
        await before.receive(body, signed(body))
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_pending=2)
    assert (await inbox.receive(bodies[2], signed(bodies[2]))).reason == "full"

    @before.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    async with before:
        await handled(before)
    assert (await inbox.receive(bodies[2], signed(bodies[2]))).reason == "stored"


# --- the store ---


@pytest.mark.parametrize("fail", ["before", "after write", "hang"])
async def test_a_store_that_fails_is_a_503_and_the_repeat_is_handled(
    store: Durable, clock: VirtualClock, fail: str
) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, store_timeout=0.05)
    events: list[str | None] = []

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        events.append(event.event_id)

    async with inbox:
        store.fail = fail
        assert await inbox.receive(body_of(), signed(body_of())) == Receipt(status=503, reason="store")
        store.fail = ""
        receipt = await inbox.receive(body_of(), signed(body_of()))
        assert (receipt.status, receipt.reason) == (200, "repeat" if fail == "after write" else "stored")
        await handled(inbox)
    assert events == [receipt.event_id]


async def test_a_store_that_is_slow_in_every_call_is_a_503_in_time(
    store: Durable, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.webhooks.inbox._KEEP_TIMEOUT", 0.01)
    inbox = WebhookInbox(SECRET, store=store, clock=clock, store_timeout=60)
    store.fail = "hang"
    assert await inbox.receive(body_of(), signed(body_of())) == Receipt(status=503, reason="store")


async def test_a_dead_letter_hook_that_hangs_delays_no_response_and_no_other_event(
    store: Durable, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.webhooks.inbox._HOOK_TIMEOUT", 0.01)
    told: list[str] = []

    async def hook(letter: DeadLetter) -> None:
        told.append(letter.event_id)
        await asyncio.Event().wait()

    inbox = WebhookInbox(SECRET, store=store, clock=clock, on_dead_letter=hook, max_attempts=1, concurrency=1)

    @inbox.on()
    async def fail(event: NumberEvent, delivery: Delivery) -> None:
        raise RuntimeError

    old = body_of("old", timestamp="2020-01-01T00:00:00Z")
    async with inbox:
        assert await inbox.receive(old, signed(old)) == Receipt(status=200, reason="too old", event_id="old")
        for index in range(3):
            await receive(inbox, f"id-{index}")
        await handled(inbox)
        while len(told) < 4:
            await asyncio.sleep(0)
    assert told == ["old", "id-0", "id-1", "id-2"]
    assert len(await inbox.dead_letters()) == 4


async def test_a_mark_lasts_as_long_as_a_repeat_may_come(store: Durable, clock: VirtualClock) -> None:
    inbox = WebhookInbox(SECRET, store=store, clock=clock, max_age=timedelta(hours=1))

    @inbox.on()
    async def take(event: NumberEvent, delivery: Delivery) -> None: ...

    body = body_of(timestamp=None)
    async with inbox:
        await inbox.receive(body, signed(body))
        await handled(inbox)
        clock.advance(3_599)
        assert (await inbox.receive(body, signed(body))).reason == "repeat"
        clock.advance(2)
        assert (await inbox.receive(body, signed(body))).reason == "stored"


async def test_nothing_is_received_into_a_memory_that_nobody_empties() -> None:
    inbox = WebhookInbox(SECRET)
    with pytest.raises(ConfigurationError, match="async with inbox"):
        await inbox.receive(body_of(), signed(body_of()))
    async with inbox:
        now = body_of(timestamp=None)
        assert (await inbox.receive(now, signed(now))).status == 200
    with pytest.raises(ConfigurationError, match="durable"):
        await inbox.receive(body_of(), signed(body_of()))


@pytest.mark.parametrize(
    "options",
    [
        {"max_pending": 0},
        {"max_attempts": -1},
        {"concurrency": True},
        {"lease": float("nan")},
        {"store_timeout": "2"},
        {"handler_timeout": float("inf")},
        {"max_age": timedelta(0)},
        {"name": "a/b"},
        {"name": ""},
    ],
    ids=lambda options: next(iter(options)),
)
def test_an_option_that_makes_no_sense_is_refused_by_name(options: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        WebhookInbox(SECRET, **options)


async def test_a_body_that_is_not_bytes_is_a_type_error(inbox: WebhookInbox) -> None:
    with pytest.raises(TypeError, match="raw bytes"):
        await inbox.receive(json.loads(body_of()), signed(body_of()))


# --- without a handler ---


@pytest.mark.parametrize(
    ("event_type", "reason"),
    [
        ("PROVISIONING_TO_SMS_PLATFORM", "no handler"),
        ("SOMETHING_NEW", "unknown type"),
        (None, "unknown type"),
        (["x"], "unknown type"),
    ],
)
async def test_a_running_inbox_buries_what_it_has_no_handler_for(
    inbox: WebhookInbox, letters: list[DeadLetter], event_type: Any, reason: str
) -> None:
    @inbox.on(VOICE)
    async def linked(event: NumberEvent, delivery: Delivery) -> None: ...

    body = body_of(eventType=event_type)
    async with inbox:
        receipt = await inbox.receive(body, signed(body))
    assert (receipt.status, receipt.reason) == (200, reason)
    assert [letter.reason for letter in letters] == [reason]


async def test_a_handler_for_all_events_gets_unknown_types_too(inbox: WebhookInbox) -> None:
    types: list[str | None] = []

    @inbox.on()
    async def everything(event: NumberEvent, delivery: Delivery) -> None:
        types.append(event.event_type)

    async with inbox:
        for index, kind in enumerate(("SOMETHING_NEW", "PROVISIONING_TO_SMS_PLATFORM")):
            body = body_of(f"id-{index}", eventType=kind)
            assert (await inbox.receive(body, signed(body))).reason == "stored"
        await handled(inbox)
    assert sorted(map(str, types)) == ["PROVISIONING_TO_SMS_PLATFORM", "SOMETHING_NEW"]


async def test_an_inbox_that_only_accepts_leaves_the_handling_to_others(
    store: Durable, clock: VirtualClock, inbox: WebhookInbox
) -> None:
    body = body_of()
    assert (await inbox.receive(body, signed(body))).reason == "stored"
    worker = WebhookInbox(SECRET, store=store, clock=clock)
    events: list[tuple[str | None, int]] = []

    @worker.on(VOICE)
    async def linked(event: NumberEvent, delivery: Delivery) -> None:
        events.append((event.resource_id, delivery.attempt))

    running = asyncio.ensure_future(worker.run())
    await handled(inbox)
    running.cancel()
    await asyncio.wait([running])
    assert events == [(NUMBER, 1)]


async def test_what_a_predecessor_left_without_a_handler_here_stays_pending(
    store: Durable, clock: VirtualClock, inbox: WebhookInbox
) -> None:
    for index, kind in enumerate(("PROVISIONING_TO_SMS_PLATFORM", "PROVISIONING_TO_VOICE_PLATFORM")):
        body = body_of(f"id-{index}", eventType=kind)
        await inbox.receive(body, signed(body))
    worker = WebhookInbox(SECRET, store=store, clock=clock)

    @worker.on(VOICE)
    async def linked(event: NumberEvent, delivery: Delivery) -> None: ...

    async with worker:
        while len(await inbox.pending()) == 2:
            await asyncio.sleep(0)
    [left] = await inbox.pending()
    assert b"SMS" in left.raw
    assert await inbox.dead_letters() == []
