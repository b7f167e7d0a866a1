from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "servicePlanId",
        "campaignId",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class SmsConfiguration(_model.Model):
    """The SMS configuration to link a number to. It enters scheduled provisioning once it is sent. To unlink a number,
    send empty strings."""

    _request_only = True

    service_plan_id: str
    """The `servicePlanId` can be found in the [Sinch Customer Dashboard](https://dashboard.sinch.com/sms/api/rest).
    The service plan ID is what ties this number to the configured SMS service."""

    campaign_id: str | None = None
    """Only for US phone numbers. This `campaignId` is required to send SMS traffic to US; click here to read more
    about 10DLC A2P messaging. So, it is the current campaign ID for this number. The `campaignId` is found on your
    TCR platform."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("service_plan_id", "servicePlanId", _kinds.STR, required=True),
            _kinds.Field("campaign_id", "campaignId", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not SmsConfiguration:
                raise _model.Misfit
            service_plan_id = _get("servicePlanId")
            if service_plan_id.__class__ is not str:
                raise _model.Misfit
            campaign_id = _get("campaignId")
            if campaign_id is not None and campaign_id.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.service_plan_id = service_plan_id
        _self.campaign_id = campaign_id
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(SmsConfiguration)
