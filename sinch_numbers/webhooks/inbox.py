"""Callbacks, received once and handled at least once."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import timedelta
from typing import Self, TypeAlias, TypeVar

import attrs

from ..clock import Clock, SystemClock
from ..errors import ConfigurationError, SignatureError, StoreError
from ..models import EventType
from ..stores import MemoryStore, Store
from ..stores.bounded import BoundedStore
from .asgi import InboxApp
from .events import MAX_SIZE, Envelope
from .handlers import Handle, Handlers
from .handling import Limits
from .mailbox import Kept, Mailbox
from .records import DeadLetter, PendingEvent, Receipt, Record
from .signature import Headers, check_secrets, header, materialized, signature_of, verify
from .watches import Watch
from .workers import Workers

logger: logging.Logger = logging.getLogger("sinch_numbers.webhooks")

H = TypeVar("H", bound=Handle)

Secrets: TypeAlias = "str | Iterable[str] | Callable[[], Awaitable[str | Iterable[str]]]"
"""One secret, several during a rotation, or an async function that returns them."""

_SECRETS_TIMEOUT = 3.0
"""Seconds until an async function has to return the secrets."""
_KEEP_TIMEOUT = 3.0
"""Seconds until the callback has to be kept, whatever each call of the store may take."""
_HOOK_TIMEOUT = 3.0
"""Seconds that `on_dead_letter` may take: a response or other events wait for it."""
_CLOSE_TIMEOUT = 30.0
"""Seconds that closing waits for handlers that run."""


class WebhookInbox:
    """Receives callbacks: verifies them, keeps them, and hands each to its handlers at least once.

    inbox = WebhookInbox("the HMAC secret", store=SQLiteStore("callbacks.db"))

    @inbox.on(EventType.PROVISIONING_TO_VOICE_PLATFORM)
    async def linked(event: NumberEvent, delivery: Delivery) -> None: ...

    app.mount("/numbers", inbox.asgi)       # and in the application's lifespan: async with inbox: ...

    A handler may run twice if its process dies between its effect and the note of it: the event's id is the key to be
    idempotent by. Each handler is called again after it failed, with growing pauses, while those that succeeded are not.
    Events come unordered: `delivery.stale` says that something newer has been received.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        store: Store | None = None,
        project_id: str | None = None,
        max_age: timedelta = timedelta(days=7),
        max_pending: int = 10_000,
        max_attempts: int = 8,
        concurrency: int = 16,
        handler_timeout: float = 300.0,
        lease: float = 30.0,
        store_timeout: float = 2.0,
        close_timeout: float = _CLOSE_TIMEOUT,
        name: str = "default",
        clock: Clock | None = None,
        on_dead_letter: Callable[[DeadLetter], object] | None = None,
    ) -> None:
        """`async with inbox` runs the handlers; without it, and in other processes, callbacks can be received.

        Args:
            secrets: The HMAC secret of the project's callback configuration, several during a rotation, or an async
                function that returns them.
            store: Where callbacks are kept until they are handled. None: in memory, for one process that also handles
                them. `SQLiteStore` survives a crash and can be shared by the processes of a machine.
            project_id: The project that events have to be of; None for any.
            max_age: How old an event may be when it is received, and how long a repeat is recognized.
            max_pending: Events that wait, at the most; further ones are refused with 503 until there is room.
            max_attempts: Calls of a handler for an event until the event is a dead letter.
            concurrency: Events that are handled at a time.
            handler_timeout: Seconds that a handler may take.
            lease: Seconds after which an event that a process died on is handled by another.
            store_timeout: Seconds until the store has to respond; after that a callback is refused with 503.
            close_timeout: Seconds that closing waits for the handlers that run.
            name: Separates inboxes that share a store.
            clock: Where the time comes from; the sandbox's for its callbacks.
            on_dead_letter: Called with each event that will not be handled. It may be a coroutine function, which gets
                3 seconds.

        Raises:
            ConfigurationError: A secret is empty, or an option makes no sense.
        """
        if not callable(secrets):
            secrets = secrets if isinstance(secrets, str) else tuple(secrets or ())
            check_secrets(secrets)
        for option, value in {
            "max_pending": max_pending,
            "max_attempts": max_attempts,
            "concurrency": concurrency,
            "handler_timeout": handler_timeout,
            "lease": lease,
            "store_timeout": store_timeout,
            "max_age": max_age.total_seconds(),
        }.items():
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < float("inf"):
                raise ConfigurationError(f"{option} has to be above 0, and finite, not {value!r}")
        if not name or "/" in name:
            raise ConfigurationError(f"an inbox's name has to be text without a slash, not {name!r}")
        self._secrets = secrets
        self._project_id = project_id
        self._max_age = max_age.total_seconds()
        self._max_pending = max_pending
        self._close_timeout = close_timeout
        self._clock = clock
        self._on_dead_letter = on_dead_letter
        self._handlers = Handlers()
        self._is_durable = store is not None and not isinstance(store, MemoryStore)
        self._mailbox = Mailbox(
            BoundedStore(store or MemoryStore(clock=_InboxClock(self)), timeout=store_timeout),
            name,
            max_age=self._max_age,
            lease=lease,
        )
        limits = Limits(
            max_attempts=max_attempts,
            handler_timeout=handler_timeout,
            lease=lease,
            concurrency=concurrency,
        )
        self._workers = Workers(
            self._mailbox, self._handlers, limits, clock=lambda: self.clock, bury=self._tell
        )
        self.asgi: InboxApp = InboxApp(self)
        """The ASGI application that receives callbacks, to be mounted in a web application or served alone."""
        self._watches: dict[str, set[Watch]] = {}
        self._counted = False
        self._is_counting = False

    @property
    def is_running(self) -> bool:
        """Whether this process handles events."""
        return self._workers.is_running

    @property
    def has_handlers(self) -> bool:
        """Whether this process could handle events."""
        return bool(self._handlers)

    @property
    def clock(self) -> Clock:
        """Where the inbox's time comes from."""
        if self._clock is None:
            self._clock = SystemClock()
        return self._clock

    def use_clock(self, clock: Clock) -> None:
        """Takes `clock` if the inbox was not given one of its own."""
        if self._clock is None:
            self._clock = clock

    def on(self, *types: EventType | str, name: str | None = None) -> Callable[[H], H]:
        """Registers an async function for events of `types`, or for all events if none are given.

        `name` stands for the function over restarts: it says which handlers have handled an event. By default it is
        the function's module and qualified name.

        Raises:
            ConfigurationError: The function is not async, or the name is taken.
        """

        def register(function: H) -> H:
            self._handlers.add(types, function, name)
            return function

        return register

    async def receive(self, body: bytes, headers: Headers) -> Receipt:
        """Verifies and keeps a callback; the receipt says what to respond with.

        Args:
            body: The request's body as it came.
            headers: The request's headers: a mapping, or pairs as in an ASGI scope.

        Raises:
            ConfigurationError: Without a durable store, and without `async with inbox` in this process, nobody would
                handle what is received.
            TypeError: `body` is not bytes.
        """
        if not self._is_durable and not self._workers.is_running:
            raise ConfigurationError(
                "the inbox keeps callbacks in memory, and nothing handles them: use `async with inbox`, "
                "or give it a durable store and run `await inbox.run()` in another process"
            )
        headers = materialized(headers)
        if header(headers, "content-encoding") not in {None, "", "identity"}:
            return Receipt(status=415, reason="encoded")
        try:
            secrets = await self._current_secrets()
        except Exception:
            logger.exception("the secrets of callbacks cannot be had")
            return Receipt(status=503, reason="no secrets")
        try:
            verify(body, signature_of(headers), secrets)
        except SignatureError as error:
            return Receipt(status=401, reason=error.reason)
        try:
            async with asyncio.timeout(_KEEP_TIMEOUT):
                receipt, dead = await self._take(bytes(body))
        except (StoreError, TimeoutError) as error:
            logger.error("a callback was not kept: %s", error or "the store is slow")
            return Receipt(status=503, reason="store")
        if dead is not None:
            await self._tell(*dead)
        return receipt

    async def pending(self) -> list[PendingEvent]:
        """The events that are kept and not handled yet. Raises StoreError if the store fails."""
        return [record.as_pending() async for page in self._mailbox.pending() for record in _records(page)]

    async def dead_letters(self) -> list[DeadLetter]:
        """The events that were kept and will not be handled, for 30 days. Raises StoreError if the store fails."""
        return [record.as_dead_letter() async for page in self._mailbox.dead() for record in _records(page)]

    async def replay(self, event_id: str) -> bool:
        """Has a dead letter handled after all, with all its attempts before it; False if there is none of this id.

        Handlers that have handled it are not called again. Raises StoreError if the store fails.
        """
        async for page in self._mailbox.dead():
            for key, raw in page:
                if any(record.event_id == event_id for record in _records([(key, raw)])):
                    revived = await self._mailbox.revive(key)
                    self._workers.add(key)
                    return revived
        return False

    async def run(self) -> None:
        """Handles what this and other processes receive into the store, until it is cancelled."""
        async with self:
            await asyncio.Event().wait()

    @contextmanager
    def watch(self, project_id: str, phone_number: str) -> Generator[Watch]:
        """Watches for events about a number, received here or in another process, while the block runs."""
        watch = Watch(self._mailbox, project_id, phone_number, self.clock)
        watches = self._watches.setdefault(phone_number, set())
        watches.add(watch)
        try:
            yield watch
        finally:
            watches.discard(watch)
            if not watches:
                self._watches.pop(phone_number, None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    async def start(self) -> None:
        """Starts to handle events, those that a predecessor left first. `async with inbox` does it, and closes."""
        if not self._workers.is_running:
            self._workers.start()

    async def aclose(self) -> None:
        """Waits for the handlers that run, at most `close_timeout` seconds; what is left stays pending."""
        await self._workers.stop(self._close_timeout)

    async def _current_secrets(self) -> str | Iterable[str]:
        if not callable(self._secrets):
            return self._secrets
        async with asyncio.timeout(_SECRETS_TIMEOUT):
            secrets = await self._secrets()
        check_secrets(secrets)
        return secrets

    async def _take(self, body: bytes) -> tuple[Receipt, tuple[str, Record] | None]:
        """Keeps a signed callback: to be handled, or as a dead letter, which is returned as well."""
        now = self.clock.time()
        record = Record(received_at=now, body=body)
        envelope = Envelope.of(body)
        if reason := self._objection(body, envelope, now):
            return await self._bury(envelope, attrs.evolve(record, reason=reason))
        if await self._is_full() and not await self._mailbox.is_known(envelope.key):
            return Receipt(status=503, reason="full", event_id=envelope.event_id), None
        kept = await self._mailbox.together(lambda mailbox: _keep(mailbox, envelope, record))
        if kept is Kept.NEW:
            self._workers.backlog += 1
            for watch in self._watches.get(envelope.text("resourceId"), ()):
                watch.wake()
            self._workers.add(envelope.key, is_new=True)
        elif kept is Kept.PENDING:
            # The first time the store may have failed after it had written.
            self._workers.add(envelope.key)
        reason = "stored" if kept is Kept.NEW else "repeat"
        return Receipt(status=200, reason=reason, event_id=envelope.event_id), None

    async def _is_full(self) -> bool:
        """Whether the store has as many events as may wait. Counted only if it seems so: others may handle them."""
        if not self._counted or self._workers.backlog >= self._max_pending:
            await self._count()
        return self._workers.backlog >= self._max_pending

    async def _count(self) -> None:
        # One at a time: of a crowd of callbacks, each would read all that is pending.
        if self._is_counting:
            return
        self._is_counting = True
        try:
            self._workers.backlog = sum([len(page) async for page in self._mailbox.pending()])
            self._counted = True
        finally:
            self._is_counting = False

    def _objection(self, body: bytes, envelope: Envelope, now: float) -> str:
        """Why a signed callback is not handled; empty if it is."""
        if not envelope.is_readable:
            return "unreadable"
        if len(body) > MAX_SIZE:
            return "too large"
        if self._project_id is not None and envelope.text("projectId") != self._project_id:
            return "another project"
        if envelope.happened is not None and envelope.happened < (now - self._max_age) * 1e9:
            return "too old"
        event_type = envelope.text("eventType")
        if not self._workers.is_running or self._handlers.of(event_type):
            return ""
        return "no handler" if EventType(event_type).is_known else "unknown type"

    async def _bury(self, envelope: Envelope, record: Record) -> tuple[Receipt, tuple[str, Record] | None]:
        is_new = await self._mailbox.bury(envelope.key, record)
        reason = record.reason if is_new else "repeat"
        receipt = Receipt(status=200, reason=reason, event_id=envelope.event_id)
        return receipt, (envelope.event_id, record) if is_new else None

    async def _tell(self, event_id: str, record: Record) -> None:
        """Logs a dead letter, and passes it to the hook."""
        logger.warning("the event %s will not be handled: %s", event_id, record.reason)
        if self._on_dead_letter is None:
            return
        try:
            waiting = self._on_dead_letter(record.as_dead_letter())
            if inspect.isawaitable(waiting):
                async with asyncio.timeout(_HOOK_TIMEOUT):
                    await waiting
        except Exception:
            logger.exception("on_dead_letter raised")


class _InboxClock:
    """The inbox's clock, which may be set after its store was made."""

    def __init__(self, inbox: WebhookInbox) -> None:
        self._inbox = inbox

    def time(self) -> float:
        return self._inbox.clock.time()

    def monotonic(self) -> float:
        return self._inbox.clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._inbox.clock.sleep(seconds)


async def _keep(mailbox: Mailbox, envelope: Envelope, record: Record) -> Kept:
    """Keeps an event, and notes what is newest about its number."""
    kept = await mailbox.keep(envelope.key, record)
    if kept is Kept.NEW:
        try:
            await mailbox.note(envelope, record.received_at)
        except StoreError as error:
            # The event is kept, and that is what the response is about.
            logger.warning("the inbox did not note the order of %s: %s", envelope.event_id, error)
    return kept


def _records(found: Iterable[tuple[str, bytes]]) -> list[Record]:
    return [record for key, raw in found if (record := Record.read(key, raw)) is not None]
