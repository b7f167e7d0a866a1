"""Which function handles which events."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import attrs

from ..errors import ConfigurationError
from ..models import EventType, NumberEvent
from .records import Delivery

Handle: TypeAlias = Callable[[NumberEvent, Delivery], Awaitable[object]]


@attrs.frozen
class Handler:
    """A function of the user's. Its name says over restarts whether it has handled an event."""

    name: str
    types: frozenset[str]
    """Empty for all."""
    function: Handle

    def takes(self, event_type: str) -> bool:
        return not self.types or event_type in self.types


class Handlers:
    """The handlers of an inbox, in the order in which they were registered."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def __bool__(self) -> bool:
        return bool(self._handlers)

    def add(self, types: tuple[EventType | str, ...], function: Handle, name: str | None) -> None:
        """Registers `function`; raises ConfigurationError if it cannot be a handler."""
        if not inspect.iscoroutinefunction(function) and not inspect.iscoroutinefunction(
            getattr(function, "__call__", None)  # noqa: B004 - an object whose call is a coroutine function
        ):
            raise ConfigurationError(f"a handler has to be an async function, not {function!r}")
        if not all(isinstance(kind, str) for kind in types):
            raise ConfigurationError(
                "on() takes types of events, such as EventType.PROVISIONING_TO_SMS_PLATFORM"
            )
        if name is None:
            qualified = getattr(function, "__qualname__", type(function).__qualname__)
            name = f"{function.__module__}.{qualified}"
        if name in self._handlers:
            raise ConfigurationError(
                f"there is a handler of the name {name!r} already: pass name=, which has to stay the same over restarts"
            )
        # A dict of its own: a store's thread may be reading the other one.
        self._handlers = {**self._handlers, name: Handler(name, frozenset(map(str, types)), function)}

    def of(self, event_type: str) -> list[Handler]:
        """The handlers of an event."""
        return [handler for handler in self._handlers.values() if handler.takes(event_type)]
