"""Marks what the API's document calls deprecated, for type checkers and editors only.

`warnings.deprecated` would warn at run time too, and is new in Python 3.13.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["deprecated"]

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    from typing_extensions import deprecated
else:

    def deprecated(message: str) -> Callable[[F], F]:
        """The function as it is, with `message` where tools look for it (PEP 702)."""

        def mark(function: F) -> F:
            function.__deprecated__ = message
            return function

        return mark
