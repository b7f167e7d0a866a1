"""The operations of the Numbers API. Each takes a call and returns the JSON of its response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeAlias

import attrs

from .._generated import operation as _documented
from .._generated.operations import OPERATIONS as DOCUMENTED
from .api_errors import envelope, invalid_field, not_a_value, not_found, project_not_found
from .calls import Call
from .catalog import NUMBER_TYPES, REGIONS
from .documented import example_of
from .emergency_addresses import address_of, match, missing_feature, validation
from .listing import decode_token, encode_token
from .number_search import NumberQuery
from .rented_numbers import RentedNumber
from .responses import money
from .state import State
from .validation import (
    ConfigurationChange,
    capabilities,
    configuration_change,
    member_object,
    number_query,
    text,
    whole_number,
)

Json = dict[str, Any]
Perform: TypeAlias = Callable[[State, Call], Json]
"""Returns the JSON of the response. Raises ApiError."""

DEFAULT_SEARCH_SIZE = 10
# Page tokens contain a display name when sorting by it, and must fit into a URL.
MAX_DISPLAY_NAME = 1024


@attrs.frozen
class Operation:
    """One operation of the API."""

    method: str
    path: str
    """The whole path, as the document's template."""
    perform: Perform


def rent_number(state: State, call: Call) -> Json:
    change = configuration_change(_rent_body(state, call))
    number = state.rent(call.project_id, call.phone_number or "")
    _configure(state, number, change)
    return number.to_wire()


def _rent_body(state: State, call: Call) -> Json:
    return call.json_object(may_be_missing=state.options.missing_body == "empty")


def rent_any_number(state: State, call: Call) -> Json:
    body = _rent_body(state, call)
    pattern = member_object(body, "numberPattern") or {}
    query = number_query(
        text(body, "regionCode"),
        text(body, "type"),
        capabilities(body.get("capabilities"), "capabilities"),
        text(pattern, "pattern", "number_pattern.pattern"),
        text(pattern, "searchPattern", "number_pattern.search_pattern"),
    )
    change = configuration_change(body)
    if (query.region, query.type) != ("US", "LOCAL"):
        raise envelope(400, "Only US LOCAL numbers can be rented without naming the number")
    phone_number = next(iter(state.available(query)), None)
    if phone_number is None:
        raise not_found("AvailableNumber", query.pattern)
    number = state.rent(call.project_id, phone_number)
    _configure(state, number, change)
    return number.to_wire()


def list_active_numbers(state: State, call: Call) -> Json:
    kind = call.parameter("type")
    missing = state.options.missing_filters
    if not kind and missing == "mobile":
        kind = "MOBILE"
    query = _query(call, kind, "capability", required=missing != "any")
    order = call.parameter("orderBy") or "phoneNumber"
    if order not in ("phoneNumber", "displayName"):
        raise invalid_field("order_by", f"Invalid order_by {order[:40]}")
    size = whole_number(call, "pageSize") or state.options.default_page_size
    token = call.parameter("pageToken")
    after = decode_token(query, order, token) if token else None
    if token and after is None:
        raise invalid_field("page_token", "Invalid page_token")
    project = state.project(call.project_id)
    numbers, total, last = project.listing.page(
        project.numbers, query, order, after, min(size, state.options.max_page_size)
    )
    page: Json = {"activeNumbers": [number.to_wire() for number in numbers]}
    if last is not None:
        page["nextPageToken"] = encode_token(query, order, last)
    elif state.options.end_of_listing != "absent":
        page["nextPageToken"] = "" if state.options.end_of_listing == "empty" else None
    page["totalSize"] = total
    return page


def get_active_number(state: State, call: Call) -> Json:
    return state.get_visible(call.project_id, call.phone_number or "").to_wire()


def update_active_number(state: State, call: Call) -> Json:
    body = call.json_object()
    change = configuration_change(body)
    display_name = text(body, "displayName", "display_name")
    if display_name is not None and len(display_name) > MAX_DISPLAY_NAME:
        raise invalid_field("display_name", f"display_name must have at most {MAX_DISPLAY_NAME} characters")
    number = state.get_rented(call.project_id, call.phone_number or "")
    _configure(state, number, change)
    if display_name is not None:
        number.display_name = display_name
        state.project(call.project_id).listing.changed()
    return number.to_wire()


def release_number(state: State, call: Call) -> Json:
    return state.release(call.project_id, call.phone_number or "").to_wire()


def list_available_numbers(state: State, call: Call) -> Json:
    query = _query(call, call.parameter("type"), "capabilities")
    size = min(whole_number(call, "size") or DEFAULT_SEARCH_SIZE, state.options.max_page_size)
    return {
        "availableNumbers": [
            _available(state, phone_number) for phone_number in islice(state.available(query), size)
        ]
    }


def get_available_number(state: State, call: Call) -> Json:
    phone_number = call.phone_number or ""
    if state.product(phone_number) is None or state.is_taken(phone_number):
        raise not_found("AvailableNumber", phone_number)
    return _available(state, phone_number)


