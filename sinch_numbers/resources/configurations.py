"""SMS and voice configurations as users pass them: a model, or a mapping with the names of the model or of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from .._generated.models.voice_configuration import decode_voice_configuration
from ..errors import ConfigurationError
from ..models import (
    SmsConfiguration,
    UnknownVoiceConfiguration,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
)

_SMS_FIELDS = frozenset({"servicePlanId", "campaignId"})
_VOICE_IDS = {"appId": "RTC", "trunkId": "EST", "serviceId": "FAX"}
_VOICE_FIELDS = frozenset({"type", *_VOICE_IDS})
_READ_ONLY = frozenset({"lastUpdatedTime", "scheduledVoiceProvisioning", "scheduledProvisioning"})
"""What a configuration that was read may hold as well. It is not sent."""
_VOICE_MODELS = (
    VoiceConfigurationRTC,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    UnknownVoiceConfiguration,
)


def sms_model(value: SmsConfiguration | Mapping[str, Any] | None) -> SmsConfiguration | None:
    """The configuration as a model. Raises ConfigurationError if it is none."""
    if value is None or isinstance(value, SmsConfiguration):
        return value
    fields = wire_fields("sms_configuration", value, _SMS_FIELDS, "sms.link() or sms.unlink()")
    if "servicePlanId" not in fields:
        raise ConfigurationError("sms_configuration needs service_plan_id")
    return SmsConfiguration.from_dict(fields)


def voice_model(value: VoiceConfiguration | Mapping[str, Any] | None) -> VoiceConfiguration | None:
    """The configuration as a model. Raises ConfigurationError if it is none."""
    if value is None or isinstance(value, _VOICE_MODELS):
        return value
    fields = wire_fields(
        "voice_configuration", value, _VOICE_FIELDS, "voice.rtc(), voice.est() or voice.fax()"
    )
    given = [name for name in _VOICE_IDS if name in fields]
    if "type" not in fields and len(given) == 1:
        fields["type"] = _VOICE_IDS[given[0]]
    wanted = next((name for name, kind in _VOICE_IDS.items() if kind == fields.get("type")), None)
    if wanted is None or wanted not in fields:
        raise ConfigurationError(
            "voice_configuration needs a type, RTC, EST or FAX, with its app_id, trunk_id or service_id"
        )
    return decode_voice_configuration(fields)


def wire_fields(name: str, value: object, known: frozenset[str], instead: str) -> dict[str, str]:
    """The fields of a mapping by their names in the API."""
    if not _is_mapping(value):
        raise ConfigurationError(
            f"{name} must be made by {instead}, or be a mapping, not {type(value).__name__}"
        )
    fields: dict[str, str] = {}
    for key, content in value.items():
        wire_name = re.sub("_([a-z])", lambda match: match[1].upper(), key) if isinstance(key, str) else ""
        if wire_name in _READ_ONLY or (content is None and wire_name in known):
            continue
        if wire_name not in known:
            raise ConfigurationError(f"{name} has no field {key!r}; it has {', '.join(sorted(known))}")
        if not isinstance(content, str):
            raise ConfigurationError(f"{name}[{key!r}] must be a string, not {type(content).__name__}")
        if fields.setdefault(wire_name, content) != content:
            raise ConfigurationError(f"{name} has two values for {wire_name}")
    return fields


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)
