"""Errors survive task queues that keep the `args` of an exception as JSON, and call its class with them."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    ActiveNumber,
    APIStatusError,
    Attempt,
    FieldViolation,
    NotFoundError,
    NumbersError,
    RetryPolicy,
    Sent,
    errors,
)

from .support import NUMBER, NUMBER_URL, error_of, make_client

LOST = Attempt(status_code=None, sent=Sent.UNKNOWN, error="ReadTimeout", timed_out=True, elapsed=1.5)
LATER = Attempt(status_code=429, sent=Sent.ARRIVED, retry_after=2.0)
NOW = datetime(2024, 6, 6, 12, 30, 15, 123456, tzinfo=UTC)
WAITING = ActiveNumber.from_dict({"phoneNumber": NUMBER, "nextChargeDate": "2024-07-23T14:02:14.415637289Z"})


def _status_errors() -> list[NumbersError]:
    kinds: list[type[APIStatusError]] = [APIStatusError, *APIStatusError.__subclasses__()]
    return [
        kind(
            "no such number",
            status_code=404,
            status="NOT_FOUND",
            field_violations=(FieldViolation("order_by", "invalid"),),
            details=({"type": "ResourceInfo", "owner": ""},),
            request_id="r-1",
            retry_after=1.5,
            method="GET",
            url=NUMBER_URL,
            headers={"retry-after": "2"},
            body="{}é".encode(),
            attempts=(LOST, LATER),
        )
        for kind in kinds
    ]


ERRORS: list[NumbersError] = [
    *_status_errors(),
    NumbersError("m", attempts=(LOST,)),
    errors.ConfigurationError("m"),
    errors.APIConnectionError("m", sent=Sent.NEVER, method="GET", url=NUMBER_URL, attempts=(LOST,)),
    errors.APITimeoutError("m", sent=Sent.UNKNOWN),
    errors.InvalidResponseError("m", status_code=200, body=b"<html>", headers={"via": "x"}, request_id="r"),
    errors.OutcomeUnknownError("m", operation="RentNumber", phone_number=NUMBER, attempts=(LOST,)),
    errors.NoOfferError("m"),
    errors.NumberTakenError("m", owner="host 1", since=NOW),
    errors.NumberTakenError("m"),
    errors.PriceChangedError("m", phone_number=NUMBER, offered=Decimal("1.00"), charged=Decimal("2.50"),
                             offered_currency="USD", charged_currency="EUR"),
    errors.BudgetExceededError("m", price=Decimal("1.10")),
    errors.ProvisioningFailedError("m", number=WAITING, error_codes=("INVALID",)),
    errors.WaitTimeoutError("m", number=WAITING),
    errors.WaitTimeoutError("m", pending=("+12025550134", "+12025550135")),
    errors.PaginationError("m", cursor="abc"),
    errors.IncompleteListingError(
        "m",
        failures=(
            errors.ListingFailure(region_code="US", number_type="LOCAL", cursor="c", message="m"),
            errors.ListingFailure(region_code=None, number_type=None, cursor=None, message="n"),
        ),
    ),
    errors.StoreError("m", sent=Sent.ARRIVED),
    errors.WebhookError("m", reason="age"),
    errors.SignatureError("m", reason="missing"),
    errors.PayloadError("m"),
]  # fmt: skip


def rebuilt(error: NumbersError, saved: Any) -> NumbersError:
    kind: Any = type(error)
    again: NumbersError = kind(*saved)
    return again


def test_every_class_of_error_is_tried() -> None:
    assert {type(error).__name__ for error in ERRORS} | {"FieldViolation", "ListingFailure"} == set(
        errors.__all__
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_rebuilt_from_its_args_with_all_its_fields(error: NumbersError) -> None:
    for saved in (
        json.loads(json.dumps(error.args)),
        msgspec.msgpack.decode(msgspec.msgpack.encode(error.args)),
        pickle.loads(pickle.dumps(error.args)),
    ):
        again = rebuilt(error, saved)
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
        assert again.args == error.args


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_is_rebuilt_from_its_message_alone(error: NumbersError) -> None:
    again = rebuilt(error, error.args[:1])
    assert error.message == again.message == again.args[0]
    assert again.attempts == ()


@pytest.mark.parametrize(
    "saved",
    [
        None,
        "{'status_code': 404}",
        [],
        {},
        {"attempts": [{"sent": "?"}], "body": 5, "details": 5, "field_violations": [5], "headers": 5, "attemptz": {}},
        {"attempts": 5, "headers": "x"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_of_saved_fields_is_left_at_its_default(saved: Any) -> None:
    error = NotFoundError("m", saved)
    assert str(error) == "m"
    assert (error.attempts, error.headers, error.body, error.details) == ((), {}, b"", ())


async def test_an_error_of_a_call_is_rebuilt_from_json(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(404, url=NUMBER_URL, json={"error": {"status": "NOT_FOUND", "message": "gone"}})
    error = await error_of(make_client(retry=RetryPolicy(max_attempts=1)))
    again = rebuilt(error, json.loads(json.dumps(error.args)))
    assert isinstance(again, NotFoundError)
    assert (str(again), again.status_code, again.attempts) == (str(error), 404, error.attempts)


def test_what_a_user_adds_to_an_error_is_kept_if_it_is_plain() -> None:
    error: Any = NumbersError("m")
    error.job = 7
    error.connection = object()
    error.add_note("a note")
    assert error.args == ("m", {"attempts": [], "job": 7})


def test_the_repr_of_an_error_shows_its_message_only() -> None:
    assert repr(ERRORS[0]) == "APIStatusError('no such number')"
