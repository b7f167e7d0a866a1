"""The engine of all bulk operations: a coroutine over many items, as many at once as the API allows.

run = client.bulk(work, items)
outcomes = await run                    # all outcomes, in the order of the items
async for outcome in run: ...           # each outcome as soon as it is known
"""

from __future__ import annotations

import asyncio
import inspect
import re
from abc import abstractmethod
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    Sized,
)
from contextlib import aclosing
from typing import Any, Generic, TypeAlias, TypeVar

import attrs

from ._sending.flow_control import FlowControl, flow_control
from ._sending.hooks import call_hook
from ._sending.tasks import running_loop
from ._validation import check_count
from .clock import Clock
from .errors import ConfigurationError

T = TypeVar("T")
R = TypeVar("R")

_CHECKPOINT = re.compile(r"(0|[1-9][0-9]{0,17})(\+[1-9][0-9]{0,17})*")
"""How many items have an outcome, up to the first without; then the distances of those behind that one."""


@attrs.frozen
class Completed(Generic[T, R]):
    """The work on `item` returned `result`."""

    item: T
    result: R


@attrs.frozen
class Failed(Generic[T]):
    """The work on `item` raised `error`."""

    item: T
    error: Exception


@attrs.frozen(kw_only=True)
class BulkProgress:
    """How far a bulk operation is. It is passed to `on_progress` after each outcome.

    `done` counts the outcomes, and `failed` those that are failures. `total` is the number of all items, if it is known.
    `concurrency` is how many requests may be in flight: fewer than you allowed after the API responded with a 429.
    """

    done: int
    failed: int
    total: int | None
    concurrency: int


Indexed: TypeAlias = tuple[int, Completed[T, R] | Failed[T]]
"""An outcome, and the position of its item."""


class BulkOutcomes(Generic[T, R]):
    """The outcomes of many items. Await it for all, in the order of the items, or iterate to get each once it is known.

    It runs once: when it is awaited, or while it is iterated. Leaving the loop ends it, and cancels what is under way.
    """

    _begun = False

    def __await__(self) -> Generator[Any, Any, list[Completed[T, R] | Failed[T]]]:
        return self._all().__await__()

    async def __aiter__(self) -> AsyncGenerator[Completed[T, R] | Failed[T]]:
        async with aclosing(self._once()) as outcomes:
            async for _, outcome in outcomes:
                yield outcome

    async def _all(self) -> list[Completed[T, R] | Failed[T]]:
        async with aclosing(self._once()) as outcomes:
            found = {index: outcome async for index, outcome in outcomes}
        return [found[index] for index in sorted(found)]

    def _once(self) -> AsyncGenerator[Indexed[T, R]]:
        running_loop()
        if self._begun:
            raise ConfigurationError(
                "these outcomes were awaited or iterated before, and come only once: start the operation again"
            )
        self._begun = True
        return self._run()

    @abstractmethod
    def _run(self) -> AsyncGenerator[Indexed[T, R]]:
        """Each outcome once it is known."""


