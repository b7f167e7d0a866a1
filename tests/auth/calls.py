"""Calls that need a token, all under way together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any

from sinch_numbers import AvailableRegion, NumbersClient, NumbersError

LIFETIME = 3599


def regions(client: NumbersClient, times: int) -> Sequence[asyncio.Task[list[AvailableRegion]]]:
    return [asyncio.create_task(client.available_regions.list()) for _ in range(times)]


async def errors_of(calls: Sequence[Awaitable[Any]]) -> list[NumbersError]:
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, NumbersError) for outcome in outcomes)
    return [outcome for outcome in outcomes if isinstance(outcome, NumbersError)]
