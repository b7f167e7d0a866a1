from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .provisioning_status import ProvisioningStatus
from .voice_application_type import VoiceApplicationType

_KNOWN = frozenset(
    {
        "type",
        "lastUpdatedTime",
        "status",
        "appId",
    }
)
_ProvisioningStatus = _enums.members(ProvisioningStatus)
_VoiceApplicationType = _enums.members(VoiceApplicationType)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ScheduledVoiceProvisioningRTC(_model.Model):
    """The link to an app of the Voice API that is being made, or that failed."""

    _not_sent = frozenset(
        {
            "lastUpdatedTime",
            "serviceId",
            "trunkId",
        }
    )

    type: VoiceApplicationType | None = VoiceApplicationType("RTC")
    """The voice application type. Examples are RTC, EST, FAX"""

    last_updated_time: datetime.datetime | None = None
    """Timestamp when the status was last updated."""

    status: ProvisioningStatus | None = None
    """The provisioning status. It will be either `WAITING`, `IN_PROGRESS` or `FAILED`. If the provisioning fails, a
    reason for the failure will be provided. See a full list of provisioning error descriptions and troubleshooting
    recommendations."""

    app_id: str | None = None
    """Your app ID for the Voice API. The `appId` can be found in your [Sinch Customer
    Dashboard](https://dashboard.sinch.com/voice/apps)."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("type", "type", _enums.kind_of(VoiceApplicationType), constant="RTC"),
            _kinds.Field("last_updated_time", "lastUpdatedTime", _kinds.TIME, read_only=True),
            _kinds.Field("status", "status", _enums.kind_of(ProvisioningStatus)),
            _kinds.Field("app_id", "appId", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ScheduledVoiceProvisioningRTC:
                raise _model.Misfit
            type = _get("type")
            if type is not None:
                type = _VoiceApplicationType[type]
            last_updated_time = _get("lastUpdatedTime")
            if last_updated_time is not None:
                _raw = last_updated_time
                last_updated_time = _model.time(_raw)
                if last_updated_time.tzinfo is None:
                    last_updated_time = last_updated_time.replace(tzinfo=_model.UTC)
                _wire += (("lastUpdatedTime", _raw, last_updated_time),)
            status = _get("status")
            if status is not None:
                status = _ProvisioningStatus[status]
            app_id = _get("appId")
            if app_id is not None and app_id.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.type = type
        _self.last_updated_time = last_updated_time
        _self.status = status
        _self.app_id = app_id
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ScheduledVoiceProvisioningRTC)
