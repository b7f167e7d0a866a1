"""The objects and enums of the API, under one roof.

Objects are immutable; `attrs.evolve` makes a changed copy. In an answer, whatever is absent or null is None, and a list is empty:
null and absent are the same. Nothing that was sent is lost: fields that this version does not know, and values that do not fit
their field, are kept in `additional_properties`, and `to_dict()` writes them back.

Enums are open: a value that this version does not know is an instance of the same class, equal to its text; its `is_known` is
False.
A voice configuration of an unknown type is an `Unknown...` object that keeps the JSON object in `raw`.
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
