"""Basic, and bearer tokens from a provider or a function of the user."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import AuthenticationError, ConfigurationError, TokenProvider
from sinch_numbers.sandbox import Sandbox

from ..support import ANSWER, KEY_ID, KEY_SECRET, make_client

# --- Basic ---


async def test_basic_sends_the_key_with_every_call_and_asks_for_no_token(sandbox: Sandbox) -> None:
    sandbox.options.key_id, sandbox.options.key_secret = KEY_ID, KEY_SECRET
    client = sandbox.client(auth="basic", key_id=KEY_ID, key_secret=KEY_SECRET)
    await client.available_regions.list()

    assert [request.operation for request in sandbox.requests] == ["ListAvailableRegions"]


async def test_basic_credentials_that_are_rejected_are_not_tried_again(sandbox: Sandbox) -> None:
    sandbox.options.key_secret = "another"
    with pytest.raises(AuthenticationError) as caught:
        await sandbox.client(auth="basic").available_regions.list()

    assert len(caught.value.attempts) == 1


# --- a token provider ---


class Vault:
    """A token provider that returns its tokens one after the other, as they are rejected."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)
        self.refused: list[str] = []

    async def get_token(self, *, rejected: str | None = None) -> str:
        if rejected is not None:
            self.refused.append(rejected)
            if rejected == self.tokens[0] and len(self.tokens) > 1:
                del self.tokens[0]
        return self.tokens[0]


async def test_a_token_provider_is_asked_for_another_token_after_a_401(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401, match_headers={"Authorization": "Bearer one"})
    httpx_mock.add_response(json=ANSWER, match_headers={"Authorization": "Bearer two"})
    vault: TokenProvider = (tokens := Vault("one", "two"))
    await make_client(auth=vault).available_regions.list()

    assert tokens.refused == ["one"]


async def test_a_provider_whose_tokens_are_all_rejected_is_asked_for_one_more_only(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(401, is_reusable=True)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=Vault(*"abcdefgh")).available_regions.list()

    assert len(caught.value.attempts) == 2


async def test_a_provider_gives_up_by_returning_the_rejected_token_again(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=Vault("one")).available_regions.list()

    assert len(caught.value.attempts) == 1


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX-Evil: 1", "t\u00f6ken", None, b"bytes"])
async def test_a_provider_that_does_not_return_a_token_is_a_configuration_error(token: Any) -> None:
    with pytest.raises(ConfigurationError, match="token provider"):
        await make_client(auth=Vault(token)).available_regions.list()


async def test_what_a_provider_raises_reaches_the_caller_unchanged() -> None:
    def sealed() -> str:
        raise LookupError("the vault is sealed")

    with pytest.raises(LookupError, match="sealed"):
        await make_client(auth=sealed).available_regions.list()


async def test_a_timeout_that_a_provider_raises_reaches_the_caller_unchanged() -> None:
    async def slow() -> str:
        raise TimeoutError("the vault is slow")

    with pytest.raises(TimeoutError, match="vault"):
        await make_client(auth=slow).available_regions.list()


@pytest.mark.parametrize("auth", [None, 7, object(), ("key", "secret")])
def test_an_auth_option_that_cannot_return_tokens_is_a_configuration_error(auth: Any) -> None:
    with pytest.raises(ConfigurationError, match="auth must be"):
        make_client(auth=auth)


# --- a function that returns a token ---


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_function_that_returns_a_token_is_a_provider(httpx_mock: HTTPXMock, is_async: bool) -> None:
    tokens = ["two", "one"]

    async def later() -> str:
        return tokens.pop()

    httpx_mock.add_response(401, match_headers={"Authorization": "Bearer one"})
    httpx_mock.add_response(json=ANSWER, match_headers={"Authorization": "Bearer two"})
    # Called again after a 401, and once more for the next attempt: the last token is returned twice.
    tokens.insert(0, "two")
    await make_client(auth=later if is_async else tokens.pop).available_regions.list()

    assert tokens == []


async def test_a_function_gives_up_by_returning_the_rejected_token_again(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(401)
    with pytest.raises(AuthenticationError) as caught:
        await make_client(auth=lambda: "one").available_regions.list()

    assert len(caught.value.attempts) == 1
