"""What an unclear outcome comes to when the API is asked, in the cases that the matrix does not hold."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from sinch_numbers import (
    HttpRequest,
    HttpResponse,
    InvalidResponseError,
    MockTransport,
    NoOfferError,
    NotFoundError,
    NumbersClient,
    OutcomeUnknownError,
    RetryPolicy,
    Sent,
    TransportError,
)
from sinch_numbers.sandbox import Sandbox


async def offered(client: NumbersClient) -> str:
    [offer] = await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1)
    return offer.phone_number


def rents(sandbox: Sandbox) -> int:
    return sum(request.operation == "RentNumber" for request in sandbox.requests)


@pytest.mark.parametrize("delay", [0.1, 3, 15])
async def test_a_number_that_appears_late_is_waited_for(
    sandbox: Sandbox, client: NumbersClient, delay: float
) -> None:
    number = await offered(client)
    sandbox.options.visibility_delay = delay
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 1
    assert len(sandbox.charges) == 1


async def test_a_number_that_appears_too_late_is_unknown_and_charged_once(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.options.visibility_delay = 3_600
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    with pytest.raises(OutcomeUnknownError, match="neither active nor offered") as caught:
        await client.available_numbers.rent(number)
    assert caught.value.phone_number == number
    assert caught.value.operation == "RentNumber"
    assert caught.value.attempts
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize("seconds", [0.2, 4, 19])
async def test_a_rent_that_is_committed_late_is_found_or_meets_its_own_success(
    sandbox: Sandbox, client: NumbersClient, seconds: float
) -> None:
    number = await offered(client)
    sandbox.faults.add("commit_late", operation="RentNumber", seconds=seconds, drop=True, times=None)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


async def test_a_refusal_does_not_take_back_what_an_earlier_request_may_have_done(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("commit_late", operation="RentNumber", seconds=6, drop=True)
    sandbox.faults.add("status", operation="RentNumber", status=403, times=None)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 3
    assert len(sandbox.charges) == 1


async def test_somebody_elses_number_is_a_plain_refusal(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await offered(client)
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(number)
    with pytest.raises(NotFoundError):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 2


def loses_to_a_thief(sandbox: Sandbox, thief: NumbersClient) -> MockTransport:
    """Drops the first rent before it arrives; before the API is asked about it, somebody else buys the number."""
    inner = sandbox.transport()
    lost: list[str] = []

    async def send(request: HttpRequest) -> HttpResponse:
        if not lost and request.url.endswith(":rent"):
            lost.append(unquote(request.url.rpartition("/")[2]).removesuffix(":rent"))
            raise TransportError("connection reset", sent=Sent.UNKNOWN)
        if lost and "/activeNumbers/" in request.url and await thief.available_numbers.is_available(lost[0]):
            await thief.available_numbers.rent(lost[0])
        return await inner.send(request)

    return MockTransport(send)


async def test_a_number_that_somebody_took_while_the_outcome_was_open_is_not_reported_as_ours(
    sandbox: Sandbox,
) -> None:
    async with (
        sandbox.client(project_id="somebody-else") as thief,
        sandbox.client(transport=loses_to_a_thief(sandbox, thief)) as client,
    ):
        number = await offered(client)
        with pytest.raises(OutcomeUnknownError, match="neither active nor offered"):
            await client.available_numbers.rent(number)
    assert len(sandbox.charges) == 1


async def test_while_the_api_cannot_be_asked_the_outcome_stays_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError, match="could not be asked"):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 1


async def test_max_attempts_of_1_never_repeats_a_rent_but_still_asks(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    client = client.with_options(retry=RetryPolicy(max_attempts=1))
    sandbox.faults.add("status", operation="RentNumber", status=502)
    with pytest.raises(OutcomeUnknownError, match="still offered"):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 1
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=502)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 2


async def test_an_empty_retry_budget_repeats_no_rent(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await offered(client)
    client = client.with_options(retry=RetryPolicy(quota=0))
    sandbox.faults.add("status", operation="RentNumber", status=502)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 1


@pytest.mark.parametrize("body", [{}, {"phoneNumber": "+12025559999"}, {"phoneNumber": None}])
async def test_a_2xx_about_another_number_is_no_proof(
    sandbox: Sandbox, client: NumbersClient, body: dict[str, object]
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=200, body=body)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


async def test_rent_any_with_an_unreadable_answer_says_that_it_cannot_know(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("html", operation="RentAnyNumber", commit=True)
    with pytest.raises(OutcomeUnknownError, match="rent_first") as caught:
        await client.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert caught.value.phone_number is None
    assert isinstance(caught.value.__cause__, InvalidResponseError)


async def test_rent_any_sends_what_it_was_asked_for(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await client.available_numbers.rent_any(
        region_code="US",
        number_type="LOCAL",
        capabilities=["SMS"],
        number_pattern="+1206",
        search_pattern="START",
    )
    assert number.phone_number.startswith("+1206")
    assert "SMS" in number.capability


async def test_rent_first_goes_on_where_somebody_was_faster(sandbox: Sandbox, client: NumbersClient) -> None:
    offers = await client.available_numbers.search(region_code="GB", number_type="MOBILE", size=20)
    sandbox.faults.add("status", operation="RentNumber", status=404, times=3)
    number = await client.available_numbers.rent_first(region_code="GB", number_type="MOBILE")
    assert number.phone_number == offers[3].phone_number
    assert len(sandbox.charges) == 1


async def test_rent_first_ends_where_nothing_is_left(sandbox: Sandbox, client: NumbersClient) -> None:
    with pytest.raises(NoOfferError, match="START \\+19999"):
        await client.available_numbers.rent_first(
            region_code="US", number_type="LOCAL", number_pattern="+19999", search_pattern="START"
        )
    sandbox.faults.add("status", operation="RentNumber", status=404, times=None)
    number = await offered(client)
    with pytest.raises(NoOfferError, match="no other number"):
        await client.available_numbers.rent_first(
            region_code="US", number_type="LOCAL", number_pattern=number, search_pattern="START"
        )


async def test_rent_first_tries_no_further_offer_while_an_outcome_is_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="RentNumber", times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent_first(region_code="US", number_type="LOCAL")
    assert len({request.path for request in sandbox.requests if request.operation == "RentNumber"}) == 1


async def test_a_release_of_a_number_that_is_not_ours_is_refused_even_through_a_fault(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    with pytest.raises(NotFoundError):
        await client.active_numbers.release("+12025550134")
    sandbox.faults.add("drop_before_commit", operation="ReleaseNumber")
    with pytest.raises(NotFoundError, match="not active"):
        await client.active_numbers.release("+12025550134")


async def test_a_release_while_the_api_cannot_be_asked_is_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = (await client.available_numbers.rent(await offered(client))).phone_number
    sandbox.faults.add("drop_before_commit", operation="ReleaseNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.active_numbers.release(number)
