"""The request for an access token, and what the token endpoint may respond with."""

from __future__ import annotations

import asyncio
import base64
import pickle

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import AuthenticationError, InvalidResponseError, RetryPolicy
from sinch_numbers.sandbox import Sandbox, SandboxOptions

from ..support import KEY_ID, KEY_SECRET, REGIONS_URL, TOKEN_URL, arrived, make_keyed_client
from .calls import errors_of, regions


async def test_the_token_request_is_what_the_endpoint_expects(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": "abc", "expires_in": 3600})
    httpx_mock.add_response(url=REGIONS_URL, json={"availableRegions": []})
    await make_keyed_client().available_regions.list()

    token, call = httpx_mock.get_requests()
    assert (token.method, token.content) == ("POST", b"grant_type=client_credentials")
    assert token.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (
        token.headers["authorization"]
        == "Basic " + base64.b64encode(f"{KEY_ID}:{KEY_SECRET}".encode()).decode()
    )
    assert call.headers["authorization"] == "Bearer abc"


async def test_a_wrong_key_is_an_authentication_error_from_the_token_endpoint() -> None:
    sandbox = Sandbox(SandboxOptions(key_id="right", key_secret="right"))
    with pytest.raises(AuthenticationError) as caught:
        await sandbox.client().available_regions.list()

    assert caught.value.status == "invalid_client"
    assert caught.value.url.endswith("/oauth2/token")
    assert arrived(sandbox, "Token") == 1
    assert arrived(sandbox, "ListAvailableRegions") == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b"null", b"[" * 100_000, b'{"access_token": null}', b'{"access_token": ""}',
     b'{"access_token": 7}',
     b'{"access_token": "a b"}', '{"access_token": "t\u00f6ken"}'.encode(), b'{"access_token": "a\\nb"}'],
    ids=range(12),
)  # fmt: skip
async def test_a_response_without_a_usable_token_is_an_invalid_response(
    httpx_mock: HTTPXMock, body: bytes
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, content=body, is_reusable=True)
    client = make_keyed_client(retry=RetryPolicy(initial_delay=0))
    failures = await errors_of(regions(client, 20))

    assert {type(failure) for failure in failures} == {InvalidResponseError}
    assert "has no access_token" in str(failures[0])
    assert TOKEN_URL in str(failures[0])
    assert isinstance(failures[0], InvalidResponseError)
    assert (failures[0].status_code, failures[0].method) == (200, "POST")
    # Retried as a 502 would be, once for all callers.
    assert len(httpx_mock.get_requests()) == 3


@pytest.mark.parametrize("fault", ["refused", "connect_timeout", "html", "invalid_json", "status"])
async def test_a_failed_token_request_tells_to_check_auth_url_and_not_base_url(
    sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.add(fault, operation="Token", status=404, times=None)
    client = sandbox.client(retry=RetryPolicy(max_attempts=1))
    failures = await errors_of(regions(client, 2))

    for failure in (*failures, pickle.loads(pickle.dumps(failures[0]))):
        assert "check" in str(failure)
        assert "`auth_url`" in str(failure)
        assert "base_url" not in str(failure)


@pytest.mark.parametrize("fault", ["refused", "html"])
async def test_a_failed_call_with_a_token_tells_to_check_base_url(sandbox: Sandbox, fault: str) -> None:
    sandbox.faults.add(fault, operation="GetActiveNumber")
    [failure] = await errors_of(
        [sandbox.client(retry=RetryPolicy(max_attempts=1)).active_numbers.get("+12025550134")]
    )

    assert "`base_url`" in str(failure)
    assert "auth_url" not in str(failure)


async def test_a_token_request_that_gets_an_html_page_is_retried(sandbox: Sandbox) -> None:
    sandbox.faults.add("html", operation="Token", times=2)
    async with sandbox.client() as client:
        assert len(await asyncio.gather(*regions(client, 20))) == 20
    assert [request.operation for request in sandbox.requests].count("Token") == 3


async def test_an_html_page_instead_of_a_token_is_retried_within_the_retry_quota(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.add("html", operation="Token")
    async with sandbox.client(retry=RetryPolicy(quota=0)) as client:
        with pytest.raises(InvalidResponseError):
            await client.available_regions.list()
    assert arrived(sandbox, "Token") == 1

    sandbox.faults.add("html", operation="Token")
    async with sandbox.client() as client:
        await client.available_regions.list()
    assert arrived(sandbox, "Token") == 3
