"""Runs the sandbox as a server, for clients in any process and any language."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from urllib.parse import unquote

from .._redaction import plain
from . import demo
from .box import Sandbox
from .calls import ReceivedRequest
from .clock import MAX_SPEED, VirtualClock
from .options import SandboxOptions


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= MAX_SPEED:
        raise argparse.ArgumentTypeError(f"must be above 0, and {MAX_SPEED:,.0f} at most, not {text}")
    return speed


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sinch_numbers.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8013, help="the port; 0 picks a free one (default: %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="seed of everything random: numbers, tokens, search order (default: 0)",
    )
    parser.add_argument("--key-id", help="accept only this key (default: any)")
    parser.add_argument("--key-secret", help="accept only this secret (default: any)")
    pace = parser.add_mutually_exclusive_group()
    pace.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="N",
        help="let the clock run N times as fast as real time (default: 1)",
    )
    pace.add_argument(
        "--frozen",
        action="store_const",
        dest="speed",
        const=0.0,
        help="let the clock start at a fixed day, and move only when advanced",
    )
    parser.add_argument(
        "--callback-host",
        action="append",
        default=[],
        metavar="HOST",
        help="also send callbacks to this host (default: to this machine only); may be given several times",
    )
    parser.add_argument(
        "--control-host",
        action="append",
        default=[],
        metavar="HOST",
        help="also respond to control requests to this host name (default: localhost and IP addresses); may be given"
        " several times",
    )
    parser.add_argument("--quiet", action="store_true", help="do not print a line for each request on stderr")
    parser.add_argument(
        "--demo",
        action="store_true",
        help="do not serve: rent, fail, recover and add up the charges, then end",
    )
    return parser.parse_args(arguments)


def line(request: ReceivedRequest) -> str:
    """A request in one line: its method, path, status and fault. Neither headers nor bodies nor queries, so no secret."""
    status = "-" if request.status is None else str(request.status)
    words = [request.method, plain(unquote(request.path)), status, request.fault or ""]
    return " ".join(words).rstrip()


def show(request: ReceivedRequest) -> None:
    """Prints a line for the request."""
    # A reader of the lines who leaves does not end the sandbox.
    with contextlib.suppress(OSError):
        print(line(request), file=sys.stderr, flush=True)


async def run(settings: argparse.Namespace) -> None:
    """Prints the URL, then serves until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # The event loops of Windows have no signal handlers: there, Ctrl-C cancels this task.
    with contextlib.suppress(NotImplementedError):
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
    # A clock that runs shows the real date, so that other programs accept the times in callbacks.
    clock = VirtualClock(start=None) if settings.speed else VirtualClock()
    options = SandboxOptions(
        key_id=settings.key_id,
        key_secret=settings.key_secret,
        callback_hosts=settings.callback_host,
        control_hosts=settings.control_host,
    )
    sandbox = Sandbox(options, seed=settings.seed, clock=clock)
    if not settings.quiet:
        sandbox.on_request = show
    async with sandbox.serve(host=settings.host, port=settings.port, speed=settings.speed) as url:
        print(url, flush=True)
        await stop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit status."""
    settings = _parse(arguments)
    try:
        asyncio.run(demo.tour() if settings.demo else run(settings))
    except KeyboardInterrupt:
        return 130 if settings.demo else 0
    except OSError as error:
        print(f"cannot serve: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
