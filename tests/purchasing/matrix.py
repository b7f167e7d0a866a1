"""Every way in which an exchange fails x every operation that changes something, over real loopback HTTP, on each transport.

`python -m tests.purchasing.matrix` prints the table of docs/money-safety.md; test_matrix.py holds each cell to the rules.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs

from sinch_numbers import (
    ActiveNumber,
    HttpRequest,
    HttpResponse,
    HttpxTransport,
    NumbersClient,
    NumbersError,
    OrphanedPurchase,
    RetryPolicy,
    Timeout,
    Transport,
)
from sinch_numbers.bulk import Unknown, outcome_of
from sinch_numbers.sandbox import Sandbox

from ..support import turns

PROJECT = "sandbox-project"
NAME = "renamed"


@attrs.define
class World:
    """One cell's surroundings: a fresh sandbox behind a real server, and a client whose requests can be sent elsewhere."""

    sandbox: Sandbox
    client: NumbersClient
    detour: Detour
    operation: str
    phone_number: str
    orphans: list[OrphanedPurchase]


class Detour:
    """A transport that sends the next changing requests to another address: a closed port, or a server that resets."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.target = ""
        self.times = 0

    async def send(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET" and "oauth2" not in request.url and self.times > 0:
            self.times -= 1
            path = request.url.split("/v1/", 1)[1]
            request = attrs.evolve(request, url=f"{self.target}/v1/{path}")
        return await self._inner.send(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


# --- The operations: what is called, under which name the sandbox knows it, and whether it took effect. ---------------


async def rent(world: World) -> ActiveNumber:
    return await world.client.available_numbers.rent(world.phone_number)


async def rent_first(world: World) -> ActiveNumber:
    return await world.client.available_numbers.rent_first(region_code="US", number_type="LOCAL")


async def rent_any(world: World) -> ActiveNumber:
    return await world.client.available_numbers.rent_any(region_code="US", number_type="LOCAL")


async def release(world: World) -> ActiveNumber:
    return await world.client.active_numbers.release(world.phone_number)


async def update(world: World) -> ActiveNumber:
    return await world.client.active_numbers.update(world.phone_number, display_name=NAME)


@attrs.frozen
class Operation:
    call: Callable[[World], Awaitable[ActiveNumber]]
    wire_name: str
    success: str
    on_active: bool = False


OPERATIONS = {
    "rent": Operation(rent, "RentNumber", "rented"),
    "rent_first": Operation(rent_first, "RentNumber", "rented"),
    "rent_any": Operation(rent_any, "RentAnyNumber", "rented"),
    "release": Operation(release, "ReleaseNumber", "released", on_active=True),
    "update": Operation(update, "UpdateActiveNumber", "updated", on_active=True),
}


# --- The faults. ------------------------------------------------------------------------------------------------------

Trouble = Callable[[World, str, int | None], Awaitable[None]]


def scripted(kind: str, **settings: Any) -> Trouble:
    async def prepare(world: World, operation: str, times: int | None) -> None:
        world.sandbox.faults.add(kind, operation=operation, times=times, **settings)

    return prepare


def elsewhere(target: str) -> Trouble:
    async def prepare(world: World, _operation: str, times: int | None) -> None:
        world.detour.target = target
        world.detour.times = 1_000 if times is None else times

    return prepare


async def revoked(world: World, _operation: str, times: int | None) -> None:
    await world.client.available_regions.list()  # a token is in the cache now
    world.sandbox.revoke_tokens(form=3)


FAULTS: dict[str, Trouble] = {
    "refused": elsewhere("closed"),
    "reset before the request is read": elsewhere("resets"),
    "dropped before commit": scripted("drop_before_commit"),
    "dropped after commit": scripted("drop_after_commit"),
    "read timeout, never committed": scripted("hang_before_commit"),
    "read timeout, committed": scripted("hang_after_commit"),
    "read timeout, committed 5 s later": scripted("commit_late", seconds=5.0),
    "truncated answer": scripted("truncated"),
    **{
        f"{status} {'after' if after else 'before'} commit": scripted(
            "status_after_commit" if after else "status", status=status
        )
        for status in (500, 502, 503, 504)
        for after in (False, True)
    },
    "429": scripted("status", status=429),
    "429, Retry-After: 3": scripted("status", status=429, headers={"Retry-After": "3"}),
    "401, token expired": revoked,
    "HTML 200, committed": scripted("html", commit=True),
    "HTML 200, not committed": scripted("html", commit=False),
    "repeated by a gateway": scripted("repeat"),
    **{
        f"repeated by a gateway, the copy gets a {status}": scripted("status_after_commit", status=status)
        for status in (404, 409, 429)
    },
}

# --- What happens to the caller meanwhile. ----------------------------------------------------------------------------


async def cancelled(world: World, operation: Operation, *, after_commit: bool) -> ActiveNumber:
    fault = world.sandbox.faults.hold(operation.wire_name, times=1, after_commit=after_commit)
    call = asyncio.ensure_future(operation.call(world))
    await fault.reached()
    call.cancel()
    await asyncio.wait([call])
    fault.release()
    await world.client.aclose()
    await turns(20)  # the server commits what nobody waits for
    return await call


async def closed(world: World, operation: Operation, *, released: bool) -> ActiveNumber:
    fault = world.sandbox.faults.hold(operation.wire_name, times=1, after_commit=True)
    call = asyncio.ensure_future(operation.call(world))
    await fault.reached()
    closing = asyncio.ensure_future(world.client.aclose())
    await asyncio.sleep(0)
    if released:
        fault.release()
    await closing
    fault.release()
    return await call


Circumstance = Callable[[World, Operation], Awaitable[ActiveNumber]]

CIRCUMSTANCES: dict[str, Circumstance] = {
    "cancelled before commit": lambda world, operation: cancelled(world, operation, after_commit=False),
    "cancelled after commit": lambda world, operation: cancelled(world, operation, after_commit=True),
    "client closed, the answer comes in time": lambda world, operation: closed(
        world, operation, released=True
    ),
    "client closed, the answer comes too late": lambda world, operation: closed(
        world, operation, released=False
    ),
}


# --- One cell. --------------------------------------------------------------------------------------------------------


@attrs.frozen
class Cell:
    """The outcome of one call. `told` is what the caller got; the rest is what the sandbox knows."""

    told: str
    error: str
    orphaned: bool
    effect: bool
    charges: int
    charged_twice: bool
    told_number_is_active: bool
    requests: int

    def __str__(self) -> str:
        told = self.told if not self.error else f"{self.told}: `{self.error}`"
        return f"{told}{' (orphan)' if self.orphaned else ''}, {self.charges}"


async def run_cell(world: World, operation: Operation, call: Circumstance | None) -> Cell:
    before = len(world.sandbox.charges)
    number: ActiveNumber | None = None
    error: NumbersError | None = None
    orphaned = False
    try:
        number = await (operation.call(world) if call is None else call(world, operation))
    except NumbersError as raised:
        error = raised
    except asyncio.CancelledError:
        orphaned = bool(world.orphans)
        if orphaned:
            number, error = world.orphans[0].number, world.orphans[0].error
    await world.client.aclose()
    await world.detour.aclose()
    charges = world.sandbox.charges[before:]
    charged = [charge.phone_number for charge in charges]
    return Cell(
        told=_told(operation, number, error),
        error="" if error is None else type(error).__name__,
        orphaned=orphaned,
        effect=_effect(world, operation, len(charges)),
        charges=len(charges),
        charged_twice=len(set(charged)) != len(charged),
        told_number_is_active=number is None or number.phone_number in _active(world),
        requests=sum(request.operation == operation.wire_name for request in world.sandbox.requests),
    )


def _told(operation: Operation, number: ActiveNumber | None, error: NumbersError | None) -> str:
    if number is not None:
        return operation.success
    if error is None:
        return "cancelled"
    return "unknown" if isinstance(outcome_of(error, None), Unknown) else "refused"


def _active(world: World) -> dict[str, dict[str, Any]]:
    return {number["phoneNumber"]: number for number in world.sandbox.active_numbers()}


def _effect(world: World, operation: Operation, charges: int) -> bool:
    if not operation.on_active:
        return charges > 0
    number = _active(world)[world.phone_number]
    return (
        bool(number["expireAt"]) if operation.wire_name == "ReleaseNumber" else number["displayName"] == NAME
    )


@asynccontextmanager
async def resetting_server() -> AsyncGenerator[str]:
    """A server that resets each connection before it reads a byte."""

    async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        await server.wait_closed()


def closed_port() -> str:
    """An address without a listener: a port that was ours a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    return f"http://{host}:{port}"


