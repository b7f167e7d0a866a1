"""The API's formats."""

from __future__ import annotations

from sinch_numbers.sandbox import Sandbox

from .driver import Api


async def test_dates_show_a_fraction_of_a_second_only_if_there_is_one(api: Api, sandbox: Sandbox) -> None:
    dates: list[str] = []
    for index, seconds in enumerate((0, 0.25, 0.000125)):
        sandbox.clock.advance(seconds)
        dates.append((await api.rent(f"+1202555013{index}")).body["nextChargeDate"])
    assert dates == ["2025-02-15T09:30:00Z", "2025-02-15T09:30:00.250Z", "2025-02-15T09:30:00.250125Z"]
