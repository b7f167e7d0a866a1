from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import decoding as _wire
from .. import values as _values
from ..types import OnDrift
from .active_number import ActiveNumber


@attrs.frozen(kw_only=True)
class ListActiveNumbersResponse:
    """Response message to list your active phone numbers."""

    active_numbers: list[ActiveNumber] = attrs.field(factory=lambda: _values.Unsent["ActiveNumber"]())
    """List of numbers associated to the client project specified in `ListActiveNumbers`."""

    next_page_token: str | None = None
    """The token to be used for listing the next page. Empty, null or absent on the last page."""

    total_size: int | None = None
    """How many numbers match the filter, on all pages together."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=_values.masked)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _rest = dict(src_dict)
        _pop = _rest.pop
        _raw = _pop("activeNumbers", None)
        active_numbers: list[ActiveNumber] = (
            _values.Unsent()
            if _raw is None
            else _wire.models(
                _rest, "ListActiveNumbersResponse", "activeNumbers", _raw, ActiveNumber.from_dict, on_drift
            )
        )
        next_page_token = _pop("nextPageToken", None)
        if next_page_token is not None and next_page_token.__class__ is not str:
            next_page_token = _wire.value(
                _rest, "ListActiveNumbersResponse", "nextPageToken", next_page_token, _values.to_str, on_drift
            )
        total_size = _pop("totalSize", None)
        if total_size is not None and total_size.__class__ is not int:
            total_size = _wire.value(
                _rest, "ListActiveNumbersResponse", "totalSize", total_size, _values.to_int, on_drift
            )
        return cls(
            active_numbers=active_numbers,
            next_page_token=next_page_token,
            total_size=total_size,
            additional_properties=_rest,
        )

    def to_dict(self) -> dict[str, Any]:
        """The object as JSON values, with all that it was made of; what is None is left out."""
        _result: dict[str, Any] = {}
        if self.active_numbers.__class__ is not _values.Unsent:
            _result["activeNumbers"] = [item.to_dict() for item in self.active_numbers]
        if self.next_page_token is not None:
            _result["nextPageToken"] = self.next_page_token
        if self.total_size is not None:
            _result["totalSize"] = self.total_size
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result

    def to_request(self) -> dict[str, Any]:
        """The object as it is sent: without what is the API's own to set."""
        _result: dict[str, Any] = {}
        if self.active_numbers.__class__ is not _values.Unsent:
            _result["activeNumbers"] = [item.to_request() for item in self.active_numbers]
        if self.next_page_token is not None:
            _result["nextPageToken"] = self.next_page_token
        if self.total_size is not None:
            _result["totalSize"] = self.total_size
        for _key, _value in self.additional_properties.items():
            _result.setdefault(_key, _value)
        return _result
