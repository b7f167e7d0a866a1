"""How to test code that rents numbers. The package has the fixtures (extra `sandbox`); no test waits or spends money.

pytest examples/test_with_sandbox.py
"""

from __future__ import annotations

import pytest

from sinch_numbers import ActiveNumber, NumbersClient, OutcomeUnknownError, ProvisioningFailedError, voice
from sinch_numbers.sandbox import Sandbox

pytestmark = pytest.mark.asyncio


async def open_hotline(client: NumbersClient) -> ActiveNumber:
    """The code under test: rents a number that is ready for calls. If it cannot be linked, releases it and raises."""
    number = await client.available_numbers.rent_first(
        region_code="GB", number_type="LOCAL", voice_configuration=voice.rtc("hotline")
    )
    phone_number = number.phone_number
    try:
        return await client.active_numbers.wait_until_provisioned(phone_number)
    except ProvisioningFailedError:
        await client.active_numbers.release(phone_number)
        raise


async def test_a_hotline_is_ready_and_paid_for_once(
    sinch_client: NumbersClient, sinch_sandbox: Sandbox
) -> None:
    number = await open_hotline(sinch_client)
    assert voice.current(number) is not None
    assert [charge.phone_number for charge in sinch_sandbox.charges] == [number.phone_number]


async def test_a_lost_response_costs_nothing_more(
    sinch_client: NumbersClient, sinch_sandbox: Sandbox
) -> None:
    sinch_sandbox.faults.add("drop_after_commit", operation="RentNumber")
    await open_hotline(sinch_client)
    assert len(sinch_sandbox.charges) == 1


async def test_an_outage_during_the_purchase_raises_an_unknown_outcome(
    sinch_client: NumbersClient, sinch_sandbox: Sandbox
) -> None:
    sinch_sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sinch_sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await open_hotline(sinch_client)


async def test_a_hotline_that_cannot_be_linked_is_released(
    sinch_client: NumbersClient, sinch_sandbox: Sandbox
) -> None:
    sinch_sandbox.fail_provisioning(what="voice")
    with pytest.raises(ProvisioningFailedError):
        await open_hotline(sinch_client)
    sinch_sandbox.clock.advance(60 * 24 * 60 * 60)
    assert sinch_sandbox.active_numbers() == []
    assert [charge.reason for charge in sinch_sandbox.charges] == ["rent"]
