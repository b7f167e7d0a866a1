from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs

from .. import model as _model
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .scheduled_voice_provisioning_est import ScheduledVoiceProvisioningEST
from .scheduled_voice_provisioning_fax import ScheduledVoiceProvisioningFAX
from .scheduled_voice_provisioning_rtc import ScheduledVoiceProvisioningRTC


@attrs.frozen(repr=False)
class UnknownScheduledVoiceProvisioning(_model.UnknownVariant):
    """A variant of ScheduledVoiceProvisioning that the document does not know. It keeps the object as it came."""

    _not_sent = frozenset[str](
        {
            "lastUpdatedTime",
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
        return ScheduledVoiceProvisioningEST.from_dict(self.raw).last_updated_time

    @property
    def status(self) -> ProvisioningStatus | None:
        """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
        reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
        recommendations."""
        return ScheduledVoiceProvisioningEST.from_dict(self.raw).status

    @property
    def additional_properties(self) -> dict[str, Any]:
        """All of its fields."""
        return dict(self.raw)


def decode_scheduled_voice_provisioning(
    src_dict: Mapping[str, Any], on_drift: OnDrift | None = None
) -> ScheduledVoiceProvisioning:
    """The variant that `type` names; no other is tried."""
    found = src_dict.get("type")
    if found.__class__ is str and found in _VARIANTS:
        return _VARIANTS[found](src_dict, on_drift)
    if found is None:
        return ScheduledVoiceProvisioningRTC.from_dict(src_dict, on_drift)
    _model.report_unknown_variant("ScheduledVoiceProvisioning", "type", found, on_drift)
    return UnknownScheduledVoiceProvisioning.from_dict(src_dict)


ScheduledVoiceProvisioning: TypeAlias = (
    ScheduledVoiceProvisioningEST
    | ScheduledVoiceProvisioningFAX
    | ScheduledVoiceProvisioningRTC
    | UnknownScheduledVoiceProvisioning
)
"""The scheduled voice provisioning job that is ongoing or has failed. Null once the number was provisioned for
voice."""

_VARIANTS: dict[str, Callable[[Mapping[str, Any], OnDrift | None], ScheduledVoiceProvisioning]] = {
    "EST": ScheduledVoiceProvisioningEST.from_dict,
    "FAX": ScheduledVoiceProvisioningFAX.from_dict,
    "RTC": ScheduledVoiceProvisioningRTC.from_dict,
}
