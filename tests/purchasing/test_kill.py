"""A process that buys 1,000 numbers and is killed on the way: exactly 1,000 are bought in the end."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from sinch_numbers.sandbox import Sandbox

from .kill import run

pytestmark = pytest.mark.slow

COUNT = 1_000


@pytest.mark.parametrize("seed", [0, 1, 2])
async def test_a_process_that_is_killed_again_and_again_buys_exactly_what_was_ordered(
    tmp_path: Path, seed: int
) -> None:
    end = await run(seed, count=COUNT, kills=5, path=tmp_path / "ledger.sqlite")
    assert end.kills >= 3
    assert len(end.charged) == COUNT
    assert set(end.charged) == end.active == end.recorded
    assert end.integrity == "ok"


async def test_two_processes_share_a_batch_in_one_file(tmp_path: Path) -> None:
    sandbox = Sandbox()
    path = tmp_path / "ledger.sqlite"
    sandbox.options.max_page_size = COUNT

    async def buyer(url: str) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.purchasing.kill", "--buy", url, str(path), "300"
        )
        return await process.wait()

    async with sandbox.serve() as url:
        together = await asyncio.gather(buyer(url), buyer(url))
        after_them = await buyer(url)
    assert set(together) <= {0, 3}  # 3: the other process was at work on a slot
    assert after_them == 0
    charged = [charge.phone_number for charge in sandbox.charges]
    assert len(charged) == len(set(charged)) == 300
