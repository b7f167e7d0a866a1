"""The operations of the Numbers API."""

from __future__ import annotations

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api

CALLBACK = "https://example.com/callback"


async def test_renting_any_rents_a_matching_number(api: Api, sandbox: Sandbox) -> None:
    pattern = {"pattern": "+1208", "searchPattern": "START"}
    sms = {"servicePlanId": "plan"}
    body = {
        "capabilities": ["SMS", "VOICE"],
        "numberPattern": pattern,
        "smsConfiguration": sms,
        "callbackUrl": CALLBACK,
    }
    first = (await api.rent_any(regionCode="US", type="LOCAL", **body)).body
    second = (await api.rent_any(regionCode="US", type="LOCAL", **body)).body
    assert first["phoneNumber"] != second["phoneNumber"]
    assert first["phoneNumber"].startswith("+1208")
    assert first["capability"] == ["SMS", "VOICE"]
    assert first["smsConfiguration"]["scheduledProvisioning"]["servicePlanId"] == "plan"
    assert first["callbackUrl"] == CALLBACK
    assert [charge.phone_number for charge in sandbox.charges] == [
        first["phoneNumber"],
        second["phoneNumber"],
    ]


@pytest.mark.parametrize(("region", "kind"), [("US", "TOLL_FREE"), ("GB", "LOCAL")])
async def test_renting_any_accepts_us_local_only(api: Api, region: str, kind: str) -> None:
    assert (await api.rent_any(regionCode=region, type=kind)).status == 400


async def test_renting_can_be_limited_to_us_local(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.rent_us_local_only = True
    refused = await api.rent("+447700900123")
    assert (refused.status, refused.body["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert sandbox.charges == []
    assert (await api.rent()).status == 200
    sandbox.options.rent_us_local_only = False
    assert (await api.rent("+447700900123")).status == 200


async def test_renting_any_without_a_match_is_a_404(api: Api) -> None:
    pattern = {"pattern": "+1999", "searchPattern": "START"}
    assert (await api.rent_any(regionCode="US", type="LOCAL", numberPattern=pattern)).status == 404


async def test_an_available_number_has_every_field_of_the_spec(api: Api) -> None:
    assert (await api.get(f"availableNumbers/{NUMBER}")).body == {
        "phoneNumber": NUMBER,
        "regionCode": "US",
        "type": "LOCAL",
        "capability": ["SMS", "VOICE"],
        "setupPrice": {"currencyCode": "USD", "amount": "0.50"},
        "monthlyPrice": {"currencyCode": "USD", "amount": "1.00"},
        "paymentIntervalMonths": 1,
        "supportingDocumentationRequired": True,
    }


async def test_regions_can_be_filtered_by_types(api: Api) -> None:
    toll_free = (await api.get("availableRegions?types=TOLL_FREE")).body["availableRegions"]
    assert [region["regionCode"] for region in toll_free] == ["GB", "US"]
    both = (await api.get("availableRegions?types=TOLL_FREE&types=MOBILE")).body["availableRegions"]
    assert len(both) > len(toll_free)
    unspecified = (await api.get("availableRegions?types=NUMBER_TYPE_UNSPECIFIED")).body["availableRegions"]
    assert len(unspecified) == 8


async def test_the_name_and_the_callback_change_immediately(linked: Api) -> None:
    before = await linked.number()
    changed = (await linked.patch({"displayName": "Döner", "callbackUrl": "https://example.org"})).body
    assert changed == {**before, "displayName": "Döner", "callbackUrl": "https://example.org"}
    assert await linked.number() == changed
    assert (await linked.patch({"displayName": ""})).body["displayName"] == ""


@pytest.mark.parametrize(
    "body", [{}, {"displayName": None, "smsConfiguration": None}, {"phoneNumber": "+1", "unheardOf": 1}]
)
async def test_a_patch_changes_only_the_fields_in_it(linked: Api, body: object) -> None:
    before = await linked.number()
    assert (await linked.patch(body)).body == before


async def test_a_callback_secret_belongs_to_a_project_and_can_be_changed(api: Api, sandbox: Sandbox) -> None:
    first = (await api.get("callbackConfiguration")).body
    other = (await Api(sandbox, "project-2").get("callbackConfiguration")).body
    assert first["projectId"] == "project-1"
    assert first["hmacSecret"] not in ("", other["hmacSecret"])

    changed = await api.call("PATCH", "callbackConfiguration", {"hmacSecret": "s"})
    assert (changed.status, changed.body) == (200, {"projectId": "project-1", "hmacSecret": "s"})
    assert (await api.get("callbackConfiguration")).body == changed.body
    assert (await api.call("PATCH", "callbackConfiguration", {})).body == changed.body
    assert (await api.call("PATCH", "callbackConfiguration", {"hmacSecret": 1})).violation[0] == "hmac_secret"


async def test_patching_a_number_that_is_not_rented_is_a_404(api: Api) -> None:
    assert (await api.patch({"displayName": "x"}, NUMBER)).status == 404
