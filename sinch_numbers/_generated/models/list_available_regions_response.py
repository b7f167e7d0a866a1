from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .available_region import AvailableRegion

_KNOWN = frozenset(
    {
        "availableRegions",
    }
)


def _to_available_regions(value: Iterable[AvailableRegion]) -> tuple[AvailableRegion, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ListAvailableRegionsResponse(_model.Model):
    """Response message to list regions for which numbers are provided."""

    available_regions: tuple[AvailableRegion, ...] = attrs.field(default=(), converter=_to_available_regions)
    """List of regions for which numbers are provided."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field(
                "available_regions",
                "availableRegions",
                _kinds.model(AvailableRegion.from_dict, AvailableRegion),
                many=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ListAvailableRegionsResponse:
                raise _model.Misfit
            available_regions = _get("availableRegions")
            if available_regions.__class__ is list and available_regions:
                _model.check_items(available_regions, dict)
            elif available_regions is None:
                available_regions = ()
            else:
                available_regions, _wire = _model.no_items(available_regions, "availableRegions", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if available_regions:
            available_regions = tuple(
                [AvailableRegion.from_dict(item, on_drift) for item in available_regions]
            )
        _self: Any = _Draft()
        _self.available_regions = available_regions
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ListAvailableRegionsResponse)
