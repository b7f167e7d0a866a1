"""When a number was rented, from its next charge: months are of different lengths."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sinch_numbers import ActiveNumber, Entry, EntryState
from sinch_numbers.purchasing.attribution import Begin, bought_by, rented_since
from sinch_numbers.purchasing.decision import Bought, Finding
from sinch_numbers.purchasing.number_locks import NumberLocks
from sinch_numbers.purchasing.reconciliation import Look
from sinch_numbers.sandbox import VirtualClock
from sinch_numbers.sandbox.billing import add_months

MOMENTS = [
    datetime(2025, 1, 15, 12, tzinfo=UTC),
    datetime(2025, 1, 31, 12, tzinfo=UTC),
    datetime(2024, 2, 29, 12, tzinfo=UTC),
    datetime(2025, 2, 28, 23, 59, tzinfo=UTC),
    datetime(2025, 12, 31, tzinfo=UTC),
]

ENTRY = Entry(
    key="k", operation="RentNumber", phone_number="+12025550134", state=EntryState.UNKNOWN, began_at=1.0
)


def rented(at: datetime, months: int = 1) -> ActiveNumber:
    return ActiveNumber(
        phone_number="+12025550134", next_charge_date=add_months(at, months), payment_interval_months=months
    )


@pytest.mark.parametrize("months", [1, 3, 12])
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "later", [timedelta(seconds=-50), timedelta(0), timedelta(seconds=3), timedelta(hours=2)]
)
def test_a_number_that_was_rented_since_is_never_somebody_elses(
    moment: datetime, later: timedelta, months: int
) -> None:
    assert rented_since(rented(moment + later, months), moment) is not Bought.ELSEWHERE


def test_a_number_that_was_rented_since_is_this_purchases_in_the_middle_of_a_month() -> None:
    for seconds in (-60, 0, 3, 7200):
        assert rented_since(rented(MOMENTS[0] + timedelta(seconds=seconds)), MOMENTS[0]) is Bought.HERE


@pytest.mark.parametrize("moment", [MOMENTS[0], datetime(2025, 6, 20, 12, tzinfo=UTC)])
@pytest.mark.parametrize("months", [1, 12])
@pytest.mark.parametrize("earlier", [timedelta(minutes=61), timedelta(hours=5), timedelta(days=20)])
def test_a_number_that_was_rented_long_before_is_somebody_elses(
    moment: datetime, earlier: timedelta, months: int
) -> None:
    assert rented_since(rented(moment - earlier, months), moment) is Bought.ELSEWHERE


@pytest.mark.parametrize("minutes", [2, 60])
def test_a_number_that_was_rented_just_before_may_be_either(minutes: int) -> None:
    assert rented_since(rented(MOMENTS[0] - timedelta(minutes=minutes)), MOMENTS[0]) is Bought.UNCLEAR


def test_a_day_that_the_next_month_does_not_have_proves_nothing() -> None:
    """Rented on the 28th, 29th, 30th or 31st of January: the next charge is on the 28th of February."""
    moment = datetime(2025, 1, 31, 12, tzinfo=UTC)
    for day in (28, 29, 30, 31):
        assert rented_since(rented(datetime(2025, 1, day, 12, tzinfo=UTC)), moment) is Bought.UNCLEAR


@pytest.mark.parametrize(
    "number",
    [
        ActiveNumber(phone_number="+1"),
        ActiveNumber(phone_number="+1", next_charge_date=MOMENTS[0]),
        ActiveNumber(phone_number="+1", next_charge_date=MOMENTS[0], payment_interval_months=0),
        ActiveNumber(phone_number="+1", next_charge_date=MOMENTS[0], payment_interval_months=10**9),
        ActiveNumber(phone_number="+1", payment_interval_months=1),
    ],
)
def test_without_usable_dates_nothing_is_known(number: ActiveNumber) -> None:
    assert rented_since(number, MOMENTS[0]) is Bought.UNCLEAR
    assert rented_since(rented(MOMENTS[0]), None) is Bought.UNCLEAR


def test_the_begin_by_the_apis_clock_counts_the_time_that_has_passed(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Begin(clock)
    clock.advance(100)
    assert begin.by_api(None) is None
    assert begin.by_api(1_000_000) == pytest.approx(
        datetime.fromtimestamp(999_900, UTC), abs=timedelta(seconds=5)
    )
    # The machine was suspended for an hour, during which the client's clock stood still.
    monkeypatch.setattr("sinch_numbers.purchasing.attribution.elapsed", lambda: begin._elapsed + 3600)
    assert begin.by_api(1_000_000) == datetime.fromtimestamp(1_000_000 - 3600, UTC)


@pytest.mark.parametrize(
    ("history", "resumed", "bought"),
    [
        ([], None, Bought.UNCLEAR),
        (["offered"], None, Bought.HERE),
        (["offered"], ENTRY, Bought.UNCLEAR),
        (["offered", "returned"], None, Bought.ELSEWHERE),
        (["returned"], ENTRY, Bought.ELSEWHERE),
        (["returned", "offered"], None, Bought.ELSEWHERE),
    ],
)
def test_a_number_without_dates_is_this_purchases_if_it_was_on_offer_and_not_returned_to_another(
    clock: VirtualClock, history: list[str], resumed: Entry | None, bought: Bought
) -> None:
    number = ActiveNumber(phone_number="+12025550134")
    locks = NumberLocks(clock)
    for event in history:
        if event == "offered":
            locks.record_offers([number.phone_number])
        else:
            locks.record(number)
    look = Look(Finding.ACTIVE, number, 1_000_000.0)
    assert bought_by(locks, number.phone_number, look, Begin(clock), resumed) is bought
    assert bought_by(locks, "+12025550135", look, Begin(clock), None) is Bought.UNCLEAR
