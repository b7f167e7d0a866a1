"""The operations on many numbers, and their outcomes. The engine of them all is `BulkRun`.

rent_many                      N slots; each buys one number or says why not; never more than N numbers
release_many, update_many      one outcome for each number, in the order given
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias, TypeVar, cast

import attrs

from ._sending.bulk_run import BulkProgress, BulkRun, Completed
from ._validation import check_phone_number
from .attempts import Processed
from .clock import Clock, SystemClock
from .errors import ConfigurationError, InvalidResponseError, NumbersError, OutcomeUnknownError
from .models import ActiveNumber

T = TypeVar("T")
R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Rented:
    """The number was bought. `number` is None if an earlier run of the same batch bought it."""

    phone_number: str
    number: ActiveNumber | None = None


@attrs.frozen(kw_only=True)
class Released:
    """The number was released. `number` has its `expire_at`."""

    phone_number: str
    number: ActiveNumber


@attrs.frozen(kw_only=True)
class Updated:
    """The number was changed."""

    phone_number: str
    number: ActiveNumber


@attrs.frozen(kw_only=True)
class Refused:
    """Certainly not done: `error` says why. `phone_number` is None if no number was chosen yet."""

    phone_number: str | None
    error: NumbersError


@attrs.frozen(kw_only=True)
class Unknown:
    """Possibly done: check `active_numbers` before you call again. `phone_number` is None if it is not known."""

    phone_number: str | None
    error: NumbersError


RentOutcome: TypeAlias = Rented | Refused | Unknown
ReleaseOutcome: TypeAlias = Released | Refused | Unknown
UpdateOutcome: TypeAlias = Updated | Refused | Unknown
Outcome: TypeAlias = RentOutcome | ReleaseOutcome | UpdateOutcome


Success = TypeVar("Success", Released, Updated)


async def gather_bounded(
    items: Iterable[T],
    work: Callable[[T], Awaitable[R]],
    *,
    concurrency: int,
    clock: Clock | None = None,
    on_progress: Callable[[BulkProgress], object] | None = None,
) -> list[R]:
    """The results of `work` in the order of `items`, at most `concurrency` running at once.

    The first exception cancels the others and is raised.
    """
    run = BulkRun(
        work,
        items,
        concurrency=concurrency,
        clock=clock or SystemClock(),
        on_progress=on_progress,
        failures=(),
    )
    try:
        return [outcome.result for outcome in await run if isinstance(outcome, Completed)]
    except BaseExceptionGroup as group:
        raise _single(group) from None


def outcome_of(error: NumbersError, phone_number: str | None) -> Refused | Unknown:
    """What a failed call means for its number."""
    # Unknown after a 2xx that cannot be decoded, or an attempt that the API may have acted on. If the call made no
    # attempt, the response that cannot be decoded is the token endpoint's.
    unreadable = isinstance(error, InvalidResponseError) and bool(error.attempts)
    unknown = (
        unreadable
        or isinstance(error, OutcomeUnknownError)
        or any(attempt.processed is Processed.MAYBE for attempt in error.attempts)
    )
    return (Unknown if unknown else Refused)(phone_number=phone_number, error=error)


async def each(
    phone_numbers: Iterable[str],
    work: Callable[[str], Awaitable[ActiveNumber]],
    success: type[Success],
    *,
    concurrency: int,
    clock: Clock,
    on_progress: Callable[[BulkProgress], object] | None,
) -> list[Success | Refused | Unknown]:
    """One outcome for each number, in order. Raises ConfigurationError, before anything is sent, for a duplicate."""
    run = BulkRun(
        work,
        checked_phone_numbers(phone_numbers),
        concurrency=concurrency,
        clock=clock,
        on_progress=on_progress,
        failures=NumbersError,
    )
    return [
        success(phone_number=outcome.item, number=outcome.result)
        if isinstance(outcome, Completed)
        else outcome_of(cast("NumbersError", outcome.error), outcome.item)
        for outcome in await run
    ]


def checked_phone_numbers(phone_numbers: Iterable[str]) -> list[str]:
    """The numbers as a list. Raises ConfigurationError if one is invalid or given twice."""
    if isinstance(phone_numbers, str):
        raise ConfigurationError("phone_numbers must be a list of numbers, not one string")
    wanted = [check_phone_number(phone_number) for phone_number in phone_numbers]
    if len(set(wanted)) != len(wanted):
        twice = next(number for number in wanted if wanted.count(number) > 1)
        raise ConfigurationError(f"{twice} is given more than once")
    return wanted


def _single(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group: callers expect a single exception."""
    first = group.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _single(cast("BaseExceptionGroup[BaseException]", first))
    return first
