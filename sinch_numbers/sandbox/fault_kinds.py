"""The kinds of faults: for each, whether the operation is performed, and the coroutine that plays the fault."""

from __future__ import annotations

import http
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import attrs

from .api_errors import envelope
from .clock import VirtualClock
from .connections import Connection
from .responses import Response, json_response
from .scripted_fault import Fault

_HTML = b"<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please come back later</h1></body></html>\n"


@attrs.frozen
class StruckCall:
    """A call that a fault struck, with everything needed to play the fault."""

    fault: Fault
    connection: Connection
    clock: VirtualClock
    perform: Callable[[], Response]
    """Performs the operation."""
    send_callbacks: Callable[[str, str], Awaitable[None]]
    """Ends what is being provisioned of a project's number, and has its callbacks delivered."""
    response: Response | None
    """The operation's response if it was performed before the fault shows."""


@attrs.frozen(kw_only=True)
class FaultKind:
    """The properties and the behaviour of one kind of fault."""

    commits: bool
    """Whether the operation is performed before the fault shows; a fault's `commit` overrides it."""
    play: Callable[[StruckCall], Awaitable[Response]] = attrs.field(repr=False)
    """Returns the response to send, or raises what the connection raises."""
    in_process_only: bool = False
    """Whether it happens before a connection exists, so that a server cannot play it."""


async def play(
    kind: str,
    fault: Fault,
    connection: Connection,
    clock: VirtualClock,
    perform: Callable[[], Response],
    send_callbacks: Callable[[str, str], Awaitable[None]],
) -> Response:
    """Performs the operation if the kind or the fault's `commit` says so, then plays the fault.

    Returns the response to send, or raises what `connection` raises.
    """
    commits = KINDS[kind].commits if fault.commit is None else fault.commit
    response = perform() if commits else None
    return await KINDS[kind].play(StruckCall(fault, connection, clock, perform, send_callbacks, response))


async def _callback_first(call: StruckCall) -> Response:
    response = call.response or call.perform()
    number: dict[str, Any] = json.loads(response.content) if response.status == 200 else {}
    if "projectId" in number and "phoneNumber" in number:
        await call.send_callbacks(number["projectId"], number["phoneNumber"])
    return response


async def _scripted(call: StruckCall) -> Response:
    return _body(call.fault.status, call.fault.body).with_headers(call.fault.headers)


def _body(status: int, body: Any) -> Response:
    if isinstance(body, bytes):
        return Response(status, body)
    if isinstance(body, str):
        content = body.encode("utf-8", "replace")
        return Response(status, content, {"content-type": "text/plain; charset=utf-8"})
    if body is not None:
        return Response(status, json.dumps(body).encode(), {"content-type": "application/json"})
    if status == 429:
        return Response(status, b"", {"x-envoy-ratelimited": "true"})
    if status < 400:
        return json_response({}, status=status)
    return envelope(status).response


async def _repeat(call: StruckCall) -> Response:
    return call.perform()


async def _html(call: StruckCall) -> Response:
    headers = {"content-type": "text/html; charset=utf-8"}
    return Response(200, _HTML, headers).with_headers(call.fault.headers)


async def _invalid_json(call: StruckCall) -> Response:
    headers = {"content-type": "application/json"}
    return Response(200, b'{"phoneNumber": "+1', headers).with_headers(call.fault.headers)


async def _delay(call: StruckCall) -> Response:
    await call.connection.delay(call.fault.seconds, call.fault.released)
    return call.response or call.perform()


async def _hold(call: StruckCall) -> Response:
    await call.fault.released.wait()
    return call.response or call.perform()


async def _hang(call: StruckCall) -> Response:
    await call.connection.hang(call.fault.released)
    return call.response or await _drop(call)


async def _commit_late(call: StruckCall) -> Response:
    call.clock.call_later(call.fault.seconds, call.perform)
    if not call.fault.drop:
        await call.connection.hang(call.fault.released)
    return await _drop(call)


async def _drop(call: StruckCall) -> Response:
    return await call.connection.cut(b"")


async def _truncate(call: StruckCall) -> Response:
    head, content = _raw(call.response)
    return await call.connection.cut(head + content[: len(content) // 2])


async def _reset_mid_headers(call: StruckCall) -> Response:
    head, _ = _raw(call.response)
    return await call.connection.cut(head[: len(head) // 2], reset=True)


def _raw(response: Response | None) -> tuple[bytes, bytes]:
    """The bytes of a response: status line and headers, and the body."""
    response = response or json_response({"error": None})
    # Announce at least one byte, so that an empty body can be truncated too.
    headers = {**response.headers, "content-length": str(max(len(response.content), 1))}
    lines = [f"HTTP/1.1 {response.status} {http.HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), response.content


async def _refuse(call: StruckCall) -> Response:
    return await call.connection.refuse(timed_out=False)


async def _time_out_connecting(call: StruckCall) -> Response:
    return await call.connection.refuse(timed_out=True)


KINDS: Mapping[str, FaultKind] = {
    "status": FaultKind(commits=False, play=_scripted),
    "status_after_commit": FaultKind(commits=True, play=_scripted),
    "repeat": FaultKind(commits=True, play=_repeat),
    "latency": FaultKind(commits=True, play=_delay),
    "hold": FaultKind(commits=False, play=_hold),
    "callback_first": FaultKind(commits=True, play=_callback_first),
    "hang_before_commit": FaultKind(commits=False, play=_hang),
    "hang_after_commit": FaultKind(commits=True, play=_hang),
    "commit_late": FaultKind(commits=False, play=_commit_late),
    "drop_before_commit": FaultKind(commits=False, play=_drop),
    "drop_after_commit": FaultKind(commits=True, play=_drop),
    "truncated": FaultKind(commits=True, play=_truncate),
    "reset_mid_headers": FaultKind(commits=True, play=_reset_mid_headers),
    "html": FaultKind(commits=True, play=_html),
    "invalid_json": FaultKind(commits=True, play=_invalid_json),
    "refused": FaultKind(commits=False, play=_refuse, in_process_only=True),
    "connect_timeout": FaultKind(commits=False, play=_time_out_connecting, in_process_only=True),
}
"""The kinds of faults by name."""
