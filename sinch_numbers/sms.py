"""SMS configurations: link a number to a service plan and, in the US, to a 10DLC campaign; or unlink it."""

from __future__ import annotations

from ._validation import check_text
from .models import SmsConfiguration

__all__ = ["link", "unlink"]


def link(service_plan_id: str, campaign_id: str | None = None) -> SmsConfiguration:
    """Links a number to a service plan. Sending SMS in the US requires a `campaign_id`."""
    check_text("service_plan_id", service_plan_id)
    if campaign_id is not None:
        check_text("campaign_id", campaign_id)
    return SmsConfiguration(service_plan_id=service_plan_id, campaign_id=campaign_id)


def unlink() -> SmsConfiguration:
    """Unlinks a number from its service plan and campaign: the API expects empty strings for that."""
    return SmsConfiguration(service_plan_id="", campaign_id="")
