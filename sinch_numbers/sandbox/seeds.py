"""Numbers of a test's own: active numbers and offers, from objects of the API or from their phone numbers alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

import attrs

from .._generated.types import Drift
from ..models import (
    ActiveNumber,
    AvailableNumber,
    Money,
    VoiceConfiguration,
    VoiceConfigurationEST,
    VoiceConfigurationFAX,
    VoiceConfigurationRTC,
)
from .catalog import BOTH, NUMBER_TYPES, Product, product_by_number, product_by_type
from .rented_numbers import VOICE_IDS

ActiveSeed: TypeAlias = str | ActiveNumber | Mapping[str, Any]
OfferSeed: TypeAlias = str | AvailableNumber | Mapping[str, Any]

T = TypeVar("T", ActiveNumber, AvailableNumber)

_UNLISTED = Product("", "", (), 0, Decimal("0.00"), Decimal("1.00"), "EUR")
"""What a number costs if the catalog has no numbers of its region and type."""


@attrs.frozen(kw_only=True)
class Active:
    """An active number to add. Its configurations are in force. An empty identifier links to nothing."""

    phone_number: str
    product: Product
    display_name: str = ""
    callback_url: str = ""
    service_plan_id: str = ""
    campaign_id: str = ""
    voice_type: str = "RTC"
    voice_id: str = ""
    next_charge: datetime | None = None
    """None for a number that is rented now."""
    is_released: bool = False


def active(seeds: Iterable[ActiveSeed], region: str | None, number_type: str | None) -> list[Active]:
    """The numbers to add.

    Raises ValueError or TypeError for one that the sandbox cannot have, or that is given twice.
    """
    numbers = _decoded(seeds, ActiveNumber)
    return [_active(number, region, number_type) for number in numbers]


def offers(seeds: Iterable[OfferSeed], region: str | None, number_type: str | None) -> dict[str, Product]:
    """The product of each number to offer. Raises ValueError as `active` does."""
    numbers = _decoded(seeds, AvailableNumber)
    return {number.phone_number: _offer(number, region, number_type) for number in numbers}


def _offer(number: AvailableNumber, region: str | None, number_type: str | None) -> Product:
    changes = _prices(number.phone_number, setup=number.setup_price, monthly=number.monthly_price)
    if number.supporting_documentation_required is not None:
        changes["documents"] = number.supporting_documentation_required
    return _product(number, region, number_type, **changes)


def _decoded(seeds: Iterable[str | T | Mapping[str, Any]], kind: type[T]) -> list[T]:
    if isinstance(seeds, str):
        raise TypeError(f"numbers must be a list, such as [{seeds!r}], not one string")
    numbers = [_number(seed, kind) for seed in seeds]
    known: set[str] = set()
    for number in numbers:
        if not re.fullmatch(r"\+[0-9]{7,15}", number.phone_number):
            raise ValueError(f"a phone number is + and 7 to 15 digits, not {number.phone_number!r}")
        if number.phone_number in known:
            raise ValueError(f"{number.phone_number} is given twice")
        known.add(number.phone_number)
    return numbers


def _number(seed: str | T | Mapping[str, Any], kind: type[T]) -> T:
    if isinstance(seed, str):
        return kind(phone_number=seed)
    if isinstance(seed, kind):
        return seed
    if not isinstance(seed, Mapping):
        raise TypeError(f"a number is a string, an {kind.__name__} or its JSON, not {seed!r}")
    drifts: list[Drift] = []
    number = kind.from_dict(seed, drifts.append)
    for drift in drifts:
        raise ValueError(f"{drift.field} of {seed.get('phoneNumber')!r}: {drift.problem}, {drift.found}")
    for name in number.additional_properties:
        raise ValueError(f"{name!r} is not a member of an {kind.__name__}")
    return number


def _active(number: ActiveNumber, region: str | None, number_type: str | None) -> Active:
    sms = number.sms_configuration
    voice_type, voice_id = _voice(number.voice_configuration)
    pending = (sms and sms.scheduled_provisioning) or (
        number.voice_configuration and number.voice_configuration.scheduled_voice_provisioning
    )
    if pending:
        raise ValueError(
            f"a configuration of {number.phone_number} is scheduled; seeded ones are in force at once: "
            "update the number afterwards, with fail_provisioning() for one that fails"
        )
    return Active(
        phone_number=number.phone_number,
        product=_product(number, region, number_type, **_prices(number.phone_number, monthly=number.money)),
        display_name=number.display_name or "",
        callback_url=number.callback_url or "",
        service_plan_id=(sms and sms.service_plan_id) or "",
        campaign_id=(sms and sms.campaign_id) or "",
        voice_type=voice_type,
        voice_id=voice_id,
        next_charge=number.expire_at or number.next_charge_date,
        is_released=number.expire_at is not None,
    )


def _voice(configuration: VoiceConfiguration | None) -> tuple[str, str]:
    match configuration:
        case None:
            return "RTC", ""
        case VoiceConfigurationRTC(app_id=identifier):
            return "RTC", identifier or ""
        case VoiceConfigurationEST(trunk_id=identifier):
            return "EST", identifier or ""
        case VoiceConfigurationFAX(service_id=identifier):
            return "FAX", identifier or ""
        case _:
            raise ValueError(
                f"the sandbox knows the voice types {', '.join(VOICE_IDS)}, not {configuration.type!r}"
            )


def _product(
    number: ActiveNumber | AvailableNumber, region: str | None, number_type: str | None, **changes: Any
) -> Product:
    """What the number is and costs: what it does not say itself is taken from the catalog."""
    listed = product_by_number(number.phone_number)
    region = number.region_code or region or (listed.region if listed else None)
    kind = number.type or number_type or (listed.type if listed else None)
    if not region or not kind:
        raise ValueError(
            f"the catalog does not have {number.phone_number}: give its region_code and number_type"
        )
    if not re.fullmatch("[A-Z]{2}", region):
        raise ValueError(f"a region code has two capital letters, not {region!r}")
    _one_of("type", kind, NUMBER_TYPES)
    for word in number.capability:
        _one_of("capability", word, BOTH)
    model = product_by_type(region, kind) or _UNLISTED
    capability = tuple(map(str, number.capability)) or model.capability(number.phone_number)
    return attrs.evolve(
        model,
        region=region,
        type=str(kind),
        prefixes=(number.phone_number,),
        digits=0,
        mix=(capability,),
        months=_months(number.payment_interval_months),
        **changes,
    )


def _one_of(what: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise ValueError(f"a {what} is one of {', '.join(known)}, not {value!r}")


def _months(months: int | None) -> int:
    if months is None:
        return 1
    if not 1 <= months <= 120:
        raise ValueError(f"a payment interval has 1 to 120 months, not {months!r}")
    return months


def _prices(phone_number: str, **prices: Money | None) -> dict[str, Any]:
    """The prices that are given, by the names of `Product`, with their currency."""
    given: dict[str, Any] = {}
    for name, money in prices.items():
        if money is None:
            continue
        if money.amount is None or not money.currency_code or not money.amount.is_finite():
            raise ValueError(f"a price of {phone_number} has no amount, or no currency: {money!r}")
        if given.get("currency", money.currency_code) != money.currency_code:
            raise ValueError(f"the prices of {phone_number} are in two currencies")
        given |= {name: money.amount, "currency": money.currency_code}
    return given
