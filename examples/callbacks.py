"""A FastAPI application that receives callbacks, and a tour of it.

    python examples/callbacks.py        against the embedded sandbox: needs no account and no network

For the Sinch API, set the `callback_url` of your numbers to https://your.host/numbers/, and serve it with the secret of the
callback configuration:

    SINCH_CALLBACK_SECRET=... uvicorn --factory examples.callbacks:create_app

Callbacks are kept in callbacks.db, so that a crash loses none, and several workers can share them.
"""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from sinch_numbers import EventType, NumberEvent, NumbersClient, SQLiteStore, voice
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.webhooks import Delivery, WebhookInbox, explain


def create_app(inbox: WebhookInbox | None = None) -> FastAPI:
    """The application. `GET /links` shows what became of the numbers."""
    if inbox is None:
        inbox = WebhookInbox(os.environ["SINCH_CALLBACK_SECRET"], store=SQLiteStore("callbacks.db"))
    links: dict[str, str] = {}

    # It may be called twice for an event if the process dies: writing the same value again does no harm. For an effect that
    # must happen once, `delivery.event_id` is the idempotency key.
    @inbox.on(EventType.PROVISIONING_TO_VOICE_PLATFORM, EventType.DEPROVISIONING_FROM_VOICE_PLATFORM)
    async def voice_changed(event: NumberEvent, delivery: Delivery) -> None:
        if delivery.stale or event.resource_id is None:
            return  # something newer about this number has come already
        failure = explain(event.failure_code)
        links[event.resource_id] = "linked" if failure is None else failure.advice
        print(f"   {event.resource_id}  {links[event.resource_id]}")

    async def show() -> dict[str, str]:
        return links

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with inbox:  # runs the handlers: a mounted application gets no lifespan events
            yield

    app = FastAPI(lifespan=lifespan)
    app.mount("/numbers", inbox.asgi)
    app.add_api_route("/links", show)
    return app


# --- The tour ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def served(app: FastAPI) -> AsyncGenerator[str]:
    """The application's URL on this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def rent(client: NumbersClient, callback_url: str) -> str:
    number = await client.available_numbers.rent_first(
        region_code="US",
        number_type="LOCAL",
        voice_configuration=voice.rtc("app-hotline"),
        callback_url=callback_url,
    )
    return number.phone_number


async def tour(file: Path) -> None:
    sandbox = Sandbox()
    async with SQLiteStore(file) as store:
        inbox = WebhookInbox(sandbox.hmac_secret(), store=store, clock=sandbox.clock)
        async with (
            served(create_app(inbox)) as url,
            sandbox.serve() as api,
            NumbersClient(
                project_id="sandbox-project",
                key_id="any-key",
                key_secret="any-secret",  # noqa: S106 - the sandbox takes any
                base_url=api,
                auth_url=api,
                clock=sandbox.clock,  # so that waiting takes no real time
            ) as client,
        ):
            callback_url = f"{url}/numbers/"
            print("Two numbers are linked to a voice app; each callback comes three times")
            sandbox.callbacks.misbehave(repeat=3)
            for _ in range(2):
                number = await rent(client, callback_url)
                await client.active_numbers.wait_until_provisioned(number, inbox=inbox)
            await settled(sandbox, inbox)
            print(f"   {len(sandbox.callbacks)} callbacks came, and each event was handled once")

            print("The platform refuses to link the third one")
            sandbox.callbacks.behave()
            sandbox.fail_provisioning(what="voice")
            await rent(client, callback_url)
            sandbox.clock.advance(60)
            await settled(sandbox, inbox)

            print("A callback that is not signed with the project's secret")
            sandbox.callbacks.misbehave(wrong_signature=True)
            await rent(client, callback_url)
            sandbox.clock.advance(60)
            await sandbox.callbacks.delivered()
            print(f"   refused with {sandbox.callbacks[-1].status}, and not handled")


async def settled(sandbox: Sandbox, inbox: WebhookInbox) -> None:
    """Waits until all callbacks are sent and handled."""
    await sandbox.callbacks.delivered()
    while await inbox.pending():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(tour(Path(folder, "callbacks.db")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
