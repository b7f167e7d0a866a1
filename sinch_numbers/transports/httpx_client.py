"""Calls through an `httpx.AsyncClient` or `httpx2.AsyncClient` of the user."""

from __future__ import annotations

import sys
from typing import Any

from .. import _defaults
from .._validation import check_count
from ..attempts import Sent
from . import HttpRequest, HttpResponse, TransportError
from .bodies import request_headers
from .httpx_exchange import extensions, read_response, transport_error


class HttpxClientTransport:
    """Sends with the user's client, which it does not close."""

    def __init__(self, client: Any, *, max_response_size: int = _defaults.MAX_RESPONSE_SIZE) -> None:
        """`max_response_size` is in bytes, after decompression."""
        check_count("max_response_size", max_response_size)
        self._client = client
        self._library = _library_of(client)
        self._max_response_size = max_response_size

    async def send(self, request: HttpRequest) -> HttpResponse:
        if self._client.is_closed:
            raise TransportError("the http_client is closed", sent=Sent.NEVER)
        try:
            message = self._client.build_request(
                request.method,
                request.url,
                headers=request_headers(request),
                content=request.content,
                extensions=extensions(request),
            )
        except self._library.InvalidURL as error:
            raise TransportError(f"the URL is not valid: {error}", sent=Sent.NEVER) from None
        failure: Exception
        try:
            response = await self._client.send(message, auth=None, follow_redirects=False, stream=True)
            return await read_response(response, self._max_response_size)
        except self._library.HTTPError as error:
            # Not only RequestError: a hook of the client may raise HTTPStatusError, or fail in another request.
            failure = lost = transport_error(error, self._library)
            if not _is_about(error, message):
                lost.sent = Sent.UNKNOWN
        except TransportError as error:
            failure = error
        try:
            raise failure.with_traceback(None)  # see transport_error
        finally:
            del failure  # it refers to this frame

    async def aclose(self) -> None:
        """Does nothing: the user closes the client."""


def _library_of(client: object) -> Any:
    """The module of a client, whose library has been imported by the one who made it."""
    for name in ("httpx", "httpx2"):
        library: Any = sys.modules.get(name)
        if library is not None and isinstance(client, library.AsyncClient):
            return library
    raise TypeError(f"not a client of httpx or httpx2: {type(client)}")


def _is_about(error: Any, message: Any) -> bool:
    try:
        return error.request is message
    except RuntimeError:  # the error has no request
        return False
