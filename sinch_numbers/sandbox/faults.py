"""The script of faults. Each fault is matched by operation, phone number and count."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .fault_kinds import KINDS
from .operations import OPERATIONS
from .scripted_fault import Fault

MAX_SECONDS = 24 * 3600
"""A day: the longest delay of a fault."""

_NAMES = frozenset({*OPERATIONS, "Token", "*"})
_RANDOM = ("status", "status_after_commit", "drop_before_commit", "drop_after_commit", "truncated", "html")


class Faults:
    """The scripted faults, in order. The first one that matches an authenticated call strikes it."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._script))

    def __len__(self) -> int:
        return len(self._script)

    def add(
        self,
        kind: str,
        *,
        operation: str = "*",
        phone_number: str | None = None,
        times: int | None = 1,
        skip: int = 0,
        probability: float = 1.0,
        seed: int = 0,
        status: int = 503,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        seconds: float = 0.0,
        commit: bool | None = None,
        drop: bool = False,
    ) -> Fault:
        """Adds a fault to the script. Raises ValueError for an unknown kind or operation, or a value out of range.

        The fault skips the first `skip` calls that match, then strikes `times` calls (None: all), each with
        `probability`, drawn from a generator seeded with `seed`. `status`, `headers` and `body` are the response of
        the kinds "status" and "status_after_commit"; the default body is the API's error for that status. `seconds`
        is the delay of "latency" and "commit_late", on the sandbox's clock. `commit` overrides whether the kind
        performs the operation. `drop` makes "commit_late" close the connection instead of hanging.
        """
        return self._add(
            kinds=(kind,), operations=(operation,), phone_number=phone_number, times=times, skip=skip,
            probability=probability, seed=seed, status=status, headers=headers or {}, body=body, seconds=seconds,
            commit=commit, drop=drop,
        )  # fmt: skip

    def hold(
        self,
        operation: str = "*",
        *,
        phone_number: str | None = None,
        times: int | None = None,
        skip: int = 0,
        after_commit: bool = False,
    ) -> Fault:
        """Holds calls before or after they are performed, until `release()` of the fault. `reached()` waits for them."""
        return self.add(
            "hold",
            operation=operation,
            phone_number=phone_number,
            times=times,
            skip=skip,
            commit=after_commit,
        )

    def random(
        self,
        rate: float = 0.3,
        *,
        kinds: Sequence[str] = _RANDOM,
        operations: Sequence[str] = ("*",),
        seed: int = 0,
        times: int | None = None,
        status: int = 503,
        seconds: float = 1.0,
    ) -> Fault:
        """Strikes each call with probability `rate`, with a random one of `kinds`. The same `seed` gives the same faults."""
        return self._add(
            kinds=tuple(kinds), operations=tuple(operations), phone_number=None, times=times, skip=0,
            probability=rate, seed=seed, status=status, headers={}, body=None, seconds=seconds, commit=None, drop=False,
        )  # fmt: skip

    def clear(self) -> None:
        """Removes all faults, and releases all calls that are held or hang."""
        for fault in self._script:
            fault.release()
        self._script.clear()

    def release(self) -> None:
        """Releases all calls that are held or hang, and keeps the faults."""
        for fault in self._script:
            fault.release()

    def strike(self, operation: str, phone_number: str | None, *, served: bool) -> tuple[str, Fault] | None:
        """The kind and the fault that strike this call; None if no fault matches."""
        for fault in self._script:
            kind = fault.strike(operation, phone_number, served)
            if kind is not None:
                return kind, fault
        return None

    def _add(
        self, *, kinds: tuple[str, ...], operations: tuple[str, ...], seed: int, **settings: Any
    ) -> Fault:
        _one_of("kind", kinds, KINDS)
        _one_of("operation", operations, _NAMES)
        _check(settings)
        served_kinds = tuple(kind for kind in kinds if not KINDS[kind].in_process_only)
        fault = Fault(
            kinds=kinds,
            served_kinds=served_kinds,
            operations=frozenset(operations),
            dice=random.Random(seed),
            **settings,
        )
        self._script.append(fault)
        return fault


def _one_of(what: str, values: Sequence[str], known: Collection[str]) -> None:
    if not values:
        raise ValueError(f"a fault needs a {what}")
    for value in values:
        if value not in known:
            raise ValueError(f"unknown {what} {value!r}; known: {', '.join(sorted(known))}")


def _check(settings: Mapping[str, Any]) -> None:
    if not 0 <= settings["probability"] <= 1:
        raise ValueError(f"probability must be between 0 and 1, not {settings['probability']!r}")
    if not 200 <= settings["status"] <= 599:
        raise ValueError(f"status must be between 200 and 599, not {settings['status']!r}")
    if not 0 <= settings["seconds"] <= MAX_SECONDS:
        raise ValueError(f"seconds must be between 0 and {MAX_SECONDS:,}, not {settings['seconds']!r}")
    for name, value in settings["headers"].items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not re.fullmatch(r"[ -~]*", value):
            raise ValueError(f"not a valid HTTP header: {name!r}")
    if not isinstance(settings["body"], bytes):
        json.dumps(settings["body"])
    if settings["skip"] < 0 or (settings["times"] is not None and settings["times"] < 0):
        raise ValueError("times and skip must be 0 or greater")
