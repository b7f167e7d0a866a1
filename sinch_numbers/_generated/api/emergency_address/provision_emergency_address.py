"""POST /v1/projects/{projectId}/activeNumbers/{phoneNumber}/emergencyAddress:provision

Provision an emergency address

Sets the emergency address of a US number.
"""

from __future__ import annotations

from typing import Final

from ...models.emergency_address import EmergencyAddress
from ...models.emergency_address_request import EmergencyAddressRequest
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_body,
    json_object,
    path_segment,
)

SAFETY: Final = Safety.ONCE


def build_request(
    *,
    project_id: str,
    phone_number: str,
    body: EmergencyAddressRequest,
) -> Request:
    """The request of ProvisionEmergencyAddress. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="ProvisionEmergencyAddress",
        method="POST",
        path=f"/v1/projects/{path_segment(project_id)}/activeNumbers/{path_segment(phone_number)}/emergencyAddress:provision",
        query="",
        body=json_body(body.to_request()),
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> EmergencyAddress:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return EmergencyAddress.from_dict(json_object(content), on_drift)
