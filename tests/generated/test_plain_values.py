"""The values of models are plain: databases and serializers, which look at `type(value)`, take them as any other."""

from __future__ import annotations

import importlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import attrs
import msgspec
import orjson
import pytest

from sinch_numbers._generated import models
from sinch_numbers._generated.enums import OpenEnum

msgpack: Any = importlib.import_module("msgpack")
mysql: Any = importlib.import_module("pymysql.converters")
yaml: Any = importlib.import_module("yaml")

BODIES = sorted((Path(__file__).parent / "bodies").glob("*/*.json"))
PLAIN = {bool, datetime, Decimal, float, int, str, type(None)}
NUMBER = models.ActiveNumber.from_dict(
    {
        "phoneNumber": "+12025550134",
        "money": {"currency": "EUR", "amount": "0.80"},
        "nextChargeDate": "2024-07-23T14:02:14.415637289",
        "expireAt": "2024-06-06t12:30:15z",
        "capability": ["SMS", "HOLOGRAM"],
        "paymentIntervalMonths": 1.0,
        "rate": 0.80,
    }
)
NUMERIC = models.Money.from_dict({"currencyCode": "EUR", "amount": 0.1})
MISSING = models.ActiveNumber.from_dict({})
assert NUMBER.money is not None

TIMES = [(NUMBER.next_charge_date, datetime(2024, 7, 23, 14, 2, 14, 415637, tzinfo=UTC)),
         (NUMBER.expire_at, datetime(2024, 6, 6, 12, 30, 15, tzinfo=UTC))]  # fmt: skip
AMOUNTS = [(NUMBER.money.amount, Decimal("0.80")), (NUMERIC.amount, Decimal("0.1"))]
OTHERS = [
    (NUMBER.phone_number, "+12025550134"),
    (MISSING.phone_number, ""),
    (NUMBER.money.currency_code, "EUR"),
    (NUMBER.payment_interval_months, 1),
    (NUMBER.additional_properties["rate"], 0.8),
]


def in_sqlite(value: object) -> object:
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute("select ?, typeof(?)", (value, value)).fetchone()
    finally:
        connection.close()


def in_mysql(value: object) -> object:
    return mysql.escape_item(value, "utf8mb4")


def in_msgpack(value: object) -> object:
    return msgpack.packb(value, datetime=True)


LIBRARIES: dict[Callable[[Any], object], list[tuple[Any, Any]]] = {
    # sqlite3, orjson, msgpack and YAML do not take a Decimal of any kind.
    in_sqlite: TIMES + OTHERS,
    in_mysql: TIMES + AMOUNTS + OTHERS,
    in_msgpack: TIMES + OTHERS,
    orjson.dumps: TIMES + OTHERS,
    msgspec.json.encode: TIMES + AMOUNTS + OTHERS,
    msgspec.msgpack.encode: TIMES + AMOUNTS + OTHERS,
    yaml.safe_dump: TIMES + OTHERS,
    json.dumps: OTHERS,
}
CASES = [(library, *pair) for library, pairs in LIBRARIES.items() for pair in pairs]


