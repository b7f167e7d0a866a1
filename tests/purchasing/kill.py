"""A process that buys numbers is killed at random moments and started again until it is done.

`python -m tests.purchasing.kill --seeds 20` runs more seeds than the test suite does. With `--buy` this is the buyer.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path

import attrs

from sinch_numbers import NumbersClient, PurchaseLedger, Rented, RetryPolicy, SQLiteStore, Unknown
from sinch_numbers.sandbox import Sandbox

BATCH = "order-1"
LEASE = 3.0
"""Seconds: short, because each run waits as long for the one that was killed."""
FAULTS = ("drop_after_commit", "drop_before_commit", "status_after_commit", "truncated")


async def buy(url: str, path: str, count: int) -> int:
    """Buys what is missing of the batch. Exit status 0: all slots of the batch are filled."""
    async with SQLiteStore(path) as store:
        client = NumbersClient(
            project_id="sandbox-project",
            key_id="key",
            key_secret="secret",
            base_url=url,
            auth_url=url,
            ledger=PurchaseLedger(store, lease=LEASE),
            retry=RetryPolicy(initial_delay=0.01, quota=100_000),
        )
        async with client:
            outcomes = await client.available_numbers.rent_many(
                count=count, region_code="US", number_type="LOCAL", concurrency=16, batch=BATCH
            )
    for outcome in outcomes:
        if not isinstance(outcome, Rented | Unknown):
            print(outcome, file=sys.stderr)
    return 0 if all(isinstance(outcome, Rented) for outcome in outcomes) else 3


@attrs.frozen
class Aftermath:
    """What is found when the last run is done."""

    runs: int
    kills: int
    charged: list[str]
    active: set[str]
    recorded: set[str]
    integrity: str


async def run(seed: int, *, count: int, kills: int, path: Path) -> Aftermath:
    """Runs the buyer until it is done; the first `kills` runs are killed after a random number of requests."""
    dice = random.Random(seed)
    sandbox = Sandbox(seed=seed)
    sandbox.options.max_page_size = 2 * count
    sandbox.faults.random(rate=0.1, kinds=FAULTS, operations=("RentNumber",), seed=seed)
    runs = killed = 0
    async with sandbox.serve() as url:
        while True:
            runs += 1
            assert runs < kills + 20, "the buyer does not get done"
            mark = len(sandbox.requests) + dice.randrange(1, max(2, 2 * count // (kills + 1)))
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.purchasing.kill", "--buy", url, str(path), str(count)
            )
            ending = asyncio.ensure_future(process.wait())
            while killed < kills and not ending.done():
                # A turn for the server, which shares this loop; the moment of the kill is counted in requests.
                await asyncio.wait([ending], timeout=0.001)
                if len(sandbox.requests) >= mark:
                    process.send_signal(signal.SIGKILL)
                    killed += 1
                    break
            if await ending == 0:
                break
    with sqlite3.connect(path) as db:
        integrity = str(db.execute("PRAGMA integrity_check").fetchone()[0])
    db.close()
    async with SQLiteStore(path) as store:
        entries = await PurchaseLedger(store).entries(batch=BATCH)
    return Aftermath(
        runs=runs,
        kills=killed,
        charged=[charge.phone_number for charge in sandbox.charges],
        active={number["phoneNumber"] for number in sandbox.active_numbers()},
        recorded={entry.phone_number or "" for entry in entries},
        integrity=integrity,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.purchasing.kill", description=__doc__)
    parser.add_argument("--buy", nargs=3, metavar=("URL", "PATH", "COUNT"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=8)
    settings = parser.parse_args()
    if settings.buy:
        url, path, count = settings.buy
        return asyncio.run(buy(url, path, int(count)))
    for seed in range(settings.seeds):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "ledger.sqlite")
            end = asyncio.run(run(seed, count=settings.count, kills=settings.kills, path=path))
        right = (
            len(end.charged) == settings.count
            and set(end.charged) == end.active == end.recorded
            and end.integrity == "ok"
        )
        print(
            f"seed {seed}: {end.runs} runs, {end.kills} kills, {len(end.charged)} bought: {'ok' if right else 'WRONG'}"
        )
        if not right:
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
