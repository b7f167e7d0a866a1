"""The sandbox as users of the SDK use it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from sinch_numbers import NumbersClient, RateLimitError, RetryPolicy, voice
from sinch_numbers.sandbox import Sandbox, box

from .driver import NUMBER


async def test_a_client_of_the_sandbox_rents_and_waits_without_time_passing(sandbox: Sandbox) -> None:
    async with sandbox.client() as client:
        await client.available_numbers.rent(NUMBER, voice_configuration=voice.rtc("app"))
        ready = await client.active_numbers.wait_until_provisioned(NUMBER, timeout=60)
    assert (ready.project_id, ready.phone_number) == ("sandbox-project", NUMBER)
    assert len(sandbox.charges) == 1
    assert sandbox.clock.monotonic() > 0


async def test_a_client_lists_what_was_seeded_for_its_project(sandbox: Sandbox) -> None:
    seeded = sandbox.seed_active(250)
    async with sandbox.client() as client:
        listed = [
            number.phone_number
            async for number in client.active_numbers.list(region_code="US", number_type="LOCAL")
        ]
    assert listed == seeded


async def test_client_options_can_be_passed(sandbox: Sandbox) -> None:
    sandbox.faults.add("status", status=429, times=None)
    async with sandbox.client(
        project_id="another", auth="basic", retry=RetryPolicy(max_attempts=1)
    ) as client:
        with pytest.raises(RateLimitError):
            await client.available_regions.list()
    assert [request.path for request in sandbox.requests] == ["/v1/projects/another/availableRegions"]
    assert sandbox.tokens_issued == 0


def test_a_client_of_the_sandbox_has_all_options_that_make_sense_in_process(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    received: dict[str, object] = {}
    options = inspect.signature(NumbersClient).parameters.keys() - {
        "allow_insecure",
        "http_client",
        "max_response_size",
    }
    given: dict[str, Any] = {name: object() for name in options}
    monkeypatch.setattr(box, "NumbersClient", received.update)
    sandbox.client(**given)

    assert received == given
