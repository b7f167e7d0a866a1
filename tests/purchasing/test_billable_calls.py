"""rent, rent_any and release return or raise the true outcome, as far as the API tells."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest

from sinch_numbers import (
    APIConnectionError,
    ConfigurationError,
    HttpRequest,
    HttpResponse,
    InvalidResponseError,
    MockTransport,
    NotFoundError,
    NumbersClient,
    OutcomeUnknownError,
    RetryPolicy,
)
from sinch_numbers.sandbox import Sandbox

from ..support import turns
from .steps import offered, rents

# --- rent ---


@pytest.mark.parametrize("seconds", [0.2, 4, 19])
async def test_a_rent_that_is_committed_late_is_found_and_charged_once(
    sandbox: Sandbox, client: NumbersClient, seconds: float
) -> None:
    number = await offered(client)
    sandbox.faults.add("commit_late", operation="RentNumber", seconds=seconds, drop=True, times=None)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


async def test_after_an_unclear_attempt_a_refusal_of_a_later_one_is_not_believed(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("commit_late", operation="RentNumber", seconds=6, drop=True)
    sandbox.faults.add("status", operation="RentNumber", status=403, times=None)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 3
    assert len(sandbox.charges) == 1


async def test_a_rent_of_a_number_that_somebody_else_has_is_a_not_found_error(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    async with sandbox.client(project_id="somebody-else") as other:
        await other.available_numbers.rent(number)
    with pytest.raises(NotFoundError):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 2


async def test_max_attempts_of_1_sends_a_rent_once_and_still_asks_the_api(
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


async def test_with_an_empty_retry_quota_a_rent_is_sent_once(sandbox: Sandbox, client: NumbersClient) -> None:
    number = await offered(client)
    client = client.with_options(retry=RetryPolicy(quota=0))
    sandbox.faults.add("status", operation="RentNumber", status=502)
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 1


@pytest.mark.parametrize("body", [{}, {"phoneNumber": "+12025559999"}, {"phoneNumber": None}])
async def test_a_2xx_about_another_number_does_not_prove_the_rent(
    sandbox: Sandbox, client: NumbersClient, body: dict[str, object]
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=200, body=body)
    assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


@pytest.mark.usefixtures("quiet_loop")
async def test_after_a_bug_in_a_transport_the_rented_number_is_looked_up(sandbox: Sandbox) -> None:
    inner = sandbox.transport()

    async def broken(request: HttpRequest) -> HttpResponse:
        response = await inner.send(request)
        if request.url.endswith(":rent"):
            raise RuntimeError("a bug in the transport")
        return response

    async with sandbox.client(transport=MockTransport(broken)) as client:
        number = await offered(client)
        assert (await client.available_numbers.rent(number)).phone_number == number
    assert len(sandbox.charges) == 1


# --- rent_any ---


async def test_rent_any_with_an_unreadable_response_raises_outcome_unknown(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("html", operation="RentAnyNumber", commit=True)
    with pytest.raises(OutcomeUnknownError, match="rent_first") as caught:
        await client.available_numbers.rent_any(region_code="US", number_type="LOCAL")
    assert caught.value.phone_number is None
    assert isinstance(caught.value.__cause__, InvalidResponseError)


# --- release ---


async def test_a_release_of_a_number_that_is_not_active_is_not_found_even_after_a_fault(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    with pytest.raises(NotFoundError):
        await client.active_numbers.release("+12025550134")
    sandbox.faults.add("drop_before_commit", operation="ReleaseNumber")
    with pytest.raises(NotFoundError, match="not active"):
        await client.active_numbers.release("+12025550134")


# --- closing ---


@pytest.mark.parametrize("steps", range(4))
async def test_a_call_that_the_close_cancels_leaves_no_coroutine_unawaited(
    sandbox: Sandbox, steps: int
) -> None:
    client = sandbox.client(close_timeout=0)
    sandbox.faults.hold("Token")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call = asyncio.ensure_future(client.available_numbers.rent("+12025550134"))
        await turns(steps)
        await client.aclose()
        await asyncio.wait([call])
        gc.collect()
    assert isinstance(call.exception(), ConfigurationError | APIConnectionError)
    assert [str(warning.message) for warning in caught if warning.category is RuntimeWarning] == []
