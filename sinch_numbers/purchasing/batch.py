"""Renting named numbers: one, or many in the slots of a batch."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from .._generated.models import RentNumberRequest
from .._validation import check_count
from ..bulk import (
    Outcome,
    Refused,
    Rented,
    Unknown,
    checked_phone_numbers,
    gather_bounded,
)
from ..errors import (
    AuthenticationError,
    BudgetExceededError,
    ConfigurationError,
    NoOfferError,
    NotFoundError,
    NumbersError,
    NumberTakenError,
    OutcomeUnknownError,
    PermissionDeniedError,
)
from ..models import ActiveNumber
from ..stores import MemoryStore
from .billable_calls import rent_number
from .context import OrphanedPurchase, PurchaseContext
from .detached import report_orphan
from .ledger import Entry, EntryState, PurchaseLedger
from .offers import Criteria, Offers
from .prices import Price, price_of
from .recovery import settled

__all__ = ["rent_many"]

# After one of these every further purchase would be refused as well.
_FATAL = (BudgetExceededError, NoOfferError, AuthenticationError, PermissionDeniedError)


async def rent_many(
    context: PurchaseContext,
    body: RentNumberRequest,
    *,
    count: int | None,
    phone_numbers: Iterable[str] | None,
    criteria: Criteria | None,
    concurrency: int,
    batch: str | None,
) -> list[Outcome]:
    """One outcome for each slot: `count` of them, or one for each number named."""
    named = None if phone_numbers is None else checked_phone_numbers(phone_numbers)
    if (count is None) == (named is None):
        raise ConfigurationError("rent_many() needs either count or phone_numbers")
    if (named is None) != (criteria is not None):
        raise ConfigurationError("count needs region_code and number_type; phone_numbers needs none of them")
    if batch is not None and context.purchases.ledger is None:
        raise ConfigurationError("a batch needs a ledger: NumbersClient(ledger=...) remembers it")
    check_count("count", count)
    slots = _Batch(context, body, named, criteria, batch, len(named) if named is not None else count or 0)
    return await slots.run(concurrency)


class _Batch:
    """A batch under way: claims a slot before each purchase, and gives it back where nothing was bought."""

    def __init__(
        self,
        context: PurchaseContext,
        body: RentNumberRequest,
        named: list[str] | None,
        criteria: Criteria | None,
        batch: str | None,
        size: int,
    ) -> None:
        self._clock = context.clock
        ledger = context.purchases.ledger
        if ledger is None:
            # Without a ledger of the user's the slots live as long as this call.
            ledger = PurchaseLedger(MemoryStore(clock=self._clock))
            context = attrs.evolve(context, purchases=attrs.evolve(context.purchases, ledger=ledger))
        self._ledger = ledger
        self._context = context
        self._body = body
        self._batch = batch or self._ledger.new_batch(self._clock.time())
        self._named = named
        self._size = size
        self._offers = None if criteria is None else Offers(context, criteria, wanted=size)
        self._fatal: NumbersError | None = None

    async def run(self, concurrency: int) -> list[Outcome]:
        known = {self._ledger.slot_of(e): e for e in await self._ledger.entries(batch=self._batch)}

        done: list[Outcome] = []

        async def slot(index: int) -> Outcome:
            outcome = await self._fill(index, known.get(index))
            done.append(outcome)
            return outcome

        try:
            return await gather_bounded(range(self._size), slot, concurrency=concurrency)
        except BaseException:
            # Cancelled, or cut short by a store that failed: nobody gets the list, and there are numbers in it.
            for outcome in done:
                self._report(outcome)
            raise

    def _report(self, outcome: Outcome) -> None:
        number = outcome.number if isinstance(outcome, Rented) else None
        error = outcome.error if isinstance(outcome, Unknown) else None
        if number is None and error is None:
            return
        orphan = OrphanedPurchase(
            operation="RentNumber", phone_number=outcome.phone_number, number=number, error=error
        )
        context = self._context
        context.tasks.start(
            report_orphan(context, orphan), name=f"sinch-numbers orphan {outcome.phone_number}"
        )

    async def _fill(self, slot: int, known: Entry | None) -> Outcome:
        if known is not None:
            outcome = await self._go_on(slot, known)
            if outcome is not None:
                return outcome
        while self._fatal is None:
            phone_number, price = None, None
            try:
                phone_number, price = await self._choose(slot)
                return await self._buy(slot, phone_number, price)
            except NumbersError as error:
                taken = phone_number is not None and isinstance(error, NotFoundError | NumberTakenError)
                if taken and self._named is None:
                    continue
                if isinstance(error, _FATAL):
                    self._fatal = error
                return _failed(error, phone_number)
        return Refused(phone_number=None, error=self._fatal)

    async def _choose(self, slot: int) -> tuple[str, Price | None]:
        if self._named is not None:
            return self._named[slot], None
        assert self._offers is not None  # rent_many() asks for criteria where no numbers are named
        offer = await self._offers.next()
        return offer.phone_number, price_of(offer)

    async def _buy(self, slot: int, phone_number: str, price: Price | None) -> Outcome:
        ledger = self._ledger
        entry = ledger.slot(self._batch, slot, phone_number, price=price, now=self._clock.time())
        with ledger.at_work(entry):
            if not await ledger.claim(entry):
                return self._elsewhere(slot, None)
            number = await self._rent(phone_number, price, entry)
        return Rented(phone_number=phone_number, number=number)

    async def _rent(
        self, phone_number: str, price: Price | None, entry: Entry, *, resumed: bool = False
    ) -> ActiveNumber:
        return await rent_number(
            self._context, phone_number, self._body, price=price, claimed=entry, resumed=resumed
        )

    async def _go_on(self, slot: int, entry: Entry) -> Outcome | None:
        """The outcome of a slot that an earlier run claimed, or None where the slot is free again."""
        phone_number = entry.phone_number or ""
        if not entry.is_settled:
            if self._ledger.is_at_work(entry, now=self._clock.time()):
                return self._elsewhere(slot, phone_number)
            settled_entry = await settled(self._context, self._ledger, entry)
            if settled_entry is None:
                return self._elsewhere(slot, phone_number)
            entry = settled_entry
        if entry.state is EntryState.RENTED:
            return Rented(phone_number=phone_number)
        if entry.state is EntryState.REFUSED:
            return None
        return await self._finish(slot, entry)

    async def _finish(self, slot: int, entry: Entry) -> Outcome:
        """Rents the same number again: it can be sold once, so this finishes what a crash cut off, or buys it now."""
        phone_number = entry.phone_number or ""
        with self._ledger.at_work(entry):
            own = await self._ledger.take_over(entry, now=self._clock.time())
            if own is None:
                return self._elsewhere(slot, phone_number)
            try:
                number = await self._rent(phone_number, own.price, own, resumed=True)
            except NumbersError as error:
                # Whatever went wrong now, what was sent before may still take effect.
                return Unknown(phone_number=phone_number, error=error)
        return Rented(phone_number=phone_number, number=number)

    def _elsewhere(self, slot: int, phone_number: str | None) -> Unknown:
        what = phone_number or f"place {slot} of the batch {self._batch!r}"
        error = OutcomeUnknownError(
            f"another process is at work on {what}", operation="RentNumber", phone_number=phone_number
        )
        return Unknown(phone_number=phone_number, error=error)


def _failed(error: NumbersError, phone_number: str | None) -> Outcome:
    # Not outcome_of(): a search or a price that was asked for in vain leaves nothing open, and a rent says so itself.
    kind = Unknown if isinstance(error, OutcomeUnknownError) else Refused
    return kind(phone_number=phone_number, error=error)
