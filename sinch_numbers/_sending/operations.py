"""Operations that several modules call: their request, their response and their safety put together once."""

from __future__ import annotations

from .._generated.api.active_number import get_active_number as _get_active_number
from .._generated.api.available_number import get_available_number as _get_available_number
from ..models import ActiveNumber, AvailableNumber
from ..retry import Safety
from .context import Context

__all__ = ["get_active_number", "get_available_number"]


async def get_active_number(context: Context, phone_number: str) -> ActiveNumber:
    """The project's number; raises NotFoundError if it has no such number."""
    request = _get_active_number.build_request(project_id=context.project_id, phone_number=phone_number)
    return await context.call(request, Safety.READ, _get_active_number.parse_response)


async def get_available_number(context: Context, phone_number: str) -> AvailableNumber:
    """The offer; raises NotFoundError if the number cannot be rented."""
    request = _get_available_number.build_request(project_id=context.project_id, phone_number=phone_number)
    return await context.call(request, Safety.READ, _get_available_number.parse_response)
