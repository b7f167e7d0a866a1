"""Voice configurations: build one to link a number, and read the current and the pending one of a number.

await client.available_numbers.rent(number, voice_configuration=voice.est("trunk-id"))
match voice.current(number):
    case VoiceConfigurationRTC(app_id=app): ...
"""

from __future__ import annotations

from ._validation import check_text
from .models import (
    ActiveNumber,
    ScheduledVoiceProvisioning,
    UnknownVoiceConfiguration,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
)

__all__ = ["current", "est", "fax", "pending", "rtc"]


def rtc(app_id: str) -> VoiceConfigurationRTC:
    """Links a number to an app of the Voice API."""
    return VoiceConfigurationRTC(app_id=check_text("app_id", app_id))


def est(trunk_id: str) -> VoiceConfigurationEST:
    """Links a number to a trunk of Elastic SIP Trunking."""
    return VoiceConfigurationEST(trunk_id=check_text("trunk_id", trunk_id))


def fax(service_id: str) -> VoiceConfigurationFAX:
    """Links a number to a service of the Fax API."""
    return VoiceConfigurationFAX(service_id=check_text("service_id", service_id))


def current(number: ActiveNumber) -> VoiceConfiguration | None:
    """The voice configuration in force, or None if there is none.

    While the first configuration is being provisioned, the API shows an object with empty ids. That is None here.
    """
    match number.voice_configuration:
        case VoiceConfigurationRTC(app_id=linked) as configuration if linked:
            return configuration
        case VoiceConfigurationEST(trunk_id=linked) as configuration if linked:
            return configuration
        case VoiceConfigurationFAX(service_id=linked) as configuration if linked:
            return configuration
        case UnknownVoiceConfiguration() as configuration:
            return configuration
        case _:
            return None


def pending(number: ActiveNumber) -> ScheduledVoiceProvisioning | None:
    """The configuration that is being provisioned or that failed, or None. Its type may differ from the current one's."""
    configuration = number.voice_configuration
    return None if configuration is None else configuration.scheduled_voice_provisioning
