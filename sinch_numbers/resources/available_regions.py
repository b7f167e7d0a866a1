"""The regions in which numbers can be rented."""

from __future__ import annotations

from collections.abc import Iterable

from .._generated.api.available_regions import list_available_regions
from .._generated.models import ListAvailableRegionsResponse
from .._sending.context import Context
from .._sending.expected import expect_list
from .._sending.requests import build
from .._validation import check_several
from ..models import AvailableRegion, NumberType


class AvailableRegions:
    """`client.available_regions`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list(self, *, number_types: Iterable[NumberType | str] | None = None) -> list[AvailableRegion]:
        """The regions that have numbers of any of `number_types` (None: of any type)."""
        request = build(
            list_available_regions.build_request,
            project_id=self._context.project_id,
            types=check_several("number_types", number_types),
        )
        parse = expect_list(ListAvailableRegionsResponse.from_dict, "availableRegions")
        response = await self._context.call(request, list_available_regions.SAFETY, parse)
        return [*response.available_regions]
