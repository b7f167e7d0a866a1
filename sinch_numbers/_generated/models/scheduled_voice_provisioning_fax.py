from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .voice_application_type import VoiceApplicationType

_NOT_SENT = frozenset(
    {
        "appId",
        "lastUpdatedTime",
        "trunkId",
    }
)


@attrs.frozen(kw_only=True)
class ScheduledVoiceProvisioningFAX:
    """The link to a fax service that is being made, or that failed."""

    type: VoiceApplicationType | None = VoiceApplicationType("FAX")
    """The voice application type. Examples are RTC, EST, FAX"""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    status: ProvisioningStatus | None = None
    """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
    reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
    recommendations."""

    service_id: str | None = None
    """The service ID if the type is FAX. The `serviceId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/fax/services)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        type = _pop("type", None)
        if type is not None:
            type = _wire.enum(
                _rest, "ScheduledVoiceProvisioningFAX", "type", type, VoiceApplicationType, on_drift
            )
        last_updated_time = _pop("lastUpdatedTime", None)
        if last_updated_time is not None:
            last_updated_time = _wire.value(
                _rest,
                "ScheduledVoiceProvisioningFAX",
                "lastUpdatedTime",
                last_updated_time,
                _values.to_timestamp,
                on_drift,
            )
        status = _pop("status", None)
        if status is not None:
            status = _wire.enum(
                _rest, "ScheduledVoiceProvisioningFAX", "status", status, ProvisioningStatus, on_drift
            )
        service_id = _pop("serviceId", None)
        if service_id is not None and service_id.__class__ is not str:
            service_id = _wire.value(
                _rest, "ScheduledVoiceProvisioningFAX", "serviceId", service_id, _values.to_str, on_drift
            )
        return cls(
            type=type,
            last_updated_time=last_updated_time,
            status=status,
            service_id=service_id,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.last_updated_time is not None:
            _result["lastUpdatedTime"] = _values.from_timestamp(self.last_updated_time)
        if self.status is not None:
            _result["status"] = str(self.status)
        if self.service_id is not None:
            _result["serviceId"] = self.service_id
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.status is not None:
            _result["status"] = str(self.status)
        if self.service_id is not None:
            _result["serviceId"] = self.service_id
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
