from __future__ import annotations

import copy
import logging
import pickle
import re
from http import HTTPStatus
from typing import Any

import attrs
import httpx
import pytest
from pytest_httpx import HTTPXMock

import sinch_numbers
from sinch_numbers import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    FieldViolation,
    InvalidResponseError,
    NotFoundError,
    NumbersClient,
    NumbersError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    Sent,
    ServerError,
    Timeout,
    errors,
)
from sinch_numbers.sandbox import Sandbox, SandboxOptions

from .exposure import leaks, recorded, shown
from .raw_server import http_answer, raw_server
from .support import (
    BASE,
    CALLBACKS_URL,
    HMAC_SECRET,
    KEY_ID,
    KEY_SECRET,
    NUMBER,
    NUMBER_URL,
    PROJECT,
    TOKEN,
    TOKEN_URL,
    closed_port,
    make_client,
    make_keyed_client,
)

ONCE = RetryPolicy(max_attempts=1)

EXACT: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


async def error_of(client: NumbersClient) -> NumbersError:
    with pytest.raises(NumbersError) as caught:
        await client.active_numbers.get(NUMBER)
    return caught.value


async def status_error(httpx_mock: HTTPXMock, status_code: int, **answer: Any) -> APIStatusError:
    httpx_mock.add_response(status_code, url=NUMBER_URL, **answer)
    error = await error_of(make_client(retry=ONCE))
    assert isinstance(error, APIStatusError)
    return error


# --- every status ---


@pytest.mark.parametrize("status_code", range(400, 600))
async def test_every_status_raises_its_class_with_all_that_the_answer_tells(
    httpx_mock: HTTPXMock, status_code: int
) -> None:
    detail = {"type": "BadRequest", "fieldViolations": [{"field": "size", "description": "too large"}]}
    body = {"error": {"code": 1, "message": "It failed", "status": "SOME_WORD", "details": [detail]}}
    headers = {"x-request-id": "request-7", "set-cookie": "session=1", "retry-after": "7"}
    error = await status_error(httpx_mock, status_code, json=body, headers=headers)

    assert type(error) is EXACT.get(status_code, ServerError if status_code >= 500 else APIStatusError)
    assert error.status_code == status_code
    assert error.status == "SOME_WORD"
    assert error.message == "It failed"
    assert error.field_violations == (FieldViolation("size", "too large"),)
    assert error.details == (detail,)
    assert error.request_id == "request-7"
    assert error.retry_after == 7
    assert (error.method, error.url) == ("GET", NUMBER_URL)
    assert error.headers["set-cookie"] == "***"
    assert error.headers["x-request-id"] == "request-7"
    assert b'"It failed"' in error.body
    [attempt] = error.attempts
    assert (attempt.status_code, attempt.sent) == (status_code, Sent.ARRIVED)


@pytest.mark.parametrize("status_code", range(400, 600))
@pytest.mark.parametrize("body", [b"", b"<html>Bad</html>"], ids=["empty", "html"])
async def test_a_status_raises_its_class_whatever_the_body(
    httpx_mock: HTTPXMock, status_code: int, body: bytes
) -> None:
    error = await status_error(httpx_mock, status_code, content=body, headers={"content-type": "text/html"})

    assert type(error) is EXACT.get(status_code, ServerError if status_code >= 500 else APIStatusError)
    assert (error.status, error.field_violations, error.details) == ("", (), ())
    assert error.body == body
    assert str(error).startswith(str(status_code))
    if body:
        assert error.message == "a body that is no JSON object (text/html, 16 bytes)"
    elif status_code in set(HTTPStatus):
        assert error.message
    assert NUMBER_URL in str(error)


@pytest.mark.parametrize("status_code", [300, 301, 302, 307, 308])
async def test_a_redirect_is_an_error_and_not_followed(httpx_mock: HTTPXMock, status_code: int) -> None:
    error = await status_error(httpx_mock, status_code, headers={"location": "https://elsewhere.example/"})

    assert type(error) is APIStatusError
    assert error.status_code == status_code
    assert len(httpx_mock.get_requests()) == 1


# --- the forms of a body (wire-facts, Errors) ---


async def test_a_404_names_the_resource_where_its_message_is_empty(httpx_mock: HTTPXMock) -> None:
    resource = {
        "type": "ResourceInfo", "resourceType": "ActiveNumber", "resourceName": NUMBER, "owner": "", "description": "",
    }  # fmt: skip
    body = {"error": {"code": 404, "message": "", "status": "NOT_FOUND", "details": [resource]}}
    error = await status_error(httpx_mock, 404, json=body)

    assert isinstance(error, NotFoundError)
    assert (error.status, error.message) == ("NOT_FOUND", f"ActiveNumber {NUMBER}")
    assert error.details == (resource,)
    assert str(error) == f"404 NOT_FOUND: ActiveNumber {NUMBER} (GET {NUMBER_URL})"


