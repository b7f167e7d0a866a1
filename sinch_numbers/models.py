"""The objects and enums of the API, in one place.

Objects are immutable; `attrs.evolve` makes a changed copy. In a response, a field that is absent or null is None, or an empty
list: absent and null are the same. No data of a response is lost: fields that this version does not know, and values of the
wrong type, are kept in `additional_properties`, and `to_dict()` writes them back.

Enums are open: a value that this version does not know is an instance of the same class. It equals its text, and its
`is_known` is False. A voice configuration of an unknown type is an `Unknown...` object with the JSON object in `raw`.
"""

from ._generated.models import (
    ActiveNumber,
    ActiveSmsConfiguration,
    AvailableNumber,
    AvailableRegion,
    CallbackConfiguration,
    Capability,
    EventStatus,
    EventType,
    FailureCode,
    Money,
    NumberEvent,
    NumberPattern,
    NumberType,
    ProvisioningStatus,
    ResourceType,
    ScheduledSmsProvisioning,
    ScheduledVoiceProvisioning,
    ScheduledVoiceProvisioningEST,
    ScheduledVoiceProvisioningFAX,
    ScheduledVoiceProvisioningRTC,
    SearchPattern,
    SmsConfiguration,
    SmsErrorCode,
    UnknownScheduledVoiceProvisioning,
    UnknownVoiceConfiguration,
    VoiceApplicationType,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
)

__all__ = [
    "ActiveNumber",
    "ActiveSmsConfiguration",
    "AvailableNumber",
    "AvailableRegion",
    "CallbackConfiguration",
    "Capability",
    "EventStatus",
    "EventType",
    "FailureCode",
    "Money",
    "NumberEvent",
    "NumberPattern",
    "NumberType",
    "ProvisioningStatus",
    "ResourceType",
    "ScheduledSmsProvisioning",
    "ScheduledVoiceProvisioning",
    "ScheduledVoiceProvisioningEST",
    "ScheduledVoiceProvisioningFAX",
    "ScheduledVoiceProvisioningRTC",
    "SearchPattern",
    "SmsConfiguration",
    "SmsErrorCode",
    "UnknownScheduledVoiceProvisioning",
    "UnknownVoiceConfiguration",
    "VoiceApplicationType",
    "VoiceConfiguration",
    "VoiceConfigurationEST",
    "VoiceConfigurationFAX",
    "VoiceConfigurationRTC",
]
