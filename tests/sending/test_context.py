"""How a 2xx response is decoded."""

from __future__ import annotations

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
