from __future__ import annotations

from typing import Any

from sinch_numbers.sandbox import Sandbox

from .driver import NUMBER, Api


async def test_a_reset_removes_all_state_and_keeps_elapsed_time(api: Api, sandbox: Sandbox) -> None:
    token = (await api.token()).body["access_token"]
    await api.rent(body={"smsConfiguration": {"servicePlanId": "plan"}})
    sandbox.faults.add("status", times=None)
    sandbox.clock.advance(100)
    elapsed = sandbox.clock.monotonic()

    sandbox.reset(seed=7)
    assert (sandbox.seed, sandbox.charges, sandbox.requests, len(sandbox.faults), sandbox.tokens_issued) == (
        7,
        [],
        [],
        0,
        0,
    )
    assert sandbox.active_numbers() == []
    assert (await api.get(f"availableNumbers/{NUMBER}")).status == 200
    assert (
        await api.call("GET", "availableRegions", headers={"Authorization": f"Bearer {token}"})
    ).status == 401
    assert (await api.rent()).body["nextChargeDate"] == "2025-02-15T09:30:00Z"
    assert sandbox.clock.monotonic() == elapsed

    sandbox.reset()
    assert sandbox.seed == 7


async def test_two_sandboxes_with_the_same_seed_return_the_same_responses() -> None:
    async def run_scenario(sandbox: Sandbox) -> list[Any]:
        api = Api(sandbox)
        await api.rent_any(regionCode="US", type="LOCAL", voiceConfiguration={"appId": "app"})
        sandbox.clock.advance(10)
        responses = [await api.token(), await api.listed(), await api.get("callbackConfiguration")]
        return [repr(response) for response in responses]

    assert await run_scenario(Sandbox(seed=3)) == await run_scenario(Sandbox(seed=3))
    assert await run_scenario(Sandbox(seed=3)) != await run_scenario(Sandbox(seed=4))


async def test_a_hook_gets_each_request_with_its_status_and_fault_once_it_has_ended(
    sandbox: Sandbox, api: Api
) -> None:
    seen: list[tuple[str, int | None, str | None]] = []
    sandbox.on_request = lambda request: seen.append((request.method, request.status, request.fault))
    sandbox.faults.add("status", operation="RentNumber", status=503)
    await api.rent()
    sandbox.reset()
    await api.get("/__sandbox__/charges")
    assert seen == [("POST", 503, "status"), ("GET", 200, None)]