async def test_a_400_tells_each_field_that_was_refused(httpx_mock: HTTPXMock) -> None:
    violation = {"field": "order_by", "description": "Invalid order_by XXX"}
    detail = {"@type": "BadRequest", "fieldViolations": [violation, {"field": "size"}, "odd"]}
    body = {"error": {"code": 400, "message": "", "status": "INVALID_ARGUMENT", "details": [detail, "odd"]}}
    error = await status_error(httpx_mock, 400, json=body)

    assert error.field_violations == (
        FieldViolation("order_by", "Invalid order_by XXX"),
        FieldViolation("size", ""),
    )
    assert "order_by: Invalid order_by XXX" in str(error)


async def test_a_400_without_details_tells_its_message(httpx_mock: HTTPXMock) -> None:
    message = 'parsing field "type": "XXX" is not a valid value'
    error = await status_error(httpx_mock, 400, json={"error": {"code": 400, "message": message}})

    assert (error.message, error.status, error.field_violations) == (message, "", ())


async def test_the_class_follows_the_http_status_where_the_body_disagrees(httpx_mock: HTTPXMock) -> None:
    message = "Trial account is not enabled to rent number"
    body = {"error": {"code": 400, "message": message, "status": "PERMISSION_DENIED"}}
    error = await status_error(httpx_mock, 403, json=body)

    assert type(error) is PermissionDeniedError
    assert (error.message, error.status) == (message, "PERMISSION_DENIED")


async def test_a_problem_document_is_read(httpx_mock: HTTPXMock) -> None:
    problem = {
        "type": "https://example/expired",
        "title": "Token expired",
        "detail": "Ask again",
        "traceId": "t-1",
    }
    error = await status_error(httpx_mock, 403, json=problem)

    assert error.message == "Token expired: Ask again"
    assert error.request_id == "t-1"


async def test_an_oauth_error_is_read(httpx_mock: HTTPXMock) -> None:
    body = {"error": "invalid_client", "error_description": "Client authentication failed", "error_hint": "…"}
    error = await status_error(httpx_mock, 401, json=body)

    assert (error.status, error.message) == ("invalid_client", "Client authentication failed")


async def test_an_oauth_error_without_description_falls_back_to_its_longer_words(
    httpx_mock: HTTPXMock,
) -> None:
    body = {"error": "invalid_client", "error_verbose": "No such client"}
    error = await status_error(httpx_mock, 401, json=body)

    assert error.message == "No such client"


async def test_an_empty_429_of_the_proxy_is_a_rate_limit_without_a_time(httpx_mock: HTTPXMock) -> None:
    error = await status_error(httpx_mock, 429, headers={"x-envoy-ratelimited": "true"})

    assert isinstance(error, RateLimitError)
    assert error.retry_after is None
    assert error.headers["x-envoy-ratelimited"] == "true"
    assert "slow down" in str(error)


@pytest.mark.parametrize(
    "body",
    [b"[]", b"1", b"null", b'"x"', b'{"error": []}', b'{"error": {"details": {}}}', b"[" * 100_000, b"\xff\xfe"],
    ids=["list", "number", "null", "string", "odd error", "odd details", "deep", "bytes"],
)  # fmt: skip
async def test_a_body_of_any_shape_only_explains_less(httpx_mock: HTTPXMock, body: bytes) -> None:
    error = await status_error(httpx_mock, 404, content=body)

    assert type(error) is NotFoundError
    assert error.body == body


async def test_a_message_of_any_length_stays_readable(httpx_mock: HTTPXMock) -> None:
    error = await status_error(httpx_mock, 400, json={"message": "x" * 100_000})

    assert error.message == "x" * 499 + "…"
    assert len(error.body) > 100_000


@pytest.mark.parametrize(
    "header", ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-b3-traceid", "cf-ray"]
)
async def test_the_request_id_is_found_under_each_of_its_names(httpx_mock: HTTPXMock, header: str) -> None:
    error = await status_error(httpx_mock, 400, headers={header: "id-1"}, json={"requestId": "another"})

    assert error.request_id == "id-1"
    assert "[request id id-1]" in str(error)


async def test_the_request_id_may_stand_in_a_detail_of_the_body(httpx_mock: HTTPXMock) -> None:
    body = {"error": {"message": "m", "details": [{"@type": "RequestInfo", "requestId": "id-2"}]}}
    error = await status_error(httpx_mock, 400, json=body)

    assert error.request_id == "id-2"


