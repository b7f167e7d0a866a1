from __future__ import annotations

from ..enums import OpenEnum


class Capability(OpenEnum):
    """The capabilities the phone number supports: SMS, Voice, or both"""

    SMS = "SMS"
    """The SMS product can use the number."""
    VOICE = "VOICE"
    """The Voice product can use the number."""
