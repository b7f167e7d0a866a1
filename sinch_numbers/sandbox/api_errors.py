"""The error responses of the Numbers API, in the formats that the API uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .responses import Response, json_response

STATUS_WORDS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    413: "INVALID_ARGUMENT",
    415: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ApiError(Exception):
    """Ends a call with an error response."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status}: {response.content[:200]!r}")
        self.response = response


def envelope(
    status: int,
    message: str = "",
    *,
    details: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> ApiError:
    """An error in the Google format: `{"error": {"code", "message", "status", "details"}}`."""
    word = STATUS_WORDS.get(status, "UNKNOWN")
    error = {"code": status, "message": message, "status": word, "details": list(details)}
    return ApiError(json_response({"error": error}, status=status, headers=headers))


def invalid_field(field: str, description: str) -> ApiError:
    """A 400 with an empty message; its details name the field, in snake case as in the API."""
    violation = {"field": field, "description": description}
    return envelope(400, details=[{"type": "BadRequest", "fieldViolations": [violation]}])


def not_a_value(field: str, value: object) -> ApiError:
    """A 400 with a message and no details: what the API returns for an unknown enum value."""
    return envelope(400, f'parsing field "{field}": "{str(value)[:80]}" is not a valid value')


def not_found(resource_type: str, name: str, message: str = "") -> ApiError:
    """A 404; its details name the missing resource."""
    resource = {
        "type": "ResourceInfo",
        "resourceType": resource_type,
        "resourceName": name,
        "owner": "",
        "description": "",
    }
    return envelope(404, message, details=[resource])


def project_not_found(project_id: str) -> ApiError:
    """The 404 of the callback configuration, the only one with a message."""
    return not_found("CallbackConfiguration", project_id, f"Could not find project with ID: {project_id}")
