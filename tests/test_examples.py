"""The examples run as users run them."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from examples.web_app import create_app
from sinch_numbers.sandbox import Sandbox

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


async def run(
    *command: str,
    sandbox_url: str | None = None,
    cwd: Path = ROOT,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """The exit status, output and error output of a Python process that knows the sandbox as the API, or nothing."""
    process = await start(*command, sandbox_url=sandbox_url, cwd=cwd, further=environment)
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def start(
    *command: str, sandbox_url: str | None, cwd: Path = ROOT, further: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SINCH_")}
    environment |= further or {}
    if sandbox_url is not None:
        environment |= {"SINCH_NUMBERS_BASE_URL": sandbox_url, "SINCH_AUTH_URL": sandbox_url}
        environment |= {"SINCH_PROJECT_ID": "project", "SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": "secret"}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", *command, env=environment, cwd=cwd, stdout=pipe, stderr=pipe
    )


def quickstart(*arguments: str) -> tuple[str, ...]:
    return (str(ROOT / "examples" / "quickstart.py"), *arguments)


# --- the first screen of the README ---


def block(language: str, containing: str) -> str:
    """The first block of the README in a language that contains a text."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return next(text for text in found if containing in text)


@asynccontextmanager
async def served_sandbox() -> AsyncGenerator[str, None]:
    """The URL of the README's served sandbox, in a process of its own, in a hurry."""
    command = ("-m", "sinch_numbers.sandbox", "--port", "0", "--speed", "1000")
    process = await start(*command, sandbox_url=None)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.terminate()
        await process.communicate()


