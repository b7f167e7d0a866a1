"""Reads that several modules make: their request and how their response is decoded, put together once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs

from .._generated.api.active_number import get_active_number as _get_active_number
from .._generated.api.available_number import get_available_number as _get_available_number
from .._generated.types import OnDrift, Request
from ..models import ActiveNumber, AvailableNumber
from ..retry import Safety
from .context import Context

T = TypeVar("T")


@attrs.frozen
class Read(Generic[T]):
    """A request that changes nothing, and how its response is decoded."""

    request: Request
    parse: Callable[[bytes, OnDrift | None], T]


async def read(context: Context, operation: Read[T]) -> T:
    """The decoded response."""
    return await context.call(operation.request, Safety.READ, operation.parse)


def active_number(context: Context, phone_number: str) -> Read[ActiveNumber]:
    """The project's number; NotFoundError if it has no such number."""
    request = _get_active_number.build_request(project_id=context.project_id, phone_number=phone_number)
    return Read(request, _get_active_number.parse_response)


def available_number(context: Context, phone_number: str) -> Read[AvailableNumber]:
    """The offer; NotFoundError if the number cannot be rented."""
    request = _get_available_number.build_request(project_id=context.project_id, phone_number=phone_number)
    return Read(request, _get_available_number.parse_response)
