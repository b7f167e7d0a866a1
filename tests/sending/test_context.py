"""How a 2xx response is decoded."""

from __future__ import annotations

import contextlib
import gc
import json

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import HttpResponse, InvalidResponseError, MockTransport, RetryPolicy

from ..support import NUMBER, NUMBER_URL, error_of, make_client

ONCE = RetryPolicy(max_attempts=1)


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b"null", b'{"phoneNumber": "+1'])
async def test_a_2xx_that_is_not_a_json_object_is_an_invalid_response(
    httpx_mock: HTTPXMock, body: bytes
) -> None:
    headers = {"content-type": "text/html; charset=utf-8", "x-request-id": "r-1", "set-cookie": "c"}
    httpx_mock.add_response(200, content=body, headers=headers)
    error = await error_of(make_client(retry=ONCE))

    assert isinstance(error, InvalidResponseError)
    assert (error.status_code, error.body, error.request_id) == (200, body, "r-1")
    assert (error.method, error.url, len(error.attempts)) == ("GET", NUMBER_URL, 1)
    assert error.headers["set-cookie"] == "***"
    assert f"got text/html ({len(body)} bytes, status 200)" in str(error)
    assert "proxy" in str(error)


@pytest.mark.parametrize("status_code", [200, 201, 202, 299])
async def test_any_2xx_is_a_success(httpx_mock: HTTPXMock, status_code: int) -> None:
    httpx_mock.add_response(status_code, json={"phoneNumber": NUMBER})
    number = await make_client().active_numbers.get(NUMBER)

    assert number.phone_number == NUMBER


async def test_a_2xx_without_a_content_type_is_told_as_such() -> None:
    transport = MockTransport(lambda request: HttpResponse(content=b"hello"))
    error = await error_of(make_client(retry=ONCE, transport=transport))
    assert "got no content type (5 bytes, status 200)" in str(error)


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("whole", [True, False])
async def test_the_garbage_collector_waits_while_a_large_body_is_decoded_and_is_then_as_it_was(
    enabled: bool, whole: bool
) -> None:
    numbers = [{"phoneNumber": f"+1202555{index:04}"} for index in range(4_000)]
    body = json.dumps({"activeNumbers": numbers, "nextPageToken": ""}).encode()
    transport = MockTransport(lambda _: HttpResponse(content=body if whole else body[:-1]))
    collections: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        collections.append(phase)

    listing = make_client(retry=ONCE, transport=transport).active_numbers.list()
    gc.collect()
    gc.callbacks.append(note)
    try:
        if not enabled:
            gc.disable()
        with contextlib.nullcontext() if whole else pytest.raises(InvalidResponseError):
            await listing
        assert gc.isenabled() is enabled
    finally:
        gc.enable()
        gc.callbacks.remove(note)

    if whole:  # and not in what an error shows of the body
        assert collections.count("start") <= 2  # otherwise 4,000 objects are searched at least five times
