"""A process that buys 1,000 numbers and is killed on the way: exactly 1,000 are bought in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from .kill import run

COUNT = 1_000


@pytest.mark.parametrize("seed", [0, 1, 2])
async def test_a_purchase_that_is_killed_again_and_again_ends_with_exactly_what_was_ordered(
    tmp_path: Path, seed: int
) -> None:
    end = await run(seed, count=COUNT, kills=5, path=tmp_path / "ledger.sqlite")
    assert end.kills >= 3
    assert len(end.charged) == COUNT
    assert set(end.charged) == end.active == end.recorded
    assert end.integrity == "ok"
