"""Times and amounts are exact, and are written back as they came."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from sinch_numbers._generated.api.active_number import get_active_number
from sinch_numbers._generated.models import ActiveNumber, Money, NumberEvent
from sinch_numbers._generated.types import DecodeError

NOON = datetime(2024, 6, 6, 12, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize("digits", range(10))
@pytest.mark.parametrize("zone", ["Z", "", "+00:00", "+02:00", "z"])
def test_a_time_has_up_to_nine_digits_and_any_zone(digits: int, zone: str) -> None:
    text = "2024-06-06T12:30:15" + (f".{'123456789'[:digits]}" if digits else "") + zone
    event = NumberEvent.from_dict({"timestamp": text})
    micros = int("123456789"[:digits][:6].ljust(6, "0")) if digits else 0
    offset = timedelta(hours=2) if zone == "+02:00" else timedelta(0)
    assert event.timestamp is not None
    assert event.timestamp == NOON - offset + timedelta(microseconds=micros)
    assert event.timestamp.tzinfo is not None
    assert event.to_dict() == {"timestamp": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-06T24:00:00Z", datetime(2024, 6, 7, tzinfo=UTC)),
        ("2024-06-06t12:30:15z", NOON),
        ("2024-06-06 12:30:15Z", NOON),
        ("20240606T123015Z", NOON),
        ("2024-06-06", datetime(2024, 6, 6, tzinfo=UTC)),
    ],
)
def test_an_unusual_time_is_understood(text: str, expected: datetime) -> None:
    event = NumberEvent.from_dict({"timestamp": text})
    assert event.timestamp == expected
    assert event.to_dict() == {"timestamp": text}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "10",
        "2024-06-06T12:30:60Z",
        "9999-12-31T24:00:00Z",
        "2024-13-01",
        "\x00",
        "2024-06-06T12:30:15+99:00",
    ],
)
def test_a_text_that_is_not_a_time_is_kept(text: str) -> None:
    event = NumberEvent.from_dict({"timestamp": text})
    assert event.timestamp is None
    assert event.to_dict() == {"timestamp": text}


def test_a_time_survives_pickle_and_copies_with_its_text() -> None:
    event = NumberEvent.from_dict({"timestamp": "2024-07-23T14:02:14.415637289"})
    for again in (pickle.loads(pickle.dumps(event)), copy.deepcopy(event)):
        assert again.to_dict() == event.to_dict()


def test_a_changed_time_is_written_anew() -> None:
    event = NumberEvent.from_dict({"timestamp": "2024-07-23T14:02:14.415637289"})
    assert event.timestamp is not None
    later = NumberEvent(timestamp=event.timestamp + timedelta(seconds=1))
    assert later.to_dict() == {"timestamp": "2024-07-23T14:02:15.415637Z"}
    assert pickle.loads(pickle.dumps(later)) == later


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime(2024, 6, 6, 12, 30, 15), "2024-06-06T12:30:15Z"),
        (datetime(2024, 6, 6, 12, 30, 15, 500000, tzinfo=UTC), "2024-06-06T12:30:15.500000Z"),
        (datetime(2024, 6, 6, 12, 30, 15, tzinfo=timezone(timedelta(hours=2))), "2024-06-06T12:30:15+02:00"),
    ],
)
def test_a_time_of_the_user_is_written_with_a_zone(time: datetime, text: str) -> None:
    assert NumberEvent(timestamp=time).to_dict() == {"timestamp": text}


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("0.80", "0.80"),
        ("0.8", "0.8"),
        ("2.00", "2.00"),
        ("-1", "-1"),
        ("1e3", "1E+3"),
        (2, "2"),
        (0.8, "0.8"),
        (1e-7, "1E-7"),
        ("12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"),
    ],
)
def test_an_amount_is_exact_and_written_back_as_it_came(raw: object, amount: str) -> None:
    money = Money.from_dict({"amount": raw})
    assert str(money.amount) == amount
    assert money.amount == Decimal(amount)
    for again in (money, pickle.loads(pickle.dumps(money)), copy.deepcopy(money)):
        assert again.to_dict() == {"amount": raw}
        assert type(again.to_dict()["amount"]) is type(raw)


@pytest.mark.parametrize("number", ["0.8", "2.0", "123456789.012345", "1e-7", "0.1", "2"])
def test_an_amount_that_is_a_json_number_is_exact_to_fifteen_digits(number: str) -> None:
    content = b'{"money":{"amount":%s}}' % number.encode()
    money = get_active_number.parse_response(content).money
    assert money is not None
    assert money.amount == Decimal(number)
    assert json.dumps(money.to_dict()) == json.dumps({"amount": json.loads(number)})


@pytest.mark.parametrize(
    "raw", ["NaN", "Infinity", "-sNaN", "", " 1", "1_000", "1,5", "٣", "1e9999", True, [], {}, "9" * 101]
)
def test_an_amount_that_is_not_a_finite_decimal_is_kept(raw: object) -> None:
    money = Money.from_dict({"amount": raw})
    assert money.amount is None
    assert money.to_dict() == {"amount": raw}


@pytest.mark.parametrize(
    "content", [b'{"money":{"amount":NaN}}', b'{"money":{"amount":1e400}}', b'{"money":{"amount":-Infinity}}']
)
def test_an_amount_that_is_infinite_or_not_a_number_raises_nothing(content: bytes) -> None:
    money = get_active_number.parse_response(content).money
    assert money is not None
    assert money.amount is None or money.amount == Decimal("1e400")


def test_an_amount_of_the_user_is_written_as_a_string() -> None:
    assert Money(amount=Decimal("1E+2")).to_dict() == {"amount": "100"}
    assert Money.from_dict({"amount": Decimal("0.80")}).to_dict() == {"amount": "0.80"}


def test_the_old_name_of_the_currency_is_understood_and_kept() -> None:
    money = Money.from_dict({"currency": "EUR", "amount": "0.80"})
    assert money.currency_code == "EUR"
    assert money.to_dict() == {"currency": "EUR", "amount": "0.80"}
    again = pickle.loads(pickle.dumps(money))
    assert again.to_dict() == money.to_dict()


def test_a_whole_number_with_a_point_is_an_integer() -> None:
    assert ActiveNumber.from_dict({"paymentIntervalMonths": 1.0}).payment_interval_months == 1
    assert ActiveNumber.from_dict({"paymentIntervalMonths": 1.5}).payment_interval_months is None
    assert ActiveNumber.from_dict({"paymentIntervalMonths": True}).payment_interval_months is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"1",
        b"{",
        b"<html></html>",
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_not_a_json_object_is_a_decode_error(content: bytes) -> None:
    with pytest.raises(DecodeError):
        get_active_number.parse_response(content)


def test_a_decode_error_holds_nothing_of_the_body() -> None:
    with pytest.raises(DecodeError) as caught:
        get_active_number.parse_response(b'{"hmacSecret": "my-secret')
    assert "my-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_model_cannot_be_changed_in_place() -> None:
    number: Any = ActiveNumber(phone_number="+12025550134")
    with pytest.raises(AttributeError):
        number.phone_number = "+12025550135"
    with pytest.raises(AttributeError):
        number.brand_new = 1
