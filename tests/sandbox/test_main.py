from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from .driver import NUMBER
from .wire import exchange, fetch, request, run

pytestmark = pytest.mark.slow

COMMAND = (sys.executable, "-m", "sinch_numbers.sandbox")
PROJECT = "/v1/projects/p"


@asynccontextmanager
async def started(*arguments: str) -> AsyncGenerator[tuple[str, asyncio.subprocess.Process], None]:
    """A sandbox in another process, and its URL."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "--port", "0", *arguments, stdout=pipe, stderr=pipe
    )
    assert process.stdout is not None
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip(), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
async def test_it_prints_its_url_when_ready_and_stops_cleanly(name: signal.Signals) -> None:
    async with started("--quiet") as (url, process):
        hang = json.loads('{"kind": "hang_before_commit", "operation": "RentNumber"}')
        assert (await fetch(url, "POST", "/__sandbox__/faults", hang))[0] == 201
        hanging = asyncio.create_task(
            exchange(url, request("POST", f"{PROJECT}/availableNumbers/{NUMBER}:rent", {}))
        )
        while not (await fetch(url, "GET", "/__sandbox__/faults"))[1]["faults"][0]["hits"]:
            pass
        process.send_signal(name)
        output, errors = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, output, errors) == (0, b"", b"")
        await asyncio.gather(hanging, return_exceptions=True)


async def printed(process: asyncio.subprocess.Process) -> list[str]:
    """The lines on stderr of a sandbox that is told to end."""
    process.send_signal(signal.SIGTERM)
    return (await asyncio.wait_for(process.communicate(), 30))[1].decode().splitlines()


async def test_it_prints_a_line_for_each_request_with_the_fault_that_struck_it() -> None:
    drop = {"kind": "drop_after_commit", "operation": "RentNumber"}
    async with started() as (url, process):
        await fetch(url, "GET", f"{PROJECT}/availableRegions?types=LOCAL")
        await fetch(url, "POST", "/__sandbox__/faults", drop)
        await exchange(url, request("POST", f"{PROJECT}/availableNumbers/%2B12025550134:rent", {}))
        await fetch(url, "GET", "/elsewhere")
        lines = await printed(process)
    assert lines == [
        f"GET {PROJECT}/availableRegions 200",
        "POST /__sandbox__/faults 201",
        f"POST {PROJECT}/availableNumbers/{NUMBER}:rent - drop_after_commit",
        "GET /elsewhere 404",
    ]


async def test_a_call_that_hangs_until_the_end_has_its_line_too() -> None:
    async with started() as (url, process):
        await fetch(url, "POST", "/__sandbox__/faults", {"kind": "hang_before_commit"})
        hanging = asyncio.create_task(exchange(url, request("GET", f"{PROJECT}/availableRegions")))
        while not (await fetch(url, "GET", "/__sandbox__/faults"))[1]["faults"][0]["hits"]:
            pass
        lines = await printed(process)
        await asyncio.gather(hanging, return_exceptions=True)
    assert lines[-1] == f"GET {PROJECT}/availableRegions - hang_before_commit"


async def test_no_line_has_a_secret_or_what_a_terminal_would_obey() -> None:
    key = {"hmacSecret": "a-callback-secret-of-some-length"}
    async with started() as (url, process):
        await fetch(url, "PATCH", f"{PROJECT}/callbackConfiguration", key)
        await fetch(url, "GET", f"{PROJECT}/activeNumbers?token=a-secret-in-a-query")
        await fetch(url, "GET", "/%1b%5b31m%0aforged")
        token = "grant_type=client_credentials"
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(token)}\r\n"
        await exchange(url, request("POST", "/oauth2/token", headers=form) + token.encode())
        lines = await printed(process)
    assert lines == [
        f"PATCH {PROJECT}/callbackConfiguration 200",
        f"GET {PROJECT}/activeNumbers 200",
        "GET /\\x1b[31m\\nforged 404",
        "POST /oauth2/token 200",
    ]


async def test_it_can_be_quiet() -> None:
    async with started("--quiet") as (url, process):
        await fetch(url, "GET", f"{PROJECT}/availableRegions")
        assert await printed(process) == []


async def test_it_serves_the_api_with_its_state_and_its_clock() -> None:
    async with started("--seed", "5") as (url, _):
        assert (await fetch(url, "POST", f"{PROJECT}/availableNumbers/{NUMBER}:rent", {}))[0] == 200
        assert (await fetch(url, "POST", "/__sandbox__/advance", {"seconds": 86400 * 31}))[0] == 200
        charges = (await fetch(url, "GET", "/__sandbox__/charges"))[1]["charges"]
        assert [charge["reason"] for charge in charges] == ["rent", "monthly"]
        assert (await fetch(url, "POST", "/__sandbox__/reset", {}))[1] == {"seed": 5}


async def test_it_accepts_only_the_key_from_its_options() -> None:
    async with started("--key-id", "key", "--key-secret", "other") as (url, _):
        assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 401
    async with started("--key-id", "key", "--key-secret", "secret") as (url, _):
        assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 200


async def test_an_option_lets_a_host_name_reach_the_control_api() -> None:
    asked = b"GET /__sandbox__/charges HTTP/1.1\r\nHost: sandbox:8013\r\nConnection: close\r\n\r\n"
    async with started() as (url, _):
        assert (await exchange(url, asked)).startswith(b"HTTP/1.1 403 ")
    async with started("--control-host", "sandbox") as (url, _):
        assert (await exchange(url, asked)).startswith(b"HTTP/1.1 200 ")


async def rent_with_voice(url: str) -> Any:
    body = {"voiceConfiguration": {"appId": "app"}}
    return (await fetch(url, "POST", f"{PROJECT}/availableNumbers/{NUMBER}:rent", body))[1]


async def test_its_clock_runs_so_that_provisioning_ends_without_advancing_it() -> None:
    async with started("--quiet", "--speed", "100") as (url, process):
        number = await rent_with_voice(url)
        while not number["voiceConfiguration"]["appId"]:
            number = (await fetch(url, "GET", f"{PROJECT}/activeNumbers/{NUMBER}"))[1]
        process.send_signal(signal.SIGTERM)
        output, errors = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, output, errors) == (0, b"", b"")


async def advanced(url: str) -> datetime:
    """The time on the sandbox's clock."""
    return datetime.fromisoformat((await fetch(url, "POST", "/__sandbox__/advance", {}))[1]["time"])


