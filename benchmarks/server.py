"""The server of the benchmarks: a process of its own on loopback, which is faster than every client that is compared.

It knows a few requests: a token, one number, and a page of 1,000 of 20,000 numbers. Numbers of `PROJECT_WITHOUT_NULLS` lack
what is null in those of other projects. `LARGE_PROJECT` has ten times as many. `STRICT_PROJECT` has a few in each region and
type, and refuses to list them all at once.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, cast

NUMBER = "+12025550134"
PATH = "/v1/projects/p/activeNumbers/%2B12025550134"
NUMBERS, PAGE = 20_000, 1_000
PROJECT_WITHOUT_NULLS = "without-nulls"
LARGE_PROJECT, LARGE = "large", 10 * NUMBERS
STRICT_PROJECT, REGIONS, TYPES = "strict", 20, ("MOBILE", "LOCAL", "TOLL_FREE")


def number(phone_number: str) -> dict[str, object]:
    """An active number as the API sends it."""
    return {
        "phoneNumber": phone_number, "projectId": "p", "displayName": "", "regionCode": "US", "type": "LOCAL",
        "capability": ["SMS", "VOICE"], "money": {"currencyCode": "USD", "amount": "0.80"},
        "paymentIntervalMonths": 1, "nextChargeDate": "2026-06-06T14:42:42.022227Z", "expireAt": None,
        "callbackUrl": "",
        "smsConfiguration": {"servicePlanId": "", "campaignId": "", "scheduledProvisioning": None},
        "voiceConfiguration": {
            "type": "RTC", "appId": "", "trunkId": "", "serviceId": "", "lastUpdatedTime": None,
            "scheduledVoiceProvisioning": None,
        },
    }  # fmt: skip


def without_nulls(value: Any) -> Any:
    """`value` without what is null."""
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value).items()
        return {name: without_nulls(member) for name, member in members if member is not None}
    return [without_nulls(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def page(index: int, total: int = NUMBERS) -> dict[str, object]:
    """A page of the listing; `index` counts from 0."""
    first = index * PAGE
    token = "" if first + PAGE >= total else str(index + 1)
    numbers = [number(f"+1202{first + offset:07}") for offset in range(min(PAGE, total))]
    return {"activeNumbers": numbers, "nextPageToken": token, "totalSize": total}


def _response(body: object, status: bytes = b"200 OK") -> bytes:
    content = json.dumps(body).encode()
    return (
        b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
        % (status, len(content))
        + content
    )


_NUMBER = _response(number(NUMBER))
_NUMBER_WITHOUT_NULLS = _response(without_nulls(number(NUMBER)))
_TOKEN = _response({"access_token": "token", "expires_in": 3599, "token_type": "bearer", "scope": ""})

_REGIONS = _response(
    {"availableRegions": [{"regionCode": f"R{each}", "types": TYPES} for each in range(REGIONS)]}
)
_FEW = _response(page(0, total=10))
_REFUSED = _response({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}, b"400 Bad Request")

_PLAIN = f"/v1/projects/{PROJECT_WITHOUT_NULLS}/".encode()
_LARGE = f"/v1/projects/{LARGE_PROJECT}/".encode()
_STRICT = f"/v1/projects/{STRICT_PROJECT}/".encode()


class _Server(asyncio.Protocol):
    pages: list[bytes]
    pages_without_nulls: list[bytes]
    latency: float

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # that of uvloop is no subclass
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head, rest = self.received[:end], self.received[end + 4 :]
            length = 0
            if head.startswith(b"POST"):
                lines = head.lower().split(b"\r\n")
                length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
                if len(rest) < length:
                    return
            self.received = rest[length:]
            self._respond(head)

    def _respond(self, head: bytes) -> None:
        target = head.split(b" ", 2)[1]
        plain = target.startswith(_PLAIN)
        pages = self.pages_without_nulls if plain else self.pages
        if target.endswith(b"/oauth2/token"):
            self.transport.write(_TOKEN)
        elif target.startswith(_STRICT):
            if target.endswith(b"/availableRegions"):
                self.transport.write(_REGIONS)
            else:
                self._write_later(_FEW if b"regionCode=" in target else _REFUSED)
        elif b"activeNumbers?" not in target:
            self.transport.write(_NUMBER_WITHOUT_NULLS if plain else _NUMBER)
        else:
            _, _, token = target.partition(b"pageToken=")
            index = int(token.partition(b"&")[0] or 0)
            if target.startswith(_LARGE):
                self._write_later(_response(page(index, total=LARGE)))
            else:
                self._write_later(pages[index])

    def _write_later(self, response: bytes) -> None:
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, self.transport.write, response)
        else:
            self.transport.write(response)


def _serve(ready: Connection, latency: float) -> None:
    _Server.pages = [_response(page(index)) for index in range(NUMBERS // PAGE)]
    _Server.pages_without_nulls = [_response(without_nulls(page(index))) for index in range(NUMBERS // PAGE)]
    _Server.latency = latency

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Server, "127.0.0.1", 0, backlog=1_000)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    try:
        import uvloop
    except ImportError:
        asyncio.run(run())
    else:
        uvloop.run(run())


@contextmanager
def serving(*, latency: float = 0.0) -> Iterator[str]:
    """The URL of a server; `latency` are the seconds before each page of a listing."""
    parent, child = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(child, latency), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{parent.recv()}"
    finally:
        process.terminate()
        process.join()
