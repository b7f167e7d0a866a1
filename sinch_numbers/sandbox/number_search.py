"""Searching numbers by region, type, capabilities and pattern. The numbers of the catalog are computed, not stored."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

import attrs

from .catalog import product_by_type


@attrs.frozen
class NumberQuery:
    """Criteria for numbers: region, type, capabilities (all are required) and a pattern in the number. Empty: any."""

    region: str
    type: str
    capabilities: frozenset[str] = frozenset()
    pattern: str = ""
    search_pattern: str = "CONTAINS"

    @property
    def narrowed(self) -> bool:
        """Whether it has criteria besides region and type."""
        return bool(self.capabilities or self.pattern)


def matches(query: NumberQuery, phone_number: str, capability: tuple[str, ...]) -> bool:
    """Whether a number of the query's region and type also matches its capabilities and pattern."""
    if not query.capabilities.issubset(capability):
        return False
    match query.search_pattern:
        case "START":
            return phone_number.startswith(query.pattern)
        case "END":
            return phone_number.endswith(query.pattern)
        case _:
            return query.pattern in phone_number


def search(query: NumberQuery, seed: int, taken: Callable[[str], bool]) -> Iterator[str]:
    """The matching numbers that are not taken, in a pseudo-random order that depends on `seed` only.

    Walks the product's indexes with a step that is coprime to their count, which visits each once and stores none.
    """
    product = product_by_type(query.region, query.type)
    if product is None:
        return
    dice = random.Random(f"{seed}/{product.region}/{product.type}")
    index, step = dice.randrange(product.size), dice.randrange(product.size)
    while math.gcd(step, product.size) != 1:
        step += 1
    for _ in range(product.size):
        phone_number = product.number(index)
        if matches(query, phone_number, product.capability(phone_number)) and not taken(phone_number):
            yield phone_number
        index = (index + step) % product.size
