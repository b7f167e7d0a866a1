from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from .. import model as _model
from ..types import OnDrift
from .scheduled_voice_provisioning import ScheduledVoiceProvisioning
from .voice_configuration_est import VoiceConfigurationEST
from .voice_configuration_fax import VoiceConfigurationFAX
from .voice_configuration_rtc import VoiceConfigurationRTC


@attrs.frozen(repr=False)
class UnknownVoiceConfiguration(_model.UnknownVariant):
    """A variant of VoiceConfiguration that the document does not know. It keeps the object as it came."""

    _not_sent = frozenset[str](
        {
            "lastUpdatedTime",
            "scheduledVoiceProvisioning",
        }
    )

    raw: Mapping[str, Any] = attrs.field(hash=False)
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


def decode_voice_configuration(
    src_dict: Mapping[str, Any], on_drift: OnDrift | None = None
) -> VoiceConfiguration:
    """The variant that `type` names; no other is tried."""
    found = src_dict.get("type")
    if found.__class__ is str and found in _VARIANTS:
        return _VARIANTS[found](src_dict, on_drift)
    if found is None:
        return VoiceConfigurationRTC.from_dict(src_dict, on_drift)
    _model.report_unknown_variant("VoiceConfiguration", "type", found, on_drift)
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
