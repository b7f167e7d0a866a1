from __future__ import annotations

from ..enums import OpenEnum


class EventType(OpenEnum):
    """The type of an event."""

    PROVISIONING_TO_SMS_PLATFORM = "PROVISIONING_TO_SMS_PLATFORM"
    """An event that occurs when a number is linked to a Service Plan ID."""
    DEPROVISIONING_FROM_SMS_PLATFORM = "DEPROVISIONING_FROM_SMS_PLATFORM"
    """An event that occurs when a number is unlinked from a Service Plan ID."""
    PROVISIONING_TO_CAMPAIGN = "PROVISIONING_TO_CAMPAIGN"
    """An event that occurs when a number is linked to a Campaign."""
    DEPROVISIONING_FROM_CAMPAIGN = "DEPROVISIONING_FROM_CAMPAIGN"
    """An event that occurs when a number is unlinked from a Campaign."""
    PROVISIONING_TO_VOICE_PLATFORM = "PROVISIONING_TO_VOICE_PLATFORM"
    """An event that occurs when a number is enabled for Voice operations."""
    DEPROVISIONING_FROM_VOICE_PLATFORM = "DEPROVISIONING_FROM_VOICE_PLATFORM"
    """An event that occurs when a number is disabled for Voice operations."""
    DEPROVISIONING_TO_VOICE_PLATFORM = "DEPROVISIONING_TO_VOICE_PLATFORM"
    """The same as DEPROVISIONING_FROM_VOICE_PLATFORM, in the document's spelling."""
    NUMBER_ORDER_PROCESSING = "NUMBER_ORDER_PROCESSING"
    """An event that occurs when an order of numbers moves on."""
    DEPROVISIONING_TO_SMS_PLATFORM = "DEPROVISIONING_TO_SMS_PLATFORM"
    """The same as DEPROVISIONING_FROM_SMS_PLATFORM, as imported numbers spell it."""
    LINK_TO_10DLC_CAMPAIGN = "LINK_TO_10DLC_CAMPAIGN"
    """An event that occurs when an imported number is linked to a 10DLC campaign."""
    UNLINK_TO_10DLC_CAMPAIGN = "UNLINK_TO_10DLC_CAMPAIGN"
    """An event that occurs when an imported number is unlinked from a 10DLC campaign."""
    HOSTING_PROCESS = "HOSTING_PROCESS"
    """An event that occurs when the hosting of an imported number moves on."""
    OSR_UPDATE = "OSR_UPDATE"
    """An event that occurs when the routing of an imported number is changed at the carriers."""
    DELETE = "DELETE"
    """An event that occurs when an imported number is removed."""
