"""The outcome of an unclear call, as found out by asking the API for the number."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import attrs
import pytest

from sinch_numbers import (
    HttpRequest,
    HttpResponse,
    MockTransport,
    NotFoundError,
    NumbersClient,
    OutcomeUnknownError,
    PurchaseLedger,
    Sent,
    TransportError,
)
from sinch_numbers.sandbox import Sandbox

from ..support import NUMBER, arrived, make_client
from .steps import US, offered, rents


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


async def test_a_rent_whose_number_appears_too_late_is_unknown_and_charged_once(
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


async def test_a_release_of_a_number_that_appears_late_is_waited_for(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.options.visibility_delay = 5
    number = await client.available_numbers.rent(await offered(client))
    sandbox.faults.add("drop_after_commit", operation="ReleaseNumber")
    released = await client.active_numbers.release(number.phone_number or "")
    assert released.expire_at is not None


async def test_a_released_number_that_expires_does_not_prove_a_rent(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    await client.available_numbers.rent(number)
    await client.active_numbers.release(number)
    sandbox.faults.add("status", operation="RentNumber", status=503)
    with pytest.raises(OutcomeUnknownError, match="expires"):
        await client.available_numbers.rent(number)


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


async def test_a_number_that_somebody_else_bought_meanwhile_is_not_reported_as_rented(
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


async def test_the_api_is_asked_at_once_and_then_with_growing_pauses_for_a_while(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.options.visibility_delay = 3_600
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    with pytest.raises(OutcomeUnknownError):
        await client.available_numbers.rent(number)
    [rent] = [request for request in sandbox.requests if request.operation == "RentNumber"]
    asked = [request.at - rent.at for request in sandbox.requests if request.operation == "GetActiveNumber"]
    # Pauses of 0.5, 1, 2, 4 and 8 s, and of 8 s from then on; none after 20 s.
    assert asked == pytest.approx([0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5], abs=0.01)


async def test_the_listing_is_searched_for_a_new_number_in_large_pages_to_its_end(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.seed_active(2_001, region_code="GB", number_type="MOBILE")
    sandbox.clock.advance(2 * 3600)
    sandbox.faults.add("status", operation="RentAnyNumber", status=404)
    with pytest.raises(NotFoundError):
        await client.available_numbers.rent_any(region_code="GB", number_type="MOBILE")
    asked = [request.query for request in sandbox.requests if request.method == "GET"]
    assert ["pageToken" in query for query in asked] == [False, True, True]
    for query in asked:
        rest = {name: value for name, value in parse_qs(query).items() if name != "pageToken"}
        assert rest == {"regionCode": ["GB"], "type": ["MOBILE"], "pageSize": ["1000"]}


# --- the API cannot be asked ---


async def test_the_outcome_of_a_rent_is_unknown_if_the_api_cannot_be_asked(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError, match="could not be asked"):
        await client.available_numbers.rent(number)
    assert rents(sandbox) == 1
    assert arrived(sandbox, "GetAvailableNumber") == 0


async def test_the_outcome_of_a_release_is_unknown_if_the_api_cannot_be_asked(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = (await client.available_numbers.rent(await offered(client))).phone_number
    sandbox.faults.add("drop_before_commit", operation="ReleaseNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await client.active_numbers.release(number)


async def test_whether_a_number_is_on_offer_is_not_asked_after_a_release(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("drop_before_commit", operation="ReleaseNumber")
    with pytest.raises(NotFoundError):
        await client.active_numbers.release("+12025550134")
    assert arrived(sandbox, "GetActiveNumber") >= 1
    assert arrived(sandbox, "GetAvailableNumber") == 0


@pytest.mark.parametrize("told", [{}, {"phoneNumber": "+12025550135"}, {"phoneNumber": ""}])
@pytest.mark.parametrize("status", [200, 404])
async def test_a_response_without_a_date_or_about_another_number_proves_nothing(
    told: dict[str, Any], status: int
) -> None:
    def handler(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            raise TransportError("connection reset", sent=Sent.UNKNOWN)
        return HttpResponse(status_code=status, content=json.dumps(told).encode())

    finding = "could not be asked" if status == 200 else "neither active nor offered"
    with pytest.raises(OutcomeUnknownError, match=finding):
        await make_client(transport=MockTransport(handler)).available_numbers.rent(NUMBER)


async def test_the_listing_is_asked_for_again_if_it_fails_once(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    sandbox.faults.add("status", operation="RentAnyNumber", status=404)
    sandbox.faults.add("status", operation="ListActiveNumbers", status=503)
    with pytest.raises(NotFoundError):
        await client.available_numbers.rent_any(**US)
    assert arrived(sandbox, "ListActiveNumbers") == 2


async def test_a_refused_rent_any_is_unknown_if_the_token_provider_fails_while_the_listing_is_asked_for(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.add("status", operation="RentAnyNumber", status=404)
    transport = any_token(sandbox, "Basic a2V5OnNlY3JldA==")
    async with sandbox.client(auth=fails_after(1), transport=transport) as client:
        with pytest.raises(OutcomeUnknownError, match="only the response names the number"):
            await client.available_numbers.rent_any(**US)


async def test_the_error_of_an_unknown_outcome_says_what_happened_and_what_was_found(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("status_after_commit", operation="RentNumber", status=502)
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError, match=r": 502 .* \(the API could not be asked\)") as caught:
        await client.available_numbers.rent(number)
    assert [attempt.status_code for attempt in caught.value.attempts] == [502]


async def test_the_error_of_a_purchase_that_is_only_resumed_says_that_it_may_be_under_way(
    sandbox: Sandbox, buyer: NumbersClient, ledger: PurchaseLedger
) -> None:
    number = await offered(buyer)
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("status", operation="GetActiveNumber", status=503, times=None)
    with pytest.raises(OutcomeUnknownError):
        await buyer.available_numbers.rent(number)
    with pytest.raises(OutcomeUnknownError, match="an earlier request may still be under way") as caught:
        await sandbox.client(ledger=ledger).available_numbers.rent(number)
    assert caught.value.attempts == ()
    assert rents(sandbox) == 1


def fails_after(tokens: int) -> Callable[[], str]:
    """A token provider that raises an exception of its own after some tokens."""
    left = ["token"] * tokens

    def token() -> str:
        if not left:
            raise RuntimeError("the vault is sealed")
        return left.pop()

    return token


def any_token(sandbox: Sandbox, authorization: str) -> MockTransport:
    """A transport that replaces the token of every request with one that the sandbox knows."""
    inner = sandbox.transport()

    async def send(request: HttpRequest) -> HttpResponse:
        headers = {**request.headers, "Authorization": authorization}
        return await inner.send(attrs.evolve(request, headers=headers))

    return MockTransport(send)


@pytest.mark.parametrize("operation", ["rent", "release"])
async def test_the_outcome_is_unknown_if_the_token_provider_fails_while_the_api_is_asked(
    sandbox: Sandbox, client: NumbersClient, operation: str
) -> None:
    number = await offered(client)
    if operation == "release":
        await client.available_numbers.rent(number)
    transport = any_token(sandbox, "Basic a2V5OnNlY3JldA==")
    sandbox.faults.add("drop_after_commit", operation="RentNumber")
    sandbox.faults.add("drop_after_commit", operation="ReleaseNumber")
    async with sandbox.client(auth=fails_after(1), transport=transport) as buyer:
        resource = buyer.available_numbers if operation == "rent" else buyer.active_numbers
        with pytest.raises(OutcomeUnknownError, match=number.replace("+", r"\+")):
            await getattr(resource, operation)(number)
    assert len(sandbox.charges) == 1


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"message": "quota exceeded"},
        {"activeNumbers": {}},
        {"activeNumbers": [], "nextPageToken": 7},
        {"activeNumbers": [], "nextPageToken": ["x"]},
        {"activeNumbers": [], "nextPageToken": "always the same"},
    ],
)
async def test_a_refused_rent_any_is_unknown_if_the_listing_cannot_be_read_to_its_end(
    page: dict[str, Any],
) -> None:
    def handler(request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return HttpResponse(status_code=404)
        return HttpResponse(content=json.dumps(page).encode())

    with pytest.raises(OutcomeUnknownError):
        await make_client(transport=MockTransport(handler)).available_numbers.rent_any(
            region_code="US", number_type="LOCAL"
        )


def fails_once(calls: int) -> Callable[[], str]:
    """A token provider that raises an exception of its own at one call."""
    left = ["token"] * calls

    def token() -> str:
        if len(left) == 1:
            left.pop()
            raise RuntimeError("the vault is sealed")
        return left.pop() if left else "token"

    return token


async def test_a_rent_is_sent_again_although_the_token_provider_failed_in_between(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("status", operation="RentNumber", status=502)
    transport = any_token(sandbox, "Basic a2V5OnNlY3JldA==")
    async with sandbox.client(auth=fails_once(4), transport=transport) as buyer:
        assert (await buyer.available_numbers.rent(number)).phone_number == number
    assert rents(sandbox) == 2
    assert len(sandbox.charges) == 1


async def test_the_error_names_an_exception_that_is_not_of_this_package(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    sandbox.faults.add("status", operation="RentNumber", status=502)
    transport = any_token(sandbox, "Basic a2V5OnNlY3JldA==")
    async with sandbox.client(auth=fails_after(3), transport=transport) as buyer:
        with pytest.raises(OutcomeUnknownError, match="RuntimeError: the vault is sealed") as caught:
            await buyer.available_numbers.rent(number)
    assert caught.value.attempts == ()
    assert isinstance(caught.value.__cause__, RuntimeError)
