from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .scheduled_voice_provisioning import ScheduledVoiceProvisioning
from .voice_configuration_est import VoiceConfigurationEST
from .voice_configuration_fax import VoiceConfigurationFAX
from .voice_configuration_rtc import VoiceConfigurationRTC

_NOT_SENT: frozenset[str] = frozenset(
    {
        "lastUpdatedTime",
        "scheduledVoiceProvisioning",
    }
)


@attrs.frozen
class UnknownVoiceConfiguration:
    """A variant of VoiceConfiguration that the document does not know. It keeps the object as it came."""

    raw: Mapping[str, Any] = attrs.field(repr=_values.masked)
    """The JSON object."""

    @property
    def type(self) -> str | None:
        """Which variant it is; None where nothing, or no string, says so."""
        found = self.raw.get("type")
        return found if isinstance(found, str) else None

    @property
    def last_updated_time(self) -> datetime.datetime | None:
        """Timestamp when the status was last updated."""
        return VoiceConfigurationRTC.from_dict(self.raw).last_updated_time

    @property
    def scheduled_voice_provisioning(self) -> ScheduledVoiceProvisioning | None:
        """The scheduled voice provisioning job that is ongoing or has failed. Null once the number was provisioned for
        voice."""
        return VoiceConfigurationRTC.from_dict(self.raw).scheduled_voice_provisioning

    @property
    def additional_properties(self) -> dict[str, Any]:
        """All of its fields."""
        return dict(self.raw)

    @classmethod
    def from_dict(
        cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None
    ) -> UnknownVoiceConfiguration:
        """The object in `src_dict`, as it is."""
        return cls(dict(src_dict))

    def to_dict(self) -> dict[str, Any]:
        """The object as it came."""
        return dict(self.raw)

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return {key: value for key, value in self.raw.items() if key not in _NOT_SENT}


def decode_voice_configuration(
    src_dict: Mapping[str, Any], on_drift: OnDrift | None = None
) -> VoiceConfiguration:
    """The variant that `type` names; no other is tried."""
    found = src_dict.get("type")
    if found is None:
        return VoiceConfigurationRTC.from_dict(src_dict, on_drift)
    decode = _VARIANTS.get(found) if isinstance(found, str) else None
    if decode is not None:
        return decode(src_dict, on_drift)
    _wire.report(
        on_drift,
        "VoiceConfiguration",
        "type",
        "unknown variant",
        repr(found)[:80] if isinstance(found, str) else _wire.json_type(found),
    )
    return UnknownVoiceConfiguration.from_dict(src_dict)


VoiceConfiguration: TypeAlias = (
    VoiceConfigurationRTC | VoiceConfigurationEST | VoiceConfigurationFAX | UnknownVoiceConfiguration
)
"""The voice configuration of a number. In an answer: the current one. During scheduled provisioning, the app ID,
service ID, or trunk ID value may be empty in a response if it is still processing or if it has failed. The
status of scheduled provisioning will show under a `scheduledVoiceProvisioning` object if it's still running.
Once processed successfully, the `appId`/`serviceId`/`trunkId` sent will appear directly under the
`voiceConfiguration` object."""

_VARIANTS: dict[str, Callable[[Mapping[str, Any], OnDrift | None], VoiceConfiguration]] = {
    "RTC": VoiceConfigurationRTC.from_dict,
    "EST": VoiceConfigurationEST.from_dict,
    "FAX": VoiceConfigurationFAX.from_dict,
}
