from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, PLAN_AND_CAMPAIGN, Api

PLAN = {"smsConfiguration": {"servicePlanId": "plan"}}
UNLINK = {"smsConfiguration": {"servicePlanId": "", "campaignId": ""}}


async def ids(api: Api) -> tuple[str, str]:
    sms = (await api.number())["smsConfiguration"]
    return sms["servicePlanId"], sms["campaignId"]


async def pending(api: Api) -> Any:
    return (await api.number())["smsConfiguration"]["scheduledProvisioning"]


async def sms(api: Api, number: str = NUMBER) -> Any:
    return (await api.number(number))["smsConfiguration"]


async def voice(api: Api) -> Any:
    return (await api.number())["voiceConfiguration"]


async def sms_status(api: Api, number: str = NUMBER) -> Any:
    scheduled = (await sms(api, number))["scheduledProvisioning"]
    return scheduled and scheduled["status"]


async def test_sms_waits_then_progresses_then_is_done(api: Api, sandbox: Sandbox) -> None:
    await api.rent(body=PLAN)
    assert await sms_status(api) == "WAITING"
    sandbox.clock.advance(2)
    scheduled = (await sms(api))["scheduledProvisioning"]
    assert (scheduled["status"], scheduled["lastUpdatedTime"]) == ("IN_PROGRESS", "2025-01-15T09:30:02Z")
    assert (await sms(api))["servicePlanId"] == ""
    sandbox.clock.advance(8)
    assert await sms(api) == {"servicePlanId": "plan", "campaignId": "", "scheduledProvisioning": None}


async def test_sms_is_done_when_both_the_plan_and_the_campaign_are(api: Api, sandbox: Sandbox) -> None:
    await api.rent(body=PLAN_AND_CAMPAIGN)
    sandbox.clock.advance(61)
    assert await sms_status(api) == "IN_PROGRESS"
    assert (await sms(api))["servicePlanId"] == ""
    sandbox.clock.advance(1)
    assert await sms(api) == {
        "servicePlanId": "plan",
        "campaignId": "campaign",
        "scheduledProvisioning": None,
    }


