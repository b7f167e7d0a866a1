"""POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:deprovision

Deprovision an emergency address

Removes the emergency address of a US number.
"""

from __future__ import annotations

from typing import Final

from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    path_segment,
)

SAFETY: Final = Safety.ONCE


def build_request(
    *,
    project_id: str,
    phone_number: str,
) -> Request:
    """The request of DeprovisionEmergencyAddress. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="DeprovisionEmergencyAddress",
        method="POST",
        path=f"/v1/projects/{path_segment(project_id)}/activeNumbers/{path_segment(phone_number)}/emergencyAddress:deprovision",
        query="",
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> None:
    """Nothing: a 2xx has no body that the document describes."""
    return None
