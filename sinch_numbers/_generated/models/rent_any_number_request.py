from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .capability import Capability
from .number_pattern import NumberPattern
from .number_type import NumberType
from .sms_configuration import SmsConfiguration
from .voice_configuration import VoiceConfiguration, decode_voice_configuration


@attrs.frozen(kw_only=True)
class RentAnyNumberRequest:
    """Request message for searching and renting in one go any number that matches the search criteria."""

    number_pattern: NumberPattern | None = None
    """What the digits of a number have to look like."""

    region_code: str
    """Region code to filter by. ISO 3166-1 alpha-2 country code of the phone number. Example: `US`, `GB` or `SE`."""

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

    type: NumberType | str
    """Number type to filter by. `MOBILE`, `LOCAL` or `TOLL_FREE`."""

    capabilities: Sequence[Capability | str] | None = None
    """Number capabilities to filter by, `SMS` and/or `VOICE`."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        number_pattern = _pop("numberPattern", None)
        if number_pattern is not None:
            number_pattern = _wire.model(
                _rest,
                "RentAnyNumberRequest",
                "numberPattern",
                number_pattern,
                NumberPattern.from_dict,
                on_drift,
            )
        region_code = _pop("regionCode", None)
        if region_code is not None and region_code.__class__ is not str:
            region_code = _wire.value(
                _rest, "RentAnyNumberRequest", "regionCode", region_code, _values.to_str, on_drift
            )
        sms_configuration = _pop("smsConfiguration", None)
        if sms_configuration is not None:
            sms_configuration = _wire.model(
                _rest,
                "RentAnyNumberRequest",
                "smsConfiguration",
                sms_configuration,
                SmsConfiguration.from_dict,
                on_drift,
            )
        voice_configuration = _pop("voiceConfiguration", None)
        if voice_configuration is not None:
            voice_configuration = _wire.model(
                _rest,
                "RentAnyNumberRequest",
                "voiceConfiguration",
                voice_configuration,
                decode_voice_configuration,
                on_drift,
            )
        callback_url = _pop("callbackUrl", None)
        if callback_url is not None and callback_url.__class__ is not str:
            callback_url = _wire.value(
                _rest, "RentAnyNumberRequest", "callbackUrl", callback_url, _values.to_str, on_drift
            )
        type = _pop("type", None)
        if type is not None:
            type = _wire.enum(_rest, "RentAnyNumberRequest", "type", type, NumberType, on_drift)
        _raw = _pop("capabilities", None)
        capabilities: list[Capability] = (
            _values.Unsent()
            if _raw is None
            else _wire.enums(_rest, "RentAnyNumberRequest", "capabilities", _raw, Capability, on_drift)
        )
        return cls(
            number_pattern=number_pattern,
            region_code=_values.as_sent(region_code),
            sms_configuration=sms_configuration,
            voice_configuration=voice_configuration,
            callback_url=callback_url,
            type=_values.as_sent(type),
            capabilities=capabilities,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.number_pattern is not None:
            _result["numberPattern"] = self.number_pattern.to_dict()
        if _values.given(self.region_code):
            _result["regionCode"] = self.region_code
        if self.sms_configuration is not None:
            _result["smsConfiguration"] = self.sms_configuration.to_dict()
        if self.voice_configuration is not None:
            _result["voiceConfiguration"] = self.voice_configuration.to_dict()
        if self.callback_url is not None:
            _result["callbackUrl"] = self.callback_url
        if _values.given(self.type):
            _result["type"] = str(self.type)
        if self.capabilities is not None and self.capabilities.__class__ is not _values.Unsent:
            _result["capabilities"] = [str(item) for item in self.capabilities]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.number_pattern is not None:
            _result["numberPattern"] = self.number_pattern.to_request()
        if _values.given(self.region_code):
            _result["regionCode"] = self.region_code
        if self.sms_configuration is not None:
            _result["smsConfiguration"] = self.sms_configuration.to_request()
        if self.voice_configuration is not None:
            _result["voiceConfiguration"] = self.voice_configuration.to_request()
        if self.callback_url is not None:
            _result["callbackUrl"] = self.callback_url
        if _values.given(self.type):
            _result["type"] = str(self.type)
        if self.capabilities is not None and self.capabilities.__class__ is not _values.Unsent:
            _result["capabilities"] = [str(item) for item in self.capabilities]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
