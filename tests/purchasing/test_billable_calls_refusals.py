"""What a refused purchase means: a gateway may have repeated the request, and the refusal be the one of the copy."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sinch_numbers import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    Budget,
    ConflictError,
    EntryState,
    NotFoundError,
    NumbersClient,
    NumberTakenError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PurchaseLedger,
    RateLimitError,
    Rented,
    RetryPolicy,
)
from sinch_numbers.sandbox import Sandbox, VirtualClock

from .steps import offered, rents

US: dict[str, Any] = {"region_code": "US", "number_type": "LOCAL"}
ECHOES = [400, 404, 409, 410, 422, 429]
"""Statuses that the copy of a rent that succeeded may get: sold already, too little credit left, too many requests."""


def reads(sandbox: Sandbox) -> int:
    """How many requests for one active number, or the listing, the sandbox has received."""
    return sum(request.operation in {"GetActiveNumber", "ListActiveNumbers"} for request in sandbox.requests)


# --- the number was bought, and the copy refused ---


@pytest.mark.parametrize("status", ECHOES)
async def test_a_rent_that_a_gateway_repeated_is_found_in_the_project(
    sandbox: Sandbox, client: NumbersClient, status: int
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=status)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert [charge.phone_number for charge in sandbox.charges] == [number]


async def test_a_number_that_was_not_seen_on_offer_is_told_by_the_date_of_its_next_charge(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(sandbox.client())
    sandbox.faults.add("repeat", operation="RentNumber")
    assert (await client.available_numbers.rent(number)).phone_number == number


@pytest.mark.parametrize("status", [404, 409, 429])
async def test_buying_the_next_best_offer_goes_on_only_if_the_refused_one_was_surely_not_bought(
    sandbox: Sandbox, client: NumbersClient, status: int
) -> None:
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=status, times=None)
    budget = Budget(max_total=100, currency="USD")
    client = client.with_options(budget=budget)
    first = await client.available_numbers.rent_first(**US)
    [second] = await client.available_numbers.rent_many(count=1, **US)
    assert isinstance(second, Rented)
    assert [charge.phone_number for charge in sandbox.charges] == [first.phone_number, second.phone_number]
    assert budget.spent == sum(charge.amount for charge in sandbox.charges)
    assert budget.numbers == 2


@pytest.mark.parametrize("fault", [{"kind": "refused"}, {"kind": "status", "status": 403}])
async def test_a_429_is_not_believed_because_the_next_attempt_was_never_sent_or_not_allowed(
    sandbox: Sandbox, client: NumbersClient, fault: dict[str, Any]
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=429)
    sandbox.faults.add(operation="RentNumber", times=None, **fault)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert [charge.phone_number for charge in sandbox.charges] == [number]


async def test_a_repeated_release_has_released_the_number(sandbox: Sandbox, client: NumbersClient) -> None:
    number = (await client.available_numbers.rent_first(**US)).phone_number
    sandbox.faults.add("status_after_commit", operation="ReleaseNumber", status=404)
    assert (await client.active_numbers.release(number)).expire_at is not None


@pytest.mark.parametrize("status", ECHOES)
async def test_a_repeated_rent_any_is_unknown_and_names_the_number_that_may_be_its(
    sandbox: Sandbox, client: NumbersClient, status: int
) -> None:
    sandbox.seed_active(1500, region_code="US", number_type="LOCAL")
    sandbox.clock.advance(2 * 3600)
    sandbox.faults.add("status_after_commit", operation="RentAnyNumber", status=status)
    with pytest.raises(OutcomeUnknownError) as caught:
        await client.available_numbers.rent_any(**US)
    [charge] = sandbox.charges
    assert f"{charge.phone_number} may be its number" in str(caught.value)
    assert sum(request.operation == "RentAnyNumber" for request in sandbox.requests) == 1


# --- it was refused ---


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFoundError), (409, ConflictError), (429, RateLimitError)]
)
async def test_a_refusal_of_a_number_that_the_project_does_not_have_is_one_after_a_single_look(
    sandbox: Sandbox, client: NumbersClient, status: int, error: type[APIStatusError]
) -> None:
    number = await offered(client)
    sandbox.faults.add("status", operation="RentNumber", status=status, times=None)
    with pytest.raises(error):
        await client.available_numbers.rent(number)
    assert reads(sandbox) == 1
    assert not sandbox.charges


@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationError), (403, PermissionDeniedError)])
async def test_a_refusal_of_the_caller_is_believed_without_a_look(
    sandbox: Sandbox, client: NumbersClient, status: int, error: type[APIStatusError]
) -> None:
    number = await offered(client)
    sandbox.faults.add("status", operation="RentNumber", status=status, times=None)
    with pytest.raises(error):
        await client.available_numbers.rent(number)
    assert reads(sandbox) == 0


async def test_a_purchase_that_succeeds_costs_no_look(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await client.available_numbers.rent(await offered(client))
    await client.active_numbers.release(number.phone_number)
    assert reads(sandbox) == 0


async def test_a_release_that_was_refused_is_told_as_it_was(sandbox: Sandbox, client: NumbersClient) -> None:
    number = (await client.available_numbers.rent_first(**US)).phone_number
    sandbox.faults.add("status", operation="ReleaseNumber", status=409)
    with pytest.raises(ConflictError):
        await client.active_numbers.release(number)
    with pytest.raises(NotFoundError):
        await client.active_numbers.release("+12025550199")


async def test_rent_any_is_sent_again_after_a_429_once_no_new_number_is_found(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="RentAnyNumber", status=429, headers={"retry-after": "3"}, times=2)
    begin = sandbox.clock.monotonic()
    await client.available_numbers.rent_any(**US)
    assert sandbox.clock.monotonic() - begin == pytest.approx(6, abs=0.1)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize(
    "policy",
    [RetryPolicy(max_attempts=1), RetryPolicy(max_retry_after=2), RetryPolicy(quota=0)],
    ids=["attempts", "pause", "quota"],
)
async def test_rent_any_is_not_sent_again_beyond_what_the_policy_allows(
    sandbox: Sandbox, client: NumbersClient, policy: RetryPolicy
) -> None:
    sandbox.faults.add("status", operation="RentAnyNumber", status=429, headers={"retry-after": "3"})
    with pytest.raises(RateLimitError):
        await client.with_options(retry=policy).available_numbers.rent_any(**US)
    assert sum(request.operation == "RentAnyNumber" for request in sandbox.requests) == 1


async def test_a_rent_any_without_a_match_is_refused_although_the_project_has_numbers(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.seed_active(1, region_code="US", number_type="LOCAL")
    sandbox.clock.advance(2 * 3600)
    await client.available_numbers.rent_any(**US)
    with pytest.raises((NotFoundError, BadRequestError)):
        await client.available_numbers.rent_any(**US, number_pattern="99999999", search_pattern="CONTAINS")


# --- it cannot be told ---


async def test_a_refusal_is_unknown_while_the_api_cannot_be_asked(
    sandbox: Sandbox, client: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=404)
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.with_options(ledger=ledger).available_numbers.rent(number)
    sandbox.faults.clear()
    await client.with_options(ledger=ledger).resume_purchases()
    assert [(entry.phone_number, entry.state) for entry in await ledger.entries()] == [
        (number, EntryState.RENTED)
    ]


async def test_a_rent_any_is_unknown_while_the_api_cannot_be_asked(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="RentAnyNumber", status=404)
    sandbox.faults.add("html", operation="ListActiveNumbers", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent_any(**US)


# --- a number that the project had before ---


@pytest.mark.parametrize("fault", [None, "status", "drop_before_commit"])
@pytest.mark.parametrize("hours", [1.1, 24, 24 * 20])
async def test_a_number_that_the_project_has_had_for_hours_is_not_told_as_rented(
    sandbox: Sandbox, fault: str | None, hours: float
) -> None:
    async with sandbox.client() as earlier:
        number = (await earlier.available_numbers.rent_first(**US)).phone_number
    sandbox.clock.advance(hours * 3600)
    if fault is not None:
        sandbox.faults.add(fault, operation="RentNumber", status=503)
    async with sandbox.client() as client:
        with pytest.raises(
            NumberTakenError,
            match=f"^the project has {re.escape(number)} since before this call: its next charge is due at 2025-02-15",
        ):
            await client.available_numbers.rent(number)
    assert len(sandbox.charges) == 1


async def test_a_number_that_the_project_has_released_is_not_told_as_rented(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    async with sandbox.client() as earlier:
        number = (await earlier.available_numbers.rent_first(**US)).phone_number
        await earlier.active_numbers.release(number)
    sandbox.clock.advance(2 * 3600)
    with pytest.raises(NumberTakenError, match=r"^the project has had, and has released, "):
        await client.available_numbers.rent(number)


class Shifted:
    """The clock of a machine that is hours ahead or behind."""

    def __init__(self, clock: VirtualClock, hours: float) -> None:
        self._clock = clock
        self._seconds = hours * 3600

    def time(self) -> float:
        return self._clock.time() + self._seconds

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


@pytest.mark.parametrize("hours", [-30, -2, 2, 30])
async def test_a_clock_of_this_machine_that_is_off_does_not_matter(sandbox: Sandbox, hours: float) -> None:
    number = await offered(sandbox.client())
    clock = Shifted(sandbox.clock, hours)
    async with sandbox.client(clock=clock) as client:
        sandbox.faults.add("status_after_commit", operation="RentNumber", status=503)
        assert (await client.available_numbers.rent(number)).phone_number == number
    sandbox.clock.advance(24 * 3600)
    async with sandbox.client(clock=clock) as client:
        sandbox.faults.add("status", operation="RentNumber", status=503)
        with pytest.raises(NumberTakenError):
            await client.available_numbers.rent(number)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize("minutes", [-59, 59])
async def test_a_gateway_whose_date_is_off_does_not_have_a_purchase_told_as_somebody_elses(
    sandbox: Sandbox, client: NumbersClient, minutes: float
) -> None:
    number = await offered(sandbox.client())
    sandbox.options.date_offset = minutes * 60
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=503)
    assert (await client.available_numbers.rent(number)).phone_number == number


async def test_a_number_that_the_project_may_have_had_before_is_unknown_after_a_refusal(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    async with sandbox.client() as earlier:
        number = (await earlier.available_numbers.rent_first(**US)).phone_number
    sandbox.clock.advance(600)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)


async def test_without_dates_a_refused_number_that_the_project_has_is_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    async with sandbox.client() as earlier:
        number = (await earlier.available_numbers.rent_first(**US)).phone_number
    body = {"phoneNumber": number}
    sandbox.faults.add("status", operation="GetActiveNumber", status=200, body=body, times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)


async def test_a_number_that_this_client_returned_is_told_with_the_time(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = (await client.available_numbers.rent_first(**US)).phone_number
    sandbox.clock.advance(60)
    with pytest.raises(
        NumberTakenError, match="by another call of this client at 2025-01-15 09:30:0"
    ) as caught:
        await client.available_numbers.rent(number)
    assert caught.value.since is not None


# --- a budget in money, which asks for the price first ---


async def test_a_number_that_an_unclear_rent_bought_is_not_told_as_not_on_offer(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    budget = Budget(max_total=2, currency="USD")
    client = client.with_options(budget=budget)
    number = await offered(client)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    sandbox.faults.clear()
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert budget.spent == sum(charge.amount for charge in sandbox.charges)


@pytest.mark.parametrize(
    ("seconds", "raised"), [(0, OutcomeUnknownError), (600, OutcomeUnknownError), (7200, NumberTakenError)]
)
async def test_a_number_that_an_earlier_process_may_have_bought_is_not_told_as_not_on_offer(
    sandbox: Sandbox, client: NumbersClient, seconds: float, raised: type[Exception]
) -> None:
    number = (await sandbox.client().available_numbers.rent_first(**US)).phone_number
    sandbox.clock.advance(seconds)
    with pytest.raises(raised, match=number.removeprefix("+")):
        await client.with_options(budget=Budget(max_total=2, currency="USD")).available_numbers.rent(number)
    assert rents(sandbox) == 1


async def test_a_number_that_is_not_on_offer_and_not_in_the_project_is_not_found(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = (await sandbox.client(project_id="another").available_numbers.rent_first(**US)).phone_number
    with pytest.raises(NotFoundError):
        await client.with_options(budget=Budget(max_total=2, currency="USD")).available_numbers.rent(number)
    assert reads(sandbox) == 1


# --- a 2xx that says too little ---


@pytest.mark.parametrize("status", [202, 203, 206])
async def test_a_2xx_that_does_not_say_that_it_is_done_is_looked_up(
    sandbox: Sandbox, client: NumbersClient, status: int
) -> None:
    number = await offered(client)
    sandbox.faults.add("status", operation="RentNumber", status=status, body={"phoneNumber": number})
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 2
    assert len(sandbox.charges) == 1
