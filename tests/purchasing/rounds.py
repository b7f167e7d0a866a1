"""Forked workers buy one batch through faults, and are stopped, continued and killed at random moments.

`python -m tests.purchasing.rounds --rounds 20` runs more rounds than the test suite does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import attrs

from sinch_numbers import PurchaseLedger, SQLiteStore
from sinch_numbers.sandbox import Sandbox

COUNT = 5
WORKERS = 4
LEASE = 3.0
KINDS = ("drop_after_commit", "drop_before_commit", "status_after_commit", "status", "truncated")
TICK = 0.02
"""Seconds between two looks at the requests of the workers."""


@attrs.frozen
class Aftermath:
    """What is found after a round, after a last, undisturbed buyer has finished the batch."""

    struck: dict[str, int]
    charged: list[str]
    recorded: set[str]
    """The numbers that an entry names as rented."""
    told: list[tuple[str, str | None]]

    @property
    def is_right(self) -> bool:
        return len(self.charged) == COUNT == len(set(self.charged)) and set(self.charged) <= self.recorded


async def run(seed: int, path: Path) -> Aftermath:
    """One round."""
    dice = random.Random(seed)
    sandbox = Sandbox(seed=seed)
    sandbox.faults.random(0.25, kinds=KINDS, operations=("RentNumber", "GetActiveNumber"), seed=seed)
    struck: dict[str, int] = {}
    async with sandbox.serve() as url:
        buyers = await start(url, path, workers=WORKERS)
        ending = asyncio.ensure_future(buyers.communicate())
        paused: dict[int, int] = {}
        while not ending.done():
            mark = len(sandbox.requests) + dice.randrange(1, 12)
            patience = 40
            while not ending.done() and len(sandbox.requests) < mark and patience:
                patience -= 1
                await asyncio.wait([ending], timeout=TICK)
                for worker in [worker for worker, ticks in paused.items() if ticks <= 0]:
                    del paused[worker]
                    strike(worker, signal.SIGCONT, struck)
                paused = {worker: ticks - 1 for worker, ticks in paused.items()}
            free = [worker for worker in children(buyers.pid) if worker not in paused]
            if not free or sum(struck.values()) >= 8:
                continue
            worker = dice.choice(free)
            if dice.random() < 0.3:
                strike(worker, signal.SIGKILL, struck)
            else:
                strike(worker, signal.SIGSTOP, struck)
                paused[worker] = dice.randrange(int(2 * LEASE / TICK))
        out, _ = await ending
        sandbox.faults.clear()
        last = await start(url, path)
        out += (await last.communicate())[0]
    async with SQLiteStore(path) as store:
        entries = await PurchaseLedger(store).entries()
    return Aftermath(
        struck=struck,
        charged=[charge.phone_number for charge in sandbox.charges],
        recorded={entry.phone_number or "" for entry in entries if entry.state == "rented"},
        told=[(line["kind"], line["number"]) for line in map(json.loads, out.splitlines())],
    )


async def start(url: str, path: Path, **settings: object) -> Process:
    given = {"url": url, "path": str(path), "count": COUNT, "lease": LEASE} | settings
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.purchasing.buyer", json.dumps(given), stdout=PIPE, stderr=DEVNULL
    )


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def strike(worker: int, what: signal.Signals, struck: dict[str, int]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, what)
        struck[what.name] = struck.get(what.name, 0) + 1


async def run_rounds(seeds: list[int], folder: Path, *, at_a_time: int) -> list[Aftermath]:
    limit = asyncio.Semaphore(at_a_time)

    async def one(seed: int) -> Aftermath:
        async with limit:
            return await run(seed, folder / f"{seed}.sqlite")

    return await asyncio.gather(*map(one, seeds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.purchasing.rounds", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    settings = parser.parse_args()
    seeds = [*range(settings.first, settings.first + settings.rounds)]
    with tempfile.TemporaryDirectory() as folder:
        rounds = asyncio.run(run_rounds(seeds, Path(folder), at_a_time=4))
    for seed, end in zip(seeds, rounds, strict=True):
        verdict = "ok" if end.is_right else f"WRONG: recorded {sorted(end.recorded)}, told {end.told}"
        print(f"seed {seed}: {end.struck}, {len(end.charged)} charges: {verdict}")
    return 0 if all(end.is_right for end in rounds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
