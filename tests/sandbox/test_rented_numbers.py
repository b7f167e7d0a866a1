"""A rented number as the API shows it."""

from __future__ import annotations

import pytest

from .driver import NUMBER, Api

CALLBACK = "https://example.com/callback"


async def test_a_rented_number_has_its_configurations_scheduled(api: Api) -> None:
    response = await api.rent(
        body={
            "smsConfiguration": {"servicePlanId": "plan"},
            "voiceConfiguration": {"appId": "app"},
            "callbackUrl": CALLBACK,
        }
    )
    now = "2025-01-15T09:30:00Z"
    assert response.status == 200
    assert response.body == {
        "phoneNumber": NUMBER,
        "projectId": "project-1",
        "displayName": "",
        "regionCode": "US",
        "type": "LOCAL",
        "capability": ["SMS", "VOICE"],
        "money": {"currencyCode": "USD", "amount": "1.00"},
        "paymentIntervalMonths": 1,
        "nextChargeDate": "2025-02-15T09:30:00Z",
        "expireAt": None,
        "smsConfiguration": {
            "servicePlanId": "",
            "campaignId": "",
            "scheduledProvisioning": {
                "servicePlanId": "plan",
                "campaignId": "",
                "status": "WAITING",
                "lastUpdatedTime": now,
                "errorCodes": [],
            },
        },
        "voiceConfiguration": {
            "type": "RTC",
            "appId": "",
            "trunkId": "",
            "serviceId": "",
            "lastUpdatedTime": None,
            "scheduledVoiceProvisioning": {
                "type": "RTC",
                "appId": "app",
                "trunkId": "",
                "serviceId": "",
                "status": "WAITING",
                "lastUpdatedTime": now,
            },
        },
        "callbackUrl": CALLBACK,
    }
    assert await api.number() == response.body


@pytest.mark.parametrize(
    "raw", [b"{}", b'{"smsConfiguration": null, "voiceConfiguration": null}', b'{"new": 1}']
)
async def test_a_number_can_be_rented_without_a_configuration(api: Api, raw: bytes) -> None:
    number = (await api.call("POST", f"availableNumbers/{NUMBER}:rent", raw=raw)).body
    assert number["smsConfiguration"] == {
        "servicePlanId": "",
        "campaignId": "",
        "scheduledProvisioning": None,
    }
    assert number["voiceConfiguration"]["scheduledVoiceProvisioning"] is None
