"""Offers, one after the other: rent_first and quote."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import pytest

from sinch_numbers import ConfigurationError, NoOfferError, NumbersClient, OutcomeUnknownError, Rented
from sinch_numbers.sandbox import Sandbox

from .steps import US, offered, offers, total_charged


async def test_rent_first_goes_on_to_the_next_offer_if_somebody_else_was_faster(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    found = await client.available_numbers.search(region_code="GB", number_type="MOBILE", size=20)
    sandbox.faults.add("status", operation="RentNumber", status=404, times=3)
    number = await client.available_numbers.rent_first(region_code="GB", number_type="MOBILE")
    assert number.phone_number == found[3].phone_number
    assert len(sandbox.charges) == 1


async def test_rent_first_does_not_wait_for_an_offer_that_another_call_is_renting(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    number = await offered(client)
    held = sandbox.faults.hold("RentNumber", times=1)
    first = asyncio.ensure_future(client.available_numbers.rent(number))
    await held.reached()
    second = await client.available_numbers.rent_first(**US)
    assert not first.done()
    assert second.phone_number != number
    held.release()
    assert (await first).phone_number == number


async def test_rent_first_raises_if_no_offer_is_left(sandbox: Sandbox, client: NumbersClient) -> None:
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


async def test_a_quote_has_the_offers_and_prices_of_what_would_be_bought(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    quote = await client.available_numbers.quote(count=12, region_code="GB", number_type="MOBILE")
    assert not sandbox.charges
    assert len(quote.offers) == len(quote.prices) == 12
    outcomes = await client.available_numbers.rent_many(count=12, region_code="GB", number_type="MOBILE")
    assert {offer.phone_number for offer in quote.offers} == {
        outcome.phone_number for outcome in outcomes if isinstance(outcome, Rented)
    }
    [(currency, total)] = quote.totals.items()
    assert {charge.currency_code for charge in sandbox.charges} == {currency}
    assert total == total_charged(sandbox)


async def test_a_quote_has_fewer_offers_than_count_if_fewer_are_on_offer(client: NumbersClient) -> None:
    pattern = (await client.available_numbers.search(region_code="US", number_type="LOCAL", size=1))[
        0
    ].phone_number
    quote = await client.available_numbers.quote(
        count=5, region_code="US", number_type="LOCAL", number_pattern=pattern, search_pattern="START"
    )
    assert [offer.phone_number for offer in quote.offers] == [pattern]


@pytest.mark.parametrize("count", [0, -1, True])
async def test_a_quote_of_no_number_is_a_configuration_error(
    sandbox: Sandbox, client: NumbersClient, count: int
) -> None:
    with pytest.raises(ConfigurationError, match=r"^count must"):
        await client.available_numbers.quote(count=count, **US)
    assert not sandbox.requests


@pytest.mark.parametrize("method", ["quote", "rent_many"])
@pytest.mark.parametrize(("count", "size"), [(1, 20), (10, 20), (30, 60), (250, 500), (300, 500)])
async def test_a_search_asks_for_twice_as_many_offers_as_are_wanted_within_limits(
    sandbox: Sandbox, client: NumbersClient, count: int, size: int, method: str
) -> None:
    sandbox.options.trial = True  # so that nothing is bought
    await getattr(client.available_numbers, method)(count=count, **US)
    [first, *_] = [request for request in sandbox.requests if request.operation == "ListAvailableNumbers"]
    assert parse_qs(first.query)["size"] == [str(size)]


async def test_a_search_that_gets_no_response_is_sent_again(sandbox: Sandbox, client: NumbersClient) -> None:
    sandbox.faults.add("status", operation="ListAvailableNumbers", status=503, times=2)
    assert len((await client.available_numbers.quote(count=1, **US)).offers) == 1


# --- what is looked for ---


@pytest.mark.parametrize(
    ("option", "value"), [("region_code", " "), ("number_type", ""), ("payment_interval_months", 0)]
)
async def test_an_option_that_cannot_be_looked_for_is_named_in_the_error(
    sandbox: Sandbox, client: NumbersClient, option: str, value: Any
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{option} "):
        await client.available_numbers.quote(count=1, **{**US, option: value})
    assert not sandbox.requests


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"number_pattern": "+19999", "search_pattern": "START"}, "US LOCAL START +19999"),
        ({"number_pattern": "19999"}, "US LOCAL pattern 19999"),
        (
            {"number_pattern": "19999", "search_pattern": "END", "capabilities": ["SMS", "VOICE"]},
            "US LOCAL SMS VOICE END 19999",
        ),
    ],
)
async def test_the_error_says_what_was_looked_for(
    client: NumbersClient, options: dict[str, Any], shown: str
) -> None:
    with pytest.raises(NoOfferError) as caught:
        await client.available_numbers.rent_first(**US, **options)
    assert str(caught.value) == f"no number is offered for {shown}"


async def test_the_error_says_how_many_offers_were_passed_over_and_why(
    sandbox: Sandbox, client: NumbersClient
) -> None:
    first, second = await offers(client, 2)
    found = [{"phoneNumber": number, "paymentIntervalMonths": 12} for number in (first, second)]
    body = {"availableNumbers": found}
    sandbox.faults.add("status", operation="ListAvailableNumbers", status=200, body=body, times=None)
    with pytest.raises(NoOfferError) as caught:
        await client.available_numbers.rent_first(**US)
    passed_over = f"2 were passed over, such as {first}: 12 months are charged at once"
    assert str(caught.value) == f"no other number is offered for US LOCAL; {passed_over}"


@pytest.mark.parametrize("months", [None, 0, 1])
async def test_an_offer_without_an_interval_of_payment_is_charged_each_month(
    sandbox: Sandbox, client: NumbersClient, months: int | None
) -> None:
    number = await offered(client)
    body = {"availableNumbers": [{"phoneNumber": number, "paymentIntervalMonths": months}]}
    sandbox.faults.add("status", operation="ListAvailableNumbers", status=200, body=body, times=None)
    monthly = await client.available_numbers.quote(count=1, **US)
    assert [offer.phone_number for offer in monthly.offers] == [number]
    yearly = await client.available_numbers.quote(count=1, payment_interval_months=12, **US)
    assert dict(yearly.passed_over) == {number: "1 months are charged at once"}
