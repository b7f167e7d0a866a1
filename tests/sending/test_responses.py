"""The exception for each response that is not a 2xx, whatever form its body has."""

from __future__ import annotations

import json
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

from ..support import NUMBER, NUMBER_URL, error_of, make_client

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
    assert len(httpx_mock.get_requests()) == 1


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
    assert error.body == body


async def test_a_long_message_is_shortened_and_the_body_is_kept(httpx_mock: HTTPXMock) -> None:
    error = await status_error(httpx_mock, 400, json={"message": "x" * 100_000})

    assert error.message == "x" * 499 + "…"
    assert len(error.body) > 100_000


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
