"""Listings that span pages: `Pager` yields items, `Pager.pages()` yields pages, `cursor` resumes a listing.

async for number in client.active_numbers.list(...):            # items
async for page in client.active_numbers.list(...).pages():      # pages
page = await client.active_numbers.list(...)                    # the first page
numbers = await client.active_numbers.list(...).collect(limit=100)
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import aclosing
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import attrs

from . import _defaults
from ._validation import check_count
from .errors import ConfigurationError, NumbersError, PaginationError

T = TypeVar("T")

Cursor: TypeAlias = str
"""Where a listing continues: an opaque string of letters, digits, `-` and `_`, valid only with the same filters."""

# A filtered listing may have empty pages in between. More than this in a row: give up.
_MAX_EMPTY_PAGES = 100
_LONGEST_TOKEN = 16_384
"""Characters. A longer page token may not fit in a URL."""
_DIGEST_SIZE = 6
"""Bytes of the filters' hash in a cursor: enough to notice a mistake."""


@attrs.frozen(kw_only=True)
class Page(Generic[T]):
    """One page. `cursor` leads to the next page and is None on the last. `total_size` counts all items, if the API does."""

    items: tuple[T, ...]
    cursor: Cursor | None
    total_size: int | None


class NextPage(Protocol):
    """A response that may lead to a next page."""

    @property
    def next_page_token(self) -> str | None: ...

    @property
    def additional_properties(self) -> dict[str, Any]: ...


@attrs.frozen
class Listed(Generic[T]):
    """The answer to one request of a listing."""

    items: tuple[T, ...]
    page_token: str | None
    """Of the next page; None on the last."""
    total_size: int | None


class Pager(Generic[T]):
    """A listing, read page by page as you iterate; awaited, its first page. Each iteration starts again at its first page.

    While you work on a page, the next one is read. An error in the middle has the `cursor` at which to continue.
    """

    def __init__(
        self,
        fetch: Callable[[str | None], Awaitable[Listed[T]]],
        *,
        filters: Mapping[str, object],
        identify: Callable[[T], object],
        cursor: Cursor | None = None,
        max_pages: int | None = None,
    ) -> None:
        """`fetch` reads the page of a page token. `identify` tells items apart that show on two pages; None: cannot tell."""
        check_count("max_pages", max_pages)
        self._fetch = fetch
        self._identify = identify
        self._digest = _digest(filters)
        self._max_pages = max_pages or _defaults.MAX_PAGES
        self._start = cursor
        if cursor is not None:
            self._token(cursor)
        self.cursor: Cursor | None = cursor
        """Leads to the first page that was not read yet. None before the first page and after the last.

        Pass it to `list(cursor=...)`, with the same filters, to continue.
        """

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items()

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._first_page().__await__()

    async def _first_page(self) -> Page[T]:
        async with aclosing(self.pages(prefetch=False)) as pages:
            return await anext(pages)

    async def _items(self) -> AsyncIterator[T]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page.items:
                    yield item

    async def pages(self, *, prefetch: bool = True) -> AsyncGenerator[Page[T], None]:
        """Yields the pages in order. With `prefetch`, the next one is read while you work on a page.

        A number that moved to the next page, because another was rented meanwhile, is left out of that page.

        Raises:
            PaginationError: The server repeats pages, the listing never ends, or it has more than `max_pages` pages.
        """
        self.cursor = self._start
        guard = _Guard(self._max_pages, self._identify)
        following: asyncio.Task[Listed[T]] | None = None
        try:
            while True:
                try:
                    listed = await (following or self._read(self.cursor))
                    page = guard.check(listed, self.cursor, self._cursor(listed.page_token))
                except NumbersError as error:
                    error.cursor = self.cursor
                    raise
                self.cursor = page.cursor
                if page.cursor is None:
                    following = None
                    yield page
                    return
                if prefetch:
                    following = asyncio.create_task(self._read(page.cursor), name="sinch-numbers next page")
                yield page
        finally:
            if following is not None and not following.done():
                following.cancel()
                await asyncio.wait({following})
            if following is not None and not following.cancelled():
                following.exception()  # retrieved, so that asyncio does not log it: the consumer has stopped

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
        async with aclosing(self.pages(prefetch=limit is None)) as pages:
            async for page in pages:
                collected += page.items
                if limit is not None and len(collected) >= limit:
                    return collected[:limit]
        return collected

    async def _read(self, cursor: Cursor | None) -> Listed[T]:
        return await self._fetch(None if cursor is None else self._token(cursor))

    def _cursor(self, token: str | None) -> Cursor | None:
        if token is None:
            return None
        return base64.urlsafe_b64encode(self._digest + token.encode()).decode("ascii").rstrip("=")

    def _token(self, cursor: Cursor) -> str:
        try:
            decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            token = decoded[_DIGEST_SIZE:].decode()
        except (TypeError, ValueError, binascii.Error):
            token = ""
            decoded = b""
        if not token:
            raise ConfigurationError("cursor is not one of a Pager or a Page of this SDK")
        if decoded[:_DIGEST_SIZE] != self._digest:
            raise ConfigurationError(
                "cursor belongs to a listing with other filters, or of another project: pass the same ones"
            )
        return token


