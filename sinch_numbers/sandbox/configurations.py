"""What a body says of a number's SMS, voice and callback, and how that is brought about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from .api_errors import invalid_field, not_a_value
from .calls import text
from .rented_numbers import VOICE_IDS, RentedNumber
from .state import State

Json = dict[str, Any]


def member_object(body: Json, key: str) -> Json | None:
    """An object within a JSON object; None where it is absent or null. Raises ApiError 400 for anything else."""
    value = body.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise invalid_field(key, f"Expected an object for {key}")
    return cast(Json, value)


def configuration_change(body: Json) -> Callable[[State, RentedNumber], None]:
    """Checks what a body says of a number before anything is changed; the result carries it out."""
    sms, voice = (
        _sms(member_object(body, "smsConfiguration")),
        _voice(member_object(body, "voiceConfiguration")),
    )
    callback_url = text(body, "callbackUrl", "callback_url")

    def change(state: State, number: RentedNumber) -> None:
        if sms is not None:
            _change_sms(state, number, *sms)
        if voice is not None:
            _change_voice(state, number, *voice)
        if callback_url is not None:
            number.callback_url = callback_url

    return change


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


def _change_sms(state: State, number: RentedNumber, plan: str | None, campaign: str | None) -> None:
    current = number.sms.scheduled or number.sms
    if plan == "":
        # Without a service plan there is nothing that a campaign could carry.
        wanted = ("", campaign or "")
    else:
        wanted = (
            current.service_plan_id if plan is None else plan,
            current.campaign_id if campaign is None else campaign,
        )
    under_way = number.sms.scheduled
    same = under_way is not None and (under_way.service_plan_id, under_way.campaign_id) == wanted
    if under_way is not None and same and under_way.status != "FAILED":
        return
    state.check_link(number, *wanted)
    state.provisioner.schedule_sms(number, *wanted)


def _change_voice(state: State, number: RentedNumber, kind: str, identifier: str) -> None:
    under_way = number.voice.scheduled
    same = under_way is not None and (under_way.type, under_way.identifier) == (kind, identifier)
    if under_way is None or not same or under_way.status == "FAILED":
        state.provisioner.schedule_voice(number, kind, identifier)
