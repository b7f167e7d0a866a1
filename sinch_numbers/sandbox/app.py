"""The ASGI application: routes requests, reads bodies, logs requests, writes responses."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import defaultdict
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import quote, unquote

import attrs
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route, Router
from starlette.types import Receive, Scope, Send

from .api_errors import ApiError, envelope
from .backend import Backend
from .calls import Call, ReceivedRequest
from .connections import EXTENSION, Disconnected, NotConnected, foreign_connection
from .control import CONTROL, check_sender
from .operations import OPERATIONS
from .page import page
from .responses import Response

_BODILESS = (204, 205, 304)


class App:
    """Serves the Numbers API, the token endpoint and the control API. Routes by path; any host is accepted."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        resources: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for name, operation in OPERATIONS.items():
            resources[_route(operation.path)][operation.method] = name
        resources["/oauth2/token"]["POST"] = "Token"
        # What is fixed in a path counts before its parameters: a phone number could end in `:rent`.
        paths = sorted(resources, key=lambda path: -len(re.sub(r"\{[^{}]*\}", "", path)))
        routes = [Route(path, _Resource(backend, resources[path])) for path in paths]
        routes += [Route(path, _Control(backend, path)) for path in CONTROL]
        routes.append(Route("/", _Page(backend)))
        self._router = Router(routes, redirect_slashes=False, default=_Resource(backend, {}))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one ASGI connection scope."""
        if scope["type"] == "http":
            # Route by the encoded path, so that an encoded slash stays within its segment.
            raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
            path = raw.decode("latin-1")
            scope = {**scope, "path": re.sub("%3a", ":", path, flags=re.IGNORECASE), "sandbox.raw_path": path}
        await self._router(scope, receive, send)


def _route(template: str) -> str:
    """A path of the document as Starlette writes it, where the names of parameters must be identifiers."""
    return re.sub(r"\{[^{}]*\}", lambda match: re.sub(r"[^\w{}]", "_", match[0]), template)


async def _read(request: Request, limit: int) -> bytes:
    """The whole body. Raises ApiError 413 if it is larger than `limit` bytes, without reading it all."""
    too_large = envelope(413, f"The request body is larger than {limit} bytes")
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


async def _write(response: Response, send: Send) -> None:
    content = b"" if response.status in _BODILESS else response.content
    headers = dict(response.headers)
    if response.status not in _BODILESS:
        headers["content-length"] = str(len(content))
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": content})


class _Resource:
    """One path of the API: maps HTTP methods to operations. Without operations, every request is a 404."""

    def __init__(self, backend: Backend, methods: Mapping[str, str]) -> None:
        self._backend = backend
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        operation = self._methods.get(request.method)
        record = ReceivedRequest(
            request.method,
            scope["sandbox.raw_path"],
            scope["query_string"].decode("latin-1"),
            operation,
            self._backend.clock.time(),
        )
        self._backend.requests.append(record)
        self._backend.callbacks.flush()
        try:
            response = await self._respond(request, record)
        except (Disconnected, ClientDisconnect, asyncio.CancelledError) as error:
            self._backend.report(record)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        except NotConnected:
            # A reset may have emptied the list already.
            with contextlib.suppress(ValueError):
                self._backend.requests.remove(record)
            raise
        headers = {
            "date": formatdate(self._backend.clock.time() + self._backend.options.date_offset, usegmt=True),
            "x-request-id": self._backend.request_id(),
            **response.headers,
        }
        response = attrs.evolve(response, headers=headers)
        record.status = response.status
        self._backend.report(record)
        await _write(response, send)

    async def _respond(self, request: Request, record: ReceivedRequest) -> Response:
        if not self._methods:
            return envelope(404, "Not Found").response
        if record.operation is None:
            allowed = ", ".join(sorted(self._methods))
            return envelope(405, "Method Not Allowed", headers={"allow": allowed}).response
        try:
            content = await _read(request, self._backend.options.max_body_bytes)
        except ApiError as error:
            return error.response
        parameters = {name: unquote(value) for name, value in request.path_params.items()}
        call = Call(
            record.operation,
            headers=request.headers,
            query=record.query,
            content=content,
            project_id=parameters.get("projectId", ""),
            phone_number=parameters.get("phoneNumber"),
            path_parameters=parameters,
        )
        extensions: dict[str, Any] = request.scope.get("extensions") or {}
        connection = extensions.get(EXTENSION, foreign_connection)(request.receive, self._backend.clock)
        return await self._backend.dispatcher.dispatch(call, connection, record)


class _Page:
    """`/` for a browser: the page. For anything else it is a path that does not exist, as in the API."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._missing = _Resource(backend, {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.method not in ("GET", "HEAD") or "text/html" not in request.headers.get("accept", ""):
            await self._missing(scope, receive, send)
            return
        try:
            check_sender(request.headers, self._backend.options.control_hosts)
            response = page(self._backend)
        except ApiError as error:
            response = error.response
        await _write(response, send)


class _Control:
    """One path of the control API."""

    def __init__(self, backend: Backend, path: str) -> None:
        self._backend = backend
        self._handlers = CONTROL[path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        handler = self._handlers.get(request.method)
        try:
            check_sender(request.headers, self._backend.options.control_hosts)
            if handler is None:
                allowed = ", ".join(sorted(self._handlers))
                raise envelope(405, "Method Not Allowed", headers={"allow": allowed})
            content = await _read(request, self._backend.options.max_body_bytes)
            query = scope["query_string"].decode("latin-1")
            # Without headers: the body is JSON whatever its content type, as curl sends a form's by default.
            response = handler(self._backend, Call("Control", headers={}, query=query, content=content))
        except ApiError as error:
            response = error.response
        except ClientDisconnect:
            return
        path, query = scope["sandbox.raw_path"], scope["query_string"].decode("latin-1")
        now = self._backend.clock.time()
        self._backend.report(ReceivedRequest(request.method, path, query, None, now, response.status))
        await _write(response, send)
