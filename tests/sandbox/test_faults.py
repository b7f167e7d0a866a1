"""The script of faults."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import TransportError
from sinch_numbers.sandbox import KINDS, Sandbox

from .driver import Api

RENT = "RentNumber"


async def test_the_first_matching_fault_strikes(api: Api, sandbox: Sandbox) -> None:
    sandbox.faults.add("status", status=500)
    sandbox.faults.add("status", status=501)
    assert [(await api.rent()).status for _ in range(3)] == [500, 501, 200]
    assert [fault.times for fault in sandbox.faults] == [0, 0]


async def test_random_faults_are_reproducible() -> None:
    async def run_scenario() -> list[str | None]:
        sandbox = Sandbox()
        api = Api(sandbox)
        sandbox.faults.random(
            rate=0.5, seed=5, operations=[RENT, "GetActiveNumber"], kinds=sorted({*KINDS} - {"hold"})
        )
        for index in range(300):
            try:
                await (api.rent(f"+120255501{index % 100:02d}") if index % 2 else api.get("availableRegions"))
            except TransportError:
                continue
        return [request.fault for request in sandbox.requests]

    first = await run_scenario()
    assert first == await run_scenario()
    assert {fault for fault in first if fault} >= {*KINDS} - {"hold", "refused", "connect_timeout"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explosion"},
        {"operation": "Rent"},
        {"probability": 1.5},
        {"status": 199},
        {"seconds": -1},
        {"seconds": float("inf")},
        {"seconds": float("nan")},
        {"seconds": 24 * 3600 + 1},
        {"seconds": 1e300},
        {"times": -1},
        {"skip": -1},
        {"headers": {"a b": "c"}},
        {"headers": {"a": "b\r\nc"}},
        {"body": object()},
    ],
)
def test_an_invalid_fault_is_rejected(sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    settings: dict[str, Any] = {"kind": "status", **wrong}
    with pytest.raises((ValueError, TypeError)):
        sandbox.faults.add(**settings)
    assert len(sandbox.faults) == 0


def test_random_faults_need_a_kind(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError):
        sandbox.faults.random(kinds=[])
