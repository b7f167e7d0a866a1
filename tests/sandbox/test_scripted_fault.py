"""Which calls a fault strikes, and how often."""

from __future__ import annotations

from sinch_numbers.sandbox import Sandbox

from .driver import Api

RENT = "RentNumber"


async def test_faults_are_matched_by_operation_and_number(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", operation=RENT, phone_number="+12025550135", status=500)
    sandbox.faults.add("status", operation="Token", status=502)
    assert (await api.rent()).status == 200
    assert (await api.get("availableNumbers/+12025550135")).status == 200
    assert (await api.rent("+12025550135")).status == 500
    assert (await api.token()).status == 502
    assert (await api.token()).status == 200


async def test_faults_can_skip_calls_and_last_forever(api: Api, sandbox: Sandbox) -> None:
    fault = sandbox.faults.add("status", operation="ListAvailableRegions", skip=2, times=None)
    assert [(await api.get("availableRegions")).status for _ in range(5)] == [200, 200, 503, 503, 503]
    assert fault.hits == 3
    sandbox.faults.clear()
    assert (await api.get("availableRegions")).status == 200


async def test_a_probability_is_reproducible_with_its_seed() -> None:
    async def statuses(seed: int) -> list[int]:
        sandbox = Sandbox()
        sandbox.faults.add("status", probability=0.3, times=None, seed=seed)
        return [(await Api(sandbox).get("availableRegions")).status for _ in range(200)]

    first = await statuses(1)
    assert first == await statuses(1)
    assert first != await statuses(2)
    assert 30 < first.count(503) < 90