# --- no answer, over real sockets ---


async def test_a_refused_connection_was_never_sent() -> None:
    port = closed_port()
    client = make_client(base_url=f"http://127.0.0.1:{port}", retry=ONCE)
    error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.NEVER
    assert (error.method, error.url) == ("GET", NUMBER_URL.replace(BASE, f"http://127.0.0.1:{port}"))
    [attempt] = error.attempts
    assert (attempt.status_code, attempt.sent, attempt.timed_out) == (None, Sent.NEVER, False)
    assert "the request was not sent" in str(error)
    assert error.__cause__ is not None


async def test_a_name_that_does_not_resolve_was_never_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectError("[Errno -2] Name or service not known"))
    error = await error_of(make_client(retry=ONCE))

    assert type(error) is APIConnectionError
    assert error.sent is Sent.NEVER
    assert "Name or service not known" in str(error)


async def test_a_connection_dropped_before_the_answer_may_have_been_acted_on() -> None:
    async def drop(_: bytes) -> None:
        return None

    async with raw_server(drop) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN
    assert "the request may have arrived" in str(error)
    assert len(server.requests) == 1


async def test_an_answer_cut_off_in_its_body_may_have_been_acted_on() -> None:
    async def cut(_: bytes) -> bytes:
        server.writers[-1].write(http_answer(body=b'{"phoneNumber": "+12025550134"}')[:-5])
        server.writers[-1].close()
        return b""

    async with raw_server(cut) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN


async def test_a_server_that_speaks_no_http_may_have_acted() -> None:
    async def babble(_: bytes) -> bytes:
        return b"SSH-2.0-OpenSSH_9.6\r\n\r\n"

    async with raw_server(babble) as server, make_client(base_url=server.url, retry=ONCE) as client:
        error = await error_of(client)

    assert type(error) is APIConnectionError
    assert error.sent is Sent.UNKNOWN


async def test_a_server_that_does_not_answer_in_time_is_a_timeout_that_may_have_been_acted_on(
    sandbox: Sandbox,
) -> None:
    held = sandbox.faults.hold("GetActiveNumber")
    async with sandbox.serve() as url:
        client = make_client(base_url=url, auth="basic", key_id="k", key_secret="s", retry=ONCE)
        async with client.with_options(timeout=Timeout(read=0.05)) as hurried:
            error = await error_of(hurried)
        held.release()
        await client.aclose()

    assert type(error) is APITimeoutError
    assert error.sent is Sent.UNKNOWN
    assert isinstance(error, APIConnectionError)
    [attempt] = error.attempts
    assert attempt.timed_out


async def test_connecting_that_takes_too_long_is_a_timeout_that_was_never_sent(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ConnectTimeout(""))
    error = await error_of(make_client(retry=ONCE))

    assert type(error) is APITimeoutError
    assert error.sent is Sent.NEVER
    assert error.message == "ConnectTimeout"


async def test_an_answer_that_trickles_is_bounded_by_the_whole_calls_timeout() -> None:
    async def trickle(_: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"

    async with raw_server(trickle) as server:
        timeout = Timeout(total=0.05, read=10)
        async with make_client(base_url=server.url, timeout=timeout, clock=None) as client:
            error = await error_of(client)

    assert type(error) is APITimeoutError
    assert error.sent is Sent.UNKNOWN


# --- answers that are not what the API speaks ---


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b"null", b'{"phoneNumber": "+1'])
async def test_a_2xx_that_is_no_json_object_is_an_invalid_response(
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


# --- errors as values ---


def _copies(error: NumbersError) -> list[NumbersError]:
    return [pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)]


def _same(one: NumbersError, other: NumbersError) -> bool:
    return (type(one), str(one), one.args, vars(one)) == (type(other), str(other), other.args, vars(other))


async def test_an_error_of_the_api_survives_pickle_and_copy_with_all_its_fields(
    httpx_mock: HTTPXMock,
) -> None:
    detail = {"type": "BadRequest", "fieldViolations": [{"field": "size", "description": "too large"}]}
    body = {"error": {"message": "m", "status": "INVALID_ARGUMENT", "details": [detail]}}
    error = await status_error(httpx_mock, 400, json=body, headers={"x-request-id": "r"})

    assert all(_same(error, twin) for twin in _copies(error))


