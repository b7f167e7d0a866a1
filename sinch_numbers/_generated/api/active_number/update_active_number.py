"""PATCH /v1/projects/{projectId}/activeNumbers/{phoneNumber}

Update an active phone number

Update an active phone number. You can perform the following updates:
* Update the name that displays for a customer by modifying the `displayName` parameter.
* Unlink the number from an SMS service or campaign by updating the `smsConfiguration` configuration object. To
unlink a number, submit the request with an empty string (`””`) in the service plan ID or campaign ID fields.
* Before linking a number to a new service or campaign, it must be unlinked from any existing service or
campaign. Then, link the number to a new SMS service or campaign by updating the service plan ID or campaign ID
with the new desired value.
* Update the Voice app to which the number is assigned by using the voiceConfiguration object.
You can update both SMS and Voice in the same object by including both configuration objects. If you only need
to update either Voice or SMS, simply omit the other object. If you pass an empty configuration object, the
request will fail.
"""

from __future__ import annotations

from typing import Final

from ...models.active_number import ActiveNumber
from ...models.update_active_number_request import UpdateActiveNumberRequest
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
    phone_number: str,
    body: UpdateActiveNumberRequest,
) -> Request:
    """The request of UpdateActiveNumber. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `phone_number`: The phone number in E.164 format with leading `+`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="UpdateActiveNumber",
        method="PATCH",
        path=f"/v1/projects/{path_segment(project_id)}/activeNumbers/{path_segment(phone_number)}",
        query="",
        body=json_body(body.to_request()),
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ActiveNumber:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ActiveNumber.from_dict(json_object(content), on_drift)
