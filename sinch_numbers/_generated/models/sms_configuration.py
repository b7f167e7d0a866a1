from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift


@attrs.frozen(kw_only=True)
class SmsConfiguration:
    """The SMS configuration to link a number to. It enters scheduled provisioning once it is sent. To unlink a number,
    send empty strings."""

    service_plan_id: str
    """The `servicePlanId` can be found in the [Sinch Customer Dashboard](https://dashboard.sinch.com/sms/api/rest).
    The service plan ID is what ties this number to the configured SMS service."""

    campaign_id: str | None = None
    """Only for US phone numbers. This `campaignId` is required to send SMS traffic to US; click here to read more
    about 10DLC A2P messaging. So, it is the current campaign ID for this number. The `campaignId` is found on your
    TCR platform."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        service_plan_id = _pop("servicePlanId", None)
        if service_plan_id is not None and service_plan_id.__class__ is not str:
            service_plan_id = _wire.value(
                _rest, "SmsConfiguration", "servicePlanId", service_plan_id, _values.to_str, on_drift
            )
        campaign_id = _pop("campaignId", None)
        if campaign_id is not None and campaign_id.__class__ is not str:
            campaign_id = _wire.value(
                _rest, "SmsConfiguration", "campaignId", campaign_id, _values.to_str, on_drift
            )
        return cls(
            service_plan_id=_values.as_sent(service_plan_id),
            campaign_id=campaign_id,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if _values.given(self.service_plan_id):
            _result["servicePlanId"] = self.service_plan_id
        if self.campaign_id is not None:
            _result["campaignId"] = self.campaign_id
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        return self.to_dict()
