from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .active_number import ActiveNumber

_KNOWN = frozenset(
    {
        "activeNumbers",
        "nextPageToken",
        "totalSize",
    }
)


def _to_active_numbers(value: Iterable[ActiveNumber]) -> tuple[ActiveNumber, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ListActiveNumbersResponse(_model.Model):
    """Response message to list your active phone numbers."""

    active_numbers: tuple[ActiveNumber, ...] = attrs.field(default=(), converter=_to_active_numbers)
    """List of numbers associated to the client project specified in `ListActiveNumbers`."""

    next_page_token: str | None = None
    """The token to be used for listing the next page. Empty, null or absent on the last page."""

    total_size: int | None = None
    """How many numbers match the filter, on all pages together."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field(
                "active_numbers",
                "activeNumbers",
                _kinds.model(ActiveNumber.from_dict, ActiveNumber),
                many=True,
            ),
            _kinds.Field("next_page_token", "nextPageToken", _kinds.STR),
            _kinds.Field("total_size", "totalSize", _kinds.INT),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ListActiveNumbersResponse:
                raise _model.Misfit
            active_numbers = _get("activeNumbers")
            if active_numbers.__class__ is list and active_numbers:
                _model.check_items(active_numbers, dict)
            elif active_numbers is None:
                active_numbers = ()
            else:
                active_numbers, _wire = _model.no_items(active_numbers, "activeNumbers", _wire)
            next_page_token = _get("nextPageToken")
            if next_page_token is not None and next_page_token.__class__ is not str:
                raise _model.Misfit
            total_size = _get("totalSize")
            if total_size is not None and total_size.__class__ is not int:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if active_numbers:
            active_numbers = tuple([ActiveNumber.from_dict(item, on_drift) for item in active_numbers])
        _self: Any = _Draft()
        _self.active_numbers = active_numbers
        _self.next_page_token = next_page_token
        _self.total_size = total_size
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ListActiveNumbersResponse)