class BulkRun(BulkOutcomes[T, R]):
    """The work on many items. Await it for all outcomes, or iterate to get each once it is known.

    Items are taken one at a time, when there is room for one: not faster than you take the outcomes. So they may come from a
    generator without an end. If the iterable raises, the run finishes what is under way, and then raises that.
    """

    def __init__(
        self,
        work: Callable[[T], Awaitable[R]],
        items: Iterable[T] | AsyncIterable[T],
        *,
        concurrency: int,
        clock: Clock,
        checkpoint: str | None = None,
        on_progress: Callable[[BulkProgress], object] | None = None,
        failures: type[Exception] | tuple[type[Exception], ...] = Exception,
    ) -> None:
        """`failures` of the work are outcomes; whatever else it raises cancels the others and is raised."""
        check_count("concurrency", concurrency)
        if not callable(work):
            raise ConfigurationError(f"work must be a function that returns an awaitable, not {work!r}")
        self._done, self._done_beyond = _positions(checkpoint)
        self._source = _source(items)
        self._total = len(items) if isinstance(items, Sized) else None
        self._work = work
        self._clock = clock
        self._flow = FlowControl(concurrency, clock)
        self._on_progress = on_progress
        self._failures = failures

        self._taken = 0
        self._open: dict[int, T] = {}
        """Items that were taken and whose outcome was not handed over, by position."""
        self._tasks: dict[asyncio.Task[Completed[T, R] | Failed[T]], int] = {}
        self._ended: deque[asyncio.Task[Completed[T, R] | Failed[T]]] = deque()
        self._waiting: asyncio.Task[None] | None = None
        """Takes the next item of an async iterable, or sleeps until the API allows the next request."""
        self._news = asyncio.Event()
        self._stopped = False
        self._exhausted = False
        self._fault: BaseException | None = None
        self._outcomes = self._done + len(self._done_beyond)
        self._failed = 0

    def stop(self) -> None:
        """Starts no more items. The run ends with the outcomes of those that are under way."""
        self._stopped = True
        self._news.set()

    @property
    def checkpoint(self) -> str:
        """Which items have an outcome that you have got: a short string to save.

        Pass it to another run over the same items in the same order, also in another process: that run leaves them out. A
        failure is an outcome too.
        """
        beyond = (position - self._done for position in sorted(self._done_beyond))
        return "+".join(map(str, (self._done, *beyond)))

    @property
    def remaining(self) -> Iterator[T]:
        """Once the run has ended: the items without an outcome that you have got. Pass it to another run to go on.

        First come those that were under way, and then the rest of the iterable, which the run does not take from any more.
        An async iterable is closed at the end of the run: use `checkpoint` for its rest.
        """
        self.stop()
        for position in sorted(self._open):
            yield self._open[position]
        if isinstance(self._source, Iterator):
            for item in self._source:
                self._taken += 1
                if not self._is_done(self._taken - 1):
                    yield item

    async def _run(self) -> AsyncGenerator[Indexed[T, R]]:
        try:
            while True:
                self._start()
                if self._ended:
                    yield self._hand_over(self._ended.popleft())
                elif self._tasks or self._may_start():
                    await self._news.wait()
                    self._news.clear()
                else:
                    break
            if self._fault is not None:
                raise self._fault
        finally:
            await self._close()

    def _may_start(self) -> bool:
        return not (self._stopped or self._exhausted or self._fault)

    def _start(self) -> None:
        """Starts as many items as may be under way now."""
        # Outcomes that nobody has taken yet are counted: a slow consumer slows the work.
        while self._may_start() and self._waiting is None and len(self._tasks) + 1 <= self._flow.limit:
            if (pause := self._flow.pause) > 0:
                self._wait(self._clock.sleep(pause))
            elif isinstance(self._source, AsyncIterator):
                self._wait(self._take_next(self._source))
            else:
                self._take(self._source)

    def _take(self, source: Iterator[T]) -> None:
        try:
            item = next(source)
        except StopIteration:
            self._exhausted = True
        except Exception as error:
            self._fault = error
        else:
            self._begin(item)

    async def _take_next(self, source: AsyncIterator[T]) -> None:
        try:
            while not self._begin(await anext(source)):
                pass
        except StopAsyncIteration:
            self._exhausted = True

    def _wait(self, waiting: Coroutine[Any, Any, None]) -> None:
        self._waiting = asyncio.get_running_loop().create_task(waiting, name="sinch-numbers bulk")
        self._waiting.add_done_callback(self._waited)

    def _waited(self, task: asyncio.Task[None]) -> None:
        self._waiting = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fault = error
        self._news.set()

    def _begin(self, item: T) -> bool:
        """Starts the work on an item. False if it has its outcome from an earlier run."""
        position = self._taken
        self._taken += 1
        if self._is_done(position):
            return False
        self._open[position] = item
        if not self._stopped:  # while the item was waited for
            task = asyncio.get_running_loop().create_task(
                self._one(item), name=f"sinch-numbers bulk {position}"
            )
            self._tasks[task] = position
            task.add_done_callback(self._end)
        return True

    async def _one(self, item: T) -> Completed[T, R] | Failed[T]:
        flow_control.set(self._flow)
        try:
            awaitable = self._work(item)
            if not inspect.isawaitable(awaitable):
                self._fault = ConfigurationError(
                    f"work must be a function that returns an awaitable, and it returned {awaitable!r}"
                )
                raise self._fault
            return Completed(item, await awaitable)
        except self._failures as error:
            if error is self._fault:
                raise
            return Failed(item, error)

    def _end(self, task: asyncio.Task[Completed[T, R] | Failed[T]]) -> None:
        self._ended.append(task)
        self._news.set()

    def _hand_over(self, task: asyncio.Task[Completed[T, R] | Failed[T]]) -> Indexed[T, R]:
        position = self._tasks.pop(task)
        outcome = task.result()
        del self._open[position]
        self._done_beyond.add(position)
        while self._done in self._done_beyond:
            self._done_beyond.remove(self._done)
            self._done += 1
        self._outcomes += 1
        self._failed += isinstance(outcome, Failed)
        if self._on_progress is not None:
            progress = BulkProgress(
                done=self._outcomes,
                failed=self._failed,
                total=self._total,
                concurrency=int(self._flow.limit),
            )
            call_hook(self._on_progress, progress)
        return position, outcome

    def _is_done(self, position: int) -> bool:
        return position < self._done or position in self._done_beyond

    async def _close(self) -> None:
        """Cancels what is under way, waits until it has ended, and closes an async iterable."""
        self._stopped = True  # an async iterable may have another item, whatever it is told
        left: set[asyncio.Task[Any]] = {*self._tasks}
        if self._waiting is not None:
            left.add(self._waiting)
        for task in left:
            task.cancel()
        try:
            if left:
                await asyncio.wait(left)
        finally:
            for task in left:
                if task.done() and not task.cancelled():
                    task.exception()  # retrieved, so that asyncio does not log it: the run is over
            close: Callable[[], Awaitable[None]] | None = getattr(self._source, "aclose", None)
            if close is not None:
                await close()


def _source(items: Iterable[T] | AsyncIterable[T]) -> Iterator[T] | AsyncIterator[T]:
    if isinstance(items, AsyncIterable):
        return aiter(items)
    if not isinstance(items, Iterable) or isinstance(items, str | bytes):
        raise ConfigurationError(f"items must be an iterable or an async iterable, not {items!r}")
    return iter(items)


def _positions(checkpoint: str | None) -> tuple[int, set[int]]:
    """The number of items with an outcome at the beginning, and the positions of the others that have one."""
    if checkpoint is None:
        return 0, set()
    if not isinstance(checkpoint, str) or not _CHECKPOINT.fullmatch(checkpoint):
        raise ConfigurationError(f"checkpoint must be that of a bulk run, not {checkpoint!r}")
    done, *beyond = map(int, checkpoint.split("+"))
    return done, {done + offset for offset in beyond}
