"""POST /v1/projects/{projectId}/availableNumbers/{phoneNumber}:rent

Activate a new phone number

Activate a phone number to use with SMS products, Voice products, or both.
You'll use `smsConfiguration` to setup your number for SMS and `voiceConfiguration` for Voice. To setup for
both, add both objects. See the dropdown menu (just under language selection) for code samples.
Note: You cannot add both objects if you only need to configure one object. For example, if you only need to
configure `smsConfiguration` for SMS messaging, do not add the `voiceConfiguration` object or it will result in
an error.
"""

from __future__ import annotations

from typing import Final

from ...models.active_number import ActiveNumber
from ...models.rent_number_request import RentNumberRequest
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_body,
    json_object,
    path_segment,
)

SAFETY: Final = Safety.BILLABLE


def build_request(
    *,
    project_id: str,
    phone_number: str,
    body: RentNumberRequest,
) -> Request:
    """The request of RentNumber. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="RentNumber",
        method="POST",
        path=f"/v1/projects/{path_segment(project_id)}/availableNumbers/{path_segment(phone_number)}:rent",
        query="",
        body=json_body(body.to_request()),
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ActiveNumber:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ActiveNumber.from_dict(json_object(content), on_drift)
