"""The emergency address of a US number."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_httpx import HTTPXMock

from sinch_numbers import (
    AddressValidationResult,
    ConfigurationError,
    EmergencyAddress,
    EmergencyAddressValidation,
    NotFoundError,
    NumbersClient,
    ServerError,
)
from sinch_numbers.sandbox import Sandbox

from ..support import NUMBER, make_client
from .exchanges import ENCODED, FOREIGN, ROOT, Exchange, assert_refuses, assert_sends

ADDRESS = EmergencyAddress(
    street_number="600",
    street_info="Congress Ave",
    location="Floor 14",
    city="Austin",
    state="TX",
    postal_code="78701",
    postal_code_plus_four="3211",
)
WIRE = {
    "streetNumber": "600",
    "streetInfo": "Congress Ave",
    "location": "Floor 14",
    "city": "Austin",
    "state": "TX",
    "postalCode": "78701",
    "postalCodePlusFour": "3211",
}
BODY = {"displayName": "Example Inc.", "address": WIRE}
URL = f"{ROOT}/activeNumbers/{ENCODED}/emergencyAddress"
EXCHANGES: dict[str, Exchange] = {
    "get": Exchange(lambda client: client.emergency_addresses.get(NUMBER), "GET", URL),
    "validate": Exchange(
        lambda client: client.emergency_addresses.validate(
            NUMBER, display_name="Example Inc.", address=ADDRESS
        ),
        "POST",
        f"{URL}:validate",
        BODY,
    ),
    "provision": Exchange(
        lambda client: client.emergency_addresses.provision(NUMBER, display_name="Example Inc.", address=ADDRESS),
        "POST",
        f"{URL}:provision",
        BODY,
    ),
    "deprovision": Exchange(
        lambda client: client.emergency_addresses.deprovision(NUMBER), "POST", f"{URL}:deprovision"
    ),
}  # fmt: skip


@pytest.mark.parametrize("exchange", EXCHANGES.values(), ids=EXCHANGES)
async def test_an_operation_sends_its_arguments_where_they_belong(
    httpx_mock: HTTPXMock, exchange: Exchange
) -> None:
    await assert_sends(httpx_mock, exchange)


@pytest.mark.parametrize("name", ["get", "validate", "provision"])
@pytest.mark.parametrize("body", FOREIGN.values(), ids=FOREIGN)
async def test_a_200_that_is_not_about_what_was_asked_for_is_an_invalid_response(
    httpx_mock: HTTPXMock, name: str, body: Any
) -> None:
    await assert_refuses(httpx_mock, EXCHANGES[name], body)


@pytest.mark.parametrize("content", [b"{}", b""])
async def test_deprovisioning_returns_nothing_whatever_the_200_says(
    httpx_mock: HTTPXMock, content: bytes
) -> None:
    httpx_mock.add_response(content=content)
    result: object = await make_client().emergency_addresses.deprovision(NUMBER)  # type: ignore[func-returns-value]
    assert result is None


@pytest.mark.parametrize(
    ("name", "requests"), [("get", 3), ("validate", 3), ("provision", 1), ("deprovision", 1)]
)
async def test_what_changes_an_address_is_sent_once_and_the_rest_is_retried(
    httpx_mock: HTTPXMock, name: str, requests: int
) -> None:
    httpx_mock.add_response(503, is_reusable=True)
    with pytest.raises(ServerError):
        await EXCHANGES[name].call(make_client())
    assert len(httpx_mock.get_requests()) == requests


@pytest.mark.parametrize(
    "address",
    [
        {
            "street_number": "600",
            "street_info": "Congress Ave",
            "city": "Austin",
            "state": "TX",
            "postal_code": "78701",
        },
        {
            "streetNumber": "600",
            "streetInfo": "Congress Ave",
            "city": "Austin",
            "state": "TX",
            "postalCode": "78701",
            "location": None,
        },
    ],
)
async def test_an_address_can_be_a_mapping(sinch_sandbox: Sandbox, address: dict[str, Any]) -> None:
    [number] = sinch_sandbox.seed_active(1)
    async with sinch_sandbox.client() as client:
        provisioned = await client.emergency_addresses.provision(number, display_name="x", address=address)
    assert provisioned.street_info == "Congress Ave"
    assert provisioned.location is None


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ({**WIRE, "city": ""}, "address.city must be a non-blank string"),
        ({name: value for name, value in WIRE.items() if name != "state"}, "address.state must be"),
        ({**WIRE, "country": "US"}, "address has no field 'country'"),
        ({**WIRE, "postalCode": 78701}, "address\\['postalCode'\\] must be a string"),
        ("600 Congress Ave", "address must be made by EmergencyAddress"),
        (None, "address must be made by EmergencyAddress"),
    ],
)
@pytest.mark.parametrize("method", ["validate", "provision"])
async def test_an_incomplete_address_is_not_sent(method: str, address: Any, problem: str) -> None:
    call = getattr(make_client().emergency_addresses, method)
    with pytest.raises(ConfigurationError, match=problem):
        await call(NUMBER, display_name="x", address=address)


async def test_bad_input_is_not_sent() -> None:
    addresses = make_client().emergency_addresses
    with pytest.raises(ConfigurationError, match=r"phone_number must be E\.164"):
        await addresses.get("../other")
    with pytest.raises(ConfigurationError, match=r"phone_number must be E\.164"):
        await addresses.deprovision("+1/2")
    with pytest.raises(ConfigurationError, match="display_name must be a non-blank string"):
        await addresses.provision(NUMBER, display_name=" ", address=ADDRESS)


async def test_a_number_gets_changes_and_loses_its_address(
    sinch_sandbox: Sandbox, sinch_client: NumbersClient
) -> None:
    [number] = sinch_sandbox.seed_active(1)
    addresses = sinch_client.emergency_addresses
    with pytest.raises(NotFoundError, match="Missing E911 feature") as caught:
        await addresses.get(number)
    assert caught.value.details[0]["resourceType"] == "EmergencyAddress"

    sent = EmergencyAddress(
        street_number="600", street_info="Congress  Ave", city="Austin", state="tx", postal_code="78701-3211"
    )
    checked = await addresses.validate(number, display_name="Example Inc.", address=sent)
    assert checked.validation_result is AddressValidationResult.NEAR_MATCH
    assert (checked.phone_number, checked.validated_address) == (number, sent)
    corrected = checked.corrected_address
    assert corrected is not None
    assert (corrected.street_info, corrected.state) == ("Congress Ave", "TX")
    assert (corrected.postal_code, corrected.postal_code_plus_four) == ("78701", "3211")

    again = await addresses.validate(number, display_name="Example Inc.", address=corrected)
    assert again.validation_result is AddressValidationResult.EXACT_MATCH
    assert again.corrected_address is None
    assert await addresses.provision(number, display_name="Example Inc.", address=corrected) == corrected
    assert await addresses.get(number) == corrected
    await addresses.deprovision(number)
    with pytest.raises(NotFoundError):
        await addresses.get(number)


async def test_an_address_that_matches_nothing_has_candidates(
    sinch_sandbox: Sandbox, sinch_client: NumbersClient
) -> None:
    [number] = sinch_sandbox.seed_active(1)
    nowhere = {**WIRE, "state": "ZZ"}
    checked = await sinch_client.emergency_addresses.validate(number, display_name="x", address=nowhere)
    assert checked.validation_result is AddressValidationResult.NO_MATCH
    assert [candidate.city for candidate in checked.candidate_addresses] == ["Austin"]


SHAPES: dict[str, dict[str, Any]] = {
    "exact": {
        "phoneNumber": "+12345678",
        "displayName": "Example Inc.",
        "validatedAddress": WIRE,
        "validationResult": "EXACT_MATCH",
        "validationMessage": "",
        "correctedAddress": None,
        "candidateAddresses": [],
    },
    "near": {
        "phoneNumber": "+12345678",
        "displayName": "Example Inc.",
        "validatedAddress": {**WIRE, "location": "", "postalCodePlusFour": ""},
        "validationResult": "NEAR_MATCH",
        "validationMessage": "corrected",
        "correctedAddress": WIRE,
    },
    "no match": {
        "phoneNumber": "+12345678",
        "displayName": "Example Inc.",
        "validatedAddress": WIRE,
        "validationResult": "NO_MATCH",
        "validationMessage": "no match",
        "candidateAddresses": [WIRE, {**WIRE, "location": ""}],
    },
    "unspecified": {"validationResult": "ADDRESS_VALIDATION_RESULT_CODE_UNSPECIFIED"},
    "new result": {"validationResult": "PARTIAL_MATCH", "validatedAddress": WIRE, "score": 0.5},
}
"""Bodies of the forms that the official SDKs for Node and Java read."""


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
async def test_a_validation_keeps_all_that_it_says(httpx_mock: HTTPXMock, body: dict[str, Any]) -> None:
    httpx_mock.add_response(json=body)
    checked = await make_client().emergency_addresses.validate(NUMBER, display_name="x", address=ADDRESS)
    assert isinstance(checked, EmergencyAddressValidation)
    assert checked.to_dict() == {name: value for name, value in body.items() if value is not None}
    assert checked.validation_result == body["validationResult"]
    assert isinstance(checked.validation_result, AddressValidationResult)


async def test_an_address_in_a_response_may_lack_what_a_request_requires(httpx_mock: HTTPXMock) -> None:
    httpx_mock.add_response(json={"streetNumber": "600", "city": None, "country": "US"})
    address = await make_client().emergency_addresses.get(NUMBER)
    assert (address.street_number, address.city, address.state) == ("600", "", "")
    assert address.additional_properties == {"country": "US"}
