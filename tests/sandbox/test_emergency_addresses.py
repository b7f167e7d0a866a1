"""Emergency addresses on the wire: which numbers can have one, and which addresses match."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import BadRequestError, NotFoundError
from sinch_numbers.sandbox import Sandbox
from sinch_numbers.sandbox.emergency_addresses import match

ADDRESS = {
    "streetNumber": "600",
    "streetInfo": "Congress Ave",
    "city": "Austin",
    "state": "TX",
    "postalCode": "78701",
}
BODY = {"displayName": "Example Inc.", "address": ADDRESS}


@pytest.mark.parametrize(
    ("change", "result", "corrected"),
    [
        ({}, "EXACT_MATCH", {}),
        ({"location": "Floor 1", "postalCodePlusFour": "3211"}, "EXACT_MATCH", {}),
        ({"state": "tx"}, "NEAR_MATCH", {"state": "TX"}),
        ({"city": " Austin "}, "NEAR_MATCH", {"city": "Austin"}),
        ({"streetInfo": "Congress  Ave"}, "NEAR_MATCH", {"streetInfo": "Congress Ave"}),
        ({"postalCode": "78701-3211"}, "NEAR_MATCH", {"postalCode": "78701", "postalCodePlusFour": "3211"}),
        ({"state": "ZZ"}, "NO_MATCH", {}),
        ({"state": "Texas"}, "NO_MATCH", {}),
        ({"postalCode": "7870"}, "NO_MATCH", {}),
        ({"postalCode": "787010"}, "NO_MATCH", {}),
        ({"postalCode": "78701-32"}, "NO_MATCH", {}),
        ({"postalCodePlusFour": "x"}, "NO_MATCH", {}),
        ({"streetNumber": "none"}, "NO_MATCH", {}),
    ],
)
def test_how_well_an_address_matches(change: dict[str, str], result: str, corrected: dict[str, str]) -> None:
    address = ADDRESS | change
    assert match(address) == (result, address | corrected)


async def test_only_us_numbers_can_have_one() -> None:
    sandbox = Sandbox()
    [number] = sandbox.seed_active(1, region_code="GB", number_type="LOCAL")
    async with sandbox.client() as client:
        for method, body in (
            ("GET", None),
            ("POST:validate", BODY),
            ("POST:provision", BODY),
            ("POST:deprovision", None),
        ):
            verb, _, suffix = method.partition(":")
            path = f"/activeNumbers/{number}/emergencyAddress" + (f":{suffix}" if suffix else "")
            with pytest.raises(NotFoundError, match="Missing E911 feature") as caught:
                await client.request(verb, path, body=body)
            assert caught.value.details == (
                {
                    "type": "ResourceInfo",
                    "resourceType": "EmergencyAddress",
                    "resourceName": "",
                    "owner": "",
                    "description": "Missing E911 feature",
                },
            )


async def test_a_number_that_the_project_does_not_have_is_a_404_of_its_own() -> None:
    async with Sandbox().client() as client:
        with pytest.raises(NotFoundError) as caught:
            await client.emergency_addresses.get("+12025550134")
    assert caught.value.details[0]["resourceType"] == "ActiveNumber"


async def test_what_is_not_there_cannot_be_removed() -> None:
    sandbox = Sandbox()
    [number] = sandbox.seed_active(1)
    async with sandbox.client() as client:
        with pytest.raises(NotFoundError, match="Missing E911 feature"):
            await client.emergency_addresses.deprovision(number)


INCOMPLETE: list[tuple[dict[str, Any], str]] = [
    ({}, "display_name is required"),
    ({"displayName": ""}, "display_name is required"),
    ({"displayName": 5}, "Expected a string for display_name"),
    ({"displayName": "x"}, "address is required"),
    ({"displayName": "x", "address": "600 Congress Ave"}, "Expected an object for address"),
    ({"displayName": "x", "address": {}}, "address.street_number is required"),
    ({"displayName": "x", "address": ADDRESS | {"city": None}}, "address.city is required"),
    ({"displayName": "x", "address": ADDRESS | {"postalCode": 78701}}, "Expected a string for address.postal_code"),
    ({"displayName": "x", "address": ADDRESS | {"location": []}}, "Expected a string for address.location"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "problem"), INCOMPLETE)
@pytest.mark.parametrize("operation", ["validate", "provision"])
async def test_an_incomplete_address_is_a_400(operation: str, body: dict[str, Any], problem: str) -> None:
    sandbox = Sandbox()
    [number] = sandbox.seed_active(1)
    async with sandbox.client() as client:
        with pytest.raises(BadRequestError) as caught:
            await client.request("POST", f"/activeNumbers/{number}/emergencyAddress:{operation}", body=body)
    [violation] = caught.value.field_violations
    assert violation.description == problem


async def test_an_address_that_matches_nothing_is_not_provisioned() -> None:
    sandbox = Sandbox()
    [number] = sandbox.seed_active(1)
    async with sandbox.client() as client:
        with pytest.raises(BadRequestError):
            await client.emergency_addresses.provision(
                number, display_name="x", address={**ADDRESS, "state": "ZZ"}
            )
        with pytest.raises(NotFoundError):
            await client.emergency_addresses.get(number)
