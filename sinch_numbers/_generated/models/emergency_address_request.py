from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift
from .emergency_address import EmergencyAddress

_KNOWN = frozenset(
    {
        "displayName",
        "address",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class EmergencyAddressRequest(_model.Model):
    """An emergency address for a number."""

    _request_only = True

    display_name: str
    """The name of the person or company at the address, for the emergency services."""

    address: EmergencyAddress
    """A US address to which emergency services are sent."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("display_name", "displayName", _kinds.STR, required=True),
            _kinds.Field(
                "address",
                "address",
                _kinds.model(EmergencyAddress.from_dict, EmergencyAddress),
                required=True,
            ),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not EmergencyAddressRequest:
                raise _model.Misfit
            display_name = _get("displayName")
            if display_name.__class__ is not str:
                raise _model.Misfit
            address = _get("address")
            if address.__class__ is not dict:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        if address is not None:
            address = EmergencyAddress.from_dict(address, on_drift)
        _self: Any = _Draft()
        _self.display_name = display_name
        _self.address = address
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(EmergencyAddressRequest)
