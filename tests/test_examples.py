"""The examples run, and what README.md and docs/ show works: the first code that users copy."""

from __future__ import annotations

import argparse
import ast
import asyncio
import inspect
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import httpx
import pytest

import sinch_numbers
from examples.web_app import create_app
from sinch_numbers import NumbersClient, RetryPolicy, Timeout, Transport, errors
from sinch_numbers.sandbox import KINDS, Sandbox, SandboxOptions
from sinch_numbers.sandbox.control import CONTROL
from sinch_numbers.sandbox.operations import OPERATIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


async def run(*command: str, sandbox_url: str | None = None, cwd: Path = ROOT) -> tuple[int, str, str]:
    """The exit status, output and error output of a Python process that knows the sandbox as the API, or nothing."""
    process = await start(*command, sandbox_url=sandbox_url, cwd=cwd)
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def start(*command: str, sandbox_url: str | None, cwd: Path = ROOT) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SINCH_")}
    if sandbox_url is not None:
        environment |= {"SINCH_NUMBERS_BASE_URL": sandbox_url, "SINCH_AUTH_URL": sandbox_url}
        environment |= {"SINCH_PROJECT_ID": "project", "SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": "secret"}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", *command, env=environment, cwd=cwd, stdout=pipe, stderr=pipe
    )


def quickstart(*arguments: str) -> tuple[str, ...]:
    return (str(ROOT / "examples" / "quickstart.py"), *arguments)


# --- The quickstart ------------------------------------------------------------------------------------------------


async def test_the_quickstart_ends_well_and_fits_a_terminal(tmp_path: Path) -> None:
    status, output, errors = await run(*quickstart(), cwd=tmp_path)
    assert (status, errors) == (0, "")
    assert "connection dropped, no response" in output
    assert "five numbers rented, each bought once" in output
    assert max(map(len, output.splitlines())) <= 100
    assert "\x1b" not in output


async def test_the_quickstart_prints_the_same_every_time() -> None:
    first, second = await run(*quickstart()), await run(*quickstart())

    def tour(output: str) -> list[str]:
        # The first line has the port, the last the time that it took.
        return output.splitlines()[1:-1]

    assert tour(first[1]) == tour(second[1])


async def test_live_without_credentials_is_one_clear_line() -> None:
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


async def test_live_spends_only_where_it_is_told_to_in_so_many_words() -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        status, output, _ = await run(*quickstart("--live", "--allow-spending"), sandbox_url=url)
    assert status == 0
    assert "released, ours until" in output
    assert [charge.reason for charge in sandbox.charges] == ["rent"]


async def test_spending_is_a_matter_of_live_runs() -> None:
    status, _, errors = await run(*quickstart("--allow-spending"))
    assert status == 2
    assert "--allow-spending needs --live" in errors


async def test_an_api_that_fails_is_an_exit_status_of_1_and_no_traceback() -> None:
    sandbox = Sandbox()
    sandbox.faults.add("status", operation="ListAvailableRegions", status=403)
    async with sandbox.serve() as url:
        status, _, errors = await run(*quickstart("--live"), sandbox_url=url)
    assert status == 1
    assert errors.startswith("quickstart: PermissionDeniedError: 403")
    assert "Traceback" not in errors


# --- The other examples --------------------------------------------------------------------------------------------

BUY = ("examples/buy_many.py", "--count", "4")
BUDGET = ("--buy", "--currency", "USD")


async def test_buy_many_only_says_what_it_would_cost_unless_told_to_buy(tmp_path: Path) -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        status, output, _ = await run(*BUY, sandbox_url=url)
    assert (status, output) == (0, "4 numbers on offer, 6.00 USD; --buy buys them\n")
    assert sandbox.charges == []


async def test_buy_many_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
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


async def test_the_example_of_a_users_tests_passes() -> None:
    command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/test_with_sandbox.py")
    status, output, _ = await run(*command)
    assert status == 0, output
    assert "4 passed" in output


# --- What the documents show ---------------------------------------------------------------------------------------


def blocks() -> list[Any]:
    """Every block of Python in the documents, with its place as the test's id."""
    found: list[Any] = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            line = text[: match.start()].count("\n") + 2
            found.append(pytest.param(match[1], id=f"{path.name}:{line}"))
    return found


