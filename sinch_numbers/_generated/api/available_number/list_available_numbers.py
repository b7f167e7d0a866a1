"""GET /v1/projects/{projectId}/availableNumbers

Search for available phone numbers

Search for available phone numbers that are available for you to activate. You can filter by any property on the
available number resource.
When searching, indicate the `capability` of the number in the array as `SMS` and/or `VOICE`. To search for a
number capable of both, list both `SMS` and `VOICE`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...models.capability import Capability
from ...models.list_available_numbers_response import ListAvailableNumbersResponse
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
    region_code: str,
    type_: NumberType | str,
    number_pattern_pattern: str | None = None,
    number_pattern_search_pattern: SearchPattern | str | None = None,
    capabilities: Sequence[Capability | str] | None = None,
    size: int | None = None,
) -> Request:
    """The request of ListAvailableNumbers. What is None is left out.

    `project_id`: Found on your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/settings/project-management). Settings > Projects.

    `number_pattern_pattern`: Sequence of digits to search for. If you prefer or need certain digits in
    sequential order, you can enter the sequence of numbers here. For example, `2020`.

    `number_pattern_search_pattern`: Search pattern to apply. The options are, `START`, `CONTAINS`, and `END`.
    When using `START`, the pattern has to begin with a plus sign (+). For example, to search for area code 206
    in the US, you would enter `+1206`.

    `region_code`: Region code to filter by. ISO 3166-1 alpha-2 country code of the phone number. Example: US,
    GB or SE.

    `type_`: Number type to filter by. Options include, `MOBILE`, `LOCAL` or `TOLL_FREE`.

    `capabilities`: Number capabilities to filter by SMS and/or VOICE.

    `size`: Optional. The maximum number of items to return.

    Raises ValueError for a part of the path that is empty, `.` or `..`.
    """
    return Request(
        operation="ListAvailableNumbers",
        method="GET",
        path=f"/v1/projects/{path_segment(project_id)}/availableNumbers",
        query=query_string(
            ("numberPattern.pattern", number_pattern_pattern),
            ("numberPattern.searchPattern", number_pattern_search_pattern),
            ("regionCode", region_code),
            ("type", type_),
            ("capabilities", capabilities),
            ("size", size),
        ),
        body=None,
    )


def parse_response(content: bytes, on_drift: OnDrift | None = None) -> ListAvailableNumbersResponse:
    """The answer in the body of a 2xx. Raises DecodeError where it is not a JSON object, and nothing else."""
    return ListAvailableNumbersResponse.from_dict(json_object(content), on_drift)
