"""What amounts of money have in common."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

__all__ = ["Amount"]


class Amount:
    """Has an `amount` and a `currency_code`. `str()` gives such as `1.00 USD`; amounts in one currency compare by `<` and `>=`.

    Comparing raises TypeError if the currencies differ, or if an amount or a currency is not known.
    """

    __slots__ = ()

    def __str__(self) -> str:
        own: Any = self
        if own.amount is None:
            return "unknown amount"
        return f"{own.amount:f} {own.currency_code or ''}".rstrip()

    def __lt__(self, other: object) -> bool:
        comparison: bool = _compare(self, other, operator.lt)
        return comparison

    def __le__(self, other: object) -> bool:
        comparison: bool = _compare(self, other, operator.le)
        return comparison

    def __gt__(self, other: object) -> bool:
        comparison: bool = _compare(self, other, operator.gt)
        return comparison

    def __ge__(self, other: object) -> bool:
        comparison: bool = _compare(self, other, operator.ge)
        return comparison


def _compare(one: Any, other: object, compare: Callable[[Any, Any], bool]) -> Any:
    theirs: Any = other
    if not isinstance(other, Amount):
        return NotImplemented
    if None in (one.amount, theirs.amount) or not one.currency_code:
        raise TypeError(f"cannot compare {one} with {theirs}: an amount or a currency is not known")
    if one.currency_code != theirs.currency_code:
        raise TypeError(f"cannot compare {one} with {theirs}: the currencies differ")
    return compare(one.amount, theirs.amount)
