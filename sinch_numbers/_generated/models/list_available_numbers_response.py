from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .available_number import AvailableNumber

_KNOWN = frozenset(
    {
        "availableNumbers",
    }
)


def _to_available_numbers(value: Iterable[AvailableNumber]) -> tuple[AvailableNumber, ...]:
    return _model.to_tuple(value)


@attrs.frozen(kw_only=True, repr=False, order=False)
class ListAvailableNumbersResponse(_model.Model):
    """Response message to list available phone numbers."""

    available_numbers: tuple[AvailableNumber, ...] = attrs.field(default=(), converter=_to_available_numbers)
    """List of available phone numbers."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field(
                "available_numbers",
                "availableNumbers",
                _kinds.model(AvailableNumber.from_dict, AvailableNumber),
                many=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not ListAvailableNumbersResponse:
                raise _model.Misfit
            available_numbers = _get("availableNumbers")
            if available_numbers.__class__ is list and available_numbers:
                _model.check_items(available_numbers, dict)
            elif available_numbers is None:
                available_numbers = ()
            else:
                available_numbers, _wire = _model.no_items(available_numbers, "availableNumbers", _wire)
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if available_numbers:
            available_numbers = tuple(
                [AvailableNumber.from_dict(item, on_drift) for item in available_numbers]
            )
        _self: Any = _Draft()
        _self.available_numbers = available_numbers
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(ListAvailableNumbersResponse)