def in_sandbox(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Has every client that is made lead into `sandbox`, in process and on its clock, whatever its URLs."""

    def transport(_: object) -> Transport:
        return sandbox.transport()

    monkeypatch.setattr("sinch_numbers.client._default_transport", transport)
    monkeypatch.setattr("sinch_numbers.client.SystemClock", lambda: sandbox.clock)
    for name in ("PROJECT_ID", "KEY_ID", "KEY_SECRET"):
        monkeypatch.setenv(f"SINCH_{name}", f"sandbox-{name.partition('_')[0].lower()}")


async def rented(sandbox: Sandbox) -> str:
    """A number that the block may call `phone_number`: active and provisioned."""
    client = sandbox.client()
    number = await client.available_numbers.rent_first(
        region_code="US",
        number_type="LOCAL",
        voice_configuration=sinch_numbers.voice.rtc("app"),
        sms_configuration=sinch_numbers.sms.link("plan"),
    )
    number = await client.active_numbers.wait_until_provisioned(number.phone_number)
    return number.phone_number


@pytest.mark.parametrize("code", blocks())
def test_a_block_of_python_in_the_documents_runs(
    code: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sandbox = Sandbox()
    in_sandbox(monkeypatch, sandbox)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {name: getattr(sinch_numbers, name) for name in sinch_numbers.__all__}
    names |= {"sandbox": sandbox, "asyncio": asyncio}
    if re.search(r"(?<![.\w])phone_number\b(?!=)", code):
        names["phone_number"] = asyncio.run(rented(sandbox))
    names |= {"client": sandbox.client(), "__name__": "block"}
    program = compile(code, "block.py", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(program, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    for name, test in list(names.items()):
        if name.startswith("test_"):
            asyncio.run(test(sinch_client=sandbox.client(), sinch_sandbox=sandbox))


def curl_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("curl ")]


async def curl(line: str, url: str) -> str:
    """What the line's comment says of its outcome: nothing, a status that is no 2xx, or "dropped"."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", action="store_true")
    for option in ("-u", "-X", "-d", "--json"):
        parser.add_argument(option)
    parser.add_argument("url")
    asked = parser.parse_args(shlex.split(line, comments=True)[1:])
    headers = {"content-type": "application/json" if asked.json else "application/x-www-form-urlencoded"}
    body = asked.json or asked.d
    async with httpx.AsyncClient(auth=asked.u and tuple(asked.u.split(":")), trust_env=False) as client:
        try:
            answer = await client.request(
                asked.X or ("POST" if body else "GET"),
                asked.url.replace("http://127.0.0.1:8013", url),
                content=body,
                headers=headers if body else {},
            )
        except httpx.RemoteProtocolError:
            return "dropped"
    return "" if answer.is_success else str(answer.status_code)


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "docs" / "sandbox.md"], ids=lambda path: path.name
)
async def test_every_line_of_curl_in_the_documents_does_what_its_comment_says(path: Path) -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        for line in curl_lines(path):
            assert await curl(line, url) == line.partition("  # ")[2], line


def rows(heading: str, text: str = README) -> Mapping[str, str]:
    """The tables under a heading: first cell (without backquotes) to second."""
    section = re.split(r"^#{2,3} ", text.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip().replace("`", ""): row[1].strip() for row in cells}


def test_the_table_of_options_has_every_option() -> None:
    options = {name for name in inspect.signature(NumbersClient).parameters if name != "self"}
    assert options <= set(rows("Options"))


@pytest.mark.parametrize("policy", [Timeout(), RetryPolicy()], ids=["Timeout", "RetryPolicy"])
def test_the_tables_of_timeouts_and_retries_have_the_defaults_of_the_code(policy: Any) -> None:
    shown = rows("Timeouts and retries")
    for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(policy))):
        default = getattr(policy, field.name)
        unit = "" if isinstance(default, int) else " s"
        assert shown[f"{type(policy).__name__}.{field.name}"] == f"{default:g}{unit}"


def test_the_table_of_operations_has_every_method() -> None:
    client = Sandbox().client()
    shown = set(rows("Operations"))
    for resource in ("available_numbers", "active_numbers", "available_regions", "callback_configuration"):
        methods = {name for name in dir(getattr(client, resource)) if not name.startswith("_")}
        assert {f"{resource}.{name}" for name in methods} <= shown


def test_the_tree_of_errors_is_the_one_of_the_code() -> None:
    tree = str(errors.__doc__).partition("\n\n")[2].partition("\n\n")[0]
    assert inspect.cleandoc(tree) in README


def test_the_sandbox_page_has_every_fault_operation_option_and_control() -> None:
    page = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    assert set(KINDS) <= set(rows("Kinds of faults", page))
    assert [name for name in OPERATIONS if f"`{name}`" not in page] == []
    requests = {f"{method} {path}" for path, methods in CONTROL.items() for method in methods}
    assert requests == {row for row in rows("The control API", page) if "/__sandbox__/" in row}
    options = rows("Options", page)
    for field in attrs.fields(SandboxOptions):
        assert field.name in options
        default = field.default
        assert options[field.name].startswith(f"`{default!r}`")
