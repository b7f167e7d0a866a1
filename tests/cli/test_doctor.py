from __future__ import annotations

import socket
import ssl
import time
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path

import pytest
import trustme

from sinch_numbers.cli.doctor import clock, connection, findings, installation, variables
from sinch_numbers.cli.exits import Exit
from sinch_numbers.sandbox import Sandbox, VirtualClock
from sinch_numbers.transports.tls import client_context
from tests.support import KEY_SECRET

from .driver import Cli, environment, run

KEY = {"SINCH_PROJECT_ID": "project", "SINCH_KEY_ID": "key", "SINCH_KEY_SECRET": KEY_SECRET}


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(clock=VirtualClock(start=None))


@pytest.fixture
def _variables(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a user of the sandbox."""
    for name, value in environment(url).items():
        monkeypatch.setenv(name, value)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


async def states() -> dict[str, str]:
    return {finding.check: finding.state async for finding in findings()}


@pytest.mark.usefixtures("_variables")
async def test_all_is_well_with_a_good_key(sandbox: Sandbox) -> None:
    found = await states()
    assert set(found) == {
        "versions", "environment", "API", "token host", "token", "clock",
        "may regions", "may search", "may list", "may callbacks", "may rent",
    }  # fmt: skip
    assert set(found.values()) == {"ok"}
    methods = {request.method for request in sandbox.requests if request.operation != "Token"}
    assert methods == {"GET"}


@pytest.mark.usefixtures("_variables")
async def test_a_wrong_key_fails_at_the_token_and_nothing_else_is_tried(sandbox: Sandbox) -> None:
    sandbox.options.key_secret = "another"
    found = [finding async for finding in findings()]
    assert (found[-1].check, found[-1].state) == ("token", "failed")
    assert "the key or its secret is wrong" in found[-1].advice
    assert KEY_SECRET not in str(found)


@pytest.mark.usefixtures("_variables")
async def test_a_key_that_may_not_do_something_says_what(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="GetCallbackConfiguration", status=403, times=None)
    found = await states()
    assert {check for check, state in found.items() if state == "failed"} == {"may callbacks"}


@pytest.mark.usefixtures("_variables")
@pytest.mark.parametrize(
    ("offset", "state"), [(30, "ok"), (120, "warning"), (-120, "warning"), (7200, "failed")]
)
async def test_a_clock_that_is_off_is_told(sandbox: Sandbox, offset: float, state: str) -> None:
    sandbox.options.date_offset = offset
    assert (await states())["clock"] == state


@pytest.mark.usefixtures("_variables")
async def test_a_refused_call_has_a_date_to_compare_with_too(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="ListAvailableRegions", status=403)
    found = await states()
    assert (found["token"], found["clock"], found["may regions"]) == ("ok", "ok", "failed")


def test_the_clock_is_compared_in_words() -> None:
    now = time.time()
    assert clock(formatdate(now - 90, usegmt=True), now).text.endswith("s ahead of the API's")
    assert clock(formatdate(now + 90, usegmt=True), now).text.endswith("s behind the API's")
    assert clock(None, now).state == "warning"
    assert clock("yesterday", now).state == "warning"


def test_a_missing_variable_is_named() -> None:
    found = variables({"SINCH_KEY_ID": "key"})
    assert (found.state, found.text) == ("failed", "SINCH_PROJECT_ID, SINCH_KEY_SECRET missing")


def test_a_space_around_a_secret_and_a_lone_url_are_told() -> None:
    padded = variables({**KEY, "SINCH_KEY_SECRET": f"{KEY_SECRET}\n"})
    assert (padded.state, padded.text) == ("failed", "SINCH_KEY_SECRET begins or ends with a space")
    assert variables({**KEY, "SINCH_AUTH_URL": "https://auth.test"}).state == "warning"
    assert KEY_SECRET not in str([padded, variables(KEY)])


def test_the_versions_are_shown() -> None:
    assert "sinch-numbers " in installation().text
    assert "starlette" in installation().text


async def test_a_host_that_does_not_exist_or_does_not_listen_is_told() -> None:
    unknown = await connection("API", "https://numbers.invalid")
    assert (unknown.state, unknown.text) == ("failed", "numbers.invalid is not known")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = await connection("API", f"http://127.0.0.1:{port}")
    assert refused.state == "failed"
    assert f"127.0.0.1 port {port}" in refused.text


async def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary-proxy-password@proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "")
    found = await connection("API", "https://numbers.api.sinch.com")
    assert found.text == "numbers.api.sinch.com, through the proxy proxy.test:3128"


@pytest.fixture
async def tls_port(authority: trustme.CA) -> AsyncIterator[int]:
    import asyncio

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "localhost", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


async def test_a_certificate_of_an_unknown_authority_is_told(tls_port: int) -> None:
    found = await connection("API", f"https://localhost:{tls_port}")
    assert found.state == "failed"
    assert "certificate" in found.text
    assert "SSL_CERT_FILE" in found.advice


async def test_a_trusted_certificate_is_told_with_its_days(
    tls_port: int, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    client_context.cache_clear()
    found = await connection("API", f"https://localhost:{tls_port}")
    client_context.cache_clear()
    assert found.state == "ok"
    assert "more days" in found.text


def test_without_a_key_the_command_fails_and_names_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def reachable(name: str, url: str) -> object:
        return installation()

    monkeypatch.setattr("sinch_numbers.cli.doctor.connection", reachable)
    monkeypatch.delenv("SINCH_KEY_ID")
    ended = cli("doctor")
    assert ended.status == Exit.FAILED
    assert "failed   environment   SINCH_KEY_ID missing" in ended.lines
    assert "-> set them" in ended.output


@pytest.mark.slow
async def test_the_command_prints_what_it_found(sandbox: Sandbox, url: str) -> None:
    ended = await run("doctor", url=url)
    assert ended.status == Exit.DONE
    assert "ok       token         the key gets one" in ended.lines
    assert [finding["state"] for finding in (await run("doctor", "--json", url=url)).objects] == ["ok"] * 11
