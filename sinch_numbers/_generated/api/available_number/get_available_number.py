"""GET /v1/projects/{projectId}/availableNumbers/{phoneNumber}

Search for a specific phone number

This endpoint allows you to enter a specific phone number to check if it's available for use. A 200 response
will return the number's capability, setup costs, monthly costs and if supporting documentation is required.
"""

from __future__ import annotations

from typing import Final

from ...models.available_number import AvailableNumber
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
    phone_number: str,
) -> Request:
    """The request of GetAvailableNumber. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="GetAvailableNumber",
        method="GET",
        path=f"/v1/projects/{path_segment(project_id)}/availableNumbers/{path_segment(phone_number)}",
        query="",
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> AvailableNumber:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return AvailableNumber.from_dict(json_object(content), on_drift)