def next_token(page: NextPage) -> str | None:
    """The token of the page after `page`; None on the last page.

    Raises PaginationError if it is not a string: to take that for the last page would hide the rest of the listing.
    """
    # A token of another type is not decoded: it stays among the additional properties.
    token = page.next_page_token or page.additional_properties.get("nextPageToken")
    if token is None or token == "":
        return None
    if not isinstance(token, str):
        raise PaginationError(f"the page token is not a string but {type(token).__name__}")
    if len(token) > _LONGEST_TOKEN or re.search("[\ud800-\udfff]", token):
        raise PaginationError("the page token cannot be sent back in a URL")
    return token


def _digest(filters: Mapping[str, object]) -> bytes:
    text = json.dumps(
        {name: value for name, value in filters.items() if value is not None}, sort_keys=True, default=str
    )
    return hashlib.sha256(text.encode()).digest()[:_DIGEST_SIZE]


class _Guard(Generic[T]):
    """Detects a listing that never ends, such as one in which the server repeats a page token forever."""

    def __init__(self, max_pages: int, identify: Callable[[T], object]) -> None:
        self._max_pages = max_pages
        self._identify = identify
        self._pages = 0
        self._empty = 0
        self._seen: set[int] = set()
        self._last: tuple[T, ...] = ()
        self._ids: set[object] = set()

    def check(self, listed: Listed[T], cursor: Cursor | None, following: Cursor | None) -> Page[T]:
        """The page, without the items that the page before it has too."""
        items = listed.items
        self._pages += 1
        self._empty = 0 if items else self._empty + 1
        # Not the cursors themselves: a long listing would keep them all.
        self._seen.add(hash(cursor))
        if following is not None:
            self._check_progress(items, following)
        ids = [self._identify(item) for item in items]
        if not self._ids.isdisjoint(ids):
            items = tuple(
                item for item, name in zip(items, ids, strict=True) if name is None or name not in self._ids
            )
        self._last, self._ids = listed.items, {*ids}
        return Page(items=items, cursor=following, total_size=listed.total_size)

    def _check_progress(self, items: tuple[T, ...], following: Cursor) -> None:
        if hash(following) in self._seen:
            raise PaginationError("the server repeated a page token, so the listing would never end")
        if items and items == self._last:
            raise PaginationError("the server returned two pages with the same items")
        if self._empty >= _MAX_EMPTY_PAGES:
            raise PaginationError(f"the server returned {self._empty} empty pages in a row")
        if self._pages >= self._max_pages:
            raise PaginationError(f"the listing has more than {self._max_pages} pages")
