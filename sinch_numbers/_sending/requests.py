"""Builds requests from what users pass, and refuses what cannot be sent before anything is sent or recorded. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol

from .. import _defaults
from .._generated.types import Request, json_body
from ..errors import ConfigurationError

P = ParamSpec("P")


class Body(Protocol):
    """A model that is sent."""

    def to_request(self) -> dict[str, Any]: ...


_UNFIT = (ValueError, TypeError, RecursionError)
"""What encoding raises for a value that cannot be sent."""


def build(build_request: Callable[P, Request], *args: P.args, **kwargs: P.kwargs) -> Request:
    """The request of an operation. Raises ConfigurationError if its arguments cannot be sent."""
    try:
        request = build_request(*args, **kwargs)
        if request.body is not None and _HALF in request.body:
            _check_characters(request.body)
        length = len(request.path) + len(request.query)
        if length <= _defaults.MAX_TARGET_LENGTH:
            return request
        problem = f"the path and query of the URL would have {length:,} characters, more than {_defaults.MAX_TARGET_LENGTH:,}"
    except _UNFIT as error:
        problem = _problem(error)
    # Raised outside of the except block: the frames of the encoder contain the arguments, which may be secrets.
    operation = build_request.__module__.rpartition(".")[2].replace("_", " ")
    raise ConfigurationError(f"the arguments of {operation} cannot be sent: {problem}")


def check_body(body: Body) -> None:
    """Raises ConfigurationError if `body` cannot be sent, because it is not JSON or not Unicode."""
    try:
        _check_characters(json_body(body.to_request()))
        return
    except _UNFIT as error:
        problem = _problem(error)
    raise ConfigurationError(f"the arguments cannot be sent: {problem}")


_HALF = rb"\ud"
"""How JSON writes a half of a character, alone or with the other half."""


def _check_characters(body: bytes) -> None:
    """Raises UnicodeEncodeError for a lone half of a character: servers refuse or replace it."""
    if _HALF in body:
        json.dumps(json.loads(body), ensure_ascii=False).encode()


def _problem(error: Exception) -> str:
    if isinstance(error, UnicodeEncodeError):
        return f"{error.object[error.start]!r} is half of a character, not valid Unicode"
    return str(error)
