"""Enums stay open: an unknown value is a value, not an error."""

from __future__ import annotations

import copy
import gc
import json
import pickle
from typing import Any

import pytest

from sinch_numbers._generated import models
from sinch_numbers._generated.enums import OpenEnum
from sinch_numbers._generated.models import NumberType

ENUMS = [kind for kind in vars(models).values() if isinstance(kind, type) and issubclass(kind, OpenEnum)]


def test_the_enums_of_the_document_are_there() -> None:
    assert {kind.__name__ for kind in ENUMS} >= {
        "Capability",
        "EventStatus",
        "EventType",
        "FailureCode",
        "NumberType",
        "ProvisioningStatus",
        "ResourceType",
        "SearchPattern",
        "SmsErrorCode",
        "VoiceApplicationType",
    }


@pytest.mark.parametrize("kind", ENUMS)
@pytest.mark.parametrize("text", ["mobile", "", "ÄÖ \ud800", "name", "_value_", "__class__"])
def test_an_unknown_value_is_an_instance_equal_to_its_text(kind: type[OpenEnum], text: str) -> None:
    value = kind(text)
    assert isinstance(value, kind)
    assert not value.is_known
    assert value == text
    assert value.value == text
    assert hash(value) == hash(text)
    assert {value: 1}[kind(text)] == 1
    assert str(value) == text
    assert json.loads(json.dumps(value)) == text


@pytest.mark.parametrize("kind", ENUMS)
def test_every_value_survives_pickle_and_copies(kind: type[OpenEnum]) -> None:
    for value in [*kind, kind("BRAND_NEW")]:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(value, protocol))
            assert type(again) is kind
            assert again == value
            assert again.is_known == value.is_known
        assert copy.copy(value) == value
        assert copy.deepcopy(value) == value


def test_a_known_value_is_its_member() -> None:
    assert NumberType("MOBILE") is NumberType.MOBILE
    assert NumberType.MOBILE.is_known
    assert NumberType(NumberType("new")) == "new"


def test_iteration_yields_only_known_values() -> None:
    NumberType("mobile")
    assert [str(value) for value in NumberType] == ["MOBILE", "LOCAL", "TOLL_FREE"]


def test_unknown_values_are_not_remembered() -> None:
    for index in range(1000):
        NumberType(f"value {index}")
    gc.collect()
    assert len(NumberType) == 3
    assert sum(1 for value in gc.get_objects() if type(value) is NumberType) <= 10
    assert len(NumberType._value2member_map_) == 3


@pytest.mark.parametrize("value", [1, None, ["MOBILE"], {}, 1.5])
def test_only_a_string_is_a_value(value: Any) -> None:
    with pytest.raises(ValueError, match="not a valid NumberType"):
        NumberType(value)


def test_a_repr_tells_known_from_unknown() -> None:
    assert repr(NumberType.MOBILE) == "<NumberType.MOBILE>"
    assert repr(NumberType("mobile")) == "<NumberType 'mobile' (unknown)>"


def test_a_value_can_be_matched() -> None:
    match NumberType("LOCAL"):
        case NumberType.LOCAL:
            found = True
        case _:
            found = False
    assert found


def test_both_spellings_of_the_voice_event_are_understood() -> None:
    assert models.EventType("DEPROVISIONING_TO_VOICE_PLATFORM").is_known
    assert models.EventType("DEPROVISIONING_FROM_VOICE_PLATFORM").is_known
