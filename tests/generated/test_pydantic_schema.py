"""pydantic and FastAPI take the models: strict with input, open with what the API sent."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import httpx
import pydantic
import pytest
from fastapi import Body, FastAPI

from sinch_numbers import (
    ActiveNumber,
    Capability,
    Money,
    NumberEvent,
    NumberType,
    UnknownVoiceConfiguration,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationRTC,
    models,
    voice,
)

RAW: dict[str, Any] = {
    "phoneNumber": "+12025550134",
    "type": "MOBILE",
    "capability": ["SMS"],
    "money": {"currencyCode": "EUR", "amount": "0.80"},
    "paymentIntervalMonths": 1,
    "nextChargeDate": "2024-07-23T14:02:14.415637289Z",
    "voiceConfiguration": {"type": "EST", "trunkId": "t"},
}
ODD: dict[str, Any] = {
    "phoneNumber": "+12025550134",
    "type": "HOLOGRAM",
    "voiceConfiguration": {"type": "CUSTOM", "x": 1},
    "new": [1],
}
"""A response with values that this version does not know."""

VOICE: pydantic.TypeAdapter[VoiceConfiguration] = pydantic.TypeAdapter(VoiceConfiguration)
NUMBER = pydantic.TypeAdapter(ActiveNumber)


class Order(pydantic.BaseModel):
    """What an application keeps."""

    number: ActiveNumber
    voice: VoiceConfiguration | None = None
    price: Money | None = None
    number_type: NumberType = NumberType.LOCAL


# --- Input. ---------------------------------------------------------------------------------------------------------


def test_valid_input_becomes_a_model_and_is_written_back_as_it_came() -> None:
    for number in (NUMBER.validate_json(json.dumps(RAW)), NUMBER.validate_python(RAW)):
        assert number == ActiveNumber.from_dict(RAW)
        assert number.next_charge_date == datetime(2024, 7, 23, 14, 2, 14, 415637, tzinfo=UTC)
        assert number.to_dict() == RAW


def test_python_values_and_instances_are_valid_input_as_they_are() -> None:
    now = datetime(2024, 6, 6, tzinfo=UTC)
    number = NUMBER.validate_python(
        {
            "phoneNumber": "+1",
            "nextChargeDate": now,
            "money": Money(amount=Decimal(1)),
            "type": NumberType.LOCAL,
        }
    )
    assert number == ActiveNumber(
        phone_number="+1", next_charge_date=now, money=Money(amount=Decimal(1)), type=NumberType.LOCAL
    )
    odd = ActiveNumber.from_dict(ODD)
    assert Order(number=odd).number is odd
    assert Order(number=odd, number_type=NumberType("HOLOGRAM")).number_type == "HOLOGRAM"


@pytest.mark.parametrize(
    ("change", "field", "kind"),
    [
        ({"phoneNumber": None}, ("phoneNumber",), "string_type"),
        ({"phoneNumber": 1}, ("phoneNumber",), "string_type"),
        ({"new": 1}, ("new",), "extra_forbidden"),
        ({"phone_number": "+1"}, ("phone_number",), "extra_forbidden"),
        ({"type": "HOLOGRAM"}, ("type",), "literal_error"),
        ({"capability": ["HOLOGRAM"]}, ("capability", 0), "literal_error"),
        ({"capability": "SMS"}, ("capability",), "list_type"),
        ({"paymentIntervalMonths": "1"}, ("paymentIntervalMonths",), "int_type"),
        ({"paymentIntervalMonths": True}, ("paymentIntervalMonths",), "int_type"),
        ({"nextChargeDate": "tomorrow"}, ("nextChargeDate",), "value_error"),
        ({"nextChargeDate": 1717684962}, ("nextChargeDate",), "value_error"),
        ({"money": {"amount": "1,00"}}, ("money", "amount"), "value_error"),
        ({"money": {"amount": "NaN"}}, ("money", "amount"), "value_error"),
        ({"money": {"amount": True}}, ("money", "amount"), "value_error"),
        ({"money": "1.00 EUR"}, ("money",), "dict_type"),
    ],
)
def test_input_that_does_not_fit_is_refused_where_it_is_wrong(
    change: dict[str, Any], field: tuple[str | int, ...], kind: str
) -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        NUMBER.validate_python(RAW | change)
    [error] = caught.value.errors()
    assert (error["loc"], error["type"]) == (field, kind)


def test_input_without_a_required_field_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError) as caught:
        NUMBER.validate_python({})
    assert [(error["loc"], error["type"]) for error in caught.value.errors()] == [
        (("phoneNumber",), "missing")
    ]


def test_a_union_is_decoded_by_its_discriminator() -> None:
    assert VOICE.validate_json('{"type": "EST", "trunkId": "t"}') == voice.est("t")
    assert VOICE.validate_python({"appId": "a"}) == VoiceConfigurationRTC(app_id="a")
    assert VOICE.validate_python({"type": "RTC", "appId": "a"}) == voice.rtc("a")


@pytest.mark.parametrize(
    "raw",
    [{"type": "CUSTOM"}, {"type": None, "trunkId": "t"}, {"trunkId": "t"}, {"type": "RTC", "trunkId": "t"}],
)
def test_no_variant_takes_what_its_discriminator_does_not_name(raw: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        VOICE.validate_python(raw)


def test_an_unknown_variant_is_valid_only_as_an_instance() -> None:
    unknown = UnknownVoiceConfiguration({"type": "CUSTOM"})
    assert VOICE.validate_python(unknown) is unknown
    assert VOICE.dump_python(unknown) == {"type": "CUSTOM"}


# --- Output. --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [RAW, ODD])
def test_a_model_is_written_as_to_dict_writes_it(raw: dict[str, Any]) -> None:
    order = Order(number=ActiveNumber.from_dict(raw), voice=voice.rtc("a"))
    expected = {
        "number": raw,
        "voice": {"type": "RTC", "appId": "a"},
        "price": None,
        "number_type": "LOCAL",
    }
    assert order.model_dump(mode="json") == order.model_dump() == expected
    assert json.loads(order.model_dump_json()) == expected


def test_an_order_survives_its_json() -> None:
    order = Order(number=ActiveNumber.from_dict(RAW), voice=voice.est("t"), number_type=NumberType.MOBILE)
    again = Order.model_validate_json(order.model_dump_json())
    assert again == order
    assert type(again.voice) is VoiceConfigurationEST


def test_an_enum_stays_an_enum_in_python_and_is_text_in_json() -> None:
    order = Order(number=ActiveNumber(phone_number="+1"), number_type=NumberType("HOLOGRAM"))
    assert type(order.model_dump()["number_type"]) is NumberType
    assert json.loads(order.model_dump_json())["number_type"] == "HOLOGRAM"


# --- Schemas. -------------------------------------------------------------------------------------------------------


def test_the_schema_of_input_is_closed_and_that_of_output_is_open() -> None:
    closed = NUMBER.json_schema(mode="validation")
    opened = NUMBER.json_schema(mode="serialization")
    assert closed["additionalProperties"] is False
    assert opened["additionalProperties"] is True
    assert closed["required"] == ["phoneNumber"]
    assert closed["title"] == "ActiveNumber"
    assert closed["description"] == ActiveNumber.__doc__
    assert closed["properties"]["nextChargeDate"]["anyOf"][0] == {"type": "string", "format": "date-time"}
    known = [kind.value for kind in NumberType]
    assert closed["$defs"]["NumberType"]["enum"] == known
    assert "enum" not in opened["$defs"]["NumberType"]
    assert opened["$defs"]["NumberType"]["examples"] == known
    assert "UnknownVoiceConfiguration" not in json.dumps(closed)
    assert "UnknownVoiceConfiguration" in json.dumps(opened)


@pytest.mark.parametrize("mode", ["validation", "serialization"])
@pytest.mark.parametrize("name", models.__all__)
def test_every_model_and_enum_has_a_schema(name: str, mode: Any) -> None:
    if name == "UnknownVoiceConfiguration" or name == "UnknownScheduledVoiceProvisioning":
        return
    schema = pydantic.TypeAdapter(getattr(models, name)).json_schema(mode=mode)
    assert "anyOf" in schema or schema["title"] == name


# --- FastAPI. -------------------------------------------------------------------------------------------------------


app = FastAPI()


@app.get("/odd")
async def get_odd() -> ActiveNumber:
    return ActiveNumber.from_dict(ODD)


@app.get("/numbers")
async def list_numbers(number_type: NumberType, capability: Capability | None = None) -> list[ActiveNumber]:
    return [ActiveNumber(phone_number="+1", type=number_type)]


@app.post("/voice")
async def set_voice(configuration: Annotated[VoiceConfiguration, Body()]) -> VoiceConfiguration:
    return configuration


@app.post("/order")
async def place(order: Order) -> Order:
    return order


async def call(method: str, path: str, **options: Any) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.request(method, path, **options)


async def test_fastapi_returns_a_model_with_all_that_the_api_sent() -> None:
    response = await call("GET", "/odd")
    assert (response.status_code, response.json()) == (200, ODD)


async def test_fastapi_takes_an_enum_as_a_parameter() -> None:
    response = await call("GET", "/numbers?number_type=LOCAL")
    assert response.json() == [{"phoneNumber": "+1", "type": "LOCAL"}]
    assert (await call("GET", "/numbers?number_type=HOLOGRAM")).status_code == 422


async def test_fastapi_takes_models_in_a_body() -> None:
    response = await call("POST", "/voice", json={"type": "EST", "trunkId": "t"})
    assert response.json() == {"type": "EST", "trunkId": "t"}
    order = {"number": RAW, "price": {"currencyCode": "USD", "amount": "1.00"}, "number_type": "MOBILE"}
    assert (await call("POST", "/order", json=order)).json() == {**order, "voice": None}
    refused = await call("POST", "/order", json={"number": ODD})
    assert refused.status_code == 422
    assert ["body", "number", "new"] in [error["loc"] for error in refused.json()["detail"]]


async def test_fastapi_documents_the_models() -> None:
    document = (await call("GET", "/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert schemas["ActiveNumber-Input"]["additionalProperties"] is False
    assert schemas["ActiveNumber-Output"]["additionalProperties"] is True
    assert "voiceConfiguration" in schemas["ActiveNumber-Input"]["properties"]
    [body] = [
        document["paths"]["/voice"]["post"]["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    ]
    assert [variant["$ref"].rpartition("/")[2] for variant in body] == [
        "VoiceConfigurationRTC-Input",
        "VoiceConfigurationEST-Input",
        "VoiceConfigurationFAX-Input",
    ]


# --- Only when it is asked for. -------------------------------------------------------------------------------------


def test_using_the_sdk_does_not_import_pydantic() -> None:
    code = (
        "import sys; from sinch_numbers import ActiveNumber, NumbersClient, models; "
        "ActiveNumber.from_dict({'phoneNumber': '+1'}).to_dict(); "
        "print([name for name in sys.modules if name.startswith('pydantic')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_a_naive_time_in_input_is_utc() -> None:
    event = pydantic.TypeAdapter(NumberEvent).validate_python({"timestamp": "2024-06-06T12:30:15"})
    assert event.timestamp is not None
    assert event.timestamp.utcoffset() == timedelta(0)
