"""Charges, credit and months."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sinch_numbers.sandbox import Charge, Sandbox, SandboxOptions
from sinch_numbers.sandbox.billing import add_months

from .driver import NUMBER, Api

DAY = 86_400


async def test_a_released_number_expires_when_its_next_charge_would_be_due(
    api: Api, sandbox: Sandbox
) -> None:
    await api.rent()
    sandbox.clock.advance(DAY)
    released = await api.release()
    assert (released.status, released.body["expireAt"]) == (200, "2025-02-15T09:30:00Z")
    assert released.body["expireAt"] == released.body["nextChargeDate"]

    sandbox.clock.advance(30 * DAY - 1)
    assert await api.number() == released.body
    assert (await api.listed())["totalSize"] == 1

    sandbox.clock.advance(1)
    assert (await api.get(f"activeNumbers/{NUMBER}")).status == 404
    assert (await api.listed())["totalSize"] == 0
    assert (await api.get(f"availableNumbers/{NUMBER}")).status == 200
    assert len(sandbox.charges) == 1


async def test_a_number_that_is_not_released_is_charged_every_month(api: Api, sandbox: Sandbox) -> None:
    await api.rent()
    sandbox.clock.advance(31 * DAY)
    assert [(charge.reason, charge.amount) for charge in sandbox.charges] == [
        ("rent", Decimal("1.50")),
        ("monthly", Decimal("1.00")),
    ]
    assert (await api.number())["nextChargeDate"] == "2025-03-15T09:30:00Z"
    sandbox.clock.advance(365 * DAY)
    assert len(sandbox.charges) == 1 + 13


async def test_a_number_rented_on_the_31st_is_charged_on_the_last_day_of_shorter_months(
    api: Api, sandbox: Sandbox
) -> None:
    sandbox.clock.advance(16 * DAY)
    dates = [(await api.rent()).body["nextChargeDate"]]
    for days in (28, 31, 30):
        sandbox.clock.advance(days * DAY)
        dates.append((await api.number())["nextChargeDate"])
    assert [date[:10] for date in dates] == ["2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"]


async def test_a_release_after_some_months_takes_effect_at_the_end_of_the_paid_month(
    api: Api, sandbox: Sandbox
) -> None:
    await api.rent()
    sandbox.clock.advance(40 * DAY)
    assert (await api.release()).body["expireAt"] == "2025-03-15T09:30:00Z"
    sandbox.clock.advance(365 * DAY)
    assert len(sandbox.charges) == 2


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2025-01-31", 1, "2025-02-28"), ("2024-01-31", 1, "2024-02-29"), ("2025-12-15", 1, "2026-01-15"),
     ("2025-01-31", 2, "2025-03-31"), ("2025-03-31", 11, "2026-02-28"), ("2025-01-01", 12, "2026-01-01")],
)  # fmt: skip
def test_adding_months_follows_the_calendar(start: str, months: int, end: str) -> None:
    assert add_months(datetime.fromisoformat(start), months) == datetime.fromisoformat(end)


async def test_renting_is_charged_once_with_the_setup_and_the_first_month(api: Api, sandbox: Sandbox) -> None:
    await api.rent()
    at = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
    assert sandbox.charges == [Charge("project-1", NUMBER, Decimal("1.50"), "USD", "rent", at)]


async def test_too_little_credit_is_a_400_and_nothing_is_rented() -> None:
    sandbox = Sandbox(SandboxOptions(credit=Decimal("3.10")))
    api = Api(sandbox)
    statuses = [(await api.rent(f"+1202555013{digit}")).status for digit in range(3)]
    assert statuses == [200, 200, 400]
    assert sum(charge.amount for charge in sandbox.charges) == Decimal("3.00")
    assert (await api.listed())["totalSize"] == 2
    assert (await api.get("availableNumbers/+12025550132")).status == 200


async def test_credit_is_counted_per_currency_and_project(api: Api, sandbox: Sandbox) -> None:
    sandbox.options.update({"credit": "1.50"})
    other = Api(sandbox, "project-2")
    swedish = "+46313900600"
    responses = [
        await api.rent(),
        await api.rent(swedish),
        await other.rent("+12025550135"),
        await other.rent("+12025550136"),
    ]
    assert [response.status for response in responses] == [200, 200, 200, 400]
    assert [(charge.currency_code, charge.amount) for charge in sandbox.charges[:2]] == [
        ("USD", Decimal("1.50")),
        ("EUR", Decimal("0.80")),
    ]
