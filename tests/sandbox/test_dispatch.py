"""One call: its credentials first, then a fault or the operation, all of it or nothing."""

from __future__ import annotations

import asyncio

from sinch_numbers.sandbox import Sandbox

from .driver import Api


async def test_no_fault_strikes_a_call_with_wrong_credentials(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", status=500)
    assert (await api.call("GET", "availableRegions", headers={"Authorization": ""})).status == 401
    assert (await api.get("availableRegions")).status == 500


async def test_of_many_concurrent_rents_of_a_number_one_succeeds(api: Api, sandbox: Sandbox) -> None:
    responses = await asyncio.gather(*(api.rent() for _ in range(50)))
    assert sorted(response.status for response in responses) == [200] + [404] * 49
    assert len(sandbox.charges) == 1