async def run_matrix(make: Callable[[], Transport] = HttpxTransport) -> dict[tuple[str, str, str], Cell]:
    """Every cell on a transport, by fault, operation and how often the fault strikes (`once` or `always`)."""
    cells: dict[tuple[str, str, str], Cell] = {}
    sandbox = Sandbox()
    closed_url = closed_port()
    async with sandbox.serve() as url, resetting_server() as resetting_url:
        targets = {"closed": closed_url, "resets": resetting_url}
        for name, operation in OPERATIONS.items():
            for fault, trouble in FAULTS.items():
                for often, times in (("once", 1), ("always", None)):
                    world = await new_world(sandbox, url, name, operation, make(), hangs="timeout" in fault)
                    await trouble(world, operation.wire_name, times)
                    world.detour.target = targets.get(world.detour.target, "")
                    cells[fault, name, often] = await run_cell(world, operation, None)
            for circumstance, call in CIRCUMSTANCES.items():
                waits = "too late" not in circumstance
                world = await new_world(sandbox, url, name, operation, make(), waits=waits)
                cells[circumstance, name, "once"] = await run_cell(world, operation, call)
    return cells


async def new_world(
    sandbox: Sandbox,
    url: str,
    name: str,
    operation: Operation,
    transport: Transport,
    *,
    hangs: bool = False,
    waits: bool = True,
) -> World:
    sandbox.reset()
    detour = Detour(transport)
    orphans: list[OrphanedPurchase] = []
    client = NumbersClient(
        project_id=PROJECT,
        key_id="key",
        key_secret="secret",
        base_url=url,
        auth_url=url,
        transport=detour,
        clock=sandbox.clock,
        # Short if the response never comes, and otherwise longer than any machine is busy.
        timeout=Timeout(read=0.25 if hangs else 30),
        retry=RetryPolicy(initial_delay=0.5),
        close_timeout=30 if waits else 0.1,
        on_orphaned_purchase=orphans.append,
    )
    offers = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    phone_number = offers[0].phone_number
    if operation.on_active:
        await client.available_numbers.rent(phone_number)
    return World(sandbox, client, detour, name, phone_number, orphans)


# --- The table. -------------------------------------------------------------------------------------------------------


def table(cells: dict[tuple[str, str, str], Cell], often: str) -> str:
    """The cells as a table in Markdown: what the caller got, and how many charges there are."""
    faults = list(dict.fromkeys(fault for fault, _, repeated in cells if repeated == often))
    lines = [
        f"| fault | {' | '.join(f'`{name}`' for name in OPERATIONS)} |",
        "|---" * (len(OPERATIONS) + 1) + "|",
    ]
    for fault in faults:
        row = [str(cells[fault, name, often]) for name in OPERATIONS]
        lines.append(f"| {fault} | {' | '.join(row)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    results = asyncio.run(run_matrix())
    for repeated in ("once", "always"):
        print(f"{repeated}\n\n{table(results, repeated)}\n")
