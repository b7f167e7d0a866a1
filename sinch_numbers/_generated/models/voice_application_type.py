from __future__ import annotations

from ..enums import OpenEnum


class VoiceApplicationType(OpenEnum):
    """The voice application type. Examples are RTC, EST, FAX"""

    RTC = "RTC"
    """Voice [see documentation](https://developers.sinch.com/docs/voice)"""
    EST = "EST"
    """Elastic SIP Trunking [see documentation](https://developers.sinch.com/docs/est)"""
    FAX = "FAX"
    """FAX application [see documentation](https://developers.sinch.com/docs/fax/overview)"""
