"""`sinch-numbers callbacks`: the secret that signs callbacks, and a receiver that shows them."""

from __future__ import annotations

import asyncio
import json as json_text
import os
import secrets
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ..errors import NumbersError
from .exits import Exit, Stop
from .options import Json, Yes
from .output import Columns, Printer, note
from .purchases import ask, session
from .session import connected

if TYPE_CHECKING:
    from ..models import CallbackConfiguration, NumberEvent
    from ..webhooks.inbox import WebhookInbox
    from ..webhooks.records import Delivery, Receipt
    from ..webhooks.signature import Headers

SECRET = "SINCH_NUMBERS_HMAC_SECRET"  # noqa: S105 - the name of a variable

callbacks: App = App(
    name="callbacks", help="The secret that signs callbacks, and a receiver that shows them."
)

EVENTS: Columns[NumberEvent] = {
    "TIME": lambda event: "" if event.timestamp is None else f"{event.timestamp:%Y-%m-%dT%H:%M:%SZ}",
    "NUMBER": lambda event: event.resource_id or "",
    "EVENT": lambda event: event.event_type or "",
    "STATUS": lambda event: event.status or "",
    "FAILURE": lambda event: event.failure_code or "",
    "ID": lambda event: event.event_id or "",
}


@callbacks.command
async def get(*, json: Json = False) -> int:
    """Show whether the project has a secret that signs callbacks. The secret itself is never shown."""
    async with connected() as client:
        found = await client.callback_configuration.get()
    _show(found, json)
    return Exit.DONE


def _show(found: CallbackConfiguration, as_json: bool) -> None:
    has_secret = bool(found.hmac_secret)
    if as_json:
        print(json_text.dumps({"hasSecret": has_secret, "projectId": found.project_id}))
    else:
        print(f"{found.project_id}\t{'has a secret' if has_secret else 'has no secret'}")


@callbacks.command
def rotate(
    *, to_file: Path | None = None, from_file: Path | None = None, yes: Yes = False, json: Json = False
) -> int:
    """Set a new secret that signs callbacks: asks first, since receivers need to know it.

    The secret goes through a file, never through the command line or the output.

    Args:
        to_file: Make a secret, and write it to this new file, which only you can read.
        from_file: Take the secret from this file; - is stdin.
    """
    if (to_file is None) == (from_file is None):
        raise Stop("give --to-file FILE or --from-file FILE", Exit.USAGE)
    given = None if from_file is None else _read(from_file)
    with session() as opened:
        if not yes:
            ask("Set a new secret? Receivers that do not know it will refuse all callbacks.")
        secret = given or secrets.token_hex(16)
        if to_file is not None:
            _write(to_file, secret)
        try:
            found = opened.run(opened.client.callback_configuration.update(hmac_secret=secret))
        except NumbersError:
            if to_file is not None:
                note(f"the secret in {to_file} is perhaps not in force: try again with --from-file {to_file}")
            raise
    _show(found, json)
    return Exit.DONE


def _read(file: Path) -> str:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Stop(f"{file} cannot be read: {type(error).__name__}", Exit.USAGE) from None
    if not text.strip():
        raise Stop(f"{file} has no secret", Exit.USAGE)
    return text.strip()


def _write(file: Path, secret: str) -> None:
    try:
        with open(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as opened:
            opened.write(secret + "\n")
    except OSError as error:
        raise Stop(f"{file} cannot be written: {error.strerror}", Exit.USAGE) from None


class _Watched:
    """An inbox that tells of the callbacks that it refuses."""

    def __init__(self, inbox: WebhookInbox) -> None:
        self._inbox = inbox
        self.is_running = True
        self.has_handlers = True

    async def receive(self, body: bytes, headers: Headers) -> Receipt:
        receipt = await self._inbox.receive(body, headers)
        if receipt.status != 200:
            note(f"refused with {receipt.status}: {receipt.reason}")
        return receipt

    async def start(self) -> None: ...

    async def aclose(self) -> None: ...


@callbacks.command
async def listen(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(help="0 picks a free one.")] = 8014,
    count: int | None = None,
    json: Json = False,
) -> int:
    """Receive callbacks, and print those whose signature is right, until Ctrl-C.

    The secret is that of the project, or that in SINCH_NUMBERS_HMAC_SECRET: then the API is not asked. The URL has to
    be reachable from the internet, for example through a tunnel; give that one to `update --callback-url`.

    Args:
        count: End after so many events.
    """
    try:
        from ..sandbox.options import SandboxOptions
        from ..sandbox.serve import serving
    except ModuleNotFoundError:
        raise Stop("listen needs uvicorn: pip install 'sinch-numbers[cli,sandbox]'", Exit.USAGE) from None
    from ..webhooks.asgi import InboxApp
    from ..webhooks.inbox import WebhookInbox

    printer = Printer(EVENTS, "json" if json else "lines")
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    inbox = WebhookInbox(await _secret())
    seen = 0

    @inbox.on()
    async def show(event: NumberEvent, delivery: Delivery) -> None:
        nonlocal seen
        if ended.done():
            return
        try:
            printer.add(event)
            sys.stdout.flush()
        except BrokenPipeError as error:
            ended.set_exception(error)
            return
        seen += 1
        if seen == count:
            ended.set_result(None)

    app: Any = InboxApp(_Watched(inbox))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(inbox)
        try:
            url = await stack.enter_async_context(serving(app, SandboxOptions(), host=host, port=port))
        except OSError as error:
            raise Stop(f"cannot listen on {host} port {port}: {error.strerror}", Exit.FAILED) from None
        note(f"listening on {url}/")
        try:
            await ended
        except asyncio.CancelledError:
            note(f"{seen} events")
    return Exit.DONE


async def _secret() -> str:
    if given := os.environ.get(SECRET):
        return given
    async with connected() as client:
        secret = (await client.callback_configuration.get()).hmac_secret
    if not secret:
        raise Stop("the project has no secret: set one with `sinch-numbers callbacks rotate`", Exit.FAILED)
    return secret
