"""The emergency addresses of US numbers: where emergency services go if somebody calls 911."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._generated.api.emergency_address import (
    deprovision_emergency_address,
    get_emergency_address,
    provision_emergency_address,
    validate_emergency_address,
)
from .._sending.context import Context
from .._sending.expected import expect_one_of
from .._sending.requests import build
from .._validation import check_phone_number, check_text
from ..models import EmergencyAddress, EmergencyAddressRequest, EmergencyAddressValidation
from .configurations import wire_fields

_REQUIRED = {
    "streetNumber": "street_number",
    "streetInfo": "street_info",
    "city": "city",
    "state": "state",
    "postalCode": "postal_code",
}
_FIELDS = frozenset({*_REQUIRED, "location", "postalCodePlusFour"})


class EmergencyAddresses:
    """`client.emergency_addresses`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get(self, phone_number: str) -> EmergencyAddress:
        """The emergency address of the number.

        Raises NotFoundError if the number has none or cannot have one, or if the project does not have the number.
        """
        request = build(
            get_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=check_phone_number(phone_number),
        )
        parse = expect_one_of(EmergencyAddress.from_dict, _FIELDS, "an emergency address")
        return await self._context.call(request, get_emergency_address.SAFETY, parse)

    async def validate(
        self, phone_number: str, *, display_name: str, address: EmergencyAddress | Mapping[str, Any]
    ) -> EmergencyAddressValidation:
        """How well the address matches one that the emergency services know. It changes nothing.

        If `validation_result` is `EXACT_MATCH`, provision the address; if `NEAR_MATCH`, the `corrected_address`; if
        `NO_MATCH`, one of the `candidate_addresses`, if that is the one. The arguments are those of `provision`.

        Raises:
            NotFoundError: The number cannot have an emergency address, or the project does not have it.
        """
        request = build(
            validate_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=check_phone_number(phone_number),
            body=_body(display_name, address),
        )
        parse = expect_one_of(
            EmergencyAddressValidation.from_dict,
            frozenset({"validationResult", "validatedAddress"}),
            "the validation of an address",
        )
        return await self._context.call(request, validate_emergency_address.SAFETY, parse)

    async def provision(
        self, phone_number: str, *, display_name: str, address: EmergencyAddress | Mapping[str, Any]
    ) -> EmergencyAddress:
        """The address that is the number's from now on.

        It is sent once: after an APIConnectionError or a ServerError, `get` tells whether it was provisioned.

        Args:
            phone_number: A US number of the project.
            display_name: The name of the person or company at the address.
            address: An `EmergencyAddress`, or a mapping with the names of its fields or of the API.

        Raises:
            NotFoundError: The number cannot have an emergency address, or the project does not have it.
        """
        request = build(
            provision_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=check_phone_number(phone_number),
            body=_body(display_name, address),
        )
        parse = expect_one_of(EmergencyAddress.from_dict, _FIELDS, "an emergency address")
        return await self._context.call(request, provision_emergency_address.SAFETY, parse)

    async def deprovision(self, phone_number: str) -> None:
        """Removes the number's emergency address. It is sent once, like `provision`.

        Raises NotFoundError if the number has none or cannot have one, or if the project does not have the number.
        """
        request = build(
            deprovision_emergency_address.build_request,
            project_id=self._context.project_id,
            phone_number=check_phone_number(phone_number),
        )
        await self._context.call(
            request, deprovision_emergency_address.SAFETY, deprovision_emergency_address.parse_response
        )


def _body(display_name: str, address: EmergencyAddress | Mapping[str, Any]) -> EmergencyAddressRequest:
    check_text("display_name", display_name)
    if not isinstance(address, EmergencyAddress):
        address = EmergencyAddress.from_dict(
            wire_fields("address", address, _FIELDS, "EmergencyAddress(...)")
        )
    for name in _REQUIRED.values():
        check_text(f"address.{name}", getattr(address, name))
    return EmergencyAddressRequest(display_name=display_name, address=address)
