"""Emergency addresses: checks of a request, and how well an address matches one that exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .api_errors import ApiError, envelope, invalid_field
from .validation import member_object, text

Address = dict[str, str]

_REQUIRED = ("streetNumber", "streetInfo", "city", "state", "postalCode")
_OPTIONAL = ("location", "postalCodePlusFour")
_STATES = (
    "AK|AL|AR|AZ|CA|CO|CT|DC|DE|FL|GA|HI|IA|ID|IL|IN|KS|KY|LA|MA|MD|ME|MI|MN|MO|MS|MT|NC|ND|NE|"
    "NH|NJ|NM|NV|NY|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VA|VT|WA|WI|WV|WY"
)
_CANDIDATE: Address = {
    "streetNumber": "600",
    "streetInfo": "Congress Ave",
    "city": "Austin",
    "state": "TX",
    "postalCode": "78701",
}
"""What stands in for the addresses that might be meant."""
_MESSAGES = {
    "EXACT_MATCH": "The address matches exactly.",
    "NEAR_MATCH": "The address was corrected.",
    "NO_MATCH": "No address is close enough.",
}


def missing_feature() -> ApiError:
    """The 404 of a number that has no emergency address, or cannot have one."""
    message = "Missing E911 feature"
    resource = {
        "type": "ResourceInfo",
        "resourceType": "EmergencyAddress",
        "resourceName": "",
        "owner": "",
        "description": message,
    }
    return envelope(404, message, details=[resource])


def address_of(body: Mapping[str, Any]) -> tuple[str, Address]:
    """The display name and the address in the body of a request. Raises ApiError 400 if one is missing or not a string."""
    display_name = text(body, "displayName", "display_name")
    if not display_name:
        raise invalid_field("display_name", "display_name is required")
    given = member_object(dict(body), "address")
    if given is None:
        raise invalid_field("address", "address is required")
    address: Address = {}
    for name in (*_REQUIRED, *_OPTIONAL):
        field = "address." + re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)
        value = text(given, name, field)
        if value:
            address[name] = value
        elif name in _REQUIRED:
            raise invalid_field(field, f"{field} is required")
    return display_name, address


def validation(phone_number: str, display_name: str, address: Address) -> dict[str, Any]:
    """The response to a validation."""
    result, corrected = match(address)
    response: dict[str, Any] = {
        "phoneNumber": phone_number,
        "displayName": display_name,
        "validatedAddress": address,
        "validationResult": result,
        "validationMessage": _MESSAGES[result],
    }
    if result == "NEAR_MATCH":
        response["correctedAddress"] = corrected
    if result == "NO_MATCH":
        response["candidateAddresses"] = [_CANDIDATE]
    return response


def match(address: Address) -> tuple[str, Address]:
    """How well the address matches, and its corrected form.

    Extra spaces, a state in lower case and a ZIP code with all its digits in one field are corrected. A state that does not
    exist, a ZIP code without five digits or a building without a number matches nothing.
    """
    corrected = {name: " ".join(value.split()) for name, value in address.items()}
    corrected["state"] = corrected["state"].upper()
    zip_code, _, plus_four = corrected["postalCode"].partition("-")
    if plus_four:
        corrected |= {"postalCode": zip_code, "postalCodePlusFour": plus_four}
    exists = (
        re.fullmatch(_STATES, corrected["state"])
        and re.fullmatch("[0-9]{5}", zip_code, re.ASCII)
        and re.search("[0-9]", corrected["streetNumber"], re.ASCII)
        and re.fullmatch("([0-9]{4})?", corrected.get("postalCodePlusFour", ""), re.ASCII)
    )
    if not exists:
        return "NO_MATCH", address
    return ("EXACT_MATCH" if corrected == address else "NEAR_MATCH"), corrected
