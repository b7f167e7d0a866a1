from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    ConfigurationError,
    NotFoundError,
    NumbersClient,
    ProvisioningFailedError,
    ServerError,
    WaitTimeoutError,
    sms,
    voice,
)
from sinch_numbers.provisioning import failures, is_provisioned
from sinch_numbers.sandbox import Sandbox

from .support import NUMBER


async def rented(client: NumbersClient, **configurations: Any) -> str:
    number = await client.available_numbers.rent_first(
        region_code="US", number_type="LOCAL", **configurations
    )
    return number.phone_number


async def test_a_number_is_returned_once_all_of_it_is_in_force(sandbox: Sandbox) -> None:
    client = sandbox.client()
    phone_number = await rented(
        client, sms_configuration=sms.link("plan", "campaign"), voice_configuration=voice.est("trunk")
    )
    begin = sandbox.clock.monotonic()
    number = await client.active_numbers.wait_until_provisioned(phone_number)

    assert is_provisioned(number)
    assert number.sms_configuration is not None
    assert (number.sms_configuration.service_plan_id, number.sms_configuration.campaign_id) == (
        "plan",
        "campaign",
    )
    assert voice.current(number) is not None
    # the campaign takes longest: 2 seconds of waiting and 60 in progress
    assert 62 <= sandbox.clock.monotonic() - begin < 62 + 10


async def test_a_number_without_anything_to_provision_is_returned_at_once(sandbox: Sandbox) -> None:
    client = sandbox.client()
    phone_number = await rented(client)
    begin = sandbox.clock.monotonic()
    number = await client.active_numbers.wait_until_provisioned(phone_number)

    assert number.phone_number == phone_number
    assert sandbox.clock.monotonic() == begin


async def test_the_pauses_between_two_looks_grow(sandbox: Sandbox) -> None:
    sandbox.options.provisioning_seconds = 3600
    client = sandbox.client()
    phone_number = await rented(client, voice_configuration=voice.rtc("app"))
    before = len(sandbox.requests)
    await client.active_numbers.wait_until_provisioned(phone_number, timeout=7200, interval=1)
    looks = [
        request.at
        for request in sandbox.requests[before:]
        if (request.operation, request.status) == ("GetActiveNumber", 200)
    ]
    pauses = [later - earlier for earlier, later in pairwise(looks)]

    assert pauses[0] == pytest.approx(1)
    assert pauses == sorted(pauses)
    assert max(pauses) == pytest.approx(10)


async def test_an_sms_failure_raises_its_error_codes(sandbox: Sandbox) -> None:
    client = sandbox.client()
    sandbox.fail_provisioning(what="sms", error_codes=["INVALID_NUMBER", "A_NEW_CODE"])
    phone_number = await rented(client, sms_configuration=sms.link("plan"))
    with pytest.raises(ProvisioningFailedError) as caught:
        await client.active_numbers.wait_until_provisioned(phone_number)

    assert caught.value.error_codes == ("INVALID_NUMBER", "A_NEW_CODE")
    assert caught.value.number.phone_number == phone_number
    assert str(caught.value) == (
        f"sms of {phone_number} could not be provisioned: INVALID_NUMBER, A_NEW_CODE"
    )


async def test_a_voice_failure_raises_without_error_codes(sandbox: Sandbox) -> None:
    client = sandbox.client()
    sandbox.fail_provisioning(what="voice")
    phone_number = await rented(client, voice_configuration=voice.fax("service"))
    with pytest.raises(ProvisioningFailedError) as caught:
        await client.active_numbers.wait_until_provisioned(phone_number)

    assert caught.value.error_codes == ()
    assert str(caught.value) == f"voice of {phone_number} could not be provisioned"


async def test_a_failure_raises_even_while_something_else_is_being_provisioned(sandbox: Sandbox) -> None:
    client = sandbox.client()
    sandbox.fail_provisioning(what="voice")
    phone_number = await rented(
        client, sms_configuration=sms.link("plan", "campaign"), voice_configuration=voice.rtc("app")
    )
    with pytest.raises(ProvisioningFailedError):
        await client.active_numbers.wait_until_provisioned(phone_number)

    number = await client.active_numbers.get(phone_number)
    assert failures(number) == {"voice": ()}
    assert not is_provisioned(number)


