from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sinch_numbers.sandbox import Charge, Sandbox, SandboxOptions

from .driver import NUMBER, Api

CALLBACK = "https://example.com/callback"


async def test_a_rented_number_waits_for_its_configurations(api: Api) -> None:
    reply = await api.rent(
        body={
            "smsConfiguration": {"servicePlanId": "plan"},
            "voiceConfiguration": {"appId": "app"},
            "callbackUrl": CALLBACK,
        }
    )
    now = "2025-01-15T09:30:00Z"
    assert reply.status == 200
    assert reply.body == {
        "phoneNumber": NUMBER,
        "projectId": "project-1",
        "displayName": "",
        "regionCode": "US",
        "type": "LOCAL",
        "capability": ["SMS", "VOICE"],
        "money": {"currencyCode": "USD", "amount": "1.00"},
        "paymentIntervalMonths": 1,
        "nextChargeDate": "2025-02-15T09:30:00Z",
        "expireAt": None,
        "smsConfiguration": {
            "servicePlanId": "",
            "campaignId": "",
            "scheduledProvisioning": {
                "servicePlanId": "plan",
                "campaignId": "",
                "status": "WAITING",
                "lastUpdatedTime": now,
                "errorCodes": [],
            },
        },
        "voiceConfiguration": {
            "type": "RTC",
            "appId": "",
            "trunkId": "",
            "serviceId": "",
            "lastUpdatedTime": None,
            "scheduledVoiceProvisioning": {
                "type": "RTC",
                "appId": "app",
                "trunkId": "",
                "serviceId": "",
                "status": "WAITING",
                "lastUpdatedTime": now,
            },
        },
        "callbackUrl": CALLBACK,
    }
    assert await api.number() == reply.body


@pytest.mark.parametrize(
    "raw", [b"{}", b'{"smsConfiguration": null, "voiceConfiguration": null}', b'{"new": 1}']
)
async def test_a_number_may_be_rented_without_any_configuration(api: Api, raw: bytes) -> None:
    number = (await api.call("POST", f"availableNumbers/{NUMBER}:rent", raw=raw)).body
    assert number["smsConfiguration"] == {
        "servicePlanId": "",
        "campaignId": "",
        "scheduledProvisioning": None,
    }
    assert number["voiceConfiguration"]["scheduledVoiceProvisioning"] is None


@pytest.mark.parametrize("path", ["+12025550134:rent", "%2B12025550134:rent", "%2B12025550134%3Arent"])
async def test_the_path_of_a_rent_may_be_encoded(api: Api, path: str) -> None:
    assert (await api.call("POST", f"availableNumbers/{path}", {})).status == 200


async def test_renting_is_charged_once_with_the_setup_and_the_first_month(api: Api, sandbox: Sandbox) -> None:
    await api.rent()
    at = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
    assert sandbox.charges == [Charge("project-1", NUMBER, Decimal("1.50"), "USD", "rent", at)]


async def test_a_number_can_be_rented_once_by_anybody(api: Api, sandbox: Sandbox) -> None:
    other = Api(sandbox, "project-2")
    replies = [await api.rent(), await api.rent(), await other.rent()]
    assert [reply.status for reply in replies] == [200, 404, 404]
    assert replies[1].body["error"]["details"][0]["resourceType"] == "AvailableNumber"
    assert len(sandbox.charges) == 1


async def test_of_many_who_rent_a_number_at_the_same_time_one_gets_it(api: Api, sandbox: Sandbox) -> None:
    replies = await asyncio.gather(*(api.rent() for _ in range(50)))
    assert sorted(reply.status for reply in replies) == [200] + [404] * 49
    assert len(sandbox.charges) == 1


async def test_projects_do_not_see_each_others_numbers(api: Api, sandbox: Sandbox) -> None:
    other = Api(sandbox, "project-2")
    await api.rent()
    assert (await other.get(f"activeNumbers/{NUMBER}")).status == 404
    assert (await other.patch({"displayName": "mine"})).status == 404
    assert (await other.release()).status == 404
    assert (await other.listed())["totalSize"] == 0
    assert (await api.listed())["totalSize"] == 1


async def test_an_active_number_that_is_not_there_is_a_404_of_its_own(api: Api) -> None:
    detail = (await api.get(f"activeNumbers/{NUMBER}")).body["error"]["details"][0]
    assert (detail["resourceType"], detail["resourceName"]) == ("ActiveNumber", NUMBER)


async def test_renting_any_takes_a_number_that_fits(api: Api, sandbox: Sandbox) -> None:
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
async def test_renting_any_serves_american_local_numbers_only(api: Api, region: str, kind: str) -> None:
    assert (await api.rent_any(regionCode=region, type=kind)).status == 400


async def test_renting_any_where_nothing_fits_is_a_404(api: Api) -> None:
    pattern = {"pattern": "+1999", "searchPattern": "START"}
    assert (await api.rent_any(regionCode="US", type="LOCAL", numberPattern=pattern)).status == 404


async def test_a_trial_account_may_not_rent(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.trial = True
    for reply in (await api.rent(), await api.rent_any(regionCode="US", type="LOCAL")):
        error = {
            "code": 403,
            "message": "Trial account is not enabled to rent number",
            "status": "PERMISSION_DENIED",
        }
        assert (reply.status, reply.body["error"]) == (403, {**error, "details": []})
    assert sandbox.charges == []


async def test_too_little_credit_is_a_400_and_nothing_is_rented() -> None:
    sandbox = Sandbox(SandboxOptions(credit=Decimal("3.10")))
    api = Api(sandbox)
    statuses = [(await api.rent(f"+1202555013{digit}")).status for digit in range(3)]
    assert statuses == [200, 200, 400]
    assert sum(charge.amount for charge in sandbox.charges) == Decimal("3.00")
    assert (await api.listed())["totalSize"] == 2
    assert (await api.get("availableNumbers/+12025550132")).status == 200


async def test_credit_counts_in_each_currency_and_project_on_its_own(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.update({"credit": "1.50"})
    other = Api(sandbox, "project-2")
    swedish = "+46313900600"
    replies = [
        await api.rent(),
        await api.rent(swedish),
        await other.rent("+12025550135"),
        await other.rent("+12025550136"),
    ]
    assert [reply.status for reply in replies] == [200, 200, 200, 400]
    assert [(charge.currency_code, charge.amount) for charge in sandbox.charges[:2]] == [
        ("USD", Decimal("1.50")),
        ("EUR", Decimal("0.80")),
    ]


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
async def test_a_configuration_that_makes_no_sense_is_a_400_before_anything_is_bought(
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
async def test_renting_any_without_knowing_what_is_a_400(api: Api, body: dict[str, object]) -> None:
    assert (await api.rent_any(**body)).status == 400


async def test_a_new_number_may_be_hidden_from_readers_for_a_while(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.visibility_delay = 30
    assert (await api.rent()).status == 200
    assert (await api.get(f"activeNumbers/{NUMBER}")).status == 404
    assert (await api.listed())["totalSize"] == 0
    assert (await api.get(f"availableNumbers/{NUMBER}")).status == 404
    assert [number["phoneNumber"] for number in sandbox.active_numbers()] == [NUMBER]

    sandbox.clock.advance(29)
    assert (await api.get(f"activeNumbers/{NUMBER}")).status == 404
    sandbox.clock.advance(1)
    assert (await api.get(f"activeNumbers/{NUMBER}")).status == 200
    assert (await api.listed())["totalSize"] == 1
