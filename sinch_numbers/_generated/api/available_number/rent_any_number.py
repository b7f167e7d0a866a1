"""POST /v1/projects/{projectId}/availableNumbers:rentAny

Rent any number that matches the criteria

Activates a phone number that matches the search criteria provided in the request. Currently the rentAny
operation works only for US LOCAL numbers
"""

from __future__ import annotations

from typing import Final

from ...models.active_number import ActiveNumber
from ...models.rent_any_number_request import RentAnyNumberRequest
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
    body: RentAnyNumberRequest,
) -> Request:
    """The request of RentAnyNumber. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="RentAnyNumber",
        method="POST",
        path=f"/v1/projects/{path_segment(project_id)}/availableNumbers:rentAny",
        query="",
        body=json_body(body.to_request()),
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ActiveNumber:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ActiveNumber.from_dict(json_object(content), on_drift)