@pytest.mark.filterwarnings("ignore:The default datetime adapter is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("library", "value", "plain"), CASES)
def test_a_library_takes_a_value_of_a_model_as_it_takes_any_other(
    library: Callable[[Any], object], value: object, plain: object
) -> None:
    assert value == plain
    assert library(value) == library(plain)


def test_a_list_is_a_tuple_of_enums_that_json_libraries_take() -> None:
    assert NUMBER.capability == ("SMS", "HOLOGRAM")
    assert orjson.dumps(NUMBER.capability) == msgspec.json.encode(NUMBER.capability) == b'["SMS","HOLOGRAM"]'
    assert json.dumps(NUMBER.capability) == '["SMS", "HOLOGRAM"]'


def values_of(value: Any) -> Iterator[object]:
    """The single values in a model, of its models, and in what it keeps of the JSON."""
    if hasattr(value, "__attrs_attrs__"):
        for own in value.__attrs_attrs__:
            yield from values_of(getattr(value, own.name))
    elif type(value) in (tuple, list):
        for item in cast("list[object]", value):
            yield from values_of(item)
    elif type(value) is dict:
        for key, item in cast("dict[object, object]", value).items():
            yield key
            yield from values_of(item)
    elif not isinstance(value, OpenEnum):
        yield value


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_value_of_every_model_has_a_builtin_type(path: Path) -> None:
    kind: Any = getattr(models, path.parent.name)
    found = list(values_of(kind.from_dict(json.loads(path.read_text(encoding="utf-8")))))
    assert found
    assert {type(value) for value in found} <= PLAIN


# --- Immutable, and so hashable. ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BODIES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_equal_models_have_equal_hashes(path: Path) -> None:
    kind: Any = getattr(models, path.parent.name)
    one, other = (kind.from_dict(json.loads(path.read_text(encoding="utf-8"))) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1


def test_several_values_given_as_a_list_are_kept_as_a_tuple() -> None:
    capabilities = [models.Capability.SMS]
    number = models.ActiveNumber(phone_number="+12025550134", capability=capabilities)
    capabilities.append(models.Capability.VOICE)
    assert number.capability == (models.Capability.SMS,)
    assert number.to_dict() == {"phoneNumber": "+12025550134", "capability": ["SMS"]}
    assert attrs.evolve(number, capability=iter([models.Capability.VOICE])).capability == ("VOICE",)


@pytest.mark.parametrize("wrong", ["SMS", b"SMS", {"SMS": 1}])
def test_a_string_in_place_of_several_values_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"expected several values, not {type(wrong).__name__}"):
        models.ActiveNumber(phone_number="+12025550134", capability=wrong)


# --- Lossless all the same. -----------------------------------------------------------------------------------------


def test_a_value_that_was_changed_is_written_anew_and_the_others_as_they_came() -> None:
    raw = {
        "phoneNumber": "+1",
        "nextChargeDate": "2024-07-23T14:02:14.415637289",
        "paymentIntervalMonths": 1.0,
    }
    number = models.ActiveNumber.from_dict(raw)
    assert number.next_charge_date is not None
    later = attrs.evolve(number, next_charge_date=number.next_charge_date.replace(year=2025))
    assert later.to_dict() == raw | {"nextChargeDate": "2025-07-23T14:02:14.415637Z"}
    assert type(later.to_dict()["paymentIntervalMonths"]) is float
    assert attrs.evolve(number, payment_interval_months=3).to_dict() == raw | {"paymentIntervalMonths": 3}


def test_an_amount_that_was_changed_in_its_digits_only_is_written_anew() -> None:
    money = models.Money.from_dict({"amount": 2, "currencyCode": "EUR"})
    assert attrs.evolve(money, amount=Decimal("2.00")).to_dict()["amount"] == "2.00"
    assert attrs.evolve(money, currency_code="USD").to_dict() == {"amount": 2, "currencyCode": "USD"}


def test_a_changed_currency_replaces_the_older_name() -> None:
    money = models.Money.from_dict({"currency": "EUR", "amount": "0.80"})
    assert attrs.evolve(money, currency_code="USD").to_dict() == {"currencyCode": "USD", "amount": "0.80"}


def test_a_value_in_place_of_one_that_did_not_fit_is_written() -> None:
    number = models.ActiveNumber.from_dict({"phoneNumber": 7, "capability": [7, "SMS"]})
    assert (number.phone_number, number.capability) == ("", ("SMS",))
    assert number.to_dict() == {"phoneNumber": 7, "capability": [7, "SMS"]}
    mended = attrs.evolve(number, phone_number="+1", capability=[models.Capability.VOICE])
    assert mended.to_dict() == {"phoneNumber": "+1", "capability": ["VOICE"]}


def test_a_subclass_of_a_model_is_decoded_with_its_own_attributes() -> None:
    @attrs.frozen(kw_only=True, order=False)
    class Labelled(models.Money):
        label: str = "none"

    money = Labelled.from_dict({"amount": "1.00", "currencyCode": "EUR"})
    assert type(money) is Labelled
    assert (money.amount, money.label) == (Decimal("1.00"), "none")


# --- For people. ----------------------------------------------------------------------------------------------------


def test_the_repr_leaves_out_what_is_empty() -> None:
    number = models.ActiveNumber.from_dict(
        {"phoneNumber": "+1", "displayName": "", "capability": [], "money": {"amount": "1.00"}}
    )
    assert repr(number) == "ActiveNumber(phone_number='+1', money=Money(amount=Decimal('1.00')))"
    assert repr(MISSING) == "ActiveNumber(phone_number='')"
    odd = models.ActiveNumber.from_dict({"phoneNumber": "+1", "new": 0})
    assert repr(odd) == "ActiveNumber(phone_number='+1', additional_properties={'new': 0})"
    assert repr(models.UnknownVoiceConfiguration({"type": "X"})) == "UnknownVoiceConfiguration({'type': 'X'})"
