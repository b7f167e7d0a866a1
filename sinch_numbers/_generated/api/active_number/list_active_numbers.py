"""GET /v1/projects/{projectId}/activeNumbers

Lists active numbers for a project

Lists all active numbers for a project.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...models.capability import Capability
from ...models.list_active_numbers_response import ListActiveNumbersResponse
from ...models.number_type import NumberType
from ...models.search_pattern import SearchPattern
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
    number_pattern_pattern: str | None = None,
    number_pattern_search_pattern: SearchPattern | str | None = None,
    capability: Sequence[Capability | str] | None = None,
    page_size: int | None = None,
    page_token: str | None = None,
    order_by: str | None = None,
    region_code: str | None = None,
    type_: NumberType | str | None = None,
) -> Request:
    """The request of ListActiveNumbers. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `number_pattern_pattern`: Sequence of digits to search for. If you prefer or need certain digits in
    sequential order, you can enter the sequence of numbers here. For example, `2020`.

    `number_pattern_search_pattern`: Search pattern to apply. The options are, `START`, `CONTAINS`, and `END`.
    When using `START`, the pattern has to begin with a plus sign (+). For example, to search for area code 206
    in the US, you would enter `+1206`.

    `capability`: Number capabilities to filter by SMS and/or VOICE.

    `page_size`: The maximum number of items to return.

    `page_token`: The next page token value returned from a previous List request, if any.

    `order_by`: Supported fields for ordering by `phoneNumber` or `displayName`.

    `region_code`: Region code to filter by. ISO 3166-1 alpha-2 country code of the phone number. Example: US,
    GB or SE.

    `type_`: Number type to filter by. Options include, `MOBILE`, `LOCAL` or `TOLL_FREE`.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="ListActiveNumbers",
        method="GET",
        path=f"/v1/projects/{path_segment(project_id)}/activeNumbers",
        query=query_string(
            ("numberPattern.pattern", number_pattern_pattern),
            ("numberPattern.searchPattern", number_pattern_search_pattern),
            ("capability", capability),
            ("pageSize", page_size),
            ("pageToken", page_token),
            ("orderBy", order_by),
            ("regionCode", region_code),
            ("type", type_),
        ),
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ListActiveNumbersResponse:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ListActiveNumbersResponse.from_dict(json_object(content), on_drift)
