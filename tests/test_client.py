"""The client: its options, its copies and its lifecycle."""

from __future__ import annotations

import copy
import gc
import inspect
import logging
import pickle
import re
import warnings
from collections.abc import Callable
from typing import Any
from unittest.mock import create_autospec

import httpx
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    SPEC_HASH,
    SPEC_VERSION,
    ActiveNumber,
    ConfigurationError,
    HttpResponse,
    MockTransport,
    NumbersClient,
    RawResponse,
    RetryPolicy,
    ServerError,
    Timeout,
    __version__,
)
from sinch_numbers.sandbox import Sandbox

from .raw_server import http_response, raw_server
from .support import ANSWER, KEY_ID, KEY_SECRET, NUMBER, PROJECT, REGIONS_URL, make_client, make_keyed_client

VARIABLES = {
    "SINCH_PROJECT_ID": PROJECT,
    "SINCH_KEY_ID": KEY_ID,
    "SINCH_KEY_SECRET": KEY_SECRET,
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in (*VARIABLES, "SINCH_NUMBERS_BASE_URL", "SINCH_AUTH_URL"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


# --- the environment ---


async def test_a_client_takes_its_project_and_key_from_the_environment(
    environment: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    sandbox.options.key_id, sandbox.options.key_secret, sandbox.options.project_id = (
        KEY_ID,
        KEY_SECRET,
        PROJECT,
    )
    for name, value in VARIABLES.items():
        environment.setenv(name, value)
    async with NumbersClient.from_env(transport=sandbox.transport(), clock=sandbox.clock) as client:
        assert await client.available_regions.list()

    assert repr(client) == f"NumbersClient(project_id='{PROJECT}', base_url='https://numbers.api.sinch.com')"


async def test_the_environment_can_name_other_hosts(
    environment: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    async with sandbox.serve() as url:
        for name, value in (VARIABLES | {"SINCH_NUMBERS_BASE_URL": url, "SINCH_AUTH_URL": f"{url}/"}).items():
            environment.setenv(name, value)
        async with NumbersClient.from_env() as client:
            assert await client.available_regions.list()

    assert [request.operation for request in sandbox.requests] == ["Token", "ListAvailableRegions"]


def test_options_override_the_environment(environment: pytest.MonkeyPatch) -> None:
    for name, value in (VARIABLES | {"SINCH_NUMBERS_BASE_URL": "https://one.example"}).items():
        environment.setenv(name, value)
    client = NumbersClient.from_env(project_id="another", base_url="https://two.example")

    assert repr(client) == "NumbersClient(project_id='another', base_url='https://two.example')"


@pytest.mark.parametrize("present", [(), ("SINCH_KEY_ID",), ("SINCH_KEY_ID", "SINCH_PROJECT_ID")])
def test_all_missing_variables_are_named_in_one_error(
    environment: pytest.MonkeyPatch, present: tuple[str, ...]
) -> None:
    for name in present:
        environment.setenv(name, "x")
    environment.setenv("SINCH_KEY_SECRET", "")
    with pytest.raises(ConfigurationError) as caught:
        NumbersClient.from_env()

    missing = [name for name in VARIABLES if name not in present]
    assert str(caught.value) == f"the environment has no {', '.join(missing)}"


def test_a_token_provider_needs_no_key_in_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("SINCH_PROJECT_ID", PROJECT)
    NumbersClient.from_env(auth=lambda: "token")
    with pytest.raises(ConfigurationError, match="SINCH_KEY_ID, SINCH_KEY_SECRET"):
        NumbersClient.from_env(auth="basic")


def test_a_sandbox_whose_auth_url_was_forgotten_in_the_environment_is_refused(
    environment: pytest.MonkeyPatch,
) -> None:
    for name, value in (VARIABLES | {"SINCH_NUMBERS_BASE_URL": "http://127.0.0.1:8013"}).items():
        environment.setenv(name, value)
    with pytest.raises(ConfigurationError, match="SINCH_AUTH_URL"):
        NumbersClient.from_env()


def test_from_env_has_every_option_with_its_default_and_none_for_those_of_the_environment() -> None:
    options = inspect.signature(NumbersClient).parameters
    from_env = inspect.signature(NumbersClient.from_env).parameters
    defaults = {name: option.default for name, option in options.items()}
    in_environment = dict.fromkeys(("project_id", "key_id", "key_secret", "base_url", "auth_url"))

    assert {name: option.default for name, option in from_env.items()} == {**defaults, **in_environment}


async def test_every_option_of_from_env_reaches_the_client(
    environment: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: dict[str, object] = {}

    class Client(NumbersClient):
        def __init__(self, **options: Any) -> None:
            received.update(options)

    given: dict[str, Any] = {name: object() for name in inspect.signature(NumbersClient).parameters}
    given["headers"] = {"X-Tenant": "a"}
    Client.from_env(**given)
    headers: Any = received["headers"]

    assert received | {"headers": {**headers}} == given


# --- options ---


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"project_id": ""}, "project_id"),
        ({"project_id": None}, "project_id"),
        ({"project_id": ".."}, "project_id"),
        ({"project_id": "."}, "project_id"),
        ({"project_id": "a\nb"}, "project_id"),
        ({"project_id": " a"}, "project_id"),
        ({"project_id": "\udc80"}, "project_id"),
        ({"key_id": " "}, "key_id"),
        ({"key_secret": ""}, "key_secret"),
        ({"key_secret": None}, "key_secret"),
        ({"auth": "digest"}, "auth"),
        ({"max_connections": 0}, "max_connections"),
        ({"max_connections": True}, "max_connections"),
        ({"timeout": 5.0}, "timeout must be a Timeout"),
        ({"retry": 3}, "retry must be a RetryPolicy"),
        ({"transport": object(), "http_client": object()}, "transport or http_client"),
    ],
)
def test_a_wrong_option_is_named_in_the_error(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        make_keyed_client(**options)


async def test_headers_are_sent_with_every_request_and_replace_ours_in_any_case(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(json=ANSWER)
    client = make_client(headers={"X-Tenant": "a", "user-agent": "mine/1"})
    copy = client.with_options(headers={"x-tenant": "b", "X-Empty": ""})
    await copy.available_regions.list()

    [request] = httpx_mock.get_requests()
    assert request.headers.get_list("x-tenant") == ["b"]
    assert request.headers.get_list("user-agent") == ["mine/1"]
    assert request.headers.get_list("x-empty") == [""]


async def test_the_user_agent_names_the_package_and_the_document_that_it_speaks(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(json=ANSWER)
    await make_client().available_regions.list()

    [request] = httpx_mock.get_requests()
    assert re.fullmatch("[0-9a-f]{12}", SPEC_HASH)
    assert request.headers["user-agent"] == (
        f"sinch-numbers/{__version__} (python; spec {SPEC_VERSION}+{SPEC_HASH})"
    )


@pytest.mark.parametrize(
    ("project_id", "segment"),
    [("a/b", "a%2Fb"), ("../x", "..%2Fx"), ("a?b#c", "a%3Fb%23c"), ("%2e%2e", "%252e%252e"), ("a b", "a%20b"),
     ("pr\u00f6", "pr%C3%B6"),
     ("a;b:c@d", "a%3Bb%3Ac%40d")],
)  # fmt: skip
async def test_a_project_id_is_one_segment_of_the_path_whatever_is_in_it(
    project_id: str, segment: str
) -> None:
    async with (
        raw_server(_empty) as server,
        make_client(base_url=server.url, project_id=project_id) as client,
    ):
        await client.available_regions.list()

    assert server.requests[0].startswith(f"GET /v1/projects/{segment}/availableRegions HTTP/1.1\r\n".encode())


async def test_a_successful_call_logs_nothing_at_info_level(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_response(url=REGIONS_URL, json=ANSWER)
    with caplog.at_level(logging.INFO):
        await make_client().available_regions.list()

    assert caplog.records == []


# --- copies ---


async def test_a_copy_shares_connections_and_token_and_closes_nothing(sandbox: Sandbox) -> None:
    async with raw_server(_empty) as server, make_client(base_url=server.url) as client:
        await client.available_regions.list()
        async with client.with_options(timeout=Timeout(total=5)) as copy:
            await copy.available_regions.list()
        await client.available_regions.list()
    assert server.connections == 1

    async with sandbox.client() as client:
        await client.available_regions.list()
        await client.with_options(headers={"X-A": "b"}).available_regions.list()
    assert sandbox.tokens_issued == 1


async def _empty(_: bytes) -> bytes:
    return http_response()


async def test_a_copy_changes_only_what_it_is_told_and_leaves_the_original_alone(
    httpx_mock: HTTPXMock,
) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    original = make_client(retry=RetryPolicy(max_attempts=2), headers={"X-A": "a"})
    copy = original.with_options(retry=RetryPolicy(max_attempts=1))

    for client, attempts in ((copy, 1), (original, 2), (copy.with_options(timeout=Timeout()), 1)):
        with pytest.raises(ServerError) as caught:
            await client.available_regions.list()
        assert len(caught.value.attempts) == attempts
    assert {request.headers["x-a"] for request in httpx_mock.get_requests()} == {"a"}
    assert repr(copy) == repr(original)


async def test_a_copy_can_have_its_own_hooks(sandbox: Sandbox) -> None:
    ours: list[RawResponse] = []
    theirs: list[RawResponse] = []
    client = sandbox.client(on_response=ours.append)
    await client.with_options(on_response=theirs.append).available_regions.list()

    assert (len(ours), len(theirs)) == (0, 1)


@pytest.mark.parametrize("options", [{"timeout": 5}, {"retry": 1}])
def test_a_copy_checks_its_options_too(options: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        make_client().with_options(**options)


async def test_a_copy_has_the_same_class_and_keeps_the_attributes_of_a_subclass() -> None:
    class Tenants(NumbersClient):
        tenant = "none"

    client = Tenants(project_id=PROJECT, auth=lambda: "token")
    client.tenant = "a"
    async with client:
        copy = client.with_options(retry=RetryPolicy(max_attempts=1))
        assert type(copy) is Tenants
        assert copy.tenant == "a"
        assert copy.active_numbers is not client.active_numbers


# --- closing ---


async def test_a_client_does_not_close_a_transport_or_http_client_that_it_was_given() -> None:
    transport = MockTransport(lambda _: HttpResponse())
    async with make_client(transport=transport):
        pass
    assert not transport.closed

    async with httpx.AsyncClient() as http_client:
        async with make_client(http_client=http_client):
            pass
        assert not http_client.is_closed


async def test_a_client_is_closed_if_its_block_raises() -> None:
    client = make_client()
    with pytest.raises(ZeroDivisionError):
        async with client:
            raise ZeroDivisionError
    with pytest.raises(ConfigurationError, match="closed"):
        await client.active_numbers.get(NUMBER)


async def test_an_unclosed_client_that_is_collected_warns_with_its_name(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"availableRegions": []}, is_reusable=True)
    client = NumbersClient(project_id=PROJECT, auth=lambda: "token", base_url="http://localhost:1")
    copy = client.with_options(timeout=Timeout(total=5))
    await client.available_regions.list()
    del client
    gc.collect()
    await copy.available_regions.list()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del copy
        gc.collect()

    assert [(warning.category, str(warning.message)) for warning in caught] == [
        (
            ResourceWarning,
            "unclosed NumbersClient of http://localhost:1: use `async with`, or await aclose()",
        )
    ]


async def test_a_client_that_has_nothing_to_close_does_not_warn(sandbox: Sandbox) -> None:
    NumbersClient(project_id=PROJECT, auth=lambda: "token")
    await sandbox.client().available_regions.list()
    async with httpx.AsyncClient() as http_client, raw_server(_empty) as server:
        await NumbersClient(
            project_id=PROJECT, auth=lambda: "token", base_url=server.url, http_client=http_client
        ).available_regions.list()
        async with NumbersClient(project_id=PROJECT, auth=lambda: "token", base_url=server.url) as client:
            await client.available_regions.list()
        del client
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.collect()
    assert [warning.message for warning in caught if "NumbersClient" in str(warning.message)] == []


# --- doubles and copies ---


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_client_cannot_be_pickled_or_copied(duplicate: Callable[[object], object]) -> None:
    client = make_keyed_client()
    for holder in (client, client.with_options()):
        with pytest.raises(TypeError, match=r"cannot be pickled or copied: .* use with_options\(\)"):
            duplicate(holder)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, pickle.dumps])
def test_a_resource_cannot_be_pickled_or_copied_with_its_client(
    duplicate: Callable[[object], object],
) -> None:
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        duplicate(make_keyed_client().active_numbers)


@pytest.mark.parametrize("options", [{}, {"instance": True}, {"spec_set": True}])
async def test_a_double_of_the_client_has_the_resources_and_their_signatures(options: dict[str, Any]) -> None:
    double = create_autospec(NumbersClient, **options)
    client = double if "instance" in options else double(project_id="p")
    client.active_numbers.get.return_value = ActiveNumber(phone_number=NUMBER)
    assert (await client.active_numbers.get(NUMBER)).phone_number == NUMBER
    client.active_numbers.get.assert_awaited_once_with(NUMBER)
    for resource in ("available_numbers", "available_regions", "callback_configuration"):
        assert getattr(client, resource)
    with pytest.raises(TypeError, match="phone_number"):
        await client.active_numbers.get()
    with pytest.raises(AttributeError):
        _ = client.active_numbers.buy