async def test_a_lost_connection_survives_pickle_and_copy_with_all_its_fields(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_exception(httpx.ReadTimeout("slow"))
    error = await error_of(make_client(retry=ONCE))
    assert isinstance(error, APITimeoutError)

    for twin in _copies(error):
        assert isinstance(twin, APITimeoutError)
        assert twin.sent is Sent.UNKNOWN
        assert _same(error, twin)


def _all_errors() -> list[NumbersError]:
    number = sinch_numbers.ActiveNumber(phone_number=NUMBER)
    return [
        ConfigurationError("m"),
        InvalidResponseError("m", status_code=200, body=b"x", request_id="r"),
        errors.OutcomeUnknownError("m", operation="RentNumber", phone_number=NUMBER),
        errors.NoOfferError("m"),
        errors.BudgetExceededError("m", price=None, remaining=None),
        errors.ProvisioningFailedError("m", number=number, error_codes=("X",)),
        errors.WaitTimeoutError("m", number=number),
        errors.PaginationError("m", cursor="c"),
        errors.WebhookError("m"),
        errors.SignatureError("m"),
        errors.PayloadError("m"),
    ]


@pytest.mark.parametrize("error", _all_errors(), ids=lambda error: type(error).__name__)
def test_every_other_error_survives_pickle_and_copy_too(error: NumbersError) -> None:
    error.add_note("a note of the user's")

    assert all(_same(error, twin) for twin in _copies(error))


def test_errors_are_caught_under_the_names_that_python_has_for_them() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(errors.WaitTimeoutError, TimeoutError)


def _drawn() -> dict[str, int]:
    """The classes in the docstring's tree, with the depth at which each stands."""
    names = re.compile(r"^    (?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)")
    found = [names.match(line) for line in (errors.__doc__ or "").splitlines()]
    return {match["name"]: len(match["branch"]) // 4 for match in found if match}


def _depth(cls: type[BaseException]) -> int:
    parents = [
        base for base in cls.__mro__ if issubclass(base, NumbersError) and not base.__name__.startswith("_")
    ]
    return len(parents) - 1


def _subclasses(cls: type[NumbersError]) -> set[type[NumbersError]]:
    direct = {sub for sub in cls.__subclasses__() if sub.__module__ == errors.__name__}
    return direct.union(*(_subclasses(sub) for sub in direct))


def test_the_tree_in_the_docstring_is_complete() -> None:
    public = {cls for cls in _subclasses(NumbersError) if not cls.__name__.startswith("_")} | {NumbersError}

    assert _drawn() == {cls.__name__: _depth(cls) for cls in public}


def test_every_error_is_importable_from_the_package() -> None:
    assert [
        name for name in errors.__all__ if getattr(sinch_numbers, name) is not getattr(errors, name)
    ] == []
    assert set(_drawn()) | {"FieldViolation"} == set(errors.__all__)


# --- no error and no log shows a secret ---


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that anybody logs, in `logs.records`."""
    caplog.set_level(logging.DEBUG)
    return caplog


def _echo(request: httpx.Request) -> httpx.Response:
    """An unfriendly server: what it was sent stands everywhere in its answer."""
    authorization = request.headers["authorization"]
    token = authorization.partition(" ")[2]
    body = {
        "error": {
            "message": f"bad credentials {authorization} ({token}) in {request.content.decode()} of {KEY_SECRET}",
            "status": token,
            "details": [{"type": "BadRequest", "fieldViolations": [{"field": "f", "description": authorization}]}],
        },
        "hmacSecret": HMAC_SECRET,
        "access_token": TOKEN,
    }  # fmt: skip
    headers = {"x-echo": authorization, "www-authenticate": f'Bearer error_description="{token} expired"'}
    return httpx.Response(request.extensions.get("status", 418), json=body, headers=headers)


async def test_an_error_whose_answer_echoes_every_secret_shows_none(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": TOKEN, "expires_in": 3600})
    httpx_mock.add_callback(_echo, url=CALLBACKS_URL, is_reusable=True)
    client = make_keyed_client()

    with pytest.raises(APIStatusError) as read:
        await client.callback_configuration.get()
    with pytest.raises(APIStatusError) as written:
        await client.callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(read.value)) == []
    assert leaks(shown(written.value)) == []
    assert leaks(recorded(logs.records)) == []


async def test_a_token_endpoint_that_echoes_the_key_shows_it_nowhere(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture
) -> None:
    httpx_mock.add_callback(_echo, url=TOKEN_URL)
    with pytest.raises(APIStatusError) as caught:
        await make_keyed_client().active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize(
    "body",
    [
        f'{{"token": "{TOKEN}"}}',
        f'{{"access_token": ["{TOKEN}"]}}',
        f'{{"access_token": "{TOKEN}\\n"}}',
        f'["{TOKEN}"]',
        f'{{"access_token": "{TOKEN}',
    ],
)
async def test_a_token_in_a_form_that_is_not_understood_is_shown_nowhere(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture, body: str
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, text=body, is_reusable=True)
    with pytest.raises(InvalidResponseError) as caught:
        await make_keyed_client().active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize(
    "exception", [httpx.ReadError("lost"), httpx.ConnectError("no"), httpx.ReadTimeout("")]
)
async def test_a_lost_connection_shows_no_secret(
    httpx_mock: HTTPXMock, logs: pytest.LogCaptureFixture, exception: Exception
) -> None:
    httpx_mock.add_response(url=TOKEN_URL, json={"access_token": TOKEN, "expires_in": 3600})
    httpx_mock.add_exception(exception, url=CALLBACKS_URL)
    with pytest.raises(APIConnectionError) as caught:
        await make_keyed_client(retry=ONCE).callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(caught.value)) == []
    assert leaks(recorded(logs.records)) == []


@pytest.mark.parametrize("body", [f'{{"hmacSecret": "{HMAC_SECRET}"', f'[{{"hmacSecret": "{HMAC_SECRET}"}}]'])
async def test_a_callback_configuration_that_cannot_be_read_shows_no_secret(
    httpx_mock: HTTPXMock, body: str
) -> None:
    httpx_mock.add_response(url=CALLBACKS_URL, text=body)
    with pytest.raises(InvalidResponseError) as caught:
        await make_client().callback_configuration.update(hmac_secret=HMAC_SECRET)

    assert leaks(shown(caught.value)) == []


async def test_no_log_record_shows_a_secret_when_all_goes_well_over_real_sockets(
    logs: pytest.LogCaptureFixture,
) -> None:
    sandbox = Sandbox(SandboxOptions(key_id=KEY_ID, key_secret=KEY_SECRET))
    async with sandbox.serve() as url, make_keyed_client(base_url=url, auth_url=url) as client:
        with client.raw_responses() as responses:
            await client.callback_configuration.update(hmac_secret=HMAC_SECRET)
        configuration = await client.callback_configuration.get()
        text = repr((client, vars(client), responses, configuration))

    assert configuration.hmac_secret == HMAC_SECRET
    assert {"httpcore.http11", "sinch_numbers"} <= {record.name for record in logs.records}
    assert leaks(recorded(logs.records)) == []
    assert leaks(iter([text])) == []


@pytest.mark.parametrize("secret", [b"canary-hmac-secret-4Lp", ["canary-hmac-secret-4Lp"], " ", "", None])
async def test_a_secret_of_the_wrong_kind_is_refused_without_showing_it(secret: Any) -> None:
    with pytest.raises(ConfigurationError, match="hmac_secret") as caught:
        await make_client().callback_configuration.update(hmac_secret=secret)

    assert leaks(shown(caught.value)) == []


def _options_that_fail() -> list[dict[str, Any]]:
    return [
        {"base_url": "http://api.example"},
        {"project_id": ""},
        {"auth": "digest"},
        {"key_id": ""},
        {"max_connections": 0},
        {"key_secret": KEY_SECRET.encode()},
        {"key_secret": f"{KEY_SECRET}\udc80"},
        {"headers": {"Authorization": f"Bearer {TOKEN}"}},
    ]


@pytest.mark.parametrize("options", _options_that_fail(), ids=lambda options: next(iter(options)))
def test_an_option_that_is_wrong_shows_no_secret_either(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SINCH_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SINCH_KEY_ID", KEY_ID)
    monkeypatch.setenv("SINCH_KEY_SECRET", KEY_SECRET)
    with pytest.raises(ConfigurationError) as made:
        make_keyed_client(**options)
    with pytest.raises(ConfigurationError) as from_environment:
        NumbersClient.from_env(**options)

    assert leaks(shown(made.value)) == []
    assert leaks(shown(from_environment.value)) == []


async def test_a_provider_whose_token_cannot_be_sent_shows_it_nowhere() -> None:
    with pytest.raises(ConfigurationError, match="token provider") as caught:
        await make_client(auth=lambda: f"{TOKEN}\r\nX-Injected: 1").active_numbers.get(NUMBER)

    assert leaks(shown(caught.value)) == []


def test_an_attempt_and_an_error_name_no_more_than_they_know() -> None:
    error = APIStatusError("", status_code=418)

    assert str(error) == "418"
    assert (error.request_id, error.headers, error.body, error.attempts) == (None, {}, b"", ())
    assert attrs.asdict(FieldViolation("a", "b")) == {"field": "a", "description": "b"}
