"""One scripted fault: which calls it strikes, how often, and its settings."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import attrs


@attrs.define(kw_only=True, eq=False)
class Fault:
    """A scripted fault, with the settings of `Faults.add`. `hits` counts the calls that it has struck."""

    kinds: tuple[str, ...]
    served_kinds: tuple[str, ...] = attrs.field(repr=False)
    """Those of `kinds` that a server can play."""
    operations: frozenset[str]
    phone_number: str | None
    times: int | None
    skip: int
    probability: float
    status: int
    headers: Mapping[str, str]
    body: Any
    seconds: float
    commit: bool | None
    drop: bool
    dice: random.Random = attrs.field(repr=False)
    hits: int = 0
    _released: asyncio.Event = attrs.field(factory=asyncio.Event, repr=False)
    _struck: asyncio.Event = attrs.field(factory=asyncio.Event, repr=False)

    @property
    def released(self) -> asyncio.Event:
        """Set by `release()`."""
        return self._released

    def release(self) -> None:
        """Releases the calls that this fault holds or hangs, now and in future."""
        self._released.set()

    async def reached(self, calls: int = 1) -> None:
        """Waits until the fault has struck `calls` calls."""
        while self.hits < calls:
            self._struck.clear()
            await self._struck.wait()

    def strike(self, operation: str, phone_number: str | None, served: bool) -> str | None:
        """The kind of fault that strikes this call; None if the fault does not apply. Counts `skip`, `times`, `hits`."""
        if self.times == 0 or not self.operations.intersection((operation, "*")):
            return None
        if self.phone_number not in (None, phone_number):
            return None
        kinds = self.served_kinds if served else self.kinds
        if not kinds:
            return None
        if self.skip > 0:
            self.skip -= 1
            return None
        if self.probability < 1 and self.dice.random() >= self.probability:
            return None
        if self.times is not None:
            self.times -= 1
        self.hits += 1
        self._struck.set()
        return kinds[0] if len(kinds) == 1 else self.dice.choice(kinds)

    def to_dict(self) -> dict[str, Any]:
        """The fault in the control API's format."""
        return {
            "kinds": list(self.kinds),
            "operations": sorted(self.operations),
            "phoneNumber": self.phone_number,
            "times": self.times,
            "skip": self.skip,
            "probability": self.probability,
            "status": self.status,
            "seconds": self.seconds,
            "commit": self.commit,
            "hits": self.hits,
        }
