"""The eleven operations of the Numbers API. Each takes a call and returns the JSON of its response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import attrs

from .api_errors import envelope, invalid_field, not_a_value, not_found, project_not_found
from .calls import Call
from .catalog import NUMBER_TYPES, REGIONS
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

DEFAULT_SEARCH_SIZE = 10
# Page tokens contain a display name when sorting by it, and must fit into a URL.
MAX_DISPLAY_NAME = 1024


@attrs.frozen
class Operation:
    """One operation of the API."""

    method: str
    path: str
    """The path below the project, as a template."""
    perform: Callable[[State, Call], Json]
    """Returns the JSON of the response. Raises ApiError."""


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


OPERATIONS: Mapping[str, Operation] = {
    "RentNumber": Operation("POST", "/availableNumbers/{phone_number}:rent", rent_number),
    "RentAnyNumber": Operation("POST", "/availableNumbers:rentAny", rent_any_number),
    "ListActiveNumbers": Operation("GET", "/activeNumbers", list_active_numbers),
    "ReleaseNumber": Operation("POST", "/activeNumbers/{phone_number}:release", release_number),
    "GetActiveNumber": Operation("GET", "/activeNumbers/{phone_number}", get_active_number),
    "UpdateActiveNumber": Operation("PATCH", "/activeNumbers/{phone_number}", update_active_number),
    "ListAvailableNumbers": Operation("GET", "/availableNumbers", list_available_numbers),
    "GetAvailableNumber": Operation("GET", "/availableNumbers/{phone_number}", get_available_number),
    "ListAvailableRegions": Operation("GET", "/availableRegions", list_available_regions),
    "GetCallbackConfiguration": Operation("GET", "/callbackConfiguration", get_callback_configuration),
    "UpdateCallbackConfiguration": Operation(
        "PATCH", "/callbackConfiguration", update_callback_configuration
    ),
}
"""The operations by name, more specific paths first."""
