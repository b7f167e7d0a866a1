"""A receiver of callbacks in a process of its own, which tests kill, stop and start again.

`python -m tests.webhooks.receiver FILE` handles what is in the store FILE. With `--fd`, it serves on that socket as well.
It prints a line for each thing that happens: `begin ID ATTEMPT`, `end ID ATTEMPT`, `dead ID REASON`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import attrs
import uvicorn

from sinch_numbers import NumberEvent, SQLiteStore
from sinch_numbers.webhooks import DeadLetter, Delivery, WebhookInbox

from .callbacks import SECRET


def say(*words: object) -> None:
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def handle(options: argparse.Namespace) -> None:
    inbox = WebhookInbox(
        SECRET,
        store=SQLiteStore(options.file),
        lease=options.lease,
        max_attempts=options.max_attempts,
        on_dead_letter=tell,
    )

    @inbox.on(name="take")
    async def take(event: NumberEvent, delivery: Delivery) -> None:
        say("begin", delivery.event_id, delivery.attempt)
        if delivery.event_id == "poison":
            os._exit(13)
        await asyncio.sleep(options.takes)
        say("end", delivery.event_id, delivery.attempt)

    if options.fd is None:
        await inbox.run()
        return
    server = uvicorn.Server(uvicorn.Config(inbox.asgi, log_level="warning", access_log=False))
    await server.serve(sockets=[socket.socket(fileno=options.fd)])


def tell(letter: DeadLetter) -> None:
    say("dead", letter.event_id, letter.reason)


# --- the tests' side ---


@attrs.define
class Receiver:
    """Such a process, and what it has printed."""

    process: asyncio.subprocess.Process
    lines: list[tuple[str, ...]] = attrs.field(factory=list[tuple[str, ...]])
    _changed: asyncio.Event = attrs.field(factory=asyncio.Event)
    _reading: Any = None

    async def read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.lines.append(tuple(line.decode().strip().split(maxsplit=2)))
            self._changed.set()
        self._changed.set()

    def ids(self, word: str) -> Counter[str]:
        """How often this was printed of each event."""
        return Counter(line[1] for line in self.lines if line[0] == word)

    async def until(self, word: str, event_ids: set[str] | None = None) -> None:
        """Waits until this was printed of all these events; None: of any."""
        async with asyncio.timeout(120):
            while not (self.ids(word) if event_ids is None else event_ids <= set(self.ids(word))):
                self._changed.clear()
                await self._changed.wait()

    async def exit(self) -> int:
        """Waits for the end of the process; returns its status when all that it printed has been read."""
        status = await self.process.wait()
        await self._reading
        return status

    async def kill(self) -> None:
        self.process.kill()
        await self.exit()


@asynccontextmanager
async def started(file: Path, *options: str, fd: int | None = None) -> AsyncGenerator[Receiver]:
    """A receiver on the store `file`, which ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.webhooks.receiver", str(file), *options),
        *(() if fd is None else ("--fd", str(fd))),
        stdout=asyncio.subprocess.PIPE,
        pass_fds=() if fd is None else (fd,),
    )
    receiver = Receiver(process)
    receiver._reading = asyncio.ensure_future(receiver.read())
    try:
        yield receiver
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGCONT)
            await receiver.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--fd", type=int)
    parser.add_argument("--lease", type=float, default=30.0)
    parser.add_argument("--takes", type=float, default=0.0, help="seconds that the handler takes")
    parser.add_argument("--max-attempts", type=int, default=8)
    asyncio.run(handle(parser.parse_args()))


if __name__ == "__main__":
    main()
