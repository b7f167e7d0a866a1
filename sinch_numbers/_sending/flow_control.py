"""How many exchanges a bulk run has in flight: one more with each round of successes, half as many after a 429."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeAlias

from .._redaction import Secret
from ..attempts import Attempt, Sent
from ..clock import Clock
from ..transports import TransportError
from .call import Call, Exchange
from .settings import Settings

Perform: TypeAlias = Callable[[Call, Secret, Settings], Awaitable[Exchange]]
"""One exchange of a call."""


class FlowControl:
    """Paces the exchanges of one bulk run, so that it uses what the API allows and no more.

    After a 429, the run has half as many exchanges in flight, and none begins before `Retry-After` has passed. Each round
    of successes allows one more again.
    """

    def __init__(self, most: int, clock: Clock) -> None:
        self.limit: float = most
        """Exchanges that may be in flight."""
        self._most = most
        self._clock = clock
        self._in_flight = 0
        self._round = 0
        """How often the limit was halved."""
        self._resume_at: float | None = None
        self._waiting = 0
        self._changed = asyncio.Event()

    @property
    def pause(self) -> float:
        """Seconds until the next exchange may begin, because the API asked for that; 0 if it may begin now."""
        if self._resume_at is None:
            return 0.0
        pause = self._resume_at - self._clock.monotonic()
        if pause <= 0:
            self._resume_at = None
        return max(0.0, pause)

    def paced(self, perform: Perform) -> Perform:
        """`perform`, which begins when the run allows it and learns from the response."""

        async def exchange(call: Call, credentials: Secret, settings: Settings) -> Exchange:
            if self._must_wait():
                begin = self._clock.monotonic()
                try:
                    await self._turn(call.remaining())
                except TimeoutError:
                    call.expire()
                    text = "the call timed out while the API limited the bulk run"
                    return call.failed(TransportError(text, sent=Sent.NEVER, timed_out=True), begin)
            self._in_flight += 1
            round_ = self._round
            try:
                done = await perform(call, credentials, settings)
                self._learn(done.attempt, round_, settings.retry.max_retry_after)
            finally:
                self._in_flight -= 1
                self._change()
            return done

        return exchange

    async def _turn(self, remaining: float) -> None:
        """Returns when one more exchange may be in flight. Raises TimeoutError after `remaining` seconds."""
        if remaining <= self.pause:
            raise TimeoutError
        async with asyncio.timeout(remaining):
            while self._must_wait():
                if (pause := self.pause) > 0:
                    await self._clock.sleep(pause)
                else:
                    self._waiting += 1
                    try:
                        await self._changed.wait()
                    finally:
                        self._waiting -= 1

    def _must_wait(self) -> bool:
        return self._in_flight + 1 > self.limit or self.pause > 0

    def _learn(self, attempt: Attempt, round_: int, max_retry_after: float) -> None:
        """`round_` is that in which the exchange began: responses to what was sent before a halving halve no further."""
        if attempt.status_code == 429:
            # A longer pause than the policy allows fails the call at once. So it does the next one.
            if attempt.retry_after is not None and attempt.retry_after <= max_retry_after:
                self._resume_at = self._clock.monotonic() + max(self.pause, attempt.retry_after)
            if round_ == self._round:
                self._round += 1
                self.limit = max(1.0, self.limit / 2)
        elif attempt.status_code is not None and round_ == self._round:
            self.limit = min(float(self._most), self.limit + 1 / self.limit)

    def _change(self) -> None:
        """Lets all that wait look again."""
        if self._waiting:
            self._changed.set()
            self._changed = asyncio.Event()


flow_control: ContextVar[FlowControl | None] = ContextVar("sinch_numbers_flow_control", default=None)
"""That of the bulk run to which the current task belongs."""
