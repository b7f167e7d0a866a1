from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .scheduled_sms_provisioning import ScheduledSmsProvisioning

_NOT_SENT = frozenset(
    {
        "scheduledProvisioning",
    }
)


@attrs.frozen(kw_only=True)
class ActiveSmsConfiguration:
    """The current SMS configuration of a number. The status of scheduled provisioning shows under a
    `scheduledProvisioning` object while it runs or when it failed. Once it has succeeded, the `servicePlanId` that
    was sent appears directly under this object."""

    service_plan_id: str | None = None
    """The service plan that ties the number to an SMS service. It can be found in the [Sinch Customer
    Dashboard](https://dashboard.sinch.com/sms/api/rest). Empty while the number is linked to none."""

    campaign_id: str | None = None
    """Only for US phone numbers. The current campaign of the number, which is required to send SMS traffic to US;
    found on your TCR platform. Empty while the number is linked to none."""

    scheduled_provisioning: ScheduledSmsProvisioning | None = None
    """This object is temporary and will appear while the scheduled provisioning for SMS is processing. Once it has
    successfully processed, only the ID of the SMS configuration will display."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        service_plan_id = _pop("servicePlanId", None)
        if service_plan_id is not None and service_plan_id.__class__ is not str:
            service_plan_id = _wire.value(
                _rest, "ActiveSmsConfiguration", "servicePlanId", service_plan_id, _values.to_str, on_drift
            )
        campaign_id = _pop("campaignId", None)
        if campaign_id is not None and campaign_id.__class__ is not str:
            campaign_id = _wire.value(
                _rest, "ActiveSmsConfiguration", "campaignId", campaign_id, _values.to_str, on_drift
            )
        scheduled_provisioning = _pop("scheduledProvisioning", None)
        if scheduled_provisioning is not None:
            scheduled_provisioning = _wire.model(
                _rest,
                "ActiveSmsConfiguration",
                "scheduledProvisioning",
                scheduled_provisioning,
                ScheduledSmsProvisioning.from_dict,
                on_drift,
            )
        return cls(
            service_plan_id=service_plan_id,
            campaign_id=campaign_id,
            scheduled_provisioning=scheduled_provisioning,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.service_plan_id is not None:
            _result["servicePlanId"] = self.service_plan_id
        if self.campaign_id is not None:
            _result["campaignId"] = self.campaign_id
        if self.scheduled_provisioning is not None:
            _result["scheduledProvisioning"] = self.scheduled_provisioning.to_dict()
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.service_plan_id is not None:
            _result["servicePlanId"] = self.service_plan_id
        if self.campaign_id is not None:
            _result["campaignId"] = self.campaign_id
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
