"""The exception for each response that is not a 2xx, whatever form its body has."""

from __future__ import annotations

import json
import pickle
import re
from http import HTTPStatus
from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FieldViolation,
    HttpResponse,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    Sent,
    ServerError,
)
from sinch_numbers._sending import responses

from ..support import NUMBER, NUMBER_URL, TOKEN, TOKEN_URL, error_of, make_client, make_keyed_client

ONCE = RetryPolicy(max_attempts=1)

EXACT: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


async def status_error(httpx_mock: HTTPXMock, status_code: int, **response: Any) -> APIStatusError:
    httpx_mock.add_response(status_code, url=NUMBER_URL, **response)
    error = await error_of(make_client(retry=ONCE))
    assert isinstance(error, APIStatusError)
    return error


# --- every status ---


@pytest.mark.parametrize("status_code", range(400, 600))
async def test_every_status_raises_its_class_with_all_that_the_response_says(
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
        assert error.message == "expected a JSON object, got text/html (16 bytes)"
    elif status_code in set(HTTPStatus):
        assert error.message
    assert NUMBER_URL in str(error)


@pytest.mark.parametrize("status_code", [300, 301, 302, 307, 308])
async def test_a_redirect_is_an_error_and_is_not_followed(httpx_mock: HTTPXMock, status_code: int) -> None:
    error = await status_error(httpx_mock, status_code, headers={"location": "https://elsewhere.example/"})

    assert type(error) is APIStatusError
    assert error.status_code == status_code
    assert error.message == "redirected to https://elsewhere.example/; redirects are not followed"
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/v2/numbers?page=2#top", "/v2/numbers"),
        ("https://user:password@elsewhere.example:8443/a?token=1", "https://elsewhere.example:8443/a"),
        ("https://[::1", "an invalid URL"),
        (f"https://elsewhere.example/{TOKEN}", "https://elsewhere.example/***"),
    ],
)
async def test_where_a_redirect_leads_is_shown_without_credentials(
    httpx_mock: HTTPXMock, location: str, shown: str
) -> None:
    error = await status_error(httpx_mock, 307, headers={"location": location}, text="Moved")

    assert error.message == f"redirected to {shown}; redirects are not followed"


async def test_a_redirect_that_does_not_say_where_to_has_its_name(httpx_mock: HTTPXMock) -> None:
    assert (await status_error(httpx_mock, 304)).message == "Not Modified"


# --- the forms of a body ---


async def test_a_404_names_the_resource_if_its_message_is_empty(httpx_mock: HTTPXMock) -> None:
    resource = {
        "type": "ResourceInfo", "resourceType": "ActiveNumber", "resourceName": NUMBER, "owner": "", "description": "",
    }  # fmt: skip
    body = {"error": {"code": 404, "message": "", "status": "NOT_FOUND", "details": [resource]}}
    error = await status_error(httpx_mock, 404, json=body)

    assert isinstance(error, NotFoundError)
    assert (error.status, error.message) == ("NOT_FOUND", f"ActiveNumber {NUMBER}")
    assert error.details == (resource,)
    assert str(error) == f"404 NOT_FOUND: ActiveNumber {NUMBER} (GET {NUMBER_URL})"


async def test_a_400_names_each_field_that_was_rejected(httpx_mock: HTTPXMock) -> None:
    violation = {"field": "order_by", "description": "Invalid order_by XXX"}
    detail = {"@type": "BadRequest", "fieldViolations": [violation, {"field": "size"}, "odd"]}
    body = {"error": {"code": 400, "message": "", "status": "INVALID_ARGUMENT", "details": [detail, "odd"]}}
    error = await status_error(httpx_mock, 400, json=body)

    assert error.field_violations == (
        FieldViolation("order_by", "Invalid order_by XXX"),
        FieldViolation("size", ""),
    )
    assert "order_by: Invalid order_by XXX" in str(error)


async def test_a_400_without_details_has_its_message(httpx_mock: HTTPXMock) -> None:
    message = 'parsing field "type": "XXX" is not a valid value'
    error = await status_error(httpx_mock, 400, json={"error": {"code": 400, "message": message}})

    assert (error.message, error.status, error.field_violations) == (message, "", ())


async def test_the_class_follows_the_http_status_if_the_body_disagrees(httpx_mock: HTTPXMock) -> None:
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


async def test_an_oauth_error_without_a_description_has_its_verbose_text(
    httpx_mock: HTTPXMock,
) -> None:
    body = {"error": "invalid_client", "error_verbose": "No such client"}
    error = await status_error(httpx_mock, 401, json=body)

    assert error.message == "No such client"


async def test_an_empty_429_from_the_proxy_is_a_rate_limit_error_without_retry_after(
    httpx_mock: HTTPXMock,
) -> None:
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
async def test_a_body_of_any_shape_does_not_change_the_class(httpx_mock: HTTPXMock, body: bytes) -> None:
    error = await status_error(httpx_mock, 404, content=body)

    assert type(error) is NotFoundError
    assert error.body == body[: 64 * 1024]


@pytest.mark.parametrize("length", [501, 160_000, 1_000_000])
async def test_a_long_message_is_read_and_shortened(httpx_mock: HTTPXMock, length: int) -> None:
    error = await status_error(httpx_mock, 400, json={"message": "x" * length})

    assert error.message == "x" * 499 + "…"


@pytest.mark.parametrize(
    "body", [b"<html>" + b"x" * 20_000_000, b'{"message": "' + b"x" * 20_000_000 + b'"}']
)
async def test_an_error_keeps_and_prints_only_a_part_of_what_it_was_sent(
    httpx_mock: HTTPXMock, body: bytes
) -> None:
    headers = {"x-request-id": "r" * 9_000, "server": "s" * 9_000, "content-type": "t" * 9_000}
    error = await status_error(httpx_mock, 400, content=body, headers=headers)

    assert error.body == body[: 64 * 1024]
    assert len(str(error)) < 1_000
    assert len(pickle.dumps(error)) < 80_000


