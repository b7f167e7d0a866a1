"""GET /v1/projects/{projectId}/availableRegions

List available regions

Lists all regions for numbers provided for the project ID.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...models.list_available_regions_response import ListAvailableRegionsResponse
from ...models.number_type import NumberType
from ...safety import Safety
from ...types import (
    OnDrift,
    Request,
    json_object,
    path_segment,
    query_string,
)

SAFETY: Final = Safety.READ


def build_request(
    *,
    project_id: str,
    types: Sequence[NumberType | str] | None = None,
) -> Request:
    """The request of ListAvailableRegions. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `types`: Only return regions for which numbers are provided with the given types v1: `MOBILE`, `LOCAL` or
    `TOLL_FREE`. - NUMBER_TYPE_UNSPECIFIED: Null value - MOBILE: Numbers that belong to a specific range. -
    LOCAL: Numbers that are assigned to a specific geographic region. - TOLL_FREE: Number that are free of
    charge for the calling party but billed for all arriving calls.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="ListAvailableRegions",
        method="GET",
        path=f"/v1/projects/{path_segment(project_id)}/availableRegions",
        query=query_string(
            ("types", types),
        ),
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ListAvailableRegionsResponse:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ListAvailableRegionsResponse.from_dict(json_object(content), on_drift)
