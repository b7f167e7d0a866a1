from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .sms_error_code import SmsErrorCode

_KNOWN = frozenset(
    {
        "servicePlanId",
        "status",
        "lastUpdatedTime",
        "campaignId",
        "errorCodes",
    }
)
_ProvisioningStatus = _enums.members(ProvisioningStatus)
_SmsErrorCode = _enums.members(SmsErrorCode)


def _to_error_codes(value: Iterable[SmsErrorCode]) -> tuple[SmsErrorCode, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ScheduledSmsProvisioning(_model.Model):
    """This object is temporary and will appear while the scheduled provisioning for SMS is processing. Once it has
    successfully processed, only the ID of the SMS configuration will display."""

    _not_sent = frozenset(
        {
            "campaignId",
            "lastUpdatedTime",
            "servicePlanId",
        }
    )

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

    error_codes: tuple[SmsErrorCode, ...] = attrs.field(default=(), converter=_to_error_codes)
    """Why the provisioning failed."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("service_plan_id", "servicePlanId", _kinds.STR, read_only=True),
            _kinds.Field("status", "status", _enums.kind_of(ProvisioningStatus)),
            _kinds.Field("last_updated_time", "lastUpdatedTime", _kinds.TIME, read_only=True),
            _kinds.Field("campaign_id", "campaignId", _kinds.STR, read_only=True),
            _kinds.Field("error_codes", "errorCodes", _enums.kind_of(SmsErrorCode), many=True),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ScheduledSmsProvisioning:
                raise _model.Misfit
            service_plan_id = _get("servicePlanId")
            if service_plan_id is not None and service_plan_id.__class__ is not str:
                raise _model.Misfit
            status = _get("status")
            if status is not None:
                status = _ProvisioningStatus[status]
            last_updated_time = _get("lastUpdatedTime")
            if last_updated_time is not None:
                _raw = last_updated_time
                last_updated_time = _model.time(_raw)
                if last_updated_time.tzinfo is None:
                    last_updated_time = last_updated_time.replace(tzinfo=_model.UTC)
                _wire += (("lastUpdatedTime", _raw, last_updated_time),)
            campaign_id = _get("campaignId")
            if campaign_id is not None and campaign_id.__class__ is not str:
                raise _model.Misfit
            error_codes = _get("errorCodes")
            if error_codes.__class__ is list and error_codes:
                error_codes = tuple([_SmsErrorCode[item] for item in error_codes])
            elif error_codes is None:
                error_codes = ()
            else:
                error_codes, _wire = _model.no_items(error_codes, "errorCodes", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.service_plan_id = service_plan_id
        _self.status = status
        _self.last_updated_time = last_updated_time
        _self.campaign_id = campaign_id
        _self.error_codes = error_codes
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ScheduledSmsProvisioning)
