"""Reads that several modules use: each with its request and its parser."""

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
from .expected import expect_number
from .requests import build

T = TypeVar("T")


@attrs.frozen
class Read(Generic[T]):
    """A request that changes nothing, and the parser of its response."""

    request: Request
    safety: Safety
    parse: Callable[[bytes, OnDrift | None], T]


async def read(context: Context, operation: Read[T]) -> T:
    """The decoded response."""
    return await context.call(operation.request, operation.safety, operation.parse)


def active_number(context: Context, phone_number: str) -> Read[ActiveNumber]:
    """Gets an active number of the project. NotFoundError if the project does not have it."""
    request = build(
        _get_active_number.build_request, project_id=context.project_id, phone_number=phone_number
    )
    return Read(request, _get_active_number.SAFETY, expect_number(ActiveNumber.from_dict, phone_number))


def available_number(context: Context, phone_number: str) -> Read[AvailableNumber]:
    """Gets an offer. NotFoundError if the number cannot be rented."""
    request = build(
        _get_available_number.build_request, project_id=context.project_id, phone_number=phone_number
    )
    return Read(request, _get_available_number.SAFETY, expect_number(AvailableNumber.from_dict, phone_number))