async def test_delays_are_options_and_can_be_zero(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.update({"waiting_seconds": 0, "provisioning_seconds": 0, "campaign_seconds": 0})
    response = await api.rent(body={**PLAN_AND_CAMPAIGN, "voiceConfiguration": {"appId": "app"}})
    assert response.body["smsConfiguration"]["campaignId"] == "campaign"
    assert response.body["voiceConfiguration"]["appId"] == "app"


@pytest.mark.parametrize(("kind", "key"), [("RTC", "appId"), ("EST", "trunkId"), ("FAX", "serviceId")])
async def test_voice_keeps_the_identifier_of_its_type(
    api: Api, sandbox: Sandbox, kind: str, key: str
) -> None:
    await api.rent(body={"voiceConfiguration": {"type": kind, key: "id"}})
    sandbox.clock.advance(2)
    assert (await voice(api))["scheduledVoiceProvisioning"]["status"] == "IN_PROGRESS"
    sandbox.clock.advance(8)
    ids = {"appId": "", "trunkId": "", "serviceId": "", key: "id"}
    expected = {
        "type": kind,
        **ids,
        "lastUpdatedTime": "2025-01-15T09:30:10Z",
        "scheduledVoiceProvisioning": None,
    }
    assert await voice(api) == expected


async def test_a_scheduled_voice_type_may_differ_from_the_current_one(api: Api, sandbox: Sandbox) -> None:
    await api.rent(body={"voiceConfiguration": {"appId": "app"}})
    sandbox.clock.advance(10)
    await api.patch({"voiceConfiguration": {"type": "FAX", "serviceId": "fax"}})
    current = await voice(api)
    assert (current["type"], current["appId"]) == ("RTC", "app")
    assert current["scheduledVoiceProvisioning"]["type"] == "FAX"
    sandbox.clock.advance(10)
    assert ((await voice(api))["type"], (await voice(api))["appId"], (await voice(api))["serviceId"]) == (
        "FAX",
        "",
        "fax",
    )


async def test_provisioning_fails_on_demand_and_stays_failed_until_the_next_patch(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.fail_provisioning(error_codes=["PARTNER_SERVICE_UNAVAILABLE"])
    await api.rent(body=PLAN)
    sandbox.clock.advance(1_000)
    scheduled = (await sms(api))["scheduledProvisioning"]
    assert (scheduled["status"], scheduled["errorCodes"]) == ("FAILED", ["PARTNER_SERVICE_UNAVAILABLE"])
    assert (await sms(api))["servicePlanId"] == ""

    await api.patch(PLAN)
    assert await sms_status(api) == "WAITING"
    sandbox.clock.advance(10)
    assert (await sms(api))["servicePlanId"] == "plan"


async def test_a_failed_campaign_does_not_link_the_plan_either(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail_provisioning(NUMBER, what="campaign")
    await api.rent(body=PLAN_AND_CAMPAIGN)
    sandbox.clock.advance(62)
    current = await sms(api)
    assert (current["servicePlanId"], current["scheduledProvisioning"]["errorCodes"]) == (
        "",
        ["CAMPAIGN_PROVISIONING_FAILED"],
    )


async def test_a_failed_plan_also_ends_the_provisioning_of_the_campaign(api: Api, sandbox: Sandbox) -> None:
    sandbox.fail_provisioning()
    await api.rent(body=PLAN_AND_CAMPAIGN)
    sandbox.clock.advance(10)
    failed = (await sms(api))["scheduledProvisioning"]
    sandbox.clock.advance(1_000)
    assert (await sms(api))["scheduledProvisioning"] == failed
    assert failed["errorCodes"] == ["SMS_PROVISIONING_FAILED"]


async def test_voice_fails_without_error_codes_and_can_be_retried(api: Api, sandbox: Sandbox) -> None:
    body = {"voiceConfiguration": {"type": "EST", "trunkId": "trunk"}}
    sandbox.fail_provisioning(what="voice")
    await api.rent(body=body)
    sandbox.clock.advance(10)
    assert (await voice(api))["scheduledVoiceProvisioning"]["status"] == "FAILED"
    await api.patch(body)
    sandbox.clock.advance(10)
    assert (await voice(api))["trunkId"] == "trunk"


async def test_a_failure_can_apply_to_one_number_and_last_forever(api: Api, sandbox: Sandbox) -> None:
    other = "+12025550135"
    sandbox.fail_provisioning(other, times=None)
    for number in (NUMBER, other):
        await api.rent(number, PLAN)
    for _ in range(2):
        sandbox.clock.advance(10)
        assert [await sms_status(api, number) for number in (NUMBER, other)] == [None, "FAILED"]
        await api.patch(PLAN, other)


def test_provisioning_of_an_unknown_kind_cannot_fail(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="fax"):
        sandbox.fail_provisioning(what="fax")


async def test_a_campaign_has_a_capacity(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.campaign_capacity = 2
    numbers = [f"+1202555013{digit}" for digit in range(3)]
    for number in numbers:
        await api.rent(number, PLAN_AND_CAMPAIGN)
    sandbox.clock.advance(62)
    assert [await sms_status(api, number) for number in numbers] == [None, None, "FAILED"]
    assert (await sms(api, numbers[2]))["scheduledProvisioning"]["errorCodes"] == ["EXCEEDED_10DLC_LIMIT"]

    await api.patch({"smsConfiguration": {"servicePlanId": "", "campaignId": ""}}, numbers[0])
    sandbox.clock.advance(62)
    await api.patch(PLAN_AND_CAMPAIGN, numbers[2])
    sandbox.clock.advance(62)
    assert await sms_status(api, numbers[2]) is None


async def test_sms_stays_as_it_is_while_a_change_is_scheduled(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"smsConfiguration": {"servicePlanId": "other"}})
    assert await ids(linked) == ("plan", "campaign")
    scheduled = await pending(linked)
    assert (scheduled["servicePlanId"], scheduled["campaignId"], scheduled["status"]) == (
        "other",
        "campaign",
        "WAITING",
    )
    sandbox.clock.advance(10)
    assert await ids(linked) == ("other", "campaign")


async def test_empty_strings_unlink_sms(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch(UNLINK)
    assert await ids(linked) == ("plan", "campaign")
    sandbox.clock.advance(62)
    assert (await ids(linked), await pending(linked)) == (("", ""), None)


async def test_unlinking_the_plan_unlinks_the_campaign(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"smsConfiguration": {"servicePlanId": ""}})
    sandbox.clock.advance(62)
    assert await ids(linked) == ("", "")


async def test_the_campaign_alone_can_be_unlinked(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"smsConfiguration": {"campaignId": ""}})
    sandbox.clock.advance(62)
    assert await ids(linked) == ("plan", "")


async def test_voice_is_unlinked_by_an_empty_identifier(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"voiceConfiguration": {"type": "RTC", "appId": ""}})
    sandbox.clock.advance(10)
    assert (await linked.number())["voiceConfiguration"]["appId"] == ""


async def test_a_patch_that_changes_nothing_schedules_nothing(linked: Api) -> None:
    before = await linked.number()
    assert (await linked.patch({**PLAN_AND_CAMPAIGN, "voiceConfiguration": {"appId": "app"}})).body == before


async def test_the_same_patch_twice_does_not_restart_provisioning(linked: Api, sandbox: Sandbox) -> None:
    body = {"smsConfiguration": {"servicePlanId": "other"}, "voiceConfiguration": {"appId": "other"}}
    await linked.patch(body)
    sandbox.clock.advance(2)
    first = await linked.number()
    assert (await linked.patch(body)).body == first


async def test_a_later_patch_replaces_the_scheduled_change(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"smsConfiguration": {"servicePlanId": "second"}})
    sandbox.clock.advance(5)
    await linked.patch({"smsConfiguration": {"servicePlanId": "third"}})
    sandbox.clock.advance(5)
    assert await ids(linked) == ("plan", "campaign")
    sandbox.clock.advance(5)
    assert await ids(linked) == ("third", "campaign")


async def test_a_patch_back_to_what_is_linked_cancels_the_scheduled_change(
    linked: Api, sandbox: Sandbox
) -> None:
    await linked.patch(
        {"smsConfiguration": {"servicePlanId": "other"}, "voiceConfiguration": {"appId": "other"}}
    )
    await linked.patch({**PLAN_AND_CAMPAIGN, "voiceConfiguration": {"appId": "app"}})
    assert await pending(linked) is None
    sandbox.clock.advance(100)
    assert await ids(linked) == ("plan", "campaign")


async def test_relinking_can_require_an_unlink_first(linked: Api, sandbox: Sandbox) -> None:
    sandbox.options.relink_allowed = False
    other = {"smsConfiguration": {"servicePlanId": "other", "campaignId": "campaign"}}
    before = await linked.number()
    assert (await linked.patch(other)).violation[0] == "sms_configuration.service_plan_id"
    assert (await linked.patch({"smsConfiguration": {"campaignId": "x"}})).violation[
        0
    ] == "sms_configuration.campaign_id"
    assert (await linked.patch(PLAN_AND_CAMPAIGN)).body == before
    await linked.patch(UNLINK)
    sandbox.clock.advance(62)
    assert (await linked.patch(other)).status == 200
    sandbox.clock.advance(62)
    assert await ids(linked) == ("other", "campaign")
