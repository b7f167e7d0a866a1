from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .available_number import AvailableNumber


@attrs.frozen(kw_only=True)
class ListAvailableNumbersResponse:
    """Response message to list available phone numbers."""

    available_numbers: list[AvailableNumber] = attrs.field(
        factory=lambda: _values.Unsent["AvailableNumber"]()
    )
    """List of available phone numbers."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        _raw = _pop("availableNumbers", None)
        available_numbers: list[AvailableNumber] = (
            _values.Unsent()
            if _raw is None
            else _wire.models(
                _rest,
                "ListAvailableNumbersResponse",
                "availableNumbers",
                _raw,
                AvailableNumber.from_dict,
                on_drift,
            )
        )
        return cls(
            available_numbers=available_numbers,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.available_numbers.__class__ is not _values.Unsent:
            _result["availableNumbers"] = [item.to_dict() for item in self.available_numbers]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.available_numbers.__class__ is not _values.Unsent:
            _result["availableNumbers"] = [item.to_request() for item in self.available_numbers]
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
