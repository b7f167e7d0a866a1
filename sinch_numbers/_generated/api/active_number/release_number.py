"""POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}:release

Release an active number from the project

With this endpoint, you can cancel your subscription for a specific phone number.
"""

from __future__ import annotations

from typing import Final

from ...models.active_number import ActiveNumber
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_object,
    path_segment,
)

SAFETY: Final = Safety.BILLABLE


def build_request(
    *,
    project_id: str,
    phone_number: str,
) -> Request:
    """The request of ReleaseNumber. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="ReleaseNumber",
        method="POST",
        path=f"/v1/projects/{path_segment(project_id)}/activeNumbers/{path_segment(phone_number)}:release",
        query="",
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ActiveNumber:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ActiveNumber.from_dict(json_object(content), on_drift)
