"""`inbox.asgi`, driven as a server drives it."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sinch_numbers import ConfigurationError, NumberEvent
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.webhooks import Delivery, WebhookInbox, sign

from .callbacks import SECRET, body_of, handled, signed
from .durable import Durable

LIMIT = 65_536
MUCH = 1_048_576


class Exchange:
    """One request to the application: what the sender sends, and what was responded."""

    def __init__(
        self, *messages: dict[str, Any], method: str = "POST", headers: dict[str, str] | None = None
    ):
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": "/anything",
            "http_version": "1.1",
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        self._messages = list(messages)
        self.unread = self._messages
        self.waits = asyncio.Event()
        self.sent: list[Any] = []

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            self.waits.set()
            await asyncio.Event().wait()
        return self._messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def outcome(self) -> tuple[int, str]:
        start, body = self.sent
        assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
        return start["status"], body["body"].decode()

    @property
    def is_closed(self) -> bool:
        """Whether the server is asked to close the connection."""
        return dict(self.sent[0]["headers"]).get(b"connection") == b"close"


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def ask(inbox: WebhookInbox, *messages: dict[str, Any], **options: Any) -> Exchange:
    exchange = Exchange(*messages, **options)
    await inbox.asgi(exchange.scope, exchange.receive, exchange.send)
    return exchange


@pytest.fixture
async def running(inbox: WebhookInbox) -> AsyncIterator[WebhookInbox]:
    @inbox.on()
    async def handler(event: NumberEvent, delivery: Delivery) -> None: ...

    async with inbox:
        yield inbox


async def test_a_body_in_parts_is_received_whole(running: WebhookInbox) -> None:
    body = body_of()
    exchange = await ask(
        running, part(body[:7], more=True), part(b"", more=True), part(body[7:]), headers=signed(body)
    )
    assert exchange.outcome == (200, "stored")


async def test_two_signature_lines_are_refused(running: WebhookInbox) -> None:
    body = body_of()
    exchange = Exchange(part(body), headers=signed(body))
    exchange.scope["headers"] = [*exchange.scope["headers"], (b"X-Sinch-Signature", b"0" * 40)]
    await running.asgi(exchange.scope, exchange.receive, exchange.send)
    assert exchange.outcome == (401, "several")


async def test_another_method_is_refused(running: WebhookInbox) -> None:
    exchange = await ask(running, part(b""), method="GET")
    assert exchange.outcome == (405, "POST only")
    assert dict(exchange.sent[0]["headers"])[b"allow"] == b"POST"


async def test_an_announced_body_that_is_too_large_is_refused_unread(running: WebhookInbox) -> None:
    exchange = await ask(running, part(b"x" * LIMIT), headers={"content-length": str(LIMIT + 1)})
    assert exchange.outcome == (413, "too large")
    assert len(exchange.unread) == 1


@pytest.mark.parametrize("length", [str(LIMIT), "-1", "many", "", "9" * 30, "²"])
async def test_a_strange_length_leaves_the_body_to_be_judged(running: WebhookInbox, length: str) -> None:
    body = body_of()
    exchange = await ask(running, part(body), headers={**signed(body), "content-length": length})
    assert exchange.outcome == (200, "stored")


async def test_an_endless_body_is_read_no_further_than_the_limit(running: WebhookInbox) -> None:
    exchange = await ask(running, *(part(b"x" * 1024, more=True) for _ in range(100)))
    assert exchange.outcome == (413, "too large")
    assert len(exchange.unread) == 100 - LIMIT // 1024 - 1


async def test_a_body_of_exactly_the_limit_is_received(running: WebhookInbox) -> None:
    body = body_of()
    body += b" " * (LIMIT - len(body))
    assert (await ask(running, part(body), headers=signed(body))).outcome == (200, "stored")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
async def test_an_encoded_body_is_refused_unread(running: WebhookInbox, encoding: str) -> None:
    exchange = await ask(running, part(b"x"), headers={"content-encoding": encoding})
    assert exchange.outcome == (415, "encoded")
    assert len(exchange.unread) == 1


@pytest.mark.parametrize(
    ("headers", "version", "closed"),
    [
        ({"content-length": str(MUCH + 1)}, "1.1", True),
        ({"content-length": str(MUCH)}, "1.1", False),
        ({"content-length": str(MUCH + 1), "content-encoding": "gzip"}, "1.0", True),
        ({"content-length": "10", "content-encoding": "gzip"}, "1.1", False),
        ({"content-encoding": "gzip"}, "1.1", True),
        ({}, "1.1", True),
        ({}, "2", False),
    ],
)
async def test_what_is_left_of_a_body_is_read_only_if_it_is_little(
    running: WebhookInbox, headers: dict[str, str], version: str, closed: bool
) -> None:
    exchange = Exchange(part(b"x" * (LIMIT + 1), more=True), headers=headers)
    exchange.scope["http_version"] = version
    await running.asgi(exchange.scope, exchange.receive, exchange.send)
    assert exchange.outcome[0] in {413, 415}
    assert exchange.is_closed is closed


@pytest.mark.parametrize("signature", ["", "0" * 40])
async def test_a_callback_that_was_read_leaves_the_connection_open(
    running: WebhookInbox, signature: str
) -> None:
    exchange = await ask(running, part(body_of()), headers={"x-sinch-signature": signature})
    assert exchange.outcome[0] == 401
    assert not exchange.is_closed


async def test_a_sender_that_leaves_is_no_error_and_leaves_nothing(running: WebhookInbox) -> None:
    body = body_of()
    exchange = await ask(running, part(body, more=True), {"type": "http.disconnect"}, headers=signed(body))
    assert exchange.sent == []
    assert await running.pending() == []


async def test_a_body_has_ten_seconds(running: WebhookInbox, monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    real_time, ahead = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: real_time() + ahead)
    body = body_of()
    exchange = Exchange(part(body[:1], more=True), headers=signed(body))
    serving = asyncio.ensure_future(running.asgi(exchange.scope, exchange.receive, exchange.send))
    await exchange.waits.wait()
    ahead = 9.0
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not serving.done()
    ahead = 10.0
    await serving
    assert exchange.outcome == (408, "timeout")
    assert exchange.is_closed


# --- the life of an inbox that is mounted ---


async def test_mounted_without_a_lifespan_it_starts_with_the_first_callback_and_warns_once(
    inbox: WebhookInbox, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    @inbox.on()
    async def handler(event: NumberEvent, delivery: Delivery) -> None:
        seen.append(delivery.event_id)

    for event_id in ("id-1", "id-2"):
        body = body_of(event_id)
        assert (await ask(inbox, part(body), headers=signed(body))).outcome == (200, "stored")
    await handled(inbox)
    assert seen == ["id-1", "id-2"]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "async with inbox" in warnings[0].getMessage()
    await inbox.aclose()


async def test_a_process_without_handlers_only_receives(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = WebhookInbox(SECRET, store=Durable(clock), clock=clock)
    body = body_of()
    assert (await ask(inbox, part(body), headers=signed(body))).outcome == (200, "stored")
    assert len(await inbox.pending()) == 1
    assert not inbox.is_running
    assert caplog.records == []


async def test_in_memory_and_without_handlers_nothing_is_acknowledged(inbox: WebhookInbox) -> None:
    body = body_of()
    with pytest.raises(ConfigurationError, match="nothing handles them"):
        await ask(inbox, part(body), headers=signed(body))


async def test_served_alone_the_lifespan_of_the_server_is_the_one_of_the_inbox(inbox: WebhookInbox) -> None:
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    responses: asyncio.Queue[Any] = asyncio.Queue()
    serving = asyncio.ensure_future(inbox.asgi({"type": "lifespan"}, messages.get, responses.put))
    messages.put_nowait({"type": "lifespan.startup"})
    assert await responses.get() == {"type": "lifespan.startup.complete"}
    assert inbox.is_running
    messages.put_nowait({"type": "lifespan.shutdown"})
    assert await responses.get() == {"type": "lifespan.shutdown.complete"}
    assert not inbox.is_running
    await serving


async def test_a_websocket_is_closed(running: WebhookInbox) -> None:
    exchange = Exchange({"type": "websocket.connect"})
    await running.asgi({"type": "websocket"}, exchange.receive, exchange.send)
    assert exchange.sent == [{"type": "websocket.close"}]


async def test_a_handler_does_not_see_the_context_of_the_request(inbox: WebhookInbox) -> None:
    """The tasks of an inbox outlive the request that started them, with its trace ids and its database session."""
    request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")
    seen: list[str] = []

    @inbox.on()
    async def handler(event: NumberEvent, delivery: Delivery) -> None:
        seen.append(request_id.get())

    request_id.set("request-1")
    body = body_of()
    await ask(inbox, part(body), headers={"X-Sinch-Signature": sign(body, SECRET)})
    await handled(inbox)
    assert seen == ["none"]
    await inbox.aclose()


async def test_what_a_server_may_leave_out_has_its_default(running: WebhookInbox) -> None:
    """The ASGI specification makes the HTTP version, a part's body and `more_body` optional."""
    body = body_of()
    exchange = Exchange(
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": body},
        headers=signed(body),
    )
    del exchange.scope["http_version"]
    await running.asgi(exchange.scope, exchange.receive, exchange.send)
    assert exchange.outcome[0] == 200
    start, content = exchange.sent
    assert (start["type"], content["type"]) == ("http.response.start", "http.response.body")
    assert dict(start["headers"])[b"content-type"] == b"text/plain; charset=utf-8"


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
async def test_a_body_that_is_not_encoded_may_say_so(running: WebhookInbox, encoding: str) -> None:
    body = body_of()
    exchange = await ask(running, part(body), headers={**signed(body), "Content-Encoding": encoding})
    assert exchange.outcome[0] == 200
