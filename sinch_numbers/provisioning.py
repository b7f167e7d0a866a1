"""Waits until numbers are ready: other platforms configure SMS and voice some time after the response."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from . import _defaults, voice
from .clock import Clock
from .errors import ConfigurationError, ProvisioningFailedError, WaitTimeoutError
from .models import ActiveNumber, ProvisioningStatus


def is_provisioned(number: ActiveNumber) -> bool:
    """Whether no configuration of `number` is waiting, in progress or failed."""
    return not _scheduled(number)


def failures(number: ActiveNumber) -> dict[str, tuple[str, ...]]:
    """The configurations that failed: `"sms"`, `"voice"` or both, with their error codes (voice has none)."""
    return {
        service: codes
        for service, (status, codes) in _scheduled(number).items()
        if status == ProvisioningStatus.FAILED
    }


def _scheduled(number: ActiveNumber) -> dict[str, tuple[str | None, tuple[str, ...]]]:
    found: dict[str, tuple[str | None, tuple[str, ...]]] = {}
    sms = number.sms_configuration
    if sms is not None and (scheduled := sms.scheduled_provisioning) is not None:
        found["sms"] = scheduled.status, tuple(str(code) for code in scheduled.error_codes or ())
    pending = voice.pending(number)
    if pending is not None:
        found["voice"] = pending.status, ()
    return found


class Watch(Protocol):
    """Notices events about one number."""

    async def begin(self) -> None:
        """Counts from here on."""
        ...

    async def wait(self, seconds: float) -> None:
        """Returns once an event has come since `begin`, and after `seconds` at the latest."""
        ...


class EventSource(Protocol):
    """What can be watched for events about a number: a `WebhookInbox`."""

    def watch(self, project_id: str, phone_number: str) -> AbstractContextManager[Watch]:
        """Watches while the block runs."""
        ...


class _Clock:
    """Stands for a source of events where there is none: just waits."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def begin(self) -> None: ...

    async def wait(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


async def wait_until_provisioned(
    get: Callable[[str], Awaitable[ActiveNumber]],
    phone_number: str,
    *,
    clock: Clock,
    timeout: float,
    interval: float,
    project_id: str,
    inbox: EventSource | None,
) -> ActiveNumber:
    """Gets the number until it is provisioned. See `ActiveNumbers.wait_until_provisioned`."""
    check_seconds(timeout, interval)
    if inbox is None:
        return await _wait(get, phone_number, _Clock(clock), clock, timeout, interval)
    with inbox.watch(project_id, phone_number) as watch:
        return await _wait(get, phone_number, watch, clock, timeout, interval)


async def _wait(
    get: Callable[[str], Awaitable[ActiveNumber]],
    phone_number: str,
    watch: Watch,
    clock: Clock,
    timeout: float,
    interval: float,
) -> ActiveNumber:
    deadline = clock.monotonic() + timeout
    pause = interval
    while True:
        await watch.begin()
        number = await get(phone_number)
        if is_provisioned(number):
            return number
        if (failure := failure_of(number)) is not None:
            raise failure
        remaining = deadline - clock.monotonic()
        if remaining <= 0:
            raise WaitTimeoutError(
                f"{phone_number} was not provisioned within {timeout:g} s; provisioning continues",
                number=number,
                pending=(phone_number,),
            )
        await watch.wait(min(pause, remaining))
        pause = longer(pause, interval)


def check_seconds(timeout: float, interval: float) -> None:
    """Raises ConfigurationError unless both are above 0."""
    if not timeout > 0 or not interval > 0:
        raise ConfigurationError("timeout and interval must be seconds above 0")


def failure_of(number: ActiveNumber) -> ProvisioningFailedError | None:
    """The error for a number of which a configuration failed."""
    refused = failures(number)
    if not refused:
        return None
    codes = tuple(code for service in refused.values() for code in service)
    reason = f": {', '.join(codes)}" if codes else ""
    return ProvisioningFailedError(
        f"{' and '.join(refused)} of {number.phone_number} could not be provisioned{reason}",
        number=number,
        error_codes=codes,
    )


def longer(pause: float, interval: float) -> float:
    """The pause after `pause`, if the first one was `interval`."""
    return min(pause * 1.5, interval * _defaults.PROVISIONING_SLOWDOWN)
