from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path

import pytest

from sinch_numbers.cli.exits import Exit
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.webhooks import sign
from tests.support import HMAC_SECRET

from .driver import PROJECT, Cli, ended, environment, started

NUMBER = "+12025550134"
EVENT = (
    b'{"eventId":"01jr7stexp0znky34pj07dwp41","timestamp":"2099-04-07T09:38:04.854","projectId":"project",'
    b'"resourceId":"+12025550134","eventType":"PROVISIONING_TO_VOICE_PLATFORM","status":"SUCCEEDED"}'
)


def test_get_says_whether_there_is_a_secret_and_never_which(cli: Cli) -> None:
    assert cli("callbacks", "get").output == "project\thas a secret\n"
    assert cli("callbacks", "get", "--json").objects == [{"hasSecret": True, "projectId": PROJECT}]


def test_rotate_makes_a_secret_in_a_file_that_only_its_owner_can_read(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    ended = cli("callbacks", "rotate", "--to-file", str(file), "--yes")
    assert ended.status == Exit.DONE
    secret = file.read_text().strip()
    assert len(secret) == 32
    assert cli.sandbox.hmac_secret(PROJECT) == secret
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert secret not in ended.output + ended.errors


def test_rotate_takes_a_secret_from_a_file(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{HMAC_SECRET}\n")
    assert cli("callbacks", "rotate", "--from-file", str(tmp_path / "secret"), "--yes").status == Exit.DONE
    assert cli.sandbox.hmac_secret(PROJECT) == HMAC_SECRET


def test_rotate_asks_first(cli: Cli, tmp_path: Path) -> None:
    before = cli.sandbox.hmac_secret(PROJECT)
    assert cli("callbacks", "rotate", "--to-file", str(tmp_path / "new"), typed="n\n").status == Exit.DECLINED
    assert cli.sandbox.hmac_secret(PROJECT) == before
    assert [*tmp_path.iterdir()] == []


def test_rotate_overwrites_no_file_and_reads_none_that_is_empty(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    for option in ("--to-file", "--from-file"):
        assert cli("callbacks", "rotate", option, str(tmp_path / "secret"), "--yes").status == Exit.USAGE
    assert cli("callbacks", "rotate", "--from-file", str(tmp_path / "none"), "--yes").status == Exit.USAGE
    assert cli("callbacks", "rotate", "--yes").status == Exit.USAGE
    assert {request.operation for request in cli.sandbox.requests} <= {"Token"}


def test_if_the_new_secret_is_perhaps_not_in_force_its_file_is_kept(cli: Cli, tmp_path: Path) -> None:
    cli.sandbox.faults.add("status", operation="UpdateCallbackConfiguration", status=503, times=None)
    ended = cli("callbacks", "rotate", "--to-file", str(tmp_path / "new"), "--yes")
    assert ended.status == Exit.FAILED
    assert f"--from-file {tmp_path / 'new'}" in ended.errors
    assert (tmp_path / "new").is_file()


async def posted(url: str, body: bytes, signature: str) -> int:
    """The status that a receiver responds with."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Sinch-Signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    response = await reader.read()
    writer.close()
    return int(response.split()[1])


@pytest.mark.slow
async def test_listen_prints_events_whose_signature_is_right_and_tells_of_the_others(
    sandbox: Sandbox, url: str
) -> None:
    process = await started("callbacks", "listen", "--port", "0", "--count", "1", variables=environment(url))
    assert process.stderr is not None
    where = (await process.stderr.readline()).decode().removeprefix("listening on ").strip()
    secret = sandbox.hmac_secret(PROJECT)
    assert await posted(where, EVENT, sign(EVENT, "another")) == 401
    assert await posted(where, EVENT, sign(EVENT, secret)) == 200
    end = await ended(process)
    assert end.status == Exit.DONE
    assert end.output.split("\t")[1:4] == [NUMBER, "PROVISIONING_TO_VOICE_PLATFORM", "SUCCEEDED"]
    assert "refused with 401" in end.errors
    assert secret not in end.output + end.errors


@pytest.mark.slow
async def test_listen_with_a_secret_of_the_environment_needs_no_key_and_ends_with_ctrl_c() -> None:
    import signal

    variables = {name: value for name, value in os.environ.items() if not name.startswith("SINCH_")}
    variables["SINCH_NUMBERS_HMAC_SECRET"] = HMAC_SECRET
    process = await started("callbacks", "listen", "--port", "0", "--json", variables=variables)
    assert process.stderr is not None
    assert process.stdout is not None
    where = (await process.stderr.readline()).decode().removeprefix("listening on ").strip()
    assert await posted(where, EVENT, sign(EVENT, HMAC_SECRET)) == 200
    assert b'"eventId": "01jr7stexp0znky34pj07dwp41"' in await process.stdout.readline()
    process.send_signal(signal.SIGINT)
    end = await ended(process)
    assert (end.status, end.output, end.errors) == (Exit.DONE, "", "1 events\n")
