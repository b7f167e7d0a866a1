"""Listings that span pages: `Pager` yields items, `Pager.pages()` yields pages, `cursor` resumes a listing.

async for number in client.active_numbers.list(...):            # items
async for page in client.active_numbers.list(...).pages():      # pages
numbers = await client.active_numbers.list(...).collect(limit=100)
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import Generic, Protocol, TypeAlias, TypeVar

import attrs

from . import _defaults
from ._generated.models import ListActiveNumbersResponse
from ._sending.tasks import running_loop
from ._validation import check_count
from .bulk import gather_bounded
from .errors import ConfigurationError, PaginationError
from .models import ActiveNumber, Capability, NumberType

T = TypeVar("T")

Cursor: TypeAlias = str
"""Where a listing continues: an opaque string, valid only with the same filters."""

# A filtered listing may have empty pages in between. More than this in a row: give up.
_MAX_EMPTY_PAGES = 100
_LONGEST_CURSOR = 16_384
"""Characters. A longer one may not fit in a URL."""


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """One page. `cursor` leads to the next page and is None on the last. `total_size` counts all items, if the API does."""

    items: tuple[T, ...]
    cursor: Cursor | None
    total_size: int | None


def next_cursor(page: ListActiveNumbersResponse, cursor: Cursor | None) -> Cursor | None:
    """The page token of `page`; None on the last page. `cursor` leads to `page`.

    Raises PaginationError if it is not a string: to take that for the last page would hide the rest of the listing.
    """
    # A token of another type is not decoded: it stays among the additional properties.
    token = page.next_page_token or page.additional_properties.get("nextPageToken")
    if token is None or token == "":
        return None
    if not isinstance(token, str):
        raise PaginationError(f"the page token is not a string but {type(token).__name__}", cursor=cursor)
    if len(token) > _LONGEST_CURSOR or re.search("[\ud800-\udfff]", token):
        raise PaginationError("the page token cannot be sent back in a URL", cursor=cursor)
    return token


class Pager(Generic[T]):
    """A listing, read page by page as you iterate. Each iteration starts again at its first page."""

    def __init__(
        self,
        fetch: Callable[[Cursor | None], Awaitable[Page[T]]],
        *,
        cursor: Cursor | None = None,
        max_pages: int = _defaults.MAX_PAGES,
    ) -> None:
        self._fetch = fetch
        self._start = cursor
        self._max_pages = max_pages
        self.cursor: Cursor | None = cursor
        """Leads to the first page that was not read yet. None before the first page and after the last.

        After an error, pass it to `list(cursor=...)` to continue.
        """

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items()

    async def _items(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for item in page.items:
                yield item

    async def pages(self) -> AsyncGenerator[Page[T], None]:
        """Yields the pages in order. Raises PaginationError if the server repeats pages or the listing never ends."""
        self.cursor = self._start
        guard = _Guard[T](self._max_pages)
        while True:
            page = await self._fetch(self.cursor)
            guard.check(page, self.cursor)
            self.cursor = page.cursor
            yield page
            if page.cursor is None:
                return

    async def first(self) -> T | None:
        """The first item, or None if there is none. Reads only as many pages as needed."""
        items = await self.collect(limit=1)
        return items[0] if items else None

    async def collect(self, *, limit: int | None = None) -> list[T]:
        """All items, or the first `limit` of them."""
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
            raise ConfigurationError(f"collect(limit=...) must be an integer of at least 0, not {limit!r}")
        collected: list[T] = []
        if limit == 0:
            return collected
        async for page in self.pages():
            collected += page.items
            if limit is not None and len(collected) >= limit:
                return collected[:limit]
        return collected


class _Guard(Generic[T]):
    """Detects a listing that never ends, such as one in which the server repeats a page token forever."""

    def __init__(self, max_pages: int) -> None:
        self._max_pages = max_pages
        self._pages = 0
        self._empty = 0
        self._seen: set[Cursor] = set()
        self._last: tuple[T, ...] = ()

    def check(self, page: Page[T], cursor: Cursor | None) -> None:
        self._pages += 1
        self._empty = 0 if page.items else self._empty + 1
        if cursor is not None:
            self._seen.add(cursor)
        if page.cursor is not None:
            self._check_progress(page, page.cursor, cursor)
        self._last = page.items

    def _check_progress(self, page: Page[T], following: Cursor, cursor: Cursor | None) -> None:
        if following in self._seen:
            raise PaginationError(
                "the server repeated a page token, so the listing would never end", cursor=cursor
            )
        if page.items and page.items == self._last:
            raise PaginationError("the server returned two pages with the same items", cursor=cursor)
        if self._empty >= _MAX_EMPTY_PAGES:
            raise PaginationError(f"the server returned {self._empty} empty pages in a row", cursor=cursor)
        if self._pages >= self._max_pages:
            raise PaginationError(f"the listing has more than {self._max_pages} pages", cursor=cursor)


class Listing(Protocol):
    """`ActiveNumbers.list`."""

    def __call__(
        self,
        *,
        region_code: str,
        number_type: NumberType | str,
        capabilities: Iterable[Capability | str] | None = None,
        page_size: int | None = None,
    ) -> Pager[ActiveNumber]: ...


async def list_all(
    targets: Callable[[], Awaitable[list[tuple[str, NumberType | str]]]],
    listing: Listing,
    *,
    capabilities: Iterable[Capability | str] | None,
    page_size: int | None,
    concurrency: int,
) -> AsyncGenerator[ActiveNumber, None]:
    """The numbers of all `targets` (region and type), page by page as they arrive. Readers wait for the consumer."""
    check_count("concurrency", concurrency)
    running_loop()
    wanted = None if capabilities is None else [*capabilities]
    pages: asyncio.Queue[tuple[ActiveNumber, ...] | None] = asyncio.Queue(maxsize=concurrency)

    async def read(target: tuple[str, NumberType | str]) -> None:
        region_code, number_type = target
        pager = listing(
            region_code=region_code, number_type=number_type, capabilities=wanted, page_size=page_size
        )
        async with aclosing(pager.pages()) as found:
            async for page in found:
                await pages.put(page.items)

    async def read_all() -> None:
        try:
            await gather_bounded(await targets(), read, concurrency=concurrency)
        except asyncio.CancelledError:
            raise  # the consumer has stopped
        except BaseException:
            await pages.put(None)
            raise
        await pages.put(None)

    reader = asyncio.create_task(read_all(), name="sinch-numbers list_all")
    try:
        while (page := await pages.get()) is not None:
            for number in page:
                yield number
        await reader
    finally:
        reader.cancel()
        await asyncio.wait({reader})
        if not reader.cancelled():
            reader.exception()  # retrieved, so that asyncio does not log it: the consumer has stopped
