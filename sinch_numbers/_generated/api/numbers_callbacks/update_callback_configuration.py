"""PATCH /v1/projects/{projectId}/callbackConfiguration

Update callback configuration

Updates the callbacks configuration for the specified project
"""

from __future__ import annotations

from typing import Final

from ...models.callback_configuration import CallbackConfiguration
from ...models.update_callback_configuration_request import (
    UpdateCallbackConfigurationRequest,
)
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_body,
    json_object,
    path_segment,
)

SAFETY: Final = Safety.IDEMPOTENT


def build_request(
    *,
    project_id: str,
    body: UpdateCallbackConfigurationRequest,
) -> Request:
    """The request of UpdateCallbackConfiguration. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="UpdateCallbackConfiguration",
        method="PATCH",
        path=f"/v1/projects/{path_segment(project_id)}/callbackConfiguration",
        query="",
        body=json_body(body.to_request()),
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> CallbackConfiguration:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return CallbackConfiguration.from_dict(json_object(content), on_drift)
