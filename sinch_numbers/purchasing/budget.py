"""What purchases may cost: reserved before a request is sent, settled after its outcome."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ..errors import BudgetExceededError, ConfigurationError
from .entries import Entry
from .prices import Price


class Budget:
    """A limit on what purchases cost, in money, in numbers, or both; shared by all calls that it is given to.

    A number costs its setup price and its first interval's charge; later intervals are not counted. A purchase whose
    outcome is unknown stays counted: it may have been charged. A budget is for the tasks of one event loop, and not for
    several threads.
    """

    def __init__(
        self,
        *,
        max_total: Decimal | int | str | None = None,
        currency: str | None = None,
        max_numbers: int | None = None,
    ) -> None:
        """`max_total` is in `currency` (ISO 4217), exact: no float. At least one limit is needed.

        Raises:
            ConfigurationError: A limit is missing or makes no sense.
        """
        if max_total is None and max_numbers is None:
            raise ConfigurationError("a Budget needs max_total or max_numbers")
        if (max_total is None) != (currency is None):
            raise ConfigurationError("max_total and currency belong together")
        if max_numbers is not None and (isinstance(max_numbers, bool) or max_numbers < 0):
            raise ConfigurationError(f"max_numbers has to be 0 or more, not {max_numbers!r}")
        self.max_total: Decimal | None = None if max_total is None else _limit(max_total)
        self.currency = currency
        self.max_numbers = max_numbers
        self._reserved = Decimal(0)
        self._spent = Decimal(0)
        self._numbers_reserved = 0
        self._numbers_bought = 0
        self._open: dict[str, Decimal] = {}

    @property
    def needs_price(self) -> bool:
        """Whether a purchase has to know its price first."""
        return self.max_total is not None

    @property
    def spent(self) -> Decimal:
        """What was bought, or may have been, in `currency`."""
        return self._spent

    @property
    def reserved(self) -> Decimal:
        """What is being bought, in `currency`."""
        return self._reserved

    @property
    def remaining(self) -> Decimal | None:
        """What may still be spent; None without a limit in money."""
        return None if self.max_total is None else self.max_total - self._spent - self._reserved

    @property
    def numbers(self) -> int:
        """How many numbers were bought, may have been, or are being bought."""
        return self._numbers_bought + self._numbers_reserved

    def include(self, entries: Iterable[Entry]) -> None:
        """Counts what a ledger has: the rents of earlier runs, those included whose outcome is open.

        `budget.include(await ledger.entries())` makes a limit hold across restarts. Raises ConfigurationError for a rent
        whose price the ledger does not know, or has in another currency, where the budget is in money.
        """
        found = {entry: self._amount_of(entry) for entry in entries if entry.may_have_been_charged}
        self._spent += sum(found.values(), Decimal(0))
        self._numbers_bought += len(found)
        self._open |= {entry.key: amount for entry, amount in found.items() if not entry.is_settled}

    def take_back(self, entry: Entry) -> None:
        """Counts an open entry that was included no longer: it is being finished, or was refused after all."""
        amount = self._open.pop(entry.key, None)
        if amount is not None:
            self._spent -= amount
            self._numbers_bought -= 1

    def _count(self, key: str, amount: Decimal) -> None:
        self._open[key] = amount
        self._spent += amount
        self._numbers_bought += 1

    def _amount_of(self, entry: Entry) -> Decimal:
        if self.max_total is None:
            return Decimal(0)
        price = entry.price
        if price is None or (price.amount and price.currency_code != self.currency):
            raise ConfigurationError(f"the ledger has no price in {self.currency} for {entry.phone_number}")
        return price.amount

    def reserve(self, price: Price | None, *, included: Entry | None = None) -> Reservation:
        """Sets the price of one number aside; raises BudgetExceededError where the budget does not cover it.

        `included` is the open entry that is being finished: where `include` counted it, it is not counted twice.
        """
        counted = None if included is None else self._open.get(included.key)
        if included is not None:
            self.take_back(included)
        try:
            return self._set_aside(price)
        except BudgetExceededError:
            if included is not None and counted is not None:
                # It stays open, and may have been charged.
                self._count(included.key, counted)
            raise

    def _set_aside(self, price: Price | None) -> Reservation:
        if self.max_numbers is not None and self.numbers >= self.max_numbers:
            raise BudgetExceededError(f"the budget of {self.max_numbers} numbers is used up")
        amount = Decimal(0)
        if self.max_total is not None:
            amount = self._covered(price)
        # No await between the check and the entry: in one event loop nobody comes between.
        self._reserved += amount
        self._numbers_reserved += 1
        return Reservation(self, amount)

    def _covered(self, price: Price | None) -> Decimal:
        remaining = self.remaining
        if price is None:
            raise BudgetExceededError("the price of the number is not known", remaining=remaining)
        if price.amount and price.currency_code != self.currency:
            raise BudgetExceededError(
                f"the number costs {price}, and the budget is in {self.currency}",
                price=price.amount,
                remaining=remaining,
            )
        if remaining is None or price.amount > remaining:
            raise BudgetExceededError(
                f"the number costs {price}, and {remaining} {self.currency} of {self.max_total} are left",
                price=price.amount,
                remaining=remaining,
            )
        return price.amount

    def _settle(self, amount: Decimal, *, bought: bool) -> None:
        self._reserved -= amount
        self._numbers_reserved -= 1
        if bought:
            self._spent += amount
            self._numbers_bought += 1

    def __repr__(self) -> str:
        limits: list[str] = []
        if self.max_total is not None:
            limits.append(f"{self._spent + self._reserved} of {self.max_total} {self.currency}")
        if self.max_numbers is not None:
            limits.append(f"{self.numbers} of {self.max_numbers} numbers")
        return f"<Budget {', '.join(limits)}>"


class Reservation:
    """One number's price, set aside until its purchase is settled, once."""

    def __init__(self, budget: Budget, amount: Decimal) -> None:
        self._budget: Budget | None = budget
        self._amount = amount

    def settle(self, *, bought: bool) -> None:
        """Counts the price as spent, or sets it free. Later calls do nothing."""
        if self._budget is not None:
            self._budget._settle(self._amount, bought=bought)
            self._budget = None


def _limit(value: Decimal | int | str) -> Decimal:
    if isinstance(value, float | bool):
        raise ConfigurationError(f"max_total has to be exact, a Decimal or a string, not {value!r}")
    try:
        limit = Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        raise ConfigurationError(f"max_total is no amount: {value!r}") from None
    if not limit.is_finite() or limit < 0:
        raise ConfigurationError(f"max_total has to be 0 or more, and finite, not {value!r}")
    return limit
