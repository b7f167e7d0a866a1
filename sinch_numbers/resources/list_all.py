"""All numbers of a project: in one listing where the API serves it, otherwise by region and type, several at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Protocol

import attrs

from .._error_fields import ListingFailure
from .._sending.hooks import call_hook
from .._sending.tasks import running_loop
from .._validation import check_count
from ..bulk import gather_bounded
from ..clock import Clock
from ..errors import BadRequestError, IncompleteListingError, NumbersError
from ..models import ActiveNumber, Capability, NumberType
from ..pagination import Page, Pager

Partition = tuple[str | None, NumberType | str | None]
"""A region and a type of number; None is all of them, in both places only."""
EVERYTHING: Partition = (None, None)


@attrs.frozen(kw_only=True)
class ListingProgress:
    """How far `list_all` has come. It is passed to `on_progress` after each page.

    `numbers` counts those that were read so far, and `total` those of the partitions that were begun, if the API tells.
    A partition is one region and type; there is one only where the API serves all in one listing.
    """

    numbers: int
    total: int | None
    partitions: int
    partitions_done: int


class Listing(Protocol):
    """`ActiveNumbers.list`."""

    def __call__(
        self,
        *,
        region_code: str | None,
        number_type: NumberType | str | None,
        capabilities: Iterable[Capability | str] | None = None,
        page_size: int | None = None,
    ) -> Pager[ActiveNumber]: ...


class ListAll:
    """One run of `ActiveNumbers.list_all`."""

    def __init__(
        self,
        listing: Listing,
        partitions: Callable[[], Awaitable[list[Partition]]],
        *,
        at_once: bool,
        capabilities: list[Capability | str] | None,
        page_size: int | None,
        concurrency: int,
        clock: Clock,
        on_progress: Callable[[ListingProgress], object] | None,
        keep_going: bool,
    ) -> None:
        """`at_once`: whether one listing without region and type can give all. `partitions` gives them if not."""
        check_count("concurrency", concurrency)
        self._listing = listing
        self._partitions_of = partitions
        self._at_once = at_once
        self._capabilities = capabilities
        self._page_size = page_size
        self._concurrency = concurrency
        self._clock = clock
        self._on_progress = on_progress
        self._keep_going = keep_going
        # One is enough: each reader keeps the page that it has read until there is room for it.
        self._pages: asyncio.Queue[tuple[ActiveNumber, ...] | None] = asyncio.Queue(maxsize=1)
        self._totals: dict[Partition, int | None] = {}
        self._numbers = 0
        self._partitions = 1
        self._done = 0
        self._failures: list[ListingFailure] = []

    async def numbers(self) -> AsyncGenerator[ActiveNumber, None]:
        """All numbers, page by page as they arrive. Readers wait for the consumer."""
        running_loop()
        reader = asyncio.create_task(self._read_all(), name="sinch-numbers list_all")
        try:
            while (page := await self._pages.get()) is not None:
                for number in page:
                    yield number
            await reader
        finally:
            reader.cancel()
            await asyncio.wait({reader})
            if not reader.cancelled():
                reader.exception()  # retrieved, so that asyncio does not log it: the consumer has stopped
        if self._failures:
            count = len(self._failures)
            raise IncompleteListingError(
                f"{count} listing{'s' if count > 1 else ''} of {self._partitions} could not be read to the end; the first "
                f"error: {self._failures[0].message}",
                failures=tuple(self._failures),
            ) from self._failures[0].error

    async def _read_all(self) -> None:
        try:
            if not (self._at_once and all(await self._read_each([EVERYTHING]))):
                partitions = await self._partitions_of()
                self._partitions = len(partitions)
                await self._read_each(partitions)
        except asyncio.CancelledError:
            raise  # the consumer has stopped
        except BaseException:
            await self._pages.put(None)
            raise
        await self._pages.put(None)

    async def _read_each(self, partitions: list[Partition]) -> list[bool]:
        return await gather_bounded(partitions, self._read, concurrency=self._concurrency, clock=self._clock)

    async def _read(self, partition: Partition) -> bool:
        """Reads a partition. False if the API does not list everything at once, so that nothing was read."""
        region_code, number_type = partition
        pager = self._listing(
            region_code=region_code,
            number_type=number_type,
            capabilities=self._capabilities,
            page_size=self._page_size,
        )
        try:
            async with aclosing(pager.pages(prefetch=False)) as found:
                async for page in found:
                    await self._took(partition, page)
        except BadRequestError as error:
            if partition == EVERYTHING and not self._totals:
                return False
            self._failed(partition, error)
        except NumbersError as error:
            self._failed(partition, error)
        self._done += 1
        self._report()
        return True

    def _failed(self, partition: Partition, error: NumbersError) -> None:
        if not self._keep_going:
            raise error
        region_code, number_type = partition
        self._failures.append(
            ListingFailure(
                region_code=region_code,
                number_type=number_type,
                cursor=error.cursor,
                message=error.message,
                error=error,
            )
        )

    async def _took(self, partition: Partition, page: Page[ActiveNumber]) -> None:
        self._totals[partition] = page.total_size
        self._numbers += len(page.items)
        await self._pages.put(page.items)
        self._report()

    def _report(self) -> None:
        if self._on_progress is None:
            return
        totals = [total for total in self._totals.values() if total is not None]
        progress = ListingProgress(
            numbers=self._numbers,
            total=sum(totals) if len(totals) == len(self._totals) else None,
            partitions=self._partitions,
            partitions_done=self._done,
        )
        call_hook(self._on_progress, progress)
