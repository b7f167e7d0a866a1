"""Validates the query and body of a request, before anything is changed. Every check raises ApiError 400."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import attrs

from .api_errors import invalid_field, not_a_value
from .calls import Call
from .catalog import NUMBER_TYPES
from .number_search import NumberQuery
from .rented_numbers import VOICE_IDS

Json = dict[str, Any]

_CAPABILITIES = ("SMS", "VOICE")
_SEARCH_PATTERNS = ("START", "CONTAINS", "END")
_INT32 = 2**31


def text(body: Mapping[str, Any], key: str, field: str | None = None) -> str | None:
    """A string in a JSON object; None if absent or null. Raises ApiError 400 for anything else."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or re.search("[\ud800-\udfff]", value):
        raise invalid_field(field or key, f"Expected a string for {field or key}")
    return value


def member_object(body: Json, key: str) -> Json | None:
    """An object in a JSON object; None if absent or null. Raises ApiError 400 for anything else."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid_field(key, f"Expected an object for {key}")
    return cast(Json, value)


def whole_number(call: Call, name: str) -> int:
    """An integer in the query, from 0 to 2^31-1; 0 if absent. Raises ApiError 400."""
    value = call.parameter(name)
    if not value:
        return 0
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value, re.ASCII):
        raise not_a_value(name, value)
    number = int(value)
    if not 0 <= number < _INT32:
        raise invalid_field(name, f"Invalid {name} {value}")
    return number


def capabilities(values: Any, field: str) -> frozenset[str]:
    """A list of capabilities as a set; None is an empty set. Raises ApiError 400 for an unknown one."""
    if values is None:
        return frozenset()
    if not isinstance(values, list):
        raise invalid_field(field, f"Expected a list for {field}")
    words: set[str] = set()
    for value in cast("list[object]", values):
        if not isinstance(value, str) or value not in _CAPABILITIES:
            raise not_a_value(field, value)
        words.add(value)
    return frozenset(words)


def number_query(
    region: str | None,
    kind: str | None,
    wanted: frozenset[str],
    pattern: str | None,
    search_pattern: str | None,
    *,
    required: bool = True,
) -> NumberQuery:
    """The criteria as a query. Raises ApiError 400 if one is invalid, or the region or type is missing but `required`."""
    region, kind = region or "", kind or ""
    if kind == "NUMBER_TYPE_UNSPECIFIED":
        kind = ""
    if required and not region:
        raise invalid_field("region_code", "region_code is required")
    if region and not re.fullmatch("[A-Z]{2}", region):
        raise invalid_field("region_code", f"Invalid region_code {region[:20]}")
    if required and not kind:
        raise invalid_field("type", "type is required")
    if kind and kind not in NUMBER_TYPES:
        raise not_a_value("type", kind)
    return NumberQuery(region, kind, wanted, *_pattern(pattern or "", search_pattern or ""))


def _pattern(pattern: str, search_pattern: str) -> tuple[str, str]:
    if search_pattern and search_pattern not in _SEARCH_PATTERNS:
        raise not_a_value("search_pattern", search_pattern)
    if not pattern:
        return "", "CONTAINS"
    field = "number_pattern.pattern"
    if not re.fullmatch(r"\+?[0-9]{1,15}", pattern):
        raise invalid_field(field, f"Invalid pattern {pattern[:40]}")
    # A START pattern without the leading +, which matches nothing, is no error.
    return pattern, search_pattern or "CONTAINS"


@attrs.frozen
class ConfigurationChange:
    """What a request changes in a number; None means no change."""

    sms: tuple[str | None, str | None] | None
    """Service plan and campaign; None keeps an identifier, an empty one unlinks."""
    voice: tuple[str, str] | None
    """Type and identifier; an empty identifier unlinks."""
    callback_url: str | None


def configuration_change(body: Json) -> ConfigurationChange:
    """The configuration in a body. Raises ApiError 400 if it is invalid."""
    return ConfigurationChange(
        _sms(member_object(body, "smsConfiguration")),
        _voice(member_object(body, "voiceConfiguration")),
        text(body, "callbackUrl", "callback_url"),
    )


def _sms(configuration: Json | None) -> tuple[str | None, str | None] | None:
    if configuration is None:
        return None
    plan = text(configuration, "servicePlanId", "sms_configuration.service_plan_id")
    campaign = text(configuration, "campaignId", "sms_configuration.campaign_id")
    if plan is None and campaign is None:
        raise invalid_field("sms_configuration", "An SMS configuration needs a service_plan_id")
    return plan, campaign


def _voice(configuration: Json | None) -> tuple[str, str] | None:
    if configuration is None:
        return None
    kind = configuration.get("type")
    kind = "RTC" if kind is None else kind
    if not isinstance(kind, str) or kind not in VOICE_IDS:
        raise not_a_value("type", kind)
    key = VOICE_IDS[kind]
    identifier = text(configuration, key, f"voice_configuration.{key}")
    if identifier is None:
        raise invalid_field("voice_configuration", f"A voice configuration of type {kind} needs {key}")
    return kind, identifier
