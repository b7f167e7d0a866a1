"""Projects and their numbers: rented, released, expired."""

from __future__ import annotations

import pytest

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, PLAN_AND_CAMPAIGN, Api, phones

DAY = 86_400


async def test_a_number_can_be_rented_only_once(api: Api, sandbox: Sandbox) -> None:
    other = Api(sandbox, "project-2")
    responses = [await api.rent(), await api.rent(), await other.rent()]
    assert [response.status for response in responses] == [200, 404, 404]
    assert responses[1].body["error"]["details"][0]["resourceType"] == "AvailableNumber"
    assert len(sandbox.charges) == 1


async def test_projects_do_not_see_each_others_numbers(api: Api, sandbox: Sandbox) -> None:
    other = Api(sandbox, "project-2")
    await api.rent()
    assert (await other.get(f"activeNumbers/{NUMBER}")).status == 404
    assert (await other.patch({"displayName": "mine"})).status == 404
    assert (await other.release()).status == 404
    assert (await other.listed())["totalSize"] == 0
    assert (await api.listed())["totalSize"] == 1


async def test_a_trial_account_cannot_rent(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.trial = True
    for response in (await api.rent(), await api.rent_any(regionCode="US", type="LOCAL")):
        error = {
            "code": 403,
            "message": "Trial account is not enabled to rent number",
            "status": "PERMISSION_DENIED",
        }
        assert (response.status, response.body["error"]) == (403, {**error, "details": []})
    assert sandbox.charges == []


async def test_a_new_number_can_be_invisible_for_a_while(api: Api, sandbox: Sandbox) -> None:
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


async def test_releasing_twice_changes_nothing(api: Api) -> None:
    await api.rent()
    assert (await api.release()).body == (await api.release()).body


@pytest.mark.parametrize("seconds", [0, 3], ids=["waiting", "in progress"])
async def test_a_release_drops_what_is_being_provisioned(api: Api, sandbox: Sandbox, seconds: float) -> None:
    await api.rent(body={**PLAN_AND_CAMPAIGN, "voiceConfiguration": {"appId": "app"}})
    sandbox.clock.advance(seconds)
    released = (await api.release()).body
    assert released["voiceConfiguration"]["scheduledVoiceProvisioning"] is None
    assert released["smsConfiguration"]["scheduledProvisioning"] is None
    assert released["expireAt"] == released["nextChargeDate"]
    sandbox.clock.advance(100)
    assert await api.number() == released


async def test_a_release_drops_what_has_failed_and_keeps_what_is_in_force(
    linked: Api, sandbox: Sandbox
) -> None:
    sandbox.fail_provisioning(what="voice")
    await linked.patch({"voiceConfiguration": {"type": "EST", "trunkId": "trunk"}})
    sandbox.clock.advance(100)
    released = (await linked.release()).body
    assert released["voiceConfiguration"]["scheduledVoiceProvisioning"] is None
    assert released["voiceConfiguration"]["appId"] == "app"
    assert released["smsConfiguration"]["servicePlanId"] == "plan"


async def test_an_expired_number_can_be_rented_again(api: Api, sandbox: Sandbox) -> None:
    await api.rent(body={"smsConfiguration": {"servicePlanId": "plan"}})
    await api.release()
    sandbox.clock.advance(31 * DAY)
    again = await Api(sandbox, "project-2").rent()
    assert (again.status, again.body["expireAt"]) == (200, None)
    assert again.body["smsConfiguration"]["servicePlanId"] == ""


async def test_a_number_that_expires_during_provisioning_does_not_come_back(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.options.visibility_delay = 100 * DAY
    sandbox.options.waiting_seconds = 60 * DAY
    await api.rent(body={"smsConfiguration": {"servicePlanId": "plan"}})
    await api.release()
    sandbox.clock.advance(200 * DAY)
    assert (await api.listed())["totalSize"] == 0
    assert sandbox.active_numbers() == []


async def test_a_rented_number_is_not_available_to_any_project(api: Api, sandbox: Sandbox) -> None:
    number = phones(await api.search())[0]
    assert (await api.rent(number)).status == 200
    for project in ("project-1", "project-2"):
        other = Api(sandbox, project)
        assert number not in phones(await other.search())
        assert (await other.get(f"availableNumbers/{number}")).status == 404