async def test_the_first_program_runs_word_for_word_against_the_served_sandbox(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text(block("python", "asyncio.run(main())"), encoding="utf-8")
    voice = {"type": "RTC", "appId": "app"}
    numbers = ["+12025550134", {"phoneNumber": "+12025550135", "voiceConfiguration": voice}]
    async with served_sandbox() as url, httpx.AsyncClient(trust_env=False) as control:
        seeds = {"projectId": "any", "numbers": numbers}
        (await control.post(f"{url}/__sandbox__/numbers", json=seeds)).raise_for_status()
        shell = block("sh", "first.py").replace("http://127.0.0.1:8013", url)
        exports = dict(re.findall(r"(SINCH_\w+)=(\S+)", shell))
        status, output, errors = await run("first.py", cwd=tmp_path, environment=exports)

    assert (status, errors) == (0, "")
    without_voice, rented = sorted(output.splitlines())
    assert without_voice == "+12025550134 has no voice configuration in force"
    assert rented.endswith(" rings on trunk your-trunk-id")


async def test_the_logging_snippet_prints_the_requests(tmp_path: Path) -> None:
    snippet = block("python", "import logging").partition("watched =")[0]
    call = """
import asyncio
from sinch_numbers.sandbox import Sandbox
asyncio.run(Sandbox().client().available_regions.list())
"""
    (tmp_path / "logs.py").write_text(snippet + call, encoding="utf-8")
    status, _, errors = await run("logs.py", cwd=tmp_path)

    assert status == 0
    assert "DEBUG:sinch_numbers:GET /v1/projects/sandbox-project/availableRegions -> 200 in" in errors
    assert "sandbox-secret" not in errors


# --- the quickstart ---


async def test_the_quickstart_is_the_demo_of_the_sandbox(tmp_path: Path) -> None:
    status, output, errors = await run(*quickstart(), cwd=tmp_path)
    assert (status, errors) == (0, "")
    assert "five numbers rented, each bought once" in output


async def test_live_without_credentials_prints_one_clear_line() -> None:
    status, output, errors = await run(*quickstart("--live"))
    assert (status, output) == (2, "")
    assert errors == "quickstart: the environment has no SINCH_PROJECT_ID, SINCH_KEY_ID, SINCH_KEY_SECRET\n"


async def test_live_only_reads() -> None:
    sandbox = Sandbox()
    sandbox.seed_active(3, project_id="project")
    async with sandbox.serve() as url:
        status, output, _ = await run(*quickstart("--live"), sandbox_url=url)
    assert status == 0
    assert "Nothing was bought or changed" in output
    assert {request.method for request in sandbox.requests if request.operation != "Token"} == {"GET"}


async def test_live_buys_only_with_allow_spending() -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        status, output, _ = await run(*quickstart("--live", "--allow-spending"), sandbox_url=url)
    assert status == 0
    assert "released, ours until" in output
    assert [charge.reason for charge in sandbox.charges] == ["rent"]


async def test_allow_spending_without_live_is_an_error() -> None:
    status, _, errors = await run(*quickstart("--allow-spending"))
    assert status == 2
    assert "--allow-spending needs --live" in errors


async def test_if_the_api_fails_the_exit_status_is_1_and_there_is_no_traceback() -> None:
    sandbox = Sandbox()
    sandbox.faults.add("status", operation="ListAvailableRegions", status=403)
    async with sandbox.serve() as url:
        status, _, errors = await run(*quickstart("--live"), sandbox_url=url)
    assert status == 1
    assert errors.startswith("quickstart: PermissionDeniedError: 403")
    assert "Traceback" not in errors


# --- buying many ---


BUY = ("examples/buy_many.py", "--count", "4")
BUDGET = ("--buy", "--currency", "USD")


async def test_buy_many_without_buy_only_says_what_it_would_cost() -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        status, output, _ = await run(*BUY, sandbox_url=url)
    assert (status, output) == (0, "4 numbers on offer, 6.00 USD; --buy buys them\n")
    assert sandbox.charges == []


async def test_buy_many_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    sandbox = Sandbox()
    held = sandbox.faults.hold("RentNumber", skip=2, after_commit=True)
    command = (*BUY, *BUDGET, "--max-total", "6", "--ledger", str(tmp_path / "purchases.db"))
    async with sandbox.serve() as url:
        first = await start(*command, sandbox_url=url)
        await held.reached(2)
        first.kill()
        await first.communicate()
        sandbox.faults.clear()
        status, output, errors = await run(*command, sandbox_url=url)
    assert (status, errors) == (0, "")
    assert len(output.splitlines()) == 4
    assert len(sandbox.charges) == len({charge.phone_number for charge in sandbox.charges}) == 4


async def test_buy_many_stays_within_its_budget(tmp_path: Path) -> None:
    sandbox = Sandbox()
    command = (
        *BUY,
        "--buy",
        "--ledger",
        str(tmp_path / "purchases.db"),
        "--max-total",
        "4",
        "--currency",
        "USD",
    )
    async with sandbox.serve() as url:
        status, output, _ = await run(*command, sandbox_url=url)
    assert status == 1
    assert output.count("not bought: the number costs 1.50 USD, but only 1.00 USD of 4 are left") >= 1
    assert len(sandbox.charges) == 2


# --- the others ---


async def test_the_application_for_callbacks_handles_each_event_once_and_refuses_a_wrong_signature() -> None:
    status, output, errors = await run("examples/callbacks.py")
    assert (status, errors) == (0, "")
    lines = output.splitlines()
    numbers = re.findall(r"^   (\+1\d{10})  ", output, re.MULTILINE)
    assert len(numbers) == len(set(numbers)) == 3
    assert "   6 callbacks came, and each event was handled once" in lines
    assert lines[-1] == "   refused with 401, and not handled"


async def test_the_web_app_shares_one_client_and_translates_its_errors() -> None:
    sandbox = Sandbox()
    app = create_app(sandbox.client)
    async with app.router.lifespan_context(app) as state:
        assert state is not None

        async def with_state(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "state": {**state}}, receive, send)

        transport = httpx.ASGITransport(app=with_state)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as web:
            bought = await web.post("/numbers/SE/MOBILE")
            shown = await web.get(f"/numbers/{bought.json()['phoneNumber']}")
            missing = await web.get("/numbers/+12025550100")
            wrong = await web.get("/numbers/12")
            none = await web.post("/numbers/SE/TOLL_FREE")
    assert [bought.status_code, shown.status_code] == [201, 200]
    assert shown.json() == {"phoneNumber": bought.json()["phoneNumber"], "name": ""}
    assert [missing.status_code, wrong.status_code, none.status_code] == [404, 422, 404]
    assert missing.json()["error"] == "NotFoundError"
    assert sandbox.tokens_issued == 1


async def test_the_example_tests_pass() -> None:
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/test_with_sandbox.py")
    status, output, _ = await run(*command)
    assert status == 0, output
    assert "4 passed" in output
