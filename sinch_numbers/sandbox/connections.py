"""What a fault can do to the connection of a call, over a socket or in process."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import NoReturn, Protocol

from starlette.types import Receive

from ..attempts import Sent
from ..timeouts import Timeout
from ..transports import TransportError
from .clock import VirtualClock

EXTENSION = "sinch_numbers.sandbox"
"""The key of the server's `ConnectionFactory` in an ASGI scope's extensions."""


class Disconnected(Exception):
    """The client has disconnected; no response can be sent."""


class NotConnected(TransportError):
    """The request never reached the sandbox."""


class Connection(Protocol):
    """The connection of one call."""

    served: bool
    """Whether it is a socket. A socket is already connected, so it cannot be refused."""

    async def delay(self, seconds: float, released: asyncio.Event) -> None:
        """Keeps the client waiting for `seconds` on the sandbox's clock, or until `released` is set."""
        ...

    async def hang(self, released: asyncio.Event) -> None:
        """Keeps the client waiting until `released` is set. Raises if the client gives up first."""
        ...

    async def cut(self, sent: bytes, *, reset: bool = False) -> NoReturn:
        """Sends the bytes `sent` of the response, then closes the connection, or resets it."""
        ...

    async def refuse(self, *, timed_out: bool) -> NoReturn:
        """Fails as if the connection was never made."""
        ...


ConnectionFactory = Callable[[Receive, VirtualClock], Connection]


class InProcessConnection:
    """A function call: timeouts happen immediately in real time and advance the virtual clock."""

    served = False

    def __init__(self, timeout: Timeout, clock: VirtualClock) -> None:
        self._timeout = timeout
        self._clock = clock

    async def delay(self, seconds: float, released: asyncio.Event) -> None:
        if released.is_set():
            return
        if seconds > self._timeout.read:
            await self._time_out()
        await self._clock.sleep(seconds)

    async def hang(self, released: asyncio.Event) -> None:
        if not released.is_set():
            await self._time_out()

    async def cut(self, sent: bytes, *, reset: bool = False) -> NoReturn:
        how = "reset" if reset else "closed"
        raise TransportError(
            f"the connection was {how} after {len(sent)} bytes of the response", sent=Sent.UNKNOWN
        )

    async def refuse(self, *, timed_out: bool) -> NoReturn:
        if timed_out:
            await self._clock.sleep(self._timeout.connect)
            raise NotConnected(
                f"no connection within {self._timeout.connect:g} s", sent=Sent.NEVER, timed_out=True
            )
        raise NotConnected("the connection was refused", sent=Sent.NEVER)

    async def _time_out(self) -> NoReturn:
        await self._clock.sleep(self._timeout.read)
        raise TransportError(
            f"no response within {self._timeout.read:g} s", sent=Sent.UNKNOWN, timed_out=True
        )


class ServedConnection:
    """A TCP connection of the server in `serve`, or of another server (`transport` is None)."""

    served = True

    def __init__(self, transport: asyncio.Transport | None, receive: Receive, clock: VirtualClock) -> None:
        self._transport = transport
        self._receive = receive
        self._clock = clock

    async def delay(self, seconds: float, released: asyncio.Event) -> None:
        passed = asyncio.Event()
        self._clock.call_later(seconds, passed.set)
        await self._wait(passed, released)

    async def hang(self, released: asyncio.Event) -> None:
        await self._wait(released)

    async def _wait(self, *events: asyncio.Event) -> None:
        """Returns once one of `events` is set. Raises Disconnected if the client gives up first."""
        gone = asyncio.ensure_future(self._disconnected())
        waits = [asyncio.ensure_future(event.wait()) for event in events]
        try:
            await asyncio.wait((gone, *waits), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in (gone, *waits):
                wait.cancel()
        if not any(event.is_set() for event in events):
            raise Disconnected

    async def cut(self, sent: bytes, *, reset: bool = False) -> NoReturn:
        if self._transport is None:
            raise RuntimeError("the connections of this server cannot be cut: use sandbox.serve()")
        if sent:
            self._transport.write(sent)
        if reset:
            # Closing with a linger time of 0 sends RST instead of FIN.
            connection = self._transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()
        await self._disconnected()
        raise Disconnected

    async def refuse(self, *, timed_out: bool) -> NoReturn:
        raise RuntimeError("a connection that is already established cannot be refused")

    async def _disconnected(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


def foreign_connection(receive: Receive, clock: VirtualClock) -> Connection:
    """The connection of another ASGI server: it can hang, but it cannot be cut."""
    return ServedConnection(None, receive, clock)
