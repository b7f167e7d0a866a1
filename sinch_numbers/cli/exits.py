"""How a command ends: its exit status."""

from __future__ import annotations

from enum import IntEnum

from ..errors import (
    BudgetExceededError,
    ConfigurationError,
    NoOfferError,
    NotFoundError,
    NumbersError,
    OutcomeUnknownError,
    PriceChangedError,
    StoreError,
    WaitTimeoutError,
)


class Exit(IntEnum):
    """The exit statuses. A script may rely on them."""

    DONE = 0
    """Done."""
    FAILED = 1
    """The API refused or could not be reached, or it was done for some numbers only. What is not printed was not bought."""
    USAGE = 2
    """An argument is wrong, or a variable or a package is missing. Nothing was sent."""
    NOT_FOUND = 3
    """The project does not have the number, or it is not on offer."""
    UNKNOWN = 4
    """A number may have been rented or released, and it is not known whether. Look before you call again."""
    DECLINED = 5
    """Nothing was bought: the price is above the limit or not known, or nobody said yes."""
    TIMED_OUT = 6
    """The wait timed out. The API continues."""
    INTERRUPTED = 130
    """Ctrl-C: certainly nothing was bought or released after it."""
    READER_GONE = 141
    """The program that reads the output has ended, as `head` does."""


class Stop(Exception):
    """Ends a command with a message and an exit status."""

    def __init__(self, message: str, status: Exit) -> None:
        super().__init__(message)
        self.status = status


_STATUSES: tuple[tuple[type[NumbersError], Exit], ...] = (
    (ConfigurationError, Exit.USAGE),
    (StoreError, Exit.FAILED),
    (NotFoundError, Exit.NOT_FOUND),
    (NoOfferError, Exit.NOT_FOUND),
    (OutcomeUnknownError, Exit.UNKNOWN),
    (BudgetExceededError, Exit.DECLINED),
    (PriceChangedError, Exit.DECLINED),
    (WaitTimeoutError, Exit.TIMED_OUT),
)


def status_of(error: NumbersError) -> Exit:
    """The exit status of a command that an error ends."""
    return next((status for kind, status in _STATUSES if isinstance(error, kind)), Exit.FAILED)
