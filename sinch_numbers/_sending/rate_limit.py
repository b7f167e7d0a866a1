"""A limit on the requests that a client sends per second, which calls and bulk operations share."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TypeAlias

import attrs

from ..clock import Clock
from ..errors import ConfigurationError

_SINGLE_SHARE = 4
"""While both wait, a bulk operation gets one request after that many of single calls."""
_LONGEST_SLEEP = 3600.0
"""Seconds. A clock may not be able to sleep for as long as a very low rate asks for."""


@attrs.frozen(kw_only=True)
class RateLimit:
    """At most `per_second` requests a second on average, and `burst` at once after a pause. Every attempt counts.

    Single calls go before those of bulk operations (`bulk`, `rent_many`, `list_all` and the like), but while both wait,
    every fifth request is a bulk operation's, so that neither starves the other. A client and its copies share the limit.
    Requests for access tokens do not count: they go to another host.
    """

    per_second: float
    burst: int = 1

    def __attrs_post_init__(self) -> None:
        rate, burst = self.per_second, self.burst
        if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 < rate < float("inf"):
            raise ConfigurationError(
                f"RateLimit(per_second=...) must be a finite number above 0, not {rate!r}"
            )
        if not isinstance(burst, int) or isinstance(burst, bool) or burst < 1:
            raise ConfigurationError(f"RateLimit(burst=...) must be an integer of at least 1, not {burst!r}")


@attrs.define(eq=False)
class _Waiting:
    turn: asyncio.Future[bool]
    deadline: float


_Queue: TypeAlias = OrderedDict[_Waiting, None]
"""In the order of arrival. One that stops waiting leaves it in constant time, also if thousands do."""


class _Line:
    """Those that wait in one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.single: _Queue = OrderedDict()
        self.bulk: _Queue = OrderedDict()
        self.dispatcher: asyncio.Task[None] | None = None
        self._singles_in_a_row = 0

    def is_empty(self) -> bool:
        return not self.single and not self.bulk

    def is_served(self) -> bool:
        """Whether a dispatcher gives tokens to those that wait."""
        task = self.dispatcher
        return task is not None and not task.done() and not task.cancelling()

    def next(self) -> _Waiting:
        """The one whose turn it is. It leaves the line."""
        is_bulk = bool(self.bulk) and (not self.single or self._singles_in_a_row >= _SINGLE_SHARE)
        self._singles_in_a_row = 0 if is_bulk else self._singles_in_a_row + 1
        waiting, _ = (self.bulk if is_bulk else self.single).popitem(last=False)
        return waiting


class RateLimiter:
    """A token bucket, with two queues: one of single calls, one of bulk operations. Each is first come, first served."""

    def __init__(self, limit: RateLimit, clock: Clock) -> None:
        self._rate = float(limit.per_second)
        self._burst = float(limit.burst)
        self._clock = clock
        self._tokens = self._burst
        self._as_of = clock.monotonic()
        self._line: _Line | None = None

    async def acquire(self, timeout: float, *, is_bulk: bool) -> bool:
        """True once a request may be sent. False if that takes more than `timeout` seconds; at once if that is certain."""
        loop = asyncio.get_running_loop()
        line = self._line
        if line is None or line.loop is not loop:
            line = self._line = _Line(loop)
        self._refill()
        if self._tokens >= 1 and line.is_empty():
            self._tokens -= 1
            return True
        queue = line.bulk if is_bulk else line.single
        if (len(queue) + 1 - self._tokens) / self._rate > timeout:
            return False  # even if none of the other queue goes first
        waiting = _Waiting(loop.create_future(), self._clock.monotonic() + timeout)
        queue[waiting] = None
        if not line.is_served():
            line.dispatcher = loop.create_task(self._dispatch(line), name="sinch-numbers rate limit")
        try:
            async with asyncio.timeout(timeout):
                return await waiting.turn
        except TimeoutError:
            self._leave(line, queue, waiting)
            return False
        except asyncio.CancelledError:
            self._leave(line, queue, waiting)
            raise

    async def _dispatch(self, line: _Line) -> None:
        """Gives each token to the next in turn, until none waits."""
        while not line.is_empty():
            self._refill()
            if self._tokens < 1:
                await self._clock.sleep(min((1 - self._tokens) / self._rate, _LONGEST_SLEEP))
                continue
            waiting = line.next()
            if waiting.turn.done():
                continue  # it was cancelled a moment ago
            in_time = self._clock.monotonic() <= waiting.deadline
            self._tokens -= in_time
            waiting.turn.set_result(in_time)

    def _leave(self, line: _Line, queue: _Queue, waiting: _Waiting) -> None:
        if waiting in queue:
            del queue[waiting]
        elif not waiting.turn.cancelled() and waiting.turn.result():
            self._tokens += 1  # it got its turn in the moment in which it was cancelled
        if line.dispatcher is not None and line.is_empty():
            line.dispatcher.cancel()

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._as_of) * self._rate)
        self._as_of = now
