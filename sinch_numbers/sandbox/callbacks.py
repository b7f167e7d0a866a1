"""Signed callbacks: sent to the numbers' callback URLs over HTTP, or to an inbox in process, until they are accepted."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import attrs

from .._validation import is_loopback
from ..attempts import Sent
from ..clock import Clock
from ..transports import HttpRequest, TransportError
from ..transports.httpx import HttpxTransport
from ..webhooks import Receipt, sign
from .clock import VirtualClock, utc
from .options import MAX_SECONDS, SandboxOptions
from .responses import timestamp

_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 3600.0
_MAX_ATTEMPTS = 30
_MAX_REPEAT = 100
_REORDER_AFTER = 60.0
"""Seconds after which a held callback is sent even if no other one comes."""
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

Deliver = Callable[[str, bytes, Mapping[str, str]], Awaitable[int]]
"""Sends a body with headers to a URL, and returns the status of the response."""


@attrs.frozen(kw_only=True)
class SentCallback:
    """One attempt to deliver a callback."""

    event_id: str
    event_type: str
    phone_number: str
    url: str
    attempt: int
    at: float
    """When it was sent, in seconds since the epoch on the sandbox's clock."""
    status: int | None
    """The status of the response; None if there was none."""
    error: str = ""
    """Why there was no response."""
    body: bytes = attrs.field(repr=False)
    signature: str = attrs.field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The attempt as the control API lists it."""
        return {
            "eventId": self.event_id,
            "eventType": self.event_type,
            "phoneNumber": self.phone_number,
            "url": self.url,
            "attempt": self.attempt,
            "at": timestamp(utc(self.at)),
            "status": self.status,
            "error": self.error,
            "body": self.body.decode(),
            "signature": self.signature,
        }


@attrs.define(kw_only=True)
class Misbehavior:
    """What goes wrong with callbacks. `times` counts the events that it still concerns; None means all."""

    late: float = 0.0
    repeat: int = 1
    reorder: bool = False
    wrong_signature: bool = False
    times: int | None = None


@attrs.frozen(kw_only=True)
class Event:
    """An event that is sent to a number's callback URL."""

    event_id: str
    event_type: str
    phone_number: str
    url: str
    body: bytes
    secret: str


class Receiver(Protocol):
    """What `deliver_to` needs: a `WebhookInbox`."""

    @property
    def is_running(self) -> bool: ...

    async def start(self) -> None: ...

    def use_clock(self, clock: Clock) -> None: ...

    async def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt: ...


