from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .scheduled_sms_provisioning import ScheduledSmsProvisioning

_KNOWN = frozenset(
    {
        "servicePlanId",
        "campaignId",
        "scheduledProvisioning",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ActiveSmsConfiguration(_model.Model):
    """The current SMS configuration of a number. The status of scheduled provisioning shows under a
    `scheduledProvisioning` object while it runs or when it failed. Once it has succeeded, the `servicePlanId` that
    was sent appears directly under this object."""

    _not_sent = frozenset(
        {
            "scheduledProvisioning",
        }
    )

    service_plan_id: str | None = None
    """The service plan that ties the number to an SMS service. It can be found in the [Sinch Customer
    Dashboard](https://dashboard.sinch.com/sms/api/rest). Empty while the number is linked to none."""

    campaign_id: str | None = None
    """Only for US phone numbers. The current campaign of the number, which is required to send SMS traffic to US;
    found on your TCR platform. Empty while the number is linked to none."""

    scheduled_provisioning: ScheduledSmsProvisioning | None = None
    """This object is temporary and will appear while the scheduled provisioning for SMS is processing. Once it has
    successfully processed, only the ID of the SMS configuration will display."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("service_plan_id", "servicePlanId", _kinds.STR),
            _kinds.Field("campaign_id", "campaignId", _kinds.STR),
            _kinds.Field(
                "scheduled_provisioning",
                "scheduledProvisioning",
                _kinds.model(ScheduledSmsProvisioning.from_dict, ScheduledSmsProvisioning),
                read_only=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ActiveSmsConfiguration:
                raise _model.Misfit
            service_plan_id = _get("servicePlanId")
            if service_plan_id is not None and service_plan_id.__class__ is not str:
                raise _model.Misfit
            campaign_id = _get("campaignId")
            if campaign_id is not None and campaign_id.__class__ is not str:
                raise _model.Misfit
            scheduled_provisioning = _get("scheduledProvisioning")
            if scheduled_provisioning is not None and scheduled_provisioning.__class__ is not dict:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if scheduled_provisioning is not None:
            scheduled_provisioning = ScheduledSmsProvisioning.from_dict(scheduled_provisioning, on_drift)
        _self: Any = _Draft()
        _self.service_plan_id = service_plan_id
        _self.campaign_id = campaign_id
        _self.scheduled_provisioning = scheduled_provisioning
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ActiveSmsConfiguration)