async def test_after_a_failure_another_update_can_succeed(sandbox: Sandbox) -> None:
    client = sandbox.client()
    sandbox.fail_provisioning(what="voice")
    phone_number = await rented(client, voice_configuration=voice.rtc("app"))
    with pytest.raises(ProvisioningFailedError):
        await client.active_numbers.wait_until_provisioned(phone_number)
    await client.active_numbers.update(phone_number, voice_configuration=voice.rtc("app"))

    assert voice.current(await client.active_numbers.wait_until_provisioned(phone_number))


async def test_a_wait_that_times_out_raises_with_the_number_as_it_was_last_seen(sandbox: Sandbox) -> None:
    client = sandbox.client()
    phone_number = await rented(client, sms_configuration=sms.link("plan", "campaign"))
    begin = sandbox.clock.monotonic()
    with pytest.raises(WaitTimeoutError, match="not provisioned within 30 s") as caught:
        await client.active_numbers.wait_until_provisioned(phone_number, timeout=30)

    assert sandbox.clock.monotonic() - begin == pytest.approx(30)
    assert caught.value.number is not None
    assert caught.value.number.phone_number == phone_number
    assert isinstance(caught.value, TimeoutError)


async def test_concurrent_waits_take_the_time_of_one(sandbox: Sandbox) -> None:
    client = sandbox.client()
    numbers = [await rented(client, voice_configuration=voice.rtc("app")) for _ in range(5)]
    begin = sandbox.clock.monotonic()
    await asyncio.gather(*map(client.active_numbers.wait_until_provisioned, numbers))

    assert sandbox.clock.monotonic() - begin < 30


async def test_a_number_that_the_project_does_not_have_is_not_waited_for(sandbox: Sandbox) -> None:
    with pytest.raises(NotFoundError):
        await sandbox.client().active_numbers.wait_until_provisioned(NUMBER)


async def test_an_api_that_keeps_failing_ends_the_wait(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation="GetActiveNumber", status=500, times=None)
    with pytest.raises(ServerError):
        await sandbox.client().active_numbers.wait_until_provisioned(NUMBER)


@pytest.mark.parametrize("argument", ["timeout", "interval"])
@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
async def test_a_timeout_or_interval_that_is_not_above_0_is_a_configuration_error(
    sandbox: Sandbox, argument: str, seconds: float
) -> None:
    with pytest.raises(ConfigurationError, match="seconds above 0"):
        await sandbox.client().active_numbers.wait_until_provisioned(NUMBER, **{argument: seconds})  # type: ignore[arg-type]
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("body", "provisioned", "failed"),
    [
        ({}, True, {}),
        ({"smsConfiguration": {}, "voiceConfiguration": {}}, True, {}),
        ({"smsConfiguration": {"scheduledProvisioning": None}}, True, {}),
        ({"voiceConfiguration": {"scheduledVoiceProvisioning": None}}, True, {}),
        ({"smsConfiguration": {"scheduledProvisioning": {"status": "WAITING"}}}, False, {}),
        ({"smsConfiguration": {"scheduledProvisioning": {"status": "A_NEW_ONE", "errorCodes": None}}}, False, {}),
        ({"smsConfiguration": {"scheduledProvisioning": {"status": "FAILED", "errorCodes": None}}}, False, {"sms": ()}),
        ({"voiceConfiguration": {"scheduledVoiceProvisioning": {"status": "FAILED"}}}, False, {"voice": ()}),
        ({"voiceConfiguration": {"scheduledVoiceProvisioning": {"type": "CUSTOM", "status": "FAILED"}}}, False, {"voice": ()}),
        ({"voiceConfiguration": {"scheduledVoiceProvisioning": {"type": "CUSTOM"}}}, False, {}),
        ({"voiceConfiguration": {"type": "CUSTOM", "scheduledVoiceProvisioning": {"status": "WAITING"}}}, False, {}),
        ({"voiceConfiguration": {"type": "CUSTOM", "scheduledVoiceProvisioning": {"status": "FAILED"}}}, False, {"voice": ()}),
        ({"voiceConfiguration": {"type": "CUSTOM", "scheduledVoiceProvisioning": None}}, True, {}),
    ],
)  # fmt: skip
def test_a_number_is_provisioned_if_nothing_of_it_is_scheduled(
    body: dict[str, Any], provisioned: bool, failed: dict[str, tuple[str, ...]]
) -> None:
    number = ActiveNumber.from_dict(body)

    assert is_provisioned(number) is provisioned
    assert failures(number) == failed