def list_available_regions(state: State, call: Call) -> Json:
    wanted = set(call.parameters.get("types", [])) - {"NUMBER_TYPE_UNSPECIFIED", ""}
    for kind in sorted(wanted):
        if kind not in NUMBER_TYPES:
            raise not_a_value("types", kind)
    regions: list[Json] = []
    for code, kinds in state.types_by_region().items():
        if not wanted or wanted.intersection(kinds):
            name = REGIONS[code].name if code in REGIONS else code
            regions.append({"regionCode": code, "regionName": name, "types": kinds})
    return {"availableRegions": regions}


def get_callback_configuration(state: State, call: Call) -> Json:
    if state.options.project_id not in (None, call.project_id):
        raise project_not_found(call.project_id)
    return {"projectId": call.project_id, "hmacSecret": state.project(call.project_id).hmac_secret}


def update_callback_configuration(state: State, call: Call) -> Json:
    secret = text(call.json_object(), "hmacSecret", "hmac_secret")
    current = get_callback_configuration(state, call)
    if secret is not None:
        state.project(call.project_id).hmac_secret = current["hmacSecret"] = secret
    return current


def get_emergency_address(state: State, call: Call) -> Json:
    address = _with_emergency_addresses(state, call).emergency_address
    if address is None:
        raise missing_feature()
    return {**address}


def validate_emergency_address(state: State, call: Call) -> Json:
    display_name, address = address_of(call.json_object())
    return validation(_with_emergency_addresses(state, call).phone_number, display_name, address)


def provision_emergency_address(state: State, call: Call) -> Json:
    _, address = address_of(call.json_object())
    number = _with_emergency_addresses(state, call)
    if match(address)[0] == "NO_MATCH":
        raise invalid_field("address", "No address is close enough: validate it first")
    number.emergency_address = address
    return {**address}


def deprovision_emergency_address(state: State, call: Call) -> Json:
    number = _with_emergency_addresses(state, call)
    if number.emergency_address is None:
        raise missing_feature()
    number.emergency_address = None
    return {}


def _with_emergency_addresses(state: State, call: Call) -> RentedNumber:
    """The project's number, if it is one that can have an emergency address: those of the US can. Raises ApiError 404."""
    number = state.get_visible(call.project_id, call.phone_number or "")
    if number.product.region != "US":
        raise missing_feature()
    return number


def _configure(state: State, number: RentedNumber, change: ConfigurationChange) -> None:
    if change.callback_url is not None:
        number.callback_url = change.callback_url
    if change.sms is not None:
        state.provisioner.change_sms(number, *change.sms)
    if change.voice is not None:
        state.provisioner.change_voice(number, *change.voice)


def _available(state: State, phone_number: str) -> Json:
    product = state.product(phone_number)
    assert product is not None
    return {
        "phoneNumber": phone_number,
        "regionCode": product.region,
        "type": product.type,
        "capability": list(product.capability(phone_number)),
        "setupPrice": money(product.setup, product.currency),
        "monthlyPrice": money(product.monthly, product.currency),
        "paymentIntervalMonths": product.months,
        "supportingDocumentationRequired": product.documents,
    }


def _query(call: Call, kind: str, capability_key: str, *, required: bool = True) -> NumberQuery:
    return number_query(
        call.parameter("regionCode"),
        kind,
        capabilities(call.parameters.get(capability_key), capability_key),
        call.parameter("numberPattern.pattern"),
        call.parameter("numberPattern.searchPattern"),
        required=required,
    )


BY_HAND: Mapping[str, Perform] = {
    "DeprovisionEmergencyAddress": deprovision_emergency_address,
    "GetActiveNumber": get_active_number,
    "GetAvailableNumber": get_available_number,
    "GetCallbackConfiguration": get_callback_configuration,
    "GetEmergencyAddress": get_emergency_address,
    "ListActiveNumbers": list_active_numbers,
    "ListAvailableNumbers": list_available_numbers,
    "ListAvailableRegions": list_available_regions,
    "ProvisionEmergencyAddress": provision_emergency_address,
    "ReleaseNumber": release_number,
    "RentAnyNumber": rent_any_number,
    "RentNumber": rent_number,
    "UpdateActiveNumber": update_active_number,
    "UpdateCallbackConfiguration": update_callback_configuration,
    "ValidateEmergencyAddress": validate_emergency_address,
}
"""What the sandbox performs. Any other operation of the document it answers with the document's example."""


def operation_of(documented: _documented.Operation) -> Operation:
    """An operation of the document, as the sandbox serves it."""

    def example(_: State, call: Call) -> Json:
        return example_of(documented, call)

    return Operation(documented.method, documented.path, BY_HAND.get(documented.name, example))


OPERATIONS: dict[str, Operation] = {name: operation_of(documented) for name, documented in DOCUMENTED.items()}
"""The operations by name."""
