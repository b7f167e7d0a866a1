"""Pages of a project's active numbers. Sorted lists are kept between requests until a number changes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from heapq import merge

from .number_search import NumberQuery, matches
from .rented_numbers import RentedNumber

_VIEWS = 32

Key = tuple[str, str]
"""The sort key: the display name (empty when sorting by phone number), then the phone number."""


def _scope(query: NumberQuery, order: str) -> str:
    parts = [query.region, query.type, sorted(query.capabilities), query.pattern, query.search_pattern, order]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]


def encode_token(query: NumberQuery, order: str, last: Key) -> str:
    """An opaque token for the page after `last`: base64 that always ends in `=` and often contains `+` or `/`."""
    payload = json.dumps([_scope(query, order), *last]).encode()
    payload += b" " * ((1 - len(payload)) % 3)
    return base64.b64encode(hashlib.sha256(payload).digest()[:6] + payload).decode()


def decode_token(query: NumberQuery, order: str, token: str) -> Key | None:
    """The key that the page of `token` starts after; None if the token is invalid or from another query."""
    try:
        raw = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return None
    if hashlib.sha256(raw[6:]).digest()[:6] != raw[:6]:
        return None
    scope, name, phone_number = json.loads(raw[6:])
    return (name, phone_number) if scope == _scope(query, order) else None


class Listing:
    """The visible active numbers of one project, sorted by phone number for each region and type."""

    def __init__(self) -> None:
        self._sorted: dict[tuple[str, str], list[Key]] = {}
        self._views: OrderedDict[tuple[NumberQuery, str], list[Key]] = OrderedDict()

    def add(self, numbers: Iterable[RentedNumber]) -> None:
        """Adds `numbers`."""
        self.changed()
        for number in numbers:
            keys = self._sorted.setdefault((number.product.region, number.product.type), [])
            insort(keys, ("", number.phone_number))

    def discard(self, number: RentedNumber) -> None:
        """Removes `number` if it is listed."""
        self.changed()
        keys = self._sorted.get((number.product.region, number.product.type), [])
        key = ("", number.phone_number)
        position = bisect_left(keys, key)
        if keys[position : position + 1] == [key]:
            del keys[position]

    def changed(self) -> None:
        """Drops cached views, after a number was added, renamed or removed."""
        self._views.clear()

    def page(
        self,
        numbers: Mapping[str, RentedNumber],
        query: NumberQuery,
        order: str,
        after: Key | None,
        size: int,
    ) -> tuple[list[RentedNumber], int, Key | None]:
        """Up to `size` numbers after `after`, how many match in total, and the last key if more follow."""
        view = self._view(numbers, query, order)
        start = bisect_right(view, after) if after is not None else 0
        chosen = view[start : start + size]
        more = start + size < len(view)
        return [numbers[phone_number] for _, phone_number in chosen], len(view), chosen[-1] if more else None

    def _view(self, numbers: Mapping[str, RentedNumber], query: NumberQuery, order: str) -> Sequence[Key]:
        groups = [
            keys
            for (region, kind), keys in self._sorted.items()
            if query.region in ("", region) and query.type in ("", kind)
        ]
        if order == "phoneNumber" and not query.narrowed and len(groups) < 2:
            return groups[0] if groups else []
        view = self._views.get((query, order))
        if view is None:
            chosen = [numbers[phone_number] for _, phone_number in merge(*groups)]
            named = order == "displayName"
            view = [
                (number.display_name if named else "", number.phone_number)
                for number in chosen
                if matches(query, number.phone_number, number.product.capability(number.phone_number))
            ]
            if named:
                view.sort()
            self._views[query, order] = view
            if len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        return view