async def test_its_clock_shows_the_real_time_unless_told_otherwise() -> None:
    before = datetime.now(UTC)
    async with started() as (url, _):
        assert before <= await advanced(url) <= datetime.now(UTC)
        await fetch(url, "POST", "/__sandbox__/reset", {})
        assert before <= await advanced(url) <= datetime.now(UTC)


async def test_a_frozen_clock_starts_at_a_fixed_day_and_stands_still() -> None:
    async with started("--frozen") as (url, _):
        assert await advanced(url) == datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
        await rent_with_voice(url)
        for _ in range(20):
            assert await advanced(url) == datetime(2025, 1, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "1e9", "fast"])
async def test_a_speed_out_of_range_is_refused(speed: str) -> None:
    code, output = await run(*COMMAND, f"--speed={speed}")
    assert code == 2
    assert "--speed" in output.splitlines()[-1]


async def test_a_taken_port_is_an_error_with_a_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, output = await run(*COMMAND, "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert output.startswith("cannot serve: ")
    assert len(output.splitlines()) == 1


async def test_an_ipv6_address_is_printed_in_brackets() -> None:
    async with started("--host", "::1") as (url, _):
        assert urlsplit(url).hostname == "::1"
        assert url.startswith("http://[::1]:")
        assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 200


async def test_help_shows_every_option() -> None:
    code, output = await run(*COMMAND, "--help")
    assert code == 0
    options = (
        "host",
        "port",
        "seed",
        "key-id",
        "key-secret",
        "speed",
        "frozen",
        "callback-host",
        "control-host",
        "quiet",
        "demo",
    )
    assert [name for name in options if f"--{name} " not in output] == []
