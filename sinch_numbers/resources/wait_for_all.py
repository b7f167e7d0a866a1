"""Waits until many numbers are provisioned, with few requests: it looks at them in listings."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack, aclosing
from typing import Protocol, TypeAlias

from .. import _defaults
from .._sending.bulk_run import BulkOutcomes, BulkRun, Completed, Failed, Indexed
from ..bulk import checked_phone_numbers
from ..clock import Clock
from ..errors import BadRequestError, NumbersError, WaitTimeoutError
from ..models import ActiveNumber
from ..pagination import Page, Pager
from ..provisioning import EventSource, Watch, check_seconds, failure_of, is_provisioned, longer

Outcome: TypeAlias = Completed[str, ActiveNumber] | Failed[str]
Partition: TypeAlias = tuple[str | None, str | None]
"""A region and a type of number."""
_EVERYTHING: Partition = (None, None)
_JITTER = (0.75, 1.25)
"""Between which factors of a pause it is chosen at random."""
_NAMED = 10
"""How many pending numbers the text of an error names."""


class WaitForAll(BulkOutcomes[str, ActiveNumber]):
    """Looks at many numbers until each is provisioned or failed. See `ActiveNumbers.wait_until_all_provisioned`."""

    def __init__(
        self,
        reader: Reader,
        phone_numbers: Iterable[str],
        *,
        clock: Clock,
        timeout: float,
        interval: float,
        project_id: str,
        inbox: EventSource | None,
    ) -> None:
        check_seconds(timeout, interval)
        self._numbers = checked_phone_numbers(phone_numbers)
        self._reader = reader
        self._clock = clock
        self._timeout = timeout
        self._interval = interval
        self._project_id = project_id
        self._inbox = inbox
        self._seen: dict[str, ActiveNumber] = {}
        """Each number as it was last seen."""

    async def _run(self) -> AsyncGenerator[Indexed[str, ActiveNumber]]:
        pending = {number: position for position, number in enumerate(self._numbers)}
        next_look = 0.0
        deadline = self._clock.monotonic() + self._timeout
        pause = self._interval
        woken: list[str] = []
        with _Watches(self._inbox, self._project_id, self._clock) as watches:
            while pending:
                due = woken or [*pending]
                await watches.begin(due)
                for outcome in await self._look(due):
                    watches.end(outcome.item)
                    yield pending.pop(outcome.item), outcome
                now = self._clock.monotonic()
                if not woken:
                    next_look = now + pause * random.uniform(*_JITTER)
                    pause = longer(pause, self._interval)
                if pending and now >= deadline:
                    raise self._timed_out([*pending])
                if pending:
                    woken = await watches.wait(max(0.0, min(next_look, deadline) - now))

    async def _look(self, due: list[str]) -> list[Outcome]:
        """The outcomes of those numbers that have one now."""
        outcomes: list[Outcome] = []
        for found in await self._reader.read({number: self._seen.get(number) for number in due}):
            if isinstance(found, Completed):
                self._seen[found.item] = found.result
                if (failure := failure_of(found.result)) is not None:
                    outcomes.append(Failed(found.item, failure))
                elif is_provisioned(found.result):
                    outcomes.append(found)
            else:
                outcomes.append(found)
        return outcomes

    def _timed_out(self, pending: list[str]) -> WaitTimeoutError:
        more = f" and {len(pending) - _NAMED:,} more" if len(pending) > _NAMED else ""
        return WaitTimeoutError(
            f"{len(pending):,} of {len(self._numbers):,} numbers were not provisioned within {self._timeout:g} s; "
            f"provisioning continues: {', '.join(pending[:_NAMED])}{more}",
            pending=tuple(pending),
        )


class _Watches:
    """Notices events about several numbers, if there is an inbox; otherwise just waits."""

    def __init__(self, inbox: EventSource | None, project_id: str, clock: Clock) -> None:
        self._inbox = inbox
        self._project_id = project_id
        self._clock = clock
        self._watches: dict[str, tuple[Watch, ExitStack]] = {}

    def __enter__(self) -> _Watches:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for number in [*self._watches]:
            self.end(number)

    async def begin(self, numbers: Iterable[str]) -> None:
        """Counts events about `numbers` from here on."""
        if self._inbox is None:
            return
        for number in numbers:
            if number not in self._watches:
                stack = ExitStack()
                self._watches[number] = (
                    stack.enter_context(self._inbox.watch(self._project_id, number)),
                    stack,
                )
            await self._watches[number][0].begin()

    def end(self, number: str) -> None:
        if number in self._watches:
            _, stack = self._watches.pop(number)
            stack.close()

    async def wait(self, seconds: float) -> list[str]:
        """The numbers about which an event has come, as soon as there is one. None of them after `seconds`."""
        if not self._watches:
            await self._clock.sleep(seconds)
            return []
        until = self._clock.monotonic() + seconds
        waits = {
            asyncio.ensure_future(watch.wait(seconds)): number for number, (watch, _) in self._watches.items()
        }
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.wait(waits)
        woken = [waits[wait] for wait in done if wait.result() is None]
        return woken if self._clock.monotonic() < until else []


class Listing(Protocol):
    """`ActiveNumbers.list`."""

    def __call__(self, *, region_code: str | None, number_type: str | None) -> Pager[ActiveNumber]: ...


class Reader:
    """Reads the state of many numbers with few requests: in listings, or one by one where that takes fewer."""

    def __init__(self, get: Callable[[str], Awaitable[ActiveNumber]], listing: Listing, clock: Clock) -> None:
        self._get = get
        self._listing = listing
        self._clock = clock
        self._pages: dict[Partition, int] = {}
        """How many pages a listing has, as far as it is known."""
        self._lists_everything = True

    async def read(self, wanted: Mapping[str, ActiveNumber | None]) -> list[Outcome]:
        """The state of each number, or the error of the request for it. `wanted` has their last known states.

        Raises the error of a listing.
        """
        found: list[Outcome] = []
        for partition, numbers in self._plan(wanted).items():
            found += await self._read(partition, numbers)
        return found

    def _plan(self, wanted: Mapping[str, ActiveNumber | None]) -> dict[Partition, list[str]]:
        """The listings in which to look for the numbers: of everything, or of the regions and types of the numbers."""
        groups: dict[Partition, list[str]] = {}
        for phone_number, number in wanted.items():
            is_known = number is not None and number.region_code and number.type
            partition = (number.region_code, number.type) if number is not None and is_known else _EVERYTHING
            groups.setdefault(partition, []).append(phone_number)
        together = {_EVERYTHING: [*wanted]}
        return together if self._cost(together) <= self._cost(groups) else groups

    def _cost(self, plan: Mapping[Partition, list[str]]) -> int:
        return sum(
            min(self._pages_of(partition), len(numbers))
            if partition != _EVERYTHING or self._lists_everything
            else len(numbers)
            for partition, numbers in plan.items()
        )

    def _pages_of(self, partition: Partition) -> int:
        return self._pages.get(partition, 1)

    async def _read(self, partition: Partition, numbers: list[str]) -> list[Outcome]:
        found: list[Outcome] = []
        is_listed = partition != _EVERYTHING or self._lists_everything
        if is_listed and self._pages_of(partition) < len(numbers):
            try:
                await self._list(partition, {*numbers}, found)
            except BadRequestError:
                if partition != _EVERYTHING or found:
                    raise
                self._lists_everything = False
        listed = {outcome.item for outcome in found}
        missing = [number for number in numbers if number not in listed]
        # A listing can be late: only a request for the number says that it does not exist.
        run = BulkRun(
            self._get,
            missing,
            concurrency=_defaults.READ_CONCURRENCY,
            clock=self._clock,
            failures=NumbersError,
        )
        return found + await run

    async def _list(self, partition: Partition, left: set[str], found: list[Outcome]) -> None:
        """Adds the numbers of a listing to `found`, until requests for those that are left would be fewer than its pages."""
        region_code, number_type = partition
        pager = self._listing(region_code=region_code, number_type=number_type)
        read = 0
        async with aclosing(pager.pages(prefetch=False)) as pages:
            async for page in pages:
                read += 1
                for number in page.items:
                    if number.phone_number in left:
                        left.remove(number.phone_number)
                        found.append(Completed(number.phone_number, number))
                self._pages[partition] = read + _further(page, read)
                if _further(page, read) > len(left):
                    return


def _further(page: Page[ActiveNumber], read: int) -> int:
    """How many pages follow `page`, the last of those that were read. As many as were read, if the API does not tell."""
    if page.cursor is None:
        return 0
    if page.total_size is None or not page.items:
        return read
    return max(1, -(-page.total_size // len(page.items)) - read)
