"""What `build_request` makes of its arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sinch_numbers._generated.api.active_number import (
    list_active_numbers,
    release_number,
    update_active_number,
)
from sinch_numbers._generated.api.available_number import list_available_numbers, rent_any_number, rent_number
from sinch_numbers._generated.api.available_regions import list_available_regions
from sinch_numbers._generated.api.numbers_callbacks import (
    get_callback_configuration,
    update_callback_configuration,
)
from sinch_numbers._generated.models import (
    ActiveNumber,
    Capability,
    NumberPattern,
    NumberType,
    RentAnyNumberRequest,
    RentNumberRequest,
    SearchPattern,
    SmsConfiguration,
    UnknownVoiceConfiguration,
    UpdateActiveNumberRequest,
    UpdateCallbackConfigurationRequest,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
)


def sent(body: bytes | None) -> Any:
    assert body is not None
    return json.loads(body)


def test_a_path_is_percent_encoded_but_for_the_verb() -> None:
    request = rent_number.build_request(
        project_id="a/b c", phone_number="+12025550134", body=RentNumberRequest()
    )
    assert request.operation == "RentNumber"
    assert request.method == "POST"
    assert request.path == "/v1/projects/a%2Fb%20c/availableNumbers/%2B12025550134:rent"
    assert request.query == ""


@pytest.mark.parametrize("text", ["", ".", ".."])
def test_a_text_that_would_change_the_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="part of a path"):
        release_number.build_request(project_id=text, phone_number="+12025550134")
    with pytest.raises(ValueError, match="part of a path"):
        release_number.build_request(project_id="p", phone_number=text)


def test_a_list_is_a_repeated_key_and_none_is_left_out() -> None:
    request = list_active_numbers.build_request(
        project_id="p",
        region_code="US",
        type_=NumberType.LOCAL,
        number_pattern_pattern="+1 206",
        number_pattern_search_pattern=SearchPattern.START,
        capability=[Capability.SMS, "VOICE"],
        page_token="a+/b==",
        page_size=10,
    )
    assert request.path == "/v1/projects/p/activeNumbers"
    assert request.query == (
        "numberPattern.pattern=%2B1%20206&numberPattern.searchPattern=START&capability=SMS&capability=VOICE"
        "&pageSize=10&pageToken=a%2B%2Fb%3D%3D&regionCode=US&type=LOCAL"
    )
    assert request.body is None


def test_an_empty_string_is_sent_in_a_query_and_an_empty_list_is_not() -> None:
    request = list_available_numbers.build_request(
        project_id="p",
        region_code="US",
        type_="brand new",
        number_pattern_pattern="",
        capabilities=[],
        size=0,
    )
    assert request.query == "numberPattern.pattern=&regionCode=US&type=brand%20new&size=0"


def test_a_query_without_parameters_is_empty() -> None:
    assert list_available_regions.build_request(project_id="p").query == ""
    assert list_available_regions.build_request(project_id="p", types=["LOCAL"]).query == "types=LOCAL"
    assert get_callback_configuration.build_request(project_id="p").query == ""


def test_a_rent_without_configuration_sends_an_empty_object() -> None:
    request = rent_number.build_request(project_id="p", phone_number="+12025550134", body=RentNumberRequest())
    assert request.body == b"{}"


def test_a_body_is_compact_json() -> None:
    body = UpdateActiveNumberRequest(display_name="Zoë", callback_url="")
    request = update_active_number.build_request(project_id="p", phone_number="+12025550134", body=body)
    assert request.method == "PATCH"
    assert request.body is not None
    assert b", " not in request.body
    assert sent(request.body) == {"displayName": "Zoë", "callbackUrl": ""}


def test_empty_strings_unlink() -> None:
    body = UpdateActiveNumberRequest(sms_configuration=SmsConfiguration(service_plan_id="", campaign_id=""))
    request = update_active_number.build_request(project_id="p", phone_number="+12025550134", body=body)
    assert sent(request.body) == {"smsConfiguration": {"servicePlanId": "", "campaignId": ""}}


def test_rent_any_takes_enums_and_strings() -> None:
    body = RentAnyNumberRequest(
        region_code="US",
        type="LOCAL",
        capabilities=(Capability.SMS, "NEW"),
        number_pattern=NumberPattern(pattern="+1206", search_pattern="START"),
        sms_configuration=SmsConfiguration(service_plan_id="p"),
        voice_configuration=VoiceConfigurationRTC(app_id="a"),
    )
    assert sent(rent_any_number.build_request(project_id="p", body=body).body) == {
        "regionCode": "US",
        "type": "LOCAL",
        "capabilities": ["SMS", "NEW"],
        "numberPattern": {"pattern": "+1206", "searchPattern": "START"},
        "smsConfiguration": {"servicePlanId": "p"},
        "voiceConfiguration": {"type": "RTC", "appId": "a"},
    }


def test_a_secret_is_sent() -> None:
    body = UpdateCallbackConfigurationRequest(hmac_secret="s")
    request = update_callback_configuration.build_request(project_id="p", body=body)
    assert sent(request.body) == {"hmacSecret": "s"}
    assert "hmacSecret" not in repr(request)


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        (VoiceConfigurationRTC(app_id="a"), {"type": "RTC", "appId": "a"}),
        (VoiceConfigurationEST(trunk_id="t"), {"type": "EST", "trunkId": "t"}),
        (VoiceConfigurationFAX(service_id="s"), {"type": "FAX", "serviceId": "s"}),
        (UnknownVoiceConfiguration({"type": "CUSTOM", "id": 1}), {"type": "CUSTOM", "id": 1}),
    ],
)
def test_a_configuration_of_the_user_sends_its_type(voice: Any, expected: dict[str, Any]) -> None:
    body = RentNumberRequest(voice_configuration=voice)
    assert body.to_request() == {"voiceConfiguration": expected}


def test_an_object_of_the_api_can_be_sent_back_without_its_read_only_fields() -> None:
    number = ActiveNumber.from_dict(
        {
            "voiceConfiguration": {
                "type": "EST",
                "appId": "",
                "trunkId": "t",
                "serviceId": "",
                "brandNew": 1,
                "lastUpdatedTime": "2024-06-06T14:42:42Z",
                "scheduledVoiceProvisioning": {"type": "FAX", "serviceId": "s"},
            }
        }
    )
    body = UpdateActiveNumberRequest(voice_configuration=number.voice_configuration)
    assert body.to_request() == {"voiceConfiguration": {"type": "EST", "trunkId": "t", "brandNew": 1}}


@pytest.mark.parametrize(
    "voice",
    [
        {"type": "RTC", "lastUpdatedTime": 5, "scheduledVoiceProvisioning": "odd"},
        {
            "type": "CUSTOM",
            "lastUpdatedTime": "2024-06-06T14:42:42Z",
            "scheduledVoiceProvisioning": {"type": "RTC"},
        },
    ],
)
def test_read_only_values_are_not_sent_even_if_they_are_malformed(voice: dict[str, Any]) -> None:
    number = ActiveNumber.from_dict({"voiceConfiguration": voice})
    assert number.voice_configuration is not None
    assert number.voice_configuration.to_request() == {"type": voice["type"]}
    assert number.voice_configuration.to_dict() == voice


def test_every_operation_names_its_method_and_path_in_the_first_line() -> None:
    assert (rent_number.__doc__ or "").startswith(
        "POST /v1/projects/{projectId}/availableNumbers/{phoneNumber}:rent\n"
    )
    assert (list_active_numbers.__doc__ or "").startswith("GET /v1/projects/{projectId}/activeNumbers\n")