class Callbacks:
    """Sends callbacks on the sandbox's clock, and records what was sent and what came back."""

    def __init__(self, clock: VirtualClock, options: SandboxOptions) -> None:
        self._clock = clock
        self._options = options
        self._dice = random.Random(0)
        self._sent: list[SentCallback] = []
        self._misbehaviors: list[Misbehavior] = []
        self._held: list[tuple[Event, bool]] = []
        self._transport: HttpxTransport | None = None
        self._deliver: Deliver = self._post
        self._unstarted: list[Callable[[], Awaitable[None]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def __iter__(self) -> Any:
        return iter(tuple(self._sent))

    def __len__(self) -> int:
        return len(self._sent)

    def __getitem__(self, index: int) -> SentCallback:
        return self._sent[index]

    def misbehave(
        self,
        *,
        late: float = 0.0,
        repeat: int = 1,
        reorder: bool = False,
        wrong_signature: bool = False,
        times: int | None = None,
    ) -> None:
        """Has the next `times` events (None: all) go wrong; what was asked for before ends.

        They are sent `late` seconds later, `repeat` times each, in another order (each waits until another one has been
        sent before it), or signed with another secret. Raises ValueError for a number that makes no sense.
        """
        if not 0 <= late <= MAX_SECONDS:
            raise ValueError(f"late must be between 0 and {MAX_SECONDS:,} seconds, not {late!r}")
        if not 0 <= repeat <= _MAX_REPEAT or (times is not None and times < 0):
            raise ValueError(f"repeat must be between 0 and {_MAX_REPEAT}, and times 0 or greater")
        self.behave()
        self._misbehaviors.append(
            Misbehavior(
                late=late, repeat=repeat, reorder=reorder, wrong_signature=wrong_signature, times=times
            )
        )

    def behave(self) -> None:
        """Ends `misbehave`, and sends what it held."""
        self._misbehaviors.clear()
        self._release()

    def reset(self, seed: int) -> None:
        """Forgets what was sent, and what was to be sent."""
        self._dice = random.Random(seed)
        self._sent.clear()
        self._misbehaviors.clear()
        self._held.clear()
        self._unstarted.clear()
        for task in self._tasks:
            task.cancel()

    def deliver_to(self, receiver: Receiver) -> None:
        """Hands callbacks to an inbox in process, whatever their URL, and gives it the sandbox's clock."""
        receiver.use_clock(self._clock)

        async def deliver(url: str, body: bytes, headers: Mapping[str, str]) -> int:
            if not receiver.is_running:
                await receiver.start()
            return (await receiver.receive(body, headers)).status

        self._deliver = deliver

    async def delivered(self) -> None:
        """Returns once everything that is due was sent and responded to. A retry falls due on the sandbox's clock."""
        self.flush()
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def aclose(self) -> None:
        """Cancels what is being sent."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    def emit(
        self,
        *,
        url: str,
        secret: str,
        project_id: str,
        phone_number: str,
        event_type: str,
        failure: str | None,
    ) -> None:
        """Sends an event about a number, unless it has no callback URL."""
        if not url:
            return
        event_id = self._ulid()
        fields = {
            "eventId": event_id,
            "timestamp": self._timestamp(),
            "projectId": project_id,
            "resourceId": phone_number,
            "resourceType": "ACTIVE_NUMBER",
            "eventType": event_type,
            "status": "SUCCEEDED" if failure is None else "FAILED",
            "failureCode": failure,
            "internalFailureCode": None if failure is None else "CRS0018",
        }
        body = json.dumps(fields, separators=(",", ":")).encode()
        event = Event(
            event_id=event_id,
            event_type=event_type,
            phone_number=phone_number,
            url=url,
            body=body,
            secret=secret,
        )
        self._schedule(event)

    def flush(self) -> None:
        """Starts what fell due while no event loop was running."""
        unstarted, self._unstarted = self._unstarted, []
        for work in unstarted:
            self._start(work)

    def _schedule(self, event: Event) -> None:
        wrong = self._misbehavior()
        copies = 1 if wrong is None else wrong.repeat
        for _ in range(copies):
            if wrong is None or not wrong.reorder:
                late = 0.0 if wrong is None else wrong.late
                self._send_later(event, wrong is not None and wrong.wrong_signature, late)
                continue
            held, self._held = self._held, []
            self._held = [(event, wrong.wrong_signature)]
            if held:
                self._release()
                for other, wrongly in held:
                    self._send_later(other, wrongly, 0.0)
        if self._held:
            self._clock.call_later(_REORDER_AFTER, self._release)

    def _release(self) -> None:
        held, self._held = self._held, []
        for event, wrongly in held:
            self._send_later(event, wrongly, 0.0)

    def _misbehavior(self) -> Misbehavior | None:
        for wrong in self._misbehaviors:
            if wrong.times != 0:
                if wrong.times is not None:
                    wrong.times -= 1
                return wrong
        return None

    def _send_later(self, event: Event, wrongly: bool, seconds: float, attempt: int = 1) -> None:
        async def send() -> None:
            await self._send(event, wrongly, attempt)

        self._clock.call_later(seconds, lambda: self._start(send))

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # The clock was advanced outside the event loop.
            self._unstarted.append(work)
            return

        async def run() -> None:
            await work()

        task = loop.create_task(run(), name="sandbox callback")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, event: Event, wrongly: bool, attempt: int) -> None:
        signature = sign(event.body, "another secret" if wrongly else event.secret)
        status, error = None, ""
        try:
            status = await self._deliver(
                event.url,
                event.body,
                {"Content-Type": "application/json", "X-Sinch-Signature": signature},
            )
        except TransportError as failure:
            error = str(failure)
        self._sent.append(
            SentCallback(
                event_id=event.event_id,
                event_type=event.event_type,
                phone_number=event.phone_number,
                url=event.url,
                attempt=attempt,
                at=self._clock.time(),
                status=status,
                error=error,
                body=event.body,
                signature=signature,
            )
        )
        accepted = status is not None and 200 <= status <= 299
        if not accepted and attempt < _MAX_ATTEMPTS and not error.startswith("not sent"):
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 1))
            self._send_later(event, wrongly, pause, attempt + 1)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not (
            is_loopback(host) or host in self._options.callback_hosts
        ):
            raise _refused(host)
        self._transport = self._transport or HttpxTransport()
        request = HttpRequest(method="POST", url=url, headers=headers, content=body)
        return (await self._transport.send(request)).status_code

    def _ulid(self) -> str:
        value = int(self._clock.time() * 1000) << 80 | self._dice.getrandbits(80)
        return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))

    def _timestamp(self) -> str:
        """The moment as callbacks have it: without a zone, and with 5 to 9 digits of the second."""
        moment = self._clock.now()
        digits = f"{moment.microsecond:06d}{self._dice.randrange(1000):03d}".rstrip("0")
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{digits.ljust(5, '0')}"


def _refused(host: str) -> TransportError:
    return TransportError(
        f"not sent: callbacks go to this machine only; the option callback_hosts allows {host!r}",
        sent=Sent.NEVER,
    )
