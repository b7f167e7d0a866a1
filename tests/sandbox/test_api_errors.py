"""Errors name what is missing, in the API's format."""

from __future__ import annotations

import pytest

from .driver import NUMBER, Api


async def test_an_unknown_active_number_is_a_404_that_names_it(api: Api) -> None:
    detail = (await api.get(f"activeNumbers/{NUMBER}")).body["error"]["details"][0]
    assert (detail["resourceType"], detail["resourceName"]) == ("ActiveNumber", NUMBER)


@pytest.mark.parametrize(
    "number", ["+12025559999", "+1", "12025550134", "nonsense", "+120255501345", "%2B%2F"]
)
async def test_an_unknown_available_number_is_a_404_that_names_it(api: Api, number: str) -> None:
    response = await api.get(f"availableNumbers/{number}")
    assert response.status == 404
    name = number.replace("%2B", "+").replace("%2F", "/")
    details = {
        "type": "ResourceInfo",
        "resourceType": "AvailableNumber",
        "resourceName": name,
        "owner": "",
        "description": "",
    }
    assert response.body == {
        "error": {"code": 404, "message": "", "status": "NOT_FOUND", "details": [details]}
    }
