"""The steps of an event in the store: each leaves it so that another process can go on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import attrs
import pytest

from sinch_numbers import EventType, MemoryStore, NumberEvent, SQLiteStore, Store
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.stores.bounded import BoundedStore
from sinch_numbers.webhooks import Delivery, WebhookInbox
from sinch_numbers.webhooks.events import Envelope
from sinch_numbers.webhooks.handlers import Handlers
from sinch_numbers.webhooks.leases import Leased, Leases
from sinch_numbers.webhooks.mailbox import Mailbox
from sinch_numbers.webhooks.records import Record

from ..stores.test_group_commit import statements
from .callbacks import SECRET, body_of, handled, receive

PREFIX = "sinch-numbers/inbox/default/"
NOW = 1_736_933_400.0
"""2025-01-15, half past nine."""
ENVELOPE = Envelope.of(body_of("id-1"))
KEY = ENVELOPE.key
RECORD = Record(received_at=NOW, body=body_of("id-1"))


async def first(event: NumberEvent, delivery: Delivery) -> None: ...


async def second(event: NumberEvent, delivery: Delivery) -> None: ...


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> AsyncGenerator[Store]:
    if request.param == "memory":
        yield MemoryStore(clock=clock)
    else:
        async with SQLiteStore(tmp_path / "store.db", clock=clock) as store:
            yield store


@pytest.fixture
def mailbox(store: Store) -> Mailbox:
    return Mailbox(BoundedStore(store, timeout=60), "default", max_age=100, lease=30)


@pytest.fixture
def handlers() -> Handlers:
    handlers = Handlers()
    handlers.add((), first, "first")
    handlers.add((EventType.PROVISIONING_TO_VOICE_PLATFORM,), second, "second")
    return handlers


@pytest.fixture
def leases(handlers: Handlers) -> Leases:
    return Leases(handlers, max_attempts=3, owner="me")


async def lease(mailbox: Mailbox, leases: Leases, *, is_new: bool = False, now: float = NOW) -> Leased | None:
    return await mailbox.together(lambda inner: leases.lease(inner, KEY, is_new, now))


async def pending(mailbox: Mailbox, record: Record) -> None:
    await mailbox.keep(KEY, record)


async def left(store: Store) -> dict[str, bytes]:
    """What the store holds, without what is newest."""
    found = {key.removeprefix(PREFIX): value for key, value in await store.items(PREFIX)}
    return {key: value for key, value in found.items() if not key.startswith("newest/")}


# --- taking an event ---


async def test_the_first_attempt_is_counted_when_the_event_is_leased(
    store: Store, mailbox: Mailbox, leases: Leases
) -> None:
    await pending(mailbox, RECORD)
    leased = await lease(mailbox, leases)
    assert leased is not None
    assert leased.attempt is not None
    assert (leased.attempt.handler.name, leased.attempt.number, leased.attempt.stale) == ("first", 1, False)
    assert leased.attempt.before == RECORD
    counted = attrs.evolve(RECORD, attempts={"first": 1})
    assert leased.record == counted
    assert leased.raw == counted.to_bytes()
    assert [handler.name for handler in leased.handlers] == ["first", "second"]
    assert await left(store) == {f"pending/{KEY}": counted.to_bytes(), f"lease/{KEY}": b"me"}


async def test_the_first_attempt_is_that_of_the_first_handler_that_is_due(
    mailbox: Mailbox, leases: Leases
) -> None:
    record = attrs.evolve(
        RECORD,
        attempts={"first": 1, "second": 1},
        due={"first": NOW + 1, "second": NOW},
        errors={"first": "x"},
    )
    await pending(mailbox, record)
    leased = await lease(mailbox, leases)
    assert leased is not None
    assert leased.attempt is not None
    assert (leased.attempt.handler.name, leased.attempt.number) == ("second", 2)
    assert leased.record == attrs.evolve(record, attempts={"first": 1, "second": 2}, due={"first": NOW + 1})


async def test_an_event_of_which_no_handler_is_due_is_leased_as_it_is(
    mailbox: Mailbox, leases: Leases
) -> None:
    record = attrs.evolve(
        RECORD, attempts={"first": 3, "second": 1}, done=("second",), due={"first": NOW + 1}, errors={}
    )
    record = attrs.evolve(record, attempts={"first": 2, "second": 1})
    await pending(mailbox, record)
    leased = await lease(mailbox, leases)
    assert leased == Leased(
        key=KEY,
        envelope=ENVELOPE,
        handlers=leased.handlers if leased else [],
        raw=record.to_bytes(),
        record=record,
    )


async def test_an_event_that_somebody_else_has_is_left_alone(
    store: Store, mailbox: Mailbox, leases: Leases
) -> None:
    await pending(mailbox, RECORD)
    assert await mailbox.lease(KEY, "another")
    assert await lease(mailbox, leases) is None
    assert await left(store) == {f"pending/{KEY}": RECORD.to_bytes(), f"lease/{KEY}": b"another"}


@pytest.mark.parametrize("raw", [None, b"by nobody"])
async def test_what_is_no_event_keeps_no_lease(
    store: Store, mailbox: Mailbox, leases: Leases, raw: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    if raw is not None:
        await store.set(f"{PREFIX}pending/{KEY}", raw)
    assert await lease(mailbox, leases) is None
    assert await left(store) == ({} if raw is None else {f"pending/{KEY}": raw})
    assert (f"a record at {KEY} that cannot be read" in caplog.text) == (raw is not None)


async def test_a_repeat_of_what_was_handled_is_taken_out(
    store: Store, mailbox: Mailbox, leases: Leases
) -> None:
    await store.set(f"{PREFIX}pending/{KEY}", RECORD.to_bytes())
    await store.set(f"{PREFIX}done/{KEY}", b"")
    assert await lease(mailbox, leases) is None
    assert await left(store) == {f"done/{KEY}": b""}


@pytest.mark.parametrize(
    ("record", "is_new", "is_noted"),
    [
        (RECORD, False, True),
        (RECORD, True, False),
        (attrs.evolve(RECORD, attempts={"first": 1}, due={"first": NOW}), False, False),
    ],
    ids=["of a predecessor", "new", "of a later attempt"],
)
async def test_the_order_of_an_event_is_noted_if_its_receiver_may_not_have_done_it(
    mailbox: Mailbox, leases: Leases, record: Record, is_new: bool, is_noted: bool
) -> None:
    await pending(mailbox, record)
    await lease(mailbox, leases, is_new=is_new)
    before = Envelope.of(body_of(timestamp="2025-01-15T09:28:00"))
    assert await mailbox.is_stale(before) is is_noted
    assert (await mailbox.last_event("project-1", "+12025550134") or b"").count(b"last") == 0


async def test_an_event_that_a_process_died_on_waits_until_it_may_be_handled_alone(
    mailbox: Mailbox, leases: Leases
) -> None:
    record = attrs.evolve(RECORD, attempts={"first": 1})
    await pending(mailbox, record)
    leased = await lease(mailbox, leases)
    assert leased is not None
    assert leased.attempt is None
    assert leased.record == record


@pytest.mark.parametrize("reason", ["", "failed"])
async def test_an_event_that_is_finished_is_taken_out(
    store: Store, mailbox: Mailbox, leases: Leases, reason: str
) -> None:
    record = attrs.evolve(RECORD, attempts={"first": 1}, finished=True, reason=reason)
    await pending(mailbox, record)
    leased = await lease(mailbox, leases)
    assert leased is not None
    assert leased.record == record
    dead = {f"dead/{KEY}": record.to_bytes()} if reason else {}
    assert await left(store) == {f"done/{KEY}": b"", **dead}


async def test_an_event_whose_process_died_in_the_last_attempt_ends_without_another(
    store: Store, mailbox: Mailbox, leases: Leases
) -> None:
    await pending(mailbox, attrs.evolve(RECORD, attempts={"first": 3, "second": 1}, done=("second",)))
    leased = await lease(mailbox, leases)
    assert leased is not None
    assert leased.attempt is None
    assert leased.record.reason == "failed"
    assert leased.record.errors == {"first": "the process ended during the attempt"}
    assert set(await left(store)) == {f"done/{KEY}", f"dead/{KEY}"}


async def test_an_event_without_a_handler_stays_pending(store: Store, mailbox: Mailbox) -> None:
    await pending(mailbox, RECORD)
    leased = await lease(mailbox, Leases(Handlers(), max_attempts=3, owner="me"))
    assert leased is not None
    assert (leased.record, leased.attempt) == (RECORD, None)
    assert set(await left(store)) == {f"pending/{KEY}", f"lease/{KEY}"}


# --- the steps after it ---


async def test_what_another_process_has_written_meanwhile_is_not_overwritten(
    store: Store, mailbox: Mailbox, leases: Leases, handlers: Handlers
) -> None:
    await pending(mailbox, RECORD)
    leased = await lease(mailbox, leases)
    assert leased is not None
    await store.set(f"{PREFIX}pending/{KEY}", b"of another")
    [_, other] = handlers.of("PROVISIONING_TO_VOICE_PLATFORM")
    assert await leases.begin(mailbox, leased, other) is None
    assert await leases.write(mailbox, leased, attrs.evolve(leased.record, finished=True)) is None
    assert await left(store) == {f"pending/{KEY}": b"of another", f"lease/{KEY}": b"me"}


async def test_what_came_of_an_attempt_is_written_and_the_lease_ends_with_the_event(
    store: Store, mailbox: Mailbox, leases: Leases
) -> None:
    await pending(mailbox, RECORD)
    leased = await lease(mailbox, leases)
    assert leased is not None
    record = attrs.evolve(leased.record, done=("first",))
    after = await leases.write(mailbox, leased, record)
    assert after == attrs.evolve(leased, raw=record.to_bytes(), record=record, attempt=None)
    assert await left(store) == {f"pending/{KEY}": record.to_bytes(), f"lease/{KEY}": b"me"}
    assert after is not None
    await leases.write(mailbox, after, attrs.evolve(record, finished=True))
    assert await left(store) == {f"done/{KEY}": b""}


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({}, True),
        ({"attempts": {"first": 2}}, True),
        ({"attempts": {"first": 3}}, False),
        ({"done": ("first",)}, False),
        ({"done": ("second",)}, True),
        ({"due": {"first": NOW}}, True),
        ({"due": {"first": NOW + 0.001}}, False),
        ({"due": {"second": NOW + 1}, "attempts": {"second": 3}}, True),
    ],
)
def test_a_handler_is_due_until_it_has_handled_the_event_or_was_called_too_often(
    leases: Leases, handlers: Handlers, fields: dict[str, Any], is_due: bool
) -> None:
    assert leases.is_due(attrs.evolve(RECORD, **fields), handlers.of("")[0], NOW) is is_due


def test_a_handler_that_was_never_called_is_due_on_every_clock(leases: Leases, handlers: Handlers) -> None:
    assert leases.is_due(RECORD, handlers.of("")[0], 0.0)


async def test_an_event_takes_three_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One to receive it, one before its handler, one after it."""
    monkeypatch.setattr("sinch_numbers.stores.sqlite._PURGE_EVERY", 1_000_000)
    async with SQLiteStore(tmp_path / "store.db") as store:
        inbox = WebhookInbox(SECRET, store=store)
        inbox.on()(first)
        await receive(inbox, "old", timestamp=None)
        async with inbox:
            await handled(inbox)

            async def one() -> None:
                await receive(inbox, "id-1", timestamp=None)
                await handled(inbox)

            performed = await statements(store, one())
    assert performed.count("BEGIN") == performed.count("COMMIT") == 3
    assert [sql for sql in performed if sql in {"INSERT", "UPDATE", "DELETE"}].count("DELETE") == 2
