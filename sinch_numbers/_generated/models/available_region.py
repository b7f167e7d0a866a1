from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .number_type import NumberType

_NOT_SENT = frozenset(
    {
        "regionCode",
        "regionName",
        "types",
    }
)


@attrs.frozen(kw_only=True)
class AvailableRegion:
    """A region for which numbers are provided."""

    region_code: str | None = None
    """ISO 3166-1 alpha-2 region code. Examples: US, UK or SE."""

    region_name: str | None = None
    """Display name of the region. Examples: United States, United Kingdom or Sweden."""

    types: list[NumberType] = attrs.field(factory=lambda: _values.Unsent[NumberType]())
    """A list of the different number types available. Examples: `MOBILE` or `LOCAL`."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        region_code = _pop("regionCode", None)
        if region_code is not None and region_code.__class__ is not str:
            region_code = _wire.value(
                _rest, "AvailableRegion", "regionCode", region_code, _values.to_str, on_drift
            )
        region_name = _pop("regionName", None)
        if region_name is not None and region_name.__class__ is not str:
            region_name = _wire.value(
                _rest, "AvailableRegion", "regionName", region_name, _values.to_str, on_drift
            )
        _raw = _pop("types", None)
        types: list[NumberType] = (
            _values.Unsent()
            if _raw is None
            else _wire.enums(_rest, "AvailableRegion", "types", _raw, NumberType, on_drift)
        )
        return cls(
            region_code=region_code,
            region_name=region_name,
            types=types,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.region_code is not None:
            _result["regionCode"] = self.region_code
        if self.region_name is not None:
            _result["regionName"] = self.region_name
        if self.types.__class__ is not _values.Unsent:
            _result["types"] = [str(item) for item in self.types]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        for _key, _value in self.additional_properties.items():
            if _key not in _NOT_SENT:
                _result.setdefault(_key, _value)
        return _result
