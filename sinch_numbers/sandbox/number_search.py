"""The numbers that can be rented: tens of thousands of them, none of which is written down anywhere."""

from __future__ import annotations

import functools
import math
import random
import re
from collections.abc import Callable, Iterator, Mapping

import attrs

from .catalog import REGIONS, Product


@attrs.frozen
class NumberQuery:
    """Which numbers are meant: by region, type, capabilities (all of them) and a pattern in the number."""

    region: str
    type: str
    capabilities: frozenset[str] = frozenset()
    pattern: str = ""
    search_pattern: str = "CONTAINS"

    @property
    def narrowed(self) -> bool:
        """Whether it asks for more than a region and a type."""
        return bool(self.capabilities or self.pattern)


def matches(query: NumberQuery, phone_number: str, capability: tuple[str, ...]) -> bool:
    """Whether a number of the query's region and type also has its capabilities and its pattern."""
    if not query.capabilities.issubset(capability):
        return False
    match query.search_pattern:
        case "START":
            return phone_number.startswith(query.pattern)
        case "END":
            return phone_number.endswith(query.pattern)
        case _:
            return query.pattern in phone_number


def product_for(region: str, number_type: str) -> Product | None:
    """The product of a region and type; None where there is none."""
    found = REGIONS.get(region)
    return (
        next((product for product in found.products if product.type == number_type), None) if found else None
    )


@functools.cache
def _prefixes() -> tuple[Mapping[str, Product], tuple[int, ...]]:
    table = {
        prefix: product
        for region in REGIONS.values()
        for product in region.products
        for prefix in product.prefixes
    }
    return table, tuple(sorted({len(prefix) for prefix in table}))


def find_product(phone_number: str) -> Product | None:
    """The product that `phone_number` belongs to; None where the inventory has no such number."""
    if not re.fullmatch(r"\+[0-9]{7,15}", phone_number):
        return None
    table, lengths = _prefixes()
    for length in lengths:
        product = table.get(phone_number[:length])
        if product is not None and len(phone_number) == length + product.digits:
            return product
    return None


def search(query: NumberQuery, seed: int, taken: Callable[[str], bool]) -> Iterator[str]:
    """The free numbers that match, in an order that is random to look at and the same for the same seed.

    The order is a walk by a step that shares no factor with the number of numbers: each comes once, and none is kept.
    """
    product = product_for(query.region, query.type)
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
