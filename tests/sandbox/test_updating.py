from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api

PLAN = {"smsConfiguration": {"servicePlanId": "plan", "campaignId": "campaign"}}
UNLINK = {"smsConfiguration": {"servicePlanId": "", "campaignId": ""}}


@pytest.fixture
async def linked(api: Api, sandbox: Sandbox) -> Api:
    """A project with a number that is linked to a plan, a campaign and a voice app."""
    await api.rent(
        body={**PLAN, "voiceConfiguration": {"appId": "app"}, "callbackUrl": "https://example.com"}
    )
    sandbox.clock.advance(100)
    return api


async def ids(api: Api) -> tuple[str, str]:
    sms = (await api.number())["smsConfiguration"]
    return sms["servicePlanId"], sms["campaignId"]


async def pending(api: Api) -> Any:
    return (await api.number())["smsConfiguration"]["scheduledProvisioning"]


async def test_the_name_and_the_callback_change_at_once(linked: Api) -> None:
    before = await linked.number()
    changed = (await linked.patch({"displayName": "Döner", "callbackUrl": "https://example.org"})).body
    assert changed == {**before, "displayName": "Döner", "callbackUrl": "https://example.org"}
    assert await linked.number() == changed
    assert (await linked.patch({"displayName": ""})).body["displayName"] == ""


@pytest.mark.parametrize(
    "body", [{}, {"displayName": None, "smsConfiguration": None}, {"phoneNumber": "+1", "unheardOf": 1}]
)
async def test_a_patch_leaves_alone_what_it_does_not_name(linked: Api, body: object) -> None:
    before = await linked.number()
    assert (await linked.patch(body)).body == before


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


async def test_without_a_plan_there_is_no_campaign(linked: Api, sandbox: Sandbox) -> None:
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
    assert (await linked.patch({**PLAN, "voiceConfiguration": {"appId": "app"}})).body == before


async def test_the_same_patch_twice_does_not_start_provisioning_over(linked: Api, sandbox: Sandbox) -> None:
    body = {"smsConfiguration": {"servicePlanId": "other"}, "voiceConfiguration": {"appId": "other"}}
    await linked.patch(body)
    sandbox.clock.advance(2)
    first = await linked.number()
    assert (await linked.patch(body)).body == first


async def test_a_later_patch_replaces_what_was_scheduled(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch({"smsConfiguration": {"servicePlanId": "second"}})
    sandbox.clock.advance(5)
    await linked.patch({"smsConfiguration": {"servicePlanId": "third"}})
    sandbox.clock.advance(5)
    assert await ids(linked) == ("plan", "campaign")
    sandbox.clock.advance(5)
    assert await ids(linked) == ("third", "campaign")


async def test_going_back_to_what_is_linked_cancels_what_was_scheduled(linked: Api, sandbox: Sandbox) -> None:
    await linked.patch(
        {"smsConfiguration": {"servicePlanId": "other"}, "voiceConfiguration": {"appId": "other"}}
    )
    await linked.patch({**PLAN, "voiceConfiguration": {"appId": "app"}})
    assert await pending(linked) is None
    sandbox.clock.advance(100)
    assert await ids(linked) == ("plan", "campaign")


@pytest.mark.parametrize("body", [{"smsConfiguration": {}}, {"voiceConfiguration": {}}])
async def test_an_empty_configuration_object_fails(linked: Api, body: object) -> None:
    before = await linked.number()
    assert (await linked.patch(body)).status == 400
    assert await linked.number() == before


async def test_a_patch_with_a_mistake_changes_nothing_at_all(linked: Api) -> None:
    before = await linked.number()
    body = {"displayName": "new", "callbackUrl": "new", "voiceConfiguration": {"type": "FAX"}}
    assert (await linked.patch(body)).violation[0] == "voice_configuration"
    assert (await linked.patch({"displayName": "x" * 1025})).violation[0] == "display_name"
    assert await linked.number() == before


async def test_relinking_can_be_made_to_need_an_unlink_first(linked: Api, sandbox: Sandbox) -> None:
    sandbox.options.relink_allowed = False
    other = {"smsConfiguration": {"servicePlanId": "other", "campaignId": "campaign"}}
    before = await linked.number()
    assert (await linked.patch(other)).violation[0] == "sms_configuration.service_plan_id"
    assert (await linked.patch({"smsConfiguration": {"campaignId": "x"}})).violation[
        0
    ] == "sms_configuration.campaign_id"
    assert (await linked.patch(PLAN)).body == before
    await linked.patch(UNLINK)
    sandbox.clock.advance(62)
    assert (await linked.patch(other)).status == 200
    sandbox.clock.advance(62)
    assert await ids(linked) == ("other", "campaign")


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
