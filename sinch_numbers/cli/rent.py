"""`sinch-numbers rent`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import Parameter

from .._defaults import CONCURRENCY
from .exits import Exit, Stop
from .options import (
    CallbackUrl,
    Capabilities,
    Contains,
    EndsWith,
    Json,
    Ledger,
    Region,
    SmsCampaign,
    SmsPlan,
    StartsWith,
    Type,
    VoiceApp,
    VoiceFax,
    VoiceTrunk,
    Yes,
    configurations,
    pattern,
    upper,
)
from .output import chosen, note
from .prices import Item, Limit, Plan, begun, item_of
from .purchases import ask, session

if TYPE_CHECKING:
    from ..bulk import RentOutcome
    from ..client import NumbersClient
    from ..purchasing.entries import Entry
    from ..purchasing.ledger import PurchaseLedger


@attrs.frozen(kw_only=True)
class Wanted:
    """What the arguments ask for: the numbers named, or `count` numbers that match `criteria`."""

    numbers: tuple[str, ...]
    count: int
    criteria: Mapping[str, Any] | None
    batch: str | None


def rent(
    *numbers: str,
    region: Region = None,
    type_: Type = None,
    starts_with: StartsWith = None,
    contains: Contains = None,
    ends_with: EndsWith = None,
    capability: Capabilities = (),
    count: Annotated[int, Parameter(name=["--count", "-n"])] = 1,
    max_price: str | None = None,
    yes: Yes = False,
    ledger: Ledger = None,
    batch: str | None = None,
    voice_app: VoiceApp = None,
    voice_trunk: VoiceTrunk = None,
    voice_fax: VoiceFax = None,
    sms_plan: SmsPlan = None,
    sms_campaign: SmsCampaign = None,
    callback_url: CallbackUrl = None,
    json: Json = False,
) -> int:
    """Rent numbers, which costs money: shows the price, and asks.

    Names the numbers, or says what they must match. A number is never bought twice. More than one need a ledger.

    Args:
        numbers: The numbers to rent. Without any, --region and --type say which.
        count: How many numbers to rent that match.
        max_price: The most that all of it may cost at first (setup and first interval), such as 5 or "4.50 USD". If it
            costs more, nothing is sent.
        batch: The name of an order in the ledger. If the same command was interrupted, it buys only what is missing.
    """
    form = chosen(as_json=json)
    limit = Limit.parse(max_price)
    criteria = {
        "region_code": region and region.upper(),
        "number_type": type_ and type_.upper(),
        "capabilities": upper(capability),
        **pattern(starts_with, contains, ends_with),
    }
    wanted = _wanted(numbers, criteria, count, batch)
    if wanted.count > 1 and ledger is None:
        raise Stop(
            "more than one number needs --ledger FILE: without it, nobody knows after a crash what was bought",
            Exit.USAGE,
        )
    if batch is not None and ledger is None:
        raise Stop("--batch needs --ledger FILE", Exit.USAGE)
    change = {
        **configurations(voice_app, voice_trunk, voice_fax, sms_plan, sms_campaign),
        "callback_url": callback_url,
    }
    with session(ledger=ledger) as opened:
        plan = opened.run(planned(opened.client, opened.ledger, wanted))
        plan.check(limit, is_asked=not yes)
        if not plan.items:
            note("all of it was bought by earlier runs")
        elif yes:
            note(f"renting {_many(len(plan.items))} for {plan.price}")
        else:
            plan.show()
            ask(f"Rent {_many(len(plan.items))} for {plan.price} now, and monthly charges after that?")
        client = opened.client.with_options(budget=plan.budget())
        names = [item.phone_number for item in plan.items]
        return opened.bill("rented", names, lambda: _buy(client, wanted, names, change), form)


def _many(count: int) -> str:
    return f"{count} number{'' if count == 1 else 's'}"


def _wanted(numbers: tuple[str, ...], criteria: Mapping[str, Any], count: int, batch: str | None) -> Wanted:
    if numbers:
        if any(value is not None for value in criteria.values()) or count != 1:
            raise Stop("name the numbers, or say with options which to rent, not both", Exit.USAGE)
        from ..bulk import checked_phone_numbers

        checked_phone_numbers(numbers)
        return Wanted(numbers=numbers, count=len(numbers), criteria=None, batch=batch)
    if criteria["region_code"] is None or criteria["number_type"] is None:
        raise Stop("name the numbers to rent, or give --region and --type", Exit.USAGE)
    if count < 1:
        raise Stop(f"--count must be at least 1, not {count}", Exit.USAGE)
    return Wanted(numbers=(), count=count, criteria=criteria, batch=batch)


async def planned(client: NumbersClient, ledger: PurchaseLedger | None, wanted: Wanted) -> Plan:
    """What is to be bought now, with its prices. It buys nothing."""
    from ..bulk import gather_bounded

    entries: list[Entry] = []
    if ledger is not None:
        entries = await _earlier(ledger, wanted)
    earlier = [entry for entry in entries if entry.is_settled]
    unsettled = [entry for entry in entries if not entry.is_settled]
    if wanted.criteria is None:
        known = {entry.phone_number: entry for entry in entries}
        fresh = [number for number in wanted.numbers if number not in known]
        offers = await gather_bounded(fresh, client.available_numbers.get, concurrency=CONCURRENCY)
    else:
        missing = wanted.count - len(entries)
        offers = []
        if missing > 0:
            offers = [*(await client.available_numbers.quote(count=missing, **wanted.criteria)).offers]
        if len(offers) < missing:
            raise Stop(
                f"nothing was bought: {len(offers)} of {missing} such numbers are on offer", Exit.NOT_FOUND
            )
    items: list[Item] = [*begun(unsettled), *[item_of(offer) for offer in offers]]
    return Plan(items=items, earlier=earlier, open_entries=unsettled)


async def _earlier(ledger: PurchaseLedger, wanted: Wanted) -> list[Entry]:
    """What earlier runs of the same command have bought, or may have."""
    if wanted.batch is not None:
        return [entry for entry in await ledger.entries(batch=wanted.batch) if entry.may_have_been_charged]
    return [
        entry
        async for entry in ledger.each()
        if entry.phone_number in wanted.numbers
        and entry.may_have_been_charged
        and not entry.is_slot
        and (entry.orphaned or not entry.is_settled)
    ]


async def _buy(
    client: NumbersClient, wanted: Wanted, names: Sequence[str], change: Mapping[str, Any]
) -> Sequence[RentOutcome]:
    from ..bulk import Rented, outcome_of
    from ..errors import NumbersError

    rent_many = client.available_numbers.rent_many
    if wanted.criteria is not None and wanted.batch is not None:
        return await rent_many(count=wanted.count, batch=wanted.batch, **wanted.criteria, **change)
    named = list(wanted.numbers or names)
    if len(named) > 1 or wanted.batch is not None:
        return await rent_many(phone_numbers=named, batch=wanted.batch, **change)
    try:
        number = await client.available_numbers.rent(named[0], **change)
    except NumbersError as error:
        outcome = outcome_of(error, named[0])
        return [outcome]
    return [Rented(phone_number=named[0], number=number)]
