"""Every body that the API is known to send survives: it is decoded to the right class and written back as it came."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from sinch_numbers._generated import models
from sinch_numbers._generated.types import Drift

BODIES = Path(__file__).parent / "bodies"
FILES = sorted(BODIES.glob("*/*.json"))


@pytest.fixture
def drifts() -> list[Any]:
    """The differences from the specification, for `drifts.append` as the hook."""
    return []


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def decoded(path: Path, drifts: list[Drift] | None = None) -> Any:
    kind: Any = getattr(models, path.parent.name)
    return kind.from_dict(
        json.loads(path.read_text(encoding="utf-8")), None if drifts is None else drifts.append
    )


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_body_is_written_back_as_it_came(path: Path) -> None:
    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            items = cast("dict[str, Any]", value).items()
            return {key: strip(inner) for key, inner in items if inner is not None}
        return [strip(item) for item in cast("list[object]", value)] if isinstance(value, list) else value

    body = json.loads(path.read_text(encoding="utf-8"))
    written = decoded(path).to_dict()
    assert strip(body) == strip(written)
    assert strip(body) == strip(json.loads(json.dumps(written)))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_model_survives_pickle_and_copies(path: Path) -> None:
    model = decoded(path)
    for again in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)):
        assert model == again
        assert model.to_dict() == again.to_dict()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_model_made_of_what_it_wrote_is_the_same(path: Path) -> None:
    model = decoded(path)
    kind: Any = getattr(models, type(model).__name__)
    assert model == kind.from_dict(model.to_dict())


def body(name: str, drifts: list[Drift] | None = None) -> Any:
    return decoded(BODIES / f"{name}.json", drifts)


def test_a_rented_number_is_decoded_to_its_classes(drifts: list[Drift]) -> None:
    number = body("ActiveNumber/rented-and-waiting", drifts)
    assert drifts == []
    assert isinstance(number.voice_configuration, models.VoiceConfigurationRTC)
    assert isinstance(
        number.voice_configuration.scheduled_voice_provisioning, models.ScheduledVoiceProvisioningRTC
    )
    assert number.voice_configuration.scheduled_voice_provisioning.app_id == "my-app"
    assert isinstance(number.sms_configuration, models.ActiveSmsConfiguration)
    scheduled = number.sms_configuration.scheduled_provisioning
    assert scheduled is not None
    assert scheduled.status is models.ProvisioningStatus.WAITING
    assert scheduled.error_codes == ()
    assert number.capability == (models.Capability.SMS, models.Capability.VOICE)


def test_an_empty_string_is_a_value_and_null_is_none() -> None:
    number = body("ActiveNumber/rented-and-waiting")
    assert number.display_name == ""
    assert number.callback_url == ""
    assert number.expire_at is None
    assert "expireAt" not in number.to_dict()


@pytest.mark.parametrize("raw", [{}, {"phoneNumber": None}])
@pytest.mark.parametrize("name", ["ActiveNumber", "AvailableNumber"])
def test_a_required_string_that_is_missing_is_empty_reported_and_not_written_back(
    name: str, raw: dict[str, Any], drifts: list[Drift]
) -> None:
    kind: Any = getattr(models, name)
    number = kind.from_dict(raw, drifts.append)
    again = attrs.evolve(number, region_code="US")
    assert [Drift(model=name, field="phoneNumber", problem="missing", found="nothing")] == drifts
    for one in (number, copy.copy(number), copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert one == number
        assert one.phone_number == ""
        assert one.to_dict() == one.to_request() == {}
    assert again.to_dict() == {"regionCode": "US"}


def test_a_required_string_that_is_empty_is_written_back(drifts: list[Drift]) -> None:
    number = models.ActiveNumber.from_dict({"phoneNumber": ""}, drifts.append)
    assert number.phone_number == ""
    assert number.to_dict() == {"phoneNumber": ""}
    assert drifts == []
    assert models.ActiveNumber(phone_number="").to_dict() == {"phoneNumber": ""}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_missing_required_string_behaves_like_any_string(protocol: int) -> None:
    missing = models.ActiveNumber.from_dict({}).phone_number
    assert (repr(missing), hash(missing), json.dumps(missing)) == ("''", hash(""), '""')
    assert type(missing + "") is str
    again: Any = pickle.loads(pickle.dumps(models.ActiveNumber.from_dict({}), protocol))
    assert again.to_dict() == {}


def test_a_number_made_by_hand_has_a_phone_number() -> None:
    without: Any = models.ActiveNumber
    with pytest.raises(TypeError, match="phone_number"):
        without()


def test_an_absent_list_is_empty_and_is_not_written_back() -> None:
    number = body("ActiveNumber/only-the-phone-number")
    assert number.capability == ()
    assert number.to_dict() == {"phoneNumber": "+12025550134"}


def test_an_empty_list_is_written_back() -> None:
    page = body("ListActiveNumbersResponse/last-page-with-empty-token")
    assert page.to_dict() == {"activeNumbers": [], "nextPageToken": "", "totalSize": 0}


def test_the_scheduled_type_may_differ_from_the_current_one() -> None:
    voice = body("ActiveNumber/rtc-now-fax-scheduled").voice_configuration
    assert isinstance(voice, models.VoiceConfigurationRTC)
    assert isinstance(voice.scheduled_voice_provisioning, models.ScheduledVoiceProvisioningFAX)
    assert voice.scheduled_voice_provisioning.service_id == "my-service"


def test_a_voice_configuration_without_type_is_rtc_and_stays_without(drifts: list[Drift]) -> None:
    voice = body("ActiveNumber/voice-without-type", drifts).voice_configuration
    assert isinstance(voice, models.VoiceConfigurationRTC)
    assert isinstance(voice.scheduled_voice_provisioning, models.ScheduledVoiceProvisioningRTC)
    assert voice.type is None
    assert "type" not in voice.to_dict()
    assert drifts == []


def test_an_empty_voice_configuration_is_rtc() -> None:
    voice = body("ActiveNumber/empty-voice").voice_configuration
    assert isinstance(voice, models.VoiceConfigurationRTC)
    assert voice.to_dict() == {}


def test_an_unknown_voice_type_keeps_the_object_and_is_reported(drifts: list[Drift]) -> None:
    voice = body("ActiveNumber/unknown-voice-type", drifts).voice_configuration
    assert isinstance(voice, models.UnknownVoiceConfiguration)
    assert voice.type == "CUSTOM"
    assert voice.raw["customId"] == "x"
    assert [
        Drift(model="VoiceConfiguration", field="type", problem="unknown variant", found="'CUSTOM'")
    ] == drifts


def test_an_unknown_scheduled_voice_type_keeps_the_object() -> None:
    scheduled = body(
        "ActiveNumber/unknown-scheduled-voice-type"
    ).voice_configuration.scheduled_voice_provisioning
    assert isinstance(scheduled, models.UnknownScheduledVoiceProvisioning)
    assert scheduled.to_dict() == {"type": "CUSTOM", "customId": "x", "status": "WAITING"}


def test_an_unknown_variant_has_what_all_variants_share() -> None:
    voice = models.UnknownVoiceConfiguration(
        {
            "type": "CUSTOM",
            "lastUpdatedTime": "2024-06-06T14:42:42Z",
            "scheduledVoiceProvisioning": {
                "type": "NEW",
                "status": "FAILED",
                "lastUpdatedTime": "2024-06-07T00:00:00Z",
            },
        }
    )
    assert voice.last_updated_time == datetime(2024, 6, 6, 14, 42, 42, tzinfo=UTC)
    scheduled = voice.scheduled_voice_provisioning
    assert isinstance(scheduled, models.UnknownScheduledVoiceProvisioning)
    assert scheduled.status is models.ProvisioningStatus.FAILED
    assert scheduled.last_updated_time == datetime(2024, 6, 7, tzinfo=UTC)
    assert not hasattr(voice, "app_id")


@pytest.mark.parametrize("odd", [None, 7, [], "tomorrow", {"status": {}}])
def test_a_field_of_an_unknown_variant_that_does_not_fit_is_none_and_stays_raw(odd: object) -> None:
    raw = {"type": "CUSTOM", "lastUpdatedTime": odd, "scheduledVoiceProvisioning": 7, "status": [odd]}
    voice = models.UnknownVoiceConfiguration(raw)
    scheduled = models.UnknownScheduledVoiceProvisioning(raw)
    assert voice.last_updated_time is scheduled.last_updated_time is None
    assert voice.scheduled_voice_provisioning is None
    assert scheduled.status is None
    assert voice.to_dict() == scheduled.to_dict() == raw


def test_an_unknown_variant_without_what_others_share_has_none() -> None:
    assert models.UnknownVoiceConfiguration({}).scheduled_voice_provisioning is None
    assert models.UnknownScheduledVoiceProvisioning({}).status is None


@pytest.mark.parametrize("kind", ["RTC", "EST", "FAX", "CUSTOM"])
@pytest.mark.parametrize("scheduled", ["RTC", "EST", "FAX", "CUSTOM"])
def test_the_scheduled_provisioning_of_every_variant_is_read_in_the_same_way(
    kind: str, scheduled: str
) -> None:
    number = models.ActiveNumber.from_dict(
        {
            "voiceConfiguration": {
                "type": kind,
                "scheduledVoiceProvisioning": {"type": scheduled, "status": "WAITING"},
            }
        }
    )
    assert number.voice_configuration is not None
    assert number.voice_configuration.scheduled_voice_provisioning is not None
    assert number.voice_configuration.scheduled_voice_provisioning.type == scheduled
    assert number.voice_configuration.scheduled_voice_provisioning.status == "WAITING"


def test_a_discriminator_that_is_not_a_string_is_an_unknown_variant(drifts: list[Drift]) -> None:
    voice = body("ActiveNumber/voice-type-that-is-no-string", drifts).voice_configuration
    assert isinstance(voice, models.UnknownVoiceConfiguration)
    assert voice.type is None
    assert voice.raw["type"] == 7
    assert [
        Drift(model="VoiceConfiguration", field="type", problem="unknown variant", found="number")
    ] == drifts


def test_an_odd_enum_value_stays_and_is_reported(drifts: list[Drift]) -> None:
    number = body("ActiveNumber/odd-enums", drifts)
    assert isinstance(number.type, models.NumberType)
    assert number.type == "mobile"
    assert not number.type.is_known
    assert number.capability == ("Voice", "SMS", "FAX")
    assert Drift(model="ActiveNumber", field="type", problem="unknown value", found="'mobile'") in drifts
    assert {"unknown value"} == {drift.problem for drift in drifts}


def test_an_unspecified_provisioning_status_is_known(drifts: list[Drift]) -> None:
    status = "PROVISIONING_STATUS_UNSPECIFIED"
    scheduled = models.ScheduledSmsProvisioning.from_dict({"status": status}, drifts.append)
    assert scheduled.status is models.ProvisioningStatus.PROVISIONING_STATUS_UNSPECIFIED
    assert scheduled.status.is_known
    assert drifts == []


def test_every_wrong_type_is_kept_and_reported_once_without_its_value(drifts: list[Drift]) -> None:
    number = body("ActiveNumber/wrong-types", drifts)
    raw = json.loads((BODIES / "ActiveNumber/wrong-types.json").read_text(encoding="utf-8"))
    assert raw == number.additional_properties
    assert number.phone_number == ""
    assert number.capability == ()
    assert sorted(raw) == sorted(drift.field for drift in drifts)
    assert {"boolean", "number", "array", "object", "string"} == {drift.found for drift in drifts}


def test_a_list_with_a_wrong_item_keeps_the_others_and_the_whole(drifts: list[Drift]) -> None:
    number = body("ActiveNumber/wrong-types-within", drifts)
    assert number.capability == ("SMS", "VOICE")
    assert number.additional_properties["capability"] == ["SMS", 7, None, "VOICE"]
    assert len([drift for drift in drifts if drift.field == "capability"]) == 1


def test_a_page_with_a_broken_item_keeps_the_good_ones() -> None:
    page = body("ListActiveNumbersResponse/an-item-that-is-no-object")
    assert [number.phone_number for number in page.active_numbers] == ["+12025550134"]


def test_an_event_has_its_enums_and_its_time_in_utc(drifts: list[Drift]) -> None:
    event = body("NumberEvent/nine-digits", drifts)
    assert drifts == []
    assert event.event_type is models.EventType.PROVISIONING_TO_VOICE_PLATFORM
    assert event.status is models.EventStatus.SUCCEEDED
    assert event.timestamp.isoformat() == "2024-07-23T14:02:14.415637+00:00"
    assert event.to_dict()["timestamp"] == "2024-07-23T14:02:14.415637289"


@pytest.mark.parametrize("name", ["failed", "number-order", "provisioned"])
def test_events_that_the_api_really_sends_have_nothing_unknown(name: str, drifts: list[Drift]) -> None:
    event = body(f"NumberEvent/{name}", drifts)
    assert drifts == []
    assert event.additional_properties == {}


def test_the_repr_of_a_deeply_nested_value_is_short() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"in": deep}
    assert len(repr(models.ActiveNumber.from_dict({"deep": deep}))) < 1000


def test_a_secret_is_in_no_repr() -> None:
    configuration = body("CallbackConfiguration/configuration")
    assert configuration.hmac_secret == "my-callback-secret"
    assert "my-callback-secret" not in repr(configuration)
    request = models.UpdateCallbackConfigurationRequest(hmac_secret="my-callback-secret")
    assert "my-callback-secret" not in repr(request)
    odd = models.CallbackConfiguration.from_dict(
        {"hmacSecret": ["my-callback-secret"], "other": {"token": "abc"}}
    )
    assert "my-callback-secret" not in repr(odd)
    assert "abc" not in repr(odd)
