"""All that an error or a log shows of a call, and the secrets in it."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import sinch_numbers
from sinch_numbers import NumbersError

from .support import BASIC, HMAC_SECRET, KEY_SECRET, TOKEN

CANARIES = (KEY_SECRET, TOKEN, HMAC_SECRET, BASIC)

_PACKAGE = Path(sinch_numbers.__file__).parent


def _frames(error: BaseException) -> Iterator[str]:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(_PACKAGE) and not path.is_relative_to(_PACKAGE / "sandbox"):
            for name, value in frame.f_locals.items():
                yield f"{path.name}:{frame.f_code.co_name} {name}={value!r}"


def shown(error: BaseException | None) -> Iterator[str]:
    """All that a log, a debugger or an error tracker could show of an error and of what it came from."""
    if error is None:
        return
    yield str(error)
    yield repr(error)
    yield repr(vars(error))
    if isinstance(error, NumbersError):
        yield repr(pickle.dumps(error))
    yield from _frames(error)
    yield from shown(error.__cause__)
    if error.__context__ is not error.__cause__:
        yield from shown(error.__context__)


def recorded(records: list[logging.LogRecord]) -> Iterator[str]:
    """All that log records hold."""
    for record in records:
        yield f"{record.name}: {record.getMessage()}"
        yield repr(record.args)
        if record.exc_info:
            yield from shown(record.exc_info[1])


def leaks(texts: Iterator[str]) -> list[str]:
    """The texts in which one of the secrets of these tests stands."""
    return [text for text in texts if any(canary in text for canary in CANARIES)]
