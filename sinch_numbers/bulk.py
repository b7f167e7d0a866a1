"""Many items at a time: bounded concurrency, and an outcome for each.

rent_many      N slots; each buys one number or tells why not; never more than N numbers, under any fault
release_many, update_many      one outcome for each number, in the order given
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias, TypeVar, cast

import attrs

from ._validation import check_count, check_phone_number
from .attempts import Processed
from .errors import ConfigurationError, InvalidResponseError, NumbersError, OutcomeUnknownError
from .models import ActiveNumber

T = TypeVar("T")
R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Rented:
    """Bought. `number` is None where an earlier run of the same batch bought it."""

    phone_number: str
    number: ActiveNumber | None = None


@attrs.frozen(kw_only=True)
class Released:
    """Released; `number` has its `expire_at`."""

    phone_number: str
    number: ActiveNumber


@attrs.frozen(kw_only=True)
class Updated:
    """Changed."""

    phone_number: str
    number: ActiveNumber


@attrs.frozen(kw_only=True)
class Refused:
    """Surely not done, and why. `phone_number` is None where it did not come to one."""

    phone_number: str | None
    error: NumbersError


@attrs.frozen(kw_only=True)
class Unknown:
    """Possibly done: look in `active_numbers` before trying again."""

    phone_number: str | None
    error: NumbersError


Outcome: TypeAlias = Rented | Released | Updated | Refused | Unknown


async def gather_bounded(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], *, concurrency: int
) -> list[R]:
    """The results of `work` in the order of `items`, with `concurrency` of them under way at a time.

    The first exception cancels the rest and is raised.
    """
    check_count("concurrency", concurrency)
    pending = list(items)
    results: dict[int, R] = {}
    queue = iter(enumerate(pending))

    async def worker() -> None:
        for index, item in queue:
            results[index] = await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(concurrency, len(pending))):
                group.create_task(worker())
    except BaseExceptionGroup as group_error:
        raise _single(group_error) from None
    return [results[index] for index in range(len(pending))]


def outcome_of(error: NumbersError, phone_number: str | None) -> Refused | Unknown:
    """What a failed call means for its number."""
    # A 2xx that cannot be read, and an exchange that the API may have acted on, leave it open. Without any exchange
    # of the call it is the token endpoint whose answer cannot be read.
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
    success: type[Released] | type[Updated],
    *,
    concurrency: int,
) -> list[Outcome]:
    """One outcome for each number, in order; a number given twice is a ConfigurationError before anything is sent."""
    wanted = checked_phone_numbers(phone_numbers)

    async def one(phone_number: str) -> Outcome:
        try:
            number = await work(phone_number)
        except NumbersError as error:
            return outcome_of(error, phone_number)
        return success(phone_number=phone_number, number=number)

    return await gather_bounded(wanted, one, concurrency=concurrency)


def checked_phone_numbers(phone_numbers: Iterable[str]) -> list[str]:
    """The numbers as a list; raises ConfigurationError where one is wrong or comes twice."""
    if isinstance(phone_numbers, str):
        raise ConfigurationError("phone_numbers has to be several numbers, not one string")
    wanted = [check_phone_number(phone_number) for phone_number in phone_numbers]
    if len(set(wanted)) != len(wanted):
        twice = next(number for number in wanted if wanted.count(number) > 1)
        raise ConfigurationError(f"{twice} is given more than once")
    return wanted


def _single(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group: callers know of no group."""
    first = group.exceptions[0]
    if isinstance(first, BaseExceptionGroup):
        return _single(cast("BaseExceptionGroup[BaseException]", first))
    return first
