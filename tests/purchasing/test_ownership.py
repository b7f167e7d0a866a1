"""Who owns a slot, with real processes: each row says what happens to the first buyer, and what is reported and charged."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

import attrs
import pytest

from sinch_numbers import Entry, EntryState, NumbersClient, PurchaseLedger, SQLiteStore
from sinch_numbers.sandbox import Fault, Sandbox

from .rounds import run_rounds

pytestmark = pytest.mark.slow

LEASE = 4.0
PREFIX = "sinch-numbers/ledger/default/"
Told = list[tuple[str, str | None]]


@attrs.define
class World:
    """A sandbox behind a real server, a ledger in a file, and the buyers that share it."""

    sandbox: Sandbox
    url: str
    path: Path
    buyers: list[Process] = attrs.field(factory=list[Process])

    async def start(self, **settings: Any) -> Process:
        given = {"url": self.url, "path": str(self.path), "lease": LEASE} | settings
        buyer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.purchasing.buyer", json.dumps(given), stdin=PIPE, stdout=PIPE
        )
        self.buyers.append(buyer)
        return buyer

    async def buy(self, **settings: Any) -> Told:
        """The outcomes of a buyer that is not interrupted."""
        return await told(await self.start(**settings))

    async def stopped(self, **settings: Any) -> Process:
        """A buyer that has stopped itself."""
        buyer = await self.start(interrupt="stop", **settings)
        await asyncio.to_thread(os.waitid, os.P_PID, buyer.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert buyer.returncode is None
        return buyer

    async def let_leases_pass(self, count: int) -> None:
        """Waits for the leases of `count` purchases whose owners are gone, one after the other."""
        key = f"{PREFIX}call/gone"
        async with SQLiteStore(self.path) as store:
            client = NumbersClient(
                project_id="sandbox-project",
                key_id="key",
                key_secret="secret",
                base_url=self.url,
                auth_url=self.url,
                ledger=PurchaseLedger(store, lease=LEASE),
            )
            async with client:
                for _ in range(count):
                    [entry, *_] = await PurchaseLedger(store).entries()
                    gone = attrs.evolve(entry, key=key, phone_number="+12025559999", owner="gone")
                    await store.set(key, gone.written(state=EntryState.INTENT).raw)
                    await client.resume_purchases()
            await store.delete(key, await store.get(key) or b"")

    def rows(self) -> dict[str, bytes]:
        """The ledger as it stands in the file."""
        with closing(sqlite3.connect(self.path)) as db:
            return dict(db.execute("SELECT key, value FROM entries").fetchall())

    def put(self, rows: dict[str, bytes]) -> None:
        """Takes everything back that was written to the file after `rows` were read."""
        with sqlite3.connect(self.path) as db:
            db.execute("DELETE FROM entries")
            db.executemany("INSERT INTO entries VALUES (?, ?, NULL)", rows.items())
        db.close()

    async def entries(self) -> list[Entry]:
        async with SQLiteStore(self.path) as store:
            return await PurchaseLedger(store).entries()

    @property
    def charged(self) -> list[str]:
        return [charge.phone_number for charge in self.sandbox.charges]

    def posts(self) -> int:
        return sum(request.operation == "RentNumber" for request in self.sandbox.requests)


async def told(buyer: Process) -> Told:
    out, _ = await buyer.communicate()
    return lines(out)


def lines(out: bytes) -> Told:
    return [(line["kind"], line["number"]) for line in map(json.loads, out.splitlines())]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with a_world(tmp_path, Sandbox()) as world:
        yield world


@asynccontextmanager
async def a_world(folder: Path, sandbox: Sandbox) -> AsyncGenerator[World]:
    async with sandbox.serve() as url:
        world = World(sandbox, url, folder / "ledger.sqlite")
        try:
            yield world
        finally:
            for buyer in world.buyers:
                if buyer.returncode is None:
                    buyer.kill()
                    await buyer.wait()


async def settled_as_rented(world: World) -> bool:
    """Whether all charges, and nothing else, stand in the ledger as rented."""
    entries = await world.entries()
    return all(entry.state is EntryState.RENTED for entry in entries) and sorted(
        entry.phone_number or "" for entry in entries
    ) == sorted(world.charged)


def hold(world: World, *, after_commit: bool = False) -> Fault:
    """Holds the first rent at the API."""
    return world.sandbox.faults.hold("RentNumber", times=1, after_commit=after_commit)


# --- the first buyer is killed ---


@pytest.mark.parametrize("at", ["before check", "after check", "after POST"])
async def test_after_a_buyer_was_killed_the_next_one_finishes_the_same_number(world: World, at: str) -> None:
    dead = await world.start(interrupt="kill", at=at)
    assert await told(dead) == []
    [entry] = await world.entries()
    assert await world.buy() == [("Rented", entry.phone_number)]
    assert world.charged == [entry.phone_number]
    assert await settled_as_rented(world)


async def test_after_a_buyer_was_killed_the_next_one_waits_for_a_number_that_appears_late(
    tmp_path: Path,
) -> None:
    async with a_world(tmp_path, Sandbox()) as world:
        world.sandbox.options.visibility_delay = 1.5 * LEASE
        await told(await world.start(interrupt="kill", at="after POST"))
        [entry] = await world.entries()
        assert await world.buy() == [("Rented", entry.phone_number)]
        assert world.charged == [entry.phone_number]
        assert world.posts() == 2  # the second was refused: the number was sold


# --- the first buyer is paused ---


async def test_a_buyer_that_was_paused_before_it_checked_its_lease_sends_nothing(
    world: World,
) -> None:
    paused = await world.stopped(at="before check")
    [entry] = await world.entries()
    assert await world.buy() == [("Rented", entry.phone_number)]
    await world.let_leases_pass(2)
    posts = world.posts()
    paused.send_signal(signal.SIGCONT)
    assert await told(paused) == [("Unknown", entry.phone_number)]
    assert world.posts() == posts
    assert world.charged == [entry.phone_number]
    assert await settled_as_rented(world)


async def test_a_request_that_is_sent_long_after_the_check_of_the_lease_buys_no_second_number(
    world: World,
) -> None:
    paused = await world.stopped(at="after check")
    [entry] = await world.entries()
    assert await world.buy() == [("Rented", entry.phone_number)]
    paused.send_signal(signal.SIGCONT)
    assert await told(paused) == [("Unknown", entry.phone_number)]
    assert world.posts() == 2
    assert world.charged == [entry.phone_number]
    assert await settled_as_rented(world)


async def test_the_outcome_of_a_buyer_that_was_paused_after_its_post_is_unknown(world: World) -> None:
    paused = await world.stopped(at="after POST")
    [entry] = await world.entries()
    assert await world.buy() == [("Rented", entry.phone_number)]
    paused.send_signal(signal.SIGCONT)
    assert await told(paused) == [("Unknown", entry.phone_number)]
    assert world.charged == [entry.phone_number]
    assert await settled_as_rented(world)


async def test_a_buyer_whose_event_loop_is_blocked_loses_its_slot(world: World) -> None:
    blocked = await world.start(interrupt="block", at="before check")
    entry = await first_entry(world)
    assert await world.buy() == [("Rented", entry.phone_number)]
    assert blocked.stdin is not None
    blocked.stdin.write(b"go on\n")
    assert await told(blocked) == [("Unknown", entry.phone_number)]
    assert world.charged == [entry.phone_number]
    assert world.posts() == 1


def has_claimed_a_number(world: World) -> bool:
    if not world.path.exists():
        return False
    with suppress(sqlite3.OperationalError):  # the file is there before its table
        return any("/number/" in key for key in world.rows())
    return False


async def first_entry(world: World) -> Entry:
    """The entry of the first buyer, once it has claimed its slot and its number."""
    while not has_claimed_a_number(world):
        await asyncio.to_thread(os.sched_yield)
    [entry] = await world.entries()
    return entry


# --- the first buyer is slow, but alive ---


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"clock_shift": -7_200.0}, {"clock_shift": 7_200.0}),
        ({"clock_shift": 7_200.0}, {"clock_shift": -7_200.0}),
        ({"pid": 4_711}, {"pid": 4_711}),
    ],
    ids=["alike", "two hours behind and ahead", "two hours ahead and behind", "same pid and host"],
)
async def test_a_slow_buyer_that_is_alive_keeps_its_slot(
    world: World, first: dict[str, Any], second: dict[str, Any]
) -> None:
    held = hold(world)
    slow = await world.start(**first)
    await held.reached()
    [entry] = await world.entries()
    # It outlasts several leases, in which another buyer tries again and again.
    assert await world.buy(**second) == [("Unknown", entry.phone_number)]
    await world.let_leases_pass(2)
    assert await world.buy(**second) == [("Unknown", entry.phone_number)]
    held.release()
    assert await told(slow) == [("Rented", entry.phone_number)]
    assert world.charged == [entry.phone_number]


async def test_of_two_workers_that_were_forked_after_the_ledger_was_made_one_rents(world: World) -> None:
    held = hold(world)
    parent = await world.start(workers=2)
    await held.reached()
    [entry] = await world.entries()
    assert parent.stdout is not None
    second = lines(await parent.stdout.readline())
    held.release()
    assert [*second, *await told(parent)] == [
        ("Unknown", entry.phone_number),
        ("Rented", entry.phone_number),
    ]
    assert world.charged == [entry.phone_number]


# --- the store misbehaves ---


@pytest.mark.parametrize("how", ["loses responses", "responds late", "restarts"])
async def test_a_number_is_rented_and_recorded_once_if_responses_of_the_store_are_lost(
    world: World, how: str
) -> None:
    [(kind, number)] = await world.buy(store=how)
    assert (kind, [number]) == ("Rented", world.charged)
    assert await settled_as_rented(world)


async def test_if_the_store_goes_away_after_the_post_the_number_is_charged_once_and_settled_later(
    world: World,
) -> None:
    [(kind, number)] = await world.buy(store="goes away")
    assert (kind, [number]) == ("Rented", world.charged)
    [entry] = await world.entries()
    assert entry.state is EntryState.INTENT
    assert await world.buy() == [("Rented", number)]
    assert world.charged == [number]
    assert await settled_as_rented(world)


async def test_a_buyer_sends_nothing_if_the_store_has_lost_its_last_renewals(world: World) -> None:
    paused = await world.stopped(at="before check")
    [entry] = await world.entries()
    rows = world.rows()
    older = entry.written()  # any version but the one that the buyer wrote last
    world.put(rows | {entry.key: older.raw})
    second = await world.start()
    paused.send_signal(signal.SIGCONT)
    assert await told(paused) == [("Unknown", entry.phone_number)]
    assert world.posts() == 0
    assert await told(second) == [("Rented", entry.phone_number)]
    assert world.charged == [entry.phone_number]


async def test_a_buyer_sends_nothing_if_the_store_has_lost_its_claim(world: World) -> None:
    paused = await world.stopped(at="before check")
    [entry] = await world.entries()
    world.put({})
    paused.send_signal(signal.SIGCONT)
    assert await told(paused) == [("Unknown", entry.phone_number)]
    assert world.charged == []


async def test_a_charge_whose_claim_the_store_has_lost_is_recorded_all_the_same(world: World) -> None:
    held = hold(world, after_commit=True)
    first = await world.start()
    await held.reached()
    [entry] = await world.entries()
    world.put({})
    [(kind, number)] = await world.buy()
    assert kind == "Rented"
    held.release()
    assert sorted(await told(first)) == [
        ("OrphanedPurchase", entry.phone_number),
        ("Unknown", entry.phone_number),
    ]
    # Only a store that keeps what it has acknowledged prevents the second charge; no charge goes unrecorded.
    assert world.charged == [entry.phone_number, number]
    assert await settled_as_rented(world)


async def test_an_outcome_that_the_store_has_lost_is_found_out_again(world: World) -> None:
    held = hold(world, after_commit=True)
    first = await world.start()
    await held.reached()
    rows = world.rows()
    [entry] = await world.entries()
    held.release()
    assert await told(first) == [("Rented", entry.phone_number)]
    world.put(rows)
    assert await world.buy() == [("Rented", entry.phone_number)]
    assert world.charged == [entry.phone_number]


# --- everything at once ---


async def test_forked_workers_that_are_stopped_and_killed_never_buy_too_many(
    tmp_path: Path,
) -> None:
    rounds = await run_rounds([*range(20)], tmp_path, at_a_time=4)
    assert [end for end in rounds if not end.is_right] == []
    struck = [end.struck for end in rounds]
    assert sum(end.get("SIGKILL", 0) for end in struck) >= 10
    assert sum(end.get("SIGSTOP", 0) for end in struck) >= 10
