"""Voice configurations: in force, being provisioned, and sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sinch_numbers import (
    ActiveNumber,
    ConfigurationError,
    ScheduledVoiceProvisioningEST,
    ScheduledVoiceProvisioningFAX,
    ScheduledVoiceProvisioningRTC,
    UnknownScheduledVoiceProvisioning,
    UnknownVoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
    voice,
)
from sinch_numbers.sandbox import Sandbox


def number(configuration: Any) -> ActiveNumber:
    return ActiveNumber.from_dict({"phoneNumber": "+12025550134", "voiceConfiguration": configuration})


# --- what is in force ---


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"type": "RTC", "appId": "app"}, VoiceConfigurationRTC),
        ({"appId": "app"}, VoiceConfigurationRTC),
        ({"type": "EST", "trunkId": "trunk"}, VoiceConfigurationEST),
        ({"type": "FAX", "serviceId": "service"}, VoiceConfigurationFAX),
        ({"type": "CUSTOM", "anything": 1}, UnknownVoiceConfiguration),
        # all three ids, whatever the type
        ({"type": "EST", "appId": "", "trunkId": "trunk", "serviceId": ""}, VoiceConfigurationEST),
        ({"type": "RTC", "appId": "app", "trunkId": "old", "serviceId": "old"}, VoiceConfigurationRTC),
    ],
)
def test_the_voice_configuration_in_force_has_the_class_of_its_type(
    configuration: Any, expected: type[Any]
) -> None:
    assert type(voice.current(number(configuration))) is expected


@pytest.mark.parametrize(
    "configuration",
    [
        None,
        {},
        {"type": "RTC"},
        {"type": "RTC", "appId": ""},
        {"type": "RTC", "appId": None},
        {"type": "EST", "appId": "old", "trunkId": "", "serviceId": ""},
        {"type": "FAX", "appId": "old", "trunkId": "old", "serviceId": ""},
        {"type": "RTC", "appId": "", "trunkId": "trunk", "serviceId": "service"},
        {"type": "RTC", "appId": "", "scheduledVoiceProvisioning": {"type": "RTC", "appId": "app", "status": "WAITING"}},
    ],
)  # fmt: skip
def test_no_voice_configuration_is_in_force_if_the_id_of_its_type_is_empty(configuration: Any) -> None:
    assert voice.current(number(configuration)) is None


def test_a_number_without_a_voice_configuration_has_none_in_force_and_none_pending() -> None:
    bare = ActiveNumber.from_dict({"phoneNumber": "+12025550134"})

    assert (voice.current(bare), voice.pending(bare)) == (None, None)


# --- what is being provisioned ---


@pytest.mark.parametrize(
    ("scheduled", "expected"),
    [
        ({"type": "RTC", "appId": "app"}, ScheduledVoiceProvisioningRTC),
        ({"appId": "app"}, ScheduledVoiceProvisioningRTC),
        ({"type": "EST", "trunkId": "trunk", "appId": "", "serviceId": ""}, ScheduledVoiceProvisioningEST),
        ({"type": "FAX", "serviceId": "service"}, ScheduledVoiceProvisioningFAX),
        ({"type": "CUSTOM"}, UnknownScheduledVoiceProvisioning),
    ],
)
@pytest.mark.parametrize("current", ["RTC", "EST", "FAX", "CUSTOM"])
def test_the_pending_voice_configuration_has_its_own_type_whatever_is_in_force(
    scheduled: Any, expected: type[Any], current: str
) -> None:
    pending = voice.pending(
        number({"type": current, "scheduledVoiceProvisioning": {"status": "WAITING", **scheduled}})
    )

    assert type(pending) is expected


@pytest.mark.parametrize(
    "configuration",
    [None, {}, {"type": "RTC", "appId": "app"}, {"type": "EST", "scheduledVoiceProvisioning": None}, {"type": "CUSTOM"}],
)  # fmt: skip
def test_no_voice_configuration_is_pending_if_none_is_scheduled(configuration: Any) -> None:
    assert voice.pending(number(configuration)) is None


async def test_a_change_is_pending_until_it_is_in_force(sandbox: Sandbox) -> None:
    client = sandbox.client()
    rented = await client.available_numbers.rent_first(
        region_code="US", number_type="LOCAL", voice_configuration=voice.rtc("app")
    )
    phone_number = rented.phone_number
    assert voice.current(rented) is None
    first = voice.pending(rented)
    assert isinstance(first, ScheduledVoiceProvisioningRTC)
    assert first.app_id == "app"

    linked = await client.active_numbers.wait_until_provisioned(phone_number)
    changing = await client.active_numbers.update(phone_number, voice_configuration=voice.fax("service"))
    for seen in (linked, changing):
        now = voice.current(seen)
        assert isinstance(now, VoiceConfigurationRTC)
        assert now.app_id == "app"
    assert isinstance(voice.pending(changing), ScheduledVoiceProvisioningFAX)

    changed = voice.current(await client.active_numbers.wait_until_provisioned(phone_number))
    assert isinstance(changed, VoiceConfigurationFAX)
    assert changed.service_id == "service"


# --- what is sent ---


def test_a_voice_configuration_is_sent_with_its_type() -> None:
    assert voice.rtc("app").to_request() == {"type": "RTC", "appId": "app"}
    assert voice.est("trunk").to_request() == {"type": "EST", "trunkId": "trunk"}
    assert voice.fax("service").to_request() == {"type": "FAX", "serviceId": "service"}


MAKERS: dict[str, Callable[[Any], object]] = {
    "rtc": voice.rtc,
    "est": voice.est,
    "fax": voice.fax,
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("text", ["", " ", None, 7])
def test_a_voice_configuration_without_its_id_is_a_configuration_error(maker: str, text: Any) -> None:
    with pytest.raises(ConfigurationError, match="non-blank"):
        MAKERS[maker](text)
