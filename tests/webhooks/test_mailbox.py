"""What an inbox keeps is neither lost nor handled twice, wherever its process dies."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from sinch_numbers import MemoryStore
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.stores.bounded import BoundedStore
from sinch_numbers.webhooks import DeadLetter, PendingEvent
from sinch_numbers.webhooks.events import Envelope
from sinch_numbers.webhooks.mailbox import Kept, Mailbox
from sinch_numbers.webhooks.records import Record

from .callbacks import NUMBER, PROJECT, body_of

KEY = "project/id"
PREFIX = "sinch-numbers/inbox/default/"


@pytest.fixture
def store(clock: VirtualClock) -> MemoryStore:
    return MemoryStore(clock=clock)


@pytest.fixture
def mailbox(store: MemoryStore) -> Mailbox:
    return Mailbox(BoundedStore(store, timeout=60), "default", max_age=100, lease=30)


RECORD = Record(received_at=1.5, body=b"{}\n{}")
NOW = datetime(2025, 1, 15, 9, 30, tzinfo=UTC).timestamp()


def at(second: int | None, **fields: Any) -> Envelope:
    """An event that happened in this second after half past nine."""
    timestamp = None if second is None else f"2025-01-15T09:30:{second:02d}"
    return Envelope.of(body_of(timestamp=timestamp, **fields))


def test_a_record_is_read_as_it_was_written() -> None:
    full = attrs.evolve(
        RECORD,
        attempts={"a": 2},
        done=("b",),
        errors={"a": "RuntimeError: x\ny"},
        due={"a": 7.25},
        finished=True,
        reason="failed",
    )
    for record in (RECORD, full):
        assert Record.from_bytes(record.to_bytes()) == record


@pytest.mark.parametrize("raw", [b"", b"x", b"[]", b"{}", b'{"received_at": "x"}', b"null"])
def test_what_is_not_a_record_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        Record.from_bytes(raw)


def test_a_record_says_when_its_next_handler_is_due() -> None:
    record = attrs.evolve(RECORD, done=("a",), due={"b": 7.5, "c": 3.5})
    assert record.due_for(["a", "b", "c"]) == 3.5
    assert record.due_for(["b"]) == 7.5
    assert record.due_for(["b", "never called"]) == 0.0
    assert record.due_for(["a"]) is None
    assert record.due_for([]) is None


def test_users_see_of_a_record_what_was_received_and_what_came_of_it() -> None:
    body = body_of("id-1")
    record = Record(received_at=NOW, body=body, attempts={"a": 2}, errors={"a": "no"}, reason="failed")
    received_at = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
    assert record.as_pending() == PendingEvent(
        event_id="id-1", received_at=received_at, attempts={"a": 2}, errors={"a": "no"}, raw=body
    )
    assert record.as_dead_letter() == DeadLetter(
        event_id="id-1",
        reason="failed",
        received_at=received_at,
        attempts={"a": 2},
        errors={"a": "no"},
        raw=body,
    )


async def test_a_callback_that_was_handled_between_two_looks_is_not_kept_again(
    clock: VirtualClock,
) -> None:
    class Quick(MemoryStore):
        """Another process handles the callback while this one writes it."""

        async def add(self, key: str, value: bytes, *, ttl: float | None = None) -> bool:
            added = await super().add(key, value, ttl=ttl)
            if "/pending/" in key:
                await self.set(f"{PREFIX}done/{KEY}", b"")
            return added

    store = Quick(clock=clock)
    mailbox = Mailbox(BoundedStore(store, timeout=60), "default", max_age=100, lease=30)
    assert await mailbox.keep(KEY, RECORD) is Kept.DONE
    assert [page async for page in mailbox.pending()] == []


@pytest.mark.parametrize("reason", ["", "failed"])
async def test_a_finished_callback_may_be_finished_again_after_a_crash(
    store: MemoryStore, mailbox: Mailbox, reason: str
) -> None:
    assert await mailbox.keep(KEY, RECORD) is Kept.NEW
    assert await mailbox.keep(KEY, RECORD) is Kept.PENDING
    raw = await mailbox.read(KEY)
    assert raw is not None
    record = attrs.evolve(RECORD, finished=True, reason=reason)
    raw = await mailbox.write(KEY, raw, record)
    assert raw is not None
    left = dict(await store.items(""))
    await mailbox.finish(KEY, raw, record)
    done = dict(await store.items(""))
    # It died before, or after, any of the writes.
    for key, value in left.items():
        await store.set(key, value)
    await mailbox.finish(KEY, raw, record)
    assert dict(await store.items("")) == done
    assert [page async for page in mailbox.pending()] == []
    assert len([page async for page in mailbox.dead()]) == (reason != "")
    assert await mailbox.keep(KEY, RECORD) is Kept.DONE


async def test_a_record_that_another_process_has_written_is_not_overwritten(mailbox: Mailbox) -> None:
    await mailbox.keep(KEY, RECORD)
    raw = await mailbox.read(KEY)
    assert raw is not None
    newer = attrs.evolve(RECORD, attempts={"a": 1})
    assert await mailbox.write(KEY, raw, newer) == newer.to_bytes()
    assert await mailbox.write(KEY, raw, attrs.evolve(RECORD, done=("a",))) is None


async def test_a_lease_is_one_owners_until_it_expires(mailbox: Mailbox, clock: VirtualClock) -> None:
    assert await mailbox.lease(KEY, "a")
    assert not await mailbox.lease(KEY, "b")
    clock.advance(20)
    assert await mailbox.renew(KEY, "a")
    clock.advance(20)
    assert not await mailbox.lease(KEY, "b")
    await mailbox.give_back(KEY, "b")
    assert not await mailbox.lease(KEY, "b")
    clock.advance(11)
    assert await mailbox.lease(KEY, "b")
    assert not await mailbox.renew(KEY, "a")
    await mailbox.give_back(KEY, "b")
    assert await mailbox.renew(KEY, "a")


async def test_the_newest_of_a_number_and_kind_is_noted_whoever_notes_at_a_time(mailbox: Mailbox) -> None:
    await asyncio.gather(*(mailbox.note(at(second), NOW) for second in (5, 9, 7, 9, None)))
    assert [await mailbox.is_stale(at(second)) for second in (8, 9, 10, None)] == [True, False, False, False]
    assert not await mailbox.is_stale(at(8, eventType="PROVISIONING_TO_SMS_PLATFORM"))


async def test_an_older_event_is_an_event_all_the_same(mailbox: Mailbox) -> None:
    await mailbox.note(at(9), NOW)
    before = await mailbox.last_event(PROJECT, NUMBER)
    await mailbox.note(at(1, event_id="another"), NOW)
    assert await mailbox.last_event(PROJECT, NUMBER) != before
    assert await mailbox.is_stale(at(8))


async def test_a_note_made_up_for_wakes_nobody(mailbox: Mailbox) -> None:
    await mailbox.note(at(5), NOW, wake=False)
    assert await mailbox.is_stale(at(4))
    before = await mailbox.last_event(PROJECT, NUMBER)
    await mailbox.note(at(4, event_id="another"), NOW, wake=False)
    assert await mailbox.last_event(PROJECT, NUMBER) == before


async def test_an_event_from_the_future_is_not_the_newest(mailbox: Mailbox) -> None:
    await mailbox.note(at(30), NOW - 301 + 30)
    assert not await mailbox.is_stale(at(29))
    await mailbox.note(at(30), NOW - 300 + 30)
    assert await mailbox.is_stale(at(29))


async def test_a_mark_that_cannot_be_read_is_written_anew(store: MemoryStore, mailbox: Mailbox) -> None:
    await mailbox.note(at(5), NOW)
    [key] = [key for key, _ in await store.items(f"{PREFIX}newest/")]
    await store.set(key, b"nonsense")
    assert not await mailbox.is_stale(at(4))
    await mailbox.note(at(3), NOW)
    assert [await mailbox.is_stale(at(second)) for second in (2, 4)] == [True, False]


def test_names_that_could_reach_into_other_keys_are_digested() -> None:
    for field in ("eventId", "projectId"):
        assert "/../" not in Envelope.of(body_of(**{field: "a/../b"})).key


@pytest.mark.parametrize(("count", "pages"), [(0, []), (1, [1]), (2, [2]), (4, [2, 2]), (5, [2, 2, 1])])
async def test_what_is_kept_is_read_in_pages(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, count: int, pages: list[int]
) -> None:
    monkeypatch.setattr("sinch_numbers.webhooks.mailbox._PAGE", 2)
    for index in range(count):
        await mailbox.keep(f"project/id-{index}", RECORD)
    found = [page async for page in mailbox.pending()]
    assert list(map(len, found)) == pages
    assert [key for page in found for key, _ in page] == [f"project/id-{index}" for index in range(count)]


# --- how long it lasts ---

DAY = 24 * 3600


async def dead(mailbox: Mailbox) -> list[str]:
    return [key async for page in mailbox.dead() for key, _ in page]


@pytest.mark.parametrize("at_receipt", [True, False])
async def test_a_dead_letter_lasts_for_30_days_and_its_mark_as_long_as_a_repeat_may_come(
    mailbox: Mailbox, clock: VirtualClock, at_receipt: bool
) -> None:
    record = attrs.evolve(RECORD, finished=not at_receipt, reason="failed")
    if at_receipt:
        assert await mailbox.bury(KEY, record)
    else:
        await mailbox.keep(KEY, record)
        await mailbox.finish(KEY, record.to_bytes(), record)
    clock.advance(99)
    assert await mailbox.is_known(KEY)
    clock.advance(2)
    assert not await mailbox.is_known(KEY)
    clock.advance(30 * DAY - 102)
    assert await dead(mailbox) == [KEY]
    clock.advance(2)
    assert await dead(mailbox) == []


async def test_what_is_newest_is_known_as_long_as_something_older_may_come(
    mailbox: Mailbox, clock: VirtualClock
) -> None:
    await mailbox.note(at(5), NOW)
    clock.advance(60)
    await mailbox.note(at(6), NOW)
    clock.advance(99)
    assert await mailbox.is_stale(at(5))
    clock.advance(2)
    assert not await mailbox.is_stale(at(5))


# --- what it is about ---


async def test_a_dead_letter_is_one_of_its_own_and_only_if_it_was_not_handled(mailbox: Mailbox) -> None:
    for key in ("project/a", "project/b"):
        assert await mailbox.bury(key, RECORD)
        assert not await mailbox.bury(key, RECORD)
    await mailbox.keep("project/c", RECORD)
    await mailbox.finish("project/c", RECORD.to_bytes(), RECORD)
    assert not await mailbox.bury("project/c", RECORD)
    assert await dead(mailbox) == ["project/a", "project/b"]
    assert not await mailbox.revive("project/c")


async def test_a_callback_is_known_whether_it_waits_was_handled_or_is_dead(mailbox: Mailbox) -> None:
    await mailbox.keep("project/waits", RECORD)
    await mailbox.bury("project/dead", RECORD)
    await mailbox.keep("project/done", RECORD)
    await mailbox.finish("project/done", RECORD.to_bytes(), RECORD)
    for name in ("waits", "dead", "done"):
        assert await mailbox.is_known(f"project/{name}")
    assert not await mailbox.is_known("project/new")


async def test_order_is_kept_for_each_resource_whatever_it_is_called(mailbox: Mailbox) -> None:
    names: list[dict[str, Any]] = [
        {"resourceType": "a/b", "resourceId": "c"},
        {"resourceType": "a", "resourceId": "b/c"},
        {"resourceType": "a", "resourceId": "\ud800"},
        {"resourceType": None, "resourceId": None},
    ]
    for second, fields in enumerate(names, start=10):
        await mailbox.note(at(second, **fields), NOW)
    for second, fields in enumerate(names, start=10):
        assert await mailbox.is_stale(at(second - 1, **fields))
        assert not await mailbox.is_stale(at(second, **fields))


@pytest.mark.parametrize("project_id", [None, "", 7, "a/b", "x" * 129])
def test_an_event_without_a_usable_project_has_a_key_all_the_same(project_id: Any) -> None:
    envelope = Envelope.of(body_of("id-1", projectId=project_id))
    assert envelope.key == "-/id-1"
    assert envelope.text("projectId") == (project_id if isinstance(project_id, str) else "")
