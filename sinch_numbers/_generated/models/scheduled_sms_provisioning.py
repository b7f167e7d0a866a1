from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .sms_error_code import SmsErrorCode

_NOT_SENT = frozenset(
    {
        "campaignId",
        "lastUpdatedTime",
        "servicePlanId",
    }
)


@attrs.frozen(kw_only=True)
class ScheduledSmsProvisioning:
    """This object is temporary and will appear while the scheduled provisioning for SMS is processing. Once it has
    successfully processed, only the ID of the SMS configuration will display."""

    service_plan_id: str | None = None
    """Service plan of the scheduled provisioning task."""

    status: ProvisioningStatus | None = None
    """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
    reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
    recommendations."""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    campaign_id: str | None = None
    """Campaign ID of the scheduled provisioning task. Note that the campaign ID is only for US numbers as it relates
    to 10DLC."""

    error_codes: list[SmsErrorCode] = attrs.field(factory=lambda: _values.Unsent[SmsErrorCode]())
    """Why the provisioning failed."""

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
                _rest, "ScheduledSmsProvisioning", "servicePlanId", service_plan_id, _values.to_str, on_drift
            )
        status = _pop("status", None)
        if status is not None:
            status = _wire.enum(
                _rest, "ScheduledSmsProvisioning", "status", status, ProvisioningStatus, on_drift
            )
        last_updated_time = _pop("lastUpdatedTime", None)
        if last_updated_time is not None:
            last_updated_time = _wire.value(
                _rest,
                "ScheduledSmsProvisioning",
                "lastUpdatedTime",
                last_updated_time,
                _values.to_timestamp,
                on_drift,
            )
        campaign_id = _pop("campaignId", None)
        if campaign_id is not None and campaign_id.__class__ is not str:
            campaign_id = _wire.value(
                _rest, "ScheduledSmsProvisioning", "campaignId", campaign_id, _values.to_str, on_drift
            )
        _raw = _pop("errorCodes", None)
        error_codes: list[SmsErrorCode] = (
            _values.Unsent()
            if _raw is None
            else _wire.enums(_rest, "ScheduledSmsProvisioning", "errorCodes", _raw, SmsErrorCode, on_drift)
        )
        return cls(
            service_plan_id=service_plan_id,
            status=status,
            last_updated_time=last_updated_time,
            campaign_id=campaign_id,
            error_codes=error_codes,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.service_plan_id is not None:
            _result["servicePlanId"] = self.service_plan_id
        if self.status is not None:
            _result["status"] = str(self.status)
        if self.last_updated_time is not None:
            _result["lastUpdatedTime"] = _values.from_timestamp(self.last_updated_time)
        if self.campaign_id is not None:
            _result["campaignId"] = self.campaign_id
        if self.error_codes.__class__ is not _values.Unsent:
            _result["errorCodes"] = [str(item) for item in self.error_codes]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.status is not None:
            _result["status"] = str(self.status)
        if self.error_codes.__class__ is not _values.Unsent:
            _result["errorCodes"] = [str(item) for item in self.error_codes]
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
