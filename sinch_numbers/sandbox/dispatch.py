"""One call from its arrival to its response: who calls, what goes wrong, what is done."""

from __future__ import annotations

import http
import json
from collections.abc import Callable
from typing import Any

from .api_errors import ApiError, envelope
from .calls import Call
from .clock import VirtualClock
from .connections import Connection
from .fault_kinds import Strike
from .faults import Faults
from .operations import OPERATIONS
from .responses import Response, json_response
from .state import State
from .token_server import TokenServer

_HTML = b"<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please come back later</h1></body></html>\n"


class Dispatcher:
    """Performs calls. Between two awaits, a call is performed wholly or not at all."""

    def __init__(self, state: State, token_server: TokenServer, faults: Faults, clock: VirtualClock) -> None:
        self._state = state
        self._token_server = token_server
        self._faults = faults
        self._clock = clock

    async def dispatch(self, call: Call, connection: Connection, note: Callable[[str], object]) -> Response:
        """The response. Raises what `connection` raises where there will be none. `note` hears the kind of fault that strikes."""
        try:
            if call.operation != "Token":
                self._token_server.check(call)
        except ApiError as error:
            return error.response
        strike = self._faults.strike(call.operation, call.phone_number, served=connection.served)
        if strike is None:
            return self.perform(call)
        note(strike.kind)
        return await self._suffer(strike, call, connection)

    def perform(self, call: Call) -> Response:
        """Does what the call asks for, and gives the response that it deserves."""
        try:
            if call.operation == "Token":
                return self._token_server.issue(call)
            return json_response(OPERATIONS[call.operation][2](self._state, call))
        except ApiError as error:
            return error.response

    async def _suffer(self, strike: Strike, call: Call, connection: Connection) -> Response:
        fault, kind = strike.fault, strike.kind
        response = self.perform(call) if strike.commits else None
        match kind:
            case "refused" | "connect_timeout":
                await connection.refuse(timed_out=kind == "connect_timeout")
            case "commit_late":
                self._clock.call_later(fault.seconds, lambda: self.perform(call))
                if not fault.drop:
                    await connection.hang(fault.released)
            case "hang_before_commit" | "hang_after_commit":
                await connection.hang(fault.released)
                if response is not None:
                    return response
            case "hold":
                await fault.released.wait()
                return response or self.perform(call)
            case "latency":
                await connection.delay(fault.seconds)
                return response or self.perform(call)
            case "truncated" | "reset_mid_headers":
                await _cut_short(response or json_response({"error": None}), kind, connection)
            case "status" | "status_after_commit" | "html" | "invalid_json":
                return _scripted(strike)
            case _:
                pass
        return await connection.cut(b"")


async def _cut_short(response: Response, kind: str, connection: Connection) -> None:
    phrase = http.HTTPStatus(response.status).phrase
    # Even an empty body can be cut short: by announcing one.
    headers = {**response.headers, "content-length": str(max(len(response.content), 1))}
    lines = [f"HTTP/1.1 {response.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if kind == "truncated":
        await connection.cut(head + response.content[: len(response.content) // 2])
    await connection.cut(head[: len(head) // 2], reset=True)


def _scripted(strike: Strike) -> Response:
    fault = strike.fault
    if strike.kind == "html":
        return Response(200, _HTML, {"content-type": "text/html; charset=utf-8"}).with_headers(fault.headers)
    if strike.kind == "invalid_json":
        return Response(200, b'{"phoneNumber": "+1', {"content-type": "application/json"}).with_headers(
            fault.headers
        )
    return _body(fault.status, fault.body).with_headers(fault.headers)


def _body(status: int, body: Any) -> Response:
    if isinstance(body, bytes):
        return Response(status, body)
    if isinstance(body, str):
        return Response(
            status, body.encode("utf-8", "replace"), {"content-type": "text/plain; charset=utf-8"}
        )
    if body is not None:
        return Response(status, json.dumps(body).encode(), {"content-type": "application/json"})
    if status == 429:
        return Response(status, b"", {"x-envoy-ratelimited": "true"})
    if status < 400:
        return json_response({}, status=status)
    return envelope(status).response
