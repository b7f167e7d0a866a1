"""Reads the body of a response, up to a limit that counts after decompression: a few kilobytes can inflate to gigabytes."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, Iterator

from ..attempts import Sent
from . import HttpRequest, TransportError

_STEP = 2**20
"""Bytes that are inflated at once. Then other tasks of the event loop get a turn."""
_ANY_HEADER = zlib.MAX_WBITS | 32
"""zlib finds out itself whether the data has the header of gzip or of zlib."""
_NO_HEADER = -zlib.MAX_WBITS


def request_headers(request: HttpRequest) -> dict[str, str]:
    """The headers of `request`, which ask for the encodings that `read_body` decompresses.

    Pass the result on, and keep it in no variable: error trackers would show it, and it contains the token.
    """
    headers = dict(request.headers.items())
    headers.setdefault("Accept-Encoding", "gzip, deflate")
    return headers


async def read_body(received: AsyncIterable[bytes], content_encoding: str, limit: int) -> bytes:
    """The body whose bytes on the wire are `received`, decompressed if its encoding is gzip or deflate.

    Raises TransportError if it has more than `limit` bytes, as soon as it has, or if it cannot be decompressed.
    """
    encoding = content_encoding.strip().lower()
    inflater = _Inflater(encoding) if encoding in {"gzip", "deflate"} else None
    parts: list[bytes] = []
    size = on_the_wire = 0
    async for chunk in received:
        on_the_wire += len(chunk)
        if on_the_wire > limit:
            raise too_large(limit)
        if inflater is None:
            parts.append(chunk)
            continue
        for part in inflater.inflate(chunk):
            size += len(part)
            if size > limit:
                raise too_large(limit)
            parts.append(part)
            if len(part) >= _STEP:
                await asyncio.sleep(0)
    return b"".join(parts)


def too_large(limit: int) -> TransportError:
    """The error for a response of more than `limit` bytes."""
    return TransportError(
        f"the response has more than {limit:,} bytes: to allow that, raise max_response_size",
        sent=Sent.ARRIVED,
    )


class _Inflater:
    """Decompresses step by step. What follows the end of the compressed data is ignored."""

    def __init__(self, encoding: str) -> None:
        self._decompressor = zlib.decompressobj(_ANY_HEADER)
        self._may_lack_header = encoding == "deflate"

    def inflate(self, data: bytes) -> Iterator[bytes]:
        while not self._decompressor.eof:
            part = self._next(data)
            if part:
                yield part
            data = self._decompressor.unconsumed_tail
            if not data and len(part) < _STEP:
                return

    def _next(self, data: bytes) -> bytes:
        may_lack_header, self._may_lack_header = self._may_lack_header, False
        problem = ""
        try:
            return self._decompressor.decompress(data, _STEP)
        except zlib.error as error:
            problem = str(error)
        if may_lack_header:
            # Some servers send deflate without the header of zlib.
            self._decompressor = zlib.decompressobj(_NO_HEADER)
            return self._next(data)
        raise TransportError(f"the response cannot be decompressed: {problem}", sent=Sent.UNKNOWN)
