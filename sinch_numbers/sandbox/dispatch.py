"""One call from its arrival to its answer: who calls, what goes wrong, what is done."""

from __future__ import annotations

import http
import json
from collections.abc import Callable
from typing import Any

from .api_errors import ApiError, envelope
from .calls import Call
from .clock import VirtualClock
from .connections import Link
from .fault_kinds import Strike
from .faults import Faults
from .operations import OPERATIONS
from .responses import Answer, json_answer
from .state import State
from .token_server import Gatekeeper

_HTML = b"<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please come back later</h1></body></html>\n"


class Exchange:
    """Performs calls. Between two awaits, a call is performed wholly or not at all."""

    def __init__(self, state: State, gatekeeper: Gatekeeper, faults: Faults, clock: VirtualClock) -> None:
        self._state = state
        self._gatekeeper = gatekeeper
        self._faults = faults
        self._clock = clock

    async def answer(self, call: Call, link: Link, note: Callable[[str], object]) -> Answer:
        """The answer. Raises what `link` raises where there will be none. `note` hears the kind of fault that strikes."""
        try:
            if call.operation != "Token":
                self._gatekeeper.check(call)
        except ApiError as error:
            return error.answer
        strike = self._faults.strike(call.operation, call.phone_number, served=link.served)
        if strike is None:
            return self.perform(call)
        note(strike.kind)
        return await self._suffer(strike, call, link)

    def perform(self, call: Call) -> Answer:
        """Does what the call asks for, and gives the answer that it deserves."""
        try:
            if call.operation == "Token":
                return self._gatekeeper.issue(call)
            return json_answer(OPERATIONS[call.operation][2](self._state, call))
        except ApiError as error:
            return error.answer

    async def _suffer(self, strike: Strike, call: Call, link: Link) -> Answer:
        fault, kind = strike.fault, strike.kind
        answer = self.perform(call) if strike.commits else None
        match kind:
            case "refused" | "connect_timeout":
                await link.refuse(timed_out=kind == "connect_timeout")
            case "commit_late":
                self._clock.call_later(fault.seconds, lambda: self.perform(call))
                if not fault.drop:
                    await link.hang(fault.released)
            case "hang_before_commit" | "hang_after_commit":
                await link.hang(fault.released)
                if answer is not None:
                    return answer
            case "hold":
                await fault.released.wait()
                return answer or self.perform(call)
            case "latency":
                await link.delay(fault.seconds)
                return answer or self.perform(call)
            case "truncated" | "reset_mid_headers":
                await _cut_short(answer or json_answer({"error": None}), kind, link)
            case "status" | "status_after_commit" | "html" | "invalid_json":
                return _scripted(strike)
            case _:
                pass
        return await link.cut(b"")


async def _cut_short(answer: Answer, kind: str, link: Link) -> None:
    phrase = http.HTTPStatus(answer.status).phrase
    # Even an empty body can be cut short: by announcing one.
    headers = {**answer.headers, "content-length": str(max(len(answer.content), 1))}
    lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
    if kind == "truncated":
        await link.cut(head + answer.content[: len(answer.content) // 2])
    await link.cut(head[: len(head) // 2], reset=True)


def _scripted(strike: Strike) -> Answer:
    fault = strike.fault
    if strike.kind == "html":
        return Answer(200, _HTML, {"content-type": "text/html; charset=utf-8"}).with_headers(fault.headers)
    if strike.kind == "invalid_json":
        return Answer(200, b'{"phoneNumber": "+1', {"content-type": "application/json"}).with_headers(
            fault.headers
        )
    return _body(fault.status, fault.body).with_headers(fault.headers)


def _body(status: int, body: Any) -> Answer:
    if isinstance(body, bytes):
        return Answer(status, body)
    if isinstance(body, str):
        return Answer(status, body.encode("utf-8", "replace"), {"content-type": "text/plain; charset=utf-8"})
    if body is not None:
        return Answer(status, json.dumps(body).encode(), {"content-type": "application/json"})
    if status == 429:
        return Answer(status, b"", {"x-envoy-ratelimited": "true"})
    if status < 400:
        return json_answer({}, status=status)
    return envelope(status).answer