async def test_an_error_keeps_and_prints_only_some_of_its_details(httpx_mock: HTTPXMock) -> None:
    violation = {"field": "f" * 2_000, "description": "d" * 2_000}
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"inner": deep}
    detail = {"type": "BadRequest", "fieldViolations": [violation] * 110, "deep": deep}
    error = await status_error(httpx_mock, 400, json={"error": {"details": [detail] * 2}})

    assert len(error.field_violations) == 100
    assert len(error.field_violations[0].field) == 500
    assert len(error.details[0]["fieldViolations"]) == 100
    assert len(error.details[0]["fieldViolations"][0]["description"]) == 1_000
    assert "; and 90 more" in str(error)
    assert len(str(error)) < 12_000


async def test_the_text_of_a_server_stays_on_one_line_and_has_no_escape_sequences(
    httpx_mock: HTTPXMock, caplog: pytest.LogCaptureFixture
) -> None:
    evil = "a\r\n2026-01-01 ERROR root: hacked\x1b[2J\x9b31m\u202e\u2028\ud800"
    detail = {
        "type": "BadRequest",
        "fieldViolations": [{"field": evil, "description": evil}],
        "requestId": evil,
    }
    body = {"error": {"message": evil, "status": evil, "details": [detail]}}
    error = await status_error(httpx_mock, 400, content=json.dumps(body).encode())

    assert str(error).isprintable()
    assert "hacked" in str(error)
    assert error.details == (detail,)
    token_error = json.dumps({"error": evil, "error_description": evil}).encode()
    httpx_mock.add_response(400, content=token_error, url=TOKEN_URL)
    await error_of(make_keyed_client())
    assert caplog.records
    assert all(record.getMessage().isprintable() for record in caplog.records)


# --- the request id ---


@pytest.mark.parametrize(
    "header", ["x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-b3-traceid", "cf-ray"]
)
async def test_the_request_id_is_found_under_each_of_its_names(httpx_mock: HTTPXMock, header: str) -> None:
    error = await status_error(httpx_mock, 400, headers={header: "id-1"}, json={"requestId": "another"})

    assert error.request_id == "id-1"
    assert "[request id id-1]" in str(error)


async def test_the_request_id_is_also_found_in_the_details_of_the_body(httpx_mock: HTTPXMock) -> None:
    body = {"error": {"message": "m", "details": [{"@type": "RequestInfo", "requestId": "id-2"}]}}
    error = await status_error(httpx_mock, 400, json=body)

    assert error.request_id == "id-2"


# --- what a body does not say ---


@pytest.mark.parametrize(
    ("body", "headers", "message"),
    [
        (b"", {}, "Not Found"),
        (b"{}", {}, "Not Found"),
        (b"<html>", {"content-type": "text/html; charset=utf-8"}, "expected a JSON object, got text/html (6 bytes)"),
        (b"<html>", {}, "expected a JSON object, got no content type (6 bytes)"),
    ],
)  # fmt: skip
def test_the_message_of_an_error_without_one_says_what_came_instead(
    body: bytes, headers: dict[str, str], message: str
) -> None:
    response = HttpResponse(status_code=404, content=body, headers=headers)
    error = responses.status_error(response, method="GET", url=NUMBER_URL, attempts=())
    assert message in str(error)
    assert ("expected" in str(error)) == message.startswith("expected")


@pytest.mark.parametrize(("status_code", "cls"), [(599, ServerError), (600, APIStatusError)])
def test_a_status_beyond_5xx_is_not_a_server_error(status_code: int, cls: type[APIStatusError]) -> None:
    response = HttpResponse(status_code=status_code)
    assert type(responses.status_error(response, method="GET", url=NUMBER_URL, attempts=())) is cls


@pytest.mark.parametrize(("length", "shown"), [(500, "x" * 500), (501, "x" * 499 + "…")])
def test_a_message_of_up_to_500_characters_is_shown_whole(length: int, shown: str) -> None:
    content = json.dumps({"error": {"message": "x" * length}}).encode()
    response = HttpResponse(status_code=400, content=content)
    error = responses.status_error(response, method="GET", url=NUMBER_URL, attempts=())
    assert re.findall("x+…?", str(error).replace("text", "")) == [shown]


@pytest.mark.parametrize("detail", [{"resourceType": "number"}, {"resourceName": "n", "resourceType": 5}])
def test_half_a_resource_is_not_named(detail: dict[str, Any]) -> None:
    content = json.dumps({"error": {"details": [detail]}}).encode()
    response = HttpResponse(status_code=404, content=content)
    error = responses.status_error(response, method="GET", url=NUMBER_URL, attempts=())
    assert "Not Found" in str(error)


@pytest.mark.parametrize(
    ("document", "request_id"),
    [
        ({"request_id": "r-2"}, "r-2"),
        ({"traceId": "r-3"}, "r-3"),
        ({"requestId": 5, "traceId": "r-4"}, "r-4"),
        ({"requestId": "", "request_id": "r-5"}, "r-5"),
        ({}, None),
    ],
)
def test_the_request_id_in_a_body_is_the_first_that_is_text(
    document: dict[str, Any], request_id: str | None
) -> None:
    response = HttpResponse(status_code=400, content=json.dumps(document).encode())
    error = responses.status_error(response, method="GET", url=NUMBER_URL, attempts=())
    assert error.request_id == request_id
