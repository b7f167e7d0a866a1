"""Turns a non-2xx response into the matching exception. Pure."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Collection, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import attrs

from .._redaction import Redaction, Secret, plain, redact_headers
from ..attempts import Attempt
from ..errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FieldViolation,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from ..transports import HttpResponse


@attrs.frozen(kw_only=True)
class RawResponse:
    """A response as the API sent it. It may contain secrets, so the repr shows neither `headers` nor `content`."""

    operation: str
    method: str
    url: str
    status_code: int
    headers: Mapping[str, str] = attrs.field(repr=False, hash=False)
    content: bytes = attrs.field(repr=False)
    attempts: tuple[Attempt, ...]
    _secrets: Callable[[], Collection[Secret]] = attrs.field(
        default=tuple, alias="secrets", repr=False, eq=False
    )
    """What the response could echo of the client's secrets."""

    @property
    def request_id(self) -> str | None:
        """The id by which Sinch support can find the request, or None if the response has none."""
        return request_id(self.headers)


_BY_STATUS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}

# Headers in which the API, or a proxy in front of it, sends the id of a request, best first.
_REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
    "x-b3-traceid",
    "cf-ray",
)

_LONGEST_ID = 200
"""Characters of a request id that an error shows."""
_LONGEST_DETAIL = 1_000
"""Characters of a string in `details` that an error keeps."""
_MOST_DETAILS = 100
"""Items of a list or an object in `details` that an error keeps."""


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id by which Sinch support can find the request."""
    return next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None)


def status_error(
    response: HttpResponse,
    *,
    method: str,
    url: str,
    attempts: tuple[Attempt, ...],
    secrets: Collection[Secret] = (),
) -> APIStatusError:
    """The exception for a response whose status is not 2xx. It reads all formats of error bodies that the API uses."""
    status_code = response.status_code
    redaction = Redaction(secrets)
    body, found = redaction.body(response.content)
    document = found or {}
    envelope = _member(document, "error", dict)
    details = _objects(envelope, "details")
    identifier = request_id(response.headers) or _body_request_id(document, details)
    cls = _BY_STATUS.get(status_code) or (ServerError if 500 <= status_code <= 599 else APIStatusError)
    return cls(
        plain(_redirect(response, redaction) or _message(response, found, envelope, details)),
        status_code=status_code,
        status=plain(_status_word(document, envelope)),
        field_violations=_violations(details),
        details=details,
        request_id=_shown_id(identifier, redaction),
        retry_after=attempts[-1].retry_after if attempts else None,
        method=method,
        url=url,
        headers=redact_headers(response.headers, secrets),
        body=body,
        attempts=attempts,
    )


def invalid_response(raw: RawResponse, problem: str = "") -> InvalidResponseError:
    """The exception for a 2xx response that is not what was asked for.

    `problem` may quote the response. Without it, the response is not a JSON object.
    """
    secrets = raw._secrets()
    redaction = Redaction(secrets)
    body, found = redaction.body(raw.content)
    document = found or {}
    envelope = _member(document, "error", dict)
    says = _text(document, envelope, _objects(envelope, "details"))
    if not problem:
        got = f"{_content_type(raw.headers)} ({len(raw.content)} bytes, status {raw.status_code})"
        problem = f"expected a JSON object, got {got}"
    return InvalidResponseError(
        plain(redaction.text(problem), 200) + (f"; it says: {plain(says, 300)}" if says else ""),
        status_code=raw.status_code,
        body=body,
        headers=redact_headers(raw.headers, secrets),
        request_id=_shown_id(raw.request_id, redaction),
        method=raw.method,
        url=raw.url,
        attempts=raw.attempts,
    )


def _shown_id(identifier: str | None, redaction: Redaction) -> str | None:
    # A gateway may make it from what it was sent.
    return None if identifier is None else plain(redaction.text(identifier), _LONGEST_ID)


def _redirect(response: HttpResponse, redaction: Redaction) -> str:
    """Where a redirect leads, without its query, which may contain credentials; empty if it is not one."""
    location = response.headers.get("location", "")
    if not 300 <= response.status_code <= 399 or not location:
        return ""
    try:
        parts = urlsplit(location)
        target = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        target = "an invalid URL"
    return f"redirected to {redaction.text(target)}; redirects are not followed"


def _objects(document: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """The objects in the list `name`, shortened; empty if it is not a list."""
    items: list[Any] = _shortened(_member(document, name, list))
    return tuple(cast("dict[str, Any]", item) for item in items if isinstance(item, dict))


def _shortened(value: Any, depth: int = 10) -> Any:
    """A JSON value with at most 100 items in each list and object, and its strings cut."""
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_DETAIL else value[: _LONGEST_DETAIL - 1] + "…"
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        return "…"
    if isinstance(value, list):
        return [_shortened(item, depth - 1) for item in cast("list[object]", value)[:_MOST_DETAILS]]
    members = [*cast("dict[str, Any]", value).items()][:_MOST_DETAILS]
    return {name[:_LONGEST_DETAIL]: _shortened(item, depth - 1) for name, item in members}


def _member(document: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """The member `name` if it is a `kind`, otherwise an empty `kind`."""
    value = document.get(name)
    return value if isinstance(value, kind) else kind()


def _status_word(document: Mapping[str, Any], envelope: Mapping[str, Any]) -> str:
    if isinstance(document.get("error"), str):
        return str(document["error"])  # the OAuth form (RFC 6749, 5.2)
    return str(_member(envelope, "status", str))


def _message(
    response: HttpResponse,
    found: Mapping[str, Any] | None,
    envelope: Mapping[str, Any],
    details: tuple[Mapping[str, Any], ...],
) -> str:
    text = _text(found or {}, envelope, details)
    if not text and response.content and found is None:
        text = (
            f"expected a JSON object, got {_content_type(response.headers)} ({len(response.content)} bytes)"
        )
    return text or http.client.responses.get(response.status_code, "")


def _text(
    document: Mapping[str, Any], envelope: Mapping[str, Any], details: tuple[Mapping[str, Any], ...]
) -> str:
    """What a body says, in any of the forms that the API uses; empty if it says nothing."""
    candidates = [
        _member(envelope, "message", str),
        # the OAuth form
        _member(document, "error_description", str),
        _member(document, "error_verbose", str),
        # problem+json (RFC 9457)
        ": ".join(filter(None, (_member(document, "title", str), _member(document, "detail", str)))),
        _member(document, "message", str),
        _about_resource(details),
    ]
    return next((str(text) for text in candidates if text), "")


def _content_type(headers: Mapping[str, str]) -> str:
    """The media type of a response, for a message."""
    return plain(headers.get("content-type", "no content type").split(";")[0], 100)


def _about_resource(details: tuple[Mapping[str, Any], ...]) -> str:
    for detail in details:
        kind, name = detail.get("resourceType"), detail.get("resourceName")
        if isinstance(kind, str) and isinstance(name, str):
            return f"{kind} {name}"
    return ""


def _violations(details: tuple[Mapping[str, Any], ...]) -> tuple[FieldViolation, ...]:
    found = [violation for detail in details for violation in _objects(detail, "fieldViolations")]
    return tuple(
        FieldViolation(*(plain(str(violation.get(name) or "")) for name in ("field", "description")))
        for violation in found[:_MOST_DETAILS]
    )


def _body_request_id(document: Mapping[str, Any], details: tuple[Mapping[str, Any], ...]) -> str | None:
    for source in (*details, document):
        for name in ("requestId", "request_id", "traceId"):
            if isinstance(value := source.get(name), str) and value:
                return value
    return None
