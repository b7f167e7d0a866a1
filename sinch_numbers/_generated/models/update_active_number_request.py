from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .sms_configuration import SmsConfiguration
from .voice_configuration import VoiceConfiguration, decode_voice_configuration

_KNOWN = frozenset(
    {
        "displayName",
        "smsConfiguration",
        "voiceConfiguration",
        "callbackUrl",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class UpdateActiveNumberRequest(_model.Model):
    """The phone number that has been rented by a customer and assigned to a project."""

    _request_only = True

    display_name: str | None = None
    """User supplied name for the phone number."""

    sms_configuration: SmsConfiguration | None = None
    """The SMS configuration to link a number to. It enters scheduled provisioning once it is sent. To unlink a number,
    send empty strings."""

    voice_configuration: VoiceConfiguration | None = None
    """The voice configuration of a number. In an answer: the current one. During scheduled provisioning, the app ID,
    service ID, or trunk ID value may be empty in a response if it is still processing or if it has failed. The
    status of scheduled provisioning will show under a `scheduledVoiceProvisioning` object if it's still running.
    Once processed successfully, the `appId`/`serviceId`/`trunkId` sent will appear directly under the
    `voiceConfiguration` object."""

    callback_url: str | None = None
    """The callback URL to be called for a rented number's provisioning / deprovisioning operations."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("display_name", "displayName", _kinds.STR),
            _kinds.Field(
                "sms_configuration",
                "smsConfiguration",
                _kinds.model(SmsConfiguration.from_dict, SmsConfiguration),
            ),
            _kinds.Field(
                "voice_configuration",
                "voiceConfiguration",
                _kinds.model(decode_voice_configuration, VoiceConfiguration),
            ),
            _kinds.Field("callback_url", "callbackUrl", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not UpdateActiveNumberRequest:
                raise _model.Misfit
            display_name = _get("displayName")
            if display_name is not None and display_name.__class__ is not str:
                raise _model.Misfit
            sms_configuration = _get("smsConfiguration")
            if sms_configuration is not None and sms_configuration.__class__ is not dict:
                raise _model.Misfit
            voice_configuration = _get("voiceConfiguration")
            if voice_configuration is not None and voice_configuration.__class__ is not dict:
                raise _model.Misfit
            callback_url = _get("callbackUrl")
            if callback_url is not None and callback_url.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if sms_configuration is not None:
            sms_configuration = SmsConfiguration.from_dict(sms_configuration, on_drift)
        if voice_configuration is not None:
            voice_configuration = decode_voice_configuration(voice_configuration, on_drift)
        _self: Any = _Draft()
        _self.display_name = display_name
        _self.sms_configuration = sms_configuration
        _self.voice_configuration = voice_configuration
        _self.callback_url = callback_url
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(UpdateActiveNumberRequest)
