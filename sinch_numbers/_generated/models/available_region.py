from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import enums as _enums
from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .number_type import NumberType

_KNOWN = frozenset(
    {
        "regionCode",
        "regionName",
        "types",
    }
)
_NumberType = _enums.members(NumberType)


def _to_types(value: Iterable[NumberType]) -> tuple[NumberType, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class AvailableRegion(_model.Model):
    """A region for which numbers are provided."""

    _not_sent = frozenset(
        {
            "regionCode",
            "regionName",
            "types",
        }
    )

    region_code: str | None = None
    """ISO 3166-1 alpha-2 region code. Examples: US, UK or SE."""

    region_name: str | None = None
    """Display name of the region. Examples: United States, United Kingdom or Sweden."""

    types: tuple[NumberType, ...] = attrs.field(default=(), converter=_to_types)
    """A list of the different number types available. Examples: `MOBILE` or `LOCAL`."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("region_code", "regionCode", _kinds.STR, read_only=True),
            _kinds.Field("region_name", "regionName", _kinds.STR, read_only=True),
            _kinds.Field("types", "types", _enums.kind_of(NumberType), many=True, read_only=True),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not AvailableRegion:
                raise _model.Misfit
            region_code = _get("regionCode")
            if region_code is not None and region_code.__class__ is not str:
                raise _model.Misfit
            region_name = _get("regionName")
            if region_name is not None and region_name.__class__ is not str:
                raise _model.Misfit
            types = _get("types")
            if types.__class__ is list and types:
                types = tuple([_NumberType[item] for item in types])
            elif types is None:
                types = ()
            else:
                types, _wire = _model.no_items(types, "types", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.region_code = region_code
        _self.region_name = region_name
        _self.types = types
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(AvailableRegion)
