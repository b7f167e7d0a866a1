"""What README.md and docs/ show works, and their tables are complete: the first code that users copy."""

from __future__ import annotations

import argparse
import ast
import asyncio
import inspect
import re
import shlex
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import httpx
import pytest
from cyclopts import App

import sinch_numbers
from sinch_numbers import SPEC_VERSION, NumbersClient, RetryPolicy, Timeout, Transport, errors
from sinch_numbers._generated.operations import OPERATIONS as DOCUMENTED
from sinch_numbers.cli.app import app
from sinch_numbers.cli.exits import Exit
from sinch_numbers.sandbox import KINDS, Sandbox, SandboxOptions
from sinch_numbers.sandbox.control import CONTROL
from sinch_numbers.sandbox.operations import OPERATIONS
from sinch_numbers.stores import SQLiteStore
from sinch_numbers.transports.selection import select_transport
from sinch_numbers.webhooks import WebhookInbox

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


# --- the code ---


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
    """Makes every new client a client of `sandbox`, in process and on its clock, whatever its URLs."""

    def select(transport: object, http_client: object, max_response_size: object) -> tuple[Transport, bool]:
        if transport is None or isinstance(transport, str):
            return sandbox.transport(), True
        return select_transport(transport, None)

    monkeypatch.setattr("sinch_numbers.client.select_transport", select)
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
    opened: list[SQLiteStore] = []
    create = SQLiteStore.__init__

    def created(store: SQLiteStore, *arguments: Any, **options: Any) -> None:
        create(store, *arguments, **options)
        opened.append(store)

    monkeypatch.setattr(SQLiteStore, "__init__", created)
    program = compile(code, "block.py", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result = eval(program, names)
    if inspect.iscoroutine(result):
        asyncio.run(result)
    for name, test in list(names.items()):
        if name.startswith("test_"):
            asyncio.run(with_fixtures(test, sandbox))
    # A fragment of a program does not show where the program ends.
    for store in opened:
        asyncio.run(store.aclose())


async def with_fixtures(test: Callable[..., Awaitable[None]], sandbox: Sandbox) -> None:
    """Runs a test from a document with the fixtures that it asks for."""
    inbox = WebhookInbox(sandbox.hmac_secret())
    sandbox.deliver_to(inbox)
    fixtures = {"sinch_client": sandbox.client(), "sinch_sandbox": sandbox, "sinch_webhooks": inbox}
    await test(**{name: fixtures[name] for name in inspect.signature(test).parameters})


def curl_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("curl ")]


async def curl(line: str, url: str) -> str:
    """What the line's comment says of its outcome: nothing, a status that is not a 2xx, or "dropped"."""
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
            response = await client.request(
                asked.X or ("POST" if body else "GET"),
                asked.url.replace("http://127.0.0.1:8013", url),
                content=body,
                headers=headers if body else {},
            )
        except httpx.RemoteProtocolError:
            return "dropped"
    return "" if response.is_success else str(response.status_code)


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", ROOT / "docs" / "sandbox.md"], ids=lambda path: path.name
)
async def test_every_line_of_curl_in_the_documents_does_what_its_comment_says(path: Path) -> None:
    sandbox = Sandbox()
    async with sandbox.serve() as url:
        for line in curl_lines(path):
            assert await curl(line, url) == line.partition("  # ")[2], line


# --- the tables ---


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


RESOURCES = (
    "active_numbers",
    "available_numbers",
    "available_regions",
    "callback_configuration",
    "emergency_addresses",
)


def test_the_readme_says_which_document_a_release_speaks() -> None:
    assert f"This release speaks document version {SPEC_VERSION}" in README


def test_the_table_of_operations_has_every_method() -> None:
    client = Sandbox().client()
    shown = set(rows("Operations"))
    for resource in RESOURCES:
        methods = {name for name in dir(getattr(client, resource)) if not name.startswith("_")}
        assert {f"{resource}.{name}" for name in methods} <= shown


def test_the_table_of_all_operations_is_the_generated_one() -> None:
    """If it fails, copy the expected rows into docs/operations.md."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    expected: list[str] = []
    for name, row in DOCUMENTED.items():
        method = re.sub("(?<!^)([A-Z])", r"_\1", name).lower()
        path = row.path.removeprefix("/v1/projects/{projectId}")
        safety = f"{row.safety}, deprecated" if row.deprecated else row.safety
        expected.append(f"| `{method}` | `{row.method} {path}` | {safety} | `{row.resource or 'none'}` |")
    assert [line for line in page.splitlines() if line.startswith("| `")] == expected


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


def test_the_page_of_the_command_line_has_every_command_and_exit_status() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    commands = {" ".join(path) for path in command_paths(app)}
    assert commands == {row for row in rows("Commands", page) if row not in {"command", "---"}}
    statuses = {row for row in rows("Exit statuses", page) if row.isdecimal()}
    assert statuses == {str(int(status)) for status in Exit}


def command_paths(group: App, *path: str) -> Iterator[tuple[str, ...]]:
    """The names of all commands below a group: `("ledger", "list")`."""
    for name in group:
        command = group[name]
        if name.startswith("-"):
            continue
        if command.default_command is not None:
            yield (*path, name)
        else:
            yield from command_paths(command, *path, name)
