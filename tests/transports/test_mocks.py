"""Mocks of HTTP libraries that users know work on the transports."""

from __future__ import annotations

import gzip
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from aiohttp import web
from aiohttp.test_utils import TestServer
from pytest_httpx import HTTPXMock

from sinch_numbers import APIConnectionError, NotFoundError, RetryPolicy, Sent

from ..raw_server import http_response, raw_server
from ..support import ANSWER, ANSWER_BODY, NUMBER, NUMBER_URL, TOKEN, make_client

vcr: Any = import_module("vcr")  # it has no types
ONCE = RetryPolicy(max_attempts=1)


# --- the default transport ---


async def test_pytest_httpx_responds_to_the_default_transport(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=NUMBER_URL, json=ANSWER, match_headers={"Authorization": f"Bearer {TOKEN}"})
    async with make_client() as client:
        assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER

    assert [request.method for request in httpx_mock.get_requests()] == ["GET"]


async def test_an_exception_of_pytest_httpx_says_whether_the_request_was_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectTimeout("too slow"))
    async with make_client(retry=ONCE) as client:
        with pytest.raises(APIConnectionError, match="too slow") as caught:
            await client.active_numbers.get(NUMBER)

    assert caught.value.sent is Sent.NEVER


async def test_respx_responds_to_the_default_transport() -> None:
    with respx.mock() as router:
        route = router.get(NUMBER_URL, headers={"Authorization": f"Bearer {TOKEN}"}).respond(json=ANSWER)
        async with make_client() as client:
            assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
            route.respond(404, json={"error": {"code": 404, "message": "gone"}})
            with pytest.raises(NotFoundError, match="gone"):
                await client.active_numbers.get(NUMBER)

    assert route.call_count == 2


# --- every transport ---


@pytest.mark.parametrize("transport", ["httpx", "httpx2", "aiohttp"])
async def test_vcrpy_records_a_call_once_and_plays_it_back(tmp_path: Path, transport: str) -> None:
    async def respond(_: bytes) -> bytes:
        return http_response(200, gzip.compress(ANSWER_BODY), "Content-Encoding: gzip")

    cassette = str(tmp_path / "cassette.yaml")
    async with raw_server(respond) as server:
        tapes: list[Any] = []
        for _ in range(2):
            with vcr.use_cassette(cassette, filter_headers=["authorization"]) as tape:
                tapes.append(tape)
                async with make_client(base_url=server.url, transport=transport) as client:
                    assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER

    assert len(server.requests) == 1
    assert [tape.play_count for tape in tapes] == [0, 1]
    assert TOKEN not in Path(cassette).read_text()  # noqa: ASYNC240  it is small


@pytest.mark.parametrize("transport", ["httpx", "httpx2", "aiohttp"])
async def test_the_test_server_of_aiohttp_serves_every_transport(transport: str) -> None:
    async def respond(request: web.Request) -> web.Response:
        seen.append(request.headers["Authorization"])
        return web.json_response(ANSWER)

    seen: list[str] = []
    application = web.Application()
    application.router.add_get("/v1/projects/{project}/activeNumbers/{number}", respond)
    async with (
        TestServer(application) as server,
        make_client(base_url=str(server.make_url("")).rstrip("/"), transport=transport) as client,
    ):
        assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER

    assert seen == [f"Bearer {TOKEN}"]
