"""From a body to an event, and which events follow each other."""

from __future__ import annotations

from typing import Any

import pytest

from sinch_numbers import EventType, PayloadError, ResourceType
from sinch_numbers.webhooks import parse
from sinch_numbers.webhooks.events import kind_of, nanoseconds

from .callbacks import body_of


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1970-01-01T00:00:01", 1_000_000_000),
        ("1970-01-01T00:00:01.5", 1_500_000_000),
        ("1970-01-01T00:00:00.123456789", 123_456_789),
        ("1970-01-01T00:00:00.1234567891", 123_456_789),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-0030", 0),
        ("2025-04-07T09:38:04.85408760", 1_744_018_684_854_087_600),
        ("2025-02-30", None),
        ("2025-02-01T24:00:00Z", None),
        ("2025-00-01T00:00:00Z", None),
        ("2025-01-32T00:00:00Z", None),
        ("2025-01-01T00:60:00Z", None),
        ("2025-01-01T00:00:61Z", None),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140_000_000_000),
        ("9999-12-31T23:59:60Z", 253_402_300_800_000_000_000),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_all_nine_digits_of_a_timestamp_count(timestamp: object, expected: int | None) -> None:
    assert nanoseconds(timestamp) == expected


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("PROVISIONING_TO_VOICE_PLATFORM", "voice"),
        ("DEPROVISIONING_FROM_VOICE_PLATFORM", "voice"),
        ("PROVISIONING_TO_SMS_PLATFORM", "sms"),
        ("DEPROVISIONING_TO_SMS_PLATFORM", "sms"),
        ("PROVISIONING_TO_CAMPAIGN", "campaign"),
        ("LINK_TO_10DLC_CAMPAIGN", "campaign"),
        ("NUMBER_ORDER_PROCESSING", "order"),
        ("HOSTING_PROCESS", "order"),
    ],
)
def test_events_of_one_kind_follow_each_other(event_type: str, kind: str) -> None:
    assert kind_of(event_type) == kind


ODD = [
    {"eventType": "OSR_UPDATE", "resourceType": "HOSTING_ORDER_NUMBER", "status": "COMPLETED"},
    {"eventType": "LINK_TO_10DLC_CAMPAIGN", "resourceType": "IMPORTED_NUMBER", "status": "FAILED"},
    {"eventType": "DEPROVISIONING_TO_SMS_PLATFORM", "resourceType": "IMPORTED_NUMBER"},
    {"eventType": "NUMBER_ORDER_PROCESSING", "resourceType": "NUMBER_ORDER", "resourceId": "01jr-order"},
    {"failureCode": "SOMETHING_NEW", "internalFailureCode": "CRS0018"},
    {"somethingNew": {"deep": [1, 2]}},
    {"timestamp": None, "failureCode": None, "status": None},
]


IMPORTED = [
    "LINK_TO_10DLC_CAMPAIGN",
    "UNLINK_TO_10DLC_CAMPAIGN",
    "HOSTING_PROCESS",
    "OSR_UPDATE",
    "DELETE",
    "DEPROVISIONING_TO_SMS_PLATFORM",
]


@pytest.mark.parametrize("fields", ODD, ids=range(len(ODD)))
def test_events_of_orders_and_imported_numbers_and_what_is_new_parse(fields: dict[str, Any]) -> None:
    event = parse(body_of(**fields))
    wire = event.to_dict()
    assert {name: wire.get(name) for name in fields} == fields


@pytest.mark.parametrize("event_type", IMPORTED)
@pytest.mark.parametrize("resource_type", ["IMPORTED_NUMBER", "HOSTING_ORDER_NUMBER"])
def test_events_of_imported_numbers_are_known(event_type: str, resource_type: str) -> None:
    event = parse(body_of(eventType=event_type, resourceType=resource_type))
    assert event.event_type is EventType(event_type)
    assert event.resource_type is ResourceType(resource_type)
    assert EventType(event_type).is_known
    assert ResourceType(resource_type).is_known


@pytest.mark.parametrize("value", [7, [], {}, True])
def test_a_field_of_another_type_does_not_lose_the_event(value: Any) -> None:
    event = parse(body_of(resourceId=value, status=value, timestamp=value))
    assert event.event_id == "01jr7stexp0znky34pj07dwp41"


def test_a_body_is_bounded() -> None:
    parse(body_of(), max_size=len(body_of()))
    with pytest.raises(PayloadError) as caught:
        parse(body_of(), max_size=len(body_of()) - 1)
    assert caught.value.reason == "too large"
