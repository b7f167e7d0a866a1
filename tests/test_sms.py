"""Linking and unlinking SMS."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import ConfigurationError, sms
from sinch_numbers.sandbox import Sandbox


def test_linking_sms_sends_the_plan_and_the_campaign_if_there_is_one() -> None:
    assert sms.link("plan").to_request() == {"servicePlanId": "plan"}
    assert sms.link("plan", "campaign").to_request() == {"servicePlanId": "plan", "campaignId": "campaign"}


def test_unlinking_sms_sends_empty_strings() -> None:
    assert sms.unlink().to_request() == {"servicePlanId": "", "campaignId": ""}


async def test_sms_is_linked_and_unlinked(sandbox: Sandbox) -> None:
    client = sandbox.client()
    [phone_number] = sandbox.seed_active(1)
    await client.active_numbers.update(phone_number, sms_configuration=sms.link("plan", "campaign"))
    linked = await client.active_numbers.wait_until_provisioned(phone_number)
    await client.active_numbers.unlink_sms(phone_number)
    unlinked = await client.active_numbers.wait_until_provisioned(phone_number)

    assert linked.sms_configuration is not None
    assert linked.sms_configuration.service_plan_id == "plan"
    assert unlinked.sms_configuration is not None
    assert not unlinked.sms_configuration.service_plan_id
    assert not unlinked.sms_configuration.campaign_id


@pytest.mark.parametrize("campaign_id", ["", " ", 7])
def test_a_campaign_is_a_non_empty_id_or_left_out(campaign_id: Any) -> None:
    assert sms.link("plan").campaign_id is None
    with pytest.raises(ConfigurationError, match="campaign_id"):
        sms.link("plan", campaign_id)


@pytest.mark.parametrize("text", ["", " ", None, 7])
def test_linking_without_a_service_plan_is_a_configuration_error(text: Any) -> None:
    with pytest.raises(ConfigurationError, match="non-blank"):
        sms.link(text)
