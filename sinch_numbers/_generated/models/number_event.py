from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .event_status import EventStatus
from .event_type import EventType
from .failure_code import FailureCode
from .resource_type import ResourceType

_KNOWN = frozenset(
    {
        "eventId",
        "timestamp",
        "projectId",
        "resourceId",
        "resourceType",
        "eventType",
        "status",
        "failureCode",
        "internalFailureCode",
    }
)
_EventStatus = _enums.members(EventStatus)
_EventType = _enums.members(EventType)
_FailureCode = _enums.members(FailureCode)
_ResourceType = _enums.members(ResourceType)


@attrs.frozen(kw_only=True, repr=False, order=False)
class NumberEvent(_model.Model):
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

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("event_id", "eventId", _kinds.STR),
            _kinds.Field("timestamp", "timestamp", _kinds.TIME),
            _kinds.Field("project_id", "projectId", _kinds.STR),
            _kinds.Field("resource_id", "resourceId", _kinds.STR),
            _kinds.Field("resource_type", "resourceType", _enums.kind_of(ResourceType)),
            _kinds.Field("event_type", "eventType", _enums.kind_of(EventType)),
            _kinds.Field("status", "status", _enums.kind_of(EventStatus)),
            _kinds.Field("failure_code", "failureCode", _enums.kind_of(FailureCode)),
            _kinds.Field("internal_failure_code", "internalFailureCode", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not NumberEvent:
                raise _model.Misfit
            event_id = _get("eventId")
            if event_id is not None and event_id.__class__ is not str:
                raise _model.Misfit
            timestamp = _get("timestamp")
            if timestamp is not None:
                _raw = timestamp
                timestamp = _model.time(_raw)
                if timestamp.tzinfo is None:
                    timestamp = timestamp.replace(tzinfo=_model.UTC)
                _wire += (("timestamp", _raw, timestamp),)
            project_id = _get("projectId")
            if project_id is not None and project_id.__class__ is not str:
                raise _model.Misfit
            resource_id = _get("resourceId")
            if resource_id is not None and resource_id.__class__ is not str:
                raise _model.Misfit
            resource_type = _get("resourceType")
            if resource_type is not None:
                resource_type = _ResourceType[resource_type]
            event_type = _get("eventType")
            if event_type is not None:
                event_type = _EventType[event_type]
            status = _get("status")
            if status is not None:
                status = _EventStatus[status]
            failure_code = _get("failureCode")
            if failure_code is not None:
                failure_code = _FailureCode[failure_code]
            internal_failure_code = _get("internalFailureCode")
            if internal_failure_code is not None and internal_failure_code.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.event_id = event_id
        _self.timestamp = timestamp
        _self.project_id = project_id
        _self.resource_id = resource_id
        _self.resource_type = resource_type
        _self.event_type = event_type
        _self.status = status
        _self.failure_code = failure_code
        _self.internal_failure_code = internal_failure_code
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(NumberEvent)
