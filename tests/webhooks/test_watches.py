"""Waiting for a number asks the API as soon as an event comes, here or in another process."""

from __future__ import annotations

import asyncio

import pytest

from sinch_numbers import MemoryStore, NumbersClient, SystemClock, voice
from sinch_numbers.sandbox import Sandbox, VirtualClock
from sinch_numbers.webhooks import WebhookInbox

from .callbacks import PROJECT, SECRET, body_of, signed
from .durable import Durable

NUMBER = "+12025550134"


class Counting(SystemClock):
    """A clock whose long waits never end by themselves, so that only an event can end them."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if seconds > 0.5:
            await asyncio.Event().wait()


def looks(sandbox: Sandbox) -> int:
    return sum(request.operation == "GetActiveNumber" for request in sandbox.requests)


async def waiting(sandbox: Sandbox, inbox: WebhookInbox, client: NumbersClient) -> asyncio.Task[object]:
    """A task that waits for the number, and has looked once."""
    await client.available_numbers.rent(NUMBER, voice_configuration=voice.rtc("app"))
    task = asyncio.ensure_future(
        client.active_numbers.wait_until_provisioned(NUMBER, timeout=600, interval=60, inbox=inbox)
    )
    while looks(sandbox) == 0:
        await asyncio.sleep(0)
    return task


async def tell(inbox: WebhookInbox, number: str = NUMBER) -> None:
    body = body_of(f"id-{number[1:]}", resourceId=number, projectId="sandbox-project", timestamp=None)
    assert (await inbox.receive(body, signed(body))).status == 200


async def test_an_event_about_the_number_ends_the_pause_and_the_api_decides(sandbox: Sandbox) -> None:
    async with WebhookInbox(SECRET) as inbox, sandbox.client(clock=Counting()) as client:
        inbox.on()(noted)
        task = await waiting(sandbox, inbox, client)
        await tell(inbox, "+12025550135")  # about another number
        for _ in range(20):
            await asyncio.sleep(0)
        assert looks(sandbox) == 1
        await tell(inbox)
        while looks(sandbox) == 1:
            await asyncio.sleep(0)
        assert not task.done()  # the event said that it was done; the API does not show it yet
        sandbox.clock.advance(10)
        body = body_of("later", resourceId=NUMBER, projectId="sandbox-project", timestamp=None)
        await inbox.receive(body, signed(body))
        await task


async def noted(event: object, delivery: object) -> None: ...


async def test_an_event_that_another_process_received_is_found_in_the_store(sandbox: Sandbox) -> None:
    store = MemoryStore()

    class Ticking(SystemClock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0)

    here, there = (WebhookInbox(SECRET, store=store, clock=Ticking()) for _ in range(2))
    there.on()(noted)
    async with there, sandbox.client(clock=Ticking()) as client:
        task = await waiting(sandbox, here, client)
        sandbox.clock.advance(10)
        await tell(there)
        await task


@pytest.mark.parametrize("moment", ["while the API is asked", "before it is asked"])
async def test_an_event_that_comes_while_nobody_waits_is_not_missed(sandbox: Sandbox, moment: str) -> None:
    async with WebhookInbox(SECRET, clock=sandbox.clock) as inbox:
        inbox.on()(noted)
        with inbox.watch("sandbox-project", NUMBER) as watch:
            if moment == "before it is asked":
                await tell(inbox)
            await watch.begin()
            if moment == "while the API is asked":
                await tell(inbox)
            before = sandbox.clock.monotonic()
            await watch.wait(60)
            waited = sandbox.clock.monotonic() - before
    # What came before is in the response; what came meanwhile may not be.
    assert waited == (60 if moment == "before it is asked" else 0)


async def test_a_store_that_fails_costs_no_more_than_the_usual_pause(sandbox: Sandbox) -> None:
    class Failing(MemoryStore):
        async def get(self, key: str) -> bytes | None:
            raise OSError("no store")

    inbox = WebhookInbox(SECRET, store=Failing(), clock=sandbox.clock)
    async with sandbox.client() as client:
        await client.available_numbers.rent(NUMBER, voice_configuration=voice.rtc("app"))
        number = await client.active_numbers.wait_until_provisioned(NUMBER, inbox=inbox)
    assert voice.current(number) is not None


async def test_a_lost_callback_costs_no_more_than_the_next_look(sandbox: Sandbox) -> None:
    inbox = WebhookInbox(SECRET, clock=sandbox.clock)
    async with sandbox.client() as client:
        await client.available_numbers.rent(NUMBER, voice_configuration=voice.rtc("app"))
        await client.active_numbers.wait_until_provisioned(NUMBER, interval=4, inbox=inbox)
    assert sandbox.clock.monotonic() <= 16


async def test_an_event_that_this_process_receives_wakes_without_a_look_into_the_store(
    clock: VirtualClock,
) -> None:
    store = Durable(clock)
    inbox = WebhookInbox(SECRET, store=store, clock=clock)
    begun = clock.monotonic()
    with inbox.watch(PROJECT, NUMBER) as watch, inbox.watch(PROJECT, NUMBER) as another:
        await watch.begin()
        await another.begin()
        assert (await inbox.receive(body_of(), signed(body_of()))).reason == "stored"
        store.fail = "before"
        await watch.wait(60)
        await another.wait(60)
        assert clock.monotonic() == begun
        store.fail = ""
        await watch.begin()
        store.fail = "before"
        await watch.wait(60)
        assert clock.monotonic() == begun + 60


async def test_an_inbox_forgets_who_has_stopped_watching(inbox: WebhookInbox) -> None:
    with inbox.watch(PROJECT, NUMBER) as first:
        with inbox.watch(PROJECT, NUMBER):
            pass
        assert inbox._watches == {NUMBER: {first}}
    assert inbox._watches == {}
