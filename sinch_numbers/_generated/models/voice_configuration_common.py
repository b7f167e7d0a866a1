from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .scheduled_voice_provisioning import (
    ScheduledVoiceProvisioning,
    decode_scheduled_voice_provisioning,
)
from .voice_application_type import VoiceApplicationType

_NOT_SENT = frozenset(
    {
        "lastUpdatedTime",
        "scheduledVoiceProvisioning",
    }
)


@attrs.frozen(kw_only=True)
class VoiceConfigurationCommon:
    """What the voice configurations have in common."""

    type: VoiceApplicationType | None = None
    """The voice application type. Examples are RTC, EST, FAX"""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    scheduled_voice_provisioning: ScheduledVoiceProvisioning | None = None
    """The scheduled voice provisioning job that is ongoing or has failed. Null once the number was provisioned for
    voice."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        type = _pop("type", None)
        if type is not None:
            type = _wire.enum(_rest, "VoiceConfigurationCommon", "type", type, VoiceApplicationType, on_drift)
        last_updated_time = _pop("lastUpdatedTime", None)
        if last_updated_time is not None:
            last_updated_time = _wire.value(
                _rest,
                "VoiceConfigurationCommon",
                "lastUpdatedTime",
                last_updated_time,
                _values.to_timestamp,
                on_drift,
            )
        scheduled_voice_provisioning = _pop("scheduledVoiceProvisioning", None)
        if scheduled_voice_provisioning is not None:
            scheduled_voice_provisioning = _wire.model(
                _rest,
                "VoiceConfigurationCommon",
                "scheduledVoiceProvisioning",
                scheduled_voice_provisioning,
                decode_scheduled_voice_provisioning,
                on_drift,
            )
        return cls(
            type=type,
            last_updated_time=last_updated_time,
            scheduled_voice_provisioning=scheduled_voice_provisioning,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = str(self.type)
        if self.last_updated_time is not None:
            _result["lastUpdatedTime"] = _values.from_timestamp(self.last_updated_time)
        if self.scheduled_voice_provisioning is not None:
            _result["scheduledVoiceProvisioning"] = self.scheduled_voice_provisioning.to_dict()
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.type is not None:
            _result["type"] = str(self.type)
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
