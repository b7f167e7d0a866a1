"""A rented number with its SMS and voice configuration, and their JSON in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from .catalog import Product
from .clock import utc
from .responses import money, timestamp

VOICE_IDS = {"RTC": "appId", "EST": "trunkId", "FAX": "serviceId"}
"""The name of the identifier of each type of voice application."""


@attrs.define
class ScheduledSms:
    """A change of the SMS configuration that is in progress or has failed. An empty identifier unlinks."""

    service_plan_id: str
    campaign_id: str
    updated: float
    status: str = "WAITING"
    error_codes: list[str] = attrs.field(factory=list[str])
    outstanding: set[str] = attrs.field(factory=set[str])
    """The steps not finished yet: "sms", "campaign" or both."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "servicePlanId": self.service_plan_id,
            "campaignId": self.campaign_id,
            "status": self.status,
            "lastUpdatedTime": timestamp(utc(self.updated)),
            "errorCodes": list(self.error_codes),
        }


@attrs.define
class Sms:
    """The SMS configuration in force, and the scheduled change."""

    service_plan_id: str = ""
    campaign_id: str = ""
    scheduled: ScheduledSms | None = None

    def to_wire(self) -> dict[str, Any]:
        return {
            "servicePlanId": self.service_plan_id,
            "campaignId": self.campaign_id,
            "scheduledProvisioning": self.scheduled.to_wire() if self.scheduled else None,
        }


def _voice_ids(kind: str, identifier: str) -> dict[str, str]:
    # The API sends all three identifiers for every type.
    return {"appId": "", "trunkId": "", "serviceId": "", VOICE_IDS[kind]: identifier}


@attrs.define
class ScheduledVoice:
    """A change of the voice configuration that is in progress or has failed."""

    type: str
    identifier: str
    updated: float
    status: str = "WAITING"

    def to_wire(self) -> dict[str, Any]:
        return {
            "type": self.type,
            **_voice_ids(self.type, self.identifier),
            "status": self.status,
            "lastUpdatedTime": timestamp(utc(self.updated)),
        }


@attrs.define
class Voice:
    """The voice configuration in force, and the scheduled change."""

    type: str = "RTC"
    identifier: str = ""
    updated: float | None = None
    scheduled: ScheduledVoice | None = None

    def to_wire(self) -> dict[str, Any]:
        return {
            "type": self.type,
            **_voice_ids(self.type, self.identifier),
            "lastUpdatedTime": None if self.updated is None else timestamp(utc(self.updated)),
            "scheduledVoiceProvisioning": self.scheduled.to_wire() if self.scheduled else None,
        }


@attrs.define(eq=False)
class RentedNumber:
    """A number that a project rents."""

    phone_number: str
    project_id: str
    product: Product
    rented: datetime
    """When it was rented; months are counted from here."""
    next_charge: datetime
    months_paid: int
    visible: bool = True
    """Whether getting and listing show the number yet."""
    display_name: str = ""
    callback_url: str = ""
    expire_at: datetime | None = None
    sms: Sms = attrs.field(factory=Sms)
    voice: Voice = attrs.field(factory=Voice)
    emergency_address: dict[str, str] | None = None

    def to_wire(self) -> dict[str, Any]:
        """The number as the API sends it."""
        return {
            "phoneNumber": self.phone_number,
            "projectId": self.project_id,
            "displayName": self.display_name,
            "regionCode": self.product.region,
            "type": self.product.type,
            "capability": list(self.product.capability(self.phone_number)),
            "money": money(self.product.monthly, self.product.currency),
            "paymentIntervalMonths": self.product.months,
            "nextChargeDate": timestamp(self.next_charge),
            "expireAt": timestamp(self.expire_at),
            "smsConfiguration": self.sms.to_wire(),
            "voiceConfiguration": self.voice.to_wire(),
            "callbackUrl": self.callback_url,
        }
