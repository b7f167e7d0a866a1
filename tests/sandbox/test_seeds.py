"""Numbers of a test's own."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ActiveNumber, AvailableNumber, voice
from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api, phones

PROJECT = "project-1"


async def test_seeded_numbers_are_active_free_of_charge_and_not_searchable(
    api: Api, sandbox: Sandbox
) -> None:
    first = sandbox.seed_active(2, project_id="project-1", display_name="number {}".format)
    second = sandbox.seed_active(1, project_id="project-1")
    assert len({*first, *second}) == 3
    assert [number["displayName"] for number in sandbox.active_numbers("project-1")] == [
        "number 0",
        "number 1",
        "",
    ]
    assert sandbox.charges == []
    assert (await api.get(f"availableNumbers/{first[0]}")).status == 404
    assert (await api.release(first[0])).status == 200


@pytest.mark.parametrize(
    "arguments",
    [
        {"region_code": "XX"},
        {"number_type": "MOBILE"},
        {"count": -1},
        {"count": 1_000_001},
        {"count": None},
        {"numbers": [NUMBER]},
    ],
)
def test_only_types_of_the_catalog_can_be_seeded(sandbox: Sandbox, arguments: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"count": 1, **arguments}
    with pytest.raises(ValueError):
        sandbox.seed_active(**settings)


async def test_numbers_of_ones_own_are_active_and_in_force(api: Api, sandbox: Sandbox) -> None:
    given: list[str | ActiveNumber | dict[str, Any]] = [
        NUMBER,
        ActiveNumber(phone_number="+12025550135", voice_configuration=voice.est("trunk")),
        {
            "phoneNumber": "+447700900123",
            "displayName": "Support",
            "callbackUrl": "https://example.com",
            "smsConfiguration": {"servicePlanId": "plan", "campaignId": "campaign"},
            "voiceConfiguration": {"type": "FAX", "serviceId": "service"},
        },
    ]
    assert sandbox.seed_active(numbers=given, project_id=PROJECT) == [NUMBER, "+12025550135", "+447700900123"]
    assert sandbox.charges == []
    bare, trunk, full = [await api.number(number) for number in (NUMBER, "+12025550135", "+447700900123")]
    assert (bare["regionCode"], bare["type"], bare["voiceConfiguration"]["appId"]) == ("US", "LOCAL", "")
    assert (trunk["voiceConfiguration"]["type"], trunk["voiceConfiguration"]["trunkId"]) == ("EST", "trunk")
    assert (full["regionCode"], full["type"], full["displayName"]) == ("GB", "MOBILE", "Support")
    assert full["smsConfiguration"] == {
        "servicePlanId": "plan",
        "campaignId": "campaign",
        "scheduledProvisioning": None,
    }
    assert full["voiceConfiguration"]["serviceId"] == "service"
    assert full["voiceConfiguration"]["scheduledVoiceProvisioning"] is None
    assert full["money"] == {"currencyCode": "GBP", "amount": "2.50"}
    assert full["callbackUrl"] == "https://example.com"
    assert phones((await api.get("activeNumbers")).body["activeNumbers"]) == [
        NUMBER,
        "+12025550135",
        "+447700900123",
    ]
    assert (await api.get(f"availableNumbers/{NUMBER}")).status == 404


async def test_a_number_outside_the_catalog_says_what_it_is(api: Api, sandbox: Sandbox) -> None:
    number = {
        "phoneNumber": "+551155256325",
        "regionCode": "BR",
        "type": "LOCAL",
        "capability": ["VOICE"],
        "money": {"currencyCode": "BRL", "amount": "12.30"},
        "paymentIntervalMonths": 12,
    }
    sandbox.seed_active(numbers=[number], project_id=PROJECT)
    found = await api.number("+551155256325")
    assert {name: found[name] for name in number} == number
    assert found["nextChargeDate"] == "2026-01-15T09:30:00Z"
    sandbox.seed_active(numbers=["+4922197580"], project_id=PROJECT, region_code="DE", number_type="LOCAL")
    assert (await api.number("+4922197580"))["money"] == {"currencyCode": "EUR", "amount": "1.50"}
    sandbox.seed_active(numbers=["+390612345678"], project_id=PROJECT, region_code="IT", number_type="LOCAL")
    assert (await api.number("+390612345678"))["money"] == {"currencyCode": "EUR", "amount": "1.00"}


async def test_a_seeded_number_is_charged_or_expires_as_any_other(api: Api, sandbox: Sandbox) -> None:
    numbers = [
        {"phoneNumber": NUMBER, "nextChargeDate": "2025-01-20T00:00:00Z"},
        {"phoneNumber": "+12025550135", "expireAt": "2025-01-20T00:00:00Z"},
    ]
    sandbox.seed_active(numbers=numbers, project_id=PROJECT)
    assert (await api.number("+12025550135"))["expireAt"] == "2025-01-20T00:00:00Z"
    sandbox.clock.advance(5 * 86400)
    assert [charge.phone_number for charge in sandbox.charges] == [NUMBER]
    assert (await api.number())["nextChargeDate"] == "2025-02-20T00:00:00Z"
    assert (await api.get("activeNumbers/+12025550135")).status == 404


async def test_what_one_sandbox_has_can_be_seeded_in_another(linked: Api, sandbox: Sandbox) -> None:
    await linked.release()
    other = Sandbox()
    other.seed_active(numbers=sandbox.active_numbers(), project_id=PROJECT)
    seeded = await Api(other).number()
    before = await linked.number()
    assert {**seeded, "voiceConfiguration": None} == {**before, "voiceConfiguration": None}
    assert seeded["voiceConfiguration"]["appId"] == before["voiceConfiguration"]["appId"]


async def test_a_seeded_number_can_be_updated_and_counts_for_its_campaign(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.campaign_capacity = 1
    sms = {"servicePlanId": "plan", "campaignId": "campaign"}
    sandbox.seed_active(
        numbers=[{"phoneNumber": NUMBER, "smsConfiguration": sms}, "+12025550135"], project_id=PROJECT
    )
    await api.patch({"smsConfiguration": sms}, "+12025550135")
    sandbox.clock.advance(100)
    scheduled = (await api.number("+12025550135"))["smsConfiguration"]["scheduledProvisioning"]
    assert scheduled["errorCodes"] == ["EXCEEDED_10DLC_LIMIT"]
    await api.patch({"voiceConfiguration": {"appId": "app"}})
    sandbox.clock.advance(100)
    assert (await api.number())["voiceConfiguration"]["appId"] == "app"


async def test_a_display_name_is_made_for_a_number_without_one(sandbox: Sandbox) -> None:
    numbers: list[str | dict[str, str]] = [NUMBER, {"phoneNumber": "+12025550135", "displayName": "mine"}]
    sandbox.seed_active(numbers=numbers, display_name="number {}".format)
    assert [number["displayName"] for number in sandbox.active_numbers()] == ["number 0", "mine"]


WRONG: list[Any] = [
    [NUMBER, NUMBER],
    ["12025550134"],
    [NUMBER, "+46812345678"],
    [7],
    NUMBER,
    [{"phoneNumber": NUMBER, "displayname": "x"}],
    [{"phoneNumber": NUMBER, "displayName": 7}],
    [{"displayName": "x"}],
    [{"phoneNumber": NUMBER, "type": "PAGER"}],
    [ActiveNumber.from_dict({"phoneNumber": NUMBER, "type": "PAGER"})],
    [ActiveNumber.from_dict({"phoneNumber": NUMBER, "capability": ["MMS"]})],
    [{"phoneNumber": NUMBER, "regionCode": "us"}],
    [{"phoneNumber": NUMBER, "money": {"amount": "1.00"}}],
    [{"phoneNumber": NUMBER, "money": {"currencyCode": "USD"}}],
    [{"phoneNumber": NUMBER, "paymentIntervalMonths": 0}],
    [{"phoneNumber": NUMBER, "nextChargeDate": "2025-01-15T09:30:00Z"}],
    [{"phoneNumber": NUMBER, "smsConfiguration": {"scheduledProvisioning": {"servicePlanId": "plan"}}}],
    [{"phoneNumber": NUMBER, "voiceConfiguration": {"scheduledVoiceProvisioning": {"appId": "app"}}}],
    [{"phoneNumber": NUMBER, "voiceConfiguration": {"type": "PBX"}}],
    [ActiveNumber.from_dict({"phoneNumber": NUMBER, "voiceConfiguration": {"type": "PBX"}})],
]


@pytest.mark.parametrize("numbers", WRONG, ids=str)
def test_a_number_that_the_sandbox_cannot_have_is_refused_and_none_is_added(
    sandbox: Sandbox, numbers: Any
) -> None:
    with pytest.raises((ValueError, TypeError)):
        sandbox.seed_active(numbers=numbers)
    assert sandbox.active_numbers() == []


def test_a_number_that_is_rented_is_neither_seeded_nor_offered(sandbox: Sandbox) -> None:
    sandbox.seed_active(numbers=[NUMBER], project_id="project-2")
    with pytest.raises(ValueError, match=r"\+12025550134 is rented already, by project-2"):
        sandbox.seed_active(numbers=["+12025550135", NUMBER])
    with pytest.raises(ValueError, match=r"\+12025550134 is rented already, by project-2"):
        sandbox.seed_offers([NUMBER])
    assert phones(sandbox.active_numbers()) == [NUMBER]


async def test_offers_of_ones_own_are_found_first_and_can_be_rented(api: Api, sandbox: Sandbox) -> None:
    offer = {
        "phoneNumber": "+551155256325",
        "regionCode": "BR",
        "type": "LOCAL",
        "capability": ["SMS"],
        "setupPrice": {"currencyCode": "BRL", "amount": "3.00"},
        "monthlyPrice": {"currencyCode": "BRL", "amount": "12.30"},
        "paymentIntervalMonths": 3,
        "supportingDocumentationRequired": True,
    }
    given: list[str | AvailableNumber | dict[str, Any]] = [
        offer,
        AvailableNumber(phone_number="+12025550199"),
        "+12025550134",
    ]
    assert sandbox.seed_offers(given) == ["+551155256325", "+12025550199", "+12025550134"]
    assert await api.search("regionCode=BR&type=LOCAL") == [offer]
    assert (await api.get("availableNumbers/+551155256325")).body == offer
    assert phones(await api.search())[:2] == ["+12025550199", "+12025550134"]
    everything = phones(await api.search("regionCode=US&type=LOCAL&size=1000"))
    assert len(everything) == len(set(everything))
    assert await api.search("regionCode=BR&type=LOCAL&capabilities=VOICE") == []

    assert (await api.rent("+551155256325")).status == 200
    assert await api.search("regionCode=BR&type=LOCAL") == []
    assert [(str(charge.amount), charge.currency_code) for charge in sandbox.charges] == [("15.30", "BRL")]
    assert (await api.get("activeNumbers?regionCode=BR")).body["totalSize"] == 1


async def test_a_region_with_an_offer_is_among_the_available_regions(api: Api, sandbox: Sandbox) -> None:
    sandbox.seed_offers(["+551155256325"], region_code="BR", number_type="LOCAL")
    sandbox.seed_offers(["+12025550134"], number_type="MOBILE")
    regions = {
        region["regionCode"]: region["types"]
        for region in (await api.get("availableRegions")).body["availableRegions"]
    }
    assert regions["BR"] == ["LOCAL"]
    assert regions["US"] == ["LOCAL", "TOLL_FREE", "MOBILE"]
    assert list(regions) == sorted(regions)


async def test_an_offer_replaces_that_of_the_catalog(api: Api, sandbox: Sandbox) -> None:
    price = {"currencyCode": "USD", "amount": "99.00"}
    sandbox.seed_offers([{"phoneNumber": NUMBER, "monthlyPrice": price, "type": "TOLL_FREE"}])
    offer = (await api.get(f"availableNumbers/{NUMBER}")).body
    assert (offer["monthlyPrice"], offer["type"]) == (price, "TOLL_FREE")
    sandbox.options.max_page_size = 100_000
    assert NUMBER not in phones(await api.search("regionCode=US&type=LOCAL&size=100000"))
    sandbox.reset()
    assert (await api.get(f"availableNumbers/{NUMBER}")).body["type"] == "LOCAL"


@pytest.mark.parametrize(
    "offer",
    [
        {
            "setupPrice": {"currencyCode": "USD", "amount": "1"},
            "monthlyPrice": {"currencyCode": "EUR", "amount": "1"},
        },
        {"monthlyPrice": {"currencyCode": "USD", "amount": "much"}},
        {"supportingDocumentationRequired": "yes"},
    ],
)
async def test_an_offer_that_makes_no_sense_is_refused(api: Api, sandbox: Sandbox, offer: Any) -> None:
    before = await api.search()
    with pytest.raises(ValueError):
        sandbox.seed_offers(["+12025550199", {"phoneNumber": NUMBER, **offer}])
    assert await api.search() == before
