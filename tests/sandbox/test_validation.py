from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import Api


@pytest.mark.parametrize(
    "body",
    [
        {"smsConfiguration": {}},
        {"voiceConfiguration": {}},
        {"voiceConfiguration": {"type": "RTC"}},
        {"voiceConfiguration": {"type": "EST", "appId": "app"}},
        {"voiceConfiguration": {"type": "PBX", "appId": "app"}},
        {"voiceConfiguration": {"type": ["RTC"], "appId": "app"}},
        {"voiceConfiguration": "app"},
        {"smsConfiguration": {"servicePlanId": 7}},
        {"callbackUrl": ["https://example.com"]},
        {"callbackUrl": "\ud800"},
    ],
)
async def test_an_invalid_configuration_is_a_400_and_nothing_is_rented(
    api: Api, sandbox: Sandbox, body: object
) -> None:
    assert (await api.rent(body=body)).status == 400
    assert (await api.rent_any(regionCode="US", type="LOCAL", **body)).status == 400  # type: ignore[arg-type]
    assert sandbox.charges == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "LOCAL"},
        {"regionCode": "US"},
        {"regionCode": "US", "type": "LOCAL", "capabilities": "SMS"},
        {"regionCode": "US", "type": "LOCAL", "capabilities": [["SMS"]]},
        {"regionCode": "US", "type": "LOCAL", "numberPattern": "+1"},
        {"regionCode": "US", "type": "LOCAL", "numberPattern": {"pattern": 1}},
    ],
)
async def test_renting_any_with_invalid_criteria_is_a_400(api: Api, body: dict[str, object]) -> None:
    assert (await api.rent_any(**body)).status == 400


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("type=LOCAL", "region_code"),
        ("regionCode=&type=LOCAL", "region_code"),
        ("regionCode=us&type=LOCAL", "region_code"),
        ("regionCode=US", "type"),
        ("regionCode=US&type=NUMBER_TYPE_UNSPECIFIED", "type"),
        ("regionCode=US&type=LOCAL&size=-1", "size"),
        ("regionCode=US&type=LOCAL&size=2147483648", "size"),
        ("regionCode=US&type=LOCAL&numberPattern.pattern=abc", "number_pattern.pattern"),
        (
            "regionCode=US&type=LOCAL&numberPattern.pattern=+1206&numberPattern.searchPattern=START",
            "number_pattern.pattern",
        ),
    ],
)
async def test_an_invalid_search_is_a_400_that_names_the_field(api: Api, query: str, field: str) -> None:
    assert (await api.get(f"availableNumbers?{query}")).violation[0] == field


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("availableNumbers?regionCode=US&type=XXX", 'parsing field "type": "XXX" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&size=x", 'parsing field "size": "x" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&capabilities=MMS",
         'parsing field "capabilities": "MMS" is not a valid value'),
        ("availableNumbers?regionCode=US&type=LOCAL&numberPattern.searchPattern=X",
         'parsing field "search_pattern": "X" is not a valid value'),
        ("availableRegions?types=PAGER", 'parsing field "types": "PAGER" is not a valid value'),
    ],
)  # fmt: skip
async def test_an_unknown_enum_value_is_a_400_with_a_message_and_no_details(
    api: Api, path: str, message: str
) -> None:
    response = await api.get(path)
    expected: dict[str, Any] = {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": []}
    assert (response.status, response.body["error"]) == (400, expected)


@pytest.mark.parametrize("body", [{"smsConfiguration": {}}, {"voiceConfiguration": {}}])
async def test_an_empty_configuration_object_is_a_400(linked: Api, body: object) -> None:
    before = await linked.number()
    assert (await linked.patch(body)).status == 400
    assert await linked.number() == before


async def test_an_invalid_patch_changes_nothing(linked: Api) -> None:
    before = await linked.number()
    body = {"displayName": "new", "callbackUrl": "new", "voiceConfiguration": {"type": "FAX"}}
    assert (await linked.patch(body)).violation[0] == "voice_configuration"
    assert (await linked.patch({"displayName": "x" * 1025})).violation[0] == "display_name"
    assert await linked.number() == before
