"""GET /v1/projects/{projectId}/callbackConfiguration

Get callbacks configuration

Returns the callbacks configuration for the specified project
"""

from __future__ import annotations

from typing import Final

from ...models.callback_configuration import CallbackConfiguration
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_object,
    path_segment,
)

SAFETY: Final = Safety.READ


def build_request(
    *,
    project_id: str,
) -> Request:
    """The request of GetCallbackConfiguration. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="GetCallbackConfiguration",
        method="GET",
        path=f"/v1/projects/{path_segment(project_id)}/callbackConfiguration",
        query="",
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> CallbackConfiguration:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return CallbackConfiguration.from_dict(json_object(content), on_drift)
