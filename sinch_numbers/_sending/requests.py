"""Builds requests from what users pass, and refuses what cannot be sent before anything is sent or recorded. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from .. import _defaults
from .._generated.types import Request, json_body
from ..errors import ConfigurationError

P = ParamSpec("P")
T = TypeVar("T")


class Body(Protocol):
    """A model that is sent."""

    def to_request(self) -> dict[str, Any]: ...


def build(build_request: Callable[P, Request], *args: P.args, **kwargs: P.kwargs) -> Request:
    """The request of an operation. Raises ConfigurationError if its arguments cannot be sent."""

    def checked() -> Request:
        request = build_request(*args, **kwargs)
        _check_text(request.body)
        length = len(request.path) + len(request.query)
        if length > _defaults.MAX_TARGET_LENGTH:
            raise ValueError(
                f"the path and query of the URL would have {length:,} characters, more than {_defaults.MAX_TARGET_LENGTH:,}"
            )
        return request

    name = build_request.__module__.rpartition(".")[2].replace("_", " ")
    return _refusing(f"the arguments of {name}", checked)


def check_body(body: Body) -> None:
    """Raises ConfigurationError if `body` cannot be sent, because it is not JSON or not Unicode."""
    _refusing("the arguments", lambda: _check_text(json_body(body.to_request())))


def _check_text(body: bytes | None) -> None:
    if body is not None and rb"\ud" in body:
        # JSON can write a lone surrogate, but it is not a character, and servers refuse it or replace it.
        json.dumps(json.loads(body), ensure_ascii=False).encode()


def _refusing(what: str, work: Callable[[], T]) -> T:
    try:
        return work()
    except UnicodeEncodeError as error:
        problem = f"{error.object[error.start]!r} is half of a character, not valid Unicode"
    except (ValueError, TypeError, RecursionError) as error:
        problem = str(error)
    # Raised outside of the except block: the frames of the encoder contain the arguments, which may be secrets.
    raise ConfigurationError(f"{what} cannot be sent: {problem}")
