from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .available_region import AvailableRegion


@attrs.frozen(kw_only=True)
class ListAvailableRegionsResponse:
    """Response message to list regions for which numbers are provided."""

    available_regions: list[AvailableRegion] = attrs.field(
        factory=lambda: _values.Unsent["AvailableRegion"]()
    )
    """List of regions for which numbers are provided."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        _raw = _pop("availableRegions", None)
        available_regions: list[AvailableRegion] = (
            _values.Unsent()
            if _raw is None
            else _wire.models(
                _rest,
                "ListAvailableRegionsResponse",
                "availableRegions",
                _raw,
                AvailableRegion.from_dict,
                on_drift,
            )
        )
        return cls(
            available_regions=available_regions,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.available_regions.__class__ is not _values.Unsent:
            _result["availableRegions"] = [item.to_dict() for item in self.available_regions]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.available_regions.__class__ is not _values.Unsent:
            _result["availableRegions"] = [item.to_request() for item in self.available_regions]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
