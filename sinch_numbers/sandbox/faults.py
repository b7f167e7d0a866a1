"""What goes wrong, and when: a script of faults, each matched by operation, number and count."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .fault_kinds import KINDS
from .operations import OPERATIONS
from .scripted_fault import Fault

_NAMES = frozenset({*OPERATIONS, "Token", "*"})
_RANDOM = ("status", "status_after_commit", "drop_before_commit", "drop_after_commit", "truncated", "html")


class Faults:
    """The script. The first entry that a call matches strikes it; a call matches once it is authenticated."""

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
        """Adds a fault to the script. Raises ValueError for a kind, an operation or a figure that makes no sense.

        `times` is how many calls it strikes (None: every one) after letting `skip` pass; `probability` throws the dice
        of `seed` for each. `status`, `headers` and `body` are the scripted response of the kinds "status" and
        "status_after_commit"; without a body it is the API's error for that status. `seconds` are for "latency" and
        "commit_late": on the sandbox's clock, from the call's arrival on. `commit` says otherwise than the kind whether
        the operation is performed; `drop` has "commit_late" close the connection instead of keeping it waiting.
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
        """Holds calls until the fault's `release()`, before they are performed or after; `reached()` tells that they came."""
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
        """Strikes calls at random: each with the probability `rate`, by one of `kinds`; the same for the same `seed`."""
        return self._add(
            kinds=tuple(kinds), operations=tuple(operations), phone_number=None, times=times, skip=0,
            probability=rate, seed=seed, status=status, headers={}, body=None, seconds=seconds, commit=None, drop=False,
        )  # fmt: skip

    def clear(self) -> None:
        """Empties the script, and lets go of every call that is held or hangs."""
        for fault in self._script:
            fault.release()
        self._script.clear()

    def release(self) -> None:
        """Lets go of every call that is held or hangs; the script stays."""
        for fault in self._script:
            fault.release()

    def strike(self, operation: str, phone_number: str | None, *, served: bool) -> tuple[str, Fault] | None:
        """The fault that strikes this call, and which of its kinds; None if there is none."""
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
            raise ValueError(f"no such {what}: {value!r}; there are {', '.join(sorted(known))}")


def _check(settings: Mapping[str, Any]) -> None:
    if not 0 <= settings["probability"] <= 1:
        raise ValueError(f"a probability lies between 0 and 1, not at {settings['probability']!r}")
    if not 200 <= settings["status"] <= 599:
        raise ValueError(f"a response's status lies between 200 and 599, not at {settings['status']!r}")
    if not 0 <= settings["seconds"] < float("inf"):
        raise ValueError(f"seconds are a finite number from 0 up, not {settings['seconds']!r}")
    for name, value in settings["headers"].items():
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not re.fullmatch(r"[ -~]*", value):
            raise ValueError(f"no HTTP header: {name!r}")
    if not isinstance(settings["body"], bytes):
        json.dumps(settings["body"])
    if settings["skip"] < 0 or (settings["times"] is not None and settings["times"] < 0):
        raise ValueError("`times` and `skip` count from 0 up")
