"""What a purchase would cost, and whether that is too much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import attrs

from .exits import Exit, Stop
from .output import note, print_table

if TYPE_CHECKING:
    from ..models import AvailableNumber
    from ..purchasing.budget import Budget
    from ..purchasing.entries import Entry
    from ..purchasing.prices import Price

_LIMIT = re.compile(r"(?P<amount>\d+(?:\.\d+)?) ?(?P<currency>[A-Z]{3})?")


@attrs.frozen(kw_only=True)
class Item:
    """A number that is to be bought. `price` is that of the setup and of the first interval, or None if it is not stated."""

    phone_number: str
    price: Price | None
    remark: str = ""


@attrs.frozen(kw_only=True)
class Limit:
    """The most that a command may spend, in a currency or in any."""

    amount: Decimal
    currency: str | None

    @classmethod
    def parse(cls, text: str | None) -> Limit | None:
        """The limit in a text such as `5`, `4.50` or `4.50 USD`."""
        if text is None:
            return None
        match = _LIMIT.fullmatch(text.strip())
        if match is None:
            raise Stop(f"--max-price must be an amount such as 5 or '4.50 USD', not {text!r}", Exit.USAGE)
        return cls(amount=Decimal(match["amount"]), currency=match["currency"])


@attrs.frozen(kw_only=True)
class Plan:
    """What is to be bought. `earlier` are the settled purchases of the same batch: they are not bought again."""

    items: Sequence[Item]
    earlier: Sequence[Entry] = ()
    open_entries: Sequence[Entry] = ()

    @property
    def totals(self) -> dict[str, Decimal]:
        """What all of it costs at first, by currency."""
        from ..purchasing.prices import sum_by_currency

        return sum_by_currency(item.price for item in self.items)

    @property
    def price(self) -> str:
        """What all of it costs at first, for people."""
        unstated = sum(item.price is None for item in self.items)
        parts = [f"{amount} {currency}".strip() for currency, amount in self.totals.items()]
        parts += [f"{unstated} without a stated price"] if unstated else []
        return " and ".join(parts) or "nothing"

    def show(self) -> None:
        """Prints the numbers with their prices, on stderr."""
        rows = [
            (
                item.phone_number,
                "" if item.price is None else f"{item.price.setup} {item.price.currency_code}",
                "not stated" if item.price is None else str(item.price),
                item.remark,
            )
            for item in self.items
        ]
        print_table(["NUMBER", "SETUP", "TO PAY NOW", ""], rows, on_stderr=True)
        if self.earlier:
            note(f"{len(self.earlier)} more were bought by earlier runs of this batch")

    def check(self, limit: Limit | None, *, is_asked: bool) -> None:
        """Raises Stop if the prices are not within `limit`. If nobody is asked, all prices must be stated."""
        unstated = [item.phone_number for item in self.items if item.price is None]
        if unstated and (limit is not None or not is_asked):
            raise Stop(f"nothing was bought: the offer of {unstated[0]} states no price", Exit.DECLINED)
        totals = {currency: amount for currency, amount in self.totals.items() if amount}
        if len(totals) > 1:
            raise Stop("nothing was bought: the prices are in several currencies", Exit.DECLINED)
        for currency, amount in totals.items():
            if limit is not None and limit.currency not in {None, currency}:
                text = f"nothing was bought: the price is in {currency}, and the limit in {limit.currency}"
                raise Stop(text, Exit.DECLINED)
            if limit is not None and amount > limit.amount:
                text = f"nothing was bought: {amount} {currency} is above the limit of {limit.amount}"
                raise Stop(text, Exit.DECLINED)

    def budget(self) -> Budget:
        """A budget of what was shown: the price may not rise between the question and the purchase."""
        from ..purchasing.budget import Budget
        from ..purchasing.prices import add, sum_by_currency

        totals = {currency: amount for currency, amount in self.totals.items() if amount}
        if not totals or any(item.price is None for item in self.items):
            return Budget(max_numbers=len(self.items) + len(self.earlier))
        [(currency, amount)] = totals.items()
        spent = sum_by_currency(entry.price for entry in self.earlier).get(currency, Decimal(0))
        budget = Budget(max_total=add(amount, spent), currency=currency)
        budget.include([*self.earlier, *self.open_entries])
        return budget


def item_of(offer: AvailableNumber) -> Item:
    """An offer as what is to be bought, with what is unusual about it."""
    from ..purchasing.offers import Terms
    from ..purchasing.prices import price_of

    remark = Terms(allow_documents=False).objection(offer)
    return Item(phone_number=offer.phone_number, price=price_of(offer), remark=remark)


def begun(entries: Iterable[Entry]) -> list[Item]:
    """Purchases that an earlier run has begun, and whose outcome is not known yet."""
    return [
        Item(phone_number=entry.phone_number or "?", price=entry.price, remark="begun by an earlier run")
        for entry in entries
    ]
