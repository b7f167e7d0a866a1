from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .event_status import EventStatus
from .event_type import EventType
from .failure_code import FailureCode
from .resource_type import ResourceType


@attrs.frozen(kw_only=True)
class NumberEvent:
    """A notification of an event, sent to a number's callback URL. Unordered, and repeated until it is answered with
    2xx."""

    event_id: str | None = None
    """The ID of the event."""

    timestamp: datetime.datetime | None = None
    """The date and time when the callback was created and added to the callbacks queue."""

    project_id: str | None = None
    """The ID of the project to which the event belongs."""

    resource_id: str | None = None
    """The unique identifier of the resource, depending on the resource type. For example, a phone number, a hosting
    order ID, or a brand ID."""

    resource_type: ResourceType | None = None
    """The type of a resource."""

    event_type: EventType | None = None
    """The type of an event."""

    status: EventStatus | None = None
    """The status of an event."""

    failure_code: FailureCode | None = None
    """Why an event has the status FAILED."""

    internal_failure_code: str | None = None
    """A code that names the failure to the API's support. For example `CRS0018`."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        event_id = _pop("eventId", None)
        if event_id is not None and event_id.__class__ is not str:
            event_id = _wire.value(_rest, "NumberEvent", "eventId", event_id, _values.to_str, on_drift)
        timestamp = _pop("timestamp", None)
        if timestamp is not None:
            timestamp = _wire.value(
                _rest, "NumberEvent", "timestamp", timestamp, _values.to_timestamp, on_drift
            )
        project_id = _pop("projectId", None)
        if project_id is not None and project_id.__class__ is not str:
            project_id = _wire.value(_rest, "NumberEvent", "projectId", project_id, _values.to_str, on_drift)
        resource_id = _pop("resourceId", None)
        if resource_id is not None and resource_id.__class__ is not str:
            resource_id = _wire.value(
                _rest, "NumberEvent", "resourceId", resource_id, _values.to_str, on_drift
            )
        resource_type = _pop("resourceType", None)
        if resource_type is not None:
            resource_type = _wire.enum(
                _rest, "NumberEvent", "resourceType", resource_type, ResourceType, on_drift
            )
        event_type = _pop("eventType", None)
        if event_type is not None:
            event_type = _wire.enum(_rest, "NumberEvent", "eventType", event_type, EventType, on_drift)
        status = _pop("status", None)
        if status is not None:
            status = _wire.enum(_rest, "NumberEvent", "status", status, EventStatus, on_drift)
        failure_code = _pop("failureCode", None)
        if failure_code is not None:
            failure_code = _wire.enum(
                _rest, "NumberEvent", "failureCode", failure_code, FailureCode, on_drift
            )
        internal_failure_code = _pop("internalFailureCode", None)
        if internal_failure_code is not None and internal_failure_code.__class__ is not str:
            internal_failure_code = _wire.value(
                _rest, "NumberEvent", "internalFailureCode", internal_failure_code, _values.to_str, on_drift
            )
        return cls(
            event_id=event_id,
            timestamp=timestamp,
            project_id=project_id,
            resource_id=resource_id,
            resource_type=resource_type,
            event_type=event_type,
            status=status,
            failure_code=failure_code,
            internal_failure_code=internal_failure_code,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.event_id is not None:
            _result["eventId"] = self.event_id
        if self.timestamp is not None:
            _result["timestamp"] = _values.from_timestamp(self.timestamp)
        if self.project_id is not None:
            _result["projectId"] = self.project_id
        if self.resource_id is not None:
            _result["resourceId"] = self.resource_id
        if self.resource_type is not None:
            _result["resourceType"] = str(self.resource_type)
        if self.event_type is not None:
            _result["eventType"] = str(self.event_type)
        if self.status is not None:
            _result["status"] = str(self.status)
        if self.failure_code is not None:
            _result["failureCode"] = str(self.failure_code)
        if self.internal_failure_code is not None:
            _result["internalFailureCode"] = self.internal_failure_code
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
