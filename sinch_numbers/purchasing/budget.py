"""Limits what purchases cost: the price is reserved before a request is sent, and settled after its outcome."""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import Iterable
from decimal import Decimal

from ..errors import BudgetExceededError, ConfigurationError
from .entries import Entry, EntryState
from .prices import Price, add, is_amount, subtract

logger: logging.Logger = logging.getLogger("sinch_numbers")


class Budget:
    """A limit on purchases: on their cost, on their number, or both. Clients that get the same budget share it.

    A number costs its setup price and the charge of its first interval. Later intervals are not counted. A purchase
    whose outcome is unknown remains counted, because it may have been charged. A purchase that the budget covers only if
    others that are under way fail waits for them. Use a budget from one event loop, not from several threads.
    """

    def __init__(
        self,
        *,
        max_total: Decimal | int | str | None = None,
        currency: str | None = None,
        max_numbers: int | None = None,
    ) -> None:
        """`max_total` is an exact amount, not a float, in `currency` (ISO 4217). At least one limit is required.

        Raises:
            ConfigurationError: A limit is missing or not valid.
        """
        if max_total is None and max_numbers is None:
            raise ConfigurationError("a Budget needs max_total or max_numbers")
        if (max_total is None) != (currency is None):
            raise ConfigurationError("a Budget needs both max_total and currency, or neither")
        if max_numbers is not None and not (
            isinstance(max_numbers, int) and not isinstance(max_numbers, bool) and max_numbers >= 0
        ):
            raise ConfigurationError(f"max_numbers must be a whole number from 0 up, not {max_numbers!r}")
        if currency is not None and not (isinstance(currency, str) and _CURRENCY.fullmatch(currency)):
            raise ConfigurationError(f"currency must be a code of ISO 4217, such as 'EUR', not {currency!r}")
        self.max_total: Decimal | None = None if max_total is None else _limit(max_total)
        self.currency = currency
        self.max_numbers = max_numbers
        self._reserved = Decimal(0)
        self._spent = Decimal(0)
        self._numbers_reserved = 0
        self._numbers_bought = 0
        self._open: dict[str, Decimal] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._pid = os.getpid()

    @property
    def needs_price(self) -> bool:
        """Whether a purchase must know its price before it is sent."""
        return self.max_total is not None

    @property
    def spent(self) -> Decimal:
        """The cost of all purchases that succeeded or may have, in `currency`."""
        return self._spent

    @property
    def reserved(self) -> Decimal:
        """The cost of the purchases in progress, in `currency`."""
        return self._reserved

    @property
    def remaining(self) -> Decimal | None:
        """What may still be spent, in `currency`. None if the budget has no `max_total`."""
        return None if self.max_total is None else subtract(self.max_total, self._spent, self._reserved)

    @property
    def numbers(self) -> int:
        """How many numbers were bought, may have been bought, or are being bought."""
        return self._numbers_bought + self._numbers_reserved

    def include(self, entries: Iterable[Entry]) -> None:
        """Counts the rents of earlier runs, including those whose outcome is still open.

        `budget.include(await ledger.entries())` makes a limit hold across restarts. An entry that cannot be read counts as
        a number, at no cost, and is logged. If the budget has a `max_total`, raises ConfigurationError for a rent whose
        price is missing in the ledger or in another currency.
        """
        found = {entry: self._amount_of(entry) for entry in entries if entry.may_have_been_charged}
        self._spent = add(self._spent, *found.values())
        self._numbers_bought += len(found)
        self._open |= {entry.key: amount for entry, amount in found.items() if not entry.is_settled}

    def counted(self, key: str | None) -> Price | None:
        """What is counted for an open purchase. None if it is not counted."""
        amount = None if key is None else self._open.get(key)
        return None if amount is None else Price(amount, self.currency or "")

    def take_back(self, entry: Entry) -> None:
        """Stops counting an open entry: it was refused."""
        if self._uncount(entry.key) is not None:
            self._wake()

    def _count(self, amount: Decimal, key: str | None) -> None:
        """Counts a number as bought. `key` is that of a purchase whose outcome is open, and which may be finished later."""
        if key is not None:
            self._open[key] = amount
        self._spent = add(self._spent, amount)
        self._numbers_bought += 1

    def _uncount(self, key: str | None) -> Decimal | None:
        """The amount that is counted for an open purchase, which is not counted any more. None if it is not counted."""
        amount = None if key is None else self._open.pop(key, None)
        if amount is not None:
            self._spent = subtract(self._spent, amount)
            self._numbers_bought -= 1
        return amount

    def _amount_of(self, entry: Entry) -> Decimal:
        if self.max_total is None:
            return Decimal(0)
        if entry.state is EntryState.UNREADABLE:
            logger.error(
                "the budget cannot count the price of the ledger entry %s: %s", entry.key, entry.detail
            )
            return Decimal(0)
        price = entry.price
        if price is None or (price.amount and price.currency_code != self.currency):
            raise ConfigurationError(f"the ledger has no price in {self.currency} for {entry.phone_number}")
        return price.amount

    async def reserve(self, price: Price | None, *, key: str | None = None) -> Reservation:
        """Reserves the price of one number. Raises BudgetExceededError if the budget does not cover it.

        If it would cover it without the purchases that are under way, waits for them: some may fail. `key` is that of the
        open purchase that this one finishes. If it is counted already, it is not counted twice.
        """
        self._enter_process()
        price = price or self.counted(key)
        while True:
            try:
                return self._try_to_reserve(price, key)
            except BudgetExceededError:
                if not self._may_cover_later(price):
                    raise
            changed = asyncio.get_running_loop().create_future()
            self._waiting.append(changed)
            await changed

    def _try_to_reserve(self, price: Price | None, key: str | None) -> Reservation:
        counted = self._uncount(key)
        try:
            return self._set_aside(price)
        except BudgetExceededError:
            if counted is not None:
                # The purchase remains open, and may have been charged.
                self._count(counted, key)
            raise

    def _may_cover_later(self, price: Price | None) -> bool:
        """Whether the budget covers the price if all purchases that are under way fail."""
        if not self._numbers_reserved:
            return False
        if self.max_numbers is not None and self._numbers_bought >= self.max_numbers:
            return False
        if self.max_total is None:
            return True
        if price is None or (price.amount and price.currency_code != self.currency):
            return False
        return price.amount <= subtract(self.max_total, self._spent)

    def _set_aside(self, price: Price | None) -> Reservation:
        if self.max_numbers is not None and self.numbers >= self.max_numbers:
            raise BudgetExceededError(f"the budget of {self.max_numbers} numbers is used up")
        amount = Decimal(0)
        if self.max_total is not None:
            amount = self._covered(price)
        # No await between the check and the reservation, so no other task can reserve in between.
        self._reserved = add(self._reserved, amount)
        self._numbers_reserved += 1
        return Reservation(self, amount)

    def _covered(self, price: Price | None) -> Decimal:
        remaining = self.remaining
        if price is None:
            raise BudgetExceededError("the price of the number is not known", remaining=remaining)
        if price.amount and price.currency_code != self.currency:
            raise BudgetExceededError(
                f"the number costs {price}, but the budget is in {self.currency}",
                price=price.amount,
                remaining=remaining,
            )
        if remaining is None or price.amount > remaining:
            raise BudgetExceededError(
                f"the number costs {price}, but only {remaining} {self.currency} of {self.max_total} are left",
                price=price.amount,
                remaining=remaining,
            )
        return price.amount

    def _settle(self, reserved: Decimal, spent: Decimal | None, key: str | None) -> None:
        self._reserved = subtract(self._reserved, reserved)
        self._numbers_reserved -= 1
        if spent is not None:
            self._count(spent, key)
        self._wake()

    def _enter_process(self) -> None:
        """After a fork, counts what was under way as bought: the parent settles it, and the child never hears of it."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._waiting = []
            self._spent, self._reserved = add(self._spent, self._reserved), Decimal(0)
            self._numbers_bought += self._numbers_reserved
            self._numbers_reserved = 0

    def _wake(self) -> None:
        """Lets the purchases that wait look again, in the order in which they came."""
        waiting, self._waiting = self._waiting, []
        for changed in waiting:
            if not changed.done() and not changed.get_loop().is_closed():
                changed.set_result(None)

    def __repr__(self) -> str:
        limits: list[str] = []
        if self.max_total is not None:
            limits.append(f"{add(self._spent, self._reserved)} of {self.max_total} {self.currency}")
        if self.max_numbers is not None:
            limits.append(f"{self.numbers} of {self.max_numbers} numbers")
        return f"<Budget {', '.join(limits)}>"


class Reservation:
    """The reserved price of one number, until its purchase is settled."""

    def __init__(self, budget: Budget, amount: Decimal) -> None:
        self._budget: Budget | None = budget
        self._amount = amount

    def settle(self, *, bought: bool, price: Price | None = None, key: str | None = None) -> None:
        """Counts the reserved amount as spent if `bought`, or `price` if it is known; otherwise frees it.

        A price in another currency than the budget's cannot be counted: the reserved amount is. `key` is that of a
        purchase whose outcome is open: a later one that finishes it is not counted in addition. Further calls do nothing.
        """
        if self._budget is None:
            return
        spent = self._amount if bought else None
        if bought and price is not None and price.currency_code == self._budget.currency:
            spent = price.amount
        self._budget._settle(self._amount, spent, key)
        self._budget = None


def _limit(value: Decimal | int | str) -> Decimal:
    if isinstance(value, float | bool):
        raise ConfigurationError(f"max_total must be exact: a Decimal, an int or a string, not {value!r}")
    try:
        limit = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        raise ConfigurationError(f"max_total is not an amount: {value!r}") from None
    if not is_amount(limit):
        raise ConfigurationError(f"max_total must be an amount of money, at least 0, not {value!r}")
    return limit


_CURRENCY = re.compile("[A-Z]{3}")
