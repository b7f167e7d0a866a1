"""SMS and voice configurations as mappings, as the official SDK takes them, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ConfigurationError, NumbersClient, PurchaseLedger, sms, voice
from sinch_numbers.resources.configurations import sms_model, voice_model
from sinch_numbers.sandbox import Sandbox

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}


@pytest.mark.parametrize(
    ("given", "model"),
    [
        ({"service_plan_id": "plan"}, sms.link("plan")),
        ({"servicePlanId": "plan", "campaignId": "campaign"}, sms.link("plan", "campaign")),
        ({"service_plan_id": "plan", "campaign_id": None, "scheduledProvisioning": None}, sms.link("plan")),
        ({"service_plan_id": "", "campaign_id": ""}, sms.unlink()),
        (sms.link("plan"), sms.link("plan")),
        (None, None),
    ],
)
def test_an_sms_configuration_can_be_a_mapping(given: Any, model: object) -> None:
    assert sms_model(given) == model


@pytest.mark.parametrize(
    ("given", "model"),
    [
        ({"type": "RTC", "app_id": "app"}, voice.rtc("app")),
        ({"type": "EST", "trunkId": "trunk"}, voice.est("trunk")),
        ({"type": "FAX", "service_id": "service"}, voice.fax("service")),
        ({"app_id": "app"}, voice.rtc("app")),
        ({"trunk_id": "trunk"}, voice.est("trunk")),
        ({"serviceId": "service", "type": None}, voice.fax("service")),
        (voice.est("trunk"), voice.est("trunk")),
        (None, None),
    ],
)
def test_a_voice_configuration_can_be_a_mapping(given: Any, model: object) -> None:
    assert voice_model(given) == model


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "needs service_plan_id"),
        ({"campaign_id": "campaign"}, "needs service_plan_id"),
        ({"service_plan": "plan"}, "has no field 'service_plan'; it has campaignId, servicePlanId"),
        ({"service_plan_id": 5}, r"\['service_plan_id'\] must be a string, not int"),
        ({"service_plan_id": "a", "servicePlanId": "b"}, "two values for servicePlanId"),
        ({5: "plan"}, "has no field 5"),
        ("plan", r"made by sms.link\(\) or sms.unlink\(\), or be a mapping, not str"),
        (object(), "not object"),
    ],
)
async def test_an_sms_configuration_that_is_none_is_refused_before_anything_is_written_or_sent(
    sandbox: Sandbox, client: NumbersClient, given: Any, message: str
) -> None:
    await refused(sandbox, client, message, sms_configuration=given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "needs a type"),
        ({"type": "RTC"}, "needs a type, RTC, EST or FAX, with its app_id"),
        ({"type": "RTC", "trunk_id": "trunk"}, "with its app_id"),
        ({"type": "SIP", "app_id": "app"}, "needs a type"),
        ({"app_id": "app", "trunk_id": "trunk"}, "needs a type"),
        ({"appid": "app"}, "has no field 'appid'"),
        ([("app_id", "app")], "not list"),
        (sms.link("plan"), "not SmsConfiguration"),
    ],
)
async def test_a_voice_configuration_that_is_none_is_refused_before_anything_is_written_or_sent(
    sandbox: Sandbox, client: NumbersClient, given: Any, message: str
) -> None:
    await refused(sandbox, client, message, voice_configuration=given)


async def refused(sandbox: Sandbox, client: NumbersClient, message: str, **configuration: Any) -> None:
    from sinch_numbers import MemoryStore

    ledger = PurchaseLedger(MemoryStore())
    client = client.with_options(ledger=ledger)
    numbers, active = client.available_numbers, client.active_numbers
    for call in (
        lambda: numbers.rent("+12025550134", **configuration),
        lambda: numbers.rent_first(**US, **configuration),
        lambda: numbers.rent_any(**US, **configuration),
        lambda: numbers.rent_many(count=1, **US, **configuration),
        lambda: active.update("+12025550134", **configuration),
        lambda: active.update_many(["+12025550134"], **configuration),
    ):
        with pytest.raises(ConfigurationError, match=message):
            await call()
    assert await ledger.entries() == []
    assert not sandbox.requests


async def test_a_mapping_is_sent_as_its_model_is(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await client.available_numbers.rent_first(
        **US, voice_configuration={"app_id": "app"}, sms_configuration={"service_plan_id": "plan"}
    )
    number = await client.active_numbers.wait_until_provisioned(number.phone_number)
    assert voice.current(number) is not None
    assert number.sms_configuration is not None
    assert number.sms_configuration.service_plan_id == "plan"
    await client.active_numbers.update(number.phone_number, voice_configuration={"trunk_id": "trunk"})
    number = await client.active_numbers.wait_until_provisioned(number.phone_number)
    current = voice.current(number)
    assert current is not None
    assert current.type == "EST"
