"""Turns a non-2xx response into the matching exception. Pure."""

from __future__ import annotations

import http.client
import json
from collections.abc import Collection, Mapping
from typing import Any, cast

import attrs

from .._redaction import Secret, redact_body, redact_headers
from ..attempts import Attempt
from ..errors import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    FieldViolation,
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

_MESSAGE_LIMIT = 500


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
    body = redact_body(response.content, secrets)
    document = _json_object(body)
    envelope = _member(document, "error", dict)
    details = _objects(envelope, "details")
    cls = _BY_STATUS.get(status_code) or (ServerError if 500 <= status_code <= 599 else APIStatusError)
    return cls(
        _message(status_code, document, envelope, details, body, response.headers),
        status_code=status_code,
        status=_status_word(document, envelope),
        field_violations=_violations(details),
        details=details,
        request_id=request_id(response.headers) or _body_request_id(document, details),
        retry_after=attempts[-1].retry_after if attempts else None,
        method=method,
        url=url,
        headers=redact_headers(response.headers, secrets),
        body=body,
        attempts=attempts,
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def _objects(document: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    """The objects in the list `name`; empty if it is not a list."""
    items: list[Any] = _member(document, name, list)
    return tuple(cast("dict[str, Any]", item) for item in items if isinstance(item, dict))


def _member(document: Mapping[str, Any], name: str, kind: type[Any]) -> Any:
    """The member `name` if it is a `kind`, otherwise an empty `kind`."""
    value = document.get(name)
    return value if isinstance(value, kind) else kind()


def _status_word(document: Mapping[str, Any], envelope: Mapping[str, Any]) -> str:
    if isinstance(document.get("error"), str):
        return str(document["error"])  # the OAuth form (RFC 6749, 5.2)
    return str(_member(envelope, "status", str))


def _message(
    status_code: int,
    document: Mapping[str, Any],
    envelope: Mapping[str, Any],
    details: tuple[Mapping[str, Any], ...],
    body: bytes,
    headers: Mapping[str, str],
) -> str:
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
    text = next((str(text) for text in candidates if text), "")
    if not text and body and not document:
        kind = headers.get("content-type", "no content type").split(";")[0]
        text = f"expected a JSON object, got {kind} ({len(body)} bytes)"
    if not text and status_code in http.client.responses:
        text = http.client.responses[status_code]
    return text if len(text) <= _MESSAGE_LIMIT else text[: _MESSAGE_LIMIT - 1] + "…"


def _about_resource(details: tuple[Mapping[str, Any], ...]) -> str:
    for detail in details:
        kind, name = detail.get("resourceType"), detail.get("resourceName")
        if isinstance(kind, str) and isinstance(name, str):
            return f"{kind} {name}"
    return ""


def _violations(details: tuple[Mapping[str, Any], ...]) -> tuple[FieldViolation, ...]:
    return tuple(
        FieldViolation(str(violation.get("field") or ""), str(violation.get("description") or ""))
        for detail in details
        for violation in _objects(detail, "fieldViolations")
    )


def _body_request_id(document: Mapping[str, Any], details: tuple[Mapping[str, Any], ...]) -> str | None:
    for source in (*details, document):
        for name in ("requestId", "request_id", "traceId"):
            if isinstance(value := source.get(name), str) and value:
                return value
    return None
