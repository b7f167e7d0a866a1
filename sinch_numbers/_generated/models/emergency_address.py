from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import attrs

from .. import kinds as _kinds
from .. import model as _model
from ..types import OnDrift

_KNOWN = frozenset(
    {
        "streetNumber",
        "streetInfo",
        "location",
        "city",
        "state",
        "postalCode",
        "postalCodePlusFour",
    }
)


@attrs.frozen(kw_only=True, repr=False, order=False)
class EmergencyAddress(_model.Model):
    """A US address to which emergency services are sent."""

    street_number: str
    """The number of the building in its street.
    Empty where an answer lacks it."""

    street_info: str
    """The name of the street, with its direction and kind.
    Empty where an answer lacks it."""

    location: str | None = None
    """Where in the building, such as a floor or a suite."""

    city: str
    """The city.
    Empty where an answer lacks it."""

    state: str
    """The state, as its two letters.
    Empty where an answer lacks it."""

    postal_code: str
    """The ZIP code, with five digits.
    Empty where an answer lacks it."""

    postal_code_plus_four: str | None = None
    """The four digits that can follow a ZIP code."""

    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any], repr=False, hash=False)
    """What else the object held: fields that the document does not know, and values that do not fit their field."""

    _wire: _model.Wire = attrs.field(default=(), alias="_wire", repr=False, eq=False)

    @classmethod
    def _fields(cls) -> tuple[_kinds.Field, ...]:
        return (
            _kinds.Field("street_number", "streetNumber", _kinds.STR, required=True, text=True),
            _kinds.Field("street_info", "streetInfo", _kinds.STR, required=True, text=True),
            _kinds.Field("location", "location", _kinds.STR),
            _kinds.Field("city", "city", _kinds.STR, required=True, text=True),
            _kinds.Field("state", "state", _kinds.STR, required=True, text=True),
            _kinds.Field("postal_code", "postalCode", _kinds.STR, required=True, text=True),
            _kinds.Field("postal_code_plus_four", "postalCodePlusFour", _kinds.STR),
        )

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any], on_drift: OnDrift | None = None) -> Self:
        """The object in `src_dict`. A value that does not fit is kept in `additional_properties`, and `on_drift` hears of it."""
        _get: Any = src_dict.get
        _wire: _model.Wire = ()
        try:
            if cls is not EmergencyAddress:
                raise _model.Misfit
            street_number = _get("streetNumber")
            if street_number.__class__ is not str:
                raise _model.Misfit
            street_info = _get("streetInfo")
            if street_info.__class__ is not str:
                raise _model.Misfit
            location = _get("location")
            if location is not None and location.__class__ is not str:
                raise _model.Misfit
            city = _get("city")
            if city.__class__ is not str:
                raise _model.Misfit
            state = _get("state")
            if state.__class__ is not str:
                raise _model.Misfit
            postal_code = _get("postalCode")
            if postal_code.__class__ is not str:
                raise _model.Misfit
            postal_code_plus_four = _get("postalCodePlusFour")
            if postal_code_plus_four is not None and postal_code_plus_four.__class__ is not str:
                raise _model.Misfit
        except _model.SURPRISES:
            return _model.decode(cls, src_dict, on_drift)
        _self: Any = _Draft()
        _self.street_number = street_number
        _self.street_info = street_info
        _self.location = location
        _self.city = city
        _self.state = state
        _self.postal_code = postal_code
        _self.postal_code_plus_four = postal_code_plus_four
        _self.additional_properties = (
            {}
            if _KNOWN.issuperset(src_dict)
            else {_key: _value for _key, _value in src_dict.items() if _key not in _KNOWN}
        )
        _self._wire = _wire
        _self.__class__ = cls
        _made: Self = _self
        return _made


_Draft = _model.draft(EmergencyAddress)
