"""Rents many numbers, each in a slot of a batch. A later call with the same batch name continues it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from .._generated.models import RentNumberRequest
from .._sending.bulk_run import BulkProgress
from .._sending.tasks import TaskClosed, shielded
from .._validation import check_count
from ..bulk import Refused, Rented, RentOutcome, Unknown, checked_phone_numbers, gather_bounded
from ..errors import (
    AuthenticationError,
    BudgetExceededError,
    ConfigurationError,
    ConflictError,
    NoOfferError,
    NotFoundError,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
    PermissionDeniedError,
    PriceChangedError,
)
from .adoption import adopted
from .billable_calls import rent_number
from .claims import Claims
from .context import PurchaseContext
from .entries import Entry, EntryState
from .leases import Lease
from .ledger import check_batch, new_batch
from .offers import Criteria, Offers, Terms
from .orphans import Order, OrphanedPurchase, order_for
from .prices import Price, PriceDifference, price_of

# After one of these, every further purchase would be refused as well.
_FATAL = (BudgetExceededError, NoOfferError, AuthenticationError, PermissionDeniedError)
LOST_TO_ANOTHER = (NotFoundError, ConflictError, NumberTakenError)
"""What a rent raises if somebody else was faster: another offer may be tried."""


async def rent_many(
    context: PurchaseContext,
    body: RentNumberRequest,
    *,
    count: int | None,
    phone_numbers: Iterable[str] | None,
    criteria: Criteria | None,
    terms: Terms,
    concurrency: int,
    batch: str | None,
    on_progress: Callable[[BulkProgress], object] | None = None,
) -> list[RentOutcome]:
    """One outcome for each slot: `count` slots, or one for each given number. See `AvailableNumbers.rent_many`."""
    named = None if phone_numbers is None else checked_phone_numbers(phone_numbers)
    if (count is None) == (named is None):
        raise ConfigurationError("rent_many() needs either count or phone_numbers")
    if (named is None) != (criteria is not None):
        raise ConfigurationError("count needs region_code and number_type; phone_numbers takes neither")
    if batch is not None and context.claims is None:
        raise ConfigurationError("rent_many(batch=...) needs a ledger: pass NumbersClient(ledger=...)")
    check_count("count", count)
    size = len(named) if named is not None else count or 0
    offers = None if criteria is None else Offers(context, criteria, terms, wanted=size)
    if context.claims is None:
        order = None if criteria is None else order_for((criteria, terms), body)
        return await _Batch(context, body, named, offers, order, on_progress=on_progress).run(
            size, concurrency
        )
    if batch is None:
        name = new_batch(context.clock.time())
    else:
        name = check_batch(batch)
        await context.claims.check_order(name, _description(size, named, criteria, terms, body))
    recorded = _RecordedBatch(
        context,
        body,
        named,
        offers,
        context.claims,
        name,
        is_continued=batch is not None,
        on_progress=on_progress,
    )
    return await recorded.run(size, concurrency)


def _description(
    size: int, named: list[str] | None, criteria: Criteria | None, terms: Terms, body: RentNumberRequest
) -> dict[str, Any]:
    """What a batch was ordered with, by the names of the arguments. Configurations and URLs as digests."""
    found: dict[str, Any] = {"count": size, "phone_numbers": None if named is None else _digest(named)}
    if criteria is not None:
        found |= attrs.asdict(criteria) | attrs.asdict(terms)
        found["capabilities"] = None if criteria.capabilities is None else sorted(criteria.capabilities)
    for name in ("sms_configuration", "voice_configuration", "callback_url"):
        value = getattr(body, name)
        found[name] = None if value is None else _digest(value if isinstance(value, str) else value.to_dict())
    return found


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


class _Batch:
    """A batch without a ledger: its slots exist only during the call."""

    def __init__(
        self,
        context: PurchaseContext,
        body: RentNumberRequest,
        named: list[str] | None,
        offers: Offers | None,
        order: Order | None = None,
        *,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> None:
        """`order` is what any slot asks for, if numbers that an earlier, cancelled batch bought may fill it."""
        self._order = order
        self._on_progress = on_progress
        self._context = context
        self._body = body
        self._named = named
        self._offers = offers
        self._fatal: NumbersError | None = None

    async def run(self, size: int, concurrency: int) -> list[RentOutcome]:
        """Fills `size` slots, `concurrency` at once."""
        return await self._fill_all([*range(size)], concurrency)

    async def _fill_all(self, slots: list[int], concurrency: int) -> list[RentOutcome]:
        """Fills `slots` in the given order. Returns their outcomes sorted by slot."""
        outcomes: dict[int, RentOutcome] = {}
        failed = 0

        async def fill(slot: int) -> None:
            nonlocal failed
            outcomes[slot] = outcome = await self._fill(slot)
            failed += not isinstance(outcome, Rented)

        def report(progress: BulkProgress) -> None:
            if self._on_progress is not None:
                self._on_progress(attrs.evolve(progress, failed=failed))

        try:
            await gather_bounded(
                slots, fill, concurrency=concurrency, clock=self._context.clock, on_progress=report
            )
        except BaseException:
            # Cancelled, or the store failed: the caller does not get the list, but numbers may have been bought.
            for outcome in outcomes.values():
                self._report(outcome)
            raise
        return [outcomes[slot] for slot in sorted(outcomes)]

    async def _fill(self, slot: int) -> RentOutcome:
        while self._fatal is None:
            phone_number: str | None = None
            try:
                if (
                    self._order is not None
                    and (number := await adopted(self._context, self._order)) is not None
                ):
                    return Rented(phone_number=number.phone_number, number=number)
                phone_number, price = await self._choose(slot)
                return await self._buy(slot, phone_number, price)
            except NumbersError as error:
                taken = phone_number is not None and isinstance(error, LOST_TO_ANOTHER)
                if taken and self._named is None:
                    continue
                if isinstance(error, _FATAL):
                    self._fatal = error
                return _failed(error, phone_number)
        return Refused(phone_number=None, error=self._fatal)

    async def _choose(self, slot: int) -> tuple[str, Price | None]:
        if self._named is not None:
            return self._named[slot], None
        assert self._offers is not None  # rent_many() requires criteria if no numbers are given
        offer = await self._offers.next()
        return offer.phone_number, price_of(offer)

    async def _buy(self, slot: int, phone_number: str, price: Price | None) -> RentOutcome:
        number = await rent_number(
            self._context,
            phone_number,
            self._body,
            is_offer=self._named is None,
            price=price,
            orders=() if self._order is None else (self._order,),
            on_price_difference=self._stop_if_dearer,
        )
        return Rented(phone_number=phone_number, number=number)

    def _stop_if_dearer(self, found: PriceDifference) -> None:
        if found.is_dearer and self._fatal is None:
            self._fatal = PriceChangedError(
                f"{found}: nothing more is bought",
                phone_number=found.phone_number,
                offered=found.offered.amount,
                charged=found.charged.amount,
                offered_currency=found.offered.currency_code,
                charged_currency=found.charged.currency_code,
            )

    def _report(self, outcome: RentOutcome) -> None:
        number = outcome.number if isinstance(outcome, Rented) else None
        error = outcome.error if isinstance(outcome, Unknown) else None
        if number is None and error is None:
            return
        orphan = OrphanedPurchase(
            operation="RentNumber", phone_number=outcome.phone_number, number=number, error=error
        )
        orders = self._orders(outcome.phone_number)
        self._context.orphans.leave(orders, orphan, self._context.purchases.on_orphaned_purchase)

    def _orders(self, phone_number: str | None) -> list[Order]:
        """What later calls may order to get a number of this batch, if its caller is cancelled."""
        orders = [] if self._order is None else [self._order]
        if phone_number is not None:
            orders.append(order_for(phone_number, self._body, names_number=True))
        return orders


class _RecordedBatch(_Batch):
    """A batch with slots in the ledger: each is claimed before its purchase, and released if nothing was bought."""

    def __init__(
        self,
        context: PurchaseContext,
        body: RentNumberRequest,
        named: list[str] | None,
        offers: Offers | None,
        claims: Claims,
        name: str,
        *,
        is_continued: bool,
        on_progress: Callable[[BulkProgress], object] | None = None,
    ) -> None:
        """`is_continued`: whether a later call may continue it, because the user gave it a name."""
        super().__init__(context, body, named, offers, on_progress=on_progress)
        self._is_continued = is_continued
        self._claims = claims
        self._name = name
        self._known: dict[int, Entry] = {}
        self._watching: asyncio.Task[dict[str, Entry]] | None = None

    async def run(self, size: int, concurrency: int) -> list[RentOutcome]:
        self._known = {entry.slot: entry for entry in await self._claims.entries(self._name)}
        unsettled = [
            entry for entry in self._known.values() if entry.state in {EntryState.INTENT, EntryState.UNKNOWN}
        ]
        if unsettled:
            # All of them at once, while the other slots are filled.
            watching = self._claims.watch(unsettled, self._context.clock)
            self._watching = self._context.tasks.start(watching, name="sinch-numbers ledger")
        last = {entry.slot for entry in unsettled}
        return await self._fill_all(sorted(range(size), key=lambda slot: slot in last), concurrency)

    async def _fill(self, slot: int) -> RentOutcome:
        known = self._known.get(slot)
        if known is not None and (outcome := await self._resume_slot(known)) is not None:
            return outcome
        return await super()._fill(slot)

    async def _buy(self, slot: int, phone_number: str, price: Price | None) -> RentOutcome:
        async def claim(price: Price | None) -> Lease:
            now = self._context.clock.time()
            lease = await self._claims.claim(self._name, slot, phone_number, price=price, now=now)
            if lease is None:
                key = self._claims.slot_key(self._name, slot)
                raise self._busy(slot, await self._claims.read(key))
            return lease

        number = await rent_number(
            self._context,
            phone_number,
            self._body,
            price=price,
            claim=claim,
            orders=self._orders(phone_number),
            on_price_difference=self._stop_if_dearer,
        )
        return Rented(phone_number=phone_number, number=number)

    def _orders(self, phone_number: str | None) -> list[Order]:
        # The slot of a batch that is continued keeps its number.
        return [] if self._is_continued else super()._orders(phone_number)

    async def _resume_slot(self, entry: Entry) -> RentOutcome | None:
        """The outcome of a slot that an earlier run or another process claimed. None if the slot is free again."""
        if entry.state is EntryState.UNREADABLE:
            return Unknown(phone_number=None, error=self._unreadable(entry))
        if not entry.is_settled:
            assert self._watching is not None  # run() sets it if any entry is unsettled
            try:
                free = await shielded(self._watching)
            except TaskClosed:
                return Unknown(phone_number=entry.phone_number, error=self._closed(entry))
            if entry.key not in free:
                current = await self._claims.read(entry.key)
                if current is None:
                    return None
                if not current.is_settled:
                    return Unknown(phone_number=current.phone_number, error=self._busy(entry.slot, current))
                entry = current
        if entry.state is EntryState.RENTED:
            return Rented(phone_number=entry.phone_number or "")
        return await self._rent_again(entry)

    async def _rent_again(self, entry: Entry) -> RentOutcome | None:
        """Rents the same number again. It can be sold only once, so this finishes the earlier purchase or buys the number now."""
        phone_number = entry.phone_number or ""

        async def claim(_: Price | None) -> Lease:
            lease = await self._claims.take_over_rent(entry)
            if lease is None:
                raise self._busy(entry.slot, await self._claims.read(entry.key))
            return lease

        try:
            number = await rent_number(
                self._context,
                phone_number,
                self._body,
                claim=claim,
                resumed=entry,
                on_price_difference=self._stop_if_dearer,
            )
        except LOST_TO_ANOTHER:
            return None  # the slot was released
        except NumbersError as error:
            # Whatever failed now, the earlier request may still take effect.
            return Unknown(phone_number=phone_number, error=error)
        return Rented(phone_number=phone_number, number=number)

    def _unreadable(self, entry: Entry) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"the ledger entry {entry.key} cannot be read, so it is not known what slot {entry.slot} of the batch "
            f"{self._name!r} has bought: {entry.detail}. Settle it with PurchaseLedger.settle()",
            operation="RentNumber",
        )

    def _closed(self, entry: Entry) -> OutcomeUnknownError:
        return OutcomeUnknownError(
            f"the client was closed before it was known whether another process is buying {entry.phone_number}",
            operation="RentNumber",
            phone_number=entry.phone_number,
        )

    def _busy(self, slot: int, entry: Entry | None) -> OutcomeUnknownError:
        phone_number = None if entry is None else entry.phone_number
        what = phone_number or f"slot {slot}"
        return OutcomeUnknownError(
            f"another process is buying {what} of the batch {self._name!r}. Call again later, or look in active_numbers",
            operation="RentNumber",
            phone_number=phone_number,
        )


def _failed(error: NumbersError, phone_number: str | None) -> RentOutcome:
    # Not outcome_of(): a failed search or quote cannot have bought anything, and a rent raises OutcomeUnknownError itself.
    if isinstance(error, OutcomeUnknownError):
        return Unknown(phone_number=error.phone_number or phone_number, error=error)
    return Refused(phone_number=phone_number, error=error)
